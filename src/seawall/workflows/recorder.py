"""Many checks, one transaction: those that wait are written together, and each waits for its own.

A database takes one writer at a time, and a commit costs a sync of the disk. One thread writes whatever has
come in while it wrote the last batch, so that the cost of a commit is shared by as many as come at once, and
one that comes alone waits for nothing but its own.
"""

from __future__ import annotations

import asyncio
import queue
import threading
import time
from collections.abc import Iterable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from datetime import timedelta
from typing import Final

from seawall import errors
from seawall.model.hold import Rule
from seawall.model.seen import RecordedCheck
from seawall.store.recording import NewCheck
from seawall.store.seen import Seen

BATCH: Final = 256  #: checks in one transaction, at most
BUSY: Final = 2  #: after a batch of more than so many, ...
LINGER_S: Final = 0.005  #: ... more are waited for so long: larger batches cost less

#: What somebody waits for: a thread, or a task of an event loop.
_Promise = Future[RecordedCheck] | asyncio.Future[RecordedCheck]
_Waiting = tuple[NewCheck, _Promise]
_Made = tuple[_Promise, RecordedCheck | Exception]


class Recorder:
    """Writes the checks of all threads of one process. The thread starts with the first."""

    def __init__(self, seen: Seen, keep: timedelta, rule: Rule) -> None:
        self._seen = seen
        self._keep = keep
        self._rule = rule
        self._waiting: queue.SimpleQueue[_Waiting | None] = queue.SimpleQueue()
        self._lock = threading.Lock()
        self._thread: threading.Thread | None = None
        self._closed = False

    @property
    def keeps_signals(self) -> bool:
        """Whether signals are kept at all."""
        return self._keep > timedelta()

    def record(self, new: NewCheck) -> RecordedCheck:
        """The check once it is on the disk. Raises what the store raises."""
        return self.submit(new).result()

    def submit(self, new: NewCheck) -> Future[RecordedCheck]:
        """The check, to come once it is on the disk."""
        promised: Future[RecordedCheck] = Future()
        self._put([(new, promised)])
        return promised

    async def recorded(self, news: Sequence[NewCheck]) -> list[RecordedCheck]:
        """As `record`, of several, in their order, without holding up the event loop."""
        loop = asyncio.get_running_loop()
        promised: list[asyncio.Future[RecordedCheck]] = [loop.create_future() for _ in news]
        self._put(zip(news, promised, strict=True))
        return await asyncio.gather(*promised)

    def _put(self, asked: Iterable[_Waiting]) -> None:
        with self._lock:
            if self._closed:
                raise ValueError("the recorder is closed")
            if self._thread is None:
                self._thread = threading.Thread(target=self._run, name="seawall-recorder", daemon=True)
                self._thread.start()
            for one in asked:
                self._waiting.put(one)

    def close(self) -> None:
        """Write what waits, then end."""
        with self._lock:
            self._closed = True
            thread = self._thread
        if thread is not None:
            self._waiting.put(None)
            thread.join()

    def _run(self) -> None:
        batch: list[_Waiting] = []
        while (first := self._waiting.get()) is not None:
            if len(batch) > BUSY:
                time.sleep(LINGER_S)
            taken, ended = self._more(first)
            # From here on none can be called off, as a caller does that hangs up.
            batch = [one for one in taken if _is_wanted(one[1])]
            if batch:
                self._write(batch)
            if ended:
                return

    def _more(self, first: _Waiting) -> tuple[list[_Waiting], bool]:
        """What has come in meanwhile, and whether that is all there will be."""
        batch = [first]
        while len(batch) < BATCH:
            try:
                one = self._waiting.get_nowait()
            except queue.Empty:
                break
            if one is None:
                return batch, True
            batch.append(one)
        return batch, False

    def _write(self, batch: Sequence[_Waiting]) -> None:
        try:
            recorded = self._seen.record_all([new for new, _ in batch], self._keep, self._rule)
        except Exception as error:  # noqa: BLE001 - it is raised again, where the check was made
            if len(batch) == 1 or isinstance(error, errors.OutsideError | errors.CorruptionError):
                _hand_over([(promised, error) for _, promised in batch])
                return
            for one in batch:  # one of them cannot be written; the others can
                self._write([one])
            return
        _hand_over([(promised, made) for (_, promised), made in zip(batch, recorded, strict=True)])


def _is_wanted(promised: _Promise) -> bool:
    """Whether it is still waited for."""
    if isinstance(promised, asyncio.Future):
        return not promised.cancelled()
    return promised.set_running_or_notify_cancel()


def _hand_over(made: Iterable[_Made]) -> None:
    """Give what was made to those who wait. An event loop is woken once for all of its own."""
    by_loop: dict[asyncio.AbstractEventLoop, list[_Made]] = {}
    for promised, one in made:
        if isinstance(promised, asyncio.Future):
            by_loop.setdefault(promised.get_loop(), []).append((promised, one))
        else:
            _fulfil([(promised, one)])
    for loop, some in by_loop.items():
        with suppress(RuntimeError):  # it has ended, and with it all who waited there
            loop.call_soon_threadsafe(_fulfil, some)


def _fulfil(made: Iterable[_Made]) -> None:
    for promised, one in made:
        if promised.done():  # whoever waited has hung up
            continue
        if isinstance(one, Exception):
            promised.set_exception(one)
        else:
            promised.set_result(one)
