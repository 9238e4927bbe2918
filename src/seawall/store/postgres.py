"""Everything that holds for PostgreSQL alone: its connections, its transactions, its errors."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import ModuleType
from typing import TYPE_CHECKING, Any, Final

from sqlalchemy import URL, Connection, Engine, MetaData, create_engine, event, func, make_url, select, text
from sqlalchemy.exc import ArgumentError, DBAPIError, TimeoutError as NoConnection
from sqlalchemy.schema import Table

from seawall import errors

if TYPE_CHECKING:
    import psycopg

#: Connections that one process opens at most. PostgreSQL takes a hundred as it comes.
CONNECTIONS: Final = 20

CONNECT_TIMEOUT_S: Final = 10

#: Execution option of a connection that is to have its turn before it writes.
WRITING: Final = "seawall_writing"

#: The lock that gives writers their turns; any number that other programs in the database do not use.
_TURN: Final = 0x5EA_3A11

#: A machine that has vanished would hold its turn for hours: the server asks after it.
_PER_SESSION: Final = {"tcp_keepalives_idle": 30, "tcp_keepalives_interval": 10, "tcp_keepalives_count": 3}

#: What SQLSTATEs, or their classes, mean. https://www.postgresql.org/docs/current/errcodes-appendix.html
_MEANINGS: Final[tuple[tuple[tuple[str, ...], type[errors.SeawallError]], ...]] = (
    (("08", "57P", "28", "3D", "53300"), errors.StoreUnreachable),
    (("55P03", "40", "57014"), errors.StoreBusy),
    (("53100",), errors.DiskFull),
    (("XX001", "XX002", "42P01", "42703"), errors.StoreCorrupt),
    (("25006", "42501", "58030"), errors.WriteFailed),
)


class Server:
    """A database on a PostgreSQL server; a `backend.Backend`."""

    def __init__(self, url: str, *, busy_timeout_s: float) -> None:
        """url: postgresql://USER:PASSWORD@HOST:PORT/NAME. Raises BadSetting."""
        parsed = _parsed(url)
        self.place = f"postgresql://{_host(parsed)}/{parsed.database or ''}"
        self._busy_timeout_s = busy_timeout_s
        self._secrets = _secrets(parsed)
        self._driver = _driver()
        self.driver_error: type[Exception] = self._driver.Error
        engine = _engine(parsed, busy_timeout_s)
        # A transaction that waits for its turn has to see what the one before it kept.
        self.appends = engine.execution_options(isolation_level="READ COMMITTED")
        self.writes = self.appends.execution_options(**{WRITING: True})
        self.reads = engine.execution_options(isolation_level="REPEATABLE READ", postgresql_readonly=True)

    def prepare(self) -> None:
        """Nothing: who owns the server has made the database."""

    def turn(self) -> AbstractContextManager[None]:
        """Nothing: the server gives writers their turns, those of other processes too."""
        return nullcontext()

    @contextmanager
    def migrating(self) -> Iterator[Connection]:
        """A transaction that may change the schema, with all other writers kept out."""
        with self.writes.begin() as connection:
            yield connection

    def last_numbers(self, connection: Connection) -> dict[str, int]:
        """By table, for all that number their rows."""
        found = {}
        for table, sequence in _sequences(connection):
            row = connection.execute(text(f"SELECT last_value, is_called FROM {sequence}")).one()  # noqa: S608
            found[table] = int(row.last_value) if row.is_called else 0
        return found

    def number_on(self, connection: Connection, last: Mapping[str, int]) -> None:
        """Have tables give numbers above these and above those that they hold."""
        held = self.last_numbers(connection)
        for name, sequence in _sequences(connection):
            table = Table(name, MetaData(), autoload_with=connection)
            (key,) = table.primary_key.columns
            most = connection.execute(select(func.max(key))).scalar() or 0
            number = max(last.get(name, 0), held[name], most)
            if number:
                connection.execute(select(func.setval(sequence, number)))

    def translate(self, error: Exception) -> Exception:
        """The error of ours that stands for one of the driver or of SQLAlchemy."""
        cause = error.orig if isinstance(error, DBAPIError) else error
        code = getattr(cause, "sqlstate", None) or ""
        kind = next((kind for codes, kind in _MEANINGS if code.startswith(codes)), errors.OutsideError)
        if isinstance(error, NoConnection):
            kind = errors.StoreBusy
        elif not code and self._is_lost(error, cause):
            kind = errors.StoreUnreachable
        return kind(**self._fields(kind, self._said(cause)))

    def _fields(self, kind: type[errors.SeawallError], reason: str) -> dict[str, object]:
        if kind is errors.StoreUnreachable:
            return {"place": self.place, "reason": reason}
        if kind is errors.StoreBusy:
            return {"waited_s": self._busy_timeout_s}
        if kind is errors.DiskFull:
            return {"path": self.place}
        if kind is errors.OutsideError:
            return {"detail": f"The database {self.place} failed: {reason}"}
        return {"path": self.place, "reason": reason}

    def close(self) -> None:
        """Give up all connections. A later use opens new ones."""
        self.appends.dispose()

    def _is_lost(self, error: Exception, cause: BaseException | None) -> bool:
        """Whether the connection broke off, or never came about: then the server has given no code."""
        if isinstance(error, DBAPIError) and error.connection_invalidated:
            return True
        return isinstance(cause, self._driver.OperationalError)

    def _said(self, cause: BaseException | None) -> str:
        """What the driver says, in one line and without a password."""
        first = getattr(getattr(cause, "diag", None), "message_primary", None)  # what follows it shows values
        said = " ".join(str(first or cause).split())
        for secret in self._secrets:
            said = said.replace(secret, "***")
        return said


