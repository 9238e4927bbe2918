"""What is to be done later: written in the transaction that makes it necessary, so that both hold or neither.

A dispatcher hands each task to the durable queue, under the task's own id, and then notes that it has. If
it dies in between, the queue gets the same id twice and knows it.
"""

from __future__ import annotations

import copy
import json
import threading
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, bindparam, insert, select, update

from seawall.model.job import JobState
from seawall.store import bulk
from seawall.store.database import Database, wake
from seawall.store.schema_jobs import job, period

#: Kinds of the tasks that the store itself makes necessary.
OUTCOME: Final = "outcome"
RETROMATCH: Final = "retromatch"

Json = None | bool | int | float | str | list["Json"] | dict[str, "Json"]

_HERE: Final = select(job).where(job.c.handed_on.is_(False))
#: One index serves each of the two.
_AT_ONCE: Final = _HERE.where(job.c.due_at.is_(None)).order_by(job.c.number).limit(bindparam("most"))
_LATE: Final = _HERE.where(job.c.due_at <= bindparam("now")).order_by(job.c.due_at).limit(bindparam("most"))

#: A wait that began this much later than now began before the clock was set back.
_CLOCK_WENT_BACK: Final = timedelta(minutes=1)


@dataclass(frozen=True, slots=True)
class Task:
    """One thing to do."""

    id: str
    kind: str  #: names the handler
    payload: Mapping[str, Json]
    at: datetime
    attempt: int = 1  #: which execution of it is asked for


class Tasks:
    """The tasks of one store that have not been handed on."""

    def __init__(self, database: Database, now: Callable[[], datetime], new_id: Callable[[], str]) -> None:
        self._database = database
        self._now = now
        self._new_id = new_id
        self._actor: str | None = None

    def acting_as(self, actor: str) -> Tasks:
        """The same tasks; those that are put through these are done for this one, who may read their jobs."""
        other = copy.copy(self)
        other._actor = actor  # noqa: SLF001 - its own class
        return other

    @property
    def written(self) -> threading.Event:
        """Set when this process has written a task down that is due, so that nobody need poll fast."""
        return self._database.written

    def put(
        self,
        kind: str,
        payload: Mapping[str, Json],
        *,
        id: str | None = None,  # noqa: A002 - it is the task's
    ) -> str:
        """Write a task down; its id. An id that is known already, waiting or done, is the same task."""
        with self._database.write() as connection:
            return put(connection, kind, payload, id=id or self._new_id(), now=self._now(), actor=self._actor)

    def put_next(self, name: str, seen: int, kind: str, payload: Mapping[str, Json]) -> None:
        """Write down the next task of those that are done at intervals, unless another process just has.

        seen: the number of the last one, as `last` gave it; the task's id is `NAME-NUMBER`.
        """
        with self._database.write() as connection:
            now = self._now()
            change = update(period).where(period.c.name == name, period.c.number == seen)
            if connection.execute(change.values(number=seen + 1, at=now)).rowcount == 0:
                if seen or connection.execute(select(period.c.name).where(period.c.name == name)).first():
                    return
                connection.execute(insert(period).values(name=name, number=1, at=now))
            put(connection, kind, payload, id=f"{name}-{seen + 1}", now=now)

    def last(self, name: str) -> tuple[int, float | None]:
        """The number of the last task that was written down at intervals, 0 for none; its age in seconds.

        No age for one that is of the future: the clock has been set back since.
        """
        with self._database.read() as connection:
            row = connection.execute(select(period).where(period.c.name == name)).first()
        if row is None:
            return 0, None
        age_s = (self._now() - row.at).total_seconds()
        return row.number, age_s if age_s >= 0 else None

    def waiting(self, limit: int) -> list[Task]:
        """Tasks that are due and have not been handed on: first those that never waited, the oldest first."""
        with self._database.read() as connection:
            rows = list(connection.execute(_AT_ONCE, {"most": limit}))
            if len(rows) < limit:
                rows += connection.execute(_LATE, {"now": self._now(), "most": limit - len(rows)})
        return [Task(row.id, row.kind, json.loads(row.payload), row.at, row.attempt) for row in rows]

    def handed_on(self, tasks: Iterable[Task]) -> None:
        """Note that the queue has these. A later attempt at one, made since, stays."""
        with self._database.write() as connection:
            for one in tasks:
                same = (job.c.id == one.id, job.c.attempt == one.attempt)
                connection.execute(update(job).where(*same).values(handed_on=True))

    def begin_waits_anew(self) -> int:
        """Begin waits again that began in the future, as after the clock was set back; how many.

        Without it, what waits a minute would wait as long as the clock was set back.
        """
        now = self._now()
        late = job.c.wait_from > now + _CLOCK_WENT_BACK
        with self._database.read() as connection:
            # Of all that wait, an index gives those of the future; as a rule there are none.
            found = connection.execute(select(job.c.id, job.c.wait_s, job.c.handed_on).where(late))
            rows = [row for row in found if not row.handed_on]
        if rows:
            with self._database.write() as connection:
                for row in rows:
                    due = {"wait_from": now, "due_at": now + timedelta(seconds=row.wait_s)}
                    connection.execute(update(job).where(job.c.id == row.id, late).values(due))
        return len(rows)


def put(
    connection: Connection,
    kind: str,
    payload: Mapping[str, Json],
    *,
    id: str,  # noqa: A002 - it is the task's
    now: datetime,
    actor: str | None = None,
    wait_s: float | None = None,
) -> str:
    """Write a task down in a transaction that is open.

    actor: for whom it is done. wait_s: how long after now it is to be done; None: at once.
    """
    known = connection.execute(select(job.c.id).where(job.c.id == id)).first()
    if known is None:
        row = _new(kind, payload, id, now, actor)
        if wait_s is not None:
            row |= {"wait_s": wait_s, "wait_from": now, "due_at": now + timedelta(seconds=wait_s)}
        connection.execute(insert(job).values(row))
        if wait_s is None:
            wake(connection)
    return id


def _new(
    kind: str, payload: Mapping[str, Json], task_id: str, now: datetime, actor: str | None
) -> dict[str, object]:
    """The row of a task that nobody has begun."""
    asked = {"id": task_id, "kind": kind, "payload": json.dumps(payload), "at": now, "actor": actor}
    counts = {"attempt": 1, "tries": 0, "open_starts": 0}
    return {**asked, **counts, "state": JobState.WAITING.value, "handed_on": False, "steps": "{}"}


def put_new(
    connection: Connection, kind: str, payloads: Iterable[tuple[str, Mapping[str, Json]]], now: datetime
) -> None:
    """Write tasks down in a transaction that is open, each under an id that was never given before."""
    rows = [_new(kind, payload, task_id, now, None) for task_id, payload in payloads]
    bulk.insert_rows(connection, job, rows)
    if rows:
        wake(connection)
