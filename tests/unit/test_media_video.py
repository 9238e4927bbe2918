"""Videos as a player shows them: upright, in time, the right stream, in one range of luma."""

from __future__ import annotations

import io
import itertools
import sys
from collections.abc import Callable
from fractions import Fraction
from pathlib import Path

import av
import numpy as np
import pytest
from av.stream import Disposition
from numpy.typing import NDArray

from seawall import errors, media
from seawall.media import luma, orient

sys.path.append(str(Path(__file__).resolve().parents[1] / "faults"))
import mutate

RATE = 25
Picture = NDArray[np.uint8]


def made(
    container: str = "mp4",
    codec: str = "libx264",
    *,
    pixel_format: str = "yuv420p",
    stamps: list[int] | None = None,
    picture: Callable[[int], Picture] = mutate.pattern,
    prepare: Callable[[av.VideoStream], None] = lambda stream: None,
    path: Path | None = None,
) -> bytes:
    """A video of one stream, whose frame n shows picture(n) at stamps[n] / RATE seconds."""
    target = io.BytesIO() if path is None else path
    options = {} if path is None else {"movflags": "faststart"}
    with av.open(target, "w", format=container, options=options) as output:
        stream = output.add_stream(codec, rate=RATE)
        height, width, _ = picture(0).shape
        stream.width, stream.height, stream.pix_fmt = width, height, pixel_format
        stream.codec_context.time_base = Fraction(1, RATE)
        stream.codec_context.thread_count = 1
        prepare(stream)
        for number, stamp in enumerate(range(RATE) if stamps is None else stamps):
            frame = av.VideoFrame.from_ndarray(picture(number), format="rgb24")
            frame.pts, frame.time_base = stamp, Fraction(1, RATE)
            output.mux(stream.encode(frame))
        output.mux(stream.encode(None))
    return target.getvalue() if isinstance(target, io.BytesIO) else target.read_bytes()


def read(data: bytes, **options: object) -> tuple[media.Media, list[media.Frame]]:
    file = media.open(io.BytesIO(data), **options)  # type: ignore[arg-type]
    return file, list(file.frames())


def grey(picture: Picture) -> NDArray[np.float32]:
    return luma.from_rgb(picture)


def off(first: NDArray[np.generic], second: NDArray[np.generic]) -> float:
    """The mean difference in levels."""
    assert first.shape == second.shape
    return float(np.abs(first.astype(float) - second.astype(float)).mean())


def corner(number: int) -> Picture:
    """Black, with one white corner at the top left."""
    picture = np.zeros((80, 120, 3), np.uint8)
    picture[:40, :60] = 255
    return picture


@pytest.mark.parametrize(
    ("degrees", "mirror", "expected"),
    [
        (0, False, orient.UPRIGHT),
        (90, False, orient.Orientation(quarter_turns=1)),
        (180, False, orient.Orientation(quarter_turns=2)),
        (-90, False, orient.Orientation(quarter_turns=3)),
        (0, True, orient.Orientation(mirrored=True)),
    ],
)
def test_a_turned_video_stands_upright(degrees: int, mirror: bool, expected: orient.Orientation) -> None:
    def prepare(stream: av.VideoStream) -> None:
        stream.set_display_rotation(degrees, hflip=mirror)

    file, frames = read(made(picture=corner, stamps=[0, 1], prepare=prepare))
    with file:
        upright = expected.apply(corner(0))
        assert (file.height_px, file.width_px) == upright.shape[:2]
        assert off(frames[0].luma(), grey(upright)) < 4
        assert off(frames[0].rgb(), upright) < 4
        stored = next(file.frames(source=media.LumaSource.RGB)).luma()
        assert stored.dtype == np.float32
        assert off(stored, grey(corner(0))) < 4


def test_oblong_pixels_count_in_the_size_and_not_in_the_picture() -> None:
    def prepare(stream: av.VideoStream) -> None:
        stream.codec_context.sample_aspect_ratio = Fraction(16, 11)

    file, frames = read(made(stamps=[0, 1], prepare=prepare))
    with file:
        assert (file.width_px, file.height_px) == (round(160 * 16 / 11), 120)
        assert frames[0].luma().shape == (120, 160)


