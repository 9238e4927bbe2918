"""What every database does with checks: written together, found again, forgotten, held where they flood."""

from __future__ import annotations

import dataclasses
from datetime import timedelta

import pytest

from seawall import errors
from seawall.model.hold import Rule, State
from seawall.model.match import Match, Recommendation
from seawall.model.seen import Context, How
from seawall.store.recording import NewCheck, NewFinding

KEEP = timedelta(days=90)
RULE = Rule(window_h=1, floor=4, factor=3, baseline_h=48)


@pytest.fixture
def known(store, make):
    """A reference in a bank."""
    store.create_bank("KNOWN")
    return store.add_reference("KNOWN", make.listed("known")).id


def found(reference):
    return Match(reference, 0.9, Recommendation.STRONG, 1.0, 1.0, {"image": 0.9}, ())


def check(name, *references, signals=b"signals"):
    matches = tuple(("KNOWN", found(one)) for one in references)
    key = f"{name:0>64}"
    context = Context(post=f"{name}\0\udcff")
    return NewCheck(key, key, f"{name:0>32}", "image", 1.5, signals, matches, "site/key", context)


def test_checks_are_written_together_and_read_back(store, known):
    made = store.seen.record_all([check("a", known), check("b"), check("a")], KEEP, RULE)
    for one in made:
        again = store.seen.check(one.checked.id)
        assert (again.checked.sha256, again.checked.at) == (one.checked.sha256, one.checked.at)
        assert [match.id for match in again.matches] == [match.id for match in one.matches]
    assert store.seen.check(made[1].checked.id).checked.context.post == "b\\x00\\udcff"
    assert [one.signals for one in store.seen.kept_after(0, 10)] == [b"signals", b"signals"]
    assert len(store.seen.with_digests([f"{'a':0>64}"], [f"{'b':0>32}"])) == 2
    (task,) = store.tasks.waiting(10)
    assert task.payload == {"matches": [made[0].matches[0].id]}


def test_each_of_many_contents_stays_itself(store):
    """More than one question to the database can name, some known and some twice."""
    known = store.seen.record_all([check(str(at)) for at in range(0, 1300, 3)], KEEP, RULE)
    names = [f"{at % 1100:0>64}" for at in range(1300)]
    made = store.seen.record_all([check(str(at % 1100)) for at in range(1300)], KEEP, RULE)
    assert [one.checked.sha256 for one in made] == names
    for one, name in list(zip(made, names, strict=True))[::61]:
        assert store.seen.check(one.checked.id).checked.sha256 == name
    kept = store.seen.kept_after(0, 2000)
    assert len(kept) == len({one.sha256 for one in kept}) == len({*names} | {k.checked.sha256 for k in known})


def test_a_failed_batch_leaves_nothing(store, known):
    with pytest.raises(TypeError):
        store.seen.record_all([check("a", known), check("b", signals="no bytes")], KEEP, RULE)
    assert store.seen.kept_after(0, 10) == []
    assert store.seen.matches() == []
    assert store.tasks.waiting(10) == []


def test_a_file_tells_more_than_its_hashes(store):
    bare = dataclasses.replace(check("a", signals=b"hash"), md5=None, kind=None, duration_s=None)
    store.seen.record_all([bare], KEEP, RULE)
    (made,) = store.seen.record_all([check("a", signals=b"all of its signals")], KEEP, RULE)
    store.seen.record_all([bare], KEEP, RULE)
    (only,) = store.seen.kept_after(0, 10)
    assert (only.number, only.signals, only.duration_s) == (2, b"all of its signals", 1.5)
    assert store.seen.check(made.checked.id).checked.kind == "image"
    assert len(store.seen.with_digests([], [f"{'a':0>32}"])) == 1


def test_later_findings_and_pairs(store, known):
    store.seen.record_all([check("a"), check("b", known)], KEEP, RULE)
    numbers = [one.seen_number for one in store.seen.kept_after(0, 10)]
    news = [NewFinding(number, "KNOWN", found(known)) for number in numbers]
    (late,) = store.seen.record_later(news, RULE)
    assert late.how is How.RETRO
    assert store.seen.found_pairs([known, "other"]) == {(number, known) for number in numbers}
    listed = store.seen.matches(bank="KNOWN", reference=known)
    assert [one.how for _, one in listed] == [How.RETRO, How.CHECK]
    assert store.seen.matches(before=listed[0][0], limit=1)[0][1].how is How.CHECK
    assert len(store.seen.matches_since(late.at)) == 1


def test_what_is_old_is_forgotten(store, known):
    store.seen.record_all([check("a"), check("b", known)], timedelta(0), RULE)
    store.seen.record_all([check("c")], KEEP, RULE)
    assert store.seen.forget_expired(1) == 1
    assert store.seen.forget_expired(10) == 1
    assert store.seen.kept_numbers() == [3]
    ((_, match),) = store.seen.matches()
    later = match.at + timedelta(days=1)
    assert store.seen.forget_checks(later, 10) == 2
    assert store.seen.check(match.checked.id).matches
    assert [one.sha256 for one in store.seen.kept([3])] == [f"{'c':0>64}"]


def test_a_flood_is_held_and_released(store, known):
    made = store.seen.record_all([check(str(at), known) for at in range(4)], KEEP, RULE)
    assert all(one.matches[0].held for one in made)
    assert store.seen.held([known]) == {known}
    released = store.holds.release(known, "ada", "looked at")
    assert (released.state, released.counts.contents) == (State.RELEASED, 4)
    assert store.seen.matches(held=True) == []
    with pytest.raises(errors.RecordConflict):
        store.holds.release(known, "ada", "again")


def test_a_new_reference_asks_for_a_search_once_anything_was_seen(store, known, make):
    kinds = [task.kind for task in store.tasks.waiting(10)]
    assert kinds == []
    store.seen.record_all([check("a")], KEEP, RULE)
    added = store.add_references("KNOWN", [make.listed("x"), make.listed("x"), make.file("y")])
    (task,) = store.tasks.waiting(10)
    assert task.payload == {"references": list(dict.fromkeys(one.id for one in added))}
    assert store.numbers([added[0].id, "none"]) == {added[0].id: added[0].seq}
