"""Measures the Hamming index while it is used: adds beside full-rate queries, merges, and many readers.

    python bench/index_live.py --clips DIR [--codes 10000000] [--seconds 60] [--readers 8] [--folder DIR]

One process asks as fast as it can, one query at a time at 31 bits; another asks for each new reference
until it finds it. Meanwhile references are added ten a second, one a call, among batches that fill the log
time and again, so that segments are written and merged. Printed are how long after its add a reference was
found, how long the queries took, as a whole and while merges ran, and how much memory the readers take
together: what is resident in each and shared with none, and the index's pages once (PSS, from /proc). They
are forked from one process that has loaded the package; an interpreter for each would bring as much again.
"""

from __future__ import annotations

import argparse
import multiprocessing
import tempfile
import threading
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import index_scale
import numpy as np
import picture_codes

from seawall.matching.hamming import HammingIndex

if TYPE_CHECKING:
    from multiprocessing.connection import Connection

    from numpy.typing import NDArray

RADIUS: Final = 31
ASKED: Final = 400
REFERENCES_PER_S: Final = 10.0
BURST_CODES: Final = 40_000
BURST_S: Final = 4.0
FIRST_ID: Final = 1 << 40  #: of the references, beyond all others
LONGEST_S: Final = 30.0
LOADED: Final = ("seawall.matching.hamming", "seawall.media", "seawall.signals.pdq")


def asking(folder: Path, queries: NDArray[np.uint8], stop: Connection) -> None:
    """Ask as fast as it goes until told to stop; send when each query began and how long it took."""
    began_s, took_s = [], []
    with HammingIndex.open(folder) as index:
        index.query(queries[:1], RADIUS)
        stop.send("ready")
        while not stop.poll():
            for number in range(len(queries)):
                begun_s = time.monotonic()
                index.query(queries[number : number + 1], RADIUS)
                began_s.append(begun_s)
                took_s.append(time.monotonic() - begun_s)
        stop.recv()
        stop.send((np.array(began_s), np.array(took_s)))


def finding(folder: Path, told: Connection) -> None:
    """For each code that is told, ask until it is found; send when that was."""
    with HammingIndex.open(folder) as index:
        told.send("ready")
        while (order := told.recv()) is not None:
            code, number = order
            deadline_s = time.monotonic() + LONGEST_S
            while number not in index.query(code, RADIUS)[1] and time.monotonic() < deadline_s:
                time.sleep(0.001)
            told.send(time.monotonic())


@dataclass(frozen=True, slots=True)
class Child:
    """Another process, and the line to it."""

    process: multiprocessing.Process
    line: Connection


def child(target: object, *arguments: object) -> Child:
    """Start one, and wait until it is ready."""
    here, there = multiprocessing.Pipe()
    process = multiprocessing.Process(target=target, args=(*arguments, there))  # type: ignore[arg-type]
    process.start()
    here.recv()
    return Child(process, here)


def merged_spans(folder: Path, seen: list[tuple[float, float]]) -> None:
    """Note whether a merge runs now: its file is there under a temporary name."""
    now_s = time.monotonic()
    if any(folder.glob("merged-*.tmp")):
        seen.append((now_s, now_s + 0.05))


def under_load(folder: Path, pictures: picture_codes.Pictures, seconds: float) -> None:
    """Print latencies."""
    asker = child(asking, folder, pictures.unrelated(ASKED))
    finder = child(finding, folder)
    waits_s, adds_s = [], []
    spans: list[tuple[float, float]] = []
    added = bursts = 0
    with HammingIndex.open(folder, wait_s=60) as index:
        begun_s = next_burst_s = time.monotonic()
        while time.monotonic() < begun_s + seconds:
            merged_spans(folder, spans)
            if time.monotonic() > next_burst_s:
                ids = np.arange(BURST_CODES, dtype=np.uint64) + np.uint64(len(index) + FIRST_ID * 2)
                index.add(pictures.bank(BURST_CODES), ids)
                next_burst_s = time.monotonic() + BURST_S
                bursts += 1
            code, number = pictures.unrelated(1), FIRST_ID + added
            before_s = time.monotonic()
            index.add(code, np.array([number], np.uint64))
            returned_s = time.monotonic()
            finder.line.send((code, number))
            waits_s.append(finder.line.recv() - returned_s)
            adds_s.append(returned_s - before_s)
            added += 1
            time.sleep(max(0.0, begun_s + added / REFERENCES_PER_S - time.monotonic()))
        index._merger.rest()  # noqa: SLF001 - what is measured
        segments = [one.entry.count for one in index._segments]  # noqa: SLF001
        whole_s = time.monotonic()
        index.merge()
        whole = (whole_s, time.monotonic())
        beside = beside_merge(index, pictures.unrelated(ASKED))
    finder.line.send(None)
    asker.line.send("stop")
    began_s, took_s = asker.line.recv()
    for one in (asker, finder):
        one.process.join()
    waits_ms = np.percentile(waits_s, [50, 99, 100]) * 1000
    print(f"  {added} references among {bursts} bursts of {BURST_CODES:,}; segments then {segments}")
    print(f"    found after the add: {waits_ms.round(1)} ms (median, p99, worst)")
    print(f"    an add takes {np.percentile(adds_s, [50, 99, 100]).round(3)} s (median, p99, worst)")
    for name, some in (
        ("all queries", took_s),
        ("while segments merged", took_s[within(began_s, took_s, spans)]),
        (f"while all merged, {whole[1] - whole[0]:.0f} s", took_s[within(began_s, took_s, [whole])]),
        ("while all merged in the same process", beside),
    ):
        if some.size:
            shown = (np.percentile(some, [50, 99, 99.9, 100]) * 1000).round(2)
            print(f"    {name}: {some.size:,} queries, {shown} ms (median, p99, p99.9, worst)")


