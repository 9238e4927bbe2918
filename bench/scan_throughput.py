"""Measures a scan: files a second by how many work, in processes of this machine or in a cluster of Ray.

    python bench/scan_throughput.py [--clips DIR] [--files 40] [--workers 1,2] [--rounds 1] [--batch 4]
        [--damaged 0.01] [--ray] [--folder DIR]

The archive is made of copies of the clips in a folder, or of three clips that are generated, each copy with
some bytes of its own at its end, so that no two have one digest; a share of them is cut short, and must be
rows of the errors. Every third clip is banked. Rounds go round all ways of working, so that what else the
machine does falls on all of them alike. What starting costs is part of what is measured, and told apart by
the time until the first batch is done; files a second after it are without.

With --ray the archive is put into a bucket (moto, on this machine) too, and scanned there by Ray with each
number of workers; before, in processes from the folder. All must give the same rows. At last Ray scans
the bucket with the most workers while one worker is killed, then the driver, and is called again: that must
give the same bytes, and do no finished batch again. Beside the times it is told what each took of the
processor: the workers with their decoding processes, the one that gave the orders, Ray, and the bucket.
"""

from __future__ import annotations

import argparse
import os
import random
import statistics
import tempfile
import time
from collections import Counter
from contextlib import ExitStack
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Final

import bucket
import processes
import scan_kills
import scan_results

import seawall
from seawall import config
from seawall.bench import synthetic
from seawall.workflows import scan, scan_ray

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

SEED: Final = 1
GENERATED: Final = 3
CUT_BYTES: Final = 300

WORKERS, ORDERS, RAY, BUCKET = "workers", "orders", "Ray", "bucket"


@dataclass(frozen=True, slots=True)
class Way:
    """How a scan is worked."""

    workers: int
    address: str | None
    source: str

    def __str__(self) -> str:
        crew = "in processes" if self.address is None else "in Ray"
        return f"{self.workers} {crew}, {'S3' if self.source.startswith('s3:') else 'folder'}"


@dataclass(slots=True)
class Tally:
    """What the rounds of one way of working took."""

    whole_s: list[float] = field(default_factory=list)
    first_s: list[float] = field(default_factory=list)  #: until the first batch was done
    after_first: list[float] = field(default_factory=list)  #: files a second from then on
    used_s: list[Mapping[str, float]] = field(default_factory=list)  #: of the processor, by who


@dataclass(frozen=True, slots=True)
class Archive:
    """What is scanned."""

    folder: Path
    files: int
    damaged: frozenset[str]  #: names of those that are cut short


class Watch:
    """What the processes under this one use, as far as it was looked at while they were there."""

    def __init__(self, served: bucket.Served | None) -> None:
        self._served = served
        self._whose: dict[int, str] = {}
        self._before = self._sample()
        self._seen: dict[int, float] = {}

    def look(self) -> None:
        """Take in what has been used."""
        self._seen.update(self._sample())

    def used_s(self) -> Mapping[str, float]:
        """Seconds, by who."""
        found: Counter[str] = Counter()
        for number, used_s in self._seen.items():
            found[self._whose[number]] += used_s - self._before.get(number, 0.0)
        return found

    def _sample(self) -> dict[int, float]:
        used_s = {}
        for number, one in processes.under(os.getpid()).items():
            self._whose[number] = self._of(one)
            used_s[number] = one.used_s
        return used_s

    def _of(self, one: processes.Process) -> str:
        if one.number == os.getpid():
            return ORDERS
        if self._served is not None and one.number == self._served.process:
            return BUCKET
        if one.command.startswith((scan_kills.TASK, scan_kills.IDLE)) or b"spawn_main" in one.command:
            return WORKERS
        return WORKERS if self._whose.get(one.parent) == WORKERS else RAY


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
    parser.add_argument("--folder", type=Path, help="where to make a folder for all this, which is removed")
    given = parser.parse_args()
    with (
        tempfile.TemporaryDirectory(prefix="scan-throughput-", dir=given.folder) as name,
        ExitStack() as until,
    ):
        folder = Path(name)
        clips = _clips(given.clips, folder)
        _bank(folder / "data", clips[::3])
        archive = _archive(clips, folder / "in", given.files, given.damaged)
        print(
            f"{given.files} files of {len(clips)} clips, {len(archive.damaged)} of them cut short", flush=True
        )
        served = until.enter_context(bucket.served()) if given.ray else None
        if served is not None:
            served.fill(archive.folder)
        workers = [int(one) for one in given.workers.split(",")]
        ways = list(_ways(workers, archive, served))
        results = _rounds(folder, ways, given.rounds, given.batch, served, archive)
        if served is not None:
            call = scan_kills.Call(
                folder / "data",
                served.place,
                folder / "killed",
                max(workers),
                given.batch,
                served.environment,
            )
            print(scan_kills.survived(call))
            scan_results.check(call.out, served.place, results[ways[-1]], served.place)
            print("what came of it is the same, byte for byte")


