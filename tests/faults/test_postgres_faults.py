"""A PostgreSQL that restarts, fills up or is held, and processes that share one: nothing is lost."""

from __future__ import annotations

import random
import subprocess
import sys
import threading
import time
import traceback
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import psycopg
import pytest
import sqlalchemy
from sqlalchemy import insert, select
from sqlalchemy.exc import SQLAlchemyError

from seawall import errors
from seawall.model.bank import ReferenceState
from seawall.store import Store
from seawall.store.schema import bank
from seawall.store.schema_service import audit_entry

sys.path.insert(0, str(Path(__file__).parent))
from test_store_faults import ASKED, new_file

#: Adds files without end; says which, and only after the store has said so.
WRITER = """
import sys
sys.path.insert(0, {tests!r})
from test_store_faults import new_file
from seawall.store import Store

with Store.connect({url!r}) as store:
    for number in range({count}):
        print(store.add_reference("K", new_file(number)).seq, flush=True)
"""


@pytest.fixture
def url(postgres):
    made = postgres.with_tables()
    yield made
    postgres.drop(made)


@pytest.fixture
def store(url):
    with Store.connect(url) as opened:
        yield opened


def entry(request):
    return {
        "at": sqlalchemy.func.now(),
        "actor": "a",
        "user": "u",
        "action": "x",
        "subject": "s",
        "request": request,
        "details": "{}",
    }


def append(connection, request):
    row = insert(audit_entry).values(entry(request)).returning(audit_entry.c.number)
    return connection.execute(row).scalar_one()


def numbers(store):
    with store._database.read() as connection:
        return set(connection.execute(select(audit_entry.c.number)).scalars())


def test_a_restart_between_calls_is_not_noticed(postgres, store):
    store.create_bank("K")
    with ThreadPoolExecutor(4) as pool:
        assert [len(found) for found in pool.map(lambda _: store.banks(), range(8))] == [1] * 8
        postgres.stop()
        postgres.start()
        added = store.add_reference("K", new_file(1))
        assert list(pool.map(lambda _: store.highest_seq(), range(8))) == [added.seq] * 8


def test_a_server_that_is_down_is_named_and_the_next_call_after_it_is_up_works(postgres, store):
    store.create_bank("K")
    postgres.stop()
    try:
        for ask in (store.banks, lambda: store.create_bank("L"), store.access.users):
            with pytest.raises(errors.StoreUnreachable, match="fresh"):
                ask()
    finally:
        postgres.start()
    assert [one.name for one in store.banks()] == ["K"]


@pytest.mark.parametrize("kind", ["read", "write", "append"])
def test_a_restart_during_a_transaction_undoes_it_whole(postgres, store, kind):
    store.create_bank("K")

    def work():
        with getattr(store._database, kind)() as connection:
            if kind != "read":
                append(connection, "r1")
            assert len(connection.execute(select(bank)).all()) == 1
            postgres.stop()
            postgres.start()
            connection.execute(select(bank)).all()

    with pytest.raises(errors.StoreUnreachable):
        work()
    assert numbers(store) == set()
    store.add_reference("K", new_file(1))
    assert store.bank("K").references == 1


def test_a_restart_while_many_write_loses_nothing_that_was_acknowledged(postgres, store):
    store.create_bank("K")
    kept, failed, stop = [], [], threading.Event()

    def work(first):
        for number in range(first, first + 10_000):
            if stop.is_set():
                return
            try:
                kept.append(store.add_reference("K", new_file(number, size_bytes=64)).seq)
            except errors.StoreUnreachable as error:
                failed.append(error)
                time.sleep(0.01)

    threads = [threading.Thread(target=work, args=(n * 100_000,)) for n in range(4)]
    for thread in threads:
        thread.start()
    for enough in (20, 40):
        wait_until(lambda enough=enough: len(kept) >= enough)
        postgres.stop()
        wait_until(lambda: failed)
        postgres.start()
        failed.clear()
    wait_until(lambda: len(kept) >= 60)
    stop.set()
    for thread in threads:
        thread.join()
    live = set(store.live_seqs())
    assert set(kept) <= live
    assert all(len(store.signals_of(seq)) == 4 for seq in live)
    assert len(live) <= len(kept) + 8  # kept, and the answer lost on the way


def wait_until(holds, limit_s=30):
    deadline = time.monotonic() + limit_s
    while not holds():
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_what_one_process_adds_another_sees_at_once(url, store):
    store.create_bank("K")
    code = WRITER.format(tests=str(Path(__file__).parent), url=url, count=20)
    with subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True) as other:
        for line in other.stdout:
            seq = int(line)
            assert store.highest_seq() >= seq
            assert seq in store.live([seq])
            assert store.entries_after(seq - 1, 1)[0].seq == seq
    assert other.returncode == 0
    assert store.bank("K").references == 20


def test_who_has_seen_a_number_has_seen_all_below_it(store):
    """Writers that are slow between taking a number and keeping it, and some that give it up."""
    done = threading.Event()

    def write(seed):
        chance = random.Random(seed)
        for n in range(12):
            try:
                with store._database.write() as connection:
                    for _ in range(chance.randrange(1, 4)):
                        append(connection, f"{seed}-{n}")
                    time.sleep(chance.random() / 200)
                    if chance.random() < 0.2:
                        raise KeyError("given up")
            except KeyError:
                continue

    def watch():
        """The numbers as they were seen, one look after the other."""
        seen = []
        while not done.is_set():
            seen.append(numbers(store))
        return [*seen, numbers(store)]

    with ThreadPoolExecutor(8) as pool:
        watchers = [pool.submit(watch) for _ in range(2)]
        for writer in [pool.submit(write, seed) for seed in range(5)]:
            writer.result()
        done.set()
        looks = [look for watcher in watchers for look in watcher.result()]
    everything = numbers(store)
    assert len({len(look) for look in looks}) > 5
    for look in looks:
        assert look == {number for number in everything if number <= max(look, default=0)}


