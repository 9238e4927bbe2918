"""DBOS as Seawall uses it: where its tables are, what it is told, and the one workflow that does any job."""

from __future__ import annotations

import logging
import sqlite3
from collections.abc import Callable, Iterable
from contextlib import closing
from typing import Final

from dbos import (
    DBOS,
    DBOSConfig,
    DBOSPortableJSONSerializer,
    SetEnqueueOptions,
    SetWorkflowID,
    WorkflowStatusString,
)
from sqlalchemy import make_url
from sqlalchemy.exc import SQLAlchemyError

from seawall import config, errors
from seawall.jobs import queues
from seawall.jobs.execution import HandedBack
from seawall.store.jobs import Turn
from seawall.store.tasks import Task

FILE_NAME: Final = "jobs.sqlite"
SCHEMA: Final = "dbos"
#: DBOS gives a process only what was enqueued under its version. Seawall's steps bear names and are found
#: by them, so one version serves; it changes only when the workflow below takes other arguments.
VERSION: Final = "seawall-1"
POOL: Final = 10

Run = Callable[[Turn, str], None]  #: with the kind of the job

_running: Run | None = None
_dbos: DBOS | None = None


@DBOS.workflow(name="run", max_recovery_attempts=None)  # deaths are counted with the job
def run(job_id: str, kind: str, attempt: int) -> None:
    """Do a job; its record says what came of it."""
    if _running is None:
        raise HandedBack
    _running(Turn(job_id, attempt), kind)


def launch(settings: config.Settings, executor: str, execute: Run) -> None:
    """Start DBOS in this process, which can have one. Raises StoreUnreachable, WriteFailed."""
    global _running, _dbos  # noqa: PLW0603 - DBOS is one a process
    if _dbos is not None:
        raise RuntimeError("a process can have one runner that is started")
    _silence()
    url = settings.text("database")
    try:
        system_url = _embedded(settings) if not url else postgres_url(settings)
        _running = execute
        _dbos = DBOS(config=_config(system_url, executor))
        DBOS.launch()
        for queue in queues.QUEUES:
            _register(queue, queues.places(queue, settings))
    except (SQLAlchemyError, sqlite3.Error) as cause:
        shut_down()
        if url:
            raise errors.StoreUnreachable(place="PostgreSQL", reason=str(cause.__cause__ or cause)) from cause
        raise errors.WriteFailed(path=settings.data / FILE_NAME, reason=str(cause)) from cause


def stop_taking() -> None:
    """Begin no more executions."""
    assert _dbos is not None
    for event in _dbos.background_thread_stop_events:
        event.set()


def shut_down() -> None:
    """End DBOS in this process."""
    global _running, _dbos  # noqa: PLW0603
    _running = _dbos = None
    DBOS.destroy()


def enqueue(task: Task) -> None:
    """Have a task done. One that DBOS knows by its id and attempt is the same."""
    name = name_of(Turn(task.id, task.attempt))
    with SetWorkflowID(name), SetEnqueueOptions(queue_partition_key=queues.share_of(task)):
        DBOS.enqueue_workflow(queues.queue_of(task.kind).name, run, task.id, task.kind, task.attempt)


def being_done() -> dict[str, str]:
    """By the name of each execution that has begun and not ended: its executor, alive or not."""
    found = DBOS.list_workflows(
        status=WorkflowStatusString.PENDING.value, load_input=False, load_output=False
    )
    return {one.workflow_id: one.executor_id for one in found if one.executor_id is not None}


def active() -> set[str]:
    """The names of the executions that go on in this process."""
    assert _dbos is not None
    return set(_dbos._active_workflows_set.activeList())  # noqa: SLF001 - it has no other name


def recover(dead: Iterable[str]) -> int:
    """Put back into the queue what these executors did not finish; how much."""
    return len(DBOS._recover_pending_workflows(list(dead)))  # noqa: SLF001 - it has no other name


def put_back(name: str, executor: str) -> None:
    """Put one execution of an executor back into the queue; where it still goes on, it is fenced off."""
    assert _dbos is not None
    _dbos._sys_db.reenqueue_for_recovery(name, [executor], queues.HEAVY.name)  # noqa: SLF001 - as above


def unknown(turns: Iterable[Turn]) -> list[Turn]:
    """Those that DBOS neither does nor will do."""
    names = {name_of(turn): turn for turn in turns}
    if not names:
        return []
    going = {WorkflowStatusString.ENQUEUED.value, WorkflowStatusString.PENDING.value}
    found = DBOS.list_workflows(workflow_ids=list(names), load_input=False, load_output=False)
    known = {one.workflow_id for one in found if one.status in going}
    return [turn for name, turn in names.items() if name not in known]


def name_of(turn: Turn) -> str:
    """What DBOS knows an attempt by."""
    return turn.job if turn.attempt == 1 else f"{turn.job}~{turn.attempt}"


def forget(before: str, limit: int) -> int:
    """Take out of DBOS what it did before a time (ISO 8601); how much, up to a limit."""
    ended = [WorkflowStatusString.SUCCESS.value, WorkflowStatusString.ERROR.value]
    old = DBOS.list_workflows(
        status=ended, completed_before=before, limit=limit, load_input=False, load_output=False
    )
    if old:
        DBOS.delete_workflows([one.workflow_id for one in old])
    return len(old)


def postgres_url(settings: config.Settings) -> str:
    """The database as libpq takes it."""
    return (
        make_url(settings.text("database")).set(drivername="postgresql").render_as_string(hide_password=False)
    )


def _embedded(settings: config.Settings) -> str:
    path = settings.data / FILE_NAME
    with closing(sqlite3.connect(path)) as connection:
        connection.execute("PRAGMA journal_mode = WAL")  # stays with the file: readers and writers in one
    return f"sqlite:///{path}"


def _config(system_url: str, executor: str) -> DBOSConfig:
    return {
        "name": "seawall",
        "system_database_url": system_url,
        "dbos_system_schema": SCHEMA,
        "application_version": VERSION,
        "executor_id": executor,
        "serializer": DBOSPortableJSONSerializer(),
        "use_listen_notify": False,  # nothing waits for another's event, so no connection need listen
        "sys_db_pool_size": POOL,
        "enable_otlp": False,
        "log_level": "WARNING",
    }


def _register(queue: queues.Queue, places: int) -> None:
    DBOS.register_queue(
        queue.name,
        worker_concurrency=places,
        partition_worker_concurrency=None if queue.by is None else min(queues.EACH_WEBHOOK, places),
        polling_interval_sec=queue.poll_s,
        on_conflict="always_update",
    )


def _silence() -> None:
    """Have DBOS speak through the program's own logs: with a handler there, it adds none that prints."""
    log = logging.getLogger("dbos")
    if not log.handlers:
        log.addHandler(logging.NullHandler())
