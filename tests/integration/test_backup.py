"""A backup holds all, as of one moment; it goes into an empty database of either kind, or not at all."""

from __future__ import annotations

import json
import random
import threading
from datetime import UTC, date, datetime, timedelta

import pytest
from sqlalchemy import Boolean, Date, Float, Integer, LargeBinary, String, insert
from sqlalchemy.types import TypeDecorator

import seawall
from seawall import config, errors
from seawall.model.signal import Signal, SignalType
from seawall.store import NewReference, schema, transfer
from seawall.store.columns import UtcTime
from seawall.store.database import Database
from seawall.store.store import backend
from seawall.workflows import archive, backup, library

BOTH = ["sqlite", "postgres"]


@pytest.fixture
def settings(request, tmp_path):
    """settings(kind): those of a new and empty library on a database of that kind."""
    made = []

    def make(kind, **more):
        url = ""
        if kind == "postgres":
            server = request.getfixturevalue("postgres")
            url = server.fresh()
            made.append((server, url))
        values = {setting.name: setting.default for setting in config.SETTINGS}
        folder = tmp_path / f"data{len(list(tmp_path.glob('data*')))}"
        folder.mkdir()
        return config.Settings({**values, "data": str(folder), "database": url, "workers": 1, **more})

    yield make
    for server, url in made:
        server.drop(url)


def database(of):
    return Database.open(backend(of.text("database"), of.data))


def everything(of):
    """All rows of all tables, and the numbers that came last."""
    opened = database(of)
    with opened.read() as connection:
        rows = {name: list(transfer.rows(connection, name)) for name in transfer.layouts()}
        numbers = opened.last_numbers(connection)
    opened.close()
    never_twice = [
        one.name for one in schema.metadata.sorted_tables if one.kwargs.get("sqlite_autoincrement")
    ]
    return rows, {name: numbers.get(name, 0) for name in never_twice}


def any_value(column, number):
    """A value of the column's type, another for each number, such as only a careful copy keeps."""
    if isinstance(column.type, UtcTime):
        return datetime(2026, 1, 2, 3, 4, 5, 678901 + number, UTC) + timedelta(days=number)
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    values = {
        Date: date(2026, 1, 1 + number),
        LargeBinary: bytes([number, 0, 255]) * 50,
        Boolean: number % 2 == 0,
        Float: 0.1 + number,
        Integer: 2**31 - number - 1,
        String: f"{number} \u00e9\u2028\U0001f30a \"'\\\n%s :x"[: getattr(kind, "length", None) or 99],
    }
    return next(value for type_, value in values.items() if isinstance(kind, type_))


def fill_every_table(of, rows=3):
    """Rows in all tables that there are, some of their columns empty."""
    opened = database(of)
    with opened.write() as connection:
        made = {}
        for table in schema.metadata.sorted_tables:
            made[table.name] = []
            for number in range(rows):
                row = {}
                for column in table.columns:
                    if column.foreign_keys:
                        (points_to,) = column.foreign_keys
                        row[column.name] = made[points_to.column.table.name][number][points_to.column.name]
                    elif column.nullable and number == 0:
                        row[column.name] = None
                    else:
                        row[column.name] = any_value(column, number)
                connection.execute(insert(table).values(row))
                made[table.name].append(row)
        opened.number_on(connection, {"audit_entry": 2**40})
    opened.close()


def restored(of, path, target):
    made = backup.create(of, path)
    assert backup.restore(target, path) == made
    return made


@pytest.mark.parametrize("target", BOTH)
@pytest.mark.parametrize("source", BOTH)
def test_all_rows_of_all_tables_come_back_from_either_database_in_either(settings, tmp_path, source, target):
    of, to = settings(source), settings(target)
    fill_every_table(of)
    made = restored(of, tmp_path / "b.tar", to)
    assert set(made.rows) == set(schema.metadata.tables)
    assert set(made.rows.values()) == {3}
    assert everything(to) == everything(of)
    with library.store(to) as store:
        store.tasks.put("k", {})  # a number above 2**31, as on the other side
    assert max(row[0] for row in everything(to)[0]["task"]) > 2**31 - 2