def within(
    began_s: NDArray[np.float64], took_s: NDArray[np.float64], spans: list[tuple[float, float]]
) -> NDArray[np.bool_]:
    """(N,) which queries ran in one of the spans."""
    inside = np.zeros(len(began_s), np.bool_)
    for first_s, last_s in spans:
        inside |= (began_s <= last_s) & (began_s + took_s >= first_s)
    return inside


def beside_merge(index: HammingIndex, queries: NDArray[np.uint8]) -> NDArray[np.float64]:
    """(N,) seconds of queries that are asked while a thread of the same process merges all."""
    index.add(queries[:1], np.array([FIRST_ID * 4], np.uint64))
    thread = threading.Thread(target=index.merge)
    took_s: list[float] = []
    thread.start()
    while thread.is_alive():
        for number in range(len(queries)):
            begun_s = time.monotonic()
            index.query(queries[number : number + 1], RADIUS)
            took_s.append(time.monotonic() - begun_s)
    return np.array(took_s)


def pss_bytes(process: int) -> tuple[int, int]:
    """Memory of a process, pages that several share divided among them; and of that its own alone."""
    fields = dict.fromkeys(("Pss", "Private_Clean", "Private_Dirty"), 0)
    for line in Path(f"/proc/{process}/smaps_rollup").read_text().splitlines()[1:]:
        name, _, rest = line.partition(":")
        if name in fields:
            fields[name] += int(rest.split()[0]) * 1024
    return fields["Pss"], fields["Private_Dirty"]


def readers(folder: Path, queries: NDArray[np.uint8], count: int) -> None:
    """Print how much memory readers take together, by their number."""
    children: list[Child] = []
    alone = 0
    for number in range(1, count + 1):
        children.append(child(touching, folder, queries))
        if number in (1, count):
            total = sum(pss_bytes(one.process.pid or 0)[0] for one in children)
            own = [pss_bytes(one.process.pid or 0)[1] / 1e6 for one in children]
            alone = alone or total
            print(
                f"  {number} readers: {total / 1e6:,.0f} MB together ({total / alone - 1:+.1%}), "
                f"of it {max(own):.0f} MB each one's own"
            )
    for one in children:
        one.line.send("stop")
        one.process.join()


def touching(folder: Path, queries: NDArray[np.uint8], line: Connection) -> None:
    """A reader that has all of the index in memory and has answered queries."""
    with HammingIndex.open(folder) as index:
        index.verify()
        for number in range(len(queries)):
            index.query(queries[number : number + 1], RADIUS)
        line.send("ready")
        line.recv()


def main() -> None:
    """Measure both."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clips", type=Path, required=True, help="a folder of videos")
    parser.add_argument("--codes", type=int, default=10_000_000)
    parser.add_argument("--seconds", type=float, default=60.0)
    parser.add_argument("--readers", type=int, default=8)
    parser.add_argument("--folder", type=Path, help="where to build, and to find what was built")
    options = parser.parse_args()
    multiprocessing.set_start_method("forkserver")
    multiprocessing.set_forkserver_preload(list(LOADED))
    with tempfile.TemporaryDirectory() as name:
        folder = options.folder or Path(name)
        pictures = index_scale.pictures_of(options.clips, folder)
        codes = index_scale.made(pictures, folder, options.codes)
        place = folder / f"index-{options.codes}"
        print(f"{options.codes:,} codes", flush=True)
        index_scale.build(place, codes)
        with HammingIndex.open(place) as index:
            index.merge()
        readers(place, pictures.queries(codes, ASKED), options.readers)
        with tempfile.TemporaryDirectory(dir=folder) as copy:
            with HammingIndex.open(place) as index:
                index.snapshot(Path(copy) / "live")
            under_load(Path(copy) / "live", pictures, options.seconds)


if __name__ == "__main__":
    main()
