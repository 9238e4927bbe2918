"""Files of orders, silence, scrutiny, threats and referrals: what each holds to, whatever comes in."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
from orders_given import T0, Now, at_time, decide, message, removal, work
from sqlalchemy import select

from seawall import errors
from seawall.model.clock import ClockState
from seawall.model.decision import (
    Basis,
    CaseState,
    Choice,
    ItemState,
    Origin,
)
from seawall.model.match import Match, Recommendation
from seawall.model.notice_fields import NoticeKind
from seawall.model.policy import Outcome, Step
from seawall.model.seen import Checked, Context, How, RecordedMatch
from seawall.model.signal import Signal, SignalType
from seawall.model.statement import StatementKind
from seawall.model.threat import Dossier, Fact, Question
from seawall.store import NewReference
from seawall.store.outcomes import Made
from seawall.store.schema_jobs import event
from seawall.workflows.order_files import Came, proposed
from seawall.workflows.orders import Back
from seawall.workflows.tasks import Kind

HELD = Outcome(Step.HOLD, "rest", "rule 'rest'", 1, Step.HOLD, None, review=True)


@pytest.fixture
def now():
    return Now()


@pytest.fixture
def library(tmp_path, now, monkeypatch):
    with at_time(tmp_path / "data", now, monkeypatch, undo_s="0", hotline="A hotline") as opened:
        yield opened


def matched(library, *, sha256="a" * 64, **context):
    """An item that was matched with a reference."""
    if "K" not in {one.name for one in library.banks()}:
        library.bank_create("K")
    hashed = Signal(SignalType.PDQ, 1, bytes(32), 90)
    known = library._store.add_reference("K", NewReference(None, "video", (hashed,), "a wall", "list.csv"))
    match = Match(known.id, 0.9, Recommendation.STRONG, 0.4, 1.0, {}, ())
    place = Context(**{"uploader": "u-7", "post": "p-1", **context})
    checked = Checked(uuid4().hex, sha256, "video", 31.2, T0, "up/key", place)
    found = RecordedMatch(uuid4().hex, checked, "K", match, How.CHECK, T0)
    library._store.outcomes.record([Made(found, HELD, None)])
    return next(one for _, one in library.cases.items(limit=100) if one.context == place)


def told(library, kind):
    with library._store._database.read() as connection:
        query = select(event.c.id).where(event.c.type == kind).order_by(event.c.number)
        ids = connection.execute(query).scalars().all()
    return [library.events.get(one).data for one in ids]


def silent(library, item, **said):
    order = library.notices.receive(message(NoticeKind.ORDER, T0, posts=("p-1",), **said))
    decide(library, removal(item, notice=order.id), user="ann")
    [(_, waiting)] = library.statements.page()
    return library.notices.get(order.id), waiting


class TestFiles:
    @pytest.mark.parametrize(
        ("said", "reason"),
        [
            ('<!DOCTYPE a [<!ENTITY b "c">]><removal-order>&b;</removal-order>', "document type"),
            ("<?xml version='1.0'?><other/>", "root"),
            ("<removal-order>" + "<a>" * 9 + "</a>" * 9 + "</removal-order>", "deep"),
            ("<removal-order>" + "<a/>" * 3000 + "</removal-order>", "elements"),
            ("<removal-order><country>BE</removal-order>", "mismatched"),
        ],
    )
    def test_hostile_xml_leaves_nothing(self, library, tmp_path, said, reason):
        path = tmp_path / "order.xml"
        path.write_text(said)
        with pytest.raises(errors.DamagedReport, match=reason):
            library.order_files.take(path, Came(T0, "UTC"))
        assert library.notices.page() == []

    def test_what_is_not_confirmed_does_not_hold(self, library, tmp_path):
        path = tmp_path / "order.xml"
        path.write_text(
            "<removal-order><reference>1</reference><reference>2</reference><country>BE</country>"
            "<content_type>everything</content_type><unknown>x</unknown></removal-order>"
        )
        made = library.order_files.take(path, Came(T0, "UTC"))
        assert library.notices.get(made.notice).message.particulars == ()
        assert proposed(made.read) == {"country": "BE"}
        assert len(made.read.unread) == 2
        library.order_files.confirm(made.id, proposed(made.read), "compared")
        assert library.notices.get(made.notice).message.value("country") == "BE"
        with pytest.raises(errors.RecordConflict):
            library.order_files.confirm(made.id, {}, "again")
        with pytest.raises(errors.RecordConflict):
            library.order_files.put_aside(made.id)

    def test_a_field_that_cannot_be_so_is_refused_and_the_file_waits_on(self, library, tmp_path):
        path = tmp_path / "order.txt"
        path.write_text("Time and date of issue: yesterday, at noon\n")
        made = library.order_files.take(path, Came(T0, "UTC"))
        with pytest.raises(errors.BadNotice):
            library.order_files.confirm(made.id, proposed(made.read), "compared")
        assert library.order_files.get(made.id).settled is None


class TestSilence:
    def test_without_silence_it_is_told_at_once_and_once(self, library):
        _, waiting = silent(library, matched(library))
        assert waiting.kind is StatementKind.INFORMATION
        assert work(library, Kind.STATEMENT) == [{"told": True}]
        assert library.statements.tell(waiting.id) is False
        assert len(told(library, "statement.due")) == 1

    def test_what_breaks_the_law_or_the_terms_gets_a_statement_of_reasons(self, library):
        one, other = matched(library), matched(library, sha256="b" * 64, uploader="u-8", post="p-2")
        decide(library, removal(one, other, origin=Origin.OWN_INITIATIVE, purpose="none"), user="ann")
        found = [each for _, each in library.statements.page()]
        assert {(each.kind, each.recipient) for each in found} == {
            (StatementKind.REASONS, "u-7"),
            (StatementKind.REASONS, "u-8"),
        }
        work(library, Kind.STATEMENT)
        text = library.statements.get(found[0].id).text
        for part in (
            "Facts: It recruits.",
            "own initiative",
            "Automated means were used",
            "An act, 2",
            "court",
        ):
            assert part in text
        assert "p-2" not in text

    def test_an_extension_holds_it_back_for_longer(self, library, now):
        order, waiting = silent(library, matched(library), silence="yes")
        [clock] = [one for one in order.clocks if one.period == "tco_silence"]
        first = waiting.due_at
        now.later(weeks=5)
        library.clocks.extend(clock.id, reason="ordered again")
        again = library.statements.get(waiting.id)
        assert timedelta(days=40) < again.due_at - first < timedelta(days=44)
        now.at = first
        assert work(library, Kind.STATEMENT) == [{"told": False}]
        now.at = again.due_at
        assert {"told": True} in work(library, Kind.STATEMENT)

    def test_it_is_told_once_the_silence_is_lifted(self, library, now):
        order, waiting = silent(library, matched(library), silence="yes")
        now.later(days=3)
        [clock] = [one for one in order.clocks if one.period == "tco_silence"]
        library.clocks.end(clock.id, reason="lifted by the authority")
        assert work(library, Kind.STATEMENT) == [{"told": True}]
        assert library.statements.get(waiting.id).told_at == now()

    def test_the_day_that_an_order_names_ends_it(self, library, now):
        until = T0 + timedelta(days=10)
        _, waiting = silent(library, matched(library), silence="yes", nondisclosure_until=until.isoformat())
        assert waiting.due_at == until
        now.at = until
        assert {"told": True} in work(library, Kind.STATEMENT)

    def test_what_was_read_and_not_confirmed_is_held_to(self, library, tmp_path):
        path = tmp_path / "order.txt"
        path.write_text("[x] Not to be disclosed\n")
        made = library.order_files.take(path, Came(T0, "UTC"))
        decide(library, removal(matched(library), notice=made.notice), user="ann")
        [(_, waiting)] = library.statements.page()
        assert waiting.due_at is None
        assert library.statements.tell(waiting.id) is False
        library.order_files.put_aside(made.id)
        assert work(library, Kind.STATEMENT) == [{"told": True}]

    def test_an_order_that_came_by_another_way_keeps_it_silent_too(self, library):
        item = matched(library)
        library.notices.receive(message(NoticeKind.ORDER, T0, posts=("p-1",), silence="yes"))
        decide(library, removal(item, origin=Origin.OWN_INITIATIVE, purpose="none"), user="ann")
        [(_, waiting)] = library.statements.page()
        assert waiting.due_at > T0 + timedelta(weeks=6)

    def test_what_is_undone_is_never_told(self, library):
        made = library.cases.decide(removal(matched(library)), user="ann", undo_s=60)
        library.cases.undo(made.id, user="ann")
        assert library.statements.page() == []


class TestScrutiny:
    def order(self, library, **said):
        item = matched(library)
        order = library.notices.receive(message(NoticeKind.ORDER, T0, posts=("p-1",), **said))
        return order, decide(library, removal(item, notice=order.id), user="ann"), item

    def test_an_infringing_order_is_reversed_at_once(self, library, now):
        order, made, item = self.order(library, cross_border="yes")
        now.later(hours=47)
        clock = library.orders.ask_scrutiny(order.id, "the uploader asks")
        assert clock.reading.remaining_s == 72 * 3600
        now.later(hours=30)
        with pytest.raises(errors.RecordConflict):
            library.orders.ask_scrutiny(order.id, "again")
        [back] = library.orders.scrutinised(order.id, "it infringes", infringes=True, user="bea")
        assert (back.ruling.choice, back.ruling.reverses) == (Choice.RESTORE, made.id)
        assert library.cases.item(item.id).decision == back.id
        states = {one.period: one.reading.state for one in library.notices.get(order.id).clocks}
        assert states["tco_scrutiny_request"] is ClockState.ENDED
        assert states["tco_scrutiny_decision"] is ClockState.ENDED

    def test_not_past_48_hours_and_not_at_home(self, library, now):
        order, _, _ = self.order(library, cross_border="yes")
        now.later(hours=49)
        with pytest.raises(errors.RecordConflict, match="past the time"):
            library.orders.ask_scrutiny(order.id, "late")
        other = library.notices.receive(message(NoticeKind.ORDER, T0))
        with pytest.raises(errors.RecordConflict, match="another Member State"):
            library.orders.ask_scrutiny(other.id, "why not")

    def test_an_order_that_stands_takes_nothing_back(self, library):
        order, made, _ = self.order(library, cross_border="yes")
        library.orders.ask_scrutiny(order.id, "asked")
        assert library.orders.scrutinised(order.id, "it stands", infringes=False, user="bea") == []
        assert library.cases.decision(made.id).reversed_by == ()


class TestComplaints:
    def test_one_against_what_is_not_known_is_kept_and_opens_nothing(self, library):
        made = library.notices.receive(message(NoticeKind.COMPLAINT, T0, decision="none"))
        assert made.links == ()
        assert library.notices.answer(made.id, "no such decision").state == "answered"

    def test_one_that_is_refused_is_told_with_reasons(self, library):
        item = matched(library)
        made = decide(library, removal(item), user="ann")
        complaint = library.notices.receive(message(NoticeKind.COMPLAINT, T0, decision=made.id))
        again = removal(item, reverses=made.id, reason="the footage is as it was described")
        with pytest.raises(errors.SecondPerson):
            decide(library, again, user="ann")
        decide(library, again, user="bea")
        work(library, Kind.STATEMENT)
        [outcome] = [
            one for _, one in library.statements.page() if one.kind is StatementKind.OUTCOME and one.told_at
        ]
        assert outcome.recipient == complaint.id
        assert "the footage is as it was described" in outcome.text
        assert library.notices.get(complaint.id).state == "answered"

    def test_what_is_decided_on_another_item_of_its_case_is_no_answer(self, library):
        item, other = matched(library), matched(library, post="p-2", uploader="u-8")
        assert item.case == other.case
        first = decide(library, removal(item), user="ann")
        second = decide(library, removal(other), user="ann")
        complaint = library.notices.receive(message(NoticeKind.COMPLAINT, T0, decision=first.id))
        decide(library, removal(other, reverses=second.id, reason="a fairer ground"), user="bea")
        work(library, Kind.STATEMENT)
        assert StatementKind.OUTCOME not in {one.kind for _, one in library.statements.page()}
        assert library.notices.get(complaint.id).state != "answered"


class TestThreats:
    def test_with_nothing_else_there_and_no_job_at_work(self, library):
        made = library.threats.report(Dossier((Fact(Question.WHAT, "a plan", "a post"),), "Europol"))
        assert library.threats.get(made.id) == made
        assert told(library, "threat.reported") == [
            {"threat": made.id, "authority": "Europol", "country": None}
        ]

    @pytest.mark.parametrize(
        "change",
        [
            {"facts": ()},
            {"facts": (Fact(Question.WHO, "he", " "),)},
            {"authority": ""},
            {"country": "Belgium"},
            {"attachments": ("javascript:alert(1)",)},
        ],
    )
    def test_what_nobody_can_read_is_refused(self, library, change):
        said = {"facts": (Fact(Question.WHAT, "a plan", "a post"),), "authority": "Europol", **change}
        with pytest.raises(errors.BadThreat):
            library.threats.report(Dossier(**said))
        assert library.threats.page() == []


class TestReferrals:
    def test_it_leaves_at_once_with_all_that_was_kept(self, library, tmp_path):
        path = tmp_path / "upload.bin"
        path.write_bytes(b"bytes of an upload")
        import hashlib  # noqa: PLC0415 - only here

        sha256 = hashlib.sha256(path.read_bytes()).hexdigest()
        library.viewing.keep(path, sha256)
        assert library.objects.has(sha256)
        one = matched(library, sha256=sha256)
        other = matched(library, sha256=sha256, post="p-2", uploader="u-8")
        rest = matched(library, sha256="c" * 64, post="p-3")
        case = library.cases.get(library.cases.item(one.id).case)
        made = library.hotline.refer(one.id, "it may be", receipt="H-1")
        assert (made.items, made.sha256, made.hotline) == ((one.id, other.id), sha256, "A hotline")
        for each in (one, other):
            known = library.cases.item(each.id)
            assert (known.state, known.case) == (ItemState.REFERRED, None)
        assert library.cases.item(rest.id).state is ItemState.OPEN
        assert library.cases.get(case.id).state is CaseState.CLOSED
        assert not library.objects.has(sha256)
        assert told(library, "content.referred")[0]["items"] == [one.id, other.id]
        library.viewing.keep(path, sha256)
        assert not library.objects.has(sha256)
        with pytest.raises(errors.RecordConflict):
            library.hotline.refer(one.id, "again")
        with pytest.raises(errors.RecordConflict):
            decide(library, removal(one), user="ann")
        with pytest.raises(errors.RecordConflict):
            library.cases.open(Basis.CHOSEN, "it", [one.id])

    def test_no_bank_takes_it_as_a_file_or_as_a_hash(self, library, tmp_path):
        from seawall.bench import synthetic  # noqa: PLC0415 - only here

        path = tmp_path / "clip.mp4"
        synthetic.write_clip(path, 5, 1.0, 64, 36, fps=5.0)
        library.bank_create("OWN")
        [added] = library.bank_add("OWN", [path], keep=True)
        item = matched(library, sha256=added.sha256)
        library.hotline.refer(item.id, "it may be")
        assert list(library.references("OWN", include_withdrawn=True)) == []
        assert not library.objects.has(added.sha256)
        [refused] = library.bank_add("OWN", [path], keep=True)
        assert isinstance(refused.error, errors.NeverBanked)
        assert not library.objects.has(added.sha256)
        digest = Signal(SignalType.SHA256, 1, bytes.fromhex(added.sha256), None)
        with pytest.raises(errors.NeverBanked):
            library._store.add_reference("OWN", NewReference(None, "video", (digest,), "x", "list.csv"))
        assert list(library.references("OWN", include_withdrawn=True)) == []

    def test_a_decision_that_is_about_to_go_out_does_not_bring_it_back(self, library, now):
        item = matched(library)
        library.cases.decide(removal(item), user="ann", undo_s=60)
        library.hotline.refer(item.id, "it may be")
        now.later(minutes=2)
        work(library, Kind.DECISION)
        assert library.cases.item(item.id).state is ItemState.REFERRED
        assert library.statements.page() == []

    def test_a_new_match_does_not_bring_it_back(self, library):
        item = matched(library)
        library.hotline.refer(item.id, "it may be")
        assert matched(library).state is ItemState.REFERRED

    def test_without_a_hotline_nothing_is_taken_away(self, library):
        item = matched(library)
        library.hotline.name = ""
        with pytest.raises(errors.HotlineMissing):
            library.hotline.refer(item.id, "it may be")
        assert library.cases.item(item.id).state is ItemState.OPEN


def test_reinstating_what_does_not_stand_is_refused(library):
    made = decide(library, removal(matched(library)), user="ann")
    library.orders.reinstate(made.id, Back("a mistake", "seen again"), user="bea")
    with pytest.raises(errors.RecordConflict):
        library.orders.reinstate(made.id, Back("a mistake", "seen again"), user="bea")
