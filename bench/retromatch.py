"""Measures a retro-match: a new reference against what was seen, with copies of it planted there.

    python bench/retromatch.py [--contents 50000] [--copies 30] [--seconds 120] [--folder DIR]

The contents are made-up signals of unrelated clips, 5 s to 2 min long, their codes walking as handheld
footage does. The copies are made of a made-up clip by the benchmark suite's edits (encoded again at 240
lines, with a logo, trimmed) and come in through the real check. Then the clip is banked, and what its
retro-match finds and takes is printed: the index of what was seen is up to date by then, as in a service.
"""

from __future__ import annotations

import argparse
import dataclasses
import tempfile
import time
from dataclasses import dataclass
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Final, TypeVar

import numpy as np

import seawall
from seawall.bench import corpus, edits, make, synthetic
from seawall.matching import kept, search
from seawall.model.seen import Context
from seawall.signals import pdq, thumb, video
from seawall.store.recording import NewCheck

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

Made = TypeVar("Made")

KEEP: Final = timedelta(days=90)
BATCH: Final = 500
WALK_BITS: Final = 60  #: between two moments a quarter of a second apart
SHORT_S, LONG_S = 5.0, 120.0
KINDS: Final = ("reencode_crf36_240p", "small_logo", "trim_25_both")


def unrelated(seed: int) -> video.Fingerprint:
    """A query's signals as of a clip that shows nothing known."""
    random = np.random.default_rng(seed)
    duration_s = SHORT_S * (LONG_S / SHORT_S) ** random.random()
    count = int(duration_s / video.SPARSE_GAP_S) + 1
    steps = random.random((count, pdq.BITS), np.float32) < WALK_BITS / pdq.BITS
    steps[0] = random.random(pdq.BITS) < 0.5
    codes = np.packbits(np.bitwise_xor.accumulate(steps, axis=0), axis=1)
    qualities = np.full(count, 100, np.uint8)
    return video.Fingerprint(
        times_ms=(np.arange(count) * video.SPARSE_GAP_S * 1000).astype(np.uint32),
        codes=codes,
        qualities=qualities,
        thumbs=np.zeros((count, thumb.PIXELS), np.int16),
        pdq=video.Hashes(codes[:, ::-1].copy(), qualities),
        duration_ms=round(duration_s * 1000),
    )


def checks(count: int) -> Iterator[NewCheck]:
    """Checks of so many contents in which nothing was found."""
    for at in range(count):
        made = unrelated(at)
        name = f"{at:064x}"
        query = search.Query(name, name[:32], made.duration_s, made)
        signals = kept.encode(query)
        yield NewCheck(
            name, name, name[:32], "video", made.duration_s, signals, (), "bench", Context(post=str(at))
        )


def fill(library: seawall.Seawall, count: int) -> None:
    """Write the unrelated contents down."""
    batch: list[NewCheck] = []
    for one in checks(count):
        batch.append(one)
        if len(batch) == BATCH:
            library.seen.record_all(batch, KEEP)
            batch = []
    library.seen.record_all(batch, KEEP)


def copies(clip: corpus.Clip, count: int, folder: Path) -> list[Path]:
    """Edited files of the clip: each kind in as many strengths as are needed."""
    wanted = []
    by_name = {one.name: one for one in edits.BASIC}
    for number in range(count):
        edit = by_name[KINDS[number % len(KINDS)]]
        step = number // len(KINDS)
        changes: dict[str, object] = {"name": f"{edit.name}-{step}", "crf": edit.crf - step}
        if edit.start_share:
            changes |= {"start_share": 0.05 * step % 0.5, "end_share": 0.5 + 0.05 * step % 0.5}
        wanted.append(dataclasses.replace(edit, **changes))  # type: ignore[arg-type]
    return [query.path for query in make.edited(clip, tuple(wanted), folder, seed=1)]


def plant(library: seawall.Seawall, paths: list[Path]) -> set[str | None]:
    """Check the copies as uploads; their digests."""
    made = (library.checks.check(path, Context(post=path.name), "bench") for path in paths)
    return {one.result.sha256 for one in made}


def timed(work: Callable[[], Made]) -> tuple[Made, float, float]:
    """What comes of it, and the seconds that it took: on the clock, and of the processor."""
    start_s, used_s = time.perf_counter(), time.process_time()
    made = work()
    return made, time.perf_counter() - start_s, time.process_time() - used_s


@dataclass(frozen=True, slots=True)
class Figures:
    """What one run measured."""

    contents: int
    copies: int
    reference_s: float
    found: int  #: of the copies
    others: int  #: that were found and are none
    again: int  #: found by a second retro-match, where nothing is left to find
    codes: dict[str, int]  #: of what was seen, by index
    size_mb: float
    fill_s: float
    check_s: float  #: of one copy
    follow_s: float
    retro_s: float
    retro_used_s: float  #: of the processor
    again_s: float

    def __str__(self) -> str:
        seen = f"{self.contents:,} contents seen in {self.fill_s:.0f} s; {self.copies} copies, "
        index = f"index of what was seen: {self.codes}, caught up in {self.follow_s:.1f} s; "
        found = f"reference of {self.reference_s:g} s: {self.found} of {self.copies} found, "
        lines = (
            f"{seen}a check {self.check_s:.2f} s",
            f"{index}{self.size_mb:.0f} MB in all",
            f"{found}{self.others} others, in {self.retro_s:.2f} s ({self.retro_used_s:.2f} s of processor)",
            f"again: {self.again} in {self.again_s:.2f} s",
        )
        return "\n".join(lines)


def measure(folder: Path, contents: int, count: int, seconds: float) -> Figures:
    """Fill, plant, bank, search."""
    source = folder / "source.mp4"
    synthetic.write_clip(source, 7, seconds)
    clip = corpus.scan(source, "source.mp4")
    assert isinstance(clip, corpus.Clip)
    planted = copies(clip, count, folder / "edits")
    with seawall.open(folder / "data") as library:
        _, fill_s, _ = timed(lambda: fill(library, contents))
        digests, plant_s, _ = timed(lambda: plant(library, planted))
        _, follow_s, _ = timed(library.follow_seen)
        library.bank_create("KNOWN")
        list(library.bank_add("KNOWN", [source]))
        (reference,) = library.references("KNOWN")
        found, retro_s, used_s = timed(lambda: library.retromatch([reference.id]))
        again, again_s, _ = timed(lambda: library.retromatch([reference.id]))
        codes = library.seen_counts()
    right = {one.checked.sha256 for one in found} & digests
    return Figures(
        contents=contents,
        copies=len(digests),
        reference_s=seconds,
        found=len(right),
        others=len(found) - len(right),
        again=len(again),
        codes=codes,
        size_mb=sum(path.stat().st_size for path in (folder / "data").rglob("*") if path.is_file()) / 1e6,
        fill_s=fill_s,
        check_s=plant_s / count,
        follow_s=follow_s,
        retro_s=retro_s,
        retro_used_s=used_s,
        again_s=again_s,
    )


def main() -> None:
    """Measure once."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--contents", type=int, default=50_000)
    parser.add_argument("--copies", type=int, default=30)
    parser.add_argument("--seconds", type=float, default=120.0, help="of the reference")
    parser.add_argument("--folder", type=Path, help="where to build (default: a temporary folder)")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        print(measure(Path(name), options.contents, options.copies, options.seconds))


if __name__ == "__main__":
    main()
