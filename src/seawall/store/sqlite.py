"""Everything that holds for SQLite alone: its connections, its transactions, its errors."""

from __future__ import annotations

import os
import sqlite3
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Final

from sqlalchemy import URL, Connection, Engine, QueuePool, create_engine, event, text
from sqlalchemy.exc import DBAPIError
from sqlalchemy.pool import ConnectionPoolEntry

from seawall import errors
from seawall.store.turns import Turns

#: Execution option of a connection that is going to write.
WRITING: Final = "seawall_writing"

#: Statements that a connection keeps prepared: inserts of many rows differ by how many.
_PREPARED: Final = 256

#: With less room than this, a failed read or write of the file is put down to a full disk.
FULL_DISK_BYTES: Final = 1 << 20

_NOT_A_DATABASE: Final = frozenset({sqlite3.SQLITE_CORRUPT, sqlite3.SQLITE_NOTADB, sqlite3.SQLITE_FORMAT})
_REFUSED: Final = frozenset(
    {sqlite3.SQLITE_READONLY, sqlite3.SQLITE_CANTOPEN, sqlite3.SQLITE_PERM, sqlite3.SQLITE_AUTH}
)
_HELD: Final = frozenset({sqlite3.SQLITE_BUSY, sqlite3.SQLITE_LOCKED})
_MISSING: Final = ("no such table", "no such column", "has no column")


class File:
    """A database file; a `backend.Backend`."""

    driver_error: type[Exception] = sqlite3.Error

    def __init__(self, path: Path, *, busy_timeout_s: float) -> None:
        self._path = path
        self._busy_timeout_s = busy_timeout_s
        self._turns = Turns()
        self.reads = engine(path, busy_timeout_s=busy_timeout_s)
        self.writes = self.appends = self.reads.execution_options(**{WRITING: True})

    @property
    def place(self) -> str:
        """The file's path."""
        return str(self._path)

    def prepare(self) -> None:
        """Make the folder, and the file with its write-ahead log."""
        with errors.writing(self._path.parent):
            self._path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
        enter_wal(self._path, self._busy_timeout_s)

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Writers of this process wait for each other here. Raises StoreBusy.

        SQLite lets a writer that finds the file locked look again after 1 ms, then 2, 5, 10 and up to 100:
        where two write all the time, each would often stand still while the file is free.
        """
        if not self._turns.take(self._busy_timeout_s):
            raise errors.StoreBusy(waited_s=self._busy_timeout_s)
        try:
            yield
        finally:
            self._turns.pass_on()

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """A transaction that may change the schema, with all other writers kept out."""
        changing = engine(self._path, busy_timeout_s=self._busy_timeout_s, foreign_keys=False)
        try:
            with changing.execution_options(**{WRITING: True}).begin() as connection:
                yield connection
                if broken := broken_links(connection):
                    reason = f"{broken} rows point to rows that are not there"
                    raise errors.StoreCorrupt(path=self.place, reason=reason)
        finally:
            changing.dispose()

    def last_numbers(self, connection: Connection) -> dict[str, int]:
        """Of the tables that are declared AUTOINCREMENT: the others may give a number twice."""
        rows = connection.execute(text("SELECT name, seq FROM sqlite_sequence"))
        return {str(name): int(number) for name, number in rows}

    def number_on(self, connection: Connection, last: Mapping[str, int]) -> None:
        """Have tables give numbers above these and above those that they hold."""
        held = self.last_numbers(connection)
        never_twice = text(
            "SELECT name FROM sqlite_master WHERE type = 'table' AND sql LIKE '%AUTOINCREMENT%'"
        )
        for name in connection.execute(never_twice).scalars().all():
            number = {"name": name, "seq": max(last.get(name, 0), held.get(name, 0))}
            connection.execute(text("DELETE FROM sqlite_sequence WHERE name = :name"), {"name": name})
            connection.execute(text("INSERT INTO sqlite_sequence VALUES (:name, :seq)"), number)

    def translate(self, error: Exception) -> Exception:
        """The error of ours that stands for one of the driver or of SQLAlchemy."""
        return translate(error, self._path, self._busy_timeout_s)

    def close(self) -> None:
        """Give up all connections. A later use opens new ones."""
        self.reads.dispose()


def engine(path: Path, *, busy_timeout_s: float, foreign_keys: bool = True) -> Engine:
    """Connections to the file, for any number of threads; the threads set the pool's size.

    foreign_keys: off while tables are rebuilt, for dropping the old table would take the rows
    that point to it along.
    """
    made = create_engine(
        URL.create("sqlite", database=str(path)),
        poolclass=QueuePool,
        max_overflow=-1,
        hide_parameters=True,
        connect_args={
            "timeout": busy_timeout_s,
            "check_same_thread": False,
            "cached_statements": _PREPARED,
        },
    )

    @event.listens_for(made, "connect")
    def prepare(connection: sqlite3.Connection, _: ConnectionPoolEntry) -> None:
        connection.isolation_level = None  # transactions begin below, not where the driver guesses
        connection.execute(f"PRAGMA foreign_keys={'ON' if foreign_keys else 'OFF'}")
        connection.execute("PRAGMA synchronous=FULL")
        connection.execute("PRAGMA cache_size=-65536")

    @event.listens_for(made, "begin")
    def begin(connection: Connection) -> None:
        # A writer takes its lock at once: one that reads first and writes later can be refused
        # without waiting.
        writing = connection.get_execution_options().get(WRITING, False)
        connection.exec_driver_sql("BEGIN IMMEDIATE" if writing else "BEGIN")

    return made


def enter_wal(path: Path, busy_timeout_s: float) -> None:
    """Make the file's journal a write-ahead log, which it stays: readers then never wait.

    SQLite does not wait for its lock here, so this does.
    """
    deadline = time.monotonic() + busy_timeout_s
    connection = sqlite3.connect(path, timeout=busy_timeout_s)
    try:
        while True:
            try:
                connection.execute("PRAGMA journal_mode=WAL")
                return
            except sqlite3.OperationalError as error:
                if _primary(error) not in _HELD or time.monotonic() > deadline:
                    raise
                time.sleep(0.01)
    finally:
        connection.close()


def broken_links(connection: Connection) -> int:
    """How many rows point to a row that is not there."""
    return len(connection.exec_driver_sql("PRAGMA foreign_key_check").fetchall())


def translate(error: Exception, path: Path, busy_timeout_s: float) -> Exception:
    """The error of ours that stands for one of the driver or of SQLAlchemy."""
    cause = error.orig if isinstance(error, DBAPIError) else error
    code = _primary(cause)
    if code in _HELD:
        return errors.StoreBusy(waited_s=busy_timeout_s)
    if code == sqlite3.SQLITE_FULL or (code == sqlite3.SQLITE_IOERR and _disk_is_full(path.parent)):
        return errors.DiskFull(path=path)
    if code in _NOT_A_DATABASE or any(words in str(cause) for words in _MISSING):
        return errors.StoreCorrupt(path=path, reason=cause)
    if code in _REFUSED or code == sqlite3.SQLITE_IOERR:
        return errors.WriteFailed(path=path, reason=cause)
    return errors.OutsideError(detail=f"The database {path} failed: {cause}")


def _primary(error: BaseException | None) -> int:
    """SQLite's result code without the extension in its upper bytes."""
    code: int = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR)
    return code & 0xFF


def _disk_is_full(folder: Path) -> bool:
    try:
        room = os.statvfs(folder)
    except OSError:
        return False
    return room.f_bavail * room.f_frsize < FULL_DISK_BYTES
