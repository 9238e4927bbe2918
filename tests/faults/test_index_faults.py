"""What crashes, full disks and damaged files do to the index: nothing that was acknowledged is lost."""

from __future__ import annotations

import errno
import hashlib
import os
import random
import signal
import subprocess
import sys
from typing import TYPE_CHECKING

import numpy as np
import pytest

from seawall import errors
from seawall.matching import index_files, index_log, index_manifest, segment_file
from seawall.matching.hamming import HammingIndex

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from numpy.typing import NDArray

ROUNDS = 20
BATCH = 7


def code_of(number: int) -> bytes:
    return hashlib.blake2b(str(number).encode(), digest_size=32).digest()


def batch(first: int, count: int = BATCH) -> tuple[NDArray[np.uint8], NDArray[np.uint64]]:
    numbers = range(first, first + count)
    codes = np.frombuffer(b"".join(map(code_of, numbers)), np.uint8).reshape(-1, 32)
    return codes, np.array(numbers, np.uint64)


def stored(index: HammingIndex) -> list[int]:
    """The ids in the index; each is also found under its own code."""
    ids: list[int] = index.query(np.zeros((1, 32), np.uint8), 256)[1].tolist()
    if ids:
        codes = np.frombuffer(b"".join(map(code_of, ids)), np.uint8).reshape(-1, 32)
        assert index.query(codes, 0)[1].tolist() == ids
    return ids


def stored_at(folder: Path) -> list[int]:
    with HammingIndex.open(folder) as index:
        return stored(index)


WRITER = """
import hashlib, sys
from pathlib import Path
import numpy as np
from seawall.matching import index_log
from seawall.matching.hamming import HammingIndex

index_log.MAX_CODES = 40
index = HammingIndex.open(Path(sys.argv[1]))
while True:
    numbers = range(index.mark, index.mark + 7)
    codes = b"".join(hashlib.blake2b(str(number).encode(), digest_size=32).digest() for number in numbers)
    codes = np.frombuffer(codes, np.uint8).reshape(-1, 32)
    index.add(codes, np.array(numbers, np.uint64), mark=numbers.stop)
    print(numbers.stop, flush=True)
    if numbers.stop % 5 == 0:
        index.merge()
"""


def test_kill_at_any_moment_loses_nothing_that_was_acknowledged(tmp_path):
    chance = random.Random(20)
    in_flight_kept = 0
    for _ in range(ROUNDS):
        with subprocess.Popen(
            [sys.executable, "-c", WRITER, str(tmp_path)], stdout=subprocess.PIPE, text=True
        ) as writer:
            assert writer.stdout is not None
            acknowledged = int(writer.stdout.readline())
            with pytest.raises(subprocess.TimeoutExpired):
                writer.wait(chance.uniform(0, 0.12))
            os.kill(writer.pid, signal.SIGKILL)
            acknowledged = int((writer.stdout.read().split("\n")[-2:-1] or [acknowledged])[0])
        with HammingIndex.open(tmp_path) as index:
            ids = stored(index)
            assert ids in (list(range(acknowledged)), list(range(acknowledged + BATCH)))
            assert index.mark == len(index) == len(ids)
            index.verify()
            in_flight_kept += len(ids) > acknowledged
    assert acknowledged > ROUNDS * BATCH
    assert in_flight_kept < ROUNDS


def test_a_log_cut_at_any_byte_of_its_last_record_keeps_the_others(tmp_path):
    with HammingIndex.open(tmp_path) as index:
        index.add(*batch(0), mark=7)
        log = index._log.path
        whole_bytes = log.stat().st_size
        index.add(*batch(7, 2), mark=9)
    data = log.read_bytes()
    for size in range(whole_bytes, len(data)):
        log.write_bytes(data[:size])
        with HammingIndex.open(tmp_path) as index:
            assert stored(index) == list(range(7))
            assert index.mark == 7
            index.verify()
            index.add(*batch(20, 1), mark=20)
            assert stored(index) == [*range(7), 20]
        assert stored_at(tmp_path) == [*range(7), 20]


@pytest.mark.parametrize("tail", [b"\0" * 3_000, b"SWad" + b"\x11" * 3_000], ids=["zeros", "garbage"])
def test_a_tail_that_is_no_record_is_ignored_and_cut_off(tmp_path, tail):
    with HammingIndex.open(tmp_path) as index:
        index.add(*batch(0))
        log = index._log.path
        with log.open("ab") as file:
            file.write(tail)
        assert stored(index) == stored_at(tmp_path) == list(range(7))
        index.add(*batch(7))
        assert stored(index) == stored_at(tmp_path) == list(range(14))
        assert log.read_bytes().endswith(batch(7)[0].tobytes())


