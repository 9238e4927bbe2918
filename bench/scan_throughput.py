"""Measures a scan: files a second by how many work, in processes of this machine and in a cluster of Ray.

    python bench/scan_throughput.py [--clips DIR] [--files 40] [--workers 1,2] [--rounds 1] [--batch 4]
        [--damaged 0.01] [--ray]

The archive is made of copies of the clips in a folder, or of three clips that are generated, each copy with
some bytes of its own at its end, so that no two have one digest; a share of them is cut short. Every third
clip is banked. Rounds go round all ways of working, so that what else the machine does falls on all of them
alike. What starting costs is part of what is measured, and told apart by the time until the first batch is
done.
"""

from __future__ import annotations

import argparse
import json
import random
import statistics
import tempfile
import time
from collections.abc import Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import seawall
from seawall import config
from seawall.bench import synthetic
from seawall.workflows import scan

SEED: Final = 1
GENERATED: Final = 3
CUT_BYTES: Final = 300


@dataclass(slots=True)
class Tally:
    """What the rounds of one way of working took."""

    whole_s: list[float] = field(default_factory=list)
    first_s: list[float] = field(default_factory=list)  #: until the first batch was done


@dataclass(frozen=True, slots=True)
class Way:
    """How a scan is worked."""

    workers: int
    address: str | None

    def __str__(self) -> str:
        return f"{self.workers} {'in processes' if self.address is None else 'in Ray'}"


def main() -> None:
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clips", type=Path)
    parser.add_argument("--files", type=int, default=40)
    parser.add_argument("--workers", default="1,2")
    parser.add_argument("--rounds", type=int, default=1)
    parser.add_argument("--batch", type=int, default=4)
    parser.add_argument("--damaged", type=float, default=0.01)
    parser.add_argument("--ray", action="store_true")
    given = parser.parse_args()
    ways = [
        Way(int(workers), address)
        for address in (None, *(["local"] if given.ray else []))
        for workers in given.workers.split(",")
    ]
    with tempfile.TemporaryDirectory(prefix="scan-throughput-") as name:
        folder = Path(name)
        clips = _clips(given.clips, folder)
        _bank(folder / "data", clips[::3])
        damaged = _archive(clips, folder / "in", given.files, given.damaged)
        print(f"{given.files} files of {len(clips)} clips, {damaged} of them cut short")
        tallies = {way: Tally() for way in ways}
        same = set()
        for round_no in range(given.rounds):
            for way in ways:
                out = folder / f"out-{round_no}-{way.workers}-{way.address}"
                counts = _scan(folder, out, way, given.batch, tallies[way])
                same.add(
                    json.dumps([counts, [path.read_bytes().hex() for path in sorted(out.glob("*.parquet"))]])
                )
        assert len(same) == 1, "the results differ"
        _print(tallies, given.files)


def _clips(given: Path | None, folder: Path) -> list[Path]:
    if given is not None:
        return sorted(path for path in given.iterdir() if path.is_file())
    (folder / "clips").mkdir()
    made = [folder / "clips" / f"{seed}.mp4" for seed in range(GENERATED)]
    for seed, path in enumerate(made):
        synthetic.write_clip(path, seed, 4.0)
    return made


def _bank(data: Path, known: list[Path]) -> None:
    with seawall.open(data) as library:
        library.bank_create("KNOWN")
        assert all(one.error is None for one in library.bank_add("KNOWN", known))


def _archive(clips: list[Path], folder: Path, files: int, share: float) -> int:
    """Write the archive; how many files of it are damaged."""
    folder.mkdir()
    chosen = set(random.Random(SEED).sample(range(files), round(files * share)))  # noqa: S311 - no secret
    for number in range(files):
        data = clips[number % len(clips)].read_bytes()
        data = data[:CUT_BYTES] if number in chosen else data + number.to_bytes(8, "big")
        (folder / f"{number:06}.mp4").write_bytes(data)
    return len(chosen)


def _scan(folder: Path, out: Path, way: Way, batch: int, tally: Tally) -> str:
    steps: list[float] = []

    def progress(step: scan.Step) -> None:
        if step.fresh:
            steps.append(time.perf_counter())

    wish = scan.Wish(str(folder / "in"), out, address=way.address, workers=way.workers, batch=batch)
    started_s = time.perf_counter()
    summary = scan.scan(config.load(folder / "data"), wish, progress)
    tally.whole_s.append(time.perf_counter() - started_s)
    tally.first_s.append(steps[0] - started_s)
    return repr(summary.counts)


def _print(tallies: dict[Way, Tally], files: int) -> None:
    for line in _lines(tallies, files):
        print(line)


def _lines(tallies: dict[Way, Tally], files: int) -> Iterator[str]:
    alone_s = statistics.median(next(iter(tallies.values())).whole_s)
    yield f"{'workers':16} {'files/s':>8} {'whole':>9} {'first batch':>12} {'to the first line':>18}"
    for way, tally in tallies.items():
        whole_s, first_s = statistics.median(tally.whole_s), statistics.median(tally.first_s)
        times = f"{whole_s:7.1f} s {first_s:10.1f} s {alone_s / whole_s:16.2f} x"
        yield f"{way!s:16} {files / whole_s:8.2f} {times}"


if __name__ == "__main__":
    main()
