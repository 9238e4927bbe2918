"""One execution of one job: its handler, the steps that are not repeated, and what its end means.

A job that two processes died under is done alone from then on, so that what kills its process is told from
what was done beside it. After `MOST_DEATHS` without a step further it is parked.
"""

from __future__ import annotations

import json
import logging
import random
import threading
import time
from collections.abc import Callable, Mapping
from typing import Final, TypeVar

from dbos import DBOS, error as dbos_error
from sqlalchemy.exc import SQLAlchemyError

from seawall import errors
from seawall.jobs.queues import Backoff, backoff_of
from seawall.model.job import ENDED, JobError, JobState
from seawall.store.jobs import Begun, Jobs, Turn
from seawall.store.tasks import Json
from seawall.telemetry import measures, tracing
from seawall.workflows.library import Seawall
from seawall.workflows.tasks import TOLD, Handler, Kind

T = TypeVar("T")

ALONE_AFTER: Final = 2
MOST_DEATHS: Final = 5
_LOOK_S: Final = 0.2
_LONGEST_WAIT_S: Final = 5.0
_log: Final = logging.getLogger(__name__)


class HandedBack(BaseException):
    """This process stops: the execution ends without an outcome, and another process goes on."""


class _Cancelled(BaseException):
    """A person has cancelled the job."""


class _Failed(BaseException):
    """A step failed; as no `Exception`, so that the queue does not keep the failure as the step's result."""

    def __init__(self, cause: Exception) -> None:
        super().__init__(str(cause))
        self.cause = cause


class Executions:
    """All executions of one process."""

    def __init__(
        self,
        library: Seawall,
        handlers: Mapping[Kind, Handler],
        backoffs: Mapping[Kind, Backoff],
        stopping: threading.Event,
    ) -> None:
        self._library = library
        self._jobs = library.jobs
        self._handlers: Mapping[str, Handler] = {kind.value: one for kind, one in handlers.items()}
        self._backoffs: Mapping[str, Backoff] = {kind.value: one for kind, one in backoffs.items()}
        self._stopping = stopping
        self._abandoned = threading.Event()
        self._alone = threading.Lock()
        self._busy_lock = threading.Lock()
        self._busy: set[Turn] = set()

    def busy(self) -> list[Turn]:
        """What is being done now."""
        with self._busy_lock:
            return list(self._busy)

    def abandon(self) -> list[Turn]:
        """Take nothing more from what is being done now, which others will do; what that is."""
        self._abandoned.set()
        return self.busy()

    def run(self, turn: Turn, kind: str) -> None:
        """Do a job, or what is left of it. Raises HandedBack."""
        if self._stopping.is_set():
            raise HandedBack
        stands = self.surely(lambda: self._jobs.stands(turn))
        if stands is None or stands[0] in ENDED:
            return
        deaths = stands[1]
        if deaths >= MOST_DEATHS:
            reason = f"{deaths} processes died while they did it"
            self._give_up(turn, kind, JobState.PARKED, JobError("job_killed_process", reason))
        elif deaths >= ALONE_AFTER:
            self._run_alone(turn)
        else:
            self._begin(turn)

    def _run_alone(self, turn: Turn) -> None:
        while not self._alone.acquire(timeout=_LOOK_S):
            if self._stopping.is_set():
                raise HandedBack
        try:
            self._begin(turn)
        finally:
            self._alone.release()

    def _begin(self, turn: Turn) -> None:
        begun = self.surely(lambda: self._jobs.begin(turn))
        if begun is None:
            return
        with self._busy_lock:
            self._busy.add(turn)
        started_s = time.monotonic()
        try:
            with tracing.span(f"job {begun.task.kind}"):
                outcome = self._do(turn, begun)
            measures.JOBS.observe(time.monotonic() - started_s, begun.task.kind, outcome)
        except _Cancelled:
            _log.info("job %s was cancelled", turn.job)
        finally:
            with self._busy_lock:
                self._busy.discard(turn)

    def _do(self, turn: Turn, begun: Begun) -> str:
        """What became of it."""
        task, steps = begun.task, _Steps(self, self._jobs, turn, begun, self._stopping)
        library = self._library if begun.actor is None else self._library.acting_as(begun.actor)
        try:
            handler = self._handlers.get(task.kind)
            if handler is None:
                said = JobError("no_handler", f"nothing does {task.kind!r}")
                self._give_up(turn, task.kind, JobState.PARKED, said)
                return JobState.PARKED.value
            result = dict(handler(library, task, steps))
            json.dumps(result)  # what cannot be kept is a bug too
        except HandedBack:
            self.surely(lambda: self._jobs.hand_back(turn))
            raise
        except errors.OutsideError as error:
            self._failed_outside(turn, begun, steps, error)
            return error.code
        except errors.SeawallError as error:
            said = JobError(error.code, error.message)
            self._give_up(turn, task.kind, JobState.FAILED, said, steps.kept)
            return error.code
        except dbos_error.DBOSUnexpectedStepError:
            # An upgrade changed the handler while this attempt was under way: a new one begins at the start.
            said = JobError("job_changed", "its steps are no longer those that it began with")
            self.surely(lambda: self._jobs.try_again(turn, said, 0.0, {}))
            return said.code
        except Exception as error:  # noqa: BLE001 - a bug, which would end the same way the next time
            said = JobError("unexpected_error", f"{type(error).__name__}: {error}")
            self._give_up(turn, task.kind, JobState.PARKED, said, steps.kept)
            _log.exception("job %s of kind %s is parked", turn.job, task.kind)
            return said.code
        else:
            told = task.kind in TOLD
            self.surely(lambda: self._jobs.finish(turn, result, told=told))
            return JobState.DONE.value

    def _failed_outside(self, turn: Turn, begun: Begun, steps: _Steps, error: errors.OutsideError) -> None:
        backoff = backoff_of(begun.task.kind, self._backoffs)
        said = JobError(error.code, error.message)
        if begun.tries >= backoff.tries:
            _log.warning("job %s is parked after %d tries: %s", turn.job, begun.tries, error.message)
            self._give_up(turn, begun.task.kind, JobState.PARKED, said, steps.kept)
            return
        wait_s = backoff.wait_s(begun.tries, random.random())  # noqa: S311 - no secret
        self.surely(lambda: self._jobs.try_again(turn, said, wait_s, steps.kept))

    def _give_up(
        self,
        turn: Turn,
        kind: str,
        state: JobState,
        error: JobError,
        kept: Mapping[str, Json] | None = None,
    ) -> None:
        told = kind in TOLD
        self.surely(lambda: self._jobs.give_up(turn, state, error, told=told, steps=kept))

    def surely(self, write: Callable[[], T]) -> T:
        """What the store says, however long it is out of reach. Raises HandedBack once this process stops."""
        if self._abandoned.is_set():
            raise HandedBack
        wait_s = 0.05
        while True:
            try:
                return write()
            except errors.OutsideError as error:
                _log.warning("a job waits for the store: %s", error.message)
                if self._stopping.wait(wait_s):
                    raise HandedBack from error
                wait_s = min(2 * wait_s, _LONGEST_WAIT_S)


