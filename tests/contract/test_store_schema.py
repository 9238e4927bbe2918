"""The schema: built by steps, each with its way back, and equal to the tables that the code names."""

from __future__ import annotations

import pytest
from alembic.autogenerate import compare_metadata
from alembic.migration import MigrationContext
from alembic.script import ScriptDirectory
from sqlalchemy import inspect, text

from seawall import errors
from seawall.store import Store, migrate, schema, sqlite
from seawall.store.store import FILE_NAME

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


@pytest.fixture
def engine(tmp_path):
    made = sqlite.engine(tmp_path / FILE_NAME, busy_timeout_s=5, foreign_keys=False)
    yield made
    made.dispose()


def tables(engine):
    return set(inspect(engine).get_table_names())


def test_the_steps_build_the_tables_that_the_code_names(tmp_path, engine):
    Store.open(tmp_path).close()
    with engine.connect() as connection:
        context = MigrationContext.configure(connection, opts={"compare_server_default": True})
        assert compare_metadata(context, schema.metadata) == []
        known = inspect(connection)
        conditions = {
            index["name"]: str(index["dialect_options"].get("sqlite_where"))
            for index in known.get_indexes("signal")
        }
        assert conditions == {"ix_signal_type_value_content_id": str(schema.is_exact)}
        ddl = connection.execute(text("SELECT sql FROM sqlite_master WHERE name = 'reference'")).scalar()
        assert "AUTOINCREMENT" in ddl
        assert schema.reference.kwargs["sqlite_autoincrement"]
        for table in schema.metadata.sorted_tables:
            assert {fk["options"].get("ondelete") for fk in known.get_foreign_keys(table.name)} == {
                fk.ondelete for fk in table.foreign_keys
            }


def test_the_newest_step_is_the_one_that_the_code_expects():
    assert ScriptDirectory.from_config(migrate.config()).get_heads() == [schema.HEAD]


def test_every_step_goes_down_and_up_again(tmp_path, engine):
    Store.open(tmp_path).close()
    full = tables(engine)
    with engine.begin() as connection:
        migrate.downgrade(connection, "base")
    assert tables(engine) == {"alembic_version"}
    with Store.open(tmp_path) as store:
        assert store.banks() == []
    assert tables(engine) == full


def test_a_step_that_rebuilds_tables_keeps_the_rows_that_point_to_them(tmp_path, engine, make, monkeypatch):
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
        with engine.execution_options(**{sqlite.WRITING: True}).begin() as connection:
            migrate.downgrade(connection, schema.HEAD)
            assert sqlite.broken_links(connection) == 0
    with Store.open(tmp_path) as store:
        assert (store.banks(), store.reference(added.id), store.signals_of(added.seq)) == before


def test_a_store_of_banks_alone_is_taken_up_with_what_it_holds(tmp_path, engine, make):
    """From 0001, which knew no incidents, and back to it."""
    with Store.open(tmp_path) as store:
        store.create_bank("K", labels=["l"])
        added = store.add_reference("K", make.file("1", labels=("x",), incident="i-1"))
        before = (store.banks(), store.reference(added.id), store.signals_of(added.seq))
    with engine.execution_options(**{sqlite.WRITING: True}).begin() as connection:
        migrate.downgrade(connection, "0001")
    assert tables(engine).isdisjoint({"incident", "document", "revision"})
    with Store.open(tmp_path) as store:
        assert (store.banks(), store.reference(added.id), store.signals_of(added.seq)) == before
        assert store.incidents.every() == []


def test_a_step_that_fails_leaves_the_schema_as_it_was(tmp_path, monkeypatch):
    monkeypatch.setattr(sqlite, "broken_links", lambda _: 1)
    with pytest.raises(errors.StoreCorrupt):
        Store.open(tmp_path)
    monkeypatch.undo()
    with Store.open(tmp_path) as store:
        assert store.create_bank("K").references == 0


def test_a_newer_schema_is_refused_and_left_alone(tmp_path, engine):
    Store.open(tmp_path).close()
    with engine.begin() as connection:
        connection.execute(text("UPDATE alembic_version SET version_num = '9999'"))
    with pytest.raises(errors.StoreVersion, match="9999"):
        Store.open(tmp_path)
    with engine.connect() as connection:
        assert connection.execute(text("SELECT version_num FROM alembic_version")).scalar() == "9999"


def test_an_open_store_keeps_its_promises_to_the_disk(tmp_path):
    with Store.open(tmp_path) as store, store._database.read() as connection:
        settings = {
            name: connection.exec_driver_sql(f"PRAGMA {name}").scalar()
            for name in ("journal_mode", "synchronous", "foreign_keys", "busy_timeout")
        }
    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1, "busy_timeout": 30_000}


def test_an_up_to_date_store_opens_without_alembic(tmp_path, monkeypatch):
    Store.open(tmp_path).close()
    monkeypatch.setattr(migrate, "knows", None)
    monkeypatch.setattr(migrate, "upgrade", None)
    with Store.open(tmp_path) as store:
        assert store.banks() == []


def test_the_folder_is_made_for_its_owner_only(tmp_path):
    folder = tmp_path / "a" / "b 50%"
    Store.open(folder).close()
    assert folder.stat().st_mode & 0o077 == 0