@pytest.mark.parametrize("target", BOTH)
@pytest.mark.parametrize("source", BOTH)
def test_no_number_is_given_twice_after_a_restore(settings, tmp_path, source, target):
    of, to = settings(source), settings(target)
    with library.store(of) as store:
        store.create_bank("K")
        added = [store.add_reference("K", listed(str(n))) for n in range(5)]
        for one in added[2:]:
            store.remove_reference(one.id, "ann", "why")
    restored(of, tmp_path / "b.tar", to)
    with library.store(to) as store:
        assert store.add_reference("K", listed("new")).seq > added[-1].seq
        assert store.highest_seq() > added[-1].seq


def listed(name):
    value = random.Random(name).randbytes(32)
    return NewReference(None, "image", (Signal(SignalType.PDQ, 1, value, 100),), name, "list")


@pytest.mark.parametrize(("source", "target"), [("sqlite", "postgres"), ("postgres", "sqlite")])
def test_the_first_check_after_a_restore_finds_what_it_found_before(
    settings, tmp_path, picture, source, target
):
    of, to = settings(source), settings(target)
    known, other = picture("known.png", 1), picture("other.png", 2)
    with library.Seawall(of) as before:
        before.bank_create("K")
        (added,) = before.bank_add("K", [known], keep=True)
        found = [one.matches for one in before.check([known, other])]
        assert [len(matches) for matches in found] == [1, 0]
    backup.create(of, tmp_path / "b.tar", with_objects=True)
    made = backup.restore(to, tmp_path / "b.tar")
    assert made.objects == 1
    with library.Seawall(to) as after:
        assert [one.matches for one in after.check([known, other])] == found
        assert next(after.bank_add("K", [known])).already
    kept = seawall.objects.opened(to)
    with kept.open(added.sha256) as stream:
        assert stream.read() == known.read_bytes()


def test_kept_files_go_where_the_settings_say(settings, s3, tmp_path, picture):
    of = settings("sqlite")
    with library.Seawall(of) as before:
        before.bank_create("K")
        list(before.bank_add("K", [picture("a.png", 1), picture("b.png", 2)], keep=True))
    backup.create(of, tmp_path / "b.tar", with_objects=True)
    given = {"s3_endpoint": s3.endpoint, "s3_access_key": "k", "s3_secret_key": "s"}
    to = settings("sqlite", objects=s3.fresh(), **given)
    assert backup.restore(to, tmp_path / "b.tar").objects == 2
    again = tmp_path / "again.tar"
    assert backup.create(to, again, with_objects=True).objects == 2
    back = settings("sqlite")
    backup.restore(back, again)
    assert set(seawall.objects.opened(back).every()) == set(seawall.objects.opened(of).every())


@pytest.mark.parametrize("source", BOTH)
def test_a_backup_is_of_one_moment_while_others_write(settings, tmp_path, source, monkeypatch):
    of, to = settings(source), settings("sqlite")
    monkeypatch.setattr(backup, "PART_BYTES", 2000)
    with library.store(of) as store:
        store.create_bank("K")
        stop, acknowledged = threading.Event(), []

        def write():
            for number in range(10_000):
                if stop.is_set():
                    return
                acknowledged.append(store.add_references("K", [listed(f"{number}-{n}") for n in range(3)]))

        writer = threading.Thread(target=write)
        writer.start()
        try:
            while len(acknowledged) < 20:
                assert writer.is_alive()
            before = len(acknowledged)
            backup.create(of, tmp_path / "b.tar")
        finally:
            stop.set()
            writer.join()
    backup.restore(to, tmp_path / "b.tar")
    with library.store(to) as store:
        seqs = store.live_seqs()
        assert len(seqs) % 3 == 0
        assert len(seqs) >= 3 * before
        assert seqs == [one.seq for batch in acknowledged for one in batch][: len(seqs)]
        assert all(len(store.signals_of(seq)) == 1 for seq in seqs)


@pytest.mark.parametrize("target", BOTH)
def test_a_database_that_is_not_empty_is_left_as_it_is(settings, tmp_path, target):
    of, to = settings("sqlite"), settings(target)
    fill_every_table(of)
    backup.create(of, tmp_path / "b.tar")
    with library.store(to) as store:
        store.create_bank("THEIRS")
    before = everything(to)
    with pytest.raises(errors.StoreNotEmpty):
        backup.restore(to, tmp_path / "b.tar")
    assert everything(to) == before
    with library.store(to) as store:
        store.remove_bank("THEIRS", "ann", "why")
    with pytest.raises(errors.StoreNotEmpty):  # the record of the removal is a row too
        backup.restore(to, tmp_path / "b.tar")