def _driver() -> ModuleType:
    """Who has no such database need not have it."""
    try:
        import psycopg  # noqa: PLC0415
    except ModuleNotFoundError as cause:
        raise _bad("it needs a driver: pip install 'seawall[service]'") from cause
    return psycopg


def _engine(url: URL, busy_timeout_s: float) -> Engine:
    """Connections for any number of threads."""
    made = create_engine(
        url.set(drivername="postgresql+psycopg"),
        pool_size=CONNECTIONS,
        max_overflow=0,
        pool_timeout=busy_timeout_s,
        pool_pre_ping=True,  # a connection that the server has dropped meanwhile is replaced unnoticed
        pool_use_lifo=True,
        hide_parameters=True,  # no value in a message or a log
        connect_args={"connect_timeout": CONNECT_TIMEOUT_S, "application_name": "seawall"},
    )

    @event.listens_for(made, "connect")
    def prepare(connection: psycopg.Connection[Any], _: object) -> None:
        settings = {**_PER_SESSION, "lock_timeout": round(busy_timeout_s * 1000)}
        connection.autocommit = True
        for name, value in settings.items():
            connection.execute("SELECT set_config(%s, %s, false)", (name, str(value)))
        connection.autocommit = False

    @event.listens_for(made, "begin")
    def begin(connection: Connection) -> None:
        if connection.get_execution_options().get(WRITING, False):
            connection.exec_driver_sql(f"SELECT pg_advisory_xact_lock({_TURN})")

    return made


def _sequences(connection: Connection) -> list[tuple[str, str]]:
    """Each table that numbers its rows, with the sequence that it takes the numbers from, quoted."""
    query = """
        SELECT c.relname AS table, d.objid::regclass::text AS sequence
        FROM pg_depend d
        JOIN pg_class s ON s.oid = d.objid AND s.relkind = 'S'
        JOIN pg_class c ON c.oid = d.refobjid
        WHERE d.classid = 'pg_class'::regclass AND d.refclassid = 'pg_class'::regclass
          AND d.deptype IN ('a', 'i') AND c.relnamespace = current_schema()::regnamespace
        ORDER BY 1
    """
    return [(row.table, row.sequence) for row in connection.execute(text(query))]


def _parsed(url: str) -> URL:
    try:
        parsed = make_url(url)
    except (ArgumentError, ValueError):
        raise _bad("it is no address") from None
    if parsed.drivername != "postgresql":
        raise _bad("it has to begin with postgresql://")
    return parsed


def _bad(reason: str) -> errors.BadSetting:
    return errors.BadSetting(name="database", value="(secret)", reason=reason)


def _host(url: URL) -> str:
    """Server and port, or the folder of its socket."""
    given = url.host or url.query.get("host") or ""
    host = given if isinstance(given, str) else ",".join(given)
    return f"{host}:{url.port}" if url.port else host


def _secrets(url: URL) -> tuple[str, ...]:
    given = (url.password, *(value for name, value in url.query.items() if "password" in name))
    return tuple(str(one) for one in given if one)
