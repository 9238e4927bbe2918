"""What every store promises of decisions."""

from __future__ import annotations

import sys
from dataclasses import replace
from pathlib import Path

import pytest

from seawall import errors
from seawall.model.bank import ReferenceState
from seawall.model.decision import (
    Automation,
    Basis,
    CaseState,
    Choice,
    Feedback,
    ItemState,
    Purpose,
    Verdict,
)
from seawall.model.policy import Rule, Rulebook, Step
from seawall.store.decisions import DecisionFilter

sys.path.insert(0, str(Path(__file__).parent))
from platforms import HELD, Platform, dismissal, restriction


@pytest.fixture
def platform(store, make):
    return Platform(store, make)


class TestDecisions:
    def test_a_decision_is_found_as_it_was_made(self, store, platform, open_store):
        item = platform.item()
        made = store.decisions.make(restriction(item), user="ann", actor="ann/k")
        assert (made.user, made.actor, made.needs_second, made.stands_for) == (
            "ann",
            "ann/k",
            False,
            (item.id,),
        )
        assert [(used.bank, used.version) for used in made.policies] == [("K", 1)]
        other = open_store()
        assert other.decisions.get(made.id) == made
        assert made.ruling == restriction(item)
        known = other.items.get(item.id)
        assert (known.state, known.decision) == (ItemState.DECIDED, made.id)
        assert platform.told[-1] == (
            "decision.made",
            {"decision": made.id, "choice": "demote", "items": [item.id], "reverses": None, "incident": None},
        )

    def test_who_decides_again_says_what_stood_before(self, store, platform):
        item = platform.item()
        first = store.decisions.make(restriction(item), user="ann", actor="a")
        with pytest.raises(errors.RecordConflict, match=first.id):
            store.decisions.make(dismissal(item), user="bob", actor="b")
        with pytest.raises(errors.RecordNotFound):
            store.decisions.make(dismissal(item, reverses="no", reason="r"), user="bob", actor="b")
        second = store.decisions.make(dismissal(item, reverses=first.id, reason="r"), user="ann", actor="a")
        with pytest.raises(errors.RecordConflict):
            store.decisions.make(dismissal(item, reverses=first.id, reason="r"), user="ann", actor="a")
        back = replace(dismissal(item, reverses=second.id, reason="r"), choice=Choice.RESTORE)
        with pytest.raises(errors.BadDecision, match="took nothing away"):
            store.decisions.make(back, user="ann", actor="a")
        assert [one.id for _, one in store.decisions.page(DecisionFilter(item=item.id))] == [
            first.id,
            second.id,
        ]

    def test_a_new_reference_opens_a_decided_item_again_and_the_same_one_does_not(self, store, platform):
        item = platform.item()
        case = store.cases.open(Basis.CHOSEN, "x", [item.id], actor="a")
        store.decisions.make(dismissal(item), user="ann", actor="a")
        assert platform.item().state is ItemState.DECIDED
        assert platform.item(reference=1).state is ItemState.REOPENED
        assert store.cases.get(case.id).state is CaseState.OPEN
        assert [payload["again"] for kind, payload in platform.told if kind == "item.opened"] == [False, True]

    def test_an_unclear_purpose_or_the_policy_asks_for_a_second_person(self, store, platform):
        book = Rulebook((Rule("rest", Step.HOLD),), four_eyes=(Choice.SUSPEND_ACCOUNT,))
        store.policies.create("K", book, author="a", note="n")
        store.policies.make_live("K", 1, actor="a", reason="r", without_dry_run="w")
        for number, change in enumerate(({"purpose": Purpose.UNCLEAR}, {"choice": Choice.SUSPEND_ACCOUNT})):
            item = platform.item(post=str(number))
            platform.told.clear()
            made = store.decisions.make(restriction(item, **change), user="ann", actor="ann/k")
            assert (made.needs_second, made.second, made.stands_for, platform.told) == (True, None, (), [])
            assert store.items.get(item.id).state is ItemState.OPEN
            assert [one.id for _, one in store.decisions.page(DecisionFilter(awaits_second=True))] == [
                made.id
            ]
            with pytest.raises(errors.RecordConflict, match="second person"):
                store.decisions.make(dismissal(item), user="bob", actor="b")
            with pytest.raises(errors.SecondPerson):
                store.decisions.second(
                    made.id, choice=made.ruling.choice, note="n", user="ann", actor="ann/other"
                )
            sealed = store.decisions.second(
                made.id, choice=made.ruling.choice, note="seen", user="bob", actor="bob/k"
            )
            assert (sealed.second.user, sealed.stands_for) == ("bob", (item.id,))
            assert store.items.get(item.id).decision == made.id
            assert platform.kinds() == ["decision.made"]
            with pytest.raises(errors.RecordConflict):
                store.decisions.second(made.id, choice=Choice.NO_ACTION, note="n", user="cid", actor="c")

    def test_a_second_person_who_refuses_leaves_the_item_as_it_was(self, store, platform):
        item = platform.item()
        made = store.decisions.make(restriction(item, purpose=Purpose.UNCLEAR), user="ann", actor="a")
        store.decisions.second(made.id, choice=Choice.NO_ACTION, note="it is news", user="bob", actor="b")
        assert store.items.get(item.id).state is ItemState.OPEN
        assert store.decisions.get(made.id).stands_for == ()
        assert store.decisions.make(dismissal(item), user="bob", actor="b").stands_for == (item.id,)

    def test_feedback_disputes_a_reference_with_the_decision_as_reason(self, store, platform):
        item = platform.item()
        platform.item(reference=1)
        wrong = [
            Feedback(platform.references[0], Verdict.NO_MATCH, dispute=True),
            Feedback(platform.references[1], Verdict.RIGHT, dispute=True),
        ]
        made = store.decisions.make(dismissal(item, feedback=tuple(wrong)), user="ann", actor="ann/k")
        assert store.reference(platform.references[0]).state is ReferenceState.DISPUTED
        assert store.reference(platform.references[1]).state is ReferenceState.ACTIVE
        [event] = store.events(platform.references[0])
        assert (event.actor, event.reason) == ("ann/k", f"decision {made.id}: no_match")

    def test_feedback_on_one_that_is_gone_or_withdrawn_stands_in_nobodys_way(self, store, platform):
        item = platform.item()
        platform.item(reference=1)
        store.set_state(platform.references[0], ReferenceState.WITHDRAWN, "a", "r")
        store.remove_reference(platform.references[1], "a", "r")
        wrong = tuple(Feedback(one, Verdict.WRONG_REFERENCE, dispute=True) for one in platform.references[:2])
        store.decisions.make(dismissal(item, feedback=wrong), user="ann", actor="a")
        assert store.reference(platform.references[0]).state is ReferenceState.WITHDRAWN

    @pytest.mark.parametrize(
        ("change", "said"),
        [
            ({"automated_decision": Automation.FULLY}, "no policy acted"),
            ({"automated_detection": False}, "a match brought"),
            ({"feedback": (Feedback("other", Verdict.RIGHT),)}, "no item was matched"),
        ],
    )
    def test_what_is_said_of_machines_and_references_must_be_so(self, store, platform, change, said):
        with pytest.raises(errors.BadDecision, match=said):
            store.decisions.make(restriction(platform.item(), **change), user="ann", actor="a")
        assert store.decisions.page() == []

    def test_an_act_may_be_recorded_as_fully_automated(self, store, platform):
        item = platform.item(replace(HELD, step=Step.ACT))
        new = restriction(item, automated_decision=Automation.FULLY)
        assert store.decisions.make(new, user="ann", actor="a").stands_for == (item.id,)

    def test_what_is_not_there_is_named(self, store, platform):
        item = platform.item()
        with pytest.raises(errors.IncidentNotFound):
            store.decisions.make(restriction(item, incident="no"), user="ann", actor="a")
        with pytest.raises(errors.RecordNotFound):
            store.decisions.make(restriction(item, items=(item.id, "no")), user="ann", actor="a")
        with pytest.raises(errors.RecordNotFound):
            store.decisions.second("no", choice=Choice.REMOVE, note="n", user="ann", actor="a")
        assert store.items.get(item.id).state is ItemState.OPEN

    def test_they_are_found_by_what_is_asked(self, store, platform):
        one, two = platform.item(), platform.item(post="p")
        first = store.decisions.make(restriction(one), user="ann", actor="a")
        second = store.decisions.make(dismissal(two), user="bob", actor="b")

        def ids(**wanted):
            return [made.id for _, made in store.decisions.page(DecisionFilter(**wanted))]

        assert ids() == [first.id, second.id]
        assert ids(choice=Choice.DEMOTE) == ids(user="ann") == ids(item=one.id) == [first.id]
        assert ids(since=second.at) == [second.id]
        assert ids(awaits_second=True) == ids(incident="i") == []
        assert ids(awaits_second=False) == [first.id, second.id]
        [(number, _)] = store.decisions.page(limit=1)
        assert [made.id for _, made in store.decisions.page(after=number)] == [second.id]
