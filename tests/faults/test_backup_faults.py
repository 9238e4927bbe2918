"""Backups that are damaged, do not fit or cannot be written: nothing is changed, nothing half-written."""

from __future__ import annotations

import errno
import hashlib
import io
import os
import random

import pytest
from backups import BOTH, everything, fill_every_table, rewritten

from seawall import errors, objects
from seawall.store import transfer
from seawall.workflows import archive, backup, opening


@pytest.mark.parametrize("target", BOTH)
def test_a_backup_that_is_cut_short_changes_nothing(new_settings, tmp_path, target):
    of, to = new_settings("sqlite"), new_settings(target)
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


def test_a_byte_that_is_wrong_is_found_or_makes_no_difference(new_settings, tmp_path):
    of = new_settings("sqlite")
    fill_every_table(of)
    with opening.store(of):
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
def test_a_fault_in_the_middle_undoes_all(new_settings, tmp_path, monkeypatch, target):
    """What is checked beforehand is all right, and still a table does not take its rows."""
    of, to = new_settings("sqlite"), new_settings(target)
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
def test_a_manifest_that_does_not_fit_is_refused(new_settings, tmp_path, change, error):
    of, to = new_settings("sqlite"), new_settings("sqlite")
    fill_every_table(of)
    backup.create(of, tmp_path / "b.tar")
    rewritten(tmp_path / "b.tar", tmp_path / "other.tar", change)
    if error is None:
        backup.restore(to, tmp_path / "other.tar")
        return
    with pytest.raises(error):
        backup.restore(to, tmp_path / "other.tar")
    assert {len(table) for table in everything(to)[0].values()} == {0}


def test_a_backup_never_replaces_a_file_and_is_its_owners_alone(new_settings, tmp_path):
    of = new_settings("sqlite")
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
        backup.restore(new_settings("sqlite"), tmp_path / "gone")
    assert sorted(one.name for one in tmp_path.iterdir() if one.is_file()) == ["b.tar"]


def test_a_kept_file_that_has_changed_stops_the_backup_and_leaves_none(new_settings, tmp_path):
    of = new_settings("sqlite")
    objects.opened(of).put(io.BytesIO(b"as it was"), hashlib.sha256(b"as it was").hexdigest())
    (kept,) = (of.data / "objects").glob("??/*")
    kept.chmod(0o600)
    kept.write_bytes(b"otherwise")
    with pytest.raises(errors.UnreadableFile, match="changed"):
        backup.create(of, tmp_path / "b.tar", with_objects=True)
    assert not list(tmp_path.glob("b.tar*"))


@pytest.mark.parametrize("target", BOTH)
def test_a_database_that_is_not_empty_is_left_as_it_is(new_settings, tmp_path, target):
    of, to = new_settings("sqlite"), new_settings(target)
    fill_every_table(of)
    backup.create(of, tmp_path / "b.tar")
    with opening.store(to) as store:
        store.create_bank("THEIRS")
    before = everything(to)
    with pytest.raises(errors.StoreNotEmpty):
        backup.restore(to, tmp_path / "b.tar")
    assert everything(to) == before
    with opening.store(to) as store:
        store.remove_bank("THEIRS", "ann", "why")
    with pytest.raises(errors.StoreNotEmpty):  # the record of the removal is a row too
        backup.restore(to, tmp_path / "b.tar")


def test_a_full_disk_is_named_and_leaves_no_backup(new_settings, tmp_path, monkeypatch):
    of = new_settings("sqlite")
    fill_every_table(of)

    def full(_):
        raise OSError(errno.ENOSPC, "planted")

    with monkeypatch.context() as disk:
        disk.setattr(os, "fsync", full)
        with pytest.raises(errors.DiskFull, match=r"b\.tar"):
            backup.create(of, tmp_path / "b.tar")
    assert not list(tmp_path.glob("b.tar*"))
    backup.create(of, tmp_path / "b.tar")
