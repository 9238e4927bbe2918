"""Hostile and damaged files: each gives a value or an error of its own, and the others go on."""

from __future__ import annotations

import gc
import os
import resource
import shutil
import socket
import sys
import time
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from itertools import islice
from pathlib import Path

import pytest

from seawall import errors, media
from seawall.media import wire

sys.path.append(str(Path(__file__).resolve().parent))
import mutate
import sandbox_tasks  # noqa: F401 - the children load it by this name

WORKERS = 2
MUTANTS_EACH = 84
MUTANTS_LIMIT_S = 240  # a third of a minute on an idle machine; far more means that something hung
LIMITS = media.Limits(cpu_s=10, wall_s=30, memory_bytes=512 << 20)
TASK = "sandbox_tasks:read_all"
GLANCE = media.Thinning(group_s=2.5, gap_s=1.0)  # the sources' groups of pictures are shorter
READINGS = (None, GLANCE, media.Thinning(2.5, 1.0, looks=12))  # they have fewer key frames than that


@pytest.fixture(scope="module")
def sandbox() -> Iterator[media.Sandbox]:
    with media.Sandbox(WORKERS, LIMITS, task_roots=("sandbox_tasks",)) as pool:
        yield pool


def outcome(pool: media.Sandbox, path: Path, thinning: media.Thinning | None = None) -> str:
    """What became of a file, in a word; anything but a value or a MediaError fails the test."""
    try:
        value = pool.run(path, TASK, {}, thinning=thinning)
    except errors.MediaError as error:
        return error.code if error.fields["path"] == str(path) else "an error of another file"
    assert isinstance(value, dict)
    return "whole" if value["partial"] is None else "partial"


def resident_bytes() -> int:
    return int(Path("/proc/self/statm").read_text().split()[1]) * resource.getpagesize()


def descriptors() -> int:
    return len(list(Path("/proc/self/fd").iterdir()))


def test_the_sources_are_small_and_sound(sandbox: media.Sandbox, tmp_path: Path) -> None:
    for name, data in mutate.sources().items():
        path = tmp_path / name
        path.write_bytes(data)
        assert outcome(sandbox, path) == "whole", name
        assert len(data) < 125_000


def test_two_thousand_damaged_files_do_no_harm(sandbox: media.Sandbox, tmp_path: Path) -> None:
    jobs = [
        (name, number, way, data)
        for name, source in mutate.sources().items()
        for number, (way, data) in enumerate(islice(mutate.mutations(source, name), MUTANTS_EACH))
    ]
    assert len(jobs) >= 2000

    def work(job: tuple[str, int, str, bytes]) -> str:
        name, number, _, data = job
        path = tmp_path / f"{number}.{name}"
        path.write_bytes(data)
        word = outcome(sandbox, path, READINGS[number % len(READINGS)])
        path.unlink()
        return word

    began_s = time.monotonic()
    with ThreadPoolExecutor(2) as threads:
        words = Counter(threads.map(work, jobs[::9]))  # of every format, to warm up
        gc.collect()
        held, opened = resident_bytes(), descriptors()
        words += Counter(threads.map(work, jobs))
    gc.collect()
    assert resident_bytes() < held + (32 << 20)
    assert descriptors() <= opened
    assert time.monotonic() - began_s < MUTANTS_LIMIT_S
    assert set(words) <= {
        *("whole", "partial", "damaged_media", "unsupported_format", "media_too_large", "empty_file"),
        *("decode_memory", "decode_timeout", "decoder_crashed"),
    }
    assert words["decoder_crashed"] + words["decode_timeout"] <= len(jobs) // 100, words
    assert min(words["whole"], words["partial"], words["damaged_media"]) > 100, words


@pytest.mark.parametrize(
    "text",
    [
        "just a few words\n" * 100,
        "#EXTM3U\n#EXT-X-TARGETDURATION:1\n#EXTINF:1,\nfile://{secret}\n#EXT-X-ENDLIST\n",
        "#EXTM3U\n#EXTINF:1,\n{secret}\n",
        "ffconcat version 1.0\nfile '{secret}'\n",
        "{secret}\n",
        "v=0\nm=video 5004 RTP/AVP 96\n",
    ],
)
@pytest.mark.parametrize("name", ["a.mp4", "a.m3u8", "a.txt", "a.concat", "a.sdp"])
def test_text_that_names_a_file_opens_none(
    sandbox: media.Sandbox, tmp_path: Path, text: str, name: str
) -> None:
    secret = tmp_path / "secret.mp4"
    secret.write_bytes(mutate.sources()["mp4"])
    path = tmp_path / name
    path.write_text(text.format(secret=secret))
    assert outcome(sandbox, path) == "unsupported_format"


def test_a_movie_that_refers_to_another_file_is_not_followed(sandbox: media.Sandbox, tmp_path: Path) -> None:
    """The data reference of a QuickTime track may name a file; here it names one that is there."""
    secret = tmp_path / "secret.mp4"
    secret.write_bytes(mutate.sources()["mp4"])
    data = mutate.sources()["mp4"]
    alias = b"\0\0\0\x0curl \0\0\0\x01"  # "in this same file"
    assert alias in data
    path = tmp_path / "refers.mp4"
    path.write_bytes(data.replace(alias, b"\0\0\0\x0calis\0\0\0\0"))
    assert outcome(sandbox, path) in ("whole", "partial", "damaged_media")


