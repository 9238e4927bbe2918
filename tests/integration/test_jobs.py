"""Jobs: tried again, failed, parked, resumed, cancelled, done once; and how the API shows them."""

from __future__ import annotations

import threading
import time
from datetime import UTC, datetime, timedelta

import pytest
from at_work import at_work, until
from dbos import _queue as dbos_queue
from serving import client, key, served
from sqlalchemy import delete, select, update

import seawall
from seawall import errors
from seawall.jobs import recovery, system
from seawall.jobs.runner import Runner
from seawall.model.access import Scope
from seawall.model.event import EventType
from seawall.model.job import JobState
from seawall.store import events, tasks
from seawall.store.schema_jobs import event, job
from seawall.store.tasks import Task
from seawall.workflows.tasks import Kind


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    with seawall.open(tmp_path_factory.mktemp("jobs") / "data") as opened:
        yield opened


@pytest.fixture(scope="module")
def work(library):
    with at_work(library) as running:
        yield running


def test_what_fails_outside_is_tried_again_and_its_finished_steps_are_not_repeated(work):
    ran = []

    def stumbles(library, task, steps):
        first = steps.run("first", lambda: ran.append("first") or len(ran))

        def second():
            ran.append("second")
            if ran.count("second") < 3:
                raise errors.WriteFailed(path="/somewhere", reason="not now")
            return "ok"

        return {"first": first, "second": steps.run("second", second)}

    work.does["stumbles"] = stumbles
    job = work.ended(work.put("stumbles"))
    assert (job.state, job.tries, job.error) == (JobState.DONE, 3, None)
    assert job.result == {"first": 1, "second": "ok"}
    assert ran == ["first", "second", "second", "second"]


def test_steps_of_one_name_are_kept_apart(work):
    work.does["twice"] = lambda library, task, steps: {
        "values": [steps.run("same", lambda number=number: number) for number in range(3)]
    }
    assert work.ended(work.put("twice")).result == {"values": [0, 1, 2]}


def test_an_error_of_ours_fails_the_job_with_its_code_and_an_event(work, library):
    def refuses(library, task, steps):
        steps.run("look", lambda: library.bank("NONE").name)

    work.does["refuses"] = refuses
    job = work.ended(work.put("refuses", Kind.CHECK))
    assert (job.state, job.tries, job.error.code) == (JobState.FAILED, 1, "bank_not_found")
    told = [one for one in events_of(library) if one.type is EventType.JOB_FAILED]
    assert [one.data["job"] for one in told] == [job.id]
    assert told[0].data["error"]["code"] == "bank_not_found"


def events_of(library):
    with library._store._database.read() as connection:
        return [events.read(row) for row in connection.execute(select(event).order_by(event.c.number))]


def test_what_is_not_foreseen_is_parked_and_can_be_resumed_where_it_stopped(work, library):
    ran, mended = [], threading.Event()

    def breaks(library, task, steps):
        steps.run("first", lambda: ran.append("first"))
        if not mended.is_set():
            raise KeyError("a bug")
        return {}

    work.does["breaks"] = breaks
    job = work.ended(work.put("breaks"))
    assert (job.state, job.error.code) == (JobState.PARKED, "unexpected_error")
    assert "KeyError" in job.error.message
    assert job.id in [one.id for one in library.jobs.page(state=JobState.PARKED)]
    mended.set()
    library.jobs.resume(job.id)
    job = work.in_state(job.id, JobState.DONE)
    assert (ran, job.tries, job.error) == (["first"], 1, None)


def test_tries_have_an_end_after_which_the_job_is_parked(library, work):
    def never(library, task, steps):
        raise errors.StoreUnreachable(place="elsewhere", reason="it is away")

    work.does["never"] = never
    job_id = work.put("never", Kind.CHECK)
    job = work.ended(job_id)
    assert (job.state, job.error.code, job.tries) == (JobState.PARKED, "store_unreachable", 3)


