"""Whether this process can do its work: each thing it needs is tried out, and none keeps the asker waiting.

A look runs in a thread of its own, one at a time, and what it found holds for a while. One that does not
come back in time counts as failed until it does, so a database that hangs is seen as readily as one that
refuses.
"""

from __future__ import annotations

import logging
import shutil
import threading
import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING, Generic, Protocol, TypeVar

from seawall import errors

if TYPE_CHECKING:
    from seawall.workflows.library import Seawall

T = TypeVar("T")

log = logging.getLogger(__name__)


class Late(Exception):
    """A look has not come back in time."""


@dataclass(slots=True, eq=False)
class _Attempt(Generic[T]):
    started_s: float
    ended_s: float = 0.0
    ended: threading.Event = field(default_factory=threading.Event)
    value: T | None = None
    error: Exception | None = None


class Probe(Generic[T]):
    """One thing to look at. Any number of threads may ask at once; they share a look.

    every_s: how long what was found holds. limit_s: how long an asker waits.
    """

    def __init__(self, look: Callable[[], T], *, every_s: float, limit_s: float) -> None:
        self._look = look
        self._every_s = every_s
        self._limit_s = limit_s
        self._lock = threading.Lock()
        self._latest: _Attempt[T] | None = None

    def ask(self) -> T:
        """What was found. Raises Late, and what the look raised."""
        now_s = time.monotonic()
        with self._lock:
            attempt = self._latest
            if attempt is None or (attempt.ended.is_set() and now_s - attempt.ended_s >= self._every_s):
                attempt = self._latest = _Attempt(now_s)
                name = "seawall-probe"
                threading.Thread(target=self._try, args=(attempt,), name=name, daemon=True).start()
        if not attempt.ended.wait(max(0.0, attempt.started_s + self._limit_s - now_s)):
            raise Late(f"no answer within {self._limit_s:g} s")
        if attempt.error is not None:
            raise attempt.error.with_traceback(None)
        assert attempt.value is not None
        return attempt.value

    def _try(self, attempt: _Attempt[T]) -> None:
        try:
            attempt.value = self._look()
        except Exception as error:  # noqa: BLE001 - whatever goes wrong is what is to be told
            attempt.error = error
        attempt.ended_s = time.monotonic()
        attempt.ended.set()


class Background(Protocol):
    """What runs beside the answering of requests, such as a runner of jobs."""

    @property
    def name(self) -> str:
        """What it is called in health checks."""
        ...

    def start(self) -> None: ...

    def stop(self) -> bool:
        """End it; what it was doing goes on at the next start. False where threads still work on it."""
        ...

    def alive(self) -> bool:
        """Whether it does its work."""
        ...


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at."""

    name: str
    ok: bool
    why: str
    took_ms: float


class Health:
    """The checks of one process over one library."""

    def __init__(self, library: Seawall, background: Iterable[Background] = ()) -> None:
        self._probes = {
            "database": Probe(lambda: _database(library), every_s=0.5, limit_s=1),
            "index": Probe(lambda: _index(library), every_s=1, limit_s=2),
            "objects": Probe(lambda: _objects(library), every_s=5, limit_s=5),
            "sandbox": Probe(lambda: _sandbox(library), every_s=60, limit_s=10),
            "disk": Probe(lambda: _disk(library), every_s=1, limit_s=1),
        } | {one.name: Probe(partial(_running, one), every_s=0.5, limit_s=1) for one in background}
        self._failing: frozenset[str] = frozenset()

    def checks(self) -> tuple[Check, ...]:
        """What each look found. Not longer than the longest limit, however many fail."""
        found = tuple(_check(name, probe) for name, probe in self._probes.items())
        self._tell(found)
        return found

    def _tell(self, found: tuple[Check, ...]) -> None:
        """Log what has begun to fail, and what works again."""
        failing = frozenset(one.name for one in found if not one.ok)
        for one in found:
            if one.name in failing - self._failing:
                log.warning("not ready, %s: %s", one.name, one.why)
            elif one.name in self._failing - failing:
                log.info("ready again, %s: %s", one.name, one.why)
        self._failing = failing


def _check(name: str, probe: Probe[str]) -> Check:
    started_s = time.perf_counter()
    try:
        ok, why = True, probe.ask()
    except errors.SeawallError as error:
        ok, why = False, f"{error.code}: {error.message}"
    except Exception as error:  # noqa: BLE001 - a check that fails in an unknown way has failed
        ok, why = False, f"{type(error).__name__}: {error}"
    return Check(name, ok, why, round((time.perf_counter() - started_s) * 1000, 1))


def _database(library: Seawall) -> str:
    started_s = time.perf_counter()
    library.ping()
    return f"answered in {(time.perf_counter() - started_s) * 1000:.1f} ms"


def _index(library: Seawall) -> str:
    counts = library.index_counts()
    return "caught up: " + ", ".join(f"{count} {name} codes" for name, count in counts.items())


def _objects(library: Seawall) -> str:
    library.try_objects()
    return "writable"


def _sandbox(library: Seawall) -> str:
    busy, _ = library.decoding_processes()
    if busy:  # those at work show that they start, and a new one would have to wait for them
        return f"{busy} at work"
    return f"starts, with {sum(one.active for one in library.protections())} protections"


def _disk(library: Seawall) -> str:
    free_bytes = shutil.disk_usage(library.settings.data).free
    wanted_bytes = library.settings.whole("min_free_bytes")
    if free_bytes < wanted_bytes:
        raise errors.DiskFull(path=f"{library.settings.data}: {free_bytes} of {wanted_bytes} bytes are free")
    return f"{free_bytes} bytes are free"


def _running(one: Background) -> str:
    if not one.alive():
        raise errors.OutsideError(detail=f"{one.name} has ended")
    return "runs"
