"""One child process of the sandbox, as its parent sees it: started, given files, judged by its answers."""

from __future__ import annotations

import json
import math
import os
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import asdict
from pathlib import Path
from typing import Final

from seawall import errors
from seawall.media import wire
from seawall.media.limits import Limits
from seawall.media.lockdown import Protection

if sys.platform == "linux":
    import resource

_START_LIMIT_S: Final = 60.0
_END_LIMIT_S: Final = 5.0
_TEXT_LIMIT: Final = 500

#: The child finds the parent's modules, whatever way they were installed, and has none of its environment.
#: It loads what its tasks need and not the package's front, which would bring the database along.
_BOOT: Final = (
    "import json, sys, types; sys.path[:] = json.loads(sys.argv[1]); "
    "front = sys.modules['seawall'] = types.ModuleType('seawall'); front.__path__ = [sys.argv[2]]; "
    "from seawall.media import worker; worker.main(int(sys.argv[3]), int(sys.argv[4]))"
)
_PACKAGE: Final = str(Path(__file__).resolve().parents[1])
_ENVIRONMENT: Final = {
    "LC_ALL": "C.UTF-8",
    "OMP_NUM_THREADS": "1",
    "OPENBLAS_NUM_THREADS": "1",
    "MKL_NUM_THREADS": "1",
    "OPENCV_FOR_THREADS_NUM": "1",
    # glibc gives large blocks back at once, only to fetch and clear as many pages for the next picture.
    "MALLOC_MMAP_THRESHOLD_": str(32 << 20),
    "MALLOC_TRIM_THRESHOLD_": str(128 << 20),
}
_KEPT: Final = ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH")  # some installations find their libraries by these


class ChildGone(Exception):
    """The child was dead before it took the file."""


