"""What every store promises of outcomes, items and cases."""

from __future__ import annotations

import sys
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from seawall import errors
from seawall.model.decision import Basis, CaseState, Choice, ItemState, Priority
from seawall.model.policy import Law, Outcome, Step
from seawall.model.seen import Context, How
from seawall.store.cases import CaseFilter
from seawall.store.items import ItemFilter

sys.path.insert(0, str(Path(__file__).parent))
from platforms import HELD, Platform, dismissal, restriction


@pytest.fixture
def platform(store, make):
    return Platform(store, make)


class TestOutcomes:
    def test_a_match_has_its_outcome_once_whatever_is_said_again(self, store, platform):
        one = platform.made()
        assert store.outcomes.record([one]) == [one.found.id]
        again = replace(one, outcome=replace(HELD, step=Step.NOTIFY))
        assert store.outcomes.record([one, again]) == []
        assert store.outcomes.known([one.found.id, "x"]) == {one.found.id: Step.HOLD}
        assert store.outcomes.settled([one.found.id, "x"]) == {one.found.id}
        assert platform.kinds() == ["item.opened", "match.created", "hold.set"]
        assert len(store.items.page()) == 1

    def test_a_flood_that_ended_is_settled_anew_and_once(self, store, platform):
        flooded = replace(HELD, asked=Step.ACT, law=Law.FLOOD)
        one = platform.made(flooded)
        assert store.outcomes.record([one]) == [one.found.id]
        assert store.outcomes.settled([one.found.id]) == set()
        assert store.outcomes.record([one]) == []
        acts = replace(one, outcome=replace(HELD, step=Step.ACT, asked=Step.ACT))
        assert [store.outcomes.record([acts]), store.outcomes.record([acts])] == [[one.found.id], []]
        assert store.outcomes.settled([one.found.id]) == {one.found.id}
        [(_, item)] = store.items.page()
        assert (item.priority, item.state, [m.step for m in item.matches]) == (
            Priority.HIGH,
            ItemState.OPEN,
            ["act"],
        )
        assert platform.kinds().count("item.opened") == 1

    def test_what_an_event_says_names_the_match_and_the_place(self, platform):
        item = platform.item(uploader="u", post="p", url="https://example.org/p", how=How.RETRO)
        kind, told = platform.told[1]
        assert kind == "match.retro"
        assert (told["item"], told["match"], told["uploader"], told["post"]) == (item.id, "m1", "u", "p")
        assert (told["step"], told["policy_version"], told["bank"]) == ("hold", 1, "K")

    def test_nothing_is_told_of_nothing(self, store, platform):
        nothing = Outcome(Step.NOTHING, None, "no rule is met", 1, Step.NOTHING)
        assert len(store.outcomes.record([platform.made(nothing)])) == 1
        assert platform.told == []
        assert store.items.page() == []

    def test_where_one_fails_none_is_kept(self, store, platform):
        def fails(connection, kind, payload):
            raise RuntimeError

        one, two = platform.made(), platform.made(post="other")
        store.outcomes.record([one])
        store.outcomes._raise = fails
        with pytest.raises(RuntimeError):
            store.outcomes.record([two])
        assert store.outcomes.known([two.found.id]) == {}
        assert len(store.items.page()) == 1


