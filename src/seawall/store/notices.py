"""Notices and orders on record: what came in, what it names, what was done with it."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, func, insert, select, update

from seawall import errors
from seawall.model.clock import About, AboutKind, ClockEvent, ClockState, Happened
from seawall.model.notice import (
    OPEN,
    LinkKind,
    Listed,
    Message,
    Notice,
    NoticeState,
    missing,
    triggers,
)
from seawall.model.periods import PERIODS, STARTED_BY, Bound, EndedBy
from seawall.store import appeals, clocks, codec, deadlines, notice_items, notice_rows as rows, silences
from seawall.store.columns import found_by
from seawall.store.database import Database
from seawall.store.notice_rows import NoticeFilter
from seawall.store.raising import Raise
from seawall.store.schema_notices import clock, notice, notice_event, notice_link


class Notices:
    """The notices of one store. Each method is one transaction; where it raises, nothing has changed."""

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
        raising: Raise,
    ) -> None:
        self._database = database
        self._now = now
        self._new_id = new_id
        self._raise = raising

    def receive(self, message: Message, zone: str, *, actor: str) -> Notice:
        """Put on record what came in, start its clocks at its receipt, and join it to the items it names.

        message: as `notice.check` passes it. zone: of the calendar that its periods are counted by.
        """
        with self._database.write() as connection:
            now, notice_id = self._now(), self._new_id()
            row = insert(notice).values(
                id=notice_id,
                kind=message.kind.value,
                state=_begun(message).value,
                received_at=message.received_at,
                recorded_at=now,
                recorded_by=actor,
                reference=found_by(message.reference),
                message=codec.dump(message),
                looked_to=0,
            )
            number = connection.execute(row.returning(notice.c.number)).scalar_one()
            note(connection, number, actor, "received", f"by {message.channel}", now)
            self._start_clocks(connection, notice_id, message, zone, actor, now)
            notice_items.name(connection, number, message)
            notice_items.join(connection, [number], actor, now)
            self._complain(connection, number, notice_id, message, actor)
            return self._read_id(connection, notice_id)

    def supplement(
        self, notice_id: str, change: Callable[[Message], Message], zone: str, *, actor: str, reason: str
    ) -> Notice:
        """Have a message say more, or say it right. Kind and receipt stay.

        Raises RecordNotFound, what `change` raises, and RecordConflict for one that is closed.
        """
        with self._database.write() as connection:
            row = _row(connection, notice_id, to_write=True)
            _expect(row, tuple(set(NoticeState) - {NoticeState.CLOSED}), "changed")
            before = codec.load(Message, row.message)
            after = change(before)
            if (after.kind, after.received_at) != (before.kind, before.received_at):
                raise errors.BadNotice(field="received_at", reason="kind and receipt do not change")
            values: dict[str, object] = {
                "message": codec.dump(after),
                "reference": found_by(after.reference),
                "looked_to": 0,
            }
            if row.state in (NoticeState.RECEIVED, NoticeState.INCOMPLETE):
                values["state"] = _begun(after).value
            connection.execute(update(notice).where(notice.c.number == row.number).values(values))
            now = self._now()
            note(connection, row.number, actor, "changed", reason, now)
            self._start_clocks(connection, notice_id, after, zone, actor, now)
            notice_items.name(connection, row.number, after)
            notice_items.join(connection, [row.number], actor, now)
            self._complain(connection, row.number, notice_id, after, actor)
            silences.changed(connection, notice_id, now)
            return self._read_id(connection, notice_id)

    def get(self, notice_id: str) -> Notice:
        """Raises RecordNotFound."""
        with self._database.read() as connection:
            return self._read_id(connection, notice_id)

    def page(
        self, wanted: NoticeFilter = NoticeFilter(), *, after: int = 0, limit: int = 100
    ) -> list[tuple[int, Listed]]:
        """The next notices behind a number, in the order of their recording, each with its number."""
        query = select(notice).where(notice.c.number > after, *rows.conditions(wanted, self._now()))
        with self._database.read() as connection:
            found = connection.execute(query.order_by(notice.c.number).limit(limit)).all()
        return [(row.number, rows.listed(row)) for row in found]

    def inbox(
        self, wanted: NoticeFilter = NoticeFilter(), *, skip: int = 0, limit: int = 100
    ) -> list[Listed]:
        """Notices as they are to be looked at: the first to be due first, then the newest."""
        query = select(notice).where(*rows.conditions(wanted, self._now()))
        order = (notice.c.due_at.is_(None), notice.c.due_at, notice.c.number.desc())
        with self._database.read() as connection:
            return [
                rows.listed(row)
                for row in connection.execute(query.order_by(*order).offset(skip).limit(limit))
            ]

    def counts(self) -> dict[str, int]:
        """How many notices there are in each state, and how many are overdue."""
        with self._database.read() as connection:
            query = select(notice.c.state, func.count()).group_by(notice.c.state)
            found = {state.value: 0 for state in NoticeState} | {
                state: int(count) for state, count in connection.execute(query)
            }
            late = select(func.count()).where(notice.c.due_at < self._now())
            return {**found, "overdue": int(connection.execute(late).scalar_one())}

    def take_up(self, notice_id: str, *, actor: str, reason: str) -> Notice:
        """Say that somebody works on it. Raises RecordNotFound, RecordConflict."""
        begun = (NoticeState.RECEIVED, NoticeState.INCOMPLETE)
        with self._database.write() as connection:
            self._go(connection, notice_id, begun, NoticeState.IN_WORK, actor, reason)
            return self._read_id(connection, notice_id)

    def answer(self, notice_id: str, *, actor: str, reason: str) -> Notice:
        """Say that the sender was answered, which ends the clocks that an answer ends.

        Raises RecordNotFound, RecordConflict.
        """
        with self._database.write() as connection:
            appeals.expect_decided(connection, notice_id)
            self._go(connection, notice_id, tuple(OPEN), NoticeState.ANSWERED, actor, reason)
            now = self._now()
            end(connection, notice_id, EndedBy.ANSWER, now, now, actor, reason, self._raise)
            return self._read_id(connection, notice_id)

    def close(self, notice_id: str, *, actor: str, reason: str) -> Notice:
        """End the work on it. Raises RecordNotFound, RecordConflict, also while something is to be done."""
        with self._database.write() as connection:
            open_clock = select(clock.c.id).where(
                clock.c.about_kind == AboutKind.NOTICE.value,
                clock.c.about_id == notice_id,
                clock.c.bound == Bound.BEFORE.value,
                clock.c.state != ClockState.ENDED.value,
            )
            if connection.execute(open_clock).first() is not None:
                raise errors.RecordConflict(
                    kind="notice", id=notice_id, state="with a clock that has not ended", wanted="closed"
                )
            states = tuple(set(NoticeState) - {NoticeState.CLOSED})
            self._go(connection, notice_id, states, NoticeState.CLOSED, actor, reason)
            return self._read_id(connection, notice_id)

    def link(self, notice_id: str, kind: LinkKind, target: str, *, actor: str, reason: str) -> Notice:
        """Join a notice to a thing, which is there. Raises RecordNotFound, IncidentNotFound."""
        with self._database.write() as connection:
            row, now = _row(connection, notice_id, to_write=True), self._now()
            notice_items.expect(connection, kind, target)
            if notice_items.link(connection, row.number, kind, target, actor, reason, now):
                note(connection, row.number, actor, "linked", f"{kind} {target}: {reason}", now)
                deadlines.changed(connection, About(AboutKind.NOTICE, notice_id))
            return self._read_id(connection, notice_id)

    def unlink(self, notice_id: str, kind: LinkKind, target: str, *, actor: str, reason: str) -> Notice:
        """Take a notice off a thing. Raises RecordNotFound."""
        with self._database.write() as connection:
            row = _row(connection, notice_id, to_write=True)
            before = deadlines.cases_of(connection, notice_id)
            gone = delete(notice_link).where(
                notice_link.c.notice_number == row.number,
                notice_link.c.kind == kind.value,
                notice_link.c.target == target,
            )
            if connection.execute(gone).rowcount == 0:
                raise errors.RecordNotFound(kind=f"link to {kind}", id=target)
            note(connection, row.number, actor, "unlinked", f"{kind} {target}: {reason}", self._now())
            for case_id in before:
                deadlines.settle(connection, case_id)
            return self._read_id(connection, notice_id)

    def expect(self, kind: LinkKind, target: str) -> None:
        """That a thing is there. Raises RecordNotFound, IncidentNotFound."""
        with self._database.read() as connection:
            notice_items.expect(connection, kind, target)

    def look(self, *, actor: str) -> int:
        """Join open notices to items that came later, and pass their deadlines on; how many were joined."""
        open_ones = select(notice.c.number).where(rows.is_open())
        with self._database.write() as connection:
            numbers = connection.execute(open_ones).scalars().all()
            joined = notice_items.join(connection, numbers, actor, self._now())
            deadlines.pass_on(connection)
            return joined

    def named_by(self, kind: LinkKind, target: str) -> list[Listed]:
        """The notices that are joined to a thing."""
        with self._database.read() as connection:
            ids = deadlines.notices_of(connection, kind, target)
            return [
                rows.listed(row) for row in connection.execute(select(notice).where(notice.c.id.in_(ids)))
            ]

    def _start_clocks(
        self,
        connection: Connection,
        notice_id: str,
        message: Message,
        zone: str,
        actor: str,
        now: datetime,
    ) -> None:
        """Start the clocks of its receipt that it has not had."""
        about = About(AboutKind.NOTICE, notice_id)
        query = select(clock.c.period).where(
            clock.c.about_kind == about.kind.value, clock.c.about_id == notice_id
        )
        known = set(connection.execute(query).scalars())
        for trigger in triggers(message):
            period = STARTED_BY[trigger]
            if period.id not in known:
                event = ClockEvent(Happened.STARTED, message.received_at, now, actor, "received")
                clocks.begin(connection, self._new_id(), period, about, zone, event, self._raise)

    def _complain(
        self, connection: Connection, number: int, notice_id: str, message: Message, actor: str
    ) -> None:
        """A complaint against a decision that is known opens its cases again."""
        for case_id in appeals.begin(connection, notice_id, message, actor, self._now(), self._new_id):
            why = "complained of"
            if notice_items.link(connection, number, LinkKind.CASE, case_id, actor, why, self._now()):
                note(connection, number, actor, "linked", f"case {case_id}: {why}", self._now())
                deadlines.changed(connection, About(AboutKind.NOTICE, notice_id))

    def _go(
        self,
        connection: Connection,
        notice_id: str,
        states: Sequence[NoticeState],
        state: NoticeState,
        actor: str,
        reason: str,
    ) -> None:
        row = _row(connection, notice_id, to_write=True)
        _expect(row, states, state)
        connection.execute(update(notice).where(notice.c.number == row.number).values(state=state.value))
        note(connection, row.number, actor, state.value, reason, self._now())

    def _read_id(self, connection: Connection, notice_id: str) -> Notice:
        return rows.read(connection, [_row(connection, notice_id)], self._now())[0]


def decided(
    connection: Connection,
    notice_id: str,
    decision_id: str,
    *,
    at: datetime,
    now: datetime,
    actor: str,
    raising: Raise,
) -> None:
    """A decision that follows a notice stands: its clock ends once all of its items are decided.

    Nothing for an id that is no notice's: a decision may follow what was never put on record here.
    """
    row = connection.execute(select(notice).where(notice.c.id == notice_id).with_for_update()).first()
    if row is None:
        return
    note(connection, row.number, actor, "decided", f"decision {decision_id}", now)
    if not notice_items.waits(connection, row.number):
        end(connection, notice_id, EndedBy.DECISION, at, now, actor, f"decision {decision_id}", raising)


def end(
    connection: Connection,
    notice_id: str,
    by: EndedBy,
    at: datetime,
    now: datetime,
    actor: str,
    reason: str,
    raising: Raise,
) -> None:
    """End the clocks of a notice that are ended so."""
    about = About(AboutKind.NOTICE, notice_id)
    for known in clocks.of(connection, [about], now).get(about, ()):
        if known.reading.state is not ClockState.ENDED and PERIODS[known.period].ended_by is by:
            event = ClockEvent(Happened.ENDED, max(at, known.events[-1].at), now, actor, reason)
            clocks.append(connection, known.id, event, raising)


def note(connection: Connection, number: int, actor: str, what: str, reason: str, now: datetime) -> None:
    """Keep what happened to a notice."""
    row = {"notice_number": number, "at": now, "actor": actor, "what": what, "reason": reason}
    connection.execute(insert(notice_event).values(row))


def _begun(message: Message) -> NoticeState:
    return NoticeState.INCOMPLETE if missing(message) else NoticeState.RECEIVED


def _row(connection: Connection, notice_id: str, *, to_write: bool = False) -> Row[Any]:
    """to_write: other writers of the notice wait, where the database lets several write at a time."""
    query = select(notice).where(notice.c.id == notice_id)
    row = connection.execute(query.with_for_update() if to_write else query).first()
    if row is None:
        raise errors.RecordNotFound(kind="notice", id=notice_id)
    return row


def _expect(row: Row[Any], states: Sequence[NoticeState], wanted: str) -> None:
    if row.state not in states:
        raise errors.RecordConflict(kind="notice", id=row.id, state=row.state, wanted=wanted)
