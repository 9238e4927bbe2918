"""A pool of locked-down child processes, so that no file can harm or hold the process that asks.

The parent opens a file and hands its descriptor over a socket; the child decodes, and answers with a
value or with the name of an error. The child is not trusted: the parent keeps the clock, sets the
limit of processor time from outside, checks every answer, and replaces a child that dies.
"""

from __future__ import annotations

import os
import re
import threading
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager, suppress
from pathlib import Path
from types import TracebackType
from typing import Final, Self

from seawall import errors
from seawall.media import source, wire
from seawall.media.child import Child, ChildGone
from seawall.media.limits import Limits
from seawall.media.lockdown import Protection
from seawall.media.thinning import Thinning

_TASK: Final = re.compile(r"(?P<module>[a-z_]\w*(?:\.[a-z_]\w*)*):(?P<function>[a-z]\w*)", re.ASCII)
_ATTEMPTS: Final = 3  # a child that died between two files is no fault of the next one
_JOBS_PER_CHILD: Final = 500  # decoders leak a little, and to start a child takes a second


class Sandbox:
    """Runs tasks on files in child processes. Several threads may call `run` at once.

    workers: how many children at most; each is started when it is first needed.
    limits: for each file.
    task_roots: packages whose functions may run in a child; tests add their own.
    """

    def __init__(self, workers: int, limits: Limits, *, task_roots: tuple[str, ...] = ("seawall",)) -> None:
        if workers < 1:
            raise errors.UsageError(detail=f"a sandbox needs at least one worker, not {workers}")
        self._limits = limits
        self._task_roots = task_roots
        self._slots = threading.BoundedSemaphore(workers)
        self._lock = threading.Lock()
        self._modules: frozenset[str] = frozenset()
        self._idle: list[Child] = []
        self._children: set[Child] = set()
        self._closed = False
        # A child dies with the thread that started it, so one thread that lives as long as the pool does.
        self._starter = ThreadPoolExecutor(1, thread_name_prefix="seawall-sandbox")

    def run(
        self,
        path: str | Path,
        task: str,
        params: Mapping[str, wire.Wire],
        *,
        given: wire.Given = wire.Given.MEDIA,
        thinning: Thinning | None = None,
    ) -> wire.Wire:
        """Call "package.module:function" in a child as function(given, **params); what it returns.

        path: the file; opened here, so the child needs no file system. Waits for a free child.
        given: what the function gets of the file; for what is no picture, video or sound, not `MEDIA`.
        thinning: where not all of a video's frames are needed.

        Raises errors.PathNotFound, the classes under errors.MediaError, and errors.SandboxUnavailable.
        ValueError where the task's name is not allowed, TypeError where params cannot be sent.
        """
        module, request = self._request(task, params, given, thinning)
        name = os.fspath(path)
        return self._run(module, name, source.open_descriptor(name, self._limits.bytes), request)

    def run_bytes(self, data: bytes, name: str, task: str, params: Mapping[str, wire.Wire]) -> wire.Wire:
        """As `run` for a task that gets bytes, with bytes at hand. name: what errors call them."""
        module, request = self._request(task, params, wire.Given.BYTES)
        source.check_size(len(data), name, self._limits.bytes)
        return self._run(module, name, source.descriptor_of(data), request)

    def _request(
        self,
        task: str,
        params: Mapping[str, wire.Wire],
        given: wire.Given,
        thinning: Thinning | None = None,
    ) -> tuple[str, bytes]:
        module, function = self._check_task(task)
        few: wire.Wire = None
        if thinning is not None:
            few = [float(thinning.group_s), float(thinning.gap_s), thinning.looks]
        named: dict[str, wire.Wire] = {"module": module, "function": function, "params": params}
        return module, wire.pack({**named, "given": given.value, "thinning": few})

    def _run(self, module: str, name: str, descriptor: int, request: bytes) -> wire.Wire:
        """Work one job, and close the descriptor."""
        try:
            return self._work(module, name, descriptor, request)
        except errors.MediaError:
            self._check_open()  # a child that was ended by `close` says nothing of its file
            raise
        finally:
            os.close(descriptor)

    def describe(self) -> tuple[Protection, ...]:
        """The protections of a child as they were tried out in it. Raises errors.SandboxUnavailable."""
        with self._child(None) as child:
            return child.protections

    def children(self) -> tuple[int, int]:
        """How many are at work, and how many wait for work."""
        with self._lock:
            return len(self._children) - len(self._idle), len(self._idle)

    def close(self) -> None:
        """End all children, also those at work."""
        with self._lock:
            self._closed = True
            idle, self._idle = self._idle, []
            busy = self._children.difference(idle)
        for child in busy:
            child.kill()
        for child in idle:
            child.stop()
        self._starter.shutdown()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _work(self, module: str, name: str, descriptor: int, request: bytes) -> wire.Wire:
        for _ in range(_ATTEMPTS):
            with self._child(module) as child, suppress(ChildGone):
                return child.work(name, descriptor, request)
        raise self._unavailable("its children die before they take a file")

    def _check_task(self, task: str) -> tuple[str, str]:
        found = _TASK.fullmatch(task)
        inside = found and any(f"{found['module']}.".startswith(f"{root}.") for root in self._task_roots)
        if found is None or not inside:
            raise ValueError(f"not a task of {' or '.join(self._task_roots)}: {task!r}")
        return found["module"], found["function"]

    @contextmanager
    def _child(self, module: str | None) -> Iterator[Child]:
        """A child that has loaded the module, for one job."""
        with self._slots:
            child = self._take(module)
            try:
                yield child
            finally:
                self._give_back(child)

    def _take(self, module: str | None) -> Child:
        with self._lock:
            self._check_open()
            if module is not None:
                self._modules |= {module}
            modules = self._modules
            idle = self._idle.pop() if self._idle else None
        if idle is not None:
            if idle.alive() and (module is None or module in idle.modules):
                return idle
            self._drop(idle)
        child = self._start(modules)
        with self._lock:
            if not self._closed:
                self._children.add(child)
                return child
        child.stop()
        raise self._unavailable("it has been closed")

    def _start(self, modules: frozenset[str]) -> Child:
        try:
            child = self._starter.submit(Child, self._limits, modules).result()
        except OSError as error:
            raise self._unavailable(error.strerror or str(error)) from error
        except RuntimeError as error:  # the starter was shut down meanwhile
            raise self._unavailable("it has been closed") from error
        child.greet()
        return child

    def _give_back(self, child: Child) -> None:
        with self._lock:
            fit = child.fit and child.jobs < _JOBS_PER_CHILD and not self._closed
            if fit:
                self._idle.append(child)
        if not fit:
            self._drop(child)

    def _drop(self, child: Child) -> None:
        with self._lock:
            self._children.discard(child)
        child.stop()

    def _check_open(self) -> None:
        if self._closed:
            raise self._unavailable("it has been closed")

    @staticmethod
    def _unavailable(reason: str) -> errors.SandboxUnavailable:
        return errors.SandboxUnavailable(reason=reason)
