"""What every store promises of the queue: how cases come about, their order, and who gets which."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from threading import Barrier

import pytest
from sqlalchemy import text

from seawall import errors
from seawall.model.bank import ReferenceState
from seawall.model.decision import Basis, CaseState, Choice
from seawall.model.match import Match, Recommendation, Segment
from seawall.model.policy import Step
from seawall.model.queue import Order, Severity
from seawall.model.signal import SignalType
from seawall.store import migrate
from seawall.store.cases import CaseFilter
from seawall.store.queue import QueueFilter

sys.path.insert(0, str(Path(__file__).parent))
from platforms import HELD, Platform, dismissal, restriction

DUE = datetime(2026, 3, 1, 12, tzinfo=UTC)


class Copies(Platform):
    """A platform on which full copies come in."""

    def copy(self, *, sha256="c" * 64, reference=0, full=True, labels=(), **context):
        made = self.made(sha256=sha256, reference=reference, labels=labels, **context)
        whole = Segment(SignalType.SHA256, 0.0, 31.2, 0.0, 31.2, 1.0, (), 1.0)
        match = Match(
            self.references[reference],
            0.9,
            Recommendation.STRONG,
            1.0 if full else 0.5,
            1.0,
            {},
            (whole,),
        )
        made = replace(made, found=replace(made.found, match=match))
        self.store.outcomes.record([made])
        return next(
            item
            for _, item in self.store.items.page(limit=1000)
            if made.found.id in {m.match for m in item.matches}
        )

    def inherits(self, item):
        return self.store.queue.entry(item.case).inherits


@pytest.fixture
def platform(store, make):
    return Copies(store, make)


def shown(store, wanted=QueueFilter(), order=Order.DUE, **more):
    return [one.case for _, one in store.queue.page(wanted, order, **more)]


class TestComingAbout:
    def test_the_same_bytes_are_one_case_wherever_they_stand(self, store, platform):
        items = [platform.item(post=str(n), uploader=f"u{n % 2}") for n in range(3)]
        other = platform.item(sha256="b" * 64)
        nameless = [platform.item(sha256=None), platform.item(sha256=None)]
        assert len({one.case for one in items}) == 1
        assert len({one.case for one in (items[0], other, *nameless)}) == 4
        case = store.cases.get(items[0].case)
        assert (case.basis, case.value, case.items) == (
            Basis.CONTENT,
            "a" * 64,
            tuple(one.id for one in items),
        )
        assert [event.what for event in case.events] == ["opened", "joined", "joined"]
        entry = store.queue.entry(case.id)
        assert (entry.spread, entry.uploaders, entry.kind, entry.bank) == (3, 2, "video", "K")
        assert (entry.reference, entry.reference_name) == (platform.references[0], "1")
        assert (entry.uploader, entry.post) == ("u0", "0")

    def test_after_a_decision_the_same_bytes_are_a_new_case(self, store, platform):
        first = platform.item()
        store.decisions.make(restriction(first), user="ann", actor="a")
        assert store.cases.get(first.case).state is CaseState.DECIDED
        again = platform.item(post="p")
        assert again.case != first.case
        assert store.cases.get(again.case).state is CaseState.OPEN

    def test_what_people_group_leaves_its_case_which_ends_when_it_is_empty(self, store, platform):
        one, two = platform.item(post="1", uploader="u"), platform.item(post="2", uploader="v")
        before = one.case
        store.cases.set_due(before, DUE)
        chosen = store.cases.open(Basis.CHOSEN, "x", [one.id], actor="ann/k")
        left = store.queue.entry(before)
        assert (left.state, left.spread, left.uploaders) == (CaseState.OPEN, 1, 1)
        assert store.queue.entry(chosen.id).due_at == DUE
        store.cases.add(chosen.id, [two.id], actor="ann/k", reason="r")
        ended = store.cases.get(before)
        assert (ended.state, ended.items, ended.events[-1].what) == (CaseState.CLOSED, (), "closed")
        entry = store.queue.entry(chosen.id)
        assert (entry.spread, entry.uploaders, entry.severity) == (2, 2, Severity.HELD)
        assert platform.item(post="3").case == chosen.id

    def test_a_case_that_somebody_works_on_keeps_its_items(self, store, platform):
        item = platform.item(uploader="u")
        store.cases.take(item.case, user="ann", actor="ann/k", lease_s=60)
        with pytest.raises(errors.RecordConflict):
            store.cases.open(Basis.CHOSEN, "x", [item.id], actor="bob/k")
        with pytest.raises(errors.RecordConflict):
            store.cases.open(Basis.UPLOADER, "u", [], actor="bob/k")
        store._now.at += timedelta(seconds=90)
        assert store.cases.open(Basis.UPLOADER, "u", [], actor="bob/k").items == (item.id,)


def test_what_waited_before_there_was_a_queue_is_put_into_it(store, platform):
    items = [platform.item(post=str(n), uploader="u", sha256=f"{n // 2:064}") for n in range(4)]
    acted = platform.item(replace(HELD, step=Step.ACT), sha256="b" * 64)
    done = platform.item(sha256="c" * 64)
    store.decisions.make(restriction(done), user="ann", actor="a")
    with store._database.replacing() as connection:
        migrate.downgrade(connection, "0009")
        connection.execute(text("UPDATE item SET case_number = NULL"))
        connection.execute(text("DELETE FROM case_event"))
        connection.execute(text("DELETE FROM case_file"))
        migrate.upgrade(connection)
    entries = [one for _, one in store.queue.page()]
    assert [(one.severity, one.spread, one.uploaders, one.bank) for one in entries] == [
        (Severity.FIRST, 1, 0, "K"),
        (Severity.HELD, 2, 1, "K"),
        (Severity.HELD, 2, 1, "K"),
    ]
    assert store.items.get(acted.id).case == entries[0].case
    assert {store.items.get(one.id).case for one in items} == {one.case for one in entries[1:]}
    assert store.items.get(done.id).case is None
    assert platform.item(sha256="b" * 64, post="p").case == entries[0].case
    assert [one.rank for one, _ in store.queue.page()] == sorted(one.rank for one, _ in store.queue.page())


class TestSeverity:
    def test_it_comes_of_what_was_done_and_of_labels(self, store, platform, make):
        store.create_bank("G", labels=["Graphic: injuries"])
        graphic = store.add_reference("G", make.file("g")).id
        child = store.add_reference("K", make.file("c", labels=("CHILDREN",))).id
        platform.references += [graphic, child]
        suggests = replace(HELD, step=Step.NOTIFY)
        made = [
            platform.item(suggests, sha256="1" * 64),
            platform.item(sha256="2" * 64),
            platform.item(sha256="3" * 64, reference=3),
            platform.item(suggests, sha256="4" * 64, reference=4),
            platform.item(replace(HELD, step=Step.ACT), sha256="5" * 64),
        ]
        entries = [store.queue.entry(one.case) for one in made]
        assert [one.severity for one in entries] == [
            Severity.NOTIFIED,
            Severity.HELD,
            Severity.GRAPHIC,
            Severity.FIRST,
            Severity.FIRST,
        ]
        assert [(one.graphic, one.child) for one in entries[2:4]] == [(True, False), (False, True)]
        assert entries[2].labels == ("graphic:-injuries",)
        counts = store.queue.counts()
        assert counts.severities[Severity.FIRST] == 2
        assert counts.banks == {"K": 5}

    def test_a_label_that_is_given_later_counts_and_none_is_taken_away(self, store, platform):
        item = platform.item()
        at = store.queue.page()[0][0].rank
        store.change_labels(platform.references[0], add=["minors"])
        entry = store.queue.entry(item.case)
        assert (entry.severity, entry.child, entry.labels) == (Severity.FIRST, True, ("minors",))
        assert at - store.queue.page()[0][0].rank == 2 << 20
        store.change_labels(platform.references[0], drop=["minors"], add=["gore"])
        assert store.queue.entry(item.case).labels == ("gore", "minors")


class TestOrder:
    def test_by_deadline_then_severity_then_spread(self, store, platform):
        low, wide, late, soon = (str(n) * 64 for n in range(1, 5))
        suggests = replace(HELD, step=Step.NOTIFY)
        cases = {
            "low": platform.item(suggests, sha256=low).case,
            "one": platform.item(sha256="9" * 64).case,
            "wide": platform.item(sha256=wide).case,
            "late": platform.item(suggests, sha256=late).case,
            "soon": platform.item(suggests, sha256=soon).case,
        }
        for post in ("1", "2"):
            platform.item(sha256=wide, post=post)
        store.cases.set_due(cases["late"], DUE)
        store.cases.set_due(cases["soon"], DUE - timedelta(days=1))
        names = {case: name for name, case in cases.items()}

        def order(by):
            return [names[one] for one in shown(store, order=by)]

        assert order(Order.DUE) == ["soon", "late", "wide", "one", "low"]
        assert order(Order.SEVERITY) == ["wide", "one", "soon", "late", "low"]
        assert order(Order.SPREAD) == ["wide", "soon", "late", "one", "low"]
        store.cases.set_due(cases["soon"], None)
        assert order(Order.DUE)[:2] == ["late", "wide"]
        assert shown(store, QueueFilter(due_before=DUE + timedelta(seconds=1))) == [cases["late"]]
        assert store.queue.counts().overdue == 0
        store._now.at = DUE + timedelta(days=1)
        assert store.queue.counts().overdue == 1

    def test_pages_hold_each_case_once_also_where_appeals_are_among_them(self, store, platform):
        items = [platform.item(sha256=f"{n:064}") for n in range(7)]
        store.decisions.make(restriction(items[3]), user="ann", actor="a")
        assert items[3].case not in shown(store)
        store.cases.appeal(items[3].case, actor="a", reason="it is news")
        found, after = [], None
        while page := store.queue.page(after=after, limit=2):
            found += [one.case for _, one in page]
            after = page[-1][0]
        assert found == [one.case for one in items]
        assert shown(store, QueueFilter(state=CaseState.APPEALED)) == [items[3].case]

    def test_what_is_asked_is_what_is_shown(self, store, platform):
        one = platform.item(sha256="1" * 64)
        two = platform.item(replace(HELD, step=Step.ACT), sha256="2" * 64, reference=1)
        store.cases.take(two.case, user="ann", actor="ann/k", lease_s=60)
        asked = {
            one.case: [
                QueueFilter(state=CaseState.OPEN),
                QueueFilter(free=True),
                QueueFilter(reference=platform.references[0]),
            ],
            two.case: [
                QueueFilter(state=CaseState.ASSIGNED),
                QueueFilter(assigned_to="ann"),
                QueueFilter(severity=Severity.GRAPHIC),
            ],
        }
        for case, filters in asked.items():
            for wanted in filters:
                assert shown(store, wanted) == [case], wanted
        nothing = (
            QueueFilter(bank="other"),
            QueueFilter(kind="image"),
            QueueFilter(graphic=True),
            QueueFilter(child=True),
            QueueFilter(label="x"),
            QueueFilter(inherits=True),
            QueueFilter(assigned_to="bob"),
        )
        for wanted in nothing:
            assert shown(store, wanted) == [], wanted
        assert len(shown(store, QueueFilter(bank="K", kind="video", inherits=False, child=False))) == 2
        counts = store.queue.counts("ann")
        assert (counts.states[CaseState.OPEN], counts.states[CaseState.ASSIGNED], counts.mine) == (1, 1, 1)


class TestClaiming:
    def test_who_asks_next_gets_the_first_that_is_free(self, store, platform):
        items = [platform.item(sha256=f"{n:064}") for n in range(2)]

        def take(user, wanted=QueueFilter()):
            found = store.queue.take_next(wanted, user=user, actor=f"{user}/k", lease_s=60)
            return None if found is None else found.id

        assert [take("ann"), take("bob"), take("cid")] == [items[0].case, items[1].case, None]
        assert store.cases.get(items[0].case).assigned_to == "ann"
        store._now.at += timedelta(seconds=90)
        assert take("cid", QueueFilter(reference="other")) is None
        assert take("cid") == items[0].case

    def test_an_appeal_is_not_offered_to_who_decided_first(self, store, platform):
        item = platform.item()
        store.decisions.make(restriction(item), user="ann", actor="a")
        store.cases.appeal(item.case, actor="a", reason="r")
        assert store.queue.take_next(user="ann", actor="ann/k", lease_s=60) is None
        assert store.queue.take_next(user="bob", actor="bob/k", lease_s=60).id == item.case

    def test_what_was_passed_on_never_comes_back_and_leaves_no_trace(self, store, platform):
        item = platform.item()
        taken = store.queue.take_next(user="ann", actor="ann/k", lease_s=60)
        for _ in range(2):
            store.queue.pass_on(item.case, user="ann")
        assert store.queue.take_next(user="ann", actor="ann/k", lease_s=60) is None
        assert (shown(store, user="ann"), shown(store, user="bob")) == ([], [item.case])
        assert store.cases.get(item.case).events == taken.events
        assert store.queue.take_next(user="bob", actor="bob/k", lease_s=60).id == item.case
        store.queue.pass_on(item.case, user="ann")
        assert store.cases.get(item.case).assigned_to == "bob"
        with pytest.raises(errors.RecordNotFound):
            store.queue.pass_on("no", user="ann")

    def test_labels_are_kept_away_from_who_asks_for_it(self, store, platform):
        store.change_labels(platform.references[0], add=["Child Soldiers", "language:xx"])
        item, other = platform.item(), platform.item(sha256="b" * 64, reference=1)
        assert store.queue.opt_out("ann", ["child-soldiers", "Child  soldiers"]) == ("child-soldiers",)
        assert store.queue.opted_out("ann") == ("child-soldiers",)
        assert shown(store, user="ann") == [other.case]
        assert set(shown(store, user="bob")) == {item.case, other.case}
        assert store.queue.take_next(user="ann", actor="a", lease_s=60).id == other.case
        assert store.queue.take_next(user="ann", actor="a", lease_s=60) is None
        assert store.queue.opt_out("ann", []) == ()
        assert store.queue.take_next(user="ann", actor="a", lease_s=60).id == item.case
        assert store.queue.labels() == ("child-soldiers", "language:xx")

    def test_two_who_ask_at_once_never_get_the_same(self, platform, open_store):
        cases = {platform.item(sha256=f"{n:064}").case for n in range(12)}
        stores = [open_store(), open_store(), open_store()]
        begin = Barrier(len(stores))

        def works(at):
            begin.wait()
            user, found = f"u{at}", []
            while (one := stores[at].queue.take_next(user=user, actor=user, lease_s=600)) is not None:
                assert one.assigned_to == user
                found.append(one.id)
            return found

        with ThreadPoolExecutor(len(stores)) as pool:
            taken = [one for some in pool.map(works, range(len(stores))) for one in some]
        assert sorted(taken) == sorted(cases)

    def test_of_two_who_take_one_case_one_is_refused(self, platform, open_store):
        case = platform.item().case
        stores = [open_store(), open_store()]
        begin = Barrier(2)

        def takes(at):
            begin.wait()
            try:
                return stores[at].cases.take(case, user=f"u{at}", actor="a", lease_s=60).assigned_to
            except errors.RecordConflict:
                return None

        with ThreadPoolExecutor(2) as pool:
            got = list(pool.map(takes, range(2)))
        assert sorted(one is None for one in got) == [False, True]


class TestInheriting:
    def test_a_full_copy_can_follow_what_a_person_decided(self, store, platform):
        first = platform.copy(sha256="1" * 64)
        second = platform.copy(sha256="2" * 64)
        assert platform.inherits(second) is None
        made = store.decisions.make(restriction(first), user="ann", actor="a")
        third = platform.copy(sha256="3" * 64)
        assert [platform.inherits(one) for one in (second, third)] == [made.id] * 2
        assert store.queue.standing(third.case).reference == platform.references[0]
        assert set(shown(store, QueueFilter(inherits=True, follows=made.id))) == {second.case, third.case}
        assert store.queue.counts().inherits == 2
        for other in (
            platform.copy(sha256="4" * 64, full=False),
            platform.copy(sha256="5" * 64, reference=1),
            platform.copy(sha256="6" * 64, labels=("News",)),
        ):
            assert (platform.inherits(other), store.queue.standing(other.case)) == (None, None)

    def test_copies_join_without_losing_it_and_one_of_another_kind_ends_it(self, store, platform):
        first = platform.copy(sha256="1" * 64)
        made = store.decisions.make(restriction(first), user="ann", actor="a")
        copies = [platform.copy(sha256="2" * 64, post=str(n)) for n in range(3)]
        assert platform.inherits(copies[0]) == made.id
        news = platform.copy(sha256="2" * 64, post="n", labels=("news",))
        assert news.case == copies[0].case
        assert platform.inherits(news) is None
        store.decisions.make(dismissal(news), user="bob", actor="b")
        assert platform.inherits(copies[0]) == made.id

    def test_it_ends_with_the_decision_the_reference_or_agreement(self, store, platform):
        first = platform.copy(sha256="1" * 64)
        made = store.decisions.make(restriction(first), user="ann", actor="a")
        waits = platform.copy(sha256="2" * 64)
        store.set_state(platform.references[0], ReferenceState.DISPUTED, "a", "r")
        assert platform.inherits(waits) is None
        store.set_state(platform.references[0], ReferenceState.ACTIVE, "a", "r")
        assert platform.inherits(waits) == made.id
        other = platform.copy(sha256="3" * 64)
        store.decisions.make(dismissal(other), user="bob", actor="b")
        assert (platform.inherits(waits), store.queue.standing(waits.case)) == (None, None)
        back = dismissal(first, reverses=made.id, reason="it is news")
        new = store.decisions.make(back, user="ann", actor="a")
        assert platform.inherits(waits) in {new.id, store.items.get(other.id).decision}
        store.remove_reference(platform.references[0], "a", "r")
        assert platform.inherits(waits) is None

    @pytest.mark.parametrize("choice", [Choice.SUSPEND_ACCOUNT, Choice.TERMINATE_ACCOUNT])
    def test_what_was_done_to_an_account_is_nobody_elses(self, store, platform, choice):
        first = platform.copy(sha256="1" * 64)
        store.decisions.make(restriction(first, choice=choice), user="ann", actor="a")
        assert platform.inherits(platform.copy(sha256="2" * 64)) is None

    def test_an_appeal_inherits_nothing_and_who_follows_is_followed_by_none(self, store, platform):
        first, second = platform.copy(sha256="1" * 64), platform.copy(sha256="2" * 64)
        made = store.decisions.make(restriction(first), user="ann", actor="a")
        followed = store.decisions.make(restriction(second, follows=made.id), user="bob", actor="b")
        store.cases.appeal(second.case, actor="a", reason="r")
        assert store.queue.entry(second.case).inherits is None
        third = platform.copy(sha256="3" * 64)
        assert platform.inherits(third) == made.id
        taken_back = restriction(second, choice=Choice.RESTORE, reverses=followed.id, reason="r")
        store.decisions.make(taken_back, user="cid", actor="c")
        assert platform.inherits(third) is None
        with pytest.raises(errors.RecordNotFound):
            store.decisions.make(restriction(third, follows="no"), user="ann", actor="a")

    def test_what_is_in_no_case_of_its_content_is_found_all_the_same(self, store, platform):
        one = platform.copy(sha256="1" * 64)
        case = store.cases.open(Basis.CHOSEN, "x", [one.id], actor="a")
        assert platform.copy(sha256="1" * 64, post="p").case == case.id
        assert [c.id for _, c in store.cases.page(CaseFilter(basis=Basis.CHOSEN))] == [case.id]
