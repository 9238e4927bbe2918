"""Runs the jobs of one library in this process, until it is stopped.

Beside the queue's own threads and the work itself, a dispatcher hands tasks to the queue, or does what is
small, as soon as this process has written one and twice a second otherwise; the upkeep looks once a second
for work that nobody carries on, and whether something is to be done at its interval.
"""

from __future__ import annotations

import logging
import threading
import time
import uuid
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import UTC, datetime, timedelta
from typing import Final

from sqlalchemy.exc import SQLAlchemyError

from seawall import errors
from seawall.jobs import system
from seawall.jobs.execution import Executions
from seawall.jobs.lives import FolderLives, Lives, PostgresLives
from seawall.jobs.queues import BACKOFFS, Backoff
from seawall.jobs.recovery import Recovery
from seawall.jobs.schedule import Schedule
from seawall.jobs.small import Small
from seawall.store.jobs import Turn
from seawall.store.tasks import Task
from seawall.workflows.library import Seawall
from seawall.workflows.tasks import HANDLERS, PERIODIC, TOGETHER, Handler, Kind, Together

POLL_S: Final = 0.5
BATCH: Final = 100
_BREATH_S: Final = 0.25  #: between two looks, however much is written: what comes meanwhile is done together
_SECOND_S: Final = 1.0
_FORGET_EVERY_S: Final = 600.0
_FORGET_BATCH: Final = 1000
_QUEUE_KEEPS: Final = timedelta(hours=1)
_log: Final = logging.getLogger(__name__)


class Runner:
    """The jobs of one library. A process can have one runner that is started."""

    name: Final = "jobs"  #: in health checks

    def __init__(
        self,
        library: Seawall,
        *,
        handlers: Mapping[Kind, Handler] = HANDLERS,
        backoffs: Mapping[Kind, Backoff] = BACKOFFS,
        periodic: Mapping[Kind, float] = PERIODIC,
        together: Mapping[Kind, Together] = TOGETHER,
    ) -> None:
        """handlers: what does each kind of task. periodic: kinds that are done at intervals, in seconds.

        together: what does many small tasks of a kind, without the queue.
        """
        self.executor = uuid.uuid4().hex
        self._library = library
        self._stopping = threading.Event()
        self._executions = Executions(library, handlers, backoffs, self._stopping)
        self._small = Small(library, together)
        timed = {kind.value: every_s for kind, every_s in periodic.items() if kind in handlers}
        self._schedule = Schedule(library.tasks, timed)
        self._lives = self._marks()
        self._recovery = Recovery(library.jobs, self._lives, self.executor)
        self._threads: list[threading.Thread] = []
        self._forgot_at: float | None = None

    def start(self) -> None:
        """Begin to do jobs; also those that processes left undone which are no more.

        Raises StoreUnreachable, WriteFailed, DiskFull.
        """
        self._lives.hold()
        try:
            system.launch(self._library.settings, self.executor, self._executions.run)
        except BaseException:
            self._lives.let_go()
            raise
        for name, once, pause in (
            ("jobs-dispatcher", self._dispatch, self._until_written),
            ("jobs-upkeep", self._keep_up, self._for_a_second),
            ("jobs-mark", self._lives.hold, self._for_a_second),  # not held up by what the upkeep waits for
        ):
            thread = threading.Thread(target=self._loop, args=(once, pause), name=name, daemon=True)
            thread.start()
            self._threads.append(thread)

    def alive(self) -> bool:
        """Whether it does jobs: it was started, and none of its threads has ended."""
        return bool(self._threads) and all(thread.is_alive() for thread in self._threads)

    def wake(self) -> None:
        """Look for tasks now."""
        self._library.tasks.written.set()

    def is_idle(self) -> bool:
        """Whether nothing runs or could: what waits for a later try does not count."""
        return self._library.jobs.unfinished() == 0

    def stop(self, timeout_s: float = 30.0) -> bool:
        """Begin nothing more, let steps that run end, and hand back what is not done; whether all has ended.

        Where it has not, threads still work on what another process will do: end with `os._exit`. Nothing
        for a runner that is not started; one that was stopped is not to be started again.
        """
        if not self._threads:
            return True
        system.stop_taking()
        self._stopping.set()
        self.wake()
        until = time.monotonic() + timeout_s
        while self._executions.busy() and time.monotonic() < until:
            time.sleep(0.02)
        left = self._executions.abandon()
        for thread in self._threads:
            thread.join(timeout=5)
        self._threads.clear()
        # DBOS asks a database that is away again and again; whoever stops this process would not wait.
        giving = threading.Thread(target=self._give_back, args=(left,), daemon=True)
        giving.start()
        giving.join(timeout=5)
        system.shut_down()
        self._lives.let_go()
        return not left

    def _give_back(self, left: Iterable[Turn]) -> None:
        try:
            for turn in left:
                self._library.jobs.hand_back(turn)
            system.recover([self.executor])
        except (errors.OutsideError, SQLAlchemyError) as error:
            _log.warning("jobs are left to be found by another process: %s", error)

    def _loop(self, once: Callable[[], None], pause: Callable[[], None]) -> None:
        while not self._stopping.is_set():
            try:
                once()
            except (errors.OutsideError, SQLAlchemyError) as error:
                _log.warning("jobs wait for their database: %s", error)
                self._stopping.wait(_SECOND_S)
            except Exception:  # noqa: BLE001 - a thread that ended would stop all jobs unseen
                _log.exception("jobs go on after an error")
                self._stopping.wait(_SECOND_S)
            else:
                pause()

    def _dispatch(self) -> None:
        tasks = self._library.tasks
        tasks.written.clear()
        while (found := tasks.waiting(BATCH)) and not self._stopping.is_set():
            small = [task for task in found if self._small.takes(task)]
            self._hand_on([task for task in found if task not in small])
            self._hand_on(self._small.do(small))

    def _hand_on(self, tasks: Sequence[Task]) -> None:
        for task in tasks:
            system.enqueue(task)
        if tasks:
            self._library.tasks.handed_on(tasks)

    def _until_written(self) -> None:
        self._stopping.wait(_BREATH_S)
        self._library.tasks.written.wait(POLL_S - _BREATH_S)

    def _keep_up(self) -> None:
        self._recovery.look()
        self._library.tasks.begin_waits_anew()
        self._schedule.tick()
        self._forget()

    def _for_a_second(self) -> None:
        self._stopping.wait(_SECOND_S)

    def _forget(self) -> None:
        """Take out what ended long ago, a batch at a time."""
        now = time.monotonic()
        if self._forgot_at is not None and now - self._forgot_at < _FORGET_EVERY_S:
            return
        kept = timedelta(days=self._library.settings.number("keep_jobs_days"))
        before = datetime.now(UTC) - kept
        counts = (
            self._library.webhooks.forget(before, _FORGET_BATCH),
            self._library.jobs.forget(before, _FORGET_BATCH),
            system.forget((datetime.now(UTC) - _QUEUE_KEEPS).isoformat(), _FORGET_BATCH),
        )
        if max(counts) < _FORGET_BATCH:
            self._forgot_at = now

    def _marks(self) -> Lives:
        settings = self._library.settings
        if settings.text("database"):
            return PostgresLives(system.postgres_url(settings), self.executor)
        return FolderLives(settings.data / "jobs", self.executor)
