"""A backup holds all, as of one moment; it goes into an empty database of either kind, or not at all."""

from __future__ import annotations

import json
import threading

import pytest
from backups import BOTH, database, everything, fill_every_table, listed, rewritten

from seawall import objects
from seawall.model.signal import SignalType
from seawall.store import Store, schema, transfer
from seawall.workflows import backup, library, opening


def restored(of, path, target):
    made = backup.create(of, path)
    assert backup.restore(target, path) == made
    return made


@pytest.mark.parametrize("target", BOTH)
@pytest.mark.parametrize("source", BOTH)
def test_all_rows_of_all_tables_come_back_from_either_in_either(new_settings, tmp_path, source, target):
    of, to = new_settings(source), new_settings(target)
    fill_every_table(of)
    made = restored(of, tmp_path / "b.tar", to)
    assert set(made.rows) == set(schema.metadata.tables)
    assert set(made.rows.values()) == {1, 3}  # 1 where there is but one row ever
    assert everything(to) == everything(of)
    with opening.store(to) as store:
        store.tasks.put("k", {})  # a number above 2**31, as on the other side
    assert max(row[0] for row in everything(to)[0]["job"]) > 2**31 - 2


@pytest.mark.parametrize("target", BOTH)
@pytest.mark.parametrize("source", BOTH)
def test_no_number_is_given_twice_after_a_restore(new_settings, tmp_path, source, target):
    of, to = new_settings(source), new_settings(target)
    with opening.store(of) as store:
        store.create_bank("K")
        added = [store.add_reference("K", listed(str(n))) for n in range(5)]
        for one in added[2:]:
            store.remove_reference(one.id, "ann", "why")
    restored(of, tmp_path / "b.tar", to)
    with opening.store(to) as store:
        assert store.add_reference("K", listed("new")).seq > added[-1].seq
        assert store.highest_seq() > added[-1].seq


@pytest.mark.parametrize(("source", "target"), [("sqlite", "postgres"), ("postgres", "sqlite")])
def test_the_first_check_after_a_restore_finds_what_it_found_before(
    new_settings, tmp_path, picture, source, target
):
    of, to = new_settings(source), new_settings(target)
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
    kept = objects.opened(to)
    with kept.open(added.sha256) as stream:
        assert stream.read() == known.read_bytes()


def test_kept_files_go_where_the_settings_say(new_settings, s3, tmp_path, picture):
    of = new_settings("sqlite")
    with library.Seawall(of) as before:
        before.bank_create("K")
        list(before.bank_add("K", [picture("a.png", 1), picture("b.png", 2)], keep=True))
    backup.create(of, tmp_path / "b.tar", with_objects=True)
    given = {"s3_endpoint": s3.endpoint, "s3_access_key": "k", "s3_secret_key": "s"}
    to = new_settings("sqlite", objects=s3.fresh(), **given)
    assert backup.restore(to, tmp_path / "b.tar").objects == 2
    again = tmp_path / "again.tar"
    assert backup.create(to, again, with_objects=True).objects == 2
    back = new_settings("sqlite")
    backup.restore(back, again)
    assert set(objects.opened(back).every()) == set(objects.opened(of).every())


@pytest.mark.parametrize("source", BOTH)
def test_a_backup_is_of_one_moment_while_others_write(new_settings, tmp_path, source, monkeypatch):
    of, to = new_settings(source), new_settings("sqlite")
    monkeypatch.setattr(backup, "PART_BYTES", 2000)
    with opening.store(of) as store:
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
    with opening.store(to) as store:
        seqs = store.live_seqs()
        assert len(seqs) % 3 == 0
        assert len(seqs) >= 3 * before
        assert seqs == [one.seq for batch in acknowledged for one in batch][: len(seqs)]
        assert all(len(store.signals_of(seq)) == 1 for seq in seqs)


def test_an_empty_database_that_has_its_tables_takes_a_backup(new_settings, tmp_path):
    for kind in BOTH:
        of, to = new_settings("sqlite"), new_settings(kind)
        fill_every_table(of)
        opening.store(to).close()
        restored(of, tmp_path / f"{kind}.tar", to)
        assert everything(to) == everything(of)


@pytest.mark.parametrize("target", BOTH)
def test_a_backup_of_an_older_seawall_is_brought_up_to_date(new_settings, tmp_path, target):
    of, to = new_settings("sqlite"), new_settings(target)
    with opening.store(of) as store:
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
    with opening.store(to) as store:
        assert store.bank("K").labels == ("l",)
        assert store.exact(SignalType.PDQ, listed("a").signals[0].value) == [added.seq]
        assert store.access.users() == []


def test_every_column_is_of_a_type_that_a_backup_knows():
    for table in schema.metadata.sorted_tables:
        for column in table.columns:
            assert transfer.kind(column) in transfer.Kind


def test_the_command_line_writes_and_restores(seawall_cli, tmp_path):
    with Store.open(seawall_cli.data) as store:
        store.create_bank("K")
        added = store.add_reference("K", listed("a"))
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
    assert (other["schema"], other["rows"]) == ("seawall.backup-restore/1", made["rows"])
    with Store.open(tmp_path / "other") as store:
        assert store.live_seqs() == [added.seq]
    assert (tmp_path / "other" / "index" / "pdq").is_dir()
