"""From the order to the reinstatement, on real clips, with a clock that is moved over summer time."""

from __future__ import annotations

import hashlib
from datetime import UTC, datetime, timedelta

import pytest
from orders_given import T0, Now, at_time, message, work
from sqlalchemy import select

from seawall import errors
from seawall.demo import material
from seawall.model.clock import ClockState
from seawall.model.decision import (
    Automation,
    CaseState,
    Choice,
    Ground,
    GroundKind,
    ItemState,
    Origin,
    Redress,
    Ruling,
    Stage,
    View,
)
from seawall.model.notice import NoticeState
from seawall.model.notice_fields import NoticeKind
from seawall.model.preservation import Basis
from seawall.model.seen import Context
from seawall.model.statement import StatementKind
from seawall.reports.annexes import Annex
from seawall.store.items import ItemFilter
from seawall.store.schema_jobs import event
from seawall.workflows import uploads
from seawall.workflows.order_files import Came, proposed
from seawall.workflows.orders import Back
from seawall.workflows.tasks import Kind

URL = "https://example.org/p/99213"
ORDER = f"""SECTION A
Issuing Member State: BE
Addressee: Example Hosting
Reference number: BE/2026/17
Time and date of issue: 2026-03-20T09:50:00+01:00
SECTION B
URL: {URL}
[x] (c) Recruits
Legal basis: Article 3
Further reasons: It recruits for a group.
SECTION C
[x] Not to be disclosed
SECTION E
Issuing authority: An authority
[x] Electronic signature
SECTION G
Redress: the court of the place
"""


@pytest.fixture(scope="module")
def clips(tmp_path_factory):
    folders = material.Folders.under(tmp_path_factory.mktemp("material"))
    for one in folders.all():
        one.mkdir(parents=True)
    return material.produce(folders, 1)


@pytest.fixture
def now():
    return Now()


def events(library, kind):
    with library._store._database.read() as connection:
        query = select(event.c.id).where(event.c.type == kind).order_by(event.c.number)
        ids = connection.execute(query).scalars().all()
    return [library.events.get(one).data for one in ids]


def clock(notice, period):
    (found,) = [one for one in notice.clocks if one.period == period]
    return found


def matched(library, clips):
    """The item of an upload that holds a known clip."""
    library.bank_create("KNOWN", labels=["propaganda"])
    upload = next(one for one in clips.uploads if one.reference == clips.known[0].name)
    [added] = library.bank_add("KNOWN", [clips.known[0]])
    assert added.reference is not None
    library.viewing.keep(upload.path, hashlib.sha256(upload.path.read_bytes()).hexdigest())
    made = uploads.check(library, upload.path, Context(uploader="u-7", post="p-1", url=URL), "up/key")
    assert made.record is not None
    assert made.record.matches
    library.policies.settle([one.id for one in made.record.matches])
    [(_, item)] = library.cases.items(ItemFilter(sha256=made.result.sha256))
    return item


def removal(item, order):
    return Ruling(
        items=(item.id,),
        choice=Choice.DISABLE,
        facts="A full copy of footage that recruits.",
        origin=Origin.ORDER,
        automated_detection=True,
        automated_decision=Automation.NONE,
        views=(View.METADATA,),
        grounds=(Ground(GroundKind.LEGAL, "Regulation (EU) 2021/784", "ordered"),),
        territory=("EU",),
        redress=(Redress.INTERNAL_COMPLAINT, Redress.COURT),
        notice=order,
    )