class TestItems:
    def test_the_same_content_in_the_same_place_is_one_item(self, store, platform, open_store):
        first = platform.item(uploader="u", post="p", labels=("news",))
        assert platform.item(uploader="u", post="p", reference=1).id == first.id
        assert platform.item(uploader="u", post="q").id != first.id
        assert platform.item(uploader="u", post="p", sha256="b" * 64).id != first.id
        known = open_store().items.get(first.id)
        assert [m.reference for m in known.matches] == platform.references[:2]
        assert known.context == Context("u", "p", None, ("news",))
        assert (known.state, known.sha256, known.duration_s) == (ItemState.OPEN, "a" * 64, 31.2)

    def test_contents_of_which_only_hashes_came_are_not_taken_for_one_another(self, platform):
        assert platform.item(sha256=None).id != platform.item(sha256=None).id

    def test_the_strongest_step_sets_the_priority(self, platform):
        low = replace(HELD, step=Step.NOTIFY)
        act = replace(HELD, step=Step.ACT, why="it acts")
        assert platform.item(low).priority is Priority.LOW
        assert platform.item(act, reference=1).priority is Priority.HIGH
        item = platform.item(low, reference=2)
        assert (item.priority, item.why) == (Priority.HIGH, "it acts")

    def test_they_are_found_by_what_is_asked(self, store, platform):
        one = platform.item(uploader="u" * 300)
        two = platform.item(replace(HELD, step=Step.ACT), reference=1, sha256="b" * 64)
        store.decisions.make(dismissal(two), user="ann", actor="ann/k")
        found = {
            "u": ItemFilter(uploader="u" * 300),
            "open": ItemFilter(state=ItemState.OPEN),
            "r": ItemFilter(reference=platform.references[0]),
            "sha": ItemFilter(sha256="a" * 64),
        }
        for wanted in found.values():
            assert [item.id for _, item in store.items.page(wanted)] == [one.id]
        for wanted in (ItemFilter(state=ItemState.DECIDED), ItemFilter(priority=Priority.HIGH)):
            assert [item.id for _, item in store.items.page(wanted)] == [two.id]
        assert len(store.items.page(ItemFilter(bank="K"))) == 2
        [(number, first)] = store.items.page(limit=1)
        assert (first.id, [item.id for _, item in store.items.page(after=number)]) == (one.id, [two.id])
        with pytest.raises(errors.RecordNotFound):
            store.items.get("no")


