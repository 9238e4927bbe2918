"""What every store promises of notices and orders, and of clocks."""

from __future__ import annotations

import sys
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest
from sqlalchemy import select

from seawall import errors
from seawall.model import periods
from seawall.model.clock import About, AboutKind, ClockState, Happened
from seawall.model.decision import Basis, Origin
from seawall.model.event import EventType
from seawall.model.notice import Channel, LinkKind, Message, NoticeState, Particular
from seawall.model.notice_fields import NoticeKind
from seawall.store import migrate
from seawall.store.clocks import ClockFilter
from seawall.store.notice_rows import NoticeFilter
from seawall.store.schema_actions import case_file
from seawall.store.schema_jobs import event

sys.path.insert(0, str(Path(__file__).parent))
from platforms import Platform, dismissal, restriction

T0 = datetime(2026, 3, 4, 12, 0, tzinfo=UTC)
URL = "https://example.org/p/1"
ORDER = Message(
    kind=NoticeKind.ORDER,
    received_at=T0,
    zone="Europe/Brussels",
    channel=Channel.EMAIL,
    subject="Removal of a video",
    sender="An authority",
    reference="BE/2026/17",
    urls=(URL,),
    grounds="It recruits.",
)
WHOLE = replace(
    ORDER,
    particulars=tuple(
        Particular(name, value)
        for name, value in {
            "law": "tco",
            "country": "BE",
            "authenticated": "seal",
            "content_type": "recruits",
            "legal_basis": "Article 3",
            "issued_at": "2026-03-04T11:00:00+00:00",
            "signed": "yes",
            "redress": "court",
        }.items()
    ),
)
COMPLAINT = Message(
    kind=NoticeKind.COMPLAINT,
    received_at=T0,
    zone="UTC",
    channel=Channel.FORM,
    subject="My video",
    sender="A person",
    contact="a@example.org",
)


class Now:
    """A clock that is set by hand."""

    def __init__(self):
        self.at = T0

    def __call__(self):
        return self.at

    def set(self, **after):
        self.at = T0 + timedelta(**after)


@pytest.fixture
def now():
    return Now()


@pytest.fixture
def store(open_as, now):
    return open_as(now=now)


@pytest.fixture
def platform(store, make):
    return Platform(store, make)


def told(store):
    """The alarms that the outbox holds, as what they are about and their share."""
    with store._database.read() as connection:
        query = select(event.c.id).where(event.c.type == "clock.alarm").order_by(event.c.number)
        ids = connection.execute(query).scalars().all()
    return [store.event_log.get(one).data for one in ids]


def due(store, case):
    with store._database.read() as connection:
        return connection.execute(select(case_file.c.due_at).where(case_file.c.id == case.id)).scalar_one()


def receive(store, message=WHOLE):
    return store.notices.receive(message, "Europe/Brussels", actor="ann")


