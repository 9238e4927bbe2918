"""The one way to the database: transactions, the schema's version, and errors made ours.

Reading and writing happen in a transaction that ends with its `with` block: kept where the block
ends well, undone whole where anything is raised. No exception of SQLAlchemy or of the driver
passes this module.
"""

from __future__ import annotations

import sqlite3
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import SQLAlchemyError

from seawall import errors
from seawall.store import schema, sqlite


class Database:
    """The database file of one data folder, with its schema up to date."""

    def __init__(self, path: Path, *, busy_timeout_s: float) -> None:
        self.path = path
        self.written = threading.Event()  #: set after each `write` that was kept
        self._busy_timeout_s = busy_timeout_s
        self._engine: Engine = sqlite.engine(path, busy_timeout_s=busy_timeout_s)
        self._writer: Engine = self._engine.execution_options(**{sqlite.WRITING: True})

    @classmethod
    def open(cls, path: Path, *, busy_timeout_s: float) -> Database:
        """Open the file, or make it, and bring its schema to `schema.HEAD`."""
        database = cls(path, busy_timeout_s=busy_timeout_s)
        try:
            database._make_folder()
            with database._errors_made_ours():
                sqlite.enter_wal(path, busy_timeout_s)
            if database.version() != schema.HEAD:
                database._migrate()
        except BaseException:
            database.close()
            raise
        return database

    def close(self) -> None:
        """Give up all connections. A later use opens new ones."""
        self._engine.dispose()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One unchanging view of the database, however long the block lasts."""
        with self._errors_made_ours(), self._engine.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that has the database to itself for writing, kept or undone as a whole.

        What is kept is on the disk when the block has ended. Writers take turns in the order of
        their sequence numbers, so a reader who has seen number n has seen all below it.
        """
        with self._errors_made_ours(), self._writer.begin() as connection:
            yield connection
        self.written.set()

    def version(self) -> str | None:
        """The schema's revision; None for a database without tables."""
        with self.read() as connection:
            return self._version(connection)

    def _version(self, connection: Connection) -> str | None:
        tables = inspect(connection).get_table_names()
        if not tables:
            return None
        if "alembic_version" not in tables:
            raise errors.StoreCorrupt(path=self.path, reason="its tables are another program's")
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return None if found is None else str(found)

    def _migrate(self) -> None:
        """Bring the schema to HEAD in one transaction, with other processes kept out."""
        # Alembic takes longer to import than a store to open, and is rarely needed.
        from seawall.store import migrate  # noqa: PLC0415

        engine = sqlite.engine(self.path, busy_timeout_s=self._busy_timeout_s, foreign_keys=False)
        try:
            with (
                self._errors_made_ours(),
                engine.execution_options(**{sqlite.WRITING: True}).begin() as connection,
            ):
                found = self._version(connection)
                if found is not None and not migrate.knows(found):
                    raise errors.StoreVersion(path=self.path, found=found)
                migrate.upgrade(connection)
                if broken := sqlite.broken_links(connection):
                    reason = f"{broken} rows point to rows that are not there"
                    raise errors.StoreCorrupt(path=self.path, reason=reason)
        finally:
            engine.dispose()

    def _make_folder(self) -> None:
        with errors.writing(self.path.parent):
            self.path.parent.mkdir(mode=0o700, parents=True, exist_ok=True)

    @contextmanager
    def _errors_made_ours(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, sqlite3.Error) as error:
            raise sqlite.translate(error, self.path, self._busy_timeout_s) from error
