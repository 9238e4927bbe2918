from __future__ import annotations

import threading
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np
import pytest

from seawall import errors
from seawall.matching import hamming, index_files, index_log, index_tables, segment_file
from seawall.matching.hamming import HammingIndex

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray


def some_codes(count: int, seed: int = 0) -> NDArray[np.uint8]:
    return np.random.default_rng(seed).integers(0, 256, (count, 32), dtype=np.uint8)


def ids_from(first: int, count: int) -> NDArray[np.uint64]:
    return np.arange(first, first + count, dtype=np.uint64)


def stored(index: HammingIndex) -> list[int]:
    return index.query(np.zeros((1, 32), np.uint8), 256)[1].tolist()


def test_an_empty_index_answers_nothing(tmp_path):
    with HammingIndex.open(tmp_path / "not" / "there" / "yet") as index:
        query_no, ids, distances = index.query(some_codes(3), 256)
        assert (query_no.shape, ids.shape, distances.shape) == ((0,), (0,), (0,))
        assert (query_no.dtype, ids.dtype, distances.dtype) == (np.int64, np.uint64, np.int16)
        assert (len(index), index.mark) == (0, 0)


@pytest.mark.parametrize("merged", [False, True])
def test_one_code_alone_is_found(tmp_path, merged):
    code = some_codes(1)
    with HammingIndex.open(tmp_path) as index:
        index.add(code, ids_from(7, 1))
        if merged:
            index.merge()
        near = code.copy()
        near[0, 5] ^= 0b101
        assert [column.tolist() for column in index.query(near, 31)] == [[0], [7], [2]]
        assert index.query(near, 1)[1].size == 0
        assert [column.tolist() for column in index.query(~code, 256)] == [[0], [7], [256]]


def test_no_queries_give_no_answers(tmp_path):
    with HammingIndex.open(tmp_path) as index:
        for _ in range(2):
            assert index.query(np.empty((0, 32), np.uint8), 31)[0].size == 0
            index.add(some_codes(5), ids_from(0, 5))
            index.merge()


def test_answers_come_by_query_and_in_the_order_of_adding(tmp_path):
    codes = some_codes(10)
    with HammingIndex.open(tmp_path) as index:
        index.add(codes[5:], ids_from(100, 5))
        index.merge()
        index.add(codes[:5], ids_from(1, 5))
        query_no, ids, _ = index.query(codes[:2], 256)
        assert query_no.tolist() == [0] * 10 + [1] * 10
        assert ids.tolist() == [100, 101, 102, 103, 104, 1, 2, 3, 4, 5] * 2


def test_the_mark_goes_with_its_codes_and_never_falls(tmp_path):
    with HammingIndex.open(tmp_path) as index:
        index.add(some_codes(2), ids_from(0, 2), mark=2**63 + 5)
        index.add(some_codes(2), ids_from(2, 2))
        assert index.mark == 2**63 + 5
        with pytest.raises(ValueError, match="mark 4 is under"):
            index.add(some_codes(1), ids_from(4, 1), mark=4)
        with pytest.raises(ValueError, match="mark"):
            index.add(some_codes(1), ids_from(4, 1), mark=2**64)
        assert len(index) == 4
        index.merge(lambda ids: ids > 99)
        assert (len(index), index.mark) == (0, 2**63 + 5)
    with HammingIndex.open(tmp_path) as again:
        assert (len(again), again.mark) == (0, 2**63 + 5)


def test_misuse_is_refused_and_changes_nothing(tmp_path):
    with HammingIndex.open(tmp_path) as index:
        for codes, ids in (
            (np.zeros((2, 31), np.uint8), ids_from(0, 2)),
            (np.zeros(32, np.uint8), ids_from(0, 1)),
            (np.zeros((2, 32), np.int8), ids_from(0, 2)),
            (np.zeros((2, 32), np.uint8), ids_from(0, 3)),
            (np.zeros((2, 32), np.uint8), np.arange(2)),
        ):
            with pytest.raises(ValueError, match="must be"):
                index.add(codes, ids)
        for radius in (-1, 257):
            with pytest.raises(ValueError, match="radius"):
                index.query(some_codes(1), radius)
        index.add(some_codes(3), ids_from(0, 3))
        with pytest.raises(ValueError, match="keep must return"):
            index.merge(lambda ids: ids)
        assert stored(index) == [0, 1, 2]
    with pytest.raises(ValueError, match="closed"):
        index.query(some_codes(1), 31)
    index.close()


def test_codes_need_not_be_contiguous(tmp_path):
    codes = some_codes(20)
    with HammingIndex.open(tmp_path) as index:
        index.add(codes[::-2], ids_from(0, 20)[::2])
        query_no, ids, _ = index.query(codes[::-2], 0)
        assert query_no.tolist() == list(range(10))
        assert ids.tolist() == list(range(0, 20, 2))


def test_a_second_writer_waits_then_says_busy(tmp_path):
    with HammingIndex.open(tmp_path, wait_s=0.05) as index:
        with index_files.locked(tmp_path, 0), pytest.raises(errors.StoreBusy, match=r"0\.05 s"):
            index.add(some_codes(1), ids_from(0, 1))
        index.add(some_codes(1), ids_from(0, 1))
        assert stored(index) == [0]


