"""Kills a process that adds, merges and takes snapshots, at random moments, and looks at what it left.

    python bench/index_kills.py [--kills 200] [--folder DIR]

After each kill the index must open, hold every code whose add had returned and at most the one batch that
was in flight, whole; every digest must hold; and answers must be those of brute force. So must the newest
snapshot that was finished, and the index is put back to it now and then. Codes are crowded, so that queries
have answers.
"""

from __future__ import annotations

import argparse
import os
import random
import shutil
import signal
import subprocess
import sys
import tempfile
import time
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np

from seawall.matching.hamming import HammingIndex

if TYPE_CHECKING:
    from numpy.typing import NDArray

BATCH: Final = 50
LONGEST_S: Final = 0.6
RADII: Final = (0, 31, 47)
QUERIES: Final = 8
SEED: Final = 200

WRITER: Final = """
import random, shutil, sys
from pathlib import Path
import numpy as np
sys.path.insert(0, sys.argv[3])
from index_kills import BATCH, codes_of
from seawall.matching import index_log
from seawall.matching.hamming import HammingIndex

index_log.MAX_CODES = 300
folder, chance = Path(sys.argv[1]), random.Random(int(sys.argv[2]))
with HammingIndex.open(folder / "index") as index:
    while True:
        first = index.mark
        ids = np.arange(first, first + BATCH, dtype=np.uint64)
        index.add(codes_of(ids), ids, mark=first + BATCH)
        print("added", first + BATCH, flush=True)
        turn = chance.random()
        if turn < 0.05:
            index.merge()
        elif turn < 0.1:
            name = f"snapshot-{first + BATCH}"
            index.snapshot(folder / name)
            print("snapshot", first + BATCH, flush=True)
        elif turn < 0.12 and first > 20 * BATCH:
            index.merge(lambda ids: ids >= 0)
"""


def codes_of(ids: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """(N, 32) codes that follow from the ids: crowds of some twenty, a few bits apart."""
    codes = np.empty((len(ids), 32), np.uint8)
    for row, number in enumerate(ids.tolist()):
        codes[row] = np.random.default_rng(number // 20).integers(0, 256, 32, np.uint8)
        own = np.random.default_rng(number + (1 << 40))
        bits = own.integers(0, 256, own.integers(0, 40))
        np.bitwise_xor.at(codes[row], bits // 8, (1 << bits % 8).astype(np.uint8))
    return codes


class Truth:
    """What was added, compared with all of it."""

    def __init__(self) -> None:
        self._codes = np.empty((0, 32), np.uint8)

    def check(self, folder: Path, least: int, most: int) -> int:
        """How many codes the index in the folder holds. Raises where it holds, or answers, anything wrong."""
        with HammingIndex.open(folder) as index:
            count = len(index)
            if not (least <= count <= most and count == index.mark):
                raise SystemExit(f"{folder} holds {count} codes, not {least} to {most}")
            index.verify()
            if count > len(self._codes):
                fresh = codes_of(np.arange(len(self._codes), count, dtype=np.uint64))
                self._codes = np.concatenate([self._codes, fresh])
            codes = self._codes[:count]
            chosen = np.random.default_rng(count).integers(0, max(1, count), QUERIES if count else 0)
            for radius in RADII:
                query_no, ids, distances = index.query(codes[chosen], radius)
                for number, query in enumerate(codes[chosen]):
                    true = np.bitwise_count(codes ^ query).sum(axis=1)
                    near = np.flatnonzero(true <= radius)
                    mine = query_no == number
                    if not (
                        np.array_equal(ids[mine], near.astype(np.uint64))
                        and np.array_equal(distances[mine], true[near])
                    ):
                        raise SystemExit(f"{folder}: an answer at {radius} bits is not that of brute force")
        return count


def killed(folder: Path, seed: int, after_s: float) -> tuple[int, int]:
    """Have a process work and kill it: how far adds had returned, and of which size its last snapshot is."""
    arguments = [sys.executable, "-c", WRITER, str(folder), str(seed), str(Path(__file__).parent)]
    with subprocess.Popen(arguments, stdout=subprocess.PIPE, text=True) as writer:  # noqa: S603 - our own
        assert writer.stdout is not None
        first = writer.stdout.readline()
        time.sleep(after_s)
        os.kill(writer.pid, signal.SIGKILL)
        lines = [first, *writer.stdout.read().splitlines(keepends=True)]
    said = [line.split() for line in lines if line.endswith("\n")]
    added = max(int(count) for what, count in said if what == "added")
    return added, max((int(count) for what, count in said if what == "snapshot"), default=0)


def main() -> None:
    """Kill so many times."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--folder", type=Path, help="where to work (default: a temporary folder)")
    options = parser.parse_args()
    chance = random.Random(SEED)  # noqa: S311 - the same each time
    truth = Truth()
    in_flight = snapshots = restored = 0
    with tempfile.TemporaryDirectory(dir=options.folder) as name:
        folder = Path(name)
        for number in range(options.kills):
            added, snapshot = killed(folder, number, chance.uniform(0, LONGEST_S))
            count = truth.check(folder / "index", added, added + BATCH)
            in_flight += count > added
            if snapshot:
                place = folder / f"snapshot-{snapshot}"
                truth.check(place, snapshot, snapshot)
                snapshots += 1
                if chance.random() < 0.3:
                    with HammingIndex.open(folder / "index") as index:
                        index.restore(place)
                    truth.check(folder / "index", snapshot, snapshot)
                    restored += 1
            for path in folder.glob("snapshot-*"):
                shutil.rmtree(path)
        print(
            f"{options.kills} kills: the index opened each time and equalled brute force, {count:,} codes in "
            f"the end; a batch in flight was kept {in_flight} times; {snapshots} snapshots held, "
            f"{restored} were put back"
        )


if __name__ == "__main__":
    main()
