"""Measures the Hamming index at up to 10**8 codes, beside faiss in the same run.

    python bench/index_scale.py --clips DIR [--codes 100000 1000000] [--peers 1000000] [--folder DIR]

The codes are made as pictures have them (`picture_codes`); how bits go together is measured on the clips in
DIR. They are added a million at a time, as fast as they are taken. Each size is measured as adding left it,
and merged. Queries are asked one at a time, on one core: some that are near nothing, and some of which
three in ten are near a code and one is in a crowd; each figure is the median of five rounds. The peers are
faiss's IndexBinaryFlat and IndexBinaryMultiHash(16 hashes of 16 bits, one flip), which is exact at 31 bits
too: all answers must be the same. A folder that is given keeps what was built for the next run.
"""

from __future__ import annotations

import argparse
import itertools
import statistics
import tempfile
import time
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
import picture_codes

from seawall.matching.hamming import HammingIndex

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from numpy.typing import NDArray

    Rates = dict[str, "Rate"]
    Ask = Callable[[NDArray[np.uint8], int], NDArray[np.uint64]]

SIZES: Final = (100_000, 1_000_000, 10_000_000)
RADII: Final = (31, 23)
BATCH: Final = 1_000_000
QUERIES: Final = 300
PEER_QUERIES: Final = 40
ROUNDS: Final = 5
SEED: Final = 256


@dataclass(frozen=True, slots=True)
class Rate:
    """How fast queries are answered, one at a time."""

    per_s: float  #: the median of the rounds
    median_ms: float
    p99_ms: float

    def __str__(self) -> str:
        return (
            f"{self.per_s:9,.0f} a second, {self.median_ms:7.3f} ms in the median, p99 {self.p99_ms:8.3f} ms"
        )


def rate(ask: Ask, queries: NDArray[np.uint8], radius: int) -> Rate:
    """Ask them all, several times."""
    times_s = np.empty((ROUNDS, len(queries)))
    for turn in range(-1, ROUNDS):
        for number in range(len(queries)):
            begun_s = time.perf_counter()
            ask(queries[number : number + 1], radius)
            times_s[turn, number] = time.perf_counter() - begun_s
    per_s = statistics.median((len(queries) / times_s.sum(axis=1)).tolist())
    return Rate(per_s, float(np.median(times_s)) * 1000, float(np.percentile(times_s, 99)) * 1000)


def batched(index: HammingIndex, queries: NDArray[np.uint8], radius: int) -> float:
    """Queries a second where all are asked at once."""
    taken_s = []
    for _ in range(ROUNDS):
        begun_s = time.perf_counter()
        index.query(queries, radius)
        taken_s.append(time.perf_counter() - begun_s)
    return len(queries) / statistics.median(taken_s)


def pictures_of(clips: Path, folder: Path) -> picture_codes.Pictures:
    """What draws codes, by clips that are looked at only once for the folder."""
    folder.mkdir(parents=True, exist_ok=True)
    known = folder / "clips.npz"
    if not known.exists():
        np.savez(known, *picture_codes.of_clips(clips))
    with np.load(known) as kept:
        return picture_codes.Pictures(kept["arr_0"], kept["arr_1"], SEED)


def made(pictures: picture_codes.Pictures, folder: Path, count: int) -> NDArray[np.uint8]:
    """(count, 32) codes, from the folder where they are there already."""
    path = folder / f"codes-{count}.npy"
    if not path.exists():
        codes = np.lib.format.open_memmap(path, "w+", np.uint8, (count, 32))
        for start in range(0, count, BATCH):
            codes[start : start + BATCH] = pictures.bank(min(BATCH, count - start))
        codes.flush()
    loaded: NDArray[np.uint8] = np.load(path, mmap_mode="r")
    return loaded


def build(folder: Path, codes: NDArray[np.uint8]) -> None:
    """Add what is not there yet, as fast as it is taken, and tell how long it took."""
    slowest_s, begun_s, first = 0.0, time.perf_counter(), 0
    with HammingIndex.open(folder, wait_s=600) as index:
        for first in range(index.mark, len(codes), BATCH):
            batch_s = time.perf_counter()
            last = min(first + BATCH, len(codes))
            index.add(np.array(codes[first:last]), np.arange(first, last, dtype=np.uint64), mark=last)
            slowest_s = max(slowest_s, time.perf_counter() - batch_s)
        added_s = time.perf_counter() - begun_s
        index._merger.rest()  # noqa: SLF001 - to tell how long it goes on in the background
    print(
        f"  added in {added_s:.1f} s (a batch of {BATCH:,} at most {slowest_s:.1f} s), "
        f"merged in the background until {time.perf_counter() - begun_s:.1f} s"
    )


def opened_ms(folder: Path) -> float:
    """Milliseconds to open the index and ask it once."""
    taken_ms = []
    for _ in range(ROUNDS):
        begun_s = time.perf_counter()
        with HammingIndex.open(folder):
            taken_ms.append((time.perf_counter() - begun_s) * 1000)
    return statistics.median(taken_ms)