def _ways(workers: list[int], archive: Archive, served: bucket.Served | None) -> Iterator[Way]:
    """What is compared with comes first."""
    folder = str(archive.folder)
    if served is None:
        yield from (Way(one, None, folder) for one in workers)
        return
    yield Way(max(workers), None, folder)
    yield from (Way(one, scan_ray.LOCAL, served.place) for one in workers)


def _rounds(
    folder: Path, ways: list[Way], rounds: int, batch: int, served: bucket.Served | None, archive: Archive
) -> Mapping[Way, Path]:
    """Scan in all ways, compare what came of it, print the table; where the results are."""
    tallies = {way: Tally() for way in ways}
    results: dict[Way, Path] = {}
    for round_no in range(rounds):
        for number, way in enumerate(ways):
            out = folder / f"out-{round_no}-{number}"
            _scan(folder, out, way, batch, tallies[way], served)
            scan_results.check(out, way.source, results.setdefault(way, out), way.source)
            print(f"  round {round_no + 1}, {way}: {tallies[way].whole_s[-1]:.1f} s", flush=True)
    for way, out in results.items():
        scan_results.check(out, way.source, results[ways[0]], ways[0].source)
    scan_results.check_errors(results[ways[0]], archive.files, archive.damaged)
    print(f"all {len(ways)} ways gave the same rows; all that was cut short is in the errors")
    print("\n".join(_lines(tallies, archive.files)), flush=True)
    return results


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


def _archive(clips: list[Path], folder: Path, files: int, share: float) -> Archive:
    """Write the archive."""
    folder.mkdir()
    chosen = set(random.Random(SEED).sample(range(files), round(files * share)))  # noqa: S311 - no secret
    damaged = []
    for number in range(files):
        path = folder / f"{number:06}.mp4"
        data = clips[number % len(clips)].read_bytes()
        path.write_bytes(data[:CUT_BYTES] if number in chosen else data + number.to_bytes(8, "big"))
        if number in chosen:
            damaged.append(path.name)
    return Archive(folder, files, frozenset(damaged))


def _scan(folder: Path, out: Path, way: Way, batch: int, tally: Tally, served: bucket.Served | None) -> None:
    steps: list[tuple[float, int]] = []
    watch = Watch(served)

    def progress(step: scan.Step) -> None:
        watch.look()
        if step.fresh:
            steps.append((time.perf_counter(), step.files))

    environment = {} if served is None else served.environment
    settings = config.load(folder / "data", {**os.environ, **environment})
    wish = scan.Wish(way.source, out, address=way.address, workers=way.workers, batch=batch)
    started_s = time.perf_counter()
    scan.scan(settings, wish, progress)
    tally.whole_s.append(time.perf_counter() - started_s)
    (first_s, first), (last_s, last) = steps[0], steps[-1]
    tally.first_s.append(first_s - started_s)
    tally.after_first.append((last - first) / max(last_s - first_s, 1e-9))
    watch.look()
    tally.used_s.append(watch.used_s())


def _lines(tallies: dict[Way, Tally], files: int) -> Iterator[str]:
    yield (
        f"{'workers':22} {'files/s':>8} {'whole':>9} {'to one':>8} {'first batch':>12} {'files/s after':>14}"
        "   seconds of the processor"
    )
    alone_s = {way.address: statistics.median(tallies[way].whole_s) for way in reversed(tallies)}
    for way, tally in tallies.items():
        whole_s, first_s = statistics.median(tally.whole_s), statistics.median(tally.first_s)
        times = f"{whole_s:7.1f} s {alone_s[way.address] / whole_s:6.2f} x {first_s:10.1f} s"
        used = ", ".join(
            f"{who} {statistics.median(one.get(who, 0.0) for one in tally.used_s):.1f}"
            for who in (WORKERS, ORDERS, RAY, BUCKET)
        )
        after = statistics.median(tally.after_first)
        yield f"{way!s:22} {files / whole_s:8.2f} {times} {after:14.2f}   {used}"


if __name__ == "__main__":
    main()