def test_an_empty_database_that_has_its_tables_takes_a_backup(settings, tmp_path):
    for kind in BOTH:
        of, to = settings("sqlite"), settings(kind)
        fill_every_table(of)
        library.store(to).close()
        restored(of, tmp_path / f"{kind}.tar", to)
        assert everything(to) == everything(of)


@pytest.mark.parametrize("target", BOTH)
def test_a_backup_that_is_cut_short_changes_nothing(settings, tmp_path, target):
    of, to = settings("sqlite"), settings(target)
    fill_every_table(of)
    backup.create(of, tmp_path / "b.tar")
    data = (tmp_path / "b.tar").read_bytes()
    end = data.rindex(archive.DIGEST.encode()) + 512 + 1
    chance = random.Random(1)
    for size in [0, 1, 511, 512, 513, end - 600, end, *(chance.randrange(end) for _ in range(40))]:
        (tmp_path / "cut.tar").write_bytes(data[:size])
        with pytest.raises(errors.BackupCorrupt):
            backup.restore(to, tmp_path / "cut.tar")
    backup.restore(to, tmp_path / "b.tar")
    assert everything(to) == everything(of)


def test_a_byte_that_is_wrong_is_found_or_makes_no_difference(settings, tmp_path):
    of = settings("sqlite")
    fill_every_table(of)
    with library.store(of):
        backup.create(of, tmp_path / "b.tar")
    data = (tmp_path / "b.tar").read_bytes()
    sound = archive.checked(tmp_path / "b.tar")
    chance = random.Random(2)
    found = 0
    for _ in range(300):
        at = chance.randrange(len(data))
        wrong = bytearray(data)
        wrong[at] ^= 1 << chance.randrange(8)
        (tmp_path / "wrong.tar").write_bytes(wrong)
        try:
            checked = archive.checked(tmp_path / "wrong.tar")
        except errors.BackupCorrupt:
            found += 1
        else:
            assert (checked.about, checked.sha256s) == (sound.about, sound.sha256s)
    assert found > 100


@pytest.mark.parametrize("target", BOTH)
def test_a_fault_in_the_middle_undoes_all(settings, tmp_path, monkeypatch, target):
    """What is checked beforehand is all right, and still a table does not take its rows."""
    of, to = settings("sqlite"), settings(target)
    fill_every_table(of)
    rows = transfer.rows

    def wrong(connection, name):
        return (row[:-1] if name == "found" else row for row in rows(connection, name))

    monkeypatch.setattr(transfer, "rows", wrong)
    backup.create(of, tmp_path / "b.tar")
    with pytest.raises(errors.BackupCorrupt, match="found"):
        backup.restore(to, tmp_path / "b.tar")
    monkeypatch.undo()
    assert {len(table) for table in everything(to)[0].values()} == {0}


def rewritten(path, to, change):
    """The same backup with another manifest, and tables that the change leaves out left out."""
    sound = archive.checked(path)
    about = change({key: value for key, value in sound.about.items() if key != "members"})
    names = {one["name"] for one in about.get("tables", [])}
    with archive.written(to, 0) as writer:
        for name, stream in sound.members():
            if name.split("/")[1] in names:
                data = stream.read()
                writer.add(name, archive.io.BytesIO(data), len(data))
        writer.close(about)


@pytest.mark.parametrize("target", BOTH)
def test_a_backup_of_an_older_seawall_is_brought_up_to_date(settings, tmp_path, target):
    of, to = settings("sqlite"), settings(target)
    with library.store(of) as store:
        store.create_bank("K", labels=["l"])
        added = store.add_reference("K", listed("a"))
    backup.create(of, tmp_path / "new.tar")
    first = {
        "bank",
        "bank_label",
        "content",
        "signal",
        "reference",
        "reference_label",
        "reference_event",
        "removal",
    }
    rewritten(
        tmp_path / "new.tar",
        tmp_path / "old.tar",
        lambda about: {
            **about,
            "schema_revision": "0001",
            "tables": [one for one in about["tables"] if one["name"] in first],
        },
    )
    assert backup.restore(to, tmp_path / "old.tar").schema_revision == "0001"
    opened = database(to)
    assert opened.version() == schema.HEAD
    opened.close()
    with library.store(to) as store:
        assert store.bank("K").labels == ("l",)
        assert store.exact(SignalType.PDQ, listed("a").signals[0].value) == [added.seq]
        assert store.access.users() == []