def test_an_append_waits_for_nobody_and_may_be_seen_before_a_lower_number(store):
    with store._database.append() as slow:
        first = append(slow, "slow")
        with store._database.append() as quick:
            second = append(quick, "quick")
        assert numbers(store) == {second}
        with store._database.write() as turn, store._database.append() as third:
            append(turn, "turn")
            append(third, "third")
    assert {first, second} < numbers(store)
    assert first < second


def test_a_view_does_not_change_and_takes_no_writes(store):
    store.create_bank("K")
    with store._database.read() as connection:
        assert len(connection.execute(select(bank)).all()) == 1
        store.create_bank("L")
        assert len(connection.execute(select(bank)).all()) == 1
    with pytest.raises(errors.WriteFailed), store._database.read() as connection:
        append(connection, "r")
    assert len(store.banks()) == 2


def test_a_turn_that_does_not_come_is_busy_and_readers_go_on(url, store):
    store.create_bank("K")
    with Store.connect(url, busy_timeout_s=0.2) as hasty, store._database.write():
        with pytest.raises(errors.StoreBusy, match=r"0\.2 s"):
            hasty.create_bank("L")
        assert hasty.bank("K").references == 0
    with Store.connect(url, busy_timeout_s=0.2) as hasty:
        hasty.create_bank("L")


def test_two_that_wait_for_each_other_are_told_apart_and_one_goes_on(store):
    met = threading.Barrier(2)

    def work(first, second):
        with store._database.append() as connection:
            connection.execute(
                insert(bank).values(name=first, negative=False, created_at=sqlalchemy.func.now())
            )
            met.wait()
            connection.execute(
                insert(bank).values(name=second, negative=False, created_at=sqlalchemy.func.now())
            )

    with ThreadPoolExecutor(2) as pool:
        results = [pool.submit(work, "A", "B"), pool.submit(work, "B", "A")]
        failures = [one.exception() for one in results]
    assert [type(one) for one in failures if one] == [errors.StoreBusy]
    assert [one.name for one in store.banks()] == ["A", "B"]


def test_more_threads_than_connections_wait_for_one(store):
    store.create_bank("K")
    with ThreadPoolExecutor(60) as pool:
        assert [len(found) for found in pool.map(lambda _: store.banks(), range(300))] == [1] * 300


@pytest.mark.parametrize(
    ("code", "error"),
    [
        ("53100", errors.DiskFull),
        ("53300", errors.StoreUnreachable),
        ("57P01", errors.StoreUnreachable),
        ("57P03", errors.StoreUnreachable),
        ("08006", errors.StoreUnreachable),
        ("40001", errors.StoreBusy),
        ("40P01", errors.StoreBusy),
        ("55P03", errors.StoreBusy),
        ("25006", errors.WriteFailed),
        ("42501", errors.WriteFailed),
        ("58030", errors.WriteFailed),
        ("XX001", errors.StoreCorrupt),
        ("42P01", errors.StoreCorrupt),
        ("53200", errors.OutsideError),
    ],
)
def test_no_error_of_the_driver_or_of_sqlalchemy_leaves_the_store(store, code, error):
    @sqlalchemy.event.listens_for(store._database._engine, "do_execute")
    def fail(*_: object) -> None:
        raise psycopg.errors.lookup(code)("planted")

    for method in ASKED:
        with pytest.raises(error) as failure:
            list(getattr(store, method)(*ASKED[method]))
        assert type(failure.value) is error
        assert isinstance(failure.value.__cause__, SQLAlchemyError)


def test_a_table_that_is_gone_is_corruption(store):
    with store._database.replacing() as connection:
        connection.exec_driver_sql("DROP TABLE removal")
    with pytest.raises(errors.StoreCorrupt, match="removal"):
        store.removals()


def test_a_password_is_never_shown():
    for url in (
        "postgresql://ann:hush-hush@127.0.0.1:1/seawall",
        "postgresql://127.0.0.1:1/seawall?user=ann&password=hush-hush",
    ):
        with pytest.raises(errors.StoreUnreachable, match=r"127\.0\.0\.1:1/seawall") as failure:
            Store.connect(url)
        assert "hush-hush" not in "".join(traceback.format_exception(failure.value))


@pytest.mark.parametrize(
    "url",
    ["mysql://u:hush-hush@h/x", "postgresql+asyncpg://u:hush-hush@h/x", "hush-hush", "postgresql://h:x/y"],
)
def test_an_address_of_another_kind_is_refused_unshown(url):
    with pytest.raises(errors.BadSetting, match="database") as failure:
        Store.connect(url)
    assert "hush-hush" not in "".join(traceback.format_exception(failure.value))


def test_values_are_not_shown_where_a_statement_fails(store):
    store.create_bank("K")
    added = store.add_reference("K", new_file(1))
    with pytest.raises(errors.OutsideError) as failure, store._database.write() as connection:
        connection.execute(
            sqlalchemy.text("UPDATE reference SET seq = 'x' || :word WHERE id = :id"),
            {"word": "hush-hush", "id": added.id},
        )
    assert "hush-hush" not in "".join(traceback.format_exception(failure.value))
    assert store.reference(added.id).state is ReferenceState.ACTIVE
