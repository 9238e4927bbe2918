"""Events: written in the transaction that makes them true, with a delivery for each webhook that wants it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, insert, select

from seawall import errors
from seawall.model.event import Event, EventType
from seawall.store import tasks
from seawall.store.database import Database
from seawall.store.schema_jobs import delivery, event, webhook
from seawall.store.tasks import Json

#: The kind of the task that makes a delivery, as `workflows.tasks.Kind` has it.
DELIVERY: Final = "delivery"

#: Made once: to make a statement costs more than to execute it.
_HOOKS: Final = select(webhook.c.number, webhook.c.id, webhook.c.types).where(webhook.c.active.is_(True))
_WRITE: Final = insert(event).returning(event.c.number)


class Events:
    """The events of one store."""

    def __init__(self, database: Database, now: Callable[[], datetime], new_id: Callable[[], str]) -> None:
        self._database = database
        self._now = now
        self._new_id = new_id

    def put(self, type: EventType, data: Mapping[str, Json]) -> str:  # noqa: A002 - it is the event's
        """Write an event down; its id."""
        with self._database.write() as connection:
            return put(connection, type, data, now=self._now(), new_id=self._new_id)

    def put_in(
        self,
        connection: Connection,
        type: EventType | str,  # noqa: A002 - it is the event's
        data: Mapping[str, Json],
    ) -> None:
        """Write an event down in a transaction that is open: kept where what happened is kept."""
        put(connection, EventType(type), data, now=self._now(), new_id=self._new_id)

    def get(self, event_id: str) -> Event:
        """Raises RecordNotFound."""
        with self._database.read() as connection:
            row = connection.execute(select(event).where(event.c.id == event_id)).first()
        if row is None:
            raise errors.RecordNotFound(kind="event", id=event_id)
        return read(row)


def put(
    connection: Connection,
    type: EventType,  # noqa: A002 - it is the event's
    data: Mapping[str, Json],
    *,
    now: datetime,
    new_id: Callable[[], str],
) -> str:
    """Write an event down in a transaction that is open, and a delivery for each webhook that wants it."""
    number, event_id = write(connection, type, data, now=now, new_id=new_id)
    for hook in connection.execute(_HOOKS).all():
        if type.value in hook.types.split():
            send(connection, hook.number, hook.id, number, now=now, new_id=new_id)
    return event_id


def write(
    connection: Connection,
    type: EventType,  # noqa: A002 - it is the event's
    data: Mapping[str, Json],
    *,
    now: datetime,
    new_id: Callable[[], str],
) -> tuple[int, str]:
    """An event without deliveries; its number and id."""
    event_id = new_id()
    row = {"id": event_id, "type": type.value, "at": now, "data": json.dumps(dict(data))}
    return int(connection.execute(_WRITE, row).scalar_one()), event_id


def send(
    connection: Connection,
    webhook_number: int,
    webhook_id: str,
    event_number: int,
    *,
    now: datetime,
    new_id: Callable[[], str],
) -> str:
    """A delivery of an event to a webhook, with the task that makes it; its id."""
    delivery_id = new_id()
    job = f"delivery-{delivery_id}"
    row = {"id": delivery_id, "webhook_number": webhook_number, "event_number": event_number, "job": job}
    connection.execute(insert(delivery).values(**row, replays=0, at=now))
    tasks.put(connection, DELIVERY, {"delivery": delivery_id, "webhook": webhook_id}, id=job, now=now)
    return delivery_id


def read(row: Row[Any]) -> Event:
    """An event as it is kept."""
    return Event(row.id, EventType(row.type), row.at, json.loads(row.data))