class TestReceiving:
    def test_an_order_runs_from_its_receipt(self, store, now):
        now.set(minutes=20)
        made = receive(store)
        assert (made.state, made.missing, made.recorded_at) == (NoticeState.RECEIVED, (), now.at)
        (clock,) = made.clocks
        assert (clock.period, clock.reading.elapsed_s) == ("tco_removal", 1200.0)
        assert made.due_at == T0 + timedelta(hours=1)
        assert made.message == WHOLE
        assert [one.what for one in made.events] == ["received"]
        assert store.notices.get(made.id) == made

    def test_what_is_missing_makes_it_incomplete_until_it_comes(self, store, now):
        made = receive(store, ORDER)
        assert made.state is NoticeState.INCOMPLETE
        assert {one.name for one in made.missing} >= {"issued_at", "signed", "law"}
        now.set(minutes=5)
        whole = store.notices.supplement(
            made.id, lambda _: WHOLE, "UTC", actor="ann", reason="the authority sent it"
        )
        assert (whole.state, whole.missing) == (NoticeState.RECEIVED, ())
        assert [one.id for one in whole.clocks] == [one.id for one in made.clocks]

    def test_what_it_turns_out_to_be_starts_further_clocks_at_receipt(self, store, now):
        made = receive(store)
        now.set(minutes=10)
        silence = replace(WHOLE, particulars=(*WHOLE.particulars, Particular("silence", "yes")))
        after = store.notices.supplement(made.id, lambda _: silence, "UTC", actor="ann", reason="read")
        assert {one.period: one.events[0].at for one in after.clocks} == {
            "tco_removal": T0,
            "tco_silence": T0,
        }
        assert after.due_at == T0 + timedelta(hours=1)  # silence is no duty to act

    def test_kind_and_receipt_stay(self, store):
        made = receive(store)
        later = replace(WHOLE, received_at=T0 + timedelta(minutes=1))
        with pytest.raises(errors.BadNotice):
            store.notices.supplement(made.id, lambda _: later, "UTC", actor="ann", reason="x")
        assert store.notices.get(made.id) == made

    def test_an_unknown_one_is_not_found(self, store):
        for call in (
            lambda: store.notices.get("x"),
            lambda: store.notices.take_up("x", actor="a", reason="r"),
            lambda: store.clocks.get("x"),
            lambda: store.clocks.add("x", Happened.ENDED, at=None, actor="a", reason="r"),
        ):
            with pytest.raises(errors.RecordNotFound):
                call()


class TestNaming:
    @pytest.mark.parametrize(
        "named",
        [{"urls": (URL,)}, {"urls": (), "posts": ("p-1",)}, {"urls": (), "sha256s": ("a" * 64,)}],
    )
    def test_items_that_are_known_are_joined_and_their_cases_are_due(self, store, platform, named):
        item = platform.item(url=URL, post="p-1")
        platform.item(sha256="b" * 64, url="https://example.org/p/2", post="p-2")
        case = store.cases.open(Basis.CHOSEN, "mine", [item.id], actor="ann")
        made = receive(store, replace(WHOLE, **named))
        assert [(one.kind, one.id) for one in made.links] == [(LinkKind.ITEM, item.id)]
        assert due(store, case) == T0 + timedelta(hours=1)

    def test_a_long_address_is_compared_whole(self, store, platform):
        base = "https://example.org/" + "p" * 300
        platform.item(url=base + "1")
        item = platform.item(sha256="b" * 64, url=base + "2")
        made = receive(store, replace(WHOLE, urls=(base + "2",)))
        assert [one.id for one in made.links] == [item.id]

    def test_items_that_come_later_are_joined(self, store, platform):
        made = receive(store)
        assert store.notices.look(actor="clocks") == 0
        item = platform.item(url=URL)
        case = store.cases.open(Basis.CHOSEN, "mine", [item.id], actor="ann")
        assert [store.notices.look(actor="clocks") for _ in range(2)] == [1, 0]
        assert [one.id for one in store.notices.get(made.id).links] == [item.id]
        assert due(store, case) == T0 + timedelta(hours=1)

    def test_a_case_that_comes_about_later_is_due_too(self, store, platform):
        item = platform.item(url=URL)
        receive(store)
        case = store.cases.open(Basis.CHOSEN, "mine", [item.id], actor="ann")
        store.notices.look(actor="clocks")
        assert due(store, case) == T0 + timedelta(hours=1)

    def test_a_case_is_due_by_the_soonest_of_all_that_name_it(self, store, platform, now):
        item = platform.item(url=URL)
        case = store.cases.open(Basis.CHOSEN, "mine", [item.id], actor="ann")
        first = receive(store, replace(COMPLAINT, urls=(URL,)))
        assert due(store, case) == datetime(2026, 3, 18, 23, 0, tzinfo=UTC)
        now.set(minutes=30)
        second = receive(store, replace(WHOLE, received_at=now.at))
        assert due(store, case) == T0 + timedelta(minutes=90)
        store.clocks.add(second.clocks[0].id, Happened.ENDED, at=None, actor="ann", reason="done")
        assert due(store, case) == store.notices.get(first.id).due_at
        store.notices.unlink(first.id, LinkKind.ITEM, item.id, actor="ann", reason="another")
        assert due(store, case) is None

    def test_by_hand_it_is_joined_to_what_is_there(self, store, platform):
        made = receive(store, replace(WHOLE, urls=("https://example.org/none",)))
        item = platform.item()
        case = store.cases.open(Basis.CHOSEN, "mine", [item.id], actor="ann")
        for _ in range(2):
            joined = store.notices.link(made.id, LinkKind.CASE, case.id, actor="ann", reason="seen")
            assert [one.id for one in joined.links] == [case.id]
        assert due(store, case) == made.due_at
        assert [one.what for one in joined.events] == ["received", "linked"]
        for kind, wrong in (
            (LinkKind.ITEM, errors.RecordNotFound),
            (LinkKind.INCIDENT, errors.IncidentNotFound),
        ):
            with pytest.raises(wrong):
                store.notices.link(made.id, kind, "none", actor="ann", reason="seen")


