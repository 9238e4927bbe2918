"""A process that stops hands back what it does; one that must stop at once does not spoil it."""

from __future__ import annotations

import threading

import pytest
from at_work import at_work, until

import seawall
from seawall.model.job import JobState


@pytest.fixture
def library(tmp_path):
    with seawall.open(tmp_path / "data") as opened:
        yield opened


def two_steps(ran, begun, go_on):
    def handler(library, task, steps):
        def first():
            ran.append("first")
            begun.set()
            go_on.wait(20)
            return len(ran)

        first = steps.run("first", first)
        return {"steps": [first, steps.run("second", lambda: ran.append("second") or len(ran))]}

    return handler


def test_a_step_that_runs_is_let_end_and_is_not_repeated(library):
    ran, begun, go_on = [], threading.Event(), threading.Event()
    with at_work(library) as work:
        work.does["two"] = two_steps(ran, begun, go_on)
        job_id = work.put("two")
        assert begun.wait(20)
        threading.Timer(0.3, go_on.set).start()
    assert (ran, library.jobs.get(job_id).state) == (["first"], JobState.WAITING)
    with at_work(library) as work:
        work.does["two"] = two_steps(ran, begun, go_on)
        job = work.ended(job_id)
    assert (job.state, job.tries, job.result) == (JobState.DONE, 1, {"steps": [1, 2]})
    assert ran == ["first", "second"]


def test_a_step_that_does_not_end_in_time_is_left_to_another_process(library):
    ran, begun, never = [], threading.Event(), threading.Event()
    with at_work(library) as work:
        work.does["two"] = two_steps(ran, begun, never)
        job_id = work.put("two")
        assert begun.wait(20)
        threads = [one for one in threading.enumerate() if one.name.startswith("dbos-executor")]
        assert work.runner.stop(0.1) is False
        assert library.jobs.get(job_id).state is JobState.WAITING
        never.set()
        until(lambda: not work.runner._executions.busy())
        for one in threads:
            one.join(20)
        assert library.jobs.get(job_id).state is JobState.WAITING
    with at_work(library) as work:
        work.does["two"] = two_steps(ran, begun, never)
        job = work.ended(job_id)
    assert (job.state, job.tries) == (JobState.DONE, 1)
    assert ran == ["first", "first", "second"]