def test_a_variable_rate_is_kept() -> None:
    stamps = [0, 1, 2, 10, 11, 30, 75]
    file, frames = read(made("matroska", stamps=stamps))
    with file:
        assert [frame.time_s for frame in frames] == pytest.approx(
            [stamp / RATE for stamp in stamps], abs=0.001
        )
        assert [frame.number for frame in frames] == list(range(7))
        assert file.partial is None


@pytest.mark.parametrize("container", ["mp4", "matroska", "mpegts", "avi", "flv"])
def test_frames_come_in_the_order_of_their_showing(container: str) -> None:
    def prepare(stream: av.VideoStream) -> None:
        stream.codec_context.max_b_frames = 0 if container == "avi" else 3

    file, frames = read(made(container, prepare=prepare))
    with file:
        assert [frame.time_s for frame in frames] == pytest.approx(np.arange(RATE) / RATE, abs=0.002)
        assert all(off(frame.luma(), grey(mutate.pattern(frame.number))) < 5 for frame in frames)


def test_an_edit_list_that_cuts_the_start_is_honoured() -> None:
    file, frames = read(made(stamps=list(range(-10, 15))))
    with file:
        assert len(frames) == 15
        assert [frame.time_s for frame in frames] == pytest.approx(np.arange(15) / RATE)
        assert off(frames[0].luma(), grey(mutate.pattern(10))) < 5
        assert file.duration_s == pytest.approx(0.6)
        assert file.partial is None


def with_sound(video_from: int, sound_from: float, *, container: str = "mp4") -> bytes:
    """A second of video and of sound, which start at different times."""
    target = io.BytesIO()
    with av.open(target, "w", format=container) as output:
        video = output.add_stream("libx264", rate=RATE)
        video.width, video.height, video.pix_fmt = 160, 120, "yuv420p"
        sound = output.add_stream("flac", rate=48000, layout="mono")
        tone = (np.sin(np.arange(48000) / 10) * 8000).astype(np.int16)
        for first in range(0, 48000, 4800):
            frame = av.AudioFrame.from_ndarray(tone[None, first : first + 4800], format="s16", layout="mono")
            frame.rate, frame.pts, frame.time_base = (
                48000,
                round(sound_from * 48000) + first,
                Fraction(1, 48000),
            )
            output.mux(sound.encode(frame))
        output.mux(sound.encode(None))
        for number in range(RATE):
            picture = av.VideoFrame.from_ndarray(mutate.pattern(number), format="rgb24")
            picture.pts, picture.time_base = video_from + number, Fraction(1, RATE)
            output.mux(video.encode(picture))
        output.mux(video.encode(None))
    return target.getvalue()


@pytest.mark.parametrize("container", ["mp4", "matroska"])
def test_sound_that_starts_first_sets_the_start(container: str) -> None:
    file, frames = read(with_sound(10, 0.0, container=container))
    with file:
        assert frames[0].time_s == pytest.approx(0.4, abs=0.002)
        assert sum(map(len, file.audio())) == pytest.approx(16000, abs=10)


def test_sound_that_starts_later_is_led_by_silence() -> None:
    file, frames = read(with_sound(0, 0.5))
    with file:
        assert frames[0].time_s == 0
        samples = np.concatenate(list(file.audio(8000)))
    assert samples.dtype == np.float32
    assert len(samples) == pytest.approx(12000, abs=10)
    assert np.abs(samples[:3900]).max() < 0.01
    assert np.abs(samples[4100:]).max() > 0.1


def test_sound_and_pictures_can_be_read_side_by_side() -> None:
    with media.open(io.BytesIO(with_sound(0, 0.0))) as file:
        pairs = list(itertools.zip_longest(file.frames(), file.audio()))
        assert sum(frame is not None for frame, _ in pairs) == RATE
        assert sum(len(chunk) for _, chunk in pairs if chunk is not None) == pytest.approx(16000, abs=10)


