"""Silence that authorities have ordered: until when nobody may be told, and what waits for its end.

It is ordered by a notice that says so, or that says until when. A clock of the period tells when it ends; one
that was ended ends the silence with it. Where the file of an order is still to be confirmed by a person, what
was read in it is held to: to speak too early cannot be taken back.
"""

from __future__ import annotations

import json
from collections.abc import Iterable
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, or_, select, update

from seawall.model.clock import AboutKind, ClockState, Happened
from seawall.model.notice import YES, LinkKind, Message
from seawall.model.periods import STARTED_BY, Trigger
from seawall.model.statement import Silence
from seawall.store import codec, tasks
from seawall.store.schema_actions import decision_item, item
from seawall.store.schema_notices import clock, clock_event, notice, notice_link
from seawall.store.schema_orders import order_file, statement

#: The kind of the task that tells what is due, as `workflows.tasks.Kind` has it.
STATEMENT: Final = "statement"
_PERIOD: Final = STARTED_BY[Trigger.SILENCE_ORDERED]


def over(connection: Connection, row: Row[Any], now: datetime) -> Silence | None:
    """The silence that holds for a statement now; None where there is none."""
    found = [_of(connection, one) for one in _notices(connection, row)]
    held = [one for one in found if one is not None and (one.until is None or one.until > now)]
    if not held:
        return None
    ends = [one.until for one in held if one.until is not None]
    return Silence(max(ends) if len(ends) == len(held) else None)


def settle(connection: Connection, row: Row[Any], now: datetime) -> bool:
    """Set when a statement can be told, and write a task of that time down; whether that is now."""
    silence = over(connection, row, now)
    due = now if silence is None else silence.until
    change = update(statement).where(statement.c.number == row.number)
    connection.execute(change.values(due_at=due, turn=row.turn + 1))
    if due is not None:
        wait_s = None if silence is None else (due - now).total_seconds()
        task_id = f"statement-{row.id}-{row.turn + 1}"
        tasks.put(connection, STATEMENT, {"statement": row.id}, id=task_id, now=now, wait_s=wait_s)
    return silence is None


def changed(connection: Connection, notice_id: str, now: datetime) -> None:
    """A notice, or the clock of its silence, is not what it was: what waits for it is due anew."""
    linked = (
        select(decision_item.c.decision_number)
        .join(item, decision_item.c.item_number == item.c.number)
        .join(notice_link, and_(notice_link.c.kind == LinkKind.ITEM.value, notice_link.c.target == item.c.id))
        .join(notice, notice_link.c.notice_number == notice.c.number)
        .where(notice.c.id == notice_id)
    )
    named = or_(statement.c.notice == notice_id, statement.c.decision_number.in_(linked))
    query = select(statement).where(statement.c.told_at.is_(None), named).order_by(statement.c.number)
    for row in connection.execute(query.with_for_update()).all():
        silence = over(connection, row, now)
        due = row.created_at if silence is None else silence.until
        was_held = row.due_at is None or row.due_at > now
        if row.due_at != due and (was_held or silence is not None):
            settle(connection, row, now)


def _notices(connection: Connection, row: Row[Any]) -> Iterable[Row[Any]]:
    """The one that a statement's decision follows, and those that name one of its items."""
    linked = select(notice_link.c.notice_number).where(
        notice_link.c.kind == LinkKind.ITEM.value, notice_link.c.target.in_(json.loads(row.items))
    )
    query = select(notice).where(or_(notice.c.id == row.notice, notice.c.number.in_(linked)))
    return connection.execute(query).all()


def _of(connection: Connection, known: Row[Any]) -> Silence | None:
    """What one notice orders."""
    message = codec.load(Message, known.message)
    said = message.value("nondisclosure_until")
    date = None if not said else datetime.fromisoformat(str(said))
    query = select(clock).where(
        clock.c.about_kind == AboutKind.NOTICE.value,
        clock.c.about_id == known.id,
        clock.c.period == _PERIOD.id,
    )
    running = connection.execute(query).first()
    if running is not None:
        if running.state == ClockState.ENDED:
            return None
        return Silence(_end(connection, running, date))
    if date is not None:
        return Silence(date)
    is_ordered = message.value("silence") == YES or _is_proposed(connection, known.number)
    return Silence(None) if is_ordered else None


def _end(connection: Connection, running: Row[Any], date: datetime | None) -> datetime:
    """Of a silence with a clock. A date that the order gives before that holds until the period is extended.

    It is a running one that has passed its end, too: nobody has to end it.
    """
    due: datetime = running.due_at
    if date is None or date >= due:
        return due
    extended = select(clock_event.c.at).where(
        clock_event.c.clock_number == running.number, clock_event.c.what == Happened.EXTENDED.value
    )
    return due if connection.execute(extended).first() is not None else date


def _is_proposed(connection: Connection, notice_number: int) -> bool:
    query = select(order_file.c.read).where(
        order_file.c.notice_number == notice_number, order_file.c.settled.is_(None)
    )
    proposed = ("silence", "nondisclosure_until")
    for text in connection.execute(query).scalars():
        if any(one["name"] in proposed for one in json.loads(text)["fields"]):
            return True
    return False