def test_a_reader_follows_a_record_that_was_taken_back_and_replaced(tmp_path):
    with HammingIndex.open(tmp_path) as writer, HammingIndex.open(tmp_path) as reader:
        writer.add(*batch(0))
        log = writer._log.path
        before = log.stat().st_size
        writer.add(*batch(7))
        assert stored(reader) == list(range(14))
        os.truncate(log, before)  # as the writer does when the sync of a record fails
        assert stored(reader) == stored(writer) == list(range(7))
        writer.add(*batch(100))
        assert stored(reader) == [*range(7), *range(100, 107)]
        os.truncate(log, before)
        with HammingIndex.open(tmp_path) as other:
            other.add(*batch(200))
            other.add(*batch(300))
        assert stored(reader) == [*range(7), *range(200, 207), *range(300, 307)]


@pytest.mark.parametrize("at", [0, 30, 45, 60, 100, 250], ids=lambda at: f"byte{at}")
def test_damage_before_the_last_record_is_reported_not_cut_off(tmp_path, at):
    with HammingIndex.open(tmp_path) as index:
        for first in (0, 7, 14):
            index.add(*batch(first))
        log = index._log.path
    size = log.stat().st_size
    flip_bit(log, at)
    with pytest.raises(errors.IndexCorrupt, match=r"delta-1\.log"):
        HammingIndex.open(tmp_path)
    assert log.stat().st_size == size


def test_verify_finds_damage_in_the_last_record(tmp_path):
    with HammingIndex.open(tmp_path) as index:
        index.add(*batch(0))
        flip_bit(index._log.path, -1)
        with pytest.raises(errors.IndexCorrupt, match="a record is damaged"):
            index.verify()


@pytest.mark.parametrize("at", [64, 200, 700, 5_000, 2_000_000, -1], ids=lambda at: f"byte{at}")
def test_verify_finds_one_flipped_bit_anywhere_in_a_segment(tmp_path, at):
    with HammingIndex.open(tmp_path) as index:
        index.add(*batch(0))
        index.merge()
        index.verify()
        flip_bit(index._segments[0].path, at)
        with pytest.raises(errors.IndexCorrupt, match="digest"):
            index.verify()
    with HammingIndex.open(tmp_path) as again, pytest.raises(errors.IndexCorrupt):
        again.verify()


def test_tables_that_point_nowhere_are_reported_as_damage(tmp_path):
    with HammingIndex.open(tmp_path) as index:
        index.add(
            np.random.default_rng(0).integers(0, 256, (70_000, 32), np.uint8), np.arange(70_000, dtype="u8")
        )
        segment = index._segments[0].path
        size = segment.stat().st_size
    with segment.open("r+b") as file:  # all positions
        file.seek(size - 16 * 70_000 * 4)
        file.write(b"\xff" * 16 * 70_000 * 4)
    with HammingIndex.open(tmp_path) as index, pytest.raises(errors.IndexCorrupt):
        index.query(np.zeros((64, 32), np.uint8) + np.arange(64, dtype=np.uint8)[:, None], 31)


def drop_last_byte(path: Path) -> None:
    os.truncate(path, path.stat().st_size - 1)


def empty(path: Path) -> None:
    os.truncate(path, 0)


def flip_bit(path: Path, at: int) -> None:
    data = bytearray(path.read_bytes())
    data[at] ^= 0x10
    path.write_bytes(data)


@pytest.mark.parametrize("name", ["manifest", "segment-2.seg", "delta-2.log"])
@pytest.mark.parametrize(
    "harm",
    [os.unlink, empty, drop_last_byte, *(lambda path, at=at: flip_bit(path, at) for at in (0, 8, 16, 23))],
    ids=["gone", "empty", "short", "byte0", "byte8", "byte16", "byte23"],
)
def test_opening_reports_a_damaged_file_and_leaves_it(tmp_path, name, harm: Callable[[Path], None]):
    with HammingIndex.open(tmp_path) as index:
        index.add(*batch(0))
        index.merge()
    harm(tmp_path / name)
    left = sorted(path.name for path in tmp_path.iterdir())
    with pytest.raises(errors.IndexCorrupt, match=name):
        HammingIndex.open(tmp_path)
    assert sorted(path.name for path in tmp_path.iterdir()) == left


def test_a_segment_of_another_index_is_not_taken_for_ones_own(tmp_path):
    for name, first in (("one", 0), ("two", 50)):
        with HammingIndex.open(tmp_path / name) as index:
            index.add(*batch(first))
            index.merge()
    (tmp_path / "two" / "segment-2.seg").replace(tmp_path / "one" / "segment-2.seg")
    with pytest.raises(errors.IndexCorrupt, match="not the segment that the manifest names"):
        HammingIndex.open(tmp_path / "one")


def test_a_reader_that_is_overtaken_while_opening_starts_over(tmp_path, monkeypatch):
    with HammingIndex.open(tmp_path) as writer:
        writer.add(*batch(0))
        writer.merge()
        overtakes = iter([1, 2, 3])
        open_segment = segment_file.Segment.open

        def overtaken(folder: Path, entry: index_manifest.SegmentEntry) -> segment_file.Segment:
            if turn := next(overtakes, 0):
                monkeypatch.setattr(segment_file.Segment, "open", open_segment)
                writer.add(*batch(7 * turn))
                writer.merge()
                monkeypatch.setattr(segment_file.Segment, "open", overtaken)
            return open_segment(folder, entry)

        monkeypatch.setattr(segment_file.Segment, "open", overtaken)
        assert stored_at(tmp_path) == list(range(28))


