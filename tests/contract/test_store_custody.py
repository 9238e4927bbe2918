"""The custody log on both databases: no event is lost or changed unseen, and erasing leaves the proofs."""

from __future__ import annotations

import threading

import pytest
from sqlalchemy import delete, insert, select, update

from seawall import errors, merkle
from seawall.model.custody import CustodyType, NewCustody, Outcome
from seawall.store.custody import CustodyFilter
from seawall.store.schema_custody import custody_event, custody_field, custody_node

ONE, TWO = "1" * 64, "2" * 64


@pytest.fixture
def store(open_store):
    return open_store()


def done(number, object_=ONE):
    detail = {"number": number, "words": "ä" * (number % 5)}
    return NewCustody(CustodyType.FIXITY, f"user-{number}", "seawall 1", object_, Outcome.SUCCESS, detail)


def fill(store, count, size=7):
    made = []
    for start in range(0, count, size):
        made += store.custody.add([done(number) for number in range(start, min(count, start + size))])
    return made


def test_events_come_back_as_they_went_in_and_in_order(store):
    made = fill(store, 40)
    assert [one.index for one in made] == list(range(40))
    assert store.custody.events(limit=100) == made
    assert store.custody.events(after=9, limit=5) == made[10:15]
    assert store.custody.event(made[3].id) == made[3]
    assert made[3].says("detail") == {"number": 3, "words": "äää"}
    assert store.custody.events(CustodyFilter(object=TWO)) == []
    assert len(store.custody.events(CustodyFilter(type=CustodyType.FIXITY, since=made[30].at))) == 10
    with pytest.raises(errors.RecordNotFound):
        store.custody.event("nothing")


def test_every_event_is_proven_in_every_tree_that_holds_it(store):
    made = fill(store, 75)
    roots = {size: store.custody.root(size)[1] for size in range(76)}
    assert roots[0] == merkle.EMPTY
    for index in (0, 1, 15, 16, 17, 63, 64, 74):
        leaf = merkle.leaf_hash(made[index].entry())
        for size in (index + 1, 70, 75):
            if size > index:
                _, proof = store.custody.inclusion(index, size)
                assert merkle.proves_inclusion(leaf, index, size, proof, roots[size])
    for first in (1, 2, 15, 16, 63, 64, 75):
        size, proof = store.custody.consistency(first)
        assert merkle.proves_consistency(first, size, roots[first], roots[75], proof)
    assert list(store.custody.faults()) == []
    for asked in (lambda: store.custody.inclusion(75), lambda: store.custody.root(76)):
        with pytest.raises(errors.RecordNotFound):
            asked()


def test_what_is_erased_says_nothing_and_leaves_the_proofs(store):
    made = fill(store, 20)
    other = store.custody.add([done(99, TWO)])[0]
    size, root = store.custody.root()
    with store._database.write() as connection:
        assert store.custody.erase(connection, ONE) == 20
    found = store.custody.event(made[4].id)
    assert found.is_erased
    assert found.entry() == made[4].entry()
    with pytest.raises(KeyError):
        found.says("agent")
    assert store.custody.root() == (size, root)
    _, proof = store.custody.inclusion(4)
    assert merkle.proves_inclusion(merkle.leaf_hash(found.entry()), 4, size, proof, root)
    assert not store.custody.event(other.id).is_erased
    assert list(store.custody.faults()) == []
    with store._database.read() as connection:
        kept = repr(connection.execute(select(custody_event)).all()) + repr(
            connection.execute(select(custody_field)).all()
        )
    assert "user-4" not in kept


def test_a_transaction_that_fails_leaves_no_gap(store):
    fill(store, 5)

    def fail():
        with store._database.write() as connection:
            store.custody.join(connection, [done(5)])
            raise RuntimeError

    with pytest.raises(RuntimeError):
        fail()
    assert [one.index for one in fill(store, 3)] == [5, 6, 7]
    assert list(store.custody.faults()) == []


def test_many_add_at_once(open_as):
    stores = [open_as() for _ in range(4)]
    stores[0].custody.add([done(0)])
    threads = [threading.Thread(target=fill, args=(one, 24, 3)) for one in stores]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert stores[0].custody.size() == 4 * 24 + 1
    assert list(stores[1].custody.faults()) == []


TAMPERING = {
    "a changed field": lambda c: c.execute(
        update(custody_field).where(custody_field.c.number == 7).values(opened='{"agent": ["00", "eve"]}')
    ),
    "a changed time": lambda c: c.execute(
        update(custody_event).where(custody_event.c.number == 7).values(type=CustodyType.EXPORT.value)
    ),
    "a lost event": lambda c: (
        c.execute(delete(custody_field).where(custody_field.c.number == 7)),
        c.execute(delete(custody_event).where(custody_event.c.number == 7)),
    ),
    "a cut end": lambda c: (
        c.execute(delete(custody_field).where(custody_field.c.number > 38)),
        c.execute(delete(custody_event).where(custody_event.c.number > 38)),
    ),
    "a changed leaf": lambda c: c.execute(
        update(custody_event).where(custody_event.c.number == 7).values(leaf=bytes(32))
    ),
    "a changed subtree": lambda c: c.execute(
        update(custody_node).where(custody_node.c.position == 1).values(hash=bytes(32))
    ),
}


@pytest.mark.parametrize("how", TAMPERING)
def test_what_is_changed_behind_the_log_is_found(store, how):
    fill(store, 40)
    with store._database.write() as connection:
        TAMPERING[how](connection)
    assert list(store.custody.faults())


def test_events_that_changed_places_are_found(store):
    fill(store, 40)
    with store._database.write() as connection:
        rows = {
            n: connection.execute(select(custody_event).where(custody_event.c.number == n)).one()
            for n in (7, 8)
        }
        fields = {
            n: connection.execute(select(custody_field).where(custody_field.c.number == n)).one()
            for n in (7, 8)
        }
        for table in (custody_field, custody_event):
            connection.execute(delete(table).where(table.c.number.in_([7, 8])))
        for here, there in ((7, 8), (8, 7)):
            connection.execute(insert(custody_event).values({**rows[there]._mapping, "number": here}))
            connection.execute(insert(custody_field).values({**fields[there]._mapping, "number": here}))
    assert list(store.custody.faults())
