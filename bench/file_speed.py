"""Measures what it takes to come from a video's file to the signals that it is checked by.

    python bench/file_speed.py CLIPS [--peers PYTHON] [--times 5] [--seconds 60] [--folder DIR]

Of the clips in the folder CLIPS that have 720 lines or more, files of 1280x720 at 30 frames a second are
made as a platform makes them (H.264, a key frame every 2 s), with sound and without, and one with x264's own
groups of 250 frames; then the clips themselves are taken together. For each it prints, of one core:

- what the bare decoder takes for the frames that are looked at, and for all;
- a glance and a close look: codes alone, and all signals of the pictures, and with the sound;
- vPDQ's `computeHash(seconds_per_hash=1)` on the same files (`bench/peers.py` says what its Python needs).

Times are of the processor, in milliseconds a second of video; medians. The wall is that of all files at
once by as many processes as there are cores, in the sandbox as a check does it, against vPDQ's own threads.
"""

from __future__ import annotations

import argparse
import os
import statistics
import tempfile
import time
from dataclasses import dataclass
from fractions import Fraction
from pathlib import Path
from typing import TYPE_CHECKING, Final

import av
import cv2
import numpy as np
import peers

from seawall import config, media
from seawall.bench import keeping
from seawall.media import encode
from seawall.signals import compute, roles, video
from seawall.workflows import compute as computing, pool

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

RATE_HZ: Final = 30
WIDTH_PX, HEIGHT_PX = 1280, 720
GLANCE_S: Final = float(config.load(None).number("glance_s"))
AT_ONCE: Final = 8  #: copies of a file that are worked on for the figure of the wall

if not hasattr(os, "sched_getaffinity"):
    raise SystemExit("it measures on Linux")
CORES: Final = len(os.sched_getaffinity(0))


@dataclass(frozen=True, slots=True)
class Group:
    """Files that are measured together."""

    name: str
    paths: list[Path]


def made(
    folder: Path, name: str, clips: list[Path], seconds: float, group: int | None, *, sound: bool
) -> Group:
    """One file of 720 lines of the clips, one after the other; kept from an earlier run where it is there."""
    path = folder / f"{name}.mp4"
    if not path.is_file():
        track = None
        if sound:
            parts = [keeping.sound(_Clip(clip), 0, seconds) for clip in clips]  # type: ignore[arg-type]
            whole = np.concatenate([part for part in parts if part is not None])
            track = encode.Sound(whole[: round(seconds * keeping.SOUND_RATE_HZ)], keeping.SOUND_RATE_HZ)
        settings = encode.Settings(preset="veryfast", group_frames=group)
        partial = path.with_name(f"unfinished-{path.name}")
        with encode.Writer(
            partial, WIDTH_PX, HEIGHT_PX, rate_hz=Fraction(RATE_HZ), settings=settings, sound=track
        ) as writer:
            for number, planes in enumerate(_pictures(clips, round(seconds * RATE_HZ))):
                writer.write(number / RATE_HZ, planes)
        partial.replace(path)
    return Group(name, [path])


@dataclass(frozen=True, slots=True)
class _Clip:
    path: Path


def _pictures(clips: list[Path], count: int) -> Iterator[encode.Planes]:
    given = 0
    while given < count:
        for clip in clips:
            with media.open(clip) as opened:
                for frame in opened.frames():
                    if given == count:
                        return
                    yield encode.planes(frame, WIDTH_PX, HEIGHT_PX)
                    given += 1


def bare(path: Path, skip: str) -> None:
    """Only decode: PyAV's decoder on one thread. skip: what is left out, as FFmpeg calls it."""
    with av.open(str(path)) as container:
        stream = container.streams.video[0]
        stream.codec_context.thread_count = 1
        stream.codec_context.skip_frame = skip  # type: ignore[assignment]
        for _ in container.decode(stream):
            pass


def codes(path: Path, glance_s: float) -> None:
    """Only the fingerprint."""
    with media.open(path, thinning=compute.thinning(roles.Role.QUERY, glance_s)) as opened:
        video.fingerprint(opened.frames(), roles.Role.QUERY)


def signals(path: Path, glance_s: float) -> compute.Computed:
    """All signals that a check looks at."""
    with media.open(path, thinning=compute.thinning(roles.Role.QUERY, glance_s)) as opened:
        return compute.compute(opened, roles.Role.QUERY)


def used_ms(group: Group, work: Callable[[Path], object], times: int) -> float:
    """Milliseconds of the processor for all files of the group, after one run that is not counted."""
    taken = []
    for number in range(times + 1):
        began_s = time.process_time()
        for path in group.paths:
            work(path)
        if number:
            taken.append(time.process_time() - began_s)
    return statistics.median(taken) * 1000