@pytest.mark.parametrize("chosen", [0, 1])
def test_of_several_videos_the_default_one_is_read(chosen: int) -> None:
    target = io.BytesIO()
    with av.open(target, "w", format="matroska") as output:
        streams = [output.add_stream("libx264", rate=RATE) for _ in range(2)]
        for number, stream in enumerate(streams):
            stream.width, stream.height, stream.pix_fmt = 160, 120, "yuv420p"
            stream.disposition = Disposition.default if number == chosen else Disposition(0)
        for number in range(10):
            for offset, stream in enumerate(streams):
                frame = av.VideoFrame.from_ndarray(mutate.pattern(number + 50 * offset), format="rgb24")
                frame.pts, frame.time_base = number, Fraction(1, RATE)
                output.mux(stream.encode(frame))
        for stream in streams:
            output.mux(stream.encode(None))
    file, frames = read(target.getvalue())
    with file:
        assert len(frames) == 10
        assert off(frames[0].luma(), grey(mutate.pattern(50 * chosen))) < 5


def sound_with_cover() -> bytes:
    target = io.BytesIO()
    with av.open(target, "w", format="mp3") as output:
        sound = output.add_stream("libmp3lame", rate=48000, layout="mono")
        cover = output.add_stream("mjpeg")
        cover.width, cover.height, cover.pix_fmt = 160, 120, "yuvj420p"
        cover.disposition = Disposition.attached_pic
        output.mux(cover.encode(av.VideoFrame.from_ndarray(mutate.pattern(0), format="rgb24")))
        output.mux(cover.encode(None))
        for first in range(0, 48000, 1152):
            tone = (np.sin(np.arange(first, first + 1152) / 10) * 8000).astype(np.int16)
            frame = av.AudioFrame.from_ndarray(tone[None], format="s16p", layout="mono")
            frame.rate, frame.pts, frame.time_base = 48000, first, Fraction(1, 48000)
            output.mux(sound.encode(frame))
        output.mux(sound.encode(None))
    return target.getvalue()


def test_a_cover_makes_no_video() -> None:
    with media.open(io.BytesIO(sound_with_cover())) as file:
        assert file.kind == "audio"
        assert not file.has_video
        assert file.width_px is None
        assert sum(map(len, file.audio())) == pytest.approx(16000, abs=700)
        with pytest.raises(errors.UsageError):
            next(file.frames())
        with pytest.raises(errors.UsageError):
            file.picture()


def test_a_video_without_sound_has_none() -> None:
    with media.open(io.BytesIO(made(stamps=[0, 1]))) as file:
        assert not file.has_audio
        with pytest.raises(errors.UsageError):
            next(file.audio())


def test_a_bare_stream_gets_its_times_from_its_rate() -> None:
    file, frames = read(made("h264"))
    with file:
        assert file.format == "h264"
        assert [frame.time_s for frame in frames] == pytest.approx(np.arange(RATE) / RATE)
        assert file.duration_s == pytest.approx(1.0)


@pytest.mark.parametrize(
    ("codec", "pixel_format"),
    [
        ("libx264", "yuv420p10le"),
        ("libx265", "yuv420p10le"),
        ("ffv1", "yuv444p12le"),
        ("ffv1", "yuv420p16le"),
        ("ffv1", "gray"),
        ("ffv1", "gray16le"),
        ("ffv1", "yuva420p"),
        ("ffv1", "bgr0"),
        ("ffv1", "gbrp10le"),
        ("mjpeg", "yuvj422p"),
        ("rawvideo", "bgr24"),
        ("rawvideo", "nv12"),
        ("rawvideo", "yuyv422"),
        ("gif", "rgb8"),
    ],
)
def test_every_depth_and_layout_gives_the_same_luma(codec: str, pixel_format: str) -> None:
    container = "avi" if codec == "rawvideo" else "mov" if codec == "gif" else "matroska"
    tolerance = 30 if codec == "gif" else 6
    file, frames = read(made(container, codec, pixel_format=pixel_format, stamps=[0, 1, 2]))
    with file:
        plane = frames[1].luma()
        assert plane.dtype == np.uint8
        assert off(plane, grey(mutate.pattern(1))) < tolerance
        assert off(next(file.frames(source=media.LumaSource.RGB)).luma(), grey(mutate.pattern(0))) < tolerance