class TestDeciding:
    def test_a_decision_that_names_it_ends_its_clock(self, store, platform, now):
        item = platform.item(url=URL)
        case = store.cases.open(Basis.CHOSEN, "mine", [item.id], actor="ann")
        made = receive(store)
        now.set(minutes=30)
        ruling = restriction(item, origin=Origin.ORDER, notice=made.id)
        decision = store.decisions.make(ruling, user="ann", actor="ann/k")
        after = store.notices.get(made.id)
        (clock,) = after.clocks
        assert (clock.reading.state, clock.reading.elapsed_s) == (ClockState.ENDED, 1800.0)
        assert clock.events[-1].reason == f"decision {decision.id}"
        assert after.due_at is None
        assert due(store, case) is None

    def test_it_runs_on_while_another_of_its_items_waits(self, store, platform):
        first, second = platform.item(url=URL), platform.item(sha256="b" * 64, url=URL)
        made = receive(store)
        store.decisions.make(restriction(first, notice=made.id), user="ann", actor="a")
        assert store.notices.get(made.id).clocks[0].reading.state is ClockState.RUNNING
        store.decisions.make(dismissal(second, notice=made.id), user="ann", actor="a")
        assert store.notices.get(made.id).clocks[0].reading.state is ClockState.ENDED

    def test_a_decision_may_name_what_is_not_on_record(self, store, platform):
        store.decisions.make(restriction(platform.item(), notice="N-2026/4"), user="ann", actor="a")

    def test_a_complaint_ends_with_the_answer(self, store, platform):
        item = platform.item(url=URL)
        made = receive(store, replace(COMPLAINT, urls=(URL,)))
        store.decisions.make(dismissal(item, notice=made.id), user="ann", actor="a")
        assert store.notices.get(made.id).clocks[0].reading.state is ClockState.RUNNING
        with pytest.raises(errors.RecordConflict):
            store.notices.close(made.id, actor="ann", reason="done")
        after = store.notices.answer(made.id, actor="ann", reason="it stays")
        assert after.state is NoticeState.ANSWERED
        assert after.clocks[0].reading.state is ClockState.ENDED
        assert store.notices.close(made.id, actor="ann", reason="done").state is NoticeState.CLOSED

    def test_states_go_one_way(self, store):
        made = receive(store, replace(COMPLAINT, kind=NoticeKind.NOTICE))
        assert made.clocks == ()
        assert store.notices.take_up(made.id, actor="a", reason="r").state is NoticeState.IN_WORK
        with pytest.raises(errors.RecordConflict):
            store.notices.take_up(made.id, actor="a", reason="r")
        store.notices.close(made.id, actor="a", reason="r")
        for call in (store.notices.answer, store.notices.close, store.notices.take_up):
            with pytest.raises(errors.RecordConflict):
                call(made.id, actor="a", reason="r")
        with pytest.raises(errors.RecordConflict):
            store.notices.supplement(made.id, lambda m: m, "UTC", actor="a", reason="r")