def test_one_id_is_one_job_whenever_it_is_put(work, library):
    ran = []
    work.does["once"] = lambda library, task, steps: {"ran": ran.append(task.id)}
    for _ in range(3):
        work.put("once", job_id="same")
    assert work.ended("same").state is JobState.DONE
    work.put("once", job_id="same")
    assert work.ended(work.put("once")).state is JobState.DONE
    assert ran.count("same") == 1


def test_a_task_that_the_queue_gets_twice_is_done_once(work, library):
    ran = []
    work.does["twice told"] = lambda library, task, steps: {"ran": ran.append(task.id)}
    job_id = work.put("twice told")
    again = Task(job_id, Kind.OUTCOME, {}, datetime.now(UTC))
    system.enqueue(again)
    work.ended(job_id)
    system.enqueue(again)
    work.ended(work.put("twice told"))
    assert ran.count(job_id) == 1


def test_a_job_that_is_cancelled_stops_before_its_next_step(work, library):
    begun, go_on, ran = threading.Event(), threading.Event(), []

    def long(library, task, steps):
        steps.run("first", lambda: begun.set() or go_on.wait(20))
        steps.run("second", lambda: ran.append("second"))
        return {}

    work.does["long"] = long
    job_id = work.put("long")
    assert begun.wait(20)
    assert library.jobs.cancel(job_id).state is JobState.CANCELLED
    go_on.set()
    until(lambda: not work.runner._executions.busy())
    assert (ran, library.jobs.get(job_id).state) == ([], JobState.CANCELLED)
    with pytest.raises(errors.RecordConflict):
        library.jobs.cancel(job_id)
    with pytest.raises(errors.RecordConflict):
        library.jobs.resume(job_id)


def test_a_handler_acts_for_whom_the_job_was_made(work, library):
    work.does["who"] = lambda library, task, steps: {"actor": library._actor}
    assert work.ended(work.put("who", actor="ann/key")).result == {"actor": "ann/key"}


def test_work_goes_on_though_the_clock_is_set_back_an_hour(work, library, monkeypatch):
    hour = timedelta(hours=1)
    true_time, true_now = time.time, library.jobs._now
    ran = []

    def stumbles(library, task, steps):
        ran.append(task.id)
        if ran.count(task.id) < 4:
            raise errors.WriteFailed(path="/somewhere", reason="not now")
        return {}

    work.does["before"] = stumbles
    before = work.put("before")
    until(lambda: before in ran)
    monkeypatch.setattr(time, "time", lambda: true_time() - 3600)
    for part in (library.jobs, library.tasks):
        monkeypatch.setattr(part, "_now", lambda: true_now() - hour)
    after = work.put("before")
    assert {work.ended(one).state for one in (before, after)} == {JobState.DONE}
    assert (ran.count(before), ran.count(after)) == (4, 4)


def test_what_this_process_was_given_and_did_not_hear_of_is_begun_all_the_same(work, monkeypatch):
    begin, missed = dbos_queue.execute_dequeued_workflow, []

    def deaf_once(dbos, status, owner):
        if not missed:
            missed.append(status["workflow_uuid"])
            raise ConnectionError("the answer was lost")
        return begin(dbos, status, owner)

    monkeypatch.setattr(dbos_queue, "execute_dequeued_workflow", deaf_once)
    monkeypatch.setattr(recovery, "STRAY_S", 0.5)
    work.does["ok"] = lambda library, task, steps: {}
    job_id = work.put("ok")
    assert (work.ended(job_id).state, missed) == (JobState.DONE, [job_id])


def test_what_the_queue_has_lost_begins_anew(work, library, monkeypatch):
    work.does["ok"] = lambda library, task, steps: {}
    with library._store._database.write() as connection:
        tasks.put(connection, Kind.OUTCOME, {"do": "ok"}, id="lost", now=datetime.now(UTC))
        connection.execute(update(job).where(job.c.id == "lost").values(handed_on=True))
    work.runner._recovery._lost_looked_at = None
    assert work.ended("lost").state is JobState.DONE


