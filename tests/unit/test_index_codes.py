"""The scan over codes: at radius 0 it looks codes up, and must find what counting bits finds."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from seawall.matching import index_codes


def brute(words, queries):
    """Every pair of equal codes, by query and position."""
    equal = (words[:, None, :] == queries[:, :, None]).all(axis=0)
    return list(zip(*np.nonzero(equal), strict=True))


def some_codes(rng, count, kinds):
    """Codes of few kinds, some of which share their first word and differ in the last."""
    pool = rng.integers(0, 2**64, (kinds, index_codes.WORDS), dtype=np.uint64)
    pool[kinds // 2 :, 0] = pool[: kinds - kinds // 2, 0]
    return np.ascontiguousarray(pool[rng.integers(0, kinds, count)].T)


@given(st.integers(0, 2**32 - 1), st.integers(0, 200), st.integers(0, 60), st.integers(1, 40))
@settings(max_examples=60, deadline=None)
def test_equal_codes_are_those_that_differ_in_no_bit(seed, count, asked, kinds):
    rng = np.random.default_rng(seed)
    pool = some_codes(rng, count + asked, kinds)
    words, queries = pool[:, :count], pool[:, count:]
    hits = index_codes.scan(words, queries, 0)
    pairs = list(zip(hits.query_no, hits.position, strict=True))
    assert sorted(pairs) == brute(words, queries)
    assert not hits.distance.any()
    for query_no in range(asked):
        positions = hits.position[hits.query_no == query_no]
        assert (np.diff(positions) > 0).all()


@pytest.mark.parametrize("radius", [0, 1])
def test_both_ways_give_the_same_kinds_of_numbers(radius):
    words = some_codes(np.random.default_rng(1), 50, 5)
    hits = index_codes.scan(words, words, radius)
    assert [column.dtype for column in hits] == [np.int64, np.int64, np.int16]
    assert len(hits.query_no) == len(brute(words, words))
