"""Small jobs: done together without the queue, which has those that stand out."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import UTC, datetime

import pytest
from at_work import at_work, until
from sqlalchemy import update

import seawall
from seawall.jobs import system
from seawall.model.job import JobState
from seawall.store import tasks
from seawall.store.schema_jobs import job
from seawall.workflows.tasks import Kind, Together


@dataclass
class Hands:
    """What does small tasks, and what it was asked for."""

    asked: list[list[str]] = field(default_factory=list)

    def takes(self, task):
        return not task.payload.get("large", False)

    def do(self, library, some):
        self.asked.append([one.id for one in some])
        if any(one.payload["do"] == "fails" for one in some):
            raise ZeroDivisionError
        return [{"small": one.id} for one in some]


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    with seawall.open(tmp_path_factory.mktemp("small") / "data") as opened:
        yield opened


@pytest.fixture(scope="module")
def hands():
    return Hands()


@pytest.fixture(scope="module")
def work(library, hands):
    with at_work(library, together={Kind.OUTCOME: Together(hands.takes, hands.do)}) as running:
        running.queued = []
        running.does["ok"] = lambda library, task, steps: {"queued": running.queued.append(task.id)}
        yield running


def put(library, *ids, large=False, **row):
    """Tasks that are written down in one transaction, as a check's are."""
    payloads = [(one, {"do": "ok", "large": large}) for one in ids]
    with library._store._database.write() as connection:
        tasks.put_new(connection, Kind.OUTCOME, payloads, datetime.now(UTC))
        if row:
            connection.execute(update(job).where(job.c.id.in_(ids)).values(row))


def test_what_waits_is_done_at_once_and_the_queue_hears_nothing_of_it(work, library, hands):
    hands.asked.clear()
    put(library, "a", "b", "c")
    done = [work.ended(one) for one in "abc"]
    assert hands.asked == [["a", "b", "c"]]
    assert [(one.state, one.tries, one.result) for one in done] == [
        (JobState.DONE, 1, {"small": one}) for one in "abc"
    ]
    assert all(one.started_at and one.finished_at for one in done)
    assert not work.queued
    assert not set(system.being_done()) & {"a", "b", "c"}
    assert library.tasks.waiting(10) == []
    assert work.runner.is_idle()


def test_of_some_that_cannot_be_done_together_the_queue_does_each(work, library, hands):
    hands.asked.clear()
    work.queued.clear()
    work.does["fails"] = lambda library, task, steps: 1 / 0
    put(library, "well")
    until(lambda: library.jobs.get("well").state is JobState.DONE)
    with library._store._database.write() as connection:
        payloads = [("one", {"do": "ok"}), ("bad", {"do": "fails"}), ("two", {"do": "ok"})]
        tasks.put_new(connection, Kind.OUTCOME, payloads, datetime.now(UTC))
    ended = {one: work.ended(one) for one in ("one", "bad", "two")}
    assert hands.asked == [["well"], ["one", "bad", "two"]]
    assert sorted(work.queued) == ["one", "two"]
    assert {one: made.state for one, made in ended.items()} == {
        "one": JobState.DONE,
        "bad": JobState.PARKED,
        "two": JobState.DONE,
    }
    assert [ended[one].tries for one in ("one", "bad", "two")] == [1, 1, 1]


def test_one_that_a_process_died_under_goes_through_the_queue(work, library, hands):
    hands.asked.clear()
    work.queued.clear()
    put(library, "cut", state=JobState.RUNNING, open_starts=1, tries=1)
    assert work.ended("cut").state is JobState.DONE
    assert (hands.asked, work.queued) == ([], ["cut"])


def test_what_is_large_goes_through_the_queue(work, library, hands):
    hands.asked.clear()
    work.queued.clear()
    put(library, "large", large=True)
    assert work.ended("large").result == {"queued": None}
    assert (hands.asked, work.queued) == ([], ["large"])