class _Steps:
    """The steps of one attempt. A step is known by its name and how often that name came before."""

    def __init__(
        self, executions: Executions, jobs: Jobs, turn: Turn, begun: Begun, stopping: threading.Event
    ) -> None:
        self._executions = executions
        self._jobs = jobs
        self._turn = turn
        self._begun = begun
        self._stopping = stopping
        self._seen: dict[str, int] = {}
        self.kept: dict[str, Json] = dict(begun.steps)

    def run(self, name: str, work: Callable[[], Json]) -> Json:
        """As `workflows.tasks.Steps`."""
        count = self._seen[name] = self._seen.get(name, 0) + 1
        key = name if count == 1 else f"{name} ({count})"
        if key in self.kept:
            return self.kept[key]
        self._may_go_on()
        done = False

        def once() -> dict[str, Json]:
            nonlocal done
            try:
                value = work()
            except Exception as cause:
                raise _Failed(cause) from cause
            done = True
            return {"value": value}

        try:
            value = DBOS.run_step({"name": key}, once)["value"]
        except _Failed as failed:
            raise failed.cause from failed.cause.__cause__
        except SQLAlchemyError as cause:  # a full disk, say: what the connection loses is tried again there
            raise errors.WriteFailed(path="the queue's database", reason=str(cause.__cause__)) from cause
        self.kept[key] = value
        if done and self._begun.open_starts > 1:
            self._executions.surely(lambda: self._jobs.got_further(self._turn))
        return value

    def _may_go_on(self) -> None:
        if self._stopping.is_set():
            raise HandedBack
        stands = self._executions.surely(lambda: self._jobs.stands(self._turn))
        if stands is None or stands[0] is JobState.CANCELLED:
            raise _Cancelled