def test_a_file_that_is_not_finished_leaves_nothing(tmp_path):
    def fail() -> None:
        with index_files.new_file(tmp_path / "name") as file:
            file.write(b"half")
            raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        fail()
    assert list(tmp_path.iterdir()) == []


def test_an_index_that_vanishes_under_an_open_one_is_reported(tmp_path):
    with HammingIndex.open(tmp_path) as index:
        index.add(*batch(0))
        (tmp_path / "manifest").unlink()
        with pytest.raises(errors.IndexCorrupt, match="manifest is damaged: it is missing"):
            index.query(np.zeros((1, 32), np.uint8), 31)


def test_a_first_start_that_was_cut_off_is_begun_again(tmp_path):
    with HammingIndex.open(tmp_path):
        pass
    (tmp_path / "manifest").unlink()
    (tmp_path / "manifest.tmp").write_bytes(b"half")
    assert stored_at(tmp_path) == []


FULL = """
import resource, sys
from pathlib import Path
import numpy as np
from seawall import errors
from seawall.matching import index_log
from seawall.matching.hamming import HammingIndex

def stored():
    return index.query(np.zeros((1, 32), np.uint8), 256)[1].tolist()

folder, limit, index_log.MAX_CODES = Path(sys.argv[1]), int(sys.argv[2]), int(sys.argv[3])
index = HammingIndex.open(folder)
hard = resource.getrlimit(resource.RLIMIT_FSIZE)[1]
resource.setrlimit(resource.RLIMIT_FSIZE, (limit, hard))
added = 0
try:
    while added < 1000:
        index.add(np.full((10, 32), added % 256, np.uint8), np.arange(added, added + 10, dtype=np.uint64),
                  mark=added + 10)
        added += 10
except errors.DiskFull:
    pass
assert 0 < added < 1000, added
assert stored() == list(range(added)), stored()
assert index.mark == added
files = sorted(path.name for path in folder.iterdir())
assert files == ["delta-1.log", "lock", "manifest"], files
resource.setrlimit(resource.RLIMIT_FSIZE, (hard, hard))
index.add(np.zeros((10, 32), np.uint8), np.arange(added, added + 10, dtype=np.uint64), mark=added + 10)
assert stored() == list(range(added + 10))
print(added + 10)
"""


@pytest.mark.parametrize(
    ("limit_bytes", "log_codes"), [(3_000, 65_536), (100_000, 50)], ids=["in_the_log", "in_a_segment"]
)
def test_a_full_disk_leaves_what_was_there_and_nothing_half_written(tmp_path, limit_bytes, log_codes):
    done = subprocess.run(
        [sys.executable, "-c", FULL, str(tmp_path), str(limit_bytes), str(log_codes)],
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    with HammingIndex.open(tmp_path) as index:
        ids = index.query(np.zeros((1, 32), np.uint8), 256)[1].tolist()
        assert ids == list(range(int(done.stdout)))
        index.verify()


@pytest.mark.parametrize(
    ("number", "expected"),
    [(errno.ENOSPC, errors.DiskFull), (errno.EDQUOT, errors.DiskFull), (errno.EIO, errors.WriteFailed)],
)
@pytest.mark.parametrize("change", ["add", "fold", "merge"])
def test_a_sync_that_fails_takes_the_change_back(tmp_path, monkeypatch, number, expected, change):
    with HammingIndex.open(tmp_path) as index:
        index.add(*batch(0), mark=7)

        def fail(_: int) -> None:
            raise OSError(number, os.strerror(number))

        with monkeypatch.context() as patch:
            patch.setattr(os, "fsync", fail)
            patch.setattr(index_log, "MAX_CODES", 65_536 if change == "add" else 10)
            with pytest.raises(expected):
                index.merge() if change == "merge" else index.add(*batch(7), mark=14)
        assert stored(index) == stored_at(tmp_path) == list(range(7))
        assert index.mark == 7
        index.add(*batch(7), mark=14)
        assert stored(index) == stored_at(tmp_path) == list(range(14))


def test_what_a_killed_merge_left_is_removed_by_the_next(tmp_path):
    with HammingIndex.open(tmp_path) as index:
        index.add(*batch(0))
        left = [tmp_path / name for name in ("segment-2.seg", "segment-9.seg.tmp", "delta-2.log.tmp")]
        for path in left:
            path.write_bytes(b"half a file")
        index.merge()
        assert stored(index) == stored_at(tmp_path) == list(range(7))
        assert {path.name for path in tmp_path.iterdir()} == {
            "delta-2.log",
            "lock",
            "merging",
            "manifest",
            "segment-2.seg",
        }


def test_a_read_only_folder_says_that_it_cannot_be_written(tmp_path):
    with pytest.raises(errors.WriteFailed), index_files.locked(tmp_path / "absent", 0):
        pass
    (tmp_path / "file").write_bytes(b"")
    with pytest.raises(errors.WriteFailed):
        HammingIndex.open(tmp_path / "file")
