"""The one way to the database: transactions, the schema's version, and errors made ours.

Reading and writing happen in a transaction that ends with its `with` block: kept where the block
ends well, undone whole where anything is raised. No exception of SQLAlchemy or of the driver
passes this module.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Final

from sqlalchemy import Connection, Engine, inspect, text
from sqlalchemy.exc import DBAPIError, SQLAlchemyError, StatementError

from seawall import errors
from seawall.store import schema
from seawall.store.backend import Backend

_WAKES: Final = "seawall_wakes"  #: in what is noted of a connection


def wake(connection: Connection) -> None:
    """Have `Database.written` set once the transaction is kept: there is something to do."""
    connection.info[_WAKES] = True


class Database:
    """A database with its schema up to date."""

    def __init__(self, backend: Backend) -> None:
        self._backend = backend
        self._engine: Engine = backend.appends
        self.written = threading.Event()  #: set after each transaction that was kept and asked to `wake`

    @classmethod
    def open(cls, backend: Backend) -> Database:
        """Open the database, make its tables where there are none, and bring its schema to `schema.HEAD`."""
        database = cls(backend)
        try:
            database.prepare()
            if database.version() != schema.HEAD:
                database._migrate()
        except BaseException:
            database.close()
            raise
        return database

    @property
    def place(self) -> str:
        """Where it is, as anybody may read it."""
        return self._backend.place

    def close(self) -> None:
        """Give up all connections. A later use opens new ones."""
        self._backend.close()

    @contextmanager
    def read(self) -> Iterator[Connection]:
        """One unchanging view of the database, however long the block lasts."""
        with self._errors_made_ours(), self._backend.reads.begin() as connection:
            yield connection

    @contextmanager
    def write(self) -> Iterator[Connection]:
        """A transaction that has the database to itself for writing, kept or undone as a whole.

        What is kept is on the disk when the block has ended. Writers take turns in the order of
        their sequence numbers, so a reader who has seen number n has seen all below it.
        """
        with self._kept(self._backend.writes) as connection:
            yield connection

    @contextmanager
    def append(self) -> Iterator[Connection]:
        """As `write`, for rows that are only added and of which the order does not matter.

        Where the database can, many append at a time, and while another writes: a reader may see number n
        before a lower one. Two that insert the same value of a unique column wait for each other, and the
        later one must expect it: `INSERT ... ON CONFLICT DO NOTHING`.
        """
        with self._kept(self._backend.appends) as connection:
            yield connection

    @contextmanager
    def _kept(self, engine: Engine) -> Iterator[Connection]:
        with self._errors_made_ours(), self._backend.turn(), engine.begin() as connection:
            connection.info.pop(_WAKES, None)  # of a transaction that was undone
            yield connection
            wakes = connection.info.pop(_WAKES, False)
        if wakes:
            self.written.set()

    def version(self) -> str | None:
        """The schema's revision; None for a database without tables."""
        with self.read() as connection:
            return self.revision(connection)

    def last_numbers(self, connection: Connection) -> dict[str, int]:
        """By table: the highest number that it has ever given by itself."""
        return self._backend.last_numbers(connection)

    def number_on(self, connection: Connection, last: Mapping[str, int]) -> None:
        """Have tables give numbers above these and above those that they hold."""
        self._backend.number_on(connection, last)

    def prepare(self) -> None:
        """Make ready what must be there before the first transaction. `open` has done it."""
        with self._errors_made_ours():
            self._backend.prepare()

    @contextmanager
    def replacing(self) -> Iterator[Connection]:
        """A transaction that may change the schema and all that is in it, with other writers kept out."""
        with self._errors_made_ours(), self._backend.migrating() as connection:
            yield connection

    def revision(self, connection: Connection) -> str | None:
        """As `version`, in a transaction that is open. Raises StoreCorrupt for tables of others."""
        tables = inspect(connection).get_table_names()
        if not tables:
            return None
        if "alembic_version" not in tables:
            raise errors.StoreCorrupt(path=self.place, reason="its tables are another program's")
        found = connection.execute(text("SELECT version_num FROM alembic_version")).scalar()
        return None if found is None else str(found)

    def _migrate(self) -> None:
        """Bring the schema to HEAD in one transaction, with other processes kept out."""
        # Alembic takes longer to import than a store to open, and is rarely needed.
        from seawall.store import migrate  # noqa: PLC0415

        with self.replacing() as connection:
            found = self.revision(connection)
            if found is not None and not migrate.knows(found):
                raise errors.StoreVersion(path=self.place, found=found)
            migrate.upgrade(connection)

    @contextmanager
    def _errors_made_ours(self) -> Iterator[None]:
        try:
            yield
        except (SQLAlchemyError, self._backend.driver_error) as error:
            raise self._translated(error) from error

    def _translated(self, error: Exception) -> Exception:
        if isinstance(error, StatementError) and not isinstance(error, DBAPIError):
            # A value that a column refuses: the caller's mistake, raised as it was.
            return error.orig if isinstance(error.orig, Exception) else errors.OutsideError(detail=str(error))
        return self._backend.translate(error)
