"""Measures what a video costs that matches nothing, by how many codes the bank holds.

    python bench/miss_cost.py --clips DIR [--codes 1000 100000 1000000 10000000] [--kinds listed hashed]
        [--rounds 5] [--seconds 60] [--folder DIR]

Of each kind a bank is filled through the store, followed by its indexes and merged, as the service leaves it:

- listed: whole-picture codes, PDQ hashes of listed videos, which look as `picture_codes` has them;
- hashed: references as they are when files are banked: of 1,000 codes 40 of whole pictures (area codes) and
  960 of keypoints, which `keypoint_codes` draws; that is their share where the clips themselves are banked.
  They have no sound.

Every fourth clip in DIR is shown to the bank, and nothing of it is in there: one file of 1280x720 made of
those with sound, as a platform keeps it (H.264, a key frame every 2 s), the same in x264's own groups of 250
frames, and the clips as they are. They are checked by the library that `seawall check` calls, one after the
other. Counted is the processor time of this process and of its decoding process, for a minute of video. Every
round checks everything against every size, so that what else the machine does falls on all alike; figures are
medians of the rounds. A folder that is given keeps the banks for the next run.
"""

from __future__ import annotations

import argparse
import itertools
import os
import statistics
import tempfile
import time
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Final

import file_speed
import index_scale
import keypoint_codes
import numpy as np
import picture_codes
import processes

import seawall
from seawall import media
from seawall.model.signal import Signal, SignalType
from seawall.signals import local, pdq, thumb, video
from seawall.store import NewReference

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from seawall.workflows.check import CheckResult

SIZES: Final = (1_000, 100_000, 1_000_000, 10_000_000)
KINDS: Final = ("listed", "hashed")
SEED: Final = 256
OF_ONE: Final = 1_000  #: codes of a reference
PICTURES: Final = 40  #: of them of whole pictures, where it was hashed here
FRAMES: Final = 8  #: with keypoints ...
POINTS: Final = 120  #: ... as many each
AT_ONCE: Final = 100  #: references are added in one go
SHOWN: Final = 4  #: of so many clips one is checked
STAGES: Final = ("decode", "signals", "search")
CONTRAST: Final = 200  #: of the made pictures' thumbs


