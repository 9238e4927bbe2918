"""The schema: built by steps, each with its way back, and equal to the tables that the code names."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from seawall import errors
from seawall.model.access import Principal, Role, Scope
from seawall.model.bank import ReferenceState
from seawall.model.seen import Context
from seawall.store import Store, migrate, postgres, schema, sqlite
from seawall.store.backend import Backend
from seawall.store.database import Database
from seawall.store.recording import NewCheck
from seawall.store.store import FILE_NAME

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))
import ledger_readings

PRINCIPAL = Principal("k", "ann/k", "ann", frozenset({Scope.READ}))

#: Tables that a test has put rows into.
FULL = (
    *("bank", "bank_label", "content", "signal", "reference", "reference_label", "reference_event"),
    *("incident", "document", "revision", "user_account", "access_key", "audit_entry", "seen", "checked"),
    "job",
)

REBUILD = '''
"""Rebuilds the tables that others point to, as a later step may have to."""
import sqlalchemy as sa
from alembic import op

revision = "test"
down_revision = "{head}"
branch_labels = None
depends_on = None


def upgrade():
    for table in ("bank", "content", "reference"):
        with op.batch_alter_table(table, recreate="always") as batch:
            batch.add_column(sa.Column("more", sa.String, server_default="x"))


def downgrade():
    for table in ("bank", "content", "reference"):
        with op.batch_alter_table(table, recreate="always") as batch:
            batch.drop_column("more")
'''


class Place:
    """A database to open, and one to look into past the store."""

    def __init__(self, backend: Callable[[], Backend]) -> None:
        self.backend = backend
        self.inside = backend()

    def open(self) -> Store:
        return Store(Database.open(self.backend()), lambda: datetime.now(UTC), lambda: secrets.token_hex(16))

    def tables(self) -> set[str]:
        with self.inside.reads.begin() as connection:
            return set(inspect(connection).get_table_names())

    def downgrade(self, revision: str) -> None:
        with self.inside.migrating() as connection:
            migrate.downgrade(connection, revision)


@pytest.fixture(params=["sqlite", "postgres"])
def place(request, tmp_path):
    if request.param == "postgres":
        url = request.getfixturevalue("postgres_url")
        made = Place(lambda: postgres.Server(url, busy_timeout_s=5))
    else:
        made = Place(lambda: sqlite.File(tmp_path / FILE_NAME, busy_timeout_s=5))
    yield made
    made.inside.close()


def test_the_steps_build_the_tables_that_the_code_names(place):
    place.open().close()
    with place.inside.reads.begin() as connection:
        context = MigrationContext.configure(connection)
        assert compare_metadata(context, schema.metadata) == []
        known = inspect(connection)
        for table in schema.metadata.sorted_tables:
            assert {fk["options"].get("ondelete") for fk in known.get_foreign_keys(table.name)} == {
                fk.ondelete for fk in table.foreign_keys
            }
        (index,) = known.get_indexes("signal")
        condition = index["dialect_options"][f"{connection.dialect.name}_where"]
        assert index["name"] == "ix_signal_type_value_content_id"
        assert str(condition).strip("()") == str(schema.is_exact)


def test_no_number_is_given_twice(place):
    """On SQLite by AUTOINCREMENT, on PostgreSQL by a sequence, wherever the code says that it must not be."""
    place.open().close()
    never_twice = {
        one.name for one in schema.metadata.sorted_tables if one.kwargs.get("sqlite_autoincrement")
    }
    assert {"reference", "revision", "audit_entry", "seen", "checked"} <= never_twice
    with place.inside.migrating() as connection:
        place.inside.number_on(connection, dict.fromkeys(never_twice, 41))
        assert place.inside.last_numbers(connection).items() >= dict.fromkeys(never_twice, 41).items()
    with place.open() as store:
        store.access.record(PRINCIPAL, "does", "this", "r1", {})
        store.create_bank("K")
    with place.inside.migrating() as connection:
        assert connection.execute(text("SELECT number FROM audit_entry")).scalar() == 42
        connection.execute(text("DELETE FROM audit_entry"))
    with place.open() as store:
        store.access.record(PRINCIPAL, "does", "this", "r2", {})
    with place.inside.migrating() as connection:
        assert connection.execute(text("SELECT number FROM audit_entry")).scalar() == 43
        place.inside.number_on(connection, {"audit_entry": 2})
        assert place.inside.last_numbers(connection)["audit_entry"] == 43


def test_the_newest_step_is_the_one_that_the_code_expects():
    assert ScriptDirectory.from_config(migrate.config()).get_heads() == [schema.HEAD]


def test_every_step_goes_down_and_up_again(place):
    place.open().close()
    full = place.tables()
    place.downgrade("base")
    assert place.tables() == {"alembic_version"}
    with place.open() as store:
        assert store.banks() == []
    assert place.tables() == full


def test_every_step_goes_down_and_up_again_with_rows_in_every_table_that_is_left(place, make):
    """One step at a time: what a step takes away is gone, what was there before it stays."""
    with place.open() as store:
        store.create_bank("K", labels=["l"])
        added = store.add_reference("K", make.file("1", labels=("x",)))
        store.set_state(added.id, ReferenceState.DISPUTED, "ann", "why")
        store.add_reference("K", make.listed("2"))
        store.incidents.open("A ferry", ledger_readings.document(), actor="ann")
        store.access.create_key(store.access.create_user("ann", Role.ADMIN).name, "k", [Scope.READ])
        store.access.record(PRINCIPAL, "does", "this", "r1", {"a": 1})
        new = NewCheck("a" * 64, "a" * 64, None, "image", None, None, (), "ann", Context())
        store.seen.record_all([new])
        store.tasks.put("kind", {"a": 1})
        before = (store.banks(), store.reference(added.id), store.signals_of(added.seq))
    with place.inside.reads.begin() as connection:
        steps = [step.revision for step in ScriptDirectory.from_config(migrate.config()).walk_revisions()]
        assert {table: count(connection, table) for table in FULL} == dict.fromkeys(FULL, True)
    for revision in steps[1:]:
        place.downgrade(revision)
    assert "bank" in place.tables()
    with place.open() as store:
        assert (store.banks(), store.reference(added.id), store.signals_of(added.seq)) == before
        assert store.access.users() == []
        assert store.add_reference("K", make.listed("3")).seq > added.seq + 1


def count(connection, table):
    return connection.execute(text(f"SELECT count(*) FROM {table}")).scalar_one() > 0


def test_a_step_that_rebuilds_tables_keeps_the_rows_that_point_to_them(tmp_path, make, monkeypatch):
    """With foreign keys on, SQLite drops them along with the old table."""
    with Store.open(tmp_path) as store:
        store.create_bank("K", labels=["l"])
        added = store.add_reference("K", make.file("1", labels=("x",)))
        before = (store.banks(), store.reference(added.id), store.signals_of(added.seq))
    folder = tmp_path / "steps with blanks"
    folder.mkdir()
    (folder / "more.py").write_text(REBUILD.format(head=schema.HEAD))
    packaged = migrate.config

    def with_one_more_step(connection=None):
        config = packaged(connection)
        config.set_main_option("version_locations", f"{migrate.MIGRATIONS / 'versions'}\n{folder}")
        return config

    monkeypatch.setattr(migrate, "config", with_one_more_step)
    for _ in range(2):
        with monkeypatch.context() as newer:
            newer.setattr(schema, "HEAD", "test")
            with Store.open(tmp_path) as store, store._database.read() as connection:
                assert connection.execute(text("SELECT more FROM reference")).scalar() == "x"
        Place(lambda: sqlite.File(tmp_path / FILE_NAME, busy_timeout_s=5)).downgrade(schema.HEAD)
    with Store.open(tmp_path) as store:
        assert (store.banks(), store.reference(added.id), store.signals_of(added.seq)) == before


def test_a_store_of_banks_alone_is_taken_up_with_what_it_holds(place, make):
    """From 0001, which knew no incidents, and back to it."""
    with place.open() as store:
        store.create_bank("K", labels=["l"])
        added = store.add_reference("K", make.file("1", labels=("x",), incident="i-1"))
        before = (store.banks(), store.reference(added.id), store.signals_of(added.seq))
    place.downgrade("0001")
    assert place.tables().isdisjoint({"incident", "document", "revision"})
    with place.open() as store:
        assert (store.banks(), store.reference(added.id), store.signals_of(added.seq)) == before
        assert store.incidents.every() == []


def test_a_step_that_fails_leaves_the_schema_as_it_was(place, monkeypatch):
    def fail(connection):
        upgrade(connection)
        raise KeyError("planted")

    upgrade = migrate.upgrade
    monkeypatch.setattr(migrate, "upgrade", fail)
    with pytest.raises(KeyError):
        place.open()
    assert place.tables() == set()
    monkeypatch.undo()
    with place.open() as store:
        assert store.create_bank("K").references == 0


def test_rows_that_point_nowhere_after_a_step_undo_it(tmp_path, monkeypatch):
    monkeypatch.setattr(sqlite, "broken_links", lambda _: 1)
    with pytest.raises(errors.StoreCorrupt):
        Store.open(tmp_path)
    monkeypatch.undo()
    with Store.open(tmp_path) as store:
        assert store.create_bank("K").references == 0


def test_a_newer_schema_is_refused_and_left_alone(place):
    place.open().close()
    with place.inside.migrating() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(errors.StoreVersion, match="9999"):
        place.open()
    with place.inside.reads.begin() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"


def test_another_programs_tables_are_left_alone(place):
    with place.inside.migrating() as connection:
        connection.execute(text("CREATE TABLE theirs (x INTEGER)"))
    with pytest.raises(errors.StoreCorrupt, match="another program"):
        place.open()
    assert place.tables() == {"theirs"}


def test_those_who_open_a_new_database_at_once_make_its_tables_once(place):
    with ThreadPoolExecutor(4) as pool:
        stores = [one.result() for one in [pool.submit(place.open) for _ in range(4)]]
    stores[0].create_bank("K")
    assert [one.bank("K").name for one in stores] == ["K"] * 4
    for one in stores:
        one.close()


def test_an_open_store_keeps_its_promises_to_the_disk(tmp_path):
    with Store.open(tmp_path) as store, store._database.read() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}


def test_an_up_to_date_store_opens_without_alembic(place, monkeypatch):
    place.open().close()
    monkeypatch.setattr(migrate, "knows", None)
    monkeypatch.setattr(migrate, "upgrade", None)
    with place.open() as store:
        assert store.banks() == []


def test_the_folder_is_made_for_its_owner_only(tmp_path):
    folder = tmp_path / "a" / "b 50%"
    Store.open(folder).close()
    assert folder.stat().st_mode & 0o077 == 0