@pytest.mark.parametrize("name", ["mp4", "webm", "avi", "jpg", "png", "gif", "ts"])
@pytest.mark.parametrize("share", [0.05, 0.5, 0.95])
@pytest.mark.parametrize("thinning", [None, GLANCE], ids=["all frames", "key frames"])
def test_cut_files_are_damaged_or_partial(
    sandbox: media.Sandbox, tmp_path: Path, name: str, share: float, thinning: media.Thinning | None
) -> None:
    data = mutate.sources()[name]
    path = tmp_path / name
    path.write_bytes(data[: int(len(data) * share)])
    word = outcome(sandbox, path, thinning)
    assert word in ("partial", "damaged_media", "whole")
    if name in ("jpg", "png", "gif"):
        assert word != "whole"


@pytest.mark.parametrize("name", ["mp4", "jpg", "gif", "webm"])
def test_files_with_two_faces_have_the_first_one(sandbox: media.Sandbox, tmp_path: Path, name: str) -> None:
    archive = shutil.make_archive(str(tmp_path / "inner"), "zip", tmp_path)
    path = tmp_path / "two"
    path.write_bytes(mutate.sources()[name] + Path(archive).read_bytes() + b"<script>alert(1)</script>")
    assert outcome(sandbox, path) in ("whole", "partial")
    path.write_bytes(b"%PDF-1.7\n" + mutate.sources()[name])
    assert outcome(sandbox, path) == "unsupported_format"


AWKWARD = [
    "new\nline.mp4",
    "'quotes\"`$(touch x)`.mp4",
    "-rf",
    "--help",
    "🌊 sea 壁.mp4",
    "surrogate\udce9\udcff.mp4",
    "%s{path}{0}.mp4",
    "file:pipe:1",
    "concat:a|b",
    "a" * 250,
]


@pytest.mark.parametrize("name", AWKWARD)
def test_awkward_names_are_names(sandbox: media.Sandbox, tmp_path: Path, name: str) -> None:
    path = tmp_path / name
    path.write_bytes(mutate.sources()["mp4"])
    assert outcome(sandbox, path) == "whole"
    path.write_bytes(b"no media")
    assert outcome(sandbox, path) == "unsupported_format"


def test_a_relative_name_that_starts_with_a_dash_is_a_name(
    sandbox: media.Sandbox, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    Path("-i").write_bytes(mutate.sources()["png"])
    assert outcome(sandbox, Path("-i")) == "whole"


def test_what_is_no_regular_file_is_refused_at_once(sandbox: media.Sandbox, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")
    with socket.socket(socket.AF_UNIX) as server:
        server.bind(str(tmp_path / "socket"))
        began_s = time.monotonic()
        for name, word in (("", "folder"), ("pipe", "pipe"), ("socket", "socket")):
            with pytest.raises(errors.UnreadableFile, match=word):
                sandbox.run(tmp_path / name, TASK, {})
        with pytest.raises(errors.UnreadableFile, match="device"):
            sandbox.run("/dev/zero", TASK, {})
        assert time.monotonic() - began_s < 5


def test_what_is_missing_or_empty_is_told(sandbox: media.Sandbox, tmp_path: Path) -> None:
    with pytest.raises(errors.PathNotFound):
        sandbox.run(tmp_path / "gone.mp4", TASK, {})
    (tmp_path / "loop").symlink_to(tmp_path / "loop")
    with pytest.raises(errors.UnreadableFile):
        sandbox.run(tmp_path / "loop", TASK, {})
    (tmp_path / "empty.mp4").touch()
    with pytest.raises(errors.EmptyFile):
        sandbox.run(tmp_path / "empty.mp4", TASK, {})


def test_many_files_leave_nothing_behind(sandbox: media.Sandbox, tmp_path: Path) -> None:
    path = tmp_path / "a.jpg"
    path.write_bytes(mutate.sources()["jpg"])

    def work(number: int) -> wire.Wire:
        return sandbox.run(path, TASK, {})

    with ThreadPoolExecutor(4) as threads:
        first = list(threads.map(work, range(100)))
        gc.collect()
        held, opened = resident_bytes(), descriptors()
        rest = list(threads.map(work, range(600)))
    assert all(value == first[0] for value in first + rest)
    # A child costs one descriptor, and how many of them stand idle when it is counted is chance.
    assert descriptors() <= opened + WORKERS
    assert resident_bytes() < held + (8 << 20)


def test_a_file_that_shrinks_while_it_is_read_ends_early(tmp_path: Path) -> None:
    path = tmp_path / "shrinks.avi"
    path.write_bytes(mutate.encode(mutate.Recipe("avi", "rawvideo"), frames=50))
    with media.open(path) as file:
        frames = file.frames()
        next(frames)
        os.truncate(path, 1000)
        assert len(list(frames)) < 25
        assert file.partial is not None


def test_a_disk_that_fails_is_not_taken_for_damage(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(descriptor: int, size: int, position: int) -> bytes:
        raise OSError(5, "Input/output error")

    for name in ("mp4", "jpg", "gif"):
        path = tmp_path / name
        path.write_bytes(mutate.sources()[name])
        with monkeypatch.context() as patch:
            patch.setattr(os, "pread", refuse)
            with pytest.raises(errors.UnreadableFile, match="Input/output"):
                media.open(path)
        with media.open(path) as file, monkeypatch.context() as patch:
            patch.setattr(os, "pread", refuse)
            # The first pass over a video may have all it needs in memory.
            passes = [file.picture] if name == "jpg" else [lambda: list(file.frames())] * 2
            with pytest.raises(errors.UnreadableFile, match="Input/output"):
                [work() for work in passes]
