"""Figures of our work, on every store: counted by day, and what decisions came to."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from seawall.model.decision import Basis, Choice, Purpose, View
from seawall.model.performance import Rate, Times
from seawall.model.seen import Context
from seawall.store.recording import NewCheck
from seawall.workflows import performance

sys.path.insert(0, str(Path(__file__).parent))
from platforms import Platform, dismissal, restriction

NOON = datetime(2026, 3, 4, 12, tzinfo=UTC)


class Hand:
    """A clock that goes when it is told to."""

    def __init__(self) -> None:
        self.at = NOON

    def __call__(self) -> datetime:
        return self.at


@pytest.fixture
def clock():
    return Hand()


@pytest.fixture
def store(open_as, clock):
    return open_as(now=clock)


@pytest.fixture
def platform(store, make):
    return Platform(store, make)


def record(store, platform):
    """A check with a match."""
    match = platform.made().found.match
    new = NewCheck("k", "b" * 64, None, "video", 31.2, None, (("K", match),), "ann", Context())
    store.seen.record_all([new])


def test_nothing_has_figures_without_numbers(store):
    made = performance.figures(store, 7, NOON)
    assert [one.day.day for one in made.days] == [26, 27, 28, 1, 2, 3, 4]
    assert {(one.checks, one.matches, one.items, one.decisions) for one in made.days} == {(0, 0, 0, 0)}
    assert made.to_decision == Times(0, None, None)
    assert (made.second_reads.share, made.appeals.interval, made.saved_s) == (None, None, None)
    assert made.complete


def test_each_day_counts_what_came_in_and_was_done(store, platform, clock):
    item = platform.item(post="1")
    record(store, platform)
    clock.at += timedelta(days=1)
    platform.item(post="2")
    store.decisions.make(dismissal(item), user="ann", actor="a")
    made = performance.figures(store, 3, clock.at)
    assert [(one.checks, one.matches, one.items, one.decisions) for one in made.days] == [
        (0, 0, 0, 0),
        (1, 1, 1, 0),
        (0, 0, 1, 1),
    ]
    assert made.since == datetime(2026, 3, 3, tzinfo=UTC)


def test_the_time_to_a_decision_ends_when_it_has_effect(store, platform, clock):
    first, second = platform.item(post="1"), platform.item(post="2")
    clock.at += timedelta(minutes=10)
    store.decisions.make(dismissal(first), user="ann", actor="a")
    waits = store.decisions.make(restriction(second, purpose=Purpose.UNCLEAR), user="ann", actor="a")
    assert performance.figures(store, 1, clock.at).to_decision == Times(1, 600.0, 600.0)
    clock.at += timedelta(minutes=20)
    store.decisions.second(waits.id, choice=waits.ruling.choice, note="n", user="bob", actor="b")
    assert performance.figures(store, 1, clock.at).to_decision == Times(2, 600.0, 1800.0)


def test_a_second_person_who_does_not_agree_counts_as_an_error_found(store, platform, clock):
    for number, agrees in enumerate((True, False, True)):
        new = restriction(platform.item(post=str(number)), purpose=Purpose.UNCLEAR)
        made = store.decisions.make(new, user="ann", actor="a")
        choice = Choice.DEMOTE if agrees else Choice.NO_ACTION
        store.decisions.second(made.id, choice=choice, note="n", user="bob", actor="b")
    assert performance.figures(store, 1, clock.at).second_reads == Rate(1, 3)


def test_only_what_follows_an_appeal_is_one_that_was_decided(store, platform, clock):
    def decided(number, appealed, choice):
        item = platform.item(post=str(number))
        case = store.cases.open(Basis.CHOSEN, "x", [item.id], actor="a")
        first = store.decisions.make(restriction(item), user="ann", actor="a")
        clock.at += timedelta(minutes=1)
        if appealed:
            store.cases.appeal(case.id, actor="a", reason="it is news")
        new = dismissal(item) if choice is Choice.RESTORE else restriction(item)
        again = {"reverses": first.id, "reason": "r", "choice": choice}
        store.decisions.make(replace(new, **again), user="bob", actor="b")

    decided(1, appealed=True, choice=Choice.RESTORE)
    decided(2, appealed=True, choice=Choice.DEMOTE)
    decided(3, appealed=False, choice=Choice.RESTORE)
    made = performance.figures(store, 1, clock.at)
    assert made.appeals == Rate(1, 2)
    assert made.to_decision.count == 3  # what takes the place of another is no first decision


def test_a_decision_that_was_taken_back_is_none(store, platform, clock):
    made = store.decisions.make(dismissal(platform.item()), user="ann", actor="a", undo_s=60)
    store.decisions.undo(made.id, user="ann", actor="a")
    figures = performance.figures(store, 1, clock.at)
    assert (figures.days[0].day.day, figures.days[0].decisions) == (4, 0)
    assert figures.to_decision.count == figures.unseen.whole == 0


def test_who_read_only_words_has_seen_nothing(store, platform, clock):
    for number, views in enumerate(((View.METADATA,), (View.TRANSCRIPT,), (View.METADATA, View.STILLS))):
        new = replace(dismissal(platform.item(post=str(number))), views=views)
        store.decisions.make(new, user="ann", actor="a")
    assert performance.figures(store, 1, clock.at).unseen == Rate(2, 3)


def test_the_latest_are_counted_where_there_are_too_many(store, platform, clock):
    for number in range(3):
        clock.at += timedelta(seconds=1)
        store.decisions.make(dismissal(platform.item(post=str(number))), user="ann", actor="a")
    made = store.performance.decisions(NOON, clock.at + timedelta(seconds=1), limit=2)
    assert [one.number for one in made.decided] == [3, 2]
    assert not made.complete


def test_what_was_saved_is_asked_of_who_measures_it(store):
    asked = []

    def saved(since, until):
        asked.append((since, until))
        return 12.5

    assert performance.figures(store, 2, NOON, saved).saved_s == 12.5
    assert asked == [(datetime(2026, 3, 3, tzinfo=UTC), NOON)]