class TestCases:
    def test_a_case_takes_what_shares_its_basis_and_later_items_join(self, store, platform):
        items = [platform.item(post=str(n), uploader="u", reference=n % 2) for n in range(4)]
        case = store.cases.open(Basis.REFERENCE, platform.references[0], [], actor="ann/k")
        assert case.items == (items[0].id, items[2].id)
        assert platform.item(post="later").case == case.id
        other = store.cases.open(Basis.UPLOADER, "u", [], actor="ann/k")
        assert other.items == (items[1].id, items[3].id)
        assert platform.item(post="5", uploader="u", reference=2).case == other.id
        assert [event.what for event in store.cases.get(other.id).events] == ["opened", "joined"]

    def test_a_case_of_an_incident(self, store, platform, make):
        added = store.add_reference("K", make.file("4", incident="i-1"))
        platform.references.append(added.id)
        first = platform.item(reference=3, incident="i-1")
        case = store.cases.open(Basis.INCIDENT, "i-1", [], actor="ann/k")
        assert case.items == (first.id,)
        assert platform.item(reference=0, post="p", incident="i-1").case == case.id

    def test_an_item_is_in_one_case(self, store, platform):
        one, two = platform.item(), platform.item(post="p")
        case = store.cases.open(Basis.CHOSEN, "look alike", [one.id], actor="ann/k")
        for again in (
            lambda: store.cases.open(Basis.CHOSEN, "x", [one.id], actor="ann/k"),
            lambda: store.cases.open(Basis.CHOSEN, "x", [], actor="ann/k"),
            lambda: store.cases.open(Basis.UPLOADER, "nobody", [], actor="ann/k"),
            lambda: store.cases.add(case.id, [one.id], actor="ann/k", reason="r"),
        ):
            with pytest.raises(errors.RecordConflict):
                again()
        assert store.cases.add(case.id, [two.id], actor="ann/k", reason="r").items == (one.id, two.id)
        chosen = CaseFilter(basis=Basis.CHOSEN)
        assert [one.id for _, one in store.cases.page(chosen)] == [case.id]

    def test_a_lease_keeps_others_off_until_it_ends(self, store, platform):
        item = platform.item()
        case = store.cases.open(Basis.CHOSEN, "x", [item.id], actor="a")
        taken = store.cases.take(case.id, user="ann", actor="ann/k", lease_s=60)
        assert (taken.state, taken.assigned_to) == (CaseState.ASSIGNED, "ann")
        assert [one.id for _, one in store.cases.page(CaseFilter(assigned_to="ann"))] == [case.id]
        assert [one.id for _, one in store.cases.page(CaseFilter(state=CaseState.ASSIGNED))] == [case.id]
        assert store.cases.page(CaseFilter(state=CaseState.OPEN)) == []
        for other in (
            lambda: store.cases.take(case.id, user="bob", actor="bob/k", lease_s=60),
            lambda: store.cases.release(case.id, user="bob", actor="bob/k", reason="r"),
            lambda: store.decisions.make(restriction(item), user="bob", actor="bob/k"),
        ):
            with pytest.raises(errors.RecordConflict, match="assigned to ann"):
                other()
        longer = store.cases.take(case.id, user="ann", actor="ann/k", lease_s=600)
        assert longer.lease_until > taken.lease_until + timedelta(seconds=300)
        store._now.at += timedelta(seconds=700)
        assert store.cases.get(case.id).state is CaseState.OPEN
        assert [one.id for _, one in store.cases.page(CaseFilter(state=CaseState.OPEN))] == [case.id]
        assert store.cases.take(case.id, user="bob", actor="bob/k", lease_s=60).assigned_to == "bob"
        store.cases.release(case.id, user="bob", actor="bob/k", reason="not me")
        assert store.cases.get(case.id).assigned_to is None

    def test_a_case_is_decided_with_its_last_item_then_closed(self, store, platform):
        one, two = platform.item(), platform.item(post="p")
        case = store.cases.open(Basis.CHOSEN, "x", [one.id, two.id], actor="a")
        with pytest.raises(errors.RecordConflict):
            store.cases.close(case.id, actor="a", reason="r")
        store.decisions.make(restriction(one), user="ann", actor="ann/k")
        assert store.cases.get(case.id).state is CaseState.OPEN
        store.decisions.make(dismissal(two), user="ann", actor="ann/k")
        assert store.cases.get(case.id).state is CaseState.DECIDED
        with pytest.raises(errors.RecordConflict):
            store.cases.take(case.id, user="ann", actor="a", lease_s=60)
        assert store.cases.close(case.id, actor="a", reason="r").state is CaseState.CLOSED

    def test_what_was_decided_without_a_case_can_be_appealed_against(self, store, platform):
        item = platform.item()
        store.decisions.make(restriction(item), user="ann", actor="ann/k")
        case = store.cases.open(Basis.CHOSEN, "a complaint", [item.id], actor="ann/k")
        assert case.state is CaseState.DECIDED
        assert store.cases.appeal(case.id, actor="a", reason="it is news").state is CaseState.APPEALED
        assert store.items.get(item.id).state is ItemState.REOPENED

    def test_an_appeal_is_decided_by_another_person(self, store, platform):
        one, two = platform.item(), platform.item(post="p")
        case = store.cases.open(Basis.CHOSEN, "x", [one.id, two.id], actor="a")
        first = store.decisions.make(restriction(one), user="ann", actor="ann/k")
        store.decisions.make(dismissal(two), user="ann", actor="ann/k")
        assert store.cases.appeal(case.id, actor="a", reason="it is news").state is CaseState.APPEALED
        assert store.items.get(one.id).state is ItemState.REOPENED
        assert store.items.get(two.id).state is ItemState.DECIDED
        back = dismissal(one, reverses=first.id, reason="it is news")
        back = replace(back, choice=Choice.RESTORE)
        with pytest.raises(errors.SecondPerson):
            store.cases.take(case.id, user="ann", actor="ann/k", lease_s=60)
        with pytest.raises(errors.SecondPerson):
            store.decisions.make(back, user="ann", actor="ann/other")
        assert store.cases.take(case.id, user="bob", actor="bob/k", lease_s=60).state is CaseState.APPEALED
        made = store.decisions.make(back, user="bob", actor="bob/k")
        assert store.cases.get(case.id).state is CaseState.DECIDED
        assert store.items.get(one.id).decision == made.id
        assert (store.decisions.get(first.id).stands_for, store.decisions.get(first.id).reversed_by) == (
            (),
            (made.id,),
        )
        with pytest.raises(errors.RecordConflict, match="restriction"):
            store.cases.appeal(case.id, actor="a", reason="again")
