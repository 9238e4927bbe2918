"""What every store promises of policies, signatures and verifications."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import pytest

from seawall import errors
from seawall.model.access import Role
from seawall.model.bank import ReferenceState
from seawall.model.policy import Rule, Rulebook, State, Step, When
from seawall.model.trial import Counted, DryRun

BOOK = Rulebook((Rule("all", Step.ACT, When(score=0.5)), Rule("rest", Step.HOLD)), four_eyes=())


@pytest.fixture
def ann(store):
    return store.access.create_user("ann", Role.ADMIN)


@pytest.fixture
def draft(store):
    store.create_bank("K")
    return store.policies.create("K", BOOK, author="ann", note="first")


def tried(store, made, at=None):
    """A dry run of a version, made now or at a time."""
    run = DryRun(
        made.bank, made.version, at or store._now(), "ann", 7.0, 1, True, (Counted("act", 1),), (), (), 0, ()
    )
    store.policies.keep_dry_run(run)
    return run


def live(store, made):
    tried(store, made)
    return store.policies.make_live(made.bank, made.version, actor="ann", reason="good")


def test_each_change_is_a_new_version_and_what_it_says_stays(store, open_store, draft):
    second = store.policies.create("K", replace(BOOK, exempt=()), author="bob", note="second")
    assert (draft.version, second.version, second.state) == (1, 2, State.DRAFT)
    other = open_store()
    assert other.policies.versions("K") == [second, draft]
    assert other.policies.versions("K", before=2, limit=1) == [draft]
    assert other.policies.get("K", 1).book == BOOK
    assert [(one.state, one.actor, one.reason) for one in other.policies.events("K", 2)] == [
        (State.DRAFT, "bob", "second")
    ]


def test_one_version_of_a_bank_is_in_force_and_the_one_before_is_retired(store, draft):
    assert store.policies.in_force() == {}
    live(store, draft)
    assert store.policies.in_force()["K"].version == 1
    second = live(store, store.policies.create("K", BOOK, author="ann", note="n"))
    assert (second.state, store.policies.get("K", 1).state) == (State.LIVE, State.RETIRED)
    assert store.policies.live() == [second]
    assert store.policies.live(after="K") == []
    store.policies.retire("K", 2, actor="ann", reason="over")
    assert store.policies.in_force() == {}
    assert [one.state for one in store.policies.events("K", 2)] == [State.DRAFT, State.LIVE, State.RETIRED]


def test_what_is_no_draft_is_not_signed_or_made_live_again(store, draft, ann):
    live(store, draft)
    with pytest.raises(errors.RecordConflict, match="signed"):
        store.policies.sign("K", 1, "all", user=ann, statement="s")
    with pytest.raises(errors.RecordConflict, match="live"):
        store.policies.make_live("K", 1, actor="ann", reason="r")
    store.policies.retire("K", 1, actor="ann", reason="over")
    for again in (
        lambda: store.policies.make_live("K", 1, actor="ann", reason="r", without_dry_run="w"),
        lambda: store.policies.retire("K", 1, actor="ann", reason="over"),
    ):
        with pytest.raises(errors.RecordConflict, match="retired"):
            again()


def test_without_a_dry_run_of_that_very_version_it_takes_a_reason(store, draft):
    second = store.policies.create("K", BOOK, author="ann", note="n")
    tried(store, second)
    with pytest.raises(errors.NoDryRun, match="within a day"):
        store.policies.make_live("K", 1, actor="ann", reason="r")
    assert store.policies.get("K", 1).state is State.DRAFT
    store.policies.make_live("K", 1, actor="ann", reason="r", without_dry_run="an attack is on")
    assert store.policies.events("K", 1)[-1].without_dry_run == "an attack is on"


def test_a_dry_run_speaks_for_a_day_and_not_for_later_signatures(store, draft, ann):
    tried(store, draft, store._now() - timedelta(hours=24, seconds=1))
    with pytest.raises(errors.NoDryRun, match="within a day"):
        store.policies.make_live("K", 1, actor="ann", reason="r")
    tried(store, draft, store._now() + timedelta(hours=1))
    with pytest.raises(errors.NoDryRun, match="within a day"):
        store.policies.make_live("K", 1, actor="ann", reason="r")
    second = store.policies.create("K", BOOK, author="ann", note="n")
    first = tried(store, second)
    store.policies.sign("K", 2, "all", user=ann, statement="s")
    with pytest.raises(errors.NoDryRun, match="signed after"):
        store.policies.make_live("K", 2, actor="ann", reason="r")
    again = tried(store, second)
    assert store.policies.dry_runs("K", 2) == [again, first]
    assert store.policies.make_live("K", 2, actor="ann", reason="r").state is State.LIVE


def test_a_signature_holds_for_the_rule_and_what_stands_before_it(store, draft, ann):
    signed = store.policies.sign("K", 1, "all", user=ann, statement="I answer for it")
    assert (signed.user, signed.name, signed.statement) == (ann.id, "ann", "I answer for it")
    assert store.policies.sign("K", 1, "all", user=ann, statement="again") == signed
    same = store.policies.create("K", replace(BOOK, rules=BOOK.rules[:1]), author="ann", note="n")
    assert store.policies.signatures("K", same.version) == [signed]
    for changed in (
        replace(BOOK, exempt=()),
        replace(BOOK, rules=(Rule("first", Step.HOLD), *BOOK.rules)),
        replace(BOOK, rules=(replace(BOOK.rules[0], when=When(score=0.4)),)),
    ):
        made = store.policies.create("K", changed, author="ann", note="n")
        assert store.policies.signatures("K", made.version) == []
    live(store, same)
    assert store.policies.in_force()["K"].signed == {"all"}


def test_a_bank_made_again_under_the_name_has_no_policy_and_no_signature(store, draft, ann):
    store.policies.sign("K", 1, "all", user=ann, statement="s")
    live(store, draft)
    store.remove_bank("K", "ann", "gone")
    assert store.policies.in_force() == {}
    store.create_bank("K")
    assert store.policies.in_force() == {}
    made = store.policies.create("K", BOOK, author="ann", note="n")
    assert store.policies.signatures("K", made.version) == []
    assert store.policies.sign("K", made.version, "all", user=ann, statement="s") is not None


def test_what_is_not_there_is_named(store, draft, ann):
    for ask in (
        lambda: store.policies.create("no", BOOK, author="a", note="n"),
        lambda: store.policies.versions("no"),
    ):
        with pytest.raises(errors.BankNotFound):
            ask()
    for ask in (
        lambda: store.policies.get("K", 2),
        lambda: store.policies.events("K", 2),
        lambda: store.policies.signatures("K", 2),
        lambda: store.policies.dry_runs("K", 2),
        lambda: store.policies.sign("K", 2, "all", user=ann, statement="s"),
        lambda: store.policies.sign("K", 1, "no", user=ann, statement="s"),
        lambda: store.policies.make_live("K", 2, actor="a", reason="r"),
        lambda: store.policies.retire("K", 2, actor="a", reason="r"),
    ):
        with pytest.raises(errors.RecordNotFound):
            ask()


def test_a_verification_is_kept_with_who_and_why(store, open_store, make, ann):
    store.create_bank("K")
    one, two = (added.id for added in store.add_references("K", [make.file("1"), make.listed("2")]))
    assert store.verifications.verified([one, two]) == frozenset()
    said = store.verifications.put(one, user=ann, grounds="seen it")
    assert (said.user, said.name, said.grounds) == (ann.id, "ann", "seen it")
    other = open_store()
    assert other.verifications.of(one) == [said]
    assert other.verifications.verified([one, two, "gone"]) == {one}
    facts = other.verifications.facts([one, two, "gone"])
    assert {key: fact.verified for key, fact in facts.items()} == {one: True, two: False}
    assert facts[one].reference == other.reference(one)
    with pytest.raises(errors.ReferenceNotFound):
        store.verifications.put("gone", user=ann, grounds="g")


def test_a_withdrawal_ends_what_was_said_before_and_a_dispute_does_not(store, make, ann):
    store.create_bank("K")
    added = store.add_reference("K", make.file("1"))
    store.verifications.put(added.id, user=ann, grounds="seen it")
    store.set_state(added.id, ReferenceState.DISPUTED, "bob", "is it?")
    store.set_state(added.id, ReferenceState.ACTIVE, "bob", "it is")
    assert store.verifications.verified([added.id])
    store.set_state(added.id, ReferenceState.WITHDRAWN, "bob", "it is not")
    assert store.add_reference("K", make.file("1")).id == added.id
    assert store.reference(added.id).state is ReferenceState.ACTIVE
    assert not store.verifications.verified([added.id])
    store.verifications.put(added.id, user=ann, grounds="seen it again")
    assert store.verifications.verified([added.id])
