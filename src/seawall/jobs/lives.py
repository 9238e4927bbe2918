"""Which processes live: each holds a mark that goes with it, however it ends. No clock is asked.

In a data folder the mark is a locked file, in PostgreSQL a lock of a session. Both are let go by the
system when the process dies. A PostgreSQL session may also end while its process lives on, when the server
is restarted: so there a mark must be missing for a while before its process is taken for dead.
"""

from __future__ import annotations

import fcntl
import hashlib
import os
import threading
import time
from collections.abc import Iterable
from contextlib import suppress
from pathlib import Path
from typing import Final, Protocol

import psycopg

from seawall import errors

#: A lock that nobody has held for so long was that of a process which is no more.
GRACE_S: Final = 3.0
#: The server notices within 20 s that a machine is gone.
_KEEPALIVE: Final = "-c tcp_keepalives_idle=5 -c tcp_keepalives_interval=5 -c tcp_keepalives_count=3"


class Lives(Protocol):
    """The marks of processes."""

    def hold(self) -> None:
        """Make this process's mark, or see that it is still there. Raises OutsideError."""
        ...

    def dead(self, executors: Iterable[str]) -> list[str]:
        """Those of others that live no more. Raises OutsideError."""
        ...

    def let_go(self) -> None:
        """Take this process's mark away."""
        ...


class FolderLives:
    """Marks in a folder of the one machine."""

    def __init__(self, folder: Path, executor: str) -> None:
        self._folder = folder
        self._executor = executor
        self._held: int | None = None

    def hold(self) -> None:
        if self._held is not None:
            return
        path = self._path(self._executor)
        with errors.writing(path):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            self._held = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._held, fcntl.LOCK_EX | fcntl.LOCK_NB)

    def dead(self, executors: Iterable[str]) -> list[str]:
        return [one for one in executors if not self._lives(one)]

    def let_go(self) -> None:
        if self._held is not None:
            self._path(self._executor).unlink(missing_ok=True)
            os.close(self._held)
            self._held = None

    def _lives(self, executor: str) -> bool:
        path = self._path(executor)
        try:
            handle = os.open(path, os.O_RDWR | os.O_CLOEXEC)
        except FileNotFoundError:
            return False
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return True
        else:
            path.unlink(missing_ok=True)
            return False
        finally:
            os.close(handle)

    def _path(self, executor: str) -> Path:
        return self._folder / f"{hashlib.sha256(executor.encode()).hexdigest()[:32]}.lock"


class PostgresLives:
    """Marks in a PostgreSQL database, on a connection that is kept for nothing else."""

    def __init__(self, url: str, executor: str, grace_s: float = GRACE_S) -> None:
        self._url = url
        self._executor = executor
        self._grace_s = grace_s
        self._lock = threading.Lock()
        self._connection: psycopg.Connection | None = None
        self._missing_since: dict[str, float] = {}

    def hold(self) -> None:
        with self._lock:
            self._hold()

    def dead(self, executors: Iterable[str]) -> list[str]:
        with self._lock:
            return [] if self._connection is None else self._dead(self._connection, executors)

    def let_go(self) -> None:
        with self._lock:
            self._close()

    def _hold(self) -> None:
        try:
            if self._connection is not None:
                self._connection.execute("SELECT 1")
                return
            connection = psycopg.connect(self._url, autocommit=True, options=_KEEPALIVE, connect_timeout=5)
            try:
                # Another may just be looking whether it is free.
                connection.execute("SET lock_timeout = '2s'")
                connection.execute("SELECT pg_advisory_lock(%s)", (_number(self._executor),))
            except psycopg.Error:
                connection.close()
                raise
            self._connection = connection
        except psycopg.Error as cause:
            raise self._lost(cause) from cause

    def _dead(self, connection: psycopg.Connection, executors: Iterable[str]) -> list[str]:
        now = time.monotonic()
        try:
            missing = {one for one in executors if self._is_free(connection, _number(one))}
        except psycopg.Error as cause:
            raise self._lost(cause) from cause
        self._missing_since = {one: self._missing_since.get(one, now) for one in missing}
        return [one for one, since in self._missing_since.items() if now - since >= self._grace_s]

    def _close(self) -> None:
        if self._connection is not None:
            with suppress(psycopg.Error):
                self._connection.close()
            self._connection = None

    def _is_free(self, connection: psycopg.Connection, number: int) -> bool:
        got = connection.execute("SELECT pg_try_advisory_lock(%s)", (number,)).fetchone()
        if got is None or not got[0]:
            return False
        connection.execute("SELECT pg_advisory_unlock(%s)", (number,))
        return True

    def _lost(self, cause: psycopg.Error) -> errors.StoreUnreachable:
        """Forget the connection, and what was seen missing: others lost theirs too."""
        self._close()
        self._missing_since = {}
        reason = str(cause).strip() or type(cause).__name__
        return errors.StoreUnreachable(place="PostgreSQL", reason=reason)


def _number(executor: str) -> int:
    """Of 64 bits with sign, as PostgreSQL names such locks."""
    digest = hashlib.sha256(b"seawall executor " + executor.encode()).digest()
    return int.from_bytes(digest[:8], signed=True)