@pytest.mark.parametrize("name", ["webm", "mkv", "flv", "mp4"])
def test_a_video_that_ends_early_is_partial(name: str, tmp_path: Path) -> None:
    if name == "mp4":
        data = made(stamps=list(range(75)), path=tmp_path / "head_first.mp4")
    else:
        data = mutate.encode(mutate.RECIPES[name], frames=75)
    file, frames = read(data[: len(data) * 6 // 10])
    with file:
        partial = file.partial
    assert 20 < len(frames) < 60
    assert partial is not None
    assert partial.expected_s == pytest.approx(3.0, abs=0.05)
    assert partial.read_s == pytest.approx(frames[-1].time_s + 1 / RATE, abs=0.002)


def test_a_video_with_a_hole_is_read_on_and_its_damage_counted() -> None:
    data = bytearray(made(stamps=list(range(75))))
    middle = data.index(b"mdat") + len(data) // 3
    data[middle : middle + 1500] = bytes(1500)
    file, frames = read(bytes(data))
    with file:
        partial = file.partial
    assert frames[-1].time_s == pytest.approx(74 / RATE)
    assert partial is not None
    assert partial.damaged_packets > 0


def test_sound_longer_than_the_video_is_no_damage() -> None:
    file, _ = read(with_sound(0, 2.0, container="matroska"))
    with file:
        assert file.partial is None


@pytest.mark.parametrize("name", ["mp4", "webm", "avi"])
def test_a_head_without_a_body_is_damaged(name: str) -> None:
    with pytest.raises(errors.DamagedMedia), media.open(io.BytesIO(mutate.sources()[name][:200])) as file:
        list(file.frames())


def test_a_codec_without_a_decoder_is_unsupported() -> None:
    unknown = mutate.sources()["webm"].replace(b"V_VP8", b"V_XX8")
    with pytest.raises(errors.UnsupportedFormat, match="decoder"):
        media.open(io.BytesIO(unknown))


def test_sound_without_a_decoder_leaves_the_video() -> None:
    file, frames = read(mutate.sources()["webm"].replace(b"A_OPUS", b"A_XXXX"))
    with file:
        assert len(frames) == RATE
        assert not file.has_audio


@pytest.mark.parametrize(
    ("limits", "unit"),
    [
        (media.Limits(pixels=160 * 120 - 1), "pixels"),
        (media.Limits(frames=24), "frames"),
        (media.Limits(duration_s=0.9), "seconds"),
    ],
)
@pytest.mark.parametrize("container", ["mp4", "h264", "mpegts"])
def test_limits_hold_whether_announced_or_not(limits: media.Limits, unit: str, container: str) -> None:
    with pytest.raises(errors.MediaTooLarge) as caught:
        read(made(container), limits=limits)
    assert caught.value.fields["unit"] == unit


def test_ten_hours_of_one_frame_are_over_the_limit() -> None:
    for stamps in ([0, 10 * 3600 * RATE], [0, 1, 10 * 3600 * RATE]):
        with pytest.raises(errors.MediaTooLarge) as caught:
            read(made("matroska", stamps=stamps))
        assert caught.value.fields["unit"] == "seconds"
        assert caught.value.fields["limit"] == 6 * 3600


def test_long_sound_is_over_the_limit() -> None:
    with pytest.raises(errors.MediaTooLarge, match="seconds"):
        media.open(io.BytesIO(mutate.sources()["wav"]), limits=media.Limits(duration_s=0.5))


def test_frames_can_be_read_twice_and_after_a_break() -> None:
    with media.open(io.BytesIO(made())) as file:
        first = [frame.luma().tobytes() for frame in itertools.islice(file.frames(), 5)]
        again = [frame.luma().tobytes() for frame in file.frames()]
    assert first == again[:5]
    assert len(again) == RATE


def test_a_frame_outlives_its_successors() -> None:
    file, frames = read(made())
    with file:
        late = [frame.luma().copy() for frame in frames]
        soon = [frame.luma().copy() for frame in file.frames()]
    assert all(map(np.array_equal, late, soon))


def test_more_decoder_threads_change_nothing() -> None:
    data = made()  # once: the encoder does not always write the same bytes
    _, one = read(data)
    _, four = read(data, threads=4)
    assert [frame.luma().tobytes() for frame in one] == [frame.luma().tobytes() for frame in four]
