"""Copies of an index, taken and put back while it is used."""

from __future__ import annotations

import errno
import os
import threading

import numpy as np
import pytest

from seawall import errors
from seawall.matching import index_log, segment_file
from seawall.matching.hamming import HammingIndex


def codes_of(first: int, last: int) -> tuple[np.ndarray, np.ndarray]:
    ids = np.arange(first, last, dtype=np.uint64)
    codes = np.random.default_rng(0).integers(0, 256, (500, 32), np.uint8)[first:last]
    return codes, ids


def stored(index: HammingIndex) -> list[int]:
    return index.query(np.zeros((1, 32), np.uint8), 256)[1].tolist()


@pytest.fixture
def index(tmp_path):
    """One with two segments and codes in its log."""
    with HammingIndex.open(tmp_path / "index") as made:
        for first, last in ((0, 100), (100, 120)):
            made.add(*codes_of(first, last), mark=last)
            made.merge()
        made.add(*codes_of(120, 125), mark=125)
        yield made


def test_a_snapshot_is_an_index_of_its_own(index, tmp_path):
    index.snapshot(tmp_path / "copy")
    index.add(*codes_of(125, 130), mark=130)
    index.merge(lambda ids: ids > 50)
    with HammingIndex.open(tmp_path / "copy") as copy:
        assert (stored(copy), copy.mark) == (list(range(125)), 125)
        copy.verify()
        copy.add(*codes_of(300, 305), mark=305)
        copy.merge()
        assert stored(copy) == [*range(125), *range(300, 305)]
    assert stored(index) == list(range(51, 130))
    index.verify()


@pytest.mark.parametrize("linked", [True, False])
def test_what_is_put_back_is_what_the_snapshot_held(index, tmp_path, monkeypatch, linked):
    if not linked:

        def refuse(*_: object) -> None:
            raise OSError(errno.EXDEV, "another file system")

        monkeypatch.setattr(os, "link", refuse)
    index.snapshot(tmp_path / "copy")
    with HammingIndex.open(tmp_path / "index") as reader:
        index.merge(lambda ids: ids < 7)
        index.add(*codes_of(125, 130), mark=130)
        assert stored(reader) == [*range(7), *range(125, 130)]
        index.restore(tmp_path / "copy")
        assert stored(index) == stored(reader) == list(range(125))
        assert index.mark == reader.mark == 125
        index.add(*codes_of(125, 127), mark=127)
        assert stored(reader) == list(range(127))
        index.verify()
    named = {path.name for path in (tmp_path / "index").glob("*.seg")}
    assert named == {segment.path.name for segment in index._segments}


def test_a_snapshot_that_is_not_there_changes_nothing(index, tmp_path):
    with pytest.raises(errors.IndexCorrupt, match="manifest"):
        index.restore(tmp_path / "nowhere")
    assert not (tmp_path / "nowhere").exists()
    assert stored(index) == list(range(125))


def test_a_folder_that_is_there_is_not_written_into(index, tmp_path):
    (tmp_path / "copy").mkdir()
    with pytest.raises(errors.WriteFailed):
        index.snapshot(tmp_path / "copy")
    assert list((tmp_path / "copy").iterdir()) == []


def test_a_snapshot_outlives_the_merge_that_removes_its_files(index, tmp_path, monkeypatch):
    copy = segment_file.Segment.copy

    def overtaken(segment, path):
        index.merge(lambda ids: ids < 3)
        return copy(segment, path)

    monkeypatch.setattr(segment_file.Segment, "copy", overtaken)
    index.snapshot(tmp_path / "copy")
    with HammingIndex.open(tmp_path / "copy") as made:
        made.verify()
        assert stored(made) == list(range(125))


def test_queries_and_adds_go_on_while_segments_are_merged(tmp_path, monkeypatch):
    monkeypatch.setattr(index_log, "MAX_CODES", 20)
    in_merge, go_on = threading.Event(), threading.Event()
    write = segment_file.write

    def held(path, runs, between=lambda: None):
        if path.name.startswith("merged"):
            in_merge.set()
            assert go_on.wait(30)
        return write(path, runs, between)

    monkeypatch.setattr(segment_file, "write", held)
    with HammingIndex.open(tmp_path) as index, HammingIndex.open(tmp_path) as reader:
        index.add(*codes_of(0, 30))
        index.add(*codes_of(30, 60))
        assert in_merge.wait(30)
        for first in range(60, 160, 10):
            index.add(*codes_of(first, first + 10))
            assert stored(index) == stored(reader) == list(range(first + 10))
        go_on.set()
        index._merger.rest()
        assert stored(index) == stored(reader) == list(range(160))
        assert len(index._segments) <= 2


def test_whoever_adds_waits_where_merging_falls_behind(tmp_path, monkeypatch):
    monkeypatch.setattr(index_log, "MAX_CODES", 5)
    with HammingIndex.open(tmp_path) as index:
        monkeypatch.setattr(index._merger, "wake", lambda: None)  # as for processes that live too short
        for first in range(0, 400, 10):
            index.add(*codes_of(first, first + 10))
            assert len(index._segments) <= 17
        assert stored(index) == list(range(400))


def test_an_index_that_is_closed_leaves_a_merge_unfinished(tmp_path, monkeypatch):
    monkeypatch.setattr(index_log, "MAX_CODES", 20)
    begun = threading.Event()
    write = segment_file.write

    def slow(path, runs, between=lambda: None):
        def endless() -> None:
            begun.set()
            while True:
                between()

        return write(path, runs, endless if path.name.startswith("merged") else between)

    monkeypatch.setattr(segment_file, "write", slow)
    index = HammingIndex.open(tmp_path)
    index.add(*codes_of(0, 30))
    index.add(*codes_of(30, 60))
    assert begun.wait(30)
    index.close()
    assert not list(tmp_path.glob("merged*"))
    with HammingIndex.open(tmp_path) as again:
        assert stored(again) == list(range(60))
