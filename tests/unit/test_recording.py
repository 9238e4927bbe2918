"""Checks that are written down: all of it or none, many in one stroke, and what follows from them."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta

import pytest

from seawall import errors
from seawall.model.hold import Rule
from seawall.model.match import Match, Recommendation
from seawall.model.seen import Context, How
from seawall.store import Store
from seawall.store.recording import NewCheck, NewFinding
from seawall.workflows.recorder import Recorder
from seawall.workflows.tasks import Kind as Task

KEEP = timedelta(days=90)
RULE = Rule(window_h=1, floor=0, factor=10, baseline_h=168)


class Clock:
    def __init__(self):
        self.at = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)

    def __call__(self):
        return self.at


@pytest.fixture
def clock():
    return Clock()


@pytest.fixture
def store(tmp_path, clock):
    with Store.open(tmp_path, now=clock) as opened:
        opened.create_bank("KNOWN")
        yield opened


def found(reference, score=0.9):
    return Match(reference, score, Recommendation.STRONG, 1.0, 1.0, {"video": score}, ())


def check(name, *matches, signals=b"signals", context=Context()):
    sha256 = f"{name:0>64}"
    return NewCheck(
        sha256,
        sha256,
        None,
        "video",
        31.5,
        signals,
        tuple(("KNOWN", one) for one in matches),
        "site/key",
        context,
    )


def test_a_check_is_read_back_as_it_was_written(store):
    context = Context(uploader="u1", post="p1", url="https://x/1")
    (made,) = store.seen.record_all([check("a", found("r1"), found("r2"), context=context)], KEEP, RULE)
    again = store.seen.check(made.checked.id)
    assert again == made
    assert again.checked.context == context
    assert [one.match.reference for one in again.matches] == ["r1", "r2"]
    assert {one.how for one in again.matches} == {How.CHECK}
    assert store.seen.match(made.matches[1].id) == made.matches[1]
    (task,) = store.tasks.waiting(10)
    assert task.kind == Task.OUTCOME
    assert task.payload == {"matches": [one.id for one in made.matches]}


def test_what_matches_nothing_makes_no_task(store):
    store.seen.record_all([check("a")], KEEP, RULE)
    assert store.tasks.waiting(10) == []


def test_a_content_is_seen_once_and_checked_often(store):
    first, second = (store.seen.record_all([check("a")], KEEP, RULE)[0] for _ in range(2))
    third, fourth = store.seen.record_all([check("a"), check("a")], KEEP, RULE)
    assert len({one.checked.id for one in (first, second, third, fourth)}) == 4
    assert [one.seen_number for one in store.seen.kept_after(0, 10)] == [1]


def test_signals_go_in_time_and_come_again_under_a_new_number(store, clock):
    store.seen.record_all([check("a"), check("b"), check("c")], KEEP, RULE)
    clock.at += timedelta(days=60)
    store.seen.record_all([check("a")], KEEP, RULE)
    clock.at += timedelta(days=31)
    assert store.seen.forget_expired(1) == 1
    assert store.seen.forget_expired(100) == 1
    assert store.seen.forget_expired(100) == 0
    (left,) = store.seen.kept_after(0, 10)
    assert left.sha256.endswith("a")
    store.seen.record_all([check("b")], KEEP, RULE)
    assert [one.number for one in store.seen.kept_after(left.number, 10)] == [4]
    assert store.seen.highest_kept() == 4
    assert store.seen.kept_numbers() == [1, 4]


def test_a_later_finding_stands_on_the_last_check_and_is_not_repeated(store, clock):
    store.seen.record_all([check("a", found("r1")), check("b")], KEEP, RULE)
    clock.at += timedelta(hours=1)
    (last,) = store.seen.record_all([check("a")], KEEP, RULE)
    numbers = {one.sha256[-1]: one.seen_number for one in store.seen.kept_after(0, 10)}
    news = [
        NewFinding(numbers[name], "KNOWN", found(ref))
        for name, ref in [("a", "r1"), ("a", "r2"), ("b", "r2")]
    ]
    recorded = store.seen.record_later(news, RULE)
    assert [(one.checked.sha256[-1], one.match.reference) for one in recorded] == [("a", "r2"), ("b", "r2")]
    assert {one.how for one in recorded} == {How.RETRO}
    assert recorded[0].checked == last.checked
    assert store.seen.record_later(news, RULE) == []


def test_matches_are_listed_by_what_is_asked(store, clock):
    store.seen.record_all([check(str(at), found(f"r{at % 2}")) for at in range(6)], KEEP, RULE)
    listed = store.seen.matches(reference="r1", limit=2)
    assert [one.checked.sha256[-1] for _, one in listed] == ["5", "3"]
    assert [
        one.checked.sha256[-1] for _, one in store.seen.matches(reference="r1", before=listed[-1][0])
    ] == ["1"]
    assert len(store.seen.matches(bank="KNOWN", how=How.CHECK, held=False)) == 6
    assert store.seen.matches(bank="OTHER") == store.seen.matches(how=How.RETRO) == []
    assert store.seen.matches(since=clock.at + timedelta(seconds=1)) == []
    assert len(store.seen.matches_since(clock.at, "KNOWN")) == 6


def test_what_is_not_there_is_said_so(store):
    with pytest.raises(errors.RecordNotFound, match="check 'x'"):
        store.seen.check("x")
    with pytest.raises(errors.RecordNotFound, match="match 'x'"):
        store.seen.match("x")


class Counting:
    """The store's `Seen`, which tells how many transactions it takes."""

    def __init__(self, seen):
        self._seen = seen
        self.sizes = []
        self.gate = threading.Event()

    def record_all(self, news, keep, rule):
        self.gate.wait(10)
        self.sizes.append(len(news))
        return self._seen.record_all(news, keep, rule)


