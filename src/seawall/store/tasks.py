"""What is to be done later: written in the transaction that makes it necessary, so that both hold or neither.

A dispatcher hands each task to the durable queue, under the task's own id, and then takes it off here. If
it dies in between, the queue gets the same id twice and knows it.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import Connection, delete, insert, select

from seawall.store import bulk
from seawall.store.batches import batches
from seawall.store.database import Database
from seawall.store.schema_service import task

#: Kinds of the tasks that the store itself makes necessary.
OUTCOME: Final = "outcome"
RETROMATCH: Final = "retromatch"
HELD: Final = "held"

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do."""

    id: str
    kind: str  #: names the handler
    payload: Mapping[str, Json]
    at: datetime


class Tasks:
    """The tasks of one store that have not been handed on."""

    def __init__(self, database: Database, now: Callable[[], datetime], new_id: Callable[[], str]) -> None:
        self._database = database
        self._now = now
        self._new_id = new_id

    def put(self, kind: str, payload: Mapping[str, Json], *, id: str | None = None) -> str:  # noqa: A002
        """Write a task down; its id. One with an id that waits already is the same task."""
        with self._database.write() as connection:
            return put(connection, kind, payload, id=id or self._new_id(), now=self._now())

    def waiting(self, limit: int) -> list[Task]:
        """Tasks that have not been handed on, the oldest first."""
        with self._database.read() as connection:
            query = select(task).order_by(task.c.number).limit(limit)
            return [
                Task(row.id, row.kind, json.loads(row.payload), row.at) for row in connection.execute(query)
            ]

    def handed_on(self, ids: Iterable[str]) -> None:
        """Take off tasks that the queue has."""
        with self._database.write() as connection:
            for batch in batches(ids):
                connection.execute(delete(task).where(task.c.id.in_(batch)))


def put(
    connection: Connection,
    kind: str,
    payload: Mapping[str, Json],
    *,
    id: str,  # noqa: A002 - it is the task's
    now: datetime,
) -> str:
    """Write a task down in a transaction that is open."""
    known = connection.execute(select(task.c.id).where(task.c.id == id)).first()
    if known is None:
        row = {"id": id, "kind": kind, "payload": json.dumps(payload), "at": now}
        connection.execute(insert(task).values(row))
    return id


def put_new(
    connection: Connection, kind: str, payloads: Iterable[tuple[str, Mapping[str, Json]]], now: datetime
) -> None:
    """Write tasks down in a transaction that is open, each under an id that was never given before."""
    rows: list[dict[str, object]] = [
        {"id": task_id, "kind": kind, "payload": json.dumps(payload), "at": now}
        for task_id, payload in payloads
    ]
    bulk.insert_rows(connection, task, rows)