def size_bytes(folder: Path) -> int:
    """Of all files."""
    return sum(path.stat().st_size for path in folder.iterdir())


def of_index(index: HammingIndex) -> Ask:
    """Asks the index."""
    return lambda codes, radius: index.query(codes, radius)[1]


def measure(folder: Path, asked: dict[str, NDArray[np.uint8]], radii: Sequence[int]) -> Rates:
    """Print the figures of one index as it is."""
    opened = opened_ms(folder)
    rates = {}
    with HammingIndex.open(folder) as index:
        segments = [one.entry.count for one in index._segments]  # noqa: SLF001 - what is measured
        per_code = size_bytes(folder) / len(index)
        print(f"  segments {segments}, {per_code:.1f} bytes a code, open {opened:.1f} ms")
        for radius, (kind, queries) in itertools.product(radii, asked.items()):
            now = rates[f"{kind}, {radius} bits"] = rate(of_index(index), queries, radius)
            at_once = batched(index, queries, radius)
            print(f"    {kind}, {radius} bits: {now}; all at once {at_once:,.0f} a second", flush=True)
    return rates


def measure_peers(folder: Path, codes: NDArray[np.uint8], queries: NDArray[np.uint8]) -> None:
    """Print how much faster than its peers the index is, on the same queries."""
    import faiss  # noqa: PLC0415 - a peer that need not be there

    faiss.omp_set_num_threads(1)
    flat, multi = faiss.IndexBinaryFlat(256), faiss.IndexBinaryMultiHash(256, 16, 16)
    multi.nflip = 1
    for start in range(0, len(codes), BATCH):
        part = np.array(codes[start : start + BATCH])
        flat.add(part)
        multi.add(part)

    def asked(peer: faiss.IndexBinary) -> Ask:
        return lambda codes, radius: peer.range_search(codes, radius + 1)[2].astype(np.uint64)

    with HammingIndex.open(folder) as index:
        ours = of_index(index)
        for radius in RADII:
            own = rate(ours, queries, radius)
            print(f"    radius {radius}: Seawall {own}")
            for name, peer in (("IndexBinaryFlat", flat), ("IndexBinaryMultiHash(16, 16, nflip=1)", multi)):
                theirs = rate(asked(peer), queries, radius)
                same = all(
                    np.array_equal(ours(one[None], radius), np.sort(asked(peer)(one[None], radius)))
                    for one in queries
                )
                ratio = own.per_s / theirs.per_s
                print(f"      {name}: {theirs}; Seawall x {ratio:.1f}; same answers: {same}", flush=True)


def main() -> None:
    """Measure each size in turn, then how it grows."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--clips", type=Path, required=True, help="a folder of videos")
    parser.add_argument("--codes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--radii", type=int, nargs="+", default=RADII)
    parser.add_argument("--queries", type=int, default=QUERIES, help="of each kind")
    parser.add_argument("--peers", type=int, nargs="*", default=(), help="at which of these sizes")
    parser.add_argument("--folder", type=Path, help="where to build, and to find what was built")
    parser.add_argument("--no-build", action="store_true", help="only measure what is there, as it is")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as name:
        folder = options.folder or Path(name)
        pictures = pictures_of(options.clips, folder)
        table: list[tuple[int, Rates]] = []
        for count in options.codes:
            codes = made(pictures, folder, count)
            asked = {
                "misses": pictures.unrelated(options.queries),
                "mixed": pictures.queries(codes, options.queries),
            }
            place = folder / f"index-{count}"
            print(f"\n{count:,} codes", flush=True)
            if not options.no_build:
                build(place, codes)
                measure(place, asked, options.radii)
                begun_s = time.perf_counter()
                with HammingIndex.open(place) as index:
                    index.merge()
                print(f"  merged into one in {time.perf_counter() - begun_s:.1f} s", flush=True)
            table.append((count, measure(place, asked, options.radii)))
            if count in options.peers:
                with suppress(ImportError):
                    measure_peers(place, codes, asked["mixed"][:PEER_QUERIES])
        print_growth(table)


def print_growth(table: Sequence[tuple[int, Rates]]) -> None:
    """Print what a query costs by size: milliseconds, and times what it costs at the size before."""
    kinds = list(table[0][1])
    print(f"\n{'codes':>12}" + "".join(f"{kind:>22}" for kind in kinds))
    for number, (count, rates) in enumerate(table):
        before = table[max(0, number - 1)][1]
        cells = []
        for kind in kinds:
            cost = before[kind].per_s / rates[kind].per_s
            cells.append(f"{1000 / rates[kind].per_s:.3f} ms (x {cost:.2f})")
        print(f"{count:12,}" + "".join(f"{cell:>22}" for cell in cells))


if __name__ == "__main__":
    main()