class TestLists:
    def test_what_is_due_first_comes_first(self, store, now):
        calm = receive(store, replace(COMPLAINT, kind=NoticeKind.NOTICE))
        complaint = receive(store, COMPLAINT)
        now.set(minutes=61)
        order = receive(store)
        assert [one.id for one in store.notices.inbox()] == [order.id, complaint.id, calm.id]
        assert [one.id for one in store.notices.inbox(skip=1, limit=1)] == [complaint.id]
        for wanted, ids in (
            (NoticeFilter(overdue=True), [order.id]),
            (NoticeFilter(running=False), [calm.id]),
            (NoticeFilter(kind=NoticeKind.COMPLAINT), [complaint.id]),
            (NoticeFilter(state=NoticeState.RECEIVED), [order.id]),
            (NoticeFilter(reference="BE/2026/17"), [order.id]),
            (NoticeFilter(open=False), []),
        ):
            assert [one.id for one in store.notices.inbox(wanted)] == ids
            recorded = [one for one in (calm.id, complaint.id, order.id) if one in ids]
            assert [one.id for _, one in store.notices.page(wanted)] == recorded
        assert store.notices.counts() == {
            "received": 1, "incomplete": 2, "in_work": 0, "answered": 0, "closed": 0, "overdue": 1,
        }  # fmt: skip

    def test_no_list_names_a_person(self, store):
        receive(store, COMPLAINT)
        receive(store)
        assert [one.authority for one in store.notices.inbox()] == ["An authority", None]


class TestClocks:
    def test_suspended_and_cured_it_is_due_anew(self, store, platform, now):
        item = platform.item(url=URL)
        case = store.cases.open(Basis.CHOSEN, "mine", [item.id], actor="ann")
        made = receive(store)
        (clock,) = made.clocks
        now.set(minutes=10)
        held = store.clocks.add(
            clock.id, Happened.SUSPENDED, at=None, actor="ann", reason="no address", hold="unclear"
        )
        assert held.reading.state is ClockState.SUSPENDED
        assert (store.notices.get(made.id).due_at, due(store, case)) == (None, None)
        now.set(hours=3)
        store.clocks.add(clock.id, Happened.RESUMED, at=None, actor="ann", reason="they sent it")
        assert due(store, case) == T0 + timedelta(hours=4)
        assert store.clocks.get(clock.id).reading.set_aside_s == 600.0

    def test_what_cannot_follow_changes_nothing(self, store, now):
        (clock,) = receive(store).clocks
        now.set(minutes=10)
        before = store.clocks.get(clock.id)
        with pytest.raises(errors.BadClock):
            store.clocks.add(clock.id, Happened.ENDED, at=T0 - timedelta(minutes=1), actor="ann", reason="r")
        assert store.clocks.get(clock.id) == before

    def test_they_are_found_by_what_they_are_about(self, store, now):
        about = About(AboutKind.PROVIDER, "")
        period = periods.PERIODS["tco_transparency"]
        year = store.clocks.start(period, about, "Europe/Brussels", at=T0, actor="ann", reason="2026")
        order = receive(store).clocks[0]
        assert [one.id for _, one in store.clocks.page()] == [year.id, order.id]
        assert [one.id for _, one in store.clocks.page(ClockFilter(about=about))] == [year.id]
        assert [one.id for _, one in store.clocks.page(ClockFilter(period="tco_removal"))] == [order.id]
        assert store.clocks.page(ClockFilter(state=ClockState.ENDED)) == []

    def test_a_case_shows_the_clocks_of_notices_that_name_its_items(self, store, platform):
        item = platform.item(url=URL)
        case = store.cases.open(Basis.CHOSEN, "mine", [item.id], actor="ann")
        (clock,) = receive(store).clocks
        assert [one.id for one in store.clocks.concerning(AboutKind.CASE, case.id)] == [clock.id]
        assert store.clocks.concerning(AboutKind.CASE, "none") == []


