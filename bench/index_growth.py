"""Measures how the Hamming index grows: build, size, opening and queries, beside brute force in the same run.

    python bench/index_growth.py [--codes 10000 100000 1000000] [--folder DIR]

Half of the codes are uniform; the other half lie in clusters of near-duplicates (2 to 5,000 codes
within 0 to 24 flipped bits of a centre), as still scenes, title cards and re-uploads make them. Of
the queries a half are near a code of the index, a quarter are members of the crowded clusters, and a
quarter are unrelated. Every answer is compared with brute force.
"""

from __future__ import annotations

import argparse
import resource
import tempfile
import time
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from seawall.matching.hamming import HammingIndex

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

SIZES = (10_000, 100_000, 1_000_000)
RADII = (23, 31, 40)
QUERIES = 64
BULK = 100_000
SINGLE_ADDS = 200
REPEATS = 3


def make_codes(count: int, random: np.random.Generator) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """(count, 32) codes in a random order, and the centres of their clusters."""
    parts = [random.integers(0, 256, (count - count // 2, 32), dtype=np.uint8)]
    centres = []
    left = count // 2
    while left:
        size = min(left, int(2 * 2500 ** random.random()))
        centre = random.integers(0, 256, (1, 32), dtype=np.uint8)
        parts.append(flipped(np.repeat(centre, size, axis=0), 24, random))
        centres.append(centre)
        left -= size
    codes = np.concatenate(parts)
    return codes[random.permutation(count)], np.concatenate(centres)


def flipped(codes: NDArray[np.uint8], most: int, random: np.random.Generator) -> NDArray[np.uint8]:
    """The codes with 0 to most bits flipped in each."""
    out = codes.copy()
    times = random.integers(0, most + 1, len(out))
    for turn in range(most):
        rows = np.flatnonzero(times > turn)
        bits = random.integers(0, 256, rows.size)
        out[rows, bits // 8] ^= (1 << (bits % 8)).astype(np.uint8)
    return out


def make_queries(
    codes: NDArray[np.uint8], centres: NDArray[np.uint8], random: np.random.Generator
) -> NDArray[np.uint8]:
    """(QUERIES, 32), in a random order."""
    near = flipped(codes[random.integers(0, len(codes), QUERIES // 2)], 31, random)
    crowded = flipped(centres[random.integers(0, len(centres), QUERIES // 4)], 24, random)
    unrelated = random.integers(0, 256, (QUERIES - len(near) - len(crowded), 32), dtype=np.uint8)
    return random.permutation(np.concatenate([near, crowded, unrelated]))


def brute_force(
    words: NDArray[np.uint64], queries: NDArray[np.uint8], radius: int
) -> list[tuple[int, int, int]]:
    """The plain way with NumPy: one query after the other, (N, 4) words."""
    found: list[tuple[int, int, int]] = []
    for query_no, query in enumerate(queries.view(np.uint64)):
        distance = np.bitwise_count(words ^ query).sum(axis=1, dtype=np.int16)
        near = np.flatnonzero(distance <= radius)
        found += zip([query_no] * near.size, near.tolist(), distance[near].tolist(), strict=True)
    return found


def fastest_ms(work: Callable[[], object]) -> float:
    """Milliseconds of the fastest of a few runs."""
    times = []
    for _ in range(REPEATS):
        start = time.perf_counter()
        work()
        times.append(time.perf_counter() - start)
    return min(times) * 1000


def resident_mb() -> float:
    """Memory of this process now, without the pages of mapped files."""
    resident, shared = Path("/proc/self/statm").read_text().split()[1:3]
    return (int(resident) - int(shared)) * resource.getpagesize() / 1e6


def build(folder: Path, codes: NDArray[np.uint8]) -> tuple[float, float]:
    """Seconds to add all codes in batches of BULK, and the longest one of them."""
    slowest = total = 0.0
    with HammingIndex.open(folder) as index:
        for first in range(0, len(codes), BULK):
            batch = codes[first : first + BULK]
            ids = np.arange(first, first + len(batch), dtype=np.uint64)
            start = time.perf_counter()
            index.add(batch, ids, mark=first + len(batch))
            slowest = max(slowest, time.perf_counter() - start)
            total += time.perf_counter() - start
    return total, slowest


def measure(folder: Path, count: int, random: np.random.Generator) -> None:
    """Print the figures of one size."""
    codes, centres = make_codes(count, random)
    queries = make_queries(codes, centres, random)
    build_s, slowest_s = build(folder, codes)
    words = codes.view(np.uint64)
    truth = {radius: brute_force(words, queries, radius) for radius in RADII}
    brute_ms = fastest_ms(lambda: brute_force(words, queries[:8], 31)) / 8
    open_ms = fastest_ms(lambda: HammingIndex.open(folder).close())
    size = sum(path.stat().st_size for path in folder.iterdir())
    before_mb = resident_mb()
    with HammingIndex.open(folder) as index:
        print(f"\n{count:,} codes, {len(index._segments)} segments")  # noqa: SLF001 - what is measured
        print(
            f"  build {build_s:.2f} s (slowest batch {slowest_s:.2f} s), {size / count:.1f} bytes a code,",
            end="",
        )
        print(f" open {open_ms:.2f} ms; brute force {brute_ms:.2f} ms a query")
        print("  radius   hits   single ms: mean    worst    batch ms a query    exact")
        for radius in RADII:
            report(index, queries, radius, truth[radius])
        own_mb = resident_mb() - before_mb
        print(f"  memory: {own_mb:+.0f} MB of its own after these queries, besides the pages of the maps")
        index.merge()
        print(f"  merged into {len(index._segments)}:")  # noqa: SLF001
        for radius in RADII:
            report(index, queries, radius, truth[radius])


def report(
    index: HammingIndex,
    queries: NDArray[np.uint8],
    radius: int,
    truth: list[tuple[int, int, int]],
) -> None:
    """Print one row."""
    answer = index.query(queries, radius)
    found = list(zip(*(column.tolist() for column in answer), strict=True))
    exact = found == truth
    batch_ms = fastest_ms(lambda: index.query(queries, radius)) / len(queries)
    single = [fastest_ms(partial(index.query, query[None], radius)) for query in queries]
    mean, worst = sum(single) / len(single), max(single)
    print(f"  {radius:6} {len(found):6,} {mean:17.3f} {worst:8.3f} {batch_ms:19.3f}    {exact}")


def measure_adds(folder: Path, random: np.random.Generator) -> None:
    """Print what one add costs, beside the sync that it cannot do without."""
    codes = random.integers(0, 256, (SINGLE_ADDS, 32), dtype=np.uint8)
    with HammingIndex.open(folder) as index:
        start = time.perf_counter()
        for at in range(SINGLE_ADDS):
            index.add(codes[at : at + 1], np.array([at], np.uint64))
        one_ms = (time.perf_counter() - start) / SINGLE_ADDS * 1000
        queries_ms = fastest_ms(lambda: index.query(codes[:1], 31))
    print(f"adds of one code: {one_ms:.2f} ms each; a query over {SINGLE_ADDS} codes {queries_ms:.3f} ms")


def main() -> None:
    """Measure each size in turn."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--codes", type=int, nargs="+", default=SIZES)
    parser.add_argument("--folder", type=Path, help="where to build (default: a temporary folder)")
    options = parser.parse_args()
    random = np.random.default_rng(256)
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        measure_adds(Path(name) / "single", random)
        for count in options.codes:
            measure(Path(name) / str(count), count, random)


if __name__ == "__main__":
    main()