def wall_s(group: Group, times: int) -> float:
    """Seconds on the clock a file, many at once, each first glanced at, in the sandbox."""
    files = group.paths * max(1, AT_ONCE // len(group.paths))
    taken = []
    with media.Sandbox(CORES, media.Limits()) as sandbox:

        def work(path: Path) -> compute.Computed:
            return computing.signals(path, sandbox, roles.Role.QUERY, glance_s=GLANCE_S)

        for number in range(times + 1):
            began_s = time.perf_counter()
            list(pool.in_order(work, files, CORES))
            if number:
                taken.append((time.perf_counter() - began_s) / len(files) * len(group.paths))
    return statistics.median(taken)


def measure(group: Group, python: Path | None, times: int) -> None:
    """Print the group's table."""
    shown = [signals(path, GLANCE_S) for path in group.paths]
    seconds = sum(one.duration_s or 0.0 for one in shown)
    print(f"\n{group.name}: {len(group.paths)} files, {seconds:.1f} s", end="; ")
    print(f"a glance leaves frames out in {sum(one.glanced for one in shown)}")
    keys = used_ms(group, lambda path: bare(path, "NONKEY"), times)
    needed = used_ms(group, lambda path: bare(path, "NONREF"), times)
    every = used_ms(group, lambda path: bare(path, "DEFAULT"), times)
    rows = [
        ("bare decoder, key frames", keys, None),
        ("bare decoder, without what no frame needs", needed, None),
        ("bare decoder, all frames", every, None),
        ("glance, codes alone", used_ms(group, lambda path: codes(path, GLANCE_S), times), keys),
        ("glance, all signals", used_ms(group, lambda path: signals(path, GLANCE_S), times), keys),
        ("close look, codes alone", used_ms(group, lambda path: codes(path, 0.0), times), needed),
        ("close look, all signals", used_ms(group, lambda path: signals(path, 0.0), times), needed),
    ]
    for what, taken_ms, of_ms in rows:
        share = "" if of_ms is None else f"  {100 * of_ms / taken_ms:3.0f} % of the bare decoder's speed"
        print(
            f"  {what:42s} {taken_ms / seconds:7.2f} ms/s  {1000 * seconds / taken_ms:6.1f} x realtime{share}"
        )
    spent = {stage: sum(one.spent_s.get(stage, 0.0) for one in shown) for stage in compute.STAGES}
    print("  of a glance:", ", ".join(f"{stage} {1000 * s / seconds:.2f} ms/s" for stage, s in spent.items()))
    _beside(group, rows[4][1], seconds, peers.ask(python, "vpdq", group.paths, times), times)


def _beside(group: Group, own_ms: float, seconds: float, said: list[peers.Took] | str, times: int) -> None:
    own_wall_s = wall_s(group, times)
    print(
        f"  glance, all signals, {CORES} files at once: {1000 * own_wall_s / seconds:.2f} ms/s on the clock"
    )
    if isinstance(said, str):
        print(f"  vPDQ left out: {said}")
        return
    of_path: dict[str, list[peers.Took]] = {}
    for took in said:
        of_path.setdefault(took.path, []).append(took)
    used_s = sum(statistics.median(one.used_s for one in some) for some in of_path.values())
    on_clock_s = sum(statistics.median(one.wall_s for one in some) for some in of_path.values())
    print(
        f"  vPDQ, a hash a second: {1000 * used_s / seconds:.2f} ms/s of the processor, "
        f"{1000 * on_clock_s / seconds:.2f} ms/s on the clock; "
        f"a glance is {1000 * used_s / own_ms:.1f} times as fast by the processor, "
        f"{on_clock_s / own_wall_s:.1f} times by the clock"
    )


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("clips", type=Path)
    parser.add_argument("--peers", type=Path)
    parser.add_argument("--times", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--folder", type=Path)
    chosen = parser.parse_args()
    cv2.setNumThreads(1)
    clips = sorted(path for path in chosen.clips.iterdir() if path.is_file())
    large = []
    for path in clips:
        with media.open(path) as opened:
            if opened.has_video and opened.has_audio and (opened.height_px or 0) >= HEIGHT_PX:
                large.append(path)
    with tempfile.TemporaryDirectory(prefix="seawall-file-speed-") as temporary:
        folder = chosen.folder or Path(temporary)
        folder.mkdir(parents=True, exist_ok=True)
        for name, group, sound in (
            ("720p, key frames 2 s apart", 2 * RATE_HZ, False),
            ("720p, key frames 2 s apart, with sound", 2 * RATE_HZ, True),
            ("720p, groups of 250 frames", None, False),
        ):
            made_of = made(folder, name, large, chosen.seconds, group, sound=sound)
            measure(made_of, chosen.peers, chosen.times)
        measure(Group("the clips", clips), chosen.peers, chosen.times)


if __name__ == "__main__":
    peers.as_a_child()
    main()
