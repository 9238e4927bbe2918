"""Kills, full disks, damaged files and other processes: what was acknowledged stays, nothing half-done."""

from __future__ import annotations

import ast
import hashlib
import os
import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

import pytest
import sqlalchemy
from sqlalchemy.exc import SQLAlchemyError

from seawall import errors
from seawall.model.bank import ReferenceState
from seawall.model.content import Content, Kind
from seawall.model.signal import Signal, SignalType
from seawall.store import NewReference, Store
from seawall.store.store import FILE_NAME

ROUNDS = 10
SIGNALS = 4  # sha256, md5, pdq and video

#: Adds files without end; says which, and only after the store has said so.
WRITER = """
import sys
from pathlib import Path
sys.path.insert(0, {tests!r})
from test_store_faults import new_file
from seawall.store import Store

with Store.open(Path({folder!r})) as store:
    for number in range({first}, {last}):
        added = store.add_reference("K", new_file(number))
        print(number, added.id, added.seq, flush=True)
"""


def new_file(number: int, size_bytes: int = 40_000) -> NewReference:
    name = f"file {number}".encode()
    digest = hashlib.sha256(name)
    content = Content(digest.hexdigest(), hashlib.md5(name).hexdigest(), 7, Kind.VIDEO, "mp4", 3.0, 640, 360)
    signals = (
        Signal(SignalType.PDQ, 1, digest.digest(), 90),
        Signal(SignalType.VIDEO, 1, digest.digest() * (size_bytes // 32)),
    )
    return NewReference(content, "video", signals, name.decode(), "test", labels=("l",))


def start_writer(folder: Path, first: int = 0, last: int = 10**9) -> subprocess.Popen[str]:
    tests = str(Path(__file__).parent)
    code = WRITER.format(tests=tests, folder=str(folder), first=first, last=last)
    return subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)


def integrity(folder: Path) -> str:
    connection = sqlite3.connect(folder / FILE_NAME)
    try:
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        return str(connection.execute("PRAGMA integrity_check").fetchone()[0])
    finally:
        connection.close()


def read_acknowledged(output: str) -> dict[str, tuple[int, int]]:
    """Id -> number and sequence number, of the lines that came through whole."""
    acknowledged = {}
    for line in output.splitlines(keepends=True):
        if line.endswith("\n"):
            number, reference, seq = line.split()
            acknowledged[reference] = (int(number), int(seq))
    return acknowledged


def test_kill_at_any_moment_keeps_what_was_acknowledged_and_nothing_half_done(tmp_path):
    with Store.open(tmp_path) as store:
        store.create_bank("K")
    moments = random.Random(20260102)
    stored: set[str] = set()
    for round_ in range(ROUNDS):
        writer = start_writer(tmp_path, first=round_ * 10_000)
        assert writer.stdout is not None
        first = writer.stdout.readline()  # it is at work now
        time.sleep(moments.uniform(0, 0.15))
        writer.send_signal(signal.SIGKILL)
        acknowledged = read_acknowledged(first + writer.stdout.read())
        writer.stdout.close()
        assert writer.wait() == -signal.SIGKILL
        assert acknowledged

        with Store.open(tmp_path) as store:
            present = {found.id: found for found in store.references("K")}
            new = present.keys() - stored
            assert stored | acknowledged.keys() <= present.keys()
            assert len(new - acknowledged.keys()) <= 1
            for reference, (number, seq) in acknowledged.items():
                expected = new_file(number)
                assert present[reference].sha256 == expected.content.sha256
                assert set(expected.signals) < set(store.signals_of(seq))
            for seq, found in store.live(store.live_seqs()).items():
                assert (len(store.signals_of(seq)), found.labels) == (SIGNALS, ("l",))
            stored = set(present)
        assert integrity(tmp_path) == "ok"


def test_two_processes_that_add_at_the_same_time_lose_nothing(tmp_path):
    """They also race to make the database."""
    with Store.open(tmp_path / "other") as store:
        store.create_bank("K")
    opening = (
        f"from pathlib import Path; from seawall.store import Store; Store.open(Path({str(tmp_path)!r}))"
    )
    openers = [subprocess.Popen([sys.executable, "-c", opening]) for _ in range(2)]
    assert [opener.wait() for opener in openers] == [0, 0]
    with Store.open(tmp_path) as store:
        store.create_bank("K")
        writers = [start_writer(tmp_path, 0, 60), start_writer(tmp_path, 30, 90)]
        outputs = [writer.communicate()[0] for writer in writers]
        assert [writer.returncode for writer in writers] == [0, 0]
        assert [len(output.splitlines()) for output in outputs] == [60, 60]
        found = {one.name: one.id for one in store.references("K")}
        assert found.keys() == {f"file {number}" for number in range(90)}
        for output in outputs:
            for reference, (number, _) in read_acknowledged(output).items():
                assert found[f"file {number}"] == reference


def limit_pages(store: Store, more: int) -> None:
    """Let the database grow by so many pages and no further: what a full disk does, without one."""

    @sqlalchemy.event.listens_for(store._database._engine, "connect")
    def limit(connection: sqlite3.Connection, _: object) -> None:
        pages = connection.execute("PRAGMA page_count").fetchone()[0]
        connection.execute(f"PRAGMA max_page_count={pages + more}")

    store.close()  # the connections that are open know no limit


def test_a_full_disk_is_named_undoes_the_whole_change_and_leaves_the_store_usable(tmp_path):
    with Store.open(tmp_path) as store:
        store.create_bank("K")
        kept = store.add_reference("K", new_file(1))
        limit_pages(store, 30)
        with pytest.raises(errors.DiskFull) as failure:
            store.add_references("K", [new_file(number) for number in range(2, 20)])
        assert str(tmp_path / FILE_NAME) in str(failure.value)
        assert [found.id for found in store.references("K")] == [kept.id]
        store.add_reference("K", new_file(2, size_bytes=64))
        store.set_state(kept.id, ReferenceState.DISPUTED, "ann", "still at work")
    with Store.open(tmp_path) as store:
        added = store.add_references("K", [new_file(number) for number in range(2, 20)])
        assert [one.already for one in added] == [True] + [False] * 17
    assert integrity(tmp_path) == "ok"


def test_a_file_that_may_not_grow_is_named_and_what_was_acknowledged_is_there(tmp_path):
    """The system's own refusal while the log is written, not SQLite's."""
    code = f"""
import resource, signal, sys
from pathlib import Path
sys.path.insert(0, {str(Path(__file__).parent)!r})
from test_store_faults import new_file
from seawall import errors
from seawall.store import Store

signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
with Store.open(Path({str(tmp_path)!r})) as store:
    store.create_bank("K")
    largest = max(one.stat().st_size for one in Path({str(tmp_path)!r}).iterdir())
    limit = largest + 200_000, resource.getrlimit(resource.RLIMIT_FSIZE)[1]
    resource.setrlimit(resource.RLIMIT_FSIZE, limit)
    try:
        for number in range(100):
            store.add_reference("K", new_file(number))
            done = number
    except errors.WriteFailed as error:
        print([done, error.code, len(list(store.references("K")))])
"""
    run = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    done, error_code, seen = ast.literal_eval(run.stdout)
    assert error_code == "write_failed"
    assert 0 < seen == done + 1 < 100
    with Store.open(tmp_path) as store:
        assert {found.name for found in store.references("K")} == {f"file {n}" for n in range(done + 1)}
        assert not store.add_reference("K", new_file(999)).already
    assert integrity(tmp_path) == "ok"


def test_a_database_that_is_held_too_long_is_busy_and_readers_go_on(tmp_path):
    with Store.open(tmp_path, busy_timeout_s=0.2) as store:
        store.create_bank("K")
        holder = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
        holder.execute("BEGIN IMMEDIATE")
        with pytest.raises(errors.StoreBusy, match=r"0\.2 s"):
            store.add_reference("K", new_file(1))
        assert store.bank("K").references == 0
        holder.execute("ROLLBACK")
        holder.close()
        assert not store.add_reference("K", new_file(1)).already


def test_a_new_database_that_another_holds_is_busy(tmp_path):
    holder = sqlite3.connect(tmp_path / FILE_NAME, isolation_level=None)
    holder.execute("BEGIN EXCLUSIVE")
    with pytest.raises(errors.StoreBusy):
        Store.open(tmp_path, busy_timeout_s=0.1)
    holder.close()
    Store.open(tmp_path).close()


@pytest.mark.parametrize(
    "data", [b"not a database, whatever its name says " * 99, b"SQLite format 3\0" + b"\xff" * 9999]
)
def test_a_file_that_is_no_database_is_corrupt_and_left_as_it_is(tmp_path, data):
    (tmp_path / FILE_NAME).write_bytes(data)
    with pytest.raises(errors.StoreCorrupt):
        Store.open(tmp_path)
    assert (tmp_path / FILE_NAME).read_bytes() == data


def test_another_programs_database_is_refused(tmp_path):
    with sqlite3.connect(tmp_path / FILE_NAME) as connection:
        connection.execute("CREATE TABLE theirs (x)")
    connection.close()
    with pytest.raises(errors.StoreCorrupt, match="another program"):
        Store.open(tmp_path)


def test_damaged_pages_are_found_when_they_are_read(tmp_path):
    with Store.open(tmp_path) as store:
        store.create_bank("K")
        store.add_references("K", [new_file(number) for number in range(20)])
    path = tmp_path / FILE_NAME
    data = bytearray(path.read_bytes())
    data[4096 * 4 :] = b"\xa5" * (len(data) - 4096 * 4)
    path.write_bytes(data)
    with pytest.raises(errors.StoreCorrupt), Store.open(tmp_path) as store:
        list(store.export_rows("K"))


def test_a_table_that_is_gone_is_corruption(tmp_path):
    with Store.open(tmp_path) as store:
        with sqlite3.connect(tmp_path / FILE_NAME) as connection:
            connection.execute("DROP TABLE removal")
        connection.close()
        with pytest.raises(errors.StoreCorrupt, match="removal"):
            store.removals()


def test_a_folder_that_cannot_be_made_or_holds_a_folder_of_the_files_name(tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(errors.WriteFailed):
        Store.open(tmp_path / "file" / "data")
    (tmp_path / FILE_NAME).mkdir()
    with pytest.raises(errors.WriteFailed):
        Store.open(tmp_path)


def test_a_database_that_may_only_be_read_says_so_when_it_is_written(tmp_path):
    with Store.open(tmp_path) as store:
        store.create_bank("K")

        @sqlalchemy.event.listens_for(store._database._engine, "connect")
        def read_only(connection: sqlite3.Connection, _: object) -> None:
            connection.execute("PRAGMA query_only=ON")

        store.close()
        with pytest.raises(errors.WriteFailed, match="readonly"):
            store.add_reference("K", new_file(1))
        assert store.bank("K").references == 0


ASKED = {
    "add_file": ("K", new_file(1), "ann"),
    "add_reference": ("K", new_file(1)),
    "add_references": ("K", [new_file(1)]),
    "bank": ("K",),
    "banks": (),
    "change_labels": ("id",),
    "content": ("id",),
    "create_bank": ("K",),
    "entries_after": (0, 1),
    "events": ("id",),
    "exact": (SignalType.MD5, b""),
    "export_rows": ("K",),
    "has_other_version": (SignalType.LEARNED, 1),
    "highest_seq": (),
    "id_at": (1,),
    "live": ([1],),
    "live_seqs": (),
    "numbers": (["id"],),
    "reference": ("id",),
    "references": ("K",),
    "removals": (),
    "remove_bank": ("K", "ann", "why"),
    "remove_reference": ("id", "ann", "why"),
    "renew_signals": (1, ()),
    "set_state": ("id", ReferenceState.ACTIVE, "ann", "why"),
    "signals_of": (1,),
}


def test_the_list_of_questions_is_complete():
    assert set(ASKED) == {name for name in vars(Store) if not name.startswith("_")} - {
        "open",
        "connect",
        "close",
        "now",
        "snapshot",  # writes a file of its own: test_scan
    }


@pytest.mark.parametrize("method", ASKED)
@pytest.mark.parametrize(
    ("code", "error"),
    [
        (sqlite3.SQLITE_BUSY_SNAPSHOT, errors.StoreBusy),
        (sqlite3.SQLITE_FULL, errors.DiskFull),
        (sqlite3.SQLITE_IOERR_FSYNC, errors.WriteFailed),
        (sqlite3.SQLITE_READONLY_DBMOVED, errors.WriteFailed),
        (sqlite3.SQLITE_CORRUPT_INDEX, errors.StoreCorrupt),
        (sqlite3.SQLITE_NOMEM, errors.OutsideError),
    ],
)
def test_no_error_of_the_driver_or_of_sqlalchemy_leaves_the_store(tmp_path, method, code, error):
    class Failing(sqlite3.OperationalError):
        sqlite_errorcode = code

    with Store.open(tmp_path) as store:

        @sqlalchemy.event.listens_for(store._database._engine, "do_execute")
        @sqlalchemy.event.listens_for(store._database._engine, "do_execute_no_params")
        def fail(*_: object) -> None:
            raise Failing("planted")

        with pytest.raises(error) as failure:
            list(getattr(store, method)(*ASKED[method]))
        assert type(failure.value) is error
        assert isinstance(failure.value.__cause__, SQLAlchemyError)


def test_a_disk_without_room_is_told_from_one_that_refuses(tmp_path, monkeypatch):
    class Failing(sqlite3.OperationalError):
        sqlite_errorcode = sqlite3.SQLITE_IOERR_WRITE

    with Store.open(tmp_path) as store:

        @sqlalchemy.event.listens_for(store._database._engine, "do_execute")
        def fail(*_: object) -> None:
            raise Failing("planted")

        with pytest.raises(errors.WriteFailed):
            store.banks()
        room = os.statvfs(tmp_path)
        full = os.statvfs_result((*room[:4], 0, *room[5:]))
        monkeypatch.setattr(os, "statvfs", lambda _: full)
        with pytest.raises(errors.DiskFull):
            store.banks()
