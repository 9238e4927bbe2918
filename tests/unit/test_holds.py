"""A reference that suddenly matches far more than its kind does waits for a person."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from sqlalchemy import select

from seawall import errors
from seawall.model.hold import Counts, Rule, State
from seawall.model.match import Match, Recommendation
from seawall.model.seen import Context
from seawall.model.signal import Signal, SignalType
from seawall.store import NewReference, Store
from seawall.store.recording import NewCheck, NewFinding
from seawall.store.schema_jobs import event
from seawall.workflows.tasks import Kind as Task

KEEP = timedelta(days=90)
RULE = Rule(window_h=2, floor=6, factor=3, baseline_h=48)


class Clock:
    def __init__(self):
        self.at = datetime(2026, 3, 4, 6, 0, 0, tzinfo=UTC)

    def __call__(self):
        return self.at


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(tmp_path, clock):
    with Store.open(tmp_path, now=clock) as opened:
        opened.create_bank("KNOWN")
        opened.create_bank("OTHER")
        yield opened


def reference(store, at, bank="KNOWN", kind="image"):
    signal = Signal(SignalType.PDQ, 1, at.to_bytes(32, "big"), 100)
    return store.add_reference(bank, NewReference(None, kind, (signal,), f"{at}", "list.csv")).id


def found(reference):
    return Match(reference, 0.9, Recommendation.STRONG, 1.0, 1.0, {"image": 0.9}, ())


def see(store, reference, *contents, bank="KNOWN", rule=RULE):
    """Check these contents, in each of which the reference is found; the matches."""
    news = []
    for content in contents:
        sha256 = f"{content:0>64}"
        matches = ((bank, found(reference)),)
        news.append(NewCheck(sha256, sha256, None, "image", None, b"x", matches, "key", Context()))
    return [match for one in store.seen.record_all(news, KEEP, rule) for match in one.matches]


def names(start, count):
    return [f"{at:x}" for at in range(start, start + count)]


def held_events(store):
    with store._database.read() as connection:
        rows = connection.execute(select(event).where(event.c.type == "reference.held")).all()
    return [json.loads(row.data) for row in rows]


def test_a_reference_that_floods_is_held_and_an_event_tells_of_it(store):
    flooding = reference(store, 1)
    assert not any(one.held for one in see(store, flooding, *names(0, 5)))
    assert store.seen.held([flooding]) == set()
    (sixth,) = see(store, flooding, "5")
    assert sixth.held
    assert store.seen.match(sixth.id).held
    assert sixth.match.recommendation is Recommendation.STRONG
    assert store.seen.held([flooding, "other"]) == {flooding}
    (after,) = see(store, flooding, "6")
    assert after.held
    told = {"reference": flooding, "bank": "KNOWN", "contents": 6, "limit": 6, "window_h": 2}
    assert held_events(store) == [told]
    ((_, hold),) = store.holds.holds()
    assert hold.state is State.HELD
    assert hold.counts == Counts(contents=6, window_h=2, limit=6, usual=0, others=0)


def test_the_same_content_again_counts_once(store):
    known = reference(store, 1)
    for _ in range(20):
        see(store, known, *names(0, 5))
    assert store.seen.held([known]) == set()


def test_slow_is_no_flood(store, clock):
    known = reference(store, 1)
    for at in range(40):
        see(store, known, f"{at:x}")
        clock.at += timedelta(minutes=30)
    assert store.seen.held([known]) == set()


def test_what_is_usual_for_the_bank_and_kind_is_no_flood(store, clock):
    busy = [reference(store, at) for at in range(10, 20)]
    for number, one in enumerate(busy):
        see(store, one, *names(100 * number, 5), rule=Rule(2, 0, 3, 48))
    known = reference(store, 1)
    clock.at += timedelta(hours=5)
    see(store, known, *names(5000, 14))
    assert store.seen.held([known]) == set()
    see(store, known, "ffff")
    assert store.seen.held([known]) == {known}
    ((_, hold),) = store.holds.holds()
    assert hold.counts == Counts(contents=15, window_h=2, limit=15, usual=5, others=10)


@pytest.mark.parametrize("other", [{"bank": "OTHER"}, {"kind": "video"}])
def test_other_banks_and_kinds_do_not_make_it_usual(store, other):
    for number, at in enumerate(range(10, 20)):
        busy = reference(store, at, **other)
        bank = other.get("bank", "KNOWN")
        see(store, busy, *names(100 * number, 5), bank=bank, rule=Rule(2, 0, 3, 48))
    known = reference(store, 1)
    see(store, known, *names(5000, 6))
    assert store.seen.held([known]) == {known}


def test_one_busy_reference_among_many_does_not_make_it_usual(store):
    for number, at in enumerate(range(10, 40)):
        see(store, reference(store, at), *names(1000 * number, 1 if number else 900), rule=Rule(2, 0, 3, 48))
    known = reference(store, 1)
    see(store, known, *names(50_000, 6))
    assert store.seen.held([known]) == {known}


def test_what_is_past_the_baseline_is_forgotten(store, clock):
    for number, at in enumerate(range(10, 20)):
        see(store, reference(store, at), *names(100 * number, 5), rule=Rule(2, 0, 3, 48))
    clock.at += timedelta(hours=51)
    known = reference(store, 1)
    see(store, known, *names(5000, 6))
    assert store.seen.held([known]) == {known}


def test_a_release_brings_what_waited_to_its_outcome_and_allows_more(store):
    known = reference(store, 1)
    see(store, known, *names(0, 5))
    waiting = [one for at in range(5, 9) for one in see(store, known, f"{at:x}")]
    assert all(one.held for one in waiting)
    store.tasks.handed_on(store.tasks.waiting(1000))
    released = store.holds.release(known, "ada", "a real attack")
    assert (released.state, released.released_by, released.reason) == (State.RELEASED, "ada", "a real attack")
    (task,) = store.tasks.waiting(10)
    assert (task.kind, task.payload) == (Task.OUTCOME, {"matches": [one.id for one in waiting]})
    assert store.seen.matches(held=True) == []
    see(store, known, *names(9, 17))
    assert store.seen.held([known]) == set()
    see(store, known, "fff")
    assert store.seen.held([known]) == {known}
    assert [hold.state for _, hold in store.holds.holds()] == [State.HELD, State.RELEASED]
    assert [hold.counts.contents for _, hold in store.holds.holds(State.HELD)] == [27]


def test_only_what_is_held_is_released(store):
    known = reference(store, 1)
    with pytest.raises(errors.RecordNotFound):
        store.holds.release(known, "ada", "x")
    see(store, known, *names(0, 6))
    store.holds.release(known, "ada", "x")
    with pytest.raises(errors.RecordConflict):
        store.holds.release(known, "ada", "x")


def test_a_retro_match_that_floods_holds_all_of_what_it_found(store):
    known = reference(store, 1)
    news = [
        NewCheck(f"{at:064}", f"{at:064}", None, "image", None, b"x", (), "key", Context()) for at in range(8)
    ]
    store.seen.record_all(news, KEEP, RULE)
    numbers = [one.seen_number for one in store.seen.kept_after(0, 100)]
    recorded = store.seen.record_later([NewFinding(at, "KNOWN", found(known)) for at in numbers], RULE)
    assert len(recorded) == 8
    assert all(one.held for one in recorded)
    assert len(store.seen.matches(held=True)) == 8


def test_the_limit_is_exact_however_the_matches_come(store):
    rule = Rule(window_h=1, floor=200, factor=3, baseline_h=48)
    known = reference(store, 1)
    for start in (0, 1, 10, 60, 150, 190, 198):
        following = {0: 1, 1: 10, 10: 60, 60: 150, 150: 190, 190: 198, 198: 199}[start]
        assert not any(one.held for one in see(store, known, *names(start, following - start), rule=rule))
    (last,) = see(store, known, f"{199:x}", rule=rule)
    assert last.held


def test_a_floor_of_0_holds_nothing(store):
    known = reference(store, 1)
    see(store, known, *names(0, 300), rule=Rule(2, 0, 3, 48))
    assert store.seen.held([known]) == set()
