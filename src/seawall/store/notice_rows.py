"""Rows of notices as records, and which are asked for."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, select

from seawall.model.clock import About, AboutKind, Clock
from seawall.model.notice import (
    OPEN,
    Link,
    LinkKind,
    Listed,
    Message,
    Notice,
    NoticeEvent,
    NoticeState,
    missing,
)
from seawall.model.notice_fields import NoticeKind
from seawall.store import clocks, codec
from seawall.store.batches import batches
from seawall.store.columns import found_by
from seawall.store.schema_notices import notice, notice_event, notice_link


@dataclass(frozen=True, slots=True)
class NoticeFilter:
    """Which notices are asked for; what is None is not asked about."""

    state: NoticeState | None = None
    kind: NoticeKind | None = None
    open: bool | None = None
    running: bool | None = None  #: a clock of it runs
    overdue: bool | None = None
    reference: str | None = None


def is_open() -> ColumnElement[bool]:
    """Somebody has something to do with it."""
    return notice.c.state.in_([one.value for one in OPEN])


def listed(row: Row[Any]) -> Listed:
    """A row as it stands in a list."""
    message = codec.load(Message, row.message)
    return Listed(
        id=row.id,
        kind=message.kind,
        state=NoticeState(row.state),
        subject=message.subject,
        authority=message.sender if message.kind is NoticeKind.ORDER else None,
        reference=message.reference,
        received_at=row.received_at,
        zone=message.zone,
        due_at=row.due_at,
        missing=len(missing(message)),
    )


def read(connection: Connection, rows: Iterable[Row[Any]], now: datetime) -> list[Notice]:
    """Records of rows, in their order."""
    rows = list(rows)
    links: dict[int, list[Link]] = {}
    events: dict[int, list[NoticeEvent]] = {}
    for batch in batches(row.number for row in rows):
        joined = select(notice_link).where(notice_link.c.notice_number.in_(batch))
        for row in connection.execute(joined.order_by(notice_link.c.at, notice_link.c.target)):
            link = Link(LinkKind(row.kind), row.target, row.at, row.actor, row.why)
            links.setdefault(row.notice_number, []).append(link)
        said = select(notice_event).where(notice_event.c.notice_number.in_(batch))
        for row in connection.execute(said.order_by(notice_event.c.number)):
            event = NoticeEvent(row.at, row.actor, row.what, row.reason)
            events.setdefault(row.notice_number, []).append(event)
    abouts = {row.id: About(AboutKind.NOTICE, row.id) for row in rows}
    found: dict[About, tuple[Clock, ...]] = clocks.of(connection, abouts.values(), now)
    return [
        Notice(
            id=row.id,
            state=NoticeState(row.state),
            message=codec.load(Message, row.message),
            recorded_at=row.recorded_at,
            recorded_by=row.recorded_by,
            due_at=row.due_at,
            links=tuple(links.get(row.number, ())),
            clocks=found.get(abouts[row.id], ()),
            events=tuple(events.get(row.number, ())),
        )
        for row in rows
    ]


def conditions(wanted: NoticeFilter, now: datetime) -> list[ColumnElement[bool]]:
    """What holds of rows that are asked for."""
    made: list[ColumnElement[bool]] = []
    if wanted.state is not None:
        made.append(notice.c.state == wanted.state.value)
    if wanted.kind is not None:
        made.append(notice.c.kind == wanted.kind.value)
    if wanted.open is not None:
        made.append(is_open() if wanted.open else ~is_open())
    if wanted.running is not None:
        made.append(notice.c.due_at.is_not(None) if wanted.running else notice.c.due_at.is_(None))
    if wanted.overdue is not None:
        late = notice.c.due_at.is_not(None) & (notice.c.due_at < now)
        made.append(late if wanted.overdue else ~late)
    if wanted.reference is not None:
        made.append(notice.c.reference == found_by(wanted.reference))
    return made
