"""What the yearly report counts of orders, notices and complaints."""

from __future__ import annotations

from typing import Any, Final

from sqlalchemy import ColumnElement, Subquery, and_, case, exists, func, literal, or_, select

from seawall.model.clock import AboutKind, ClockState, Happened
from seawall.model.decision import REMOVALS, RESTRICTIONS, Automation, Choice, GroundKind
from seawall.model.notice import OPEN
from seawall.model.notice_fields import BY_NAME, NoticeKind
from seawall.model.periods import STARTED_BY, Trigger
from seawall.model.statement import StatementKind
from seawall.model.yearly_figures import MEMBER_STATES
from seawall.store.schema_actions import decision
from seawall.store.schema_notices import clock, clock_alarm, clock_event, notice
from seawall.store.schema_orders import statement
from seawall.store.schema_undo import decision_out
from seawall.store.yearly_columns import EARLIER, Rows, columns, of_decisions, ruled

_HOUR: Final = STARTED_BY[Trigger.ORDER_RECEIVED]
_REMOVALS: Final = [one.value for one in REMOVALS]
_RESTRICTIONS: Final = [one.value for one in RESTRICTIONS]
_OPEN: Final = [one.value for one in OPEN]


def _says(name: str, *values: str) -> ColumnElement[bool]:
    """Whether a message has a further field with one of these values, capitals or not.

    `codec` writes a record without blanks and in the order of its fields, and no text in it can hold a
    quotation mark that is not escaped: so nothing but such a field has these characters.
    """
    said = func.lower(notice.c.message)
    return or_(
        *(said.contains(f'{{"name":"{name}","value":"{one.lower()}"}}', autoescape=True) for one in values)
    )


def _names(name: str) -> ColumnElement[bool]:
    return notice.c.message.contains(f'{{"name":"{name}","value":', autoescape=True)


def _under(name: str, value: str) -> ColumnElement[bool]:
    """Whether a choice says so, or is not made and is taken for it."""
    said = _says(name, value)
    return or_(said, ~_names(name)) if BY_NAME[name].default == value else said


def _of(kind: NoticeKind) -> ColumnElement[bool]:
    return notice.c.kind == kind.value


def _notices(part: ColumnElement[Any] | None = None, ended: ColumnElement[Any] | None = None) -> Rows:
    received = notice.c.received_at
    return columns(notice.c.number, literal(0), notice.c.id, received, part=part, begun=received, ended=ended)


def _following() -> Subquery:
    """By notice: what came of the decisions that follow it and have effect."""
    is_removal, restricts = decision.c.choice.in_(_REMOVALS), decision.c.choice.in_(_RESTRICTIONS)
    legal = decision.c.ruling.contains(f'{{"kind":"{GroundKind.LEGAL}",', autoescape=True)
    fully = ruled("automated_decision").as_string() == Automation.FULLY.value
    each = (
        select(
            ruled("notice").as_string().label("notice"),
            decision_out.c.at,
            case((is_removal, decision_out.c.at)).label("removed_at"),
            case((restricts, 1), else_=0).label("restricts"),
            case((and_(restricts, legal), 1), else_=0).label("legal"),
            case((fully, 0), else_=1).label("by_people"),
        )
        .join_from(decision, decision_out, decision_out.c.decision_number == decision.c.number)
        .subquery()
    )
    return (
        select(
            each.c.notice,
            func.min(each.c.at).label("at"),
            func.min(each.c.removed_at).label("removed_at"),
            func.max(each.c.restricts).label("restricts"),
            func.max(each.c.legal).label("legal"),
            func.max(each.c.by_people).label("by_people"),
        )
        .where(each.c.notice.is_not(None))
        .group_by(each.c.notice)
        .subquery()
    )


# Orders


def _state() -> ColumnElement[str]:
    """The Member State that issued an order."""
    named = [(_says("country", code, *names), literal(code)) for code, names in MEMBER_STATES.items()]
    return case(*named, (_names("country"), literal("elsewhere")), else_=literal("unsaid"))


def orders() -> Rows:
    """Orders under the law on terrorist content, by the Member State that issued them."""
    return _notices(_state()).where(_of(NoticeKind.ORDER), _under("law", "tco"))


def orders_acted() -> Rows:
    """Those of them of which something was removed or disabled, by whether the hour was kept."""
    done = _following()
    query = _notices(_hour(), done.c.removed_at).join_from(notice, done, done.c.notice == notice.c.id)
    return query.where(_of(NoticeKind.ORDER), _under("law", "tco"), done.c.removed_at.is_not(None))