@pytest.mark.parametrize(
    ("change", "error"),
    [
        (lambda about: {**about, "schema_revision": "9999"}, errors.StoreVersion),
        (lambda about: {**about, "format": "other/1"}, errors.BackupCorrupt),
        (lambda about: {key: about[key] for key in about if key != "last_numbers"}, errors.BackupCorrupt),
        (lambda about: {**about, "tables": about["tables"][:-1]}, None),
        (
            lambda about: {**about, "tables": [{**one, "rows": 4} for one in about["tables"]]},
            errors.BackupCorrupt,
        ),
        (lambda about: {**about, "objects": 1}, errors.BackupCorrupt),
    ],
)
def test_a_manifest_that_does_not_fit_is_refused(settings, tmp_path, change, error):
    of, to = settings("sqlite"), settings("sqlite")
    fill_every_table(of)
    backup.create(of, tmp_path / "b.tar")
    rewritten(tmp_path / "b.tar", tmp_path / "other.tar", change)
    if error is None:
        backup.restore(to, tmp_path / "other.tar")
        return
    with pytest.raises(error):
        backup.restore(to, tmp_path / "other.tar")
    assert {len(table) for table in everything(to)[0].values()} == {0}


def test_a_backup_never_replaces_a_file_and_is_its_owners_alone(settings, tmp_path):
    of = settings("sqlite")
    path = tmp_path / "b.tar"
    backup.create(of, path)
    assert path.stat().st_mode & 0o777 == 0o600
    before = path.read_bytes()
    with pytest.raises(errors.UsageError, match="already"):
        backup.create(of, path)
    assert path.read_bytes() == before
    with pytest.raises(errors.WriteFailed):
        backup.create(of, tmp_path / "none" / "b.tar")
    with pytest.raises(errors.PathNotFound):
        backup.restore(settings("sqlite"), tmp_path / "gone")
    assert sorted(one.name for one in tmp_path.iterdir() if one.is_file()) == ["b.tar"]


def test_a_kept_file_that_has_changed_stops_the_backup_and_leaves_none(settings, tmp_path, picture):
    of = settings("sqlite")
    with library.Seawall(of) as opened:
        opened.bank_create("K")
        list(opened.bank_add("K", [picture("a.png", 1)], keep=True))
    (kept,) = (of.data / "objects").glob("??/*")
    kept.chmod(0o600)
    kept.write_bytes(b"other")
    with pytest.raises(errors.UnreadableFile, match="changed"):
        backup.create(of, tmp_path / "b.tar", with_objects=True)
    assert not list(tmp_path.glob("b.tar*"))


def test_every_column_is_of_a_type_that_a_backup_knows():
    for table in schema.metadata.sorted_tables:
        for column in table.columns:
            assert transfer.kind(column) in transfer.Kind


def test_the_command_line_writes_and_restores(seawall_cli, tmp_path, picture):
    seawall_cli.json("bank", "create", "K")
    seawall_cli.json("bank", "add", "K", picture("a.png", 1))
    made = seawall_cli.json("backup", "create", tmp_path / "b.tar")
    assert (made["schema"], made["schema_revision"], made["rows"]["reference"], made["objects"]) == (
        "seawall.backup-create/1",
        schema.HEAD,
        1,
        0,
    )
    again = seawall_cli("backup", "restore", tmp_path / "b.tar", "--json")
    assert again.code == 2
    assert json.loads(again.out)["error"]["code"] == "store_not_empty"
    other = seawall_cli.json("--data", tmp_path / "other", "backup", "restore", tmp_path / "b.tar")
    assert other["rows"] == made["rows"]
    (result,) = seawall_cli.json("--data", tmp_path / "other", "check", picture("a.png", 1))["results"]
    assert [one["bank"] for one in result["matches"]] == ["K"]
    (tmp_path / "b.tar").write_bytes(b"no backup")
    assert seawall_cli("--data", tmp_path / "third", "backup", "restore", tmp_path / "b.tar").code == 30
