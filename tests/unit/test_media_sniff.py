"""What a file is comes from its first bytes."""

from __future__ import annotations

import io
import sys
from pathlib import Path

import pytest

from seawall import errors, media
from seawall.media import sniff

sys.path.append(str(Path(__file__).resolve().parents[1] / "faults"))
import mutate

EXPECTED = {
    "mp4": ("video", "mov"),
    "mov": ("video", "mov"),
    "webm": ("video", "matroska"),
    "mkv": ("video", "matroska"),
    "avi": ("video", "avi"),
    "ts": ("video", "mpegts"),
    "mpg": ("video", "mpeg"),
    "flv": ("video", "flv"),
    "ogg": ("video", "ogg"),
    "h264": ("video", "h264"),
    "wmv": ("video", "asf"),
    "mp3": ("audio", "mp3"),
    "wav": ("audio", "wav"),
    "opus": ("audio", "ogg"),
    "jpg": ("image", "jpeg"),
    "progressive.jpg": ("image", "jpeg"),
    "png": ("image", "png"),
    "gif": ("video", "gif"),
    "webp": ("video", "webp"),
    "apng": ("video", "png"),
    "avif": ("image", "avif"),
    "tiff": ("image", "tiff"),
    "bmp": ("image", "bmp"),
    "jp2": ("image", "jpeg2000"),
    "ppm": ("image", "ppm"),
}

REFUSED = {
    "text": b"Dear all,\nplease find enclosed\n" * 20,
    "playlist": b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n#EXT-X-ENDLIST\n",
    "concat": b"ffconcat version 1.0\nfile /etc/passwd\n",
    "metadata": b";FFMETADATA1\ntitle=x\n",
    "session": b"v=0\no=- 0 0 IN IP4 127.0.0.1\n",
    "manifest": b"<?xml version='1.0'?><MPD></MPD>",
    "vector": b"<svg xmlns='http://www.w3.org/2000/svg'><image href='/etc/passwd'/></svg>",
    "postscript": b"%!PS-Adobe-3.0 EPSF-3.0\n",
    "document": b"%PDF-1.7\n",
    "archive": b"PK\x03\x04" + bytes(60),
    "program": b"\x7fELF\x02\x01\x01" + bytes(60),
    "zeros": bytes(8192),
    "heic": b"\0\0\0\x18ftypheic\0\0\0\0mif1heic" + bytes(64),
}


@pytest.mark.parametrize("name", EXPECTED)
def test_kind_and_format_come_from_the_bytes(name: str, tmp_path: Path) -> None:
    path = tmp_path / "holiday.txt"
    path.write_bytes(mutate.sources()[name])
    with media.open(path) as file:
        assert (file.kind.value, file.format) == EXPECTED[name]
        assert file.partial is None


def test_every_source_has_an_expectation() -> None:
    assert set(EXPECTED) == set(mutate.sources())


@pytest.mark.parametrize("name", REFUSED)
def test_what_is_no_media_is_refused_whatever_it_is_called(name: str, tmp_path: Path) -> None:
    path = tmp_path / "clip.mp4"
    path.write_bytes(REFUSED[name])
    with pytest.raises(errors.UnsupportedFormat) as caught:
        media.open(path)
    assert caught.value.fields["path"] == str(path)


@pytest.mark.parametrize("packet_bytes", [188, 192, 204])
@pytest.mark.parametrize("lead", [0, 1, 100])
def test_a_transport_stream_may_start_inside_a_packet(packet_bytes: int, lead: int) -> None:
    packet = b"G" + bytes(packet_bytes - 1)
    assert sniff.sniff(bytes(lead) + packet * 8) == sniff.Format(demuxers=("mpegts",))


def test_a_lone_sync_byte_is_no_transport_stream() -> None:
    assert sniff.sniff(b"G" + bytes(400)) is None


@pytest.mark.parametrize(
    "trailer", [b"PK\x03\x04", b"<html><script>1</script>", b"#EXTM3U\nfile:///etc/passwd\n"]
)
@pytest.mark.parametrize("name", ["jpg", "gif", "png", "mp4"])
def test_what_is_appended_changes_nothing(name: str, trailer: bytes) -> None:
    plain, longer = mutate.sources()[name], mutate.sources()[name] + trailer * 30
    seen = []
    for data in (plain, longer):
        with media.open(io.BytesIO(data)) as file:
            first = next(file.frames()).luma() if file.has_video else file.picture().luma()
            seen.append((file.kind, file.format, first.tobytes()))
    assert seen[0] == seen[1]


def test_a_document_in_front_of_a_video_is_refused() -> None:
    with pytest.raises(errors.UnsupportedFormat):
        media.open(io.BytesIO(b"%PDF-1.7\n" + mutate.sources()["mp4"]))


def test_a_stream_may_be_given_and_stays_open(tmp_path: Path) -> None:
    path = tmp_path / "a"
    path.write_bytes(mutate.sources()["png"])
    with path.open("rb") as stream:
        stream.seek(7)
        with media.open(stream, name="upload 1") as file:
            assert file.picture().rgb.shape == (mutate.HEIGHT_PX, mutate.WIDTH_PX, 3)
        assert stream.tell() == 7
    with pytest.raises(errors.EmptyFile, match="upload 2"):
        media.open(io.BytesIO(), name="upload 2")


def test_a_file_that_is_not_one_is_told_by_its_kind(tmp_path: Path) -> None:
    for path, error, words in (
        (tmp_path / "gone", errors.PathNotFound, "gone"),
        (tmp_path / "nul\0", errors.PathNotFound, "nul"),
        (tmp_path, errors.UnreadableFile, "folder"),
        (Path("/dev/null"), errors.UnreadableFile, "device"),
    ):
        with pytest.raises(error, match=words):
            media.open(path)


def test_the_size_in_bytes_has_a_limit(tmp_path: Path) -> None:
    path = tmp_path / "large.png"
    path.write_bytes(mutate.sources()["png"])
    with pytest.raises(errors.MediaTooLarge) as caught:
        media.open(path, limits=media.Limits(bytes=1000))
    assert caught.value.fields["unit"] == "bytes"
    assert caught.value.fields["limit"] == 1000
