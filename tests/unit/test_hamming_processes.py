"""One process's adds are another's answers."""

from __future__ import annotations

import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np
import pytest

import seawall
from seawall.matching import index_files
from seawall.matching.hamming import HammingIndex

if TYPE_CHECKING:
    from collections.abc import Iterator

OTHER = """
import sys
from pathlib import Path
import numpy as np
from seawall.matching import index_files, index_log
from seawall.matching.hamming import HammingIndex

index_log.MAX_CODES = 20
folder = Path(sys.argv[1])
index = HammingIndex.open(folder)
for line in sys.stdin:
    verb, *numbers = line.split()
    if verb == "ask":
        _, ids, _ = index.query(np.zeros((1, 32), np.uint8), 256)
        print(*ids.tolist(), flush=True)
    elif verb == "add":
        first, last = map(int, numbers)
        ids = np.arange(first, last, dtype=np.uint64)
        index.add(np.full((len(ids), 32), first % 256, np.uint8), ids, mark=last)
        print("added", flush=True)
    elif verb == "merge":
        index.merge()
        print("merged", flush=True)
    elif verb == "hold":
        with index_files.locked(folder, 5):
            print("held", flush=True)
            sys.stdin.readline()
        print("free", flush=True)
"""


class Other:
    """Another process that has the same index open and does what it is told."""

    def __init__(self, process: subprocess.Popen[str]) -> None:
        self.process = process

    def tell(self, line: str) -> str:
        assert self.process.stdin is not None
        assert self.process.stdout is not None
        self.process.stdin.write(line + "\n")
        self.process.stdin.flush()
        return self.process.stdout.readline().strip()


@contextmanager
def other_process(folder: Path) -> Iterator[Other]:
    with subprocess.Popen(
        [sys.executable, "-c", OTHER, str(folder)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    ) as process:
        yield Other(process)
        assert process.stdin is not None
        process.stdin.close()
        assert process.wait(30) == 0


def stored(index: HammingIndex) -> list[int]:
    return index.query(np.zeros((1, 32), np.uint8), 256)[1].tolist()


def listed(answer: str) -> list[int]:
    return [int(number) for number in answer.split()]


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


def test_each_process_sees_what_the_other_added_by_its_next_query(folder):
    with HammingIndex.open(folder) as index, other_process(folder) as other:
        expected: list[int] = []
        for turn in range(12):
            new = list(range(len(expected), len(expected) + 7))
            if turn % 2:
                assert other.tell(f"add {new[0]} {new[-1] + 1}") == "added"
            else:
                codes = np.full((7, 32), turn, np.uint8)
                index.add(codes, np.array(new, np.uint64), mark=new[-1] + 1)
            expected += new
            if turn == 6:
                index.merge()
            if turn == 9:
                assert other.tell("merge") == "merged"
            assert listed(other.tell("ask")) == expected
            assert stored(index) == expected
            assert (len(index), index.mark) == (len(expected), len(expected))


def test_a_reader_keeps_answering_after_its_files_are_gone(folder):
    codes = np.arange(32 * 50, dtype=np.uint16).astype(np.uint8).reshape(50, 32)
    with HammingIndex.open(folder) as index, HammingIndex.open(folder) as reader:
        index.add(codes, np.arange(50, dtype=np.uint64))
        index.merge()
        reader.refresh()
        mapped = reader._segments[0]
        index.merge(lambda ids: ids < 10)
        assert not mapped.path.exists()
        assert mapped.ids.tolist() == list(range(50))
        mapped.verify()
        assert stored(reader) == list(range(10))


def test_a_writer_waits_for_another_process_that_is_writing(folder):
    with HammingIndex.open(folder, wait_s=20) as index, other_process(folder) as other:
        assert other.tell("hold") == "held"
        with pytest.raises(index_files.errors.StoreBusy), HammingIndex.open(folder, wait_s=0.05) as hasty:
            hasty.add(np.zeros((1, 32), np.uint8), np.zeros(1, np.uint64))
        assert other.process.stdin is not None
        other.process.stdin.write("go\n")
        other.process.stdin.flush()
        index.add(np.zeros((1, 32), np.uint8), np.zeros(1, np.uint64))
        assert stored(index) == [0]
        assert other.process.stdout is not None
        assert other.process.stdout.readline().strip() == "free"


def test_what_another_process_has_added_meanwhile_is_not_added_again(folder):
    with HammingIndex.open(folder) as index, other_process(folder) as other:
        codes, ids = np.zeros((5, 32), np.uint8), np.arange(5, dtype=np.uint64)
        assert index.mark == 0
        other.tell("add 0 5")
        index.add(codes, ids, mark=5, since=0)
        assert (index.mark, len(index)) == (5, 5)
        index.add(codes, ids + np.uint64(5), mark=10, since=5)
        assert (index.mark, len(index)) == (10, 10)


def test_libraries_that_follow_at_once_index_each_reference_once(tmp_path):
    listed = tmp_path / "list.csv"
    rows = [f"pdq,{number:032x}{number ^ (2**128 - 1):032x}" for number in range(300)]
    listed.write_text("\n".join(["type,value", *rows]) + "\n")
    with seawall.open(tmp_path / "data") as first, seawall.open(tmp_path / "data") as second:
        with seawall.open(tmp_path / "data") as third:
            third._catalogue.follow = lambda: None  # somebody who stores, and ends before it can index
            third.bank_create("LISTED")
            third.import_list("LISTED", listed)
        with ThreadPoolExecutor(2) as threads:
            counts = list(threads.map(lambda library: library.index_counts()["pdq"], (first, second)))
        assert set(counts) == {300}
