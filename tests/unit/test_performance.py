"""Rates with their intervals, and percentiles of times."""

from __future__ import annotations

import pytest
from hypothesis import given, strategies as st

from seawall.model.performance import Rate, Times


@pytest.mark.parametrize(
    ("part", "whole", "low", "high"),
    [(0, 10, 0.0, 0.2775), (1, 10, 0.0179, 0.4042), (5, 10, 0.2366, 0.7634), (81, 263, 0.2553, 0.3662)],
)
def test_the_interval_is_wilsons(part, whole, low, high):
    """The last is the example of Newcombe, Statistics in Medicine 17, 1998."""
    assert Rate(part, whole).interval == pytest.approx((low, high), abs=5e-5)


@given(st.integers(1, 10**6).flatmap(lambda whole: st.tuples(st.integers(0, whole), st.just(whole))))
def test_the_share_lies_in_its_interval_and_the_rest_mirrors_it(pair):
    part, whole = pair
    low, high = Rate(part, whole).interval
    assert 0 <= low <= Rate(part, whole).share + 1e-12
    assert Rate(part, whole).share - 1e-12 <= high <= 1
    assert Rate(whole - part, whole).interval == pytest.approx((1 - high, 1 - low))


@given(st.lists(st.floats(0, 1e9), min_size=1))
def test_a_percentile_is_the_smallest_time_that_so_many_do_not_exceed(seconds):
    made = Times.of(seconds)
    for share, value in ((0.5, made.median_s), (0.9, made.p90_s)):
        assert value in seconds
        assert sum(one <= value for one in seconds) >= share * len(seconds) - 1e-9
        assert sum(one < value for one in seconds) < share * len(seconds)


def test_nothing_has_no_rate_and_no_times():
    assert (Rate(0, 0).share, Rate(0, 0).interval) == (None, None)
    assert Times.of([]) == Times(0, None, None)
