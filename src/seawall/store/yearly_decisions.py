"""What the yearly report counts of decisions, and of what goes with them."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, case, exists, literal, or_, select

from seawall.model.decision import REMOVALS, RESTRICTIONS, Automation, Choice, Origin
from seawall.model.notice_fields import NoticeKind
from seawall.model.statement import StatementKind
from seawall.model.submission import SubmissionState
from seawall.store.schema_actions import case_event, decision, decision_item, decision_second, item
from seawall.store.schema_notices import notice
from seawall.store.schema_orders import statement, threat
from seawall.store.schema_preservation import preservation
from seawall.store.schema_submissions import transparency_submission
from seawall.store.schema_undo import decision_out, decision_undone
from seawall.store.yearly_columns import EARLIER, Rows, columns, of_decisions, ruled

_REMOVALS: Final = [one.value for one in REMOVALS]
_RESTRICTIONS: Final = [one.value for one in RESTRICTIONS]


def _items(part: ColumnElement[Any]) -> Rows:
    """Items, each with a decision on it that has effect."""
    query = columns(
        decision.c.number,
        item.c.number,
        item.c.id,
        decision_out.c.at,
        part=part,
        decided=decision.c.id,
    )
    return of_decisions(query, decision_item, decision_item.c.decision_number == decision.c.number).join(
        item, decision_item.c.item_number == item.c.number
    )


def _origin() -> ColumnElement[str]:
    made: ColumnElement[str] = ruled("origin").as_string()
    return made


def removals() -> Rows:
    """One that takes the place of another removal, as an appeal that failed does, is none of its own."""
    was = or_(EARLIER.c.choice.is_(None), EARLIER.c.choice.not_in(_REMOVALS))
    return _items(_origin()).where(decision.c.choice.in_(_REMOVALS), was)


def measures(part: ColumnElement[Any]) -> Rows:
    """As `removals`: to decide the same again is no measure of its own."""
    other = or_(EARLIER.c.choice.is_(None), EARLIER.c.choice != decision.c.choice)
    return _items(part).where(decision.c.choice.in_(_RESTRICTIONS), other)


def own_measures(part: ColumnElement[Any]) -> Rows:
    """Those of `measures` that nobody asked for."""
    return measures(part).where(_origin() == Origin.OWN_INITIATIVE.value)


def found_by() -> ColumnElement[str]:
    """Whether a machine or a person found what a decision is on."""
    return case((ruled("automated_detection").as_boolean().is_(True), literal("machine")), else_="person")


def reinstated() -> Rows:
    """Items that are there again, by why."""
    outcome = select(statement.c.decision_number).where(statement.c.kind == StatementKind.OUTCOME.value)
    complaints = select(notice.c.id).where(notice.c.kind == NoticeKind.COMPLAINT.value)
    complained = or_(decision.c.number.in_(outcome), ruled("notice").as_string().in_(complaints))
    why = case(
        (_origin() == Origin.ORDER.value, literal("authority")),
        (complained, literal("complaint")),
        else_=literal("own"),
    )
    return _items(why).where(decision.c.choice == Choice.RESTORE.value)


def detected() -> Rows:
    """Every item was opened for a match."""
    became = case(
        (decision.c.choice.in_(_RESTRICTIONS), literal("restricted")),
        (decision.c.choice.is_not(None), literal("left")),
        else_=literal("open"),
    )
    query = columns(
        item.c.number, literal(0), item.c.id, item.c.opened_at, part=became, decided=decision.c.id
    )
    return query.join_from(item, decision, item.c.decision_number == decision.c.number, isouter=True)


def second_reads() -> Rows:
    """What second persons said of decisions on what machines brought up, but for those undone."""
    agreed = case((decision_second.c.agrees, literal("agreed")), else_=literal("disagreed"))
    query = columns(decision.c.number, literal(0), decision.c.id, decision_second.c.at, part=agreed)
    query = query.join_from(decision, decision_second, decision_second.c.decision_number == decision.c.number)
    undone = select(decision_undone.c.decision_number)
    found = ruled("automated_detection").as_boolean().is_(True)
    return query.where(found, decision.c.number.not_in(undone))


def appeals(against: ColumnElement[bool]) -> Rows:
    """Decisions that take the place of another after an appeal against it."""
    changed = case((decision.c.choice != EARLIER.c.choice, literal("changed")), else_=literal("upheld"))
    query = columns(decision.c.number, literal(0), decision.c.id, decision_out.c.at, part=changed)
    query = query.join_from(decision, decision_out, decision_out.c.decision_number == decision.c.number)
    after = (
        exists()
        .where(decision_item.c.decision_number == decision.c.number)
        .where(decision_item.c.item_number == item.c.number)
        .where(case_event.c.case_number == item.c.case_number, case_event.c.what == "appealed")
        .where(case_event.c.at >= EARLIER.c.at, case_event.c.at <= decision.c.at)
        .correlate(decision, EARLIER)
    )
    return query.join(EARLIER, decision.c.reverses == EARLIER.c.id).where(after, against)


def against_found() -> ColumnElement[bool]:
    """Of an earlier decision: a machine had brought it up."""
    made: ColumnElement[bool] = ruled("automated_detection", EARLIER).as_boolean().is_(True)
    return made


def against_machine() -> ColumnElement[bool]:
    """Of an earlier decision: a machine made it."""
    made: ColumnElement[bool] = ruled("automated_decision", EARLIER).as_string() == Automation.FULLY.value
    return made


# What goes with them


def preserved() -> Rows:
    """Originals that were preserved, by the basis."""
    kept = preservation
    return columns(kept.c.number, literal(0), kept.c.id, kept.c.at, part=kept.c.basis)


def threats() -> Rows:
    """Dossiers of threats to life."""
    return columns(threat.c.number, literal(0), threat.c.id, threat.c.at)


def statements() -> Rows:
    """Statements that were told, by their kind."""
    told = statement.c.told_at
    query = columns(statement.c.number, literal(0), statement.c.id, told, part=statement.c.kind)
    return query.where(told.is_not(None))


def submissions() -> Rows:
    """Submissions that the transparency database has."""
    sent = transparency_submission
    query = columns(sent.c.number, literal(0), sent.c.id, sent.c.sent_at)
    return query.where(sent.c.state == SubmissionState.SENT.value)