def orders_not_acted() -> Rows:
    """Those of them of which nothing was, by the ground on record."""
    done = _following()

    def held(hold: str) -> ColumnElement[bool]:
        return (
            exists()
            .where(clock_event.c.clock_number == clock.c.number, clock_event.c.hold == hold)
            .where(*_is_hour())
            .correlate(notice)
        )

    ground = case(
        (held("impossible"), literal("impossible")),
        (held("unclear"), literal("unclear")),
        (notice.c.state.in_(_OPEN), literal("open")),
        else_=literal("no_ground"),
    )
    query = _notices(ground).join_from(notice, done, done.c.notice == notice.c.id, isouter=True)
    return query.where(_of(NoticeKind.ORDER), _under("law", "tco"), done.c.removed_at.is_(None))


def all_orders() -> Rows:
    """Orders under any law, by the Member State that issued them."""
    done = _following()
    query = _notices(_state(), done.c.removed_at)
    query = query.join_from(notice, done, done.c.notice == notice.c.id, isouter=True)
    return query.where(_of(NoticeKind.ORDER))


def _is_hour() -> tuple[ColumnElement[bool], ...]:
    """Of the clock that an order starts."""
    return (
        clock.c.about_kind == AboutKind.NOTICE.value,
        clock.c.about_id == notice.c.id,
        clock.c.period == _HOUR.id,
    )


def _hour() -> ColumnElement[str]:
    """Whether the hour was kept. Once it is over while it runs, an alarm says so, also one that came late.

    After a suspension it begins anew: the last run counts.
    """
    runs = (
        select(1 + func.count())
        .where(clock_event.c.clock_number == clock.c.number, clock_event.c.what == Happened.RESUMED.value)
        .correlate(clock)
        .scalar_subquery()
    )
    ended = (
        select(clock_event.c.at)
        .where(clock_event.c.clock_number == clock.c.number, clock_event.c.what == Happened.ENDED.value)
        .correlate(clock)
        .scalar_subquery()
    )
    over = and_(
        clock_alarm.c.clock_number == clock.c.number,
        clock_alarm.c.run == runs,
        clock_alarm.c.share >= 1.0,
        or_(clock.c.state != ClockState.ENDED.value, clock_alarm.c.at < ended),
    )
    missed = exists().where(over).where(*_is_hour()).correlate(notice)
    still = exists().where(clock.c.state != ClockState.ENDED.value, *_is_hour()).correlate(notice)
    return case(
        (missed, literal("missed")),
        (still, literal("running")),
        else_=literal("kept"),
    )


# Notices and complaints


def _is_notice() -> ColumnElement[bool]:
    return notice.c.kind.in_([NoticeKind.NOTICE.value, NoticeKind.TRUSTED_FLAGGER.value])


def all_notices() -> Rows:
    """Notices, by whether a trusted flagger sent them."""
    return _notices(notice.c.kind).where(_is_notice())


def notices_decided() -> Rows:
    """Notices that a decision follows, by what it restricts and on which ground."""
    done = _following()
    ground = case(
        (done.c.legal == 1, literal("legal")),
        (done.c.restricts == 1, literal("contractual")),
        else_=literal("nothing"),
    )
    query = _notices(ground, done.c.at).join_from(notice, done, done.c.notice == notice.c.id)
    return query.where(_is_notice())


def notices_machine() -> Rows:
    """Notices that decisions follow of which no person had a part."""
    done = _following()
    query = _notices().join_from(notice, done, done.c.notice == notice.c.id)
    return query.where(_is_notice(), done.c.by_people == 0)


def complaints(law: str) -> Rows:
    """What they came to is told to who complained, by a statement of the decision."""
    each = of_decisions(
        select(
            statement.c.recipient,
            decision_out.c.at,
            case((decision.c.choice == Choice.RESTORE.value, 1), else_=0).label("restores"),
            case((decision.c.choice != EARLIER.c.choice, 1), else_=0).label("changes"),
        ),
        statement,
        statement.c.decision_number == decision.c.number,
    ).where(statement.c.kind == StatementKind.OUTCOME.value, EARLIER.c.number.is_not(None))
    told = each.subquery()
    came = (
        select(
            told.c.recipient,
            func.min(told.c.at).label("at"),
            func.max(told.c.restores).label("restores"),
            func.max(told.c.changes).label("changes"),
        )
        .group_by(told.c.recipient)
        .subquery()
    )
    outcome = case(
        (came.c.restores == 1, literal("reinstated")),
        (came.c.changes == 1, literal("changed")),
        (came.c.at.is_not(None), literal("upheld")),
        (notice.c.state.in_(_OPEN), literal("open")),
        else_=literal("closed"),
    )
    query = _notices(outcome, came.c.at)
    query = query.join_from(notice, came, came.c.recipient == notice.c.id, isouter=True)
    return query.where(_of(NoticeKind.COMPLAINT), _under("complained_under", law))