class Made:
    """Draws references."""

    def __init__(self, pictures: picture_codes.Pictures, points: keypoint_codes.Keypoints) -> None:
        self._pictures = pictures
        self._points = points

    def each(self, kind: str, codes: int) -> Iterator[NewReference]:
        """So many codes' worth of them."""
        for first in range(0, codes, AT_ONCE * OF_ONE):
            count = min(AT_ONCE, (codes - first) // OF_ONE)
            of_one = OF_ONE if kind == "listed" else PICTURES
            drawn = self._pictures.bank(count * of_one).reshape(count, of_one, pdq.CODE_BYTES)
            for some in drawn:
                yield _listed(some) if kind == "listed" else self._hashed(some)

    def _hashed(self, some: NDArray[np.uint8]) -> NewReference:
        looks = self._pictures.random.normal(thumb.WHITE / 2, CONTRAST, thumb.PIXELS)
        best = np.full(len(some), pdq.MAX_QUALITY, np.uint8)
        made = video.Fingerprint(
            times_ms=_seconds(len(some)),
            codes=some,
            qualities=best,
            thumbs=np.tile(looks.astype(np.int16), (len(some), 1)),
            pdq=video.Hashes(some, best),
            duration_ms=len(some) * 1000,
        )
        points = self._points.clip(FRAMES, POINTS)
        return _reference(
            Signal(SignalType.VIDEO, video.VERSION, made.encode()),
            Signal(SignalType.LOCAL, local.VERSION, points.encode()),
        )


def _listed(some: NDArray[np.uint8]) -> NewReference:
    best = np.full(len(some), pdq.MAX_QUALITY, np.uint8)
    made = video.Fingerprint(_seconds(len(some)), some, best, None, None, len(some) * 1000)
    return _reference(Signal(SignalType.VIDEO, video.VERSION, made.encode()))


def _seconds(count: int) -> NDArray[np.uint32]:
    """So far apart that each enters the index."""
    return np.arange(count, dtype=np.uint32) * 1000


def _reference(*signals: Signal) -> NewReference:
    return NewReference(None, "video", signals, signals[0].value[-16:].hex(), "bench")


def fill(folder: Path, kind: str, codes: int, made: Made) -> None:
    """Make the bank where it is missing."""
    if folder.exists():
        return
    began_s = time.perf_counter()
    partial = folder.with_name(f"unfinished-{folder.name}")
    with seawall.open(partial) as library:
        library.bank_create("KNOWN")
        store = library._store  # noqa: SLF001 - there is no list or file to read
        each = made.each(kind, codes)
        while some := list(itertools.islice(each, AT_ONCE)):
            store.add_references("KNOWN", some)
        counts = library.index_counts()
        library._catalogue.forget_removed()  # noqa: SLF001 - merged, as the service's job leaves it
    partial.rename(folder)
    held = ", ".join(f"{count:,} {name}" for name, count in counts.items() if count)
    print(f"{kind} bank of {codes:,} codes made in {time.perf_counter() - began_s:.0f} s: {held}", flush=True)


class Measured:
    """What the rounds took, by kind of file, kind of bank and size of bank."""

    def __init__(self) -> None:
        self.used_s: dict[tuple[str, str, int], list[float]] = {}  #: of the processor, a minute
        self.stages_ms: dict[tuple[str, str, int], dict[str, list[float]]] = {}  #: on the clock, a minute

    def add(self, at: tuple[str, str, int], used_s: float, results: Sequence[CheckResult]) -> None:
        """One round. Raises AssertionError where something was found."""
        assert not any(one.matches or one.error for one in results), "they were to match nothing"
        minutes = sum(one.duration_s or 0.0 for one in results) / 60
        self.used_s.setdefault(at, []).append(used_s / minutes)
        stages = self.stages_ms.setdefault(at, {})
        for one in (result.as_record()["timing_ms"] for result in results):
            for stage, took_ms in one.items():  # type: ignore[attr-defined]
                stages.setdefault(stage, []).append(took_ms / minutes)

    def lines(self, kinds: Sequence[str], sizes: Sequence[int]) -> Iterator[str]:
        """The growth tables."""
        for shown in dict.fromkeys(shown for shown, _, _ in self.used_s):
            yield f"\n{shown}: seconds of the processor a minute of video"
            yield f"{'codes':>12}" + "".join(f"{kind + ' bank':>34}" for kind in kinds)
            for size in sizes:
                yield f"{size:12,}" + "".join(
                    f"{self._cell(shown, kind, size, sizes[0]):>34}" for kind in kinds
                )
            for kind, size in itertools.product(kinds, (sizes[0], sizes[-1])):
                rounds = len(self.used_s[shown, kind, size])
                parts = {
                    stage: sum(took_ms) / rounds
                    for stage, took_ms in self.stages_ms[shown, kind, size].items()
                }
                told = ", ".join(f"{stage} {took_ms:.0f}" for stage, took_ms in parts.items())
                yield f"  {kind}, {size:,}, ms on the clock a minute: {told}"

    def _cell(self, shown: str, kind: str, size: int, first: int) -> str:
        times = self.used_s[shown, kind, size]
        middle_s = statistics.median(times)
        growth = middle_s / statistics.median(self.used_s[shown, kind, first]) - 1
        return f"{middle_s:.3f} ({min(times):.3f}-{max(times):.3f}) {growth:+7.1%}"


def measure(
    banks: Mapping[tuple[str, int], Path], shown: Mapping[str, Sequence[Path]], rounds: int
) -> Measured:
    """Check everything against every bank, time and again; the first round does not count."""
    measured = Measured()
    os.environ["SEAWALL_WORKERS"] = "1"
    with ExitStack() as until:
        libraries = {at: until.enter_context(seawall.open(folder)) for at, folder in banks.items()}
        for number in range(rounds + 1):
            for name, paths in shown.items():
                for (kind, size), library in libraries.items():
                    began_s = processes.used_s(os.getpid())
                    results = list(library.check(paths))
                    if number:
                        measured.add((name, kind, size), processes.used_s(os.getpid()) - began_s, results)
    return measured


def shown_of(clips: Sequence[Path], folder: Path, seconds: float) -> dict[str, Sequence[Path]]:
    """What is checked, by name."""
    sounding = []
    for path in clips:
        with media.open(path) as opened:
            if opened.has_video and opened.has_audio:
                sounding.append(path)
    rate_hz = file_speed.RATE_HZ
    near = file_speed.made(folder, "720p, key frames 2 s apart", sounding, seconds, 2 * rate_hz, sound=True)
    far = file_speed.made(folder, "720p, groups of 250 frames", sounding, seconds, None, sound=True)
    return {near.name: near.paths, far.name: far.paths, "the clips": clips}


def main() -> None:
    """Fill, measure, print."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clips", type=Path, required=True, help="a folder of videos")
    parser.add_argument("--codes", type=int, nargs="+", default=SIZES, help="from the fewest to the most")
    parser.add_argument("--kinds", nargs="+", choices=KINDS, default=KINDS)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=60.0, help="of the files that are made")
    parser.add_argument("--folder", type=Path, help="where the banks are, and stay")
    parser.add_argument("--files", nargs="+", help="only those whose names begin so")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(prefix="seawall-miss-cost-") as name:
        folder = options.folder or Path(name)
        folder.mkdir(parents=True, exist_ok=True)
        clips = sorted(path for path in options.clips.iterdir() if path.is_file())
        banked = [path for number, path in enumerate(clips) if number % SHOWN]
        banks = {
            (kind, size): folder / f"{kind}-{size}"
            for kind, size in itertools.product(options.kinds, options.codes)
        }
        if not all(one.exists() for one in banks.values()):
            pictures = index_scale.pictures_of(options.clips, folder)
            made = Made(pictures, keypoint_codes.Keypoints(keypoint_codes.of_clips(banked), SEED))
            for (kind, size), place in banks.items():
                fill(place, kind, size, made)
        shown = shown_of(clips[::SHOWN], folder, options.seconds)
        if options.files:
            shown = {name: paths for name, paths in shown.items() if name.startswith(tuple(options.files))}
        measured = measure(banks, shown, options.rounds)
        print("\n".join(measured.lines(options.kinds, options.codes)))


if __name__ == "__main__":
    main()
