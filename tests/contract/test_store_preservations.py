"""What is kept before it is taken away, on both databases: held as long as it must be, then gone for good."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st
from sqlalchemy import select

from seawall import errors
from seawall.model.custody import CustodyType, NewCustody
from seawall.model.preservation import Basis, PreservationState, Purpose, months_after
from seawall.model.provenance import Extracted, Found, Provenance
from seawall.model.seen import Context
from seawall.store.custody import CustodyFilter
from seawall.store.preservations import By, NewPreservation
from seawall.store.schema_preservation import preservation_key

ONE = "1" * 64
BY = By("ann", "seawall 1")
NEW = NewPreservation(
    ONE,
    5,
    "video",
    "e" * 64,
    "sealed",
    Basis.REMOVED_TERRORIST_CONTENT,
    None,
    Context("u", "p", "https://e.example/"),
)


class Hand:
    """A clock that is set by hand."""

    def __init__(self):
        self.at = datetime(2026, 8, 31, 12, tzinfo=UTC)

    def __call__(self):
        return self.at


@pytest.fixture
def clock():
    return Hand()


@pytest.fixture
def gone():
    """The objects that were deleted."""
    return []


@pytest.fixture
def store(open_as, clock):
    return open_as(now=clock)


def preserved(store, new=NEW):
    return store.preservations.add(
        new, BY, [NewCustody(CustodyType.INGESTION, "ann", "seawall 1", new.sha256)]
    )


def taken_away(store, *ids):
    with store._database.write() as connection:
        store.preservations.removed(connection, ids, BY)


def test_what_an_original_says_is_there_once_and_goes_with_the_last_record(store, clock, gone):
    said = Provenance(Found.PRESENT, clock.at, "reader 1", "valid", ("code",), None, "d" * 64, None)
    first = preserved(store, replace(NEW, extracted=Extracted(said, '{"a":"\u00fc"}')))
    other = Extracted(replace(said, validation="invalid"), None)
    second = preserved(store, replace(NEW, basis=Basis.AUTHORITY, reference="1", extracted=other))
    assert (first.provenance, second.provenance) == (said, said), "the first reading stands"
    assert preserved(store, NEW).provenance == said
    for one, store_text in ((first, '{"a":"\u00fc"}'), (second, None)):
        taken_away(store, one.id)
        clock.at = store.preservations.get(one.id).expires_at
        store.preservations.erase(one.id, BY, gone.append)
        assert store.preservations.get(one.id).provenance is None
        assert store.preservations.store_of(ONE) == store_text
    assert preserved(store).provenance is None


def test_what_is_kept_is_on_record_with_its_steps(store):
    made = preserved(store)
    assert store.preservations.get(made.id) == made
    assert store.preservations.of(ONE) == [made]
    assert (made.state, made.removed_at, made.expires_at) == (PreservationState.KEPT, None, None)
    assert [one.type for one in store.custody.events(CustodyFilter(object=ONE))] == [
        CustodyType.INGESTION,
        CustodyType.POLICY,
    ]


def test_the_same_is_kept_once(store):
    made = preserved(store)
    size = store.custody.size()
    assert preserved(store, replace(NEW, locked_sha256="d" * 64, sealed_key="other")) == made
    assert store.custody.size() == size
    assert store.preservations.sealed_key(made.id) == "sealed"
    assert preserved(store, replace(NEW, basis=Basis.AUTHORITY, reference="AZ 1")).id != made.id


def test_its_time_runs_from_the_removal_and_then_it_goes_for_good(store, clock, gone):
    made = preserved(store)
    clock.at += timedelta(days=400)
    with pytest.raises(errors.RecordConflict):
        store.preservations.erase(made.id, BY, gone.append)
    clock.at = datetime(2026, 8, 31, 12, tzinfo=UTC)
    taken_away(store, made.id)
    taken_away(store, made.id)
    assert store.preservations.get(made.id).expires_at == datetime(2027, 2, 28, 12, tzinfo=UTC)
    clock.at = datetime(2027, 2, 28, 11, 59, tzinfo=UTC)
    with pytest.raises(errors.RecordConflict):
        store.preservations.erase(made.id, BY, gone.append)
    clock.at = datetime(2027, 2, 28, 12, tzinfo=UTC)
    before = store.custody.root()
    store.preservations.erase(made.id, BY, gone.append)
    assert gone == ["e" * 64]
    known = store.preservations.get(made.id)
    assert (known.state, known.locked_sha256, known.related) == (PreservationState.ERASED, None, None)
    with store._database.read() as connection:
        assert connection.execute(select(preservation_key)).all() == []
    assert store.custody.events(CustodyFilter(object=ONE)) == []
    assert store.custody.root(before[0]) == before
    assert list(store.custody.faults()) == []
    for again in (store.preservations.erase, lambda one, *_: store.preservations.sealed_key(one)):
        with pytest.raises(errors.RecordConflict):
            again(made.id, BY, gone.append)


def test_a_hold_keeps_it_until_it_ends_or_is_lifted(store, clock, gone):
    made = preserved(store)
    taken_away(store, made.id)
    clock.at += timedelta(days=200)
    held = store.preservations.hold(made.id, "Court of North", "12 K 3", clock.at + timedelta(days=30), BY)
    with pytest.raises(errors.RecordConflict):
        store.preservations.erase(made.id, BY, gone.append)
    store.preservations.lift(made.id, held.holds[0].id, "the proceedings ended", BY)
    with pytest.raises(errors.RecordNotFound):
        store.preservations.lift(made.id, held.holds[0].id, "again", BY)
    store.preservations.hold(made.id, "Court of South", "1 A", clock.at + timedelta(days=30), BY)
    clock.at += timedelta(days=30)
    store.preservations.erase(made.id, BY, gone.append)
    assert gone == ["e" * 64]
    with pytest.raises(errors.RecordConflict):
        store.preservations.hold(made.id, "Court", "2", clock.at + timedelta(days=30), BY)


def test_every_reading_is_on_record_and_in_the_log(store):
    made = preserved(store)
    assert store.preservations.read(made.id, "ann", Purpose.REVIEW, "complaint 3", BY) == "sealed"
    (reading,) = store.preservations.get(made.id).readings
    assert (reading.user, reading.purpose, reading.reason) == ("ann", Purpose.REVIEW, "complaint 3")
    assert len(store.custody.events(CustodyFilter(type=CustodyType.DECRYPTION))) == 1


def test_what_another_record_needs_stays_readable(store, clock, gone):
    first = preserved(store)
    other = replace(NEW, basis=Basis.AUTHORITY, reference="AZ 1", locked_sha256="d" * 64, sealed_key="new")
    second = preserved(store, other)
    assert (second.locked_sha256, store.preservations.sealed_key(second.id)) == ("e" * 64, "sealed")
    taken_away(store, first.id, second.id)
    clock.at += timedelta(days=300)
    store.preservations.erase(first.id, BY, gone.append)
    assert gone == []
    assert store.custody.events(CustodyFilter(object=ONE))
    assert store.preservations.sealed_key(second.id) == "sealed"
    assert [one.id for _, one in store.preservations.expired()] == [second.id]
    store.preservations.erase(second.id, BY, gone.append)
    assert gone == ["e" * 64]
    assert store.custody.events(CustodyFilter(object=ONE)) == []


def test_what_cannot_be_deleted_keeps_its_key_and_is_tried_again(store, clock):
    made = preserved(store)
    taken_away(store, made.id)
    clock.at += timedelta(days=300)

    def fail(_):
        raise errors.WriteFailed(path="there", reason="it is busy")

    with pytest.raises(errors.WriteFailed):
        store.preservations.erase(made.id, BY, fail)
    assert store.preservations.sealed_key(made.id) == "sealed"
    assert [one.id for _, one in store.preservations.expired()] == [made.id]


def test_there_is_nothing_to_share_once_it_is_erased(store):
    with pytest.raises(errors.RecordConflict):
        preserved(store, replace(NEW, locked_sha256=None, sealed_key=None))


def test_nothing_is_taken_away_that_is_not_kept(store):
    with pytest.raises(errors.RecordNotFound):
        taken_away(store, "nothing")


@given(st.integers(0, 4000 * 24), st.integers(0, 30))
def test_months_end_on_the_same_day_or_the_last(hours, months):
    at = datetime(2020, 1, 1, tzinfo=UTC) + timedelta(hours=hours)
    end = months_after(at, months)
    assert (end.year * 12 + end.month) - (at.year * 12 + at.month) == months
    assert end.day == at.day or (end + timedelta(days=1)).day == 1
    assert end.timetz() == at.timetz()
