"""Clocks on record: their events, and the alarms that were raised, each once."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, tzinfo
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, insert, select, update

from seawall import errors
from seawall.model import clock as engine
from seawall.model.clock import About, AboutKind, Alarm, Clock, ClockEvent, ClockState, Happened
from seawall.model.event import EventType
from seawall.model.notice import LinkKind
from seawall.model.periods import PERIODS, Period
from seawall.store import deadlines, silences
from seawall.store.batches import batches
from seawall.store.database import Database
from seawall.store.raising import Raise
from seawall.store.schema_notices import clock, clock_alarm, clock_event
from seawall.store.tasks import Json

#: Clocks that are looked at in one transaction.
BATCH: Final = 100


@dataclass(frozen=True, slots=True)
class ClockFilter:
    """Which clocks are asked for; what is None is not asked about."""

    state: ClockState | None = None
    about: About | None = None
    period: str | None = None


class Clocks:
    """The clocks of one store. Each method is one transaction; where it raises, nothing has changed."""

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

    def start(
        self, period: Period, about: About, zone: str, *, at: datetime, actor: str, reason: str
    ) -> Clock:
        """Start a clock with what happened at a time. Raises BadClock."""
        with self._database.write() as connection:
            now = self._now()
            event = ClockEvent(Happened.STARTED, at, now, actor, reason)
            clock_id = self._new_id()
            begin(connection, clock_id, period, about, zone, event, self._raise)
            return _get(connection, clock_id, now)

    def add(
        self,
        clock_id: str,
        what: Happened,
        *,
        at: datetime | None,
        actor: str,
        reason: str,
        hold: str | None = None,
    ) -> Clock:
        """Have something happen to a clock; at None, now. Raises RecordNotFound, BadClock."""
        with self._database.write() as connection:
            now = self._now()
            event = ClockEvent(what, at or now, now, actor, reason, hold)
            append(connection, clock_id, event, self._raise)
            return _get(connection, clock_id, now)

    def get(self, clock_id: str) -> Clock:
        """Raises RecordNotFound."""
        with self._database.read() as connection:
            return _get(connection, clock_id, self._now())

    def page(
        self, wanted: ClockFilter = ClockFilter(), *, after: int = 0, limit: int = 100
    ) -> list[tuple[int, Clock]]:
        """The next clocks behind a number, in the order in which they were started, each with its number."""
        query = select(clock).where(clock.c.number > after, *_conditions(wanted))
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(clock.c.number).limit(limit)).all()
            found = read(connection, rows, self._now())
            return list(zip((row.number for row in rows), found, strict=True))

    def concerning(self, kind: AboutKind, target: str) -> list[Clock]:
        """The clocks of a thing, and of the notices that name it; the first to end comes first."""
        with self._database.read() as connection:
            abouts = [About(kind, target)]
            if kind in (AboutKind.INCIDENT, AboutKind.CASE):
                named = deadlines.notices_of(connection, LinkKind(kind.value), target)
                abouts += [About(AboutKind.NOTICE, one) for one in named]
            found = of(connection, abouts, self._now())
        return in_order([each for one in abouts for each in found.get(one, ())])

    def of_each(self, kind: AboutKind, targets: Iterable[str]) -> dict[str, tuple[Clock, ...]]:
        """The clocks of things of a kind, by their ids; of each, the first to end comes first."""
        with self._database.read() as connection:
            found = of(connection, [About(kind, one) for one in targets], self._now())
        return {about.id: clocks for about, clocks in found.items()}

    def ring(self, limit: int = BATCH) -> int:
        """Raise alarms that are due and were not raised; how many clocks had one. Late ones come too."""
        with self._database.write() as connection:
            now = self._now()
            due = select(clock.c.id).where(clock.c.next_alarm_at <= now)
            found = connection.execute(due.order_by(clock.c.next_alarm_at).limit(limit)).scalars().all()
            for clock_id in found:
                row = _row(connection, clock_id, to_write=True)
                _settle(connection, row, _events(connection, [row.number])[row.number], now, self._raise)
            return len(found)


def begin(
    connection: Connection,
    clock_id: str,
    period: Period,
    about: About,
    zone: str,
    event: ClockEvent,
    raising: Raise,
) -> None:
    """Start a clock in a transaction that is open. Raises BadClock."""
    where = engine.zone(zone)
    engine.check(period, (), event)
    row = insert(clock).values(
        id=clock_id,
        period=period.id,
        about_kind=about.kind.value,
        about_id=about.id,
        zone=where.key,
        state=ClockState.RUNNING.value,
        bound=period.bound.value,
    )
    number = connection.execute(row.returning(clock.c.number)).scalar_one()
    _put(connection, number, event)
    _settle(connection, _row(connection, clock_id), (event,), event.recorded_at, raising)


def append(connection: Connection, clock_id: str, event: ClockEvent, raising: Raise) -> None:
    """Have something happen to a clock, in a transaction that is open. Raises RecordNotFound, BadClock."""
    row = _row(connection, clock_id, to_write=True)
    before = _events(connection, [row.number])[row.number]
    engine.check(PERIODS[row.period], before, event)
    _put(connection, row.number, event)
    _settle(connection, row, (*before, event), event.recorded_at, raising)


def of(connection: Connection, abouts: Iterable[About], now: datetime) -> dict[About, tuple[Clock, ...]]:
    """The clocks of things, the first to end first."""
    found: dict[About, list[Clock]] = {}
    by_kind: dict[AboutKind, list[str]] = {}
    for one in abouts:
        by_kind.setdefault(one.kind, []).append(one.id)
    for kind, ids in by_kind.items():
        for batch in batches(ids):
            query = select(clock).where(clock.c.about_kind == kind.value, clock.c.about_id.in_(batch))
            for known in read(connection, connection.execute(query.order_by(clock.c.number)).all(), now):
                found.setdefault(known.about, []).append(known)
    return {about: tuple(in_order(known)) for about, known in found.items()}


def in_order(clocks: Iterable[Clock]) -> list[Clock]:
    """Those that run first, the first to end first; then those that are suspended; then those that ended."""
    order = {ClockState.RUNNING: 0, ClockState.SUSPENDED: 1, ClockState.ENDED: 2}
    return sorted(clocks, key=lambda one: (order[one.reading.state], one.reading.remaining_s))


def read(connection: Connection, rows: Sequence[Row[Any]], now: datetime) -> list[Clock]:
    """Records of rows of clocks, in their order."""
    numbers = [row.number for row in rows]
    events = _events(connection, numbers)
    raised: dict[int, list[Alarm]] = {}
    for batch in batches(numbers):
        query = select(clock_alarm).where(clock_alarm.c.clock_number.in_(batch))
        for row in connection.execute(query.order_by(clock_alarm.c.at, clock_alarm.c.number)):
            alarm = Alarm(row.run, row.extensions, row.share, row.at)
            raised.setdefault(row.clock_number, []).append(alarm)
    return [
        Clock(
            id=row.id,
            period=row.period,
            about=About(AboutKind(row.about_kind), row.about_id),
            zone=row.zone,
            events=events[row.number],
            reading=engine.read(PERIODS[row.period], events[row.number], now, engine.zone(row.zone)),
            alarms=tuple(raised.get(row.number, ())),
        )
        for row in rows
    ]


def _settle(
    connection: Connection, row: Row[Any], events: Sequence[ClockEvent], now: datetime, raising: Raise
) -> None:
    """Raise the alarms that are due, and bring up to date by what the clock is found."""
    period, where = PERIODS[row.period], engine.zone(row.zone)
    _raise_due(connection, row, events, now, raising)
    seen = engine.read(period, events, now, where)
    values = {
        "state": seen.state.value,
        "due_at": seen.due_at if seen.state is ClockState.RUNNING else None,
        "next_alarm_at": engine.next_alarm(period, events, now, where),
    }
    connection.execute(update(clock).where(clock.c.number == row.number).values(values))
    about = About(AboutKind(row.about_kind), row.about_id)
    deadlines.changed(connection, about)
    if about.kind is AboutKind.NOTICE:
        silences.changed(connection, about.id, now)


def _raise_due(
    connection: Connection, row: Row[Any], events: Sequence[ClockEvent], now: datetime, raising: Raise
) -> None:
    period, where = PERIODS[row.period], engine.zone(row.zone)
    query = select(clock_alarm).where(clock_alarm.c.clock_number == row.number)
    raised = {(one.run, one.extensions, one.share) for one in connection.execute(query)}
    for alarm in engine.alarms(period, events, now, where):
        if (alarm.run, alarm.extensions, alarm.share) in raised:
            continue
        kept = {"clock_number": row.number, "run": alarm.run, "extensions": alarm.extensions}
        connection.execute(insert(clock_alarm).values(**kept, share=alarm.share, at=alarm.at, raised_at=now))
        raising(connection, EventType.CLOCK_ALARM, _told(row, period, alarm, events, now, where))


def _told(
    row: Row[Any],
    period: Period,
    alarm: Alarm,
    events: Sequence[ClockEvent],
    now: datetime,
    where: tzinfo,
) -> dict[str, Json]:
    """What an alarm says: ids and times, nothing of who sent what."""
    seen = engine.read(period, events, now, where)
    return {
        "clock": row.id,
        "period": row.period,
        "about": {"kind": row.about_kind, "id": row.about_id},
        "share": alarm.share,
        "run": alarm.run,
        "reached_at": alarm.at.isoformat(),
        "late_s": round((now - alarm.at).total_seconds(), 3),
        "state": seen.state.value,
        "due_at": None if seen.due_at is None else seen.due_at.isoformat(),
        "remaining_s": round(seen.remaining_s, 3),
    }


def _put(connection: Connection, number: int, event: ClockEvent) -> None:
    row = insert(clock_event).values(
        clock_number=number,
        what=event.what.value,
        at=event.at,
        recorded_at=event.recorded_at,
        actor=event.actor,
        reason=event.reason,
        hold=event.hold,
    )
    connection.execute(row)


def _events(connection: Connection, numbers: Iterable[int]) -> dict[int, tuple[ClockEvent, ...]]:
    found: dict[int, list[ClockEvent]] = {}
    for batch in batches(numbers):
        query = select(clock_event).where(clock_event.c.clock_number.in_(batch))
        for row in connection.execute(query.order_by(clock_event.c.number)):
            event = ClockEvent(Happened(row.what), row.at, row.recorded_at, row.actor, row.reason, row.hold)
            found.setdefault(row.clock_number, []).append(event)
    return {number: tuple(events) for number, events in found.items()}


def _get(connection: Connection, clock_id: str, now: datetime) -> Clock:
    return read(connection, [_row(connection, clock_id)], now)[0]


def _row(connection: Connection, clock_id: str, *, to_write: bool = False) -> Row[Any]:
    """to_write: other writers of the clock wait, where the database lets several write at a time."""
    query = select(clock).where(clock.c.id == clock_id)
    row = connection.execute(query.with_for_update() if to_write else query).first()
    if row is None:
        raise errors.RecordNotFound(kind="clock", id=clock_id)
    return row


def _conditions(wanted: ClockFilter) -> list[ColumnElement[bool]]:
    made: list[ColumnElement[bool]] = []
    if wanted.state is not None:
        made.append(clock.c.state == wanted.state.value)
    if wanted.about is not None:
        made += [clock.c.about_kind == wanted.about.kind.value, clock.c.about_id == wanted.about.id]
    if wanted.period is not None:
        made.append(clock.c.period == wanted.period)
    return made