def wait_until(holds):
    deadline = time.monotonic() + 10
    while not holds() and time.monotonic() < deadline:
        time.sleep(0.001)


def test_checks_that_come_at_once_share_a_transaction(store):
    counting = Counting(store.seen)
    recorder = Recorder(counting, KEEP, RULE)
    promised = [recorder.submit(check(str(at))) for at in range(100)]
    counting.gate.set()
    made = [one.result(10) for one in promised]
    recorder.close()
    assert [one.checked.sha256[-2:].lstrip("0") for one in made[1:]] == [str(at) for at in range(1, 100)]
    assert sum(counting.sizes) == 100
    assert len(counting.sizes) <= 2


def test_one_that_cannot_be_written_leaves_the_others(store):
    counting = Counting(store.seen)
    recorder = Recorder(counting, KEEP, RULE)
    bad = check("bad", context=object())
    promised = [recorder.submit(one) for one in (check("a"), bad, check("b"))]
    counting.gate.set()
    assert promised[0].result(10).checked.sha256.endswith("a")
    with pytest.raises(TypeError):
        promised[1].result(10)
    assert promised[2].result(10).checked.sha256.endswith("b")
    recorder.close()
    with pytest.raises(ValueError, match="closed"):
        recorder.submit(check("c"))


def test_who_hangs_up_stops_nobody(store):
    counting = Counting(store.seen)
    recorder = Recorder(counting, KEEP, RULE)
    first, called_off, last = (recorder.submit(check(name)) for name in "abc")
    wait_until(first.running)
    late = recorder.submit(check("d"))
    assert late.cancel()
    counting.gate.set()
    assert last.result(10).checked.sha256.endswith("c")
    assert called_off.result(10).checked.sha256.endswith("b")
    assert recorder.record(check("e")).checked.sha256.endswith("e")
    recorder.close()
    assert sorted(one.sha256[-1] for one in store.seen.kept_after(0, 10)) == ["a", "b", "c", "e"]


def test_tasks_of_an_event_loop_wait_as_threads_do(store):
    recorder = Recorder(store.seen, KEEP, RULE)

    async def work():
        (made,) = await recorder.recorded([check("a")])
        assert made.checked.sha256.endswith("a")
        several = await recorder.recorded([check(name) for name in "cab"])
        assert [one.checked.sha256[-1] for one in several] == ["c", "a", "b"]
        bad = check("bad", context=object())
        with pytest.raises(TypeError):
            await recorder.recorded([check("d"), bad, bad])

    asyncio.run(work())
    recorder.close()
    assert sorted(one.sha256[-1] for one in store.seen.kept_after(0, 10)) == ["a", "b", "c", "d"]


def test_a_task_that_hangs_up_stops_nobody(store):
    counting = Counting(store.seen)
    recorder = Recorder(counting, KEEP, RULE)
    first = recorder.submit(check("a"))
    wait_until(first.running)

    async def hang_up():
        waiting = asyncio.create_task(recorder.recorded([check("b")]))
        await asyncio.sleep(0)
        waiting.cancel()
        with pytest.raises(asyncio.CancelledError):
            await waiting

    asyncio.run(hang_up())
    counting.gate.set()
    assert first.result(10).checked.sha256.endswith("a")
    recorder.close()
    assert [one.sha256[-1] for one in store.seen.kept_after(0, 10)] == ["a"]


def test_a_loop_that_has_ended_stops_nobody(store):
    counting = Counting(store.seen)
    recorder = Recorder(counting, KEEP, RULE)

    async def hang_up():
        waiting = asyncio.create_task(recorder.recorded([check("a")]))
        await asyncio.sleep(0)
        wait_until(recorder._waiting.empty)
        waiting.cancel()

    asyncio.run(hang_up())
    counting.gate.set()
    assert recorder.record(check("b")).checked.sha256.endswith("b")
    recorder.close()


def test_many_threads_lose_nothing(store):
    recorder = Recorder(store.seen, KEEP, RULE)
    with ThreadPoolExecutor(8) as pool:
        made = list(pool.map(lambda at: recorder.record(check(str(at % 50), found("r"))), range(200)))
    recorder.close()
    assert len({one.checked.id for one in made}) == 200
    assert len(store.seen.kept_after(0, 1000)) == 50
    assert len(store.tasks.waiting(1000)) == 200
