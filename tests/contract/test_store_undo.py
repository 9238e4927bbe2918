"""What every store promises of the time before a decision goes out, and of those who decide in twos."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from seawall import errors
from seawall.model.bank import ReferenceState
from seawall.model.decision import (
    Basis,
    CaseState,
    Choice,
    Feedback,
    ItemState,
    Origin,
    Purpose,
    Stage,
    Verdict,
)
from seawall.store.decision_rows import DecisionFilter

sys.path.insert(0, str(Path(__file__).parent))
from platforms import Platform, dismissal, removal, restriction


@pytest.fixture
def platform(store, make):
    return Platform(store, make)


@pytest.fixture
def held(store, platform):
    """An item in a case that ann has taken."""
    item = platform.item()
    case = store.cases.open(Basis.CHOSEN, "x", [item.id], actor="a")
    store.cases.take(case.id, user="ann", actor="a", lease_s=1e6)
    platform.told.clear()
    return item, case


def decide(store, new, user="ann", undo_s=60.0):
    return store.decisions.make(new, user=user, actor=f"{user}/k", undo_s=undo_s)


def tasks_of(store, made):
    """Tasks, due or not, that make a decision go out: when each is due, after it was written down."""
    return [
        (job.kind, job.due_at - job.at)
        for job in store.jobs.page(kind="decision")
        if job.id == f"decision-{made.id}"
    ]


class TestUndo:
    def test_nothing_is_told_and_nothing_done_before_it_goes_out_and_then_once(self, store, platform, held):
        item, case = held
        wrong = Feedback(platform.references[0], Verdict.NO_MATCH, dispute=True)
        made = decide(store, restriction(item, feedback=(wrong,)))
        assert (made.stage, made.out_at, made.stands_for) == (
            Stage.DUE,
            made.at + timedelta(seconds=60),
            (),
        )
        assert tasks_of(store, made) == [("decision", timedelta(seconds=60))]
        assert (store.items.get(item.id).state, store.cases.get(case.id).state, platform.told) == (
            ItemState.OPEN,
            CaseState.DUE,
            [],
        )
        assert store.reference(platform.references[0]).state is ReferenceState.ACTIVE
        with pytest.raises(errors.RecordConflict, match="about to go out"):
            decide(store, dismissal(item))
        assert [store.decisions.go_out(made.id), store.decisions.go_out(made.id)] == [True, False]
        known = store.decisions.get(made.id)
        assert (known.stage, known.stands_for, platform.kinds()) == (
            Stage.OUT,
            (item.id,),
            ["decision.made"],
        )
        assert store.reference(platform.references[0]).state is ReferenceState.DISPUTED
        done = store.cases.get(case.id)
        assert (done.state, done.assigned_to) == (CaseState.DECIDED, None)
        assert [event.what for event in done.events] == ["opened", "assigned", "ruled", "decided"]

    def test_an_undone_one_stays_on_record_and_never_goes_out(self, store, platform, held):
        item, case = held
        first = decide(store, restriction(item))
        with pytest.raises(errors.NotTheirOwn):
            store.decisions.undo(first.id, user="bob", actor="b")
        undone = store.decisions.undo(first.id, user="ann", actor="ann/k")
        assert (undone.stage, undone.out_at, undone.ruling) == (Stage.UNDONE, None, first.ruling)
        assert undone.undone_at is not None
        again = store.cases.get(case.id)
        assert (again.state, again.assigned_to) == (CaseState.ASSIGNED, "ann")
        assert store.decisions.go_out(first.id) is False
        with pytest.raises(errors.RecordConflict):
            store.decisions.undo(first.id, user="ann", actor="ann/k")
        second = decide(store, dismissal(item))
        assert store.decisions.go_out(second.id)
        with pytest.raises(errors.RecordConflict):
            store.decisions.undo(second.id, user="ann", actor="ann/k")
        assert [payload["decision"] for _, payload in platform.told] == [second.id]
        assert [one.id for _, one in store.decisions.page(DecisionFilter(item=item.id))] == [
            first.id,
            second.id,
        ]
        assert store.items.get(item.id).decision == second.id

    def test_one_that_fails_as_it_goes_out_has_done_nothing_and_goes_out_later(self, store, platform, held):
        item, case = held
        made, tells = decide(store, restriction(item)), store.decisions._raise

        def fails(connection, kind, payload):
            raise RuntimeError

        store.decisions._raise = fails
        with pytest.raises(RuntimeError):
            store.decisions.go_out(made.id)
        assert (store.decisions.get(made.id).stage, store.items.get(item.id).decision) == (Stage.DUE, None)
        assert store.cases.get(case.id).state is CaseState.DUE
        store.decisions._raise = tells
        assert store.decisions.go_out(made.id)
        assert platform.kinds() == ["decision.made"]

    def test_what_a_reversal_would_replace_stands_until_it_goes_out(self, store, platform, held):
        item, case = held
        first = decide(store, restriction(item), undo_s=0)
        store.cases.close(case.id, actor="a", reason="r")
        back = replace(dismissal(item), choice=Choice.RESTORE, reverses=first.id, reason="news")
        undone = decide(store, back)
        assert store.items.get(item.id).decision == first.id
        assert store.decisions.get(first.id).reversed_by == ()
        assert store.cases.get(case.id).state is CaseState.DUE
        store.decisions.undo(undone.id, user="ann", actor="ann/k")
        assert store.cases.get(case.id).state is CaseState.CLOSED
        store.cases.appeal(case.id, actor="a", reason="it is news")
        second = decide(store, back, user="bob")
        store.decisions.undo(second.id, user="bob", actor="b")
        assert store.cases.get(case.id).state is CaseState.APPEALED
        third = decide(store, back, user="bob")
        assert store.decisions.go_out(third.id)
        assert store.decisions.get(first.id).reversed_by == (third.id,)

    def test_a_case_is_only_due_when_nothing_else_waits_in_it(self, store, platform):
        one, two = platform.item(), platform.item(post="other")
        case = store.cases.open(Basis.CHOSEN, "x", [one.id, two.id], actor="a")
        first = decide(store, restriction(one))
        assert store.cases.get(case.id).state is CaseState.OPEN
        decide(store, restriction(two))
        assert store.cases.get(case.id).state is CaseState.DUE
        assert store.decisions.go_out(first.id)
        assert store.cases.get(case.id).state is CaseState.DUE

    def test_a_reference_that_came_since_opens_the_item_again(self, store, platform, held):
        item, case = held
        made = decide(store, dismissal(item))
        assert platform.item(reference=1).state is ItemState.OPEN
        platform.told.clear()
        assert store.decisions.go_out(made.id)
        known = store.items.get(item.id)
        assert (known.state, known.decision) == (ItemState.REOPENED, made.id)
        assert store.cases.get(case.id).state is CaseState.ASSIGNED
        assert platform.told[1:] == [
            ("item.opened", {"item": item.id, "match": "m2", "why": "rule 'rest'", "again": True})
        ]


class TestInTwos:
    @pytest.fixture
    def grave(self, store, platform):
        store.change_labels(platform.references[0], add=["Graphic"])
        return platform.item(labels=("child",))

    def test_graphic_content_with_children_is_decided_by_two_whatever_is_chosen(self, store, grave, platform):
        for new in (dismissal(grave), restriction(grave)):
            made = decide(store, new)
            assert (made.needs_second, made.stage, made.out_at) == (True, Stage.SECOND, None)
            assert tasks_of(store, made) == []
            store.decisions.undo(made.id, user="ann", actor="ann/k")
        ordered = removal(grave, origin=Origin.ORDER, notice="o-1")
        assert decide(store, ordered).stage is Stage.DUE
        half = platform.item(post="p", reference=1, labels=("child",))
        assert decide(store, restriction(half)).stage is Stage.DUE

    def test_it_goes_out_once_the_second_chose_the_same_and_the_time_is_over(self, store, grave, platform):
        case = store.cases.open(Basis.CHOSEN, "x", [grave.id], actor="a")
        store.cases.take(case.id, user="ann", actor="a", lease_s=1e6)
        made = decide(store, restriction(grave))
        waiting = store.cases.get(case.id)
        assert (waiting.state, waiting.assigned_to) == (CaseState.SECOND, None)
        with pytest.raises(errors.SecondPerson):
            store.cases.take(case.id, user="ann", actor="a", lease_s=60)
        store.cases.take(case.id, user="bob", actor="b", lease_s=1e6)
        with pytest.raises(errors.RecordConflict, match="bob"):
            store.decisions.second(made.id, user="cid", actor="c", note="n", choice=Choice.DEMOTE)
        agreed = store.decisions.second(made.id, user="bob", actor="b", note="n", choice=Choice.DEMOTE)
        assert (agreed.stage, agreed.second.choice, agreed.second.agrees) == (Stage.DUE, Choice.DEMOTE, True)
        assert agreed.out_at == agreed.second.at + timedelta(seconds=60)
        assert tasks_of(store, made) == [("decision", timedelta(seconds=60))]
        assert store.cases.get(case.id).state is CaseState.DUE
        assert store.decisions.go_out(made.id)
        assert [event.what for event in store.cases.get(case.id).events][-3:] == [
            "assigned",
            "agreed",
            "decided",
        ]

    def test_two_who_differ_leave_it_to_a_third_or_to_the_queue(self, store, grave):
        case = store.cases.open(Basis.CHOSEN, "x", [grave.id], actor="a")
        for third in (False, True):
            made = decide(store, restriction(grave))
            said = store.decisions.second(
                made.id, user="bob", actor="b", note="n", choice=Choice.LABEL, third=third
            )
            assert (said.stage, said.second.agrees, said.second.third) == (Stage.REFUSED, False, third)
            assert store.cases.get(case.id).state is CaseState.OPEN
        for user in ("ann", "bob"):
            with pytest.raises(errors.SecondPerson):
                decide(store, restriction(grave), user=user)
            with pytest.raises(errors.SecondPerson):
                store.cases.take(case.id, user=user, actor=user, lease_s=60)
        made = decide(store, restriction(grave), user="cid")
        agreed = store.decisions.second(made.id, user="ann", actor="a", note="n", choice=Choice.DEMOTE)
        assert agreed.stage is Stage.DUE

    def test_the_second_on_an_appeal_has_not_decided_before_either(self, store, platform, held):
        item, case = held
        first = decide(store, restriction(item), undo_s=0)
        store.cases.appeal(case.id, actor="a", reason="it is news")
        unsure = restriction(
            item, choice=Choice.LABEL, purpose=Purpose.UNCLEAR, reverses=first.id, reason="news"
        )
        made = decide(store, unsure, user="bob")
        with pytest.raises(errors.SecondPerson, match="appeal"):
            store.decisions.second(made.id, user="ann", actor="a", note="n", choice=made.ruling.choice)
        assert (
            store.decisions.second(made.id, user="cid", actor="c", note="n", choice=made.ruling.choice).stage
            is Stage.DUE
        )

    def test_an_undone_one_waits_for_nobody(self, store, grave):
        made = decide(store, restriction(grave))
        store.decisions.undo(made.id, user="ann", actor="ann/k")
        assert store.decisions.page(DecisionFilter(awaits_second=True)) == []
        with pytest.raises(errors.RecordConflict):
            store.decisions.second(made.id, user="bob", actor="b", note="n", choice=made.ruling.choice)


class TestPrecedents:
    def test_what_was_decided_before_is_found_by_reference_and_bank(self, store, platform):
        one, two = platform.item(), platform.item(post="p")
        other = platform.item(post="q", reference=1)
        first = decide(store, restriction(one), undo_s=0)
        second = decide(store, dismissal(other), user="bob", undo_s=0)
        waits = decide(store, restriction(two))
        known = store.precedents
        assert [made.id for made in known.on_reference(platform.references[0], 9)] == [first.id]
        assert [made.id for made in known.in_bank("K", 9)] == [second.id, first.id]
        assert known.in_bank("K", 1) == [store.decisions.get(second.id)]
        assert known.in_bank("other", 9) == []
        assert [known.items_with(each) for each in platform.references] == [2, 1, 0]
        assert [made.id for made in known.undoable("ann")] == [waits.id]
        assert known.undoable("bob") == []

    def test_what_is_pending_in_a_case_is_there_once(self, store, platform):
        items = [platform.item(post=str(number)) for number in range(3)]
        case = store.cases.open(Basis.CHOSEN, "x", [one.id for one in items], actor="a")
        pair = decide(store, restriction(*items[:2]))
        store.decisions.undo(decide(store, restriction(items[2])).id, user="ann", actor="a")
        assert [made.id for made in store.precedents.pending(case.id)] == [pair.id]
        assert store.precedents.barred(case.id, "ann") is None
