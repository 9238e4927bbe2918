"""Copies over time: bins that hold each time once, begin where UTC's hours do, and hide no gap."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from hypothesis import given, strategies as st

from seawall.model.copies import Copy
from seawall.model.spread import MOST_BINS, spread

START = datetime(2026, 3, 1, 10, 7, 30, tzinfo=UTC)
times = st.integers(0, 3_000_000_000).map(lambda at: datetime.fromtimestamp(at, UTC))


def copy(number, first_at, *later):
    at = tuple(sorted((first_at, *later)))
    return Copy(number, str(number), None, None, None, at[0], at[-1], at)


@given(st.lists(st.lists(times, min_size=1, max_size=5, unique=True), max_size=20))
def test_every_time_is_in_one_bin(seen):
    copies = [copy(number, *at) for number, at in enumerate(seen)]
    made = spread(copies)
    assert len(made.bins) <= MOST_BINS
    assert sum(one.new for one in made.bins) == len(copies)
    assert sum(one.repeated for one in made.bins) == sum(len(at) - 1 for at in seen)
    assert all(later - earlier == made.step for earlier, later in pairwise(made.edges))
    if seen:
        every = [one for at in seen for one in at]
        assert made.edges[0] <= min(every) < made.edges[1]
        assert made.edges[-2] <= max(every) < made.edges[-1]


@pytest.mark.parametrize(
    ("lasts", "step", "first"),
    [
        (timedelta(minutes=30), timedelta(minutes=1), "10:07"),
        (timedelta(hours=20), timedelta(hours=1), "10:00"),
        (timedelta(days=20), timedelta(hours=12), "00:00"),
        (timedelta(days=300), timedelta(days=7), "00:00"),
    ],
)
def test_bins_begin_when_hours_days_and_weeks_do(lasts, step, first):
    made = spread([copy(1, START), copy(2, START + lasts)])
    assert made.step == step
    assert f"{made.bins[0].start:%H:%M}" == first
    if step.days == 7:
        assert {one.start.weekday() for one in made.bins} == {0}


def test_empty_bins_stay_and_say_whether_anything_was_checked():
    made = spread([copy(1, START, START + timedelta(minutes=20))])
    assert [one.new + one.repeated for one in made.bins] == [1, *[0] * 19, 1]
    marked = made.among([False] * 21)
    assert [one.checked for one in marked.bins] == [True, *[False] * 19, True]


def test_nothing_seen_has_no_bins():
    assert spread([]).bins == ()
    assert spread([]).edges == ()