def test_what_the_queue_has_done_but_our_restored_record_has_not_is_done_again(work, library):
    ran = []
    work.does["ok"] = lambda library, task, steps: {"ran": ran.append(task.id)}
    work.ended(work.put("ok", job_id="restored"))
    with library._store._database.write() as connection:
        connection.execute(delete(job).where(job.c.id == "restored"))
        tasks.put(connection, Kind.OUTCOME, {"do": "ok"}, id="restored", now=datetime.now(UTC))
        connection.execute(update(job).where(job.c.id == "restored").values(handed_on=True))
    work.runner._recovery._lost_looked_at = None
    assert work.ended("restored").state is JobState.DONE
    assert ran == ["restored", "restored"]


def test_a_second_runner_in_one_process_is_refused_and_the_first_goes_on(work, library):
    with pytest.raises(RuntimeError):
        Runner(library).start()
    work.does["ok"] = lambda library, task, steps: {}
    assert work.ended(work.put("ok")).state is JobState.DONE


def test_jobs_over_http(work, library):
    work.does["ok"] = lambda library, task, steps: {"answer": 42}
    mine = key(library, Scope.CHECK)
    actor = library.access.principal(mine).name
    job_id = work.put("ok", Kind.CHECK, actor=actor)
    work.ended(job_id)
    with served(library) as address:
        with client(address, key(library)) as admin:
            page = admin.get("/v1/jobs", params={"state": "done", "kind": "check", "limit": 1}).json()
            assert [one["id"] for one in page["items"]] == [job_id]
            assert page["next_cursor"] is None
            assert admin.post(f"/v1/jobs/{job_id}/resume").json()["code"] == "record_conflict"
            assert admin.get("/v1/jobs/none").status_code == 404
            assert admin.get("/v1/jobs", params={"kind": "nonsense"}).status_code == 422
        with client(address, mine) as maker:
            shown = maker.get(f"/v1/jobs/{job_id}").json()
            assert (shown["state"], shown["result"], shown["tries"]) == ("done", {"answer": 42}, 1)
            assert maker.get("/v1/jobs").status_code == 403
            assert maker.post(f"/v1/jobs/{job_id}/cancel").status_code == 403
        with client(address, key(library, Scope.CHECK, user="other")) as stranger:
            assert stranger.get(f"/v1/jobs/{job_id}").status_code == 404
        with client(address, None) as nobody:
            assert nobody.get(f"/v1/jobs/{job_id}").status_code == 401


def test_what_ended_long_ago_is_forgotten_but_not_what_is_parked(work, library):
    def breaks(library, task, steps):
        raise KeyError("a bug")

    work.does["ok"] = lambda library, task, steps: {}
    work.does["breaks"] = breaks
    done, parked = work.put("ok"), work.put("breaks")
    work.ended(done)
    work.ended(parked)
    assert library.jobs.forget(datetime.now(UTC) - timedelta(hours=2), 1000) == 0
    assert library.jobs.forget(datetime.now(UTC) + timedelta(hours=1), 1000) > 0
    assert library.jobs.get(parked).state is JobState.PARKED
    with pytest.raises(errors.RecordNotFound):
        library.jobs.get(done)


def test_a_result_that_cannot_be_kept_is_a_bug_of_its_handler(work):
    work.does["odd"] = lambda library, task, steps: {"odd": object()}
    work.does["none"] = lambda library, task, steps: None
    work.does["odd step"] = lambda library, task, steps: {"odd": steps.run("odd", lambda: b"bytes")}
    for do in ("odd", "none", "odd step"):
        found = work.ended(work.put(do))
        assert (found.state, found.error.code) == (JobState.PARKED, "unexpected_error"), do