@pytest.mark.parametrize("zone", ["Europe/Brussels", "America/Santiago"])
def test_from_order_to_reinstatement(tmp_path, clips, now, monkeypatch, zone):  # noqa: PLR0915 - one path, in order
    with at_time(
        tmp_path / "data", now, monkeypatch, time_zone=zone, provider_name="Example Hosting", undo_s="0"
    ) as library:
        path = tmp_path / "order.txt"
        path.write_text(ORDER)
        now.later(minutes=12)  # it came at nine and is taken in later: the clock counts from nine
        came = library.order_files.take(path, Came(T0, zone, name="order.txt"))
        order = library.notices.get(came.notice)
        assert order.state is NoticeState.INCOMPLETE
        assert clock(order, "tco_removal").reading.remaining_s == 48 * 60
        said = proposed(came.read)
        assert (said["urls"], said["content_type"], said["silence"]) == ((URL,), "recruits", "yes")

        # Completeness: what the file does not say is missing, and Annex III names it.
        library.order_files.confirm(came.id, said, "compared with the file")
        order = library.notices.get(order.id)
        assert [one.name for one in order.missing] == ["law", "authenticated"]
        unclear = library.clocks.suspend(clock(order, "tco_removal").id, "unclear", reason="which law?")
        now.later(hours=5)
        third = library.orders.annex(order.id, Annex.NOT_DONE)
        fields = {one.id: one.value for one in third.fields}
        assert "Under which law" in fields["missing"]
        assert fields["unclear"] == "which law?"
        [course] = [one for one in third.courses if one.period == "tco_removal"]
        assert course.since_receipt_s == 5 * 3600 + 12 * 60
        library.notices.supplement(order.id, {"law": "tco", "authenticated": "seal"}, "they have said it")
        library.clocks.resume(unclear.id, reason="they have said it")
        order = library.notices.get(order.id)
        assert (order.missing, clock(order, "tco_removal").reading.remaining_s) == ((), 3600)

        # The match, then the decision.
        item = matched(library, clips)
        library.notices.look()  # as is done twice a minute
        [link] = library.notices.get(order.id).links
        assert link.id == item.id
        now.later(minutes=20)
        made = library.cases.decide(removal(item, order.id), user="ann")
        assert (made.stage, library.cases.item(item.id).state) == (Stage.DUE, ItemState.OPEN)
        work(library, Kind.DECISION)
        assert library.cases.decision(made.id).stage is Stage.OUT
        [(_, kept)] = library.preserving.page()
        assert (kept.sha256, kept.basis) == (item.sha256, Basis.REMOVED_TERRORIST_CONTENT)
        assert (kept.at, kept.removed_at) == (now(), now())
        order = library.notices.get(order.id)
        removed = clock(order, "tco_removal").reading
        assert (removed.state, removed.is_past, removed.elapsed_s) == (ClockState.ENDED, False, 20 * 60)

        second = library.orders.annex(order.id, Annex.DONE, signatory="Ann")
        fields = {one.id: one.value for one in second.fields}
        assert (fields["disabled"], fields["removed"], fields["signatory"]) == ("yes", "no", "Ann")
        assert (fields["reference"], fields["provider"]) == ("BE/2026/17", "Example Hosting")
        measured = datetime.fromisoformat(fields["measure_at"].split(" ")[0])
        assert measured == now()
        [course] = [one for one in second.courses if one.period == "tco_removal"]
        assert course.since_receipt_s == 5 * 3600 + 32 * 60
        [held] = course.suspensions
        assert held.ended_at is not None
        assert held.ended_at - held.began_at == timedelta(hours=5)

        # Silence: six weeks of the calendar, over the night in which summer time begins.
        silence = clock(order, "tco_silence").reading
        night = timedelta(hours={"Europe/Brussels": 22, "America/Santiago": 28}[zone])
        assert silence.due_at == datetime(2026, 5, 1, tzinfo=UTC) + night
        [(_, waiting)] = library.statements.page()
        assert (waiting.kind, waiting.recipient) == (StatementKind.INFORMATION, "u-7")
        assert (waiting.due_at, waiting.told_at) == (silence.due_at, None)
        assert work(library, Kind.STATEMENT) == []
        assert library.statements.tell(waiting.id) is False  # whoever asks
        now.at = silence.due_at - timedelta(seconds=1)
        assert work(library, Kind.STATEMENT) == []
        now.later(seconds=1)
        assert {"told": True} in work(library, Kind.STATEMENT)
        assert library.statements.tell(waiting.id) is False
        told = library.statements.get(waiting.id)
        assert told.told_at == silence.due_at
        assert "An authority" in told.text
        assert "BE/2026/17" in told.text
        [due] = events(library, "statement.due")
        assert (due["statement"], due["recipient"]) == (waiting.id, "u-7")

        # The complaint opens the appeal; another person decides; the answer ends the two weeks.
        now.later(days=1)
        complaint = library.notices.receive(
            message(
                NoticeKind.COMPLAINT,
                now(),
                zone=zone,
                sender="A person",
                contact="a@example.org",
                decision=made.id,
            )
        )
        case = library.cases.get(library.cases.item(item.id).case)
        assert case.state is CaseState.APPEALED
        assert library.cases.item(item.id).state is ItemState.REOPENED
        weeks = clock(complaint, "tco_complaint").reading
        assert weeks.due_at == datetime(2026, 5, 17, tzinfo=UTC) + night
        with pytest.raises(errors.RecordConflict):
            library.notices.answer(complaint.id, "no")
        back = Back("it is a news report", "The footage stands in a report.", notice=complaint.id)
        with pytest.raises(errors.SecondPerson):
            library.orders.reinstate(made.id, Back("mine", "mine", items=(item.id,)), user="ann")
        library.orders.reinstate(made.id, back, user="bea")
        assert [one["items"] for one in events(library, "content.reinstated")] == [[item.id]]
        work(library, Kind.STATEMENT)
        after = library.notices.get(complaint.id)
        assert after.state is NoticeState.ANSWERED
        assert clock(after, "tco_complaint").reading.state is ClockState.ENDED
        assert library.cases.get(case.id).state is CaseState.DECIDED
        kinds = {one.kind: one.recipient for _, one in library.statements.page() if one.told_at}
        assert kinds == {
            StatementKind.INFORMATION: "u-7",
            StatementKind.REINSTATEMENT: "u-7",
            StatementKind.OUTCOME: complaint.id,
        }

        # The report of the year: one of each, and the hour was kept in its second run.
        counted = {one.figure.id: one for one in library.yearly.report(2026).figures}
        parts = {name: {part for part, count in one.parts if count} for name, one in counted.items()}
        once = ("tco_orders", "tco_orders_acted", "tco_removals", "tco_complaints", "tco_reinstated")
        assert {counted[name].count for name in once} == {1}
        assert counted["tco_orders_not_acted"].count == 0
        assert parts["tco_orders"] == {"BE"}
        assert parts["tco_orders_acted"] == {"kept"}
        assert parts["tco_removals"] == {"order"}
        assert parts["tco_complaints"] == {"reinstated"}
        assert parts["tco_reinstated"] == {"complaint"}
        assert parts["dsa_statements"] == {"information", "reinstatement", "outcome"}
        assert [one.id for one in library.yearly.rows(2026, "tco_orders_acted")] == [order.id]