class TestAlarms:
    def test_each_share_is_told_once(self, store, now):
        made = receive(store)
        assert store.clocks.ring() == 0
        now.set(minutes=31)
        assert [store.clocks.ring(), store.clocks.ring()] == [1, 0]
        assert [(one["share"], one["late_s"]) for one in told(store)] == [(0.25, 960.0), (0.5, 60.0)]
        assert {one["about"]["id"] for one in told(store)} == {made.id}
        ids_and_times = "clock period about share run reached_at late_s state due_at remaining_s"
        assert set(told(store)[0]) == set(ids_and_times.split())
        assert [one.share for one in store.clocks.get(made.clocks[0].id).alarms] == [0.25, 0.5]

    def test_once_also_after_a_restart_and_late_ones_too(self, open_as, now):
        made = receive(open_as(now=now))
        now.set(minutes=16)
        open_as(now=now).clocks.ring()
        now.set(hours=30)
        for _ in range(2):
            open_as(now=now).clocks.ring()
        store = open_as(now=now)
        assert [one["share"] for one in told(store)] == [0.25, 0.5, 0.75, 1.0]
        assert store.clocks.get(made.clocks[0].id).reading.is_past

    def test_once_though_many_ring_at_a_time(self, store, now):
        for _ in range(5):
            receive(store)
        now.set(minutes=20)
        with ThreadPoolExecutor(4) as pool:
            list(pool.map(lambda _: store.clocks.ring(), range(8)))
        assert len(told(store)) == 5

    def test_one_that_is_taken_down_late_is_told_of_at_once(self, store, now):
        now.set(minutes=50)
        receive(store)
        assert [one["share"] for one in told(store)] == [0.25, 0.5, 0.75]

    def test_what_was_missed_is_told_though_it_ends_before_anybody_rang(self, store, now):
        (clock,) = receive(store).clocks
        now.set(minutes=70)
        store.clocks.add(clock.id, Happened.ENDED, at=None, actor="ann", reason="removed")
        assert [one["share"] for one in told(store)] == [0.25, 0.5, 0.75, 1.0]
        now.set(days=9)
        assert store.clocks.ring() == 0

    def test_none_while_it_is_suspended(self, store, now):
        (clock,) = receive(store).clocks
        store.clocks.add(clock.id, Happened.SUSPENDED, at=None, actor="a", reason="r", hold="unclear")
        now.set(days=2)
        assert store.clocks.ring() == 0
        assert told(store) == []

    def test_a_webhook_is_told(self, store, now):
        store.webhooks.create("https://example.org/hook", (EventType.CLOCK_ALARM,), "sealed", "ann")
        receive(store)
        now.set(minutes=16)
        store.clocks.ring()
        assert [one.kind for one in store.tasks.waiting(10)] == ["delivery"]


def test_items_of_an_older_database_are_found_by_what_notices_name(open_as, now, make):
    """A step back and forth fills in what the older schema does not have."""
    store = open_as(now=now)
    item = Platform(store, make).item(url=URL, post="p-1")
    store.webhooks.create("https://example.org/hook", (EventType.CLOCK_ALARM,), "sealed", "ann")
    backend = store._database._backend
    with backend.migrating() as connection:
        migrate.downgrade(connection, "0009")
    again = open_as(now=now)
    for named in ({"urls": (URL,)}, {"urls": (), "posts": ("p-1",)}):
        made = receive(again, replace(WHOLE, **named))
        assert [one.id for one in made.links] == [item.id]
    assert [one.types for one in again.webhooks.every()] == [(EventType.CLOCK_ALARM,)]