def test_a_full_log_becomes_a_segment_and_segments_stay_few(tmp_path, monkeypatch):
    monkeypatch.setattr(index_log, "MAX_CODES", 10)
    with HammingIndex.open(tmp_path) as index:
        for first in range(0, 400, 5):
            index.add(some_codes(5, first), ids_from(first, 5))
            assert len(index._segments) <= hamming.MOST_SEGMENTS + 1
        index._merger.rest()
        counts = [segment.entry.count for segment in index._segments]
        assert all(older >= 4 * newer for older, newer in pairwise(counts))
        assert stored(index) == list(range(400))
        named = {segment.path.name for segment in index._segments} | {index._log.path.name}
        assert {path.name for path in tmp_path.iterdir()} == named | {"manifest", "lock", "merging"}
        index.merge()
        assert [segment.entry.count for segment in index._segments] == [400]
        assert stored(index) == list(range(400))


def test_a_segment_holds_no_more_than_its_positions_can_name(tmp_path, monkeypatch):
    monkeypatch.setattr(segment_file, "MAX_CODES", 30)
    monkeypatch.setattr(index_log, "MAX_CODES", 9)
    with HammingIndex.open(tmp_path) as index:
        for first in range(0, 70, 10):
            index.add(some_codes(10, first), ids_from(first, 10))
        index.merge()
        counts = [segment.entry.count for segment in index._segments]
        assert max(counts) <= 30
        assert all(sum(pair) > 30 for pair in pairwise(counts))
        assert stored(index) == list(range(70))


def test_merging_what_is_merged_writes_nothing(tmp_path):
    with HammingIndex.open(tmp_path) as index:
        index.add(some_codes(5), ids_from(0, 5))
        index.merge()
        before = (tmp_path / "manifest").stat()
        index.merge()
        assert (tmp_path / "manifest").stat() == before


def test_many_marks_without_codes_do_not_grow_the_log_for_ever(tmp_path, monkeypatch):
    monkeypatch.setattr(index_log, "MAX_BYTES", 200)
    with HammingIndex.open(tmp_path) as index:
        for mark in range(1, 30):
            index.add(np.empty((0, 32), np.uint8), np.empty(0, np.uint64), mark=mark)
            assert index._log.path.stat().st_size <= 200
        assert (len(index), index.mark) == (0, 29)


@pytest.mark.parametrize(
    ("count", "most_bytes"),
    [
        (1_000_000, 110),
        (1_500_000, 110),
        (2_500_000, 110),
        (5_000_000, 110),
        (10_000_000, 104),
        (15_000_000, 110),
        (100_000_000, 96),
        (250_000_000, 96),
    ],
)
def test_large_segments_take_few_bytes_a_code(count, most_bytes):
    assert segment_file.payload_bytes(count) <= most_bytes * count


def test_positions_over_two_bytes_are_found_by_table_and_by_scan(tmp_path: Path):
    codes = some_codes(150_000)
    with HammingIndex.open(tmp_path) as index:
        index.add(codes, ids_from(0, len(codes)))
        assert [segment.entry.count for segment in index._segments] == [150_000]
        asked = codes[[0, 65_535, 65_536, 131_072, 149_999]]
        asked[:, 3] ^= 0xFF
        for radius in (15, 31, 48):
            query_no, ids, distances = index.query(asked, radius)
            assert query_no.tolist() == [0, 1, 2, 3, 4]
            assert ids.tolist() == [0, 65_535, 65_536, 131_072, 149_999]
            assert distances.tolist() == [8] * 5


def test_crowded_codes_are_scanned_not_looked_up_one_by_one(tmp_path, monkeypatch):
    codes = np.concatenate([np.repeat(some_codes(1), 40_000, axis=0), some_codes(40_000, 1)])
    looked_up: list[int] = []
    look_up = index_tables._look_up

    def counted(*args):
        looked_up.append(sum(int(part.total.sum()) for part in args[2]))
        return look_up(*args)

    monkeypatch.setattr(index_tables, "_look_up", counted)
    with HammingIndex.open(tmp_path) as index:
        index.add(codes, ids_from(0, len(codes)))
        query_no, ids, _ = index.query(np.concatenate([codes[:4], codes[-60:]]), 31)
        assert ids.tolist() == [*range(40_000)] * 4 + [*range(len(codes) - 60, len(codes))]
        assert query_no.tolist() == [no for no in range(4) for _ in range(40_000)] + [*range(4, 64)]
    assert len(looked_up) == 1
    assert looked_up[0] < 60 * len(codes) / 16


def test_threads_query_while_another_adds(tmp_path, monkeypatch):
    monkeypatch.setattr(index_log, "MAX_CODES", 60)
    seen: list[list[int]] = []
    done = threading.Event()

    with HammingIndex.open(tmp_path) as index:

        def ask() -> None:
            while not done.is_set():
                seen.append(stored(index))

        threads = [threading.Thread(target=ask) for _ in range(2)]
        for thread in threads:
            thread.start()
        for first in range(0, 300, 10):
            index.add(some_codes(10, first), ids_from(first, 10))
        done.set()
        for thread in threads:
            thread.join()
        assert stored(index) == list(range(300))
    assert seen
    for ids in seen:  # never half an add, never a gap
        assert ids == list(range(len(ids)))
        assert len(ids) % 10 == 0