class Child:
    """A child process. Construct it in a thread that outlives it: it dies with that thread."""

    def __init__(self, limits: Limits, modules: frozenset[str]) -> None:
        self.modules = modules
        self.jobs = 0
        self.fit = True
        self.protections: tuple[Protection, ...] = ()
        self._limits = limits
        self._connection, theirs = socket.socketpair()
        paths = [path for path in sys.path if Path(path).is_absolute()]
        arguments = (json.dumps(paths), _PACKAGE, str(theirs.fileno()), str(os.getpid()))
        command = [sys.executable, "-I", "-c", _BOOT, *arguments]
        kept = {name: os.environ[name] for name in _KEPT if name in os.environ}
        try:
            self._process = subprocess.Popen(  # noqa: S603 - this same interpreter
                command,
                stdin=subprocess.DEVNULL,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                pass_fds=(theirs.fileno(),),
                env=_ENVIRONMENT | kept,
                cwd="/",
                start_new_session=True,
            )
        except BaseException:
            self._connection.close()
            raise
        finally:
            theirs.close()

    def greet(self) -> None:
        """Wait until the child has loaded its modules and locked itself in.

        Raises errors.SandboxUnavailable; the child is then ended.
        """
        deadline_s = time.monotonic() + _START_LIMIT_S
        try:
            greeting: wire.Wire = {"limits": asdict(self._limits), "modules": sorted(self.modules)}
            wire.send(self._connection, wire.pack(greeting), deadline_s)
            answer = wire.receive(self._connection, deadline_s)
        except wire.Closed:
            raise self._unavailable(f"it ended with {self._end()} before it was ready") from None
        except (wire.Late, wire.BadMessage):
            raise self._unavailable("it did not get ready") from None
        except BaseException:
            self.stop()
            raise
        match answer:
            case {"ready": list() as rows}:
                self.protections = (*_protections(rows), *self._own_protections())
            case {"failed": str() as reason}:
                raise self._unavailable(_printable(reason.strip().splitlines()[-1]))
            case _:
                raise self._unavailable("it did not get ready")

    def work(self, path: str, descriptor: int, request: bytes) -> wire.Wire:
        """One job. Raises what the job raised, ChildGone, or an errors.MediaError for how the child ended."""
        self.jobs += 1
        self.fit = False
        deadline_s = time.monotonic() + self._limits.wall_s
        try:
            self._limit_processor()
            self._hand_over(descriptor, request, deadline_s)
            answer = wire.receive(self._connection, deadline_s)
        except wire.Late:
            raise errors.DecodeTimeout(path=path, limit_s=self._limits.wall_s, clock="wall") from None
        except wire.Closed:
            raise self._death(path) from None
        except wire.BadMessage as error:
            raise errors.DecoderCrashed(path=path, cause="its answer is no message") from error
        return self._judge(path, answer)

    def alive(self) -> bool:
        """Whether the process runs."""
        return self._process.poll() is None

    def kill(self) -> None:
        """End the process; the thread that waits for its answer does the rest."""
        self._process.kill()

    def stop(self) -> None:
        """End the process, whatever it does, and reap it."""
        self.fit = False
        self._process.kill()
        self._process.wait()
        self._connection.close()

    def _hand_over(self, descriptor: int, request: bytes, deadline_s: float) -> None:
        """Send the request with the file, and wait for the child to say that it has them."""
        self._connection.settimeout(self._limits.wall_s)
        try:
            socket.send_fds(self._connection, [request[:1]], [descriptor])
            wire.send(self._connection, request[1:], deadline_s)
            wire.receive(self._connection, deadline_s)
        except (OSError, wire.Closed) as error:
            raise ChildGone from error

    def _judge(self, path: str, answer: wire.Wire) -> wire.Wire:
        """The answer's value, or its error raised. Nothing in it is believed beyond its form."""
        match answer:
            case {"value": value}:
                self.fit = True
                return value
            case {"error": str() as code, "fields": dict() as fields}:
                self.fit = True
                raise _rebuild(path, code, fields)
            case {"memory": True}:
                raise errors.DecodeMemory(path=path, limit_bytes=self._limits.memory_bytes)
            case {"fault": str() as place}:
                self.fit = True
                raise errors.DecoderCrashed(path=path, cause=_printable(place))
        raise errors.DecoderCrashed(path=path, cause="its answer is of no known form")

    def _death(self, path: str) -> errors.MediaError:
        cause = self._end()
        if cause == f"signal {signal.SIGXCPU:d}":
            return errors.DecodeTimeout(path=path, limit_s=self._limits.cpu_s, clock="processor")
        return errors.DecoderCrashed(path=path, cause=cause)

    def _end(self) -> str:
        """How the process ended; it has closed its connection, so it ends now or is made to."""
        with suppress(subprocess.TimeoutExpired):
            self._process.wait(_END_LIMIT_S)
        self.stop()
        code = self._process.returncode
        return f"signal {-code}" if code < 0 else f"exit status {code}"

    def _limit_processor(self) -> bool:
        """Allow `cpu_s` more seconds of processor time than were used. From outside: the child may not."""
        if sys.platform != "linux":
            return False
        pid = self._process.pid
        try:
            used_s = time.clock_gettime((~pid << 3) | 2)  # the process's clock, by the kernel's numbering
            _, hard = resource.prlimit(pid, resource.RLIMIT_CPU)
            soft = math.ceil(used_s + self._limits.cpu_s)
            if hard != resource.RLIM_INFINITY:
                soft = min(soft, hard)
            resource.prlimit(pid, resource.RLIMIT_CPU, (soft, hard))
        except (OSError, ValueError):
            return False
        return True

    def _own_protections(self) -> tuple[Protection, ...]:
        limits = self._limits
        return (
            Protection("processor_time", self._limit_processor(), f"{limits.cpu_s:g} s a file"),
            Protection("wall_time", active=True, detail=f"{limits.wall_s:g} s a file"),
            Protection("orphans", sys.platform == "linux", "dies with its parent"),
        )

    def _unavailable(self, reason: str) -> errors.SandboxUnavailable:
        self.stop()
        return errors.SandboxUnavailable(reason=reason)


def _protections(rows: list[wire.Wire]) -> list[Protection]:
    found = []
    for row in rows:
        match row:
            case [str() as name, bool() as active, str() as detail]:
                found.append(Protection(name, active, detail))
    return found


def _classes(base: type[errors.SeawallError]) -> dict[str, type[errors.SeawallError]]:
    found = {base.code: base}
    for derived in base.__subclasses__():
        found |= _classes(derived)
    return found


#: what a file or a call may be guilty of; a child knows nothing of disks or databases
_REBUILT: Final = _classes(errors.UsageError) | _classes(errors.MediaError)


def _rebuild(path: str, code: str, fields: Mapping[str, wire.Wire]) -> errors.SeawallError:
    """The error that the child raised, with the caller's path."""
    values: dict[str, object] = {
        name: _printable(value) if isinstance(value, str) else value
        for name, value in fields.items()
        if isinstance(value, str | int | float)
    }
    try:
        return _REBUILT[code](**(values | {"path": path}))
    except (KeyError, ValueError, TypeError):
        return errors.DecoderCrashed(path=path, cause="its answer names no known error")


def _printable(text: str) -> str:
    return "".join(letter if letter.isprintable() else "?" for letter in text[:_TEXT_LIMIT])
