"""The record of jobs: what the queue does with each, and what a person sees and may change.

A job has one attempt in force at a time. What the execution of an older one says is not taken.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, bindparam, delete, func, or_, select, update

from seawall import errors
from seawall.model.event import EventType
from seawall.model.job import ENDED, Job, JobError, JobState
from seawall.store import events
from seawall.store.database import Database, wake
from seawall.store.schema_jobs import job
from seawall.store.tasks import Json, Task

#: What a job that is not going on by itself may be resumed from.
_RESUMABLE: Final = frozenset({JobState.PARKED, JobState.FAILED})


#: Made once, as they are executed for every few matches: to make one costs more than to execute it.
_BEGIN_NEW: Final = (
    update(job)
    .where(
        job.c.id.in_(bindparam("these", expanding=True)),
        job.c.attempt == 1,
        job.c.state == JobState.WAITING,
        job.c.open_starts == 0,
        job.c.handed_on.is_(False),
    )
    .values(state=JobState.RUNNING, open_starts=1, started_at=bindparam("began"), tries=job.c.tries + 1)
    .returning(job.c.id)
)
_FINISH_NEW: Final = (
    update(job)
    .where(job.c.id == bindparam("done"), job.c.attempt == 1, job.c.state == JobState.RUNNING)
    .values(
        state=JobState.DONE,
        handed_on=True,
        open_starts=0,
        finished_at=bindparam("ended"),
        result=bindparam("said"),
    )
)


@dataclass(frozen=True, slots=True)
class Turn:
    """One attempt at a job."""

    job: str
    attempt: int


@dataclass(frozen=True, slots=True)
class Begun:
    """A job as an execution begins it."""

    task: Task
    actor: str | None
    tries: int  #: with this one
    steps: Mapping[str, Json]  #: results of steps that earlier attempts finished
    open_starts: int  #: with this one; more than 1 where processes died under it


class Jobs:
    """The jobs of one store."""

    def __init__(self, database: Database, now: Callable[[], datetime], new_id: Callable[[], str]) -> None:
        self._database = database
        self._now = now
        self._new_id = new_id

    # What is seen of them

    def get(self, job_id: str) -> Job:
        """Raises RecordNotFound."""
        with self._database.read() as connection:
            return _job(_row(connection, job_id))

    def page(
        self,
        *,
        state: JobState | None = None,
        kind: str | None = None,
        actor: str | None = None,
        after: str | None = None,
        limit: int = 100,
    ) -> list[Job]:
        """Jobs, the newest first. after: the id of the last one of the page before. Raises RecordNotFound."""
        query = select(job).order_by(job.c.number.desc()).limit(limit)
        wanted = {job.c.state: state, job.c.kind: kind, job.c.actor: actor}
        query = query.where(*(column == value for column, value in wanted.items() if value is not None))
        with self._database.read() as connection:
            if after is not None:
                query = query.where(job.c.number < _row(connection, after).number)
            return [_job(row) for row in connection.execute(query)]

    def counts(self) -> dict[JobState, int]:
        """How many jobs there are in each state."""
        query = select(job.c.state, func.count()).group_by(job.c.state)
        with self._database.read() as connection:
            found = {JobState(state): count for state, count in connection.execute(query)}
        return {state: found.get(state, 0) for state in JobState}

    def unfinished(self) -> int:
        """How many run, or could: those that wait for a later try are not among them."""
        due = or_(job.c.due_at.is_(None), job.c.due_at <= self._now())
        states = (JobState.WAITING.value, JobState.RUNNING.value)
        with self._database.read() as connection:
            query = select(func.count()).select_from(job).where(job.c.state.in_(states), due)
            return int(connection.execute(query).scalar_one())

    def handed_on(self, after: int, limit: int) -> tuple[list[Turn], int]:
        """Turns that the queue has and has not ended, in order of their numbers; the last of these.

        after: the last number of the page before; 0: the first page.
        """
        states = (JobState.WAITING.value, JobState.RUNNING.value)
        query = select(job).where(job.c.state.in_(states), job.c.handed_on.is_(True), job.c.number > after)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(job.c.number).limit(limit)).all()
        return [Turn(row.id, row.attempt) for row in rows], rows[-1].number if rows else after

    # What a person changes

    def resume(self, job_id: str) -> Job:
        """Have a job that was parked or has failed tried again, with the steps that it finished.

        Raises RecordNotFound, RecordConflict.
        """
        with self._database.write() as connection:
            row = _row(connection, job_id)
            _check(row, _RESUMABLE, "resumed")
            _again(connection, row, tries=0, open_starts=0, wait_s=None, wait_from=None, due_at=None)
            return _job(_row(connection, job_id))

    def cancel(self, job_id: str) -> Job:
        """Have a job not done; one that runs stops before its next step.

        Raises RecordNotFound, RecordConflict.
        """
        with self._database.write() as connection:
            row = _row(connection, job_id)
            _check(row, frozenset(JobState) - (ENDED - {JobState.PARKED}), "cancelled")
            _set(connection, row.id, state=JobState.CANCELLED, handed_on=True, finished_at=self._now())
            return _job(_row(connection, job_id))

    # What the queue says

    def stands(self, turn: Turn) -> tuple[JobState, int] | None:
        """The state of a job, and its open starts; None where that attempt is no longer in force."""
        with self._database.read() as connection:
            row = connection.execute(_attempt(turn)).first()
        return None if row is None else (JobState(row.state), row.open_starts)

    def begin(self, turn: Turn) -> Begun | None:
        """An execution begins; None where there is nothing to do."""
        with self._database.write() as connection:
            row = connection.execute(_attempt(turn)).first()
            if row is None or JobState(row.state) in ENDED:
                return None
            counts = {"tries": row.tries + 1, "open_starts": row.open_starts + 1}
            _set(connection, row.id, state=JobState.RUNNING, started_at=self._now(), **counts)
            known = Task(row.id, row.kind, json.loads(row.payload), row.at, row.attempt)
            return Begun(known, row.actor, steps=json.loads(row.steps), **counts)

    def begin_new(self, tasks: Iterable[Task]) -> set[str]:
        """Begin those of these tasks that nobody has begun or handed on; their ids."""
        ids = [one.id for one in tasks if one.attempt == 1]
        with self._database.write() as connection:
            return set(connection.execute(_BEGIN_NEW, {"these": ids, "began": self._now()}).scalars())

    def finish_new(self, results: Mapping[str, Mapping[str, Json]]) -> None:
        """Those that `begin_new` began are done, by their ids, with these results."""
        ended = self._now()
        rows = [
            {"done": one, "said": json.dumps(dict(result)), "ended": ended} for one, result in results.items()
        ]
        with self._database.write() as connection:
            connection.execute(_FINISH_NEW, rows)

    def got_further(self, turn: Turn) -> None:
        """The attempt has finished a step that it had not finished before."""
        self._change(turn, open_starts=1)

    def hand_back(self, turn: Turn) -> None:
        """The execution stops in good order before its end; another goes on."""
        with self._database.write() as connection:
            row = connection.execute(_attempt(turn)).first()
            if row is not None and row.state == JobState.RUNNING:
                undone = {"tries": max(0, row.tries - 1), "open_starts": max(0, row.open_starts - 1)}
                _set(connection, row.id, state=JobState.WAITING, **undone)

    def try_again(self, turn: Turn, error: JobError, wait_s: float, steps: Mapping[str, Json]) -> None:
        """The attempt failed for a reason that may pass: a new one follows after a wait."""
        with self._database.write() as connection:
            row = connection.execute(_attempt(turn)).first()
            if row is not None and row.state == JobState.RUNNING:
                now = self._now()
                wait = {"wait_s": wait_s, "wait_from": now, "due_at": now + timedelta(seconds=wait_s)}
                said = {"error_code": error.code, "error_message": error.message}
                _again(connection, row, open_starts=0, steps=json.dumps(dict(steps)), **wait, **said)

    def ask_again(self, turn: Turn) -> None:
        """The queue has lost the attempt, or ended it without a word: a new one follows at once."""
        with self._database.write() as connection:
            row = connection.execute(_attempt(turn)).first()
            if row is not None and JobState(row.state) not in ENDED:
                _again(connection, row, wait_s=None, wait_from=None, due_at=None)

    def finish(self, turn: Turn, result: Mapping[str, Json], *, told: bool) -> None:
        """The job is done. told: raise an event."""
        values = {"result": json.dumps(dict(result)), "error_code": None, "error_message": None}
        self._end(turn, JobState.DONE, EventType.JOB_DONE if told else None, values, {})

    def give_up(
        self,
        turn: Turn,
        state: JobState,
        error: JobError,
        *,
        told: bool,
        steps: Mapping[str, Json] | None = None,
    ) -> None:
        """The job has failed or is parked. steps: what a resumed one need not do again."""
        values: dict[str, Any] = {"error_code": error.code, "error_message": error.message}
        if steps is not None:
            values["steps"] = json.dumps(dict(steps))
        data: dict[str, Json] = {"error": {"code": error.code, "message": error.message}}
        self._end(turn, state, EventType.JOB_FAILED if told else None, values, data)

    def forget(self, before: datetime, limit: int) -> int:
        """Take out jobs that ended before a time; how many, up to a limit.

        What is parked waits for a person, but deliveries do not: they would pile up for one who is gone.
        """
        states = tuple(state.value for state in ENDED - {JobState.PARKED})
        stale = or_(
            job.c.state.in_(states), and_(job.c.state == JobState.PARKED, job.c.kind == events.DELIVERY)
        )
        old = select(job.c.number).where(job.c.finished_at < before, stale).limit(limit)
        with self._database.write() as connection:
            return connection.execute(delete(job).where(job.c.number.in_(old))).rowcount

    def _end(
        self,
        turn: Turn,
        state: JobState,
        told: EventType | None,
        values: Mapping[str, Any],
        data: Mapping[str, Json],
    ) -> None:
        with self._database.write() as connection:
            row = connection.execute(_attempt(turn)).first()
            if row is None or JobState(row.state) in ENDED:
                return
            now = self._now()
            ended = {"state": state, "handed_on": True, "open_starts": 0, "finished_at": now}
            _set(connection, row.id, **ended, **values)
            if told is not None:
                about: dict[str, Json] = {"job": row.id, "kind": row.kind, "state": state.value, **data}
                events.put(connection, told, about, now=now, new_id=self._new_id)

    def _change(self, turn: Turn, **values: object) -> None:
        with self._database.write() as connection:
            same = (job.c.id == turn.job, job.c.attempt == turn.attempt, job.c.state == JobState.RUNNING)
            connection.execute(update(job).where(*same).values(values))


def _attempt(turn: Turn) -> Any:  # noqa: ANN401 - a query
    return select(job).where(job.c.id == turn.job, job.c.attempt == turn.attempt)


def _again(connection: Connection, row: Row[Any], **values: object) -> None:
    """Ask for a new attempt."""
    state = {"state": JobState.WAITING, "handed_on": False, "finished_at": None}
    _set(connection, row.id, attempt=row.attempt + 1, **state, **values)
    wake(connection)


def _set(connection: Connection, job_id: str, **values: object) -> None:
    connection.execute(update(job).where(job.c.id == job_id).values(values))


def _check(row: Row[Any], states: Iterable[JobState], wanted: str) -> None:
    if JobState(row.state) not in states:
        raise errors.RecordConflict(kind="job", id=row.id, state=row.state, wanted=wanted)


def _row(connection: Connection, job_id: str) -> Row[Any]:
    row = connection.execute(select(job).where(job.c.id == job_id)).first()
    if row is None:
        raise errors.RecordNotFound(kind="job", id=job_id)
    return row


def _job(row: Row[Any]) -> Job:
    return Job(
        id=row.id,
        kind=row.kind,
        state=JobState(row.state),
        actor=row.actor,
        tries=row.tries,
        error=None if row.error_code is None else JobError(row.error_code, row.error_message or ""),
        result=None if row.result is None else json.loads(row.result),
        at=row.at,
        due_at=row.due_at if row.state == JobState.WAITING else None,
        started_at=row.started_at,
        finished_at=row.finished_at,
    )
