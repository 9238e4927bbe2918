"""Jobs, what is done at intervals, events and webhooks, as every database keeps them."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from seawall import errors
from seawall.model.event import Attempt, EventType
from seawall.model.job import JobError, JobState
from seawall.store import events, tasks, webhooks
from seawall.store.jobs import Turn

ERROR = JobError("disk_full", "No room left")


class Hands:
    """A clock that stands where it is set, for all parts of a store."""

    def __init__(self, store):
        self.at = datetime(2026, 3, 4, 5, 6, 7, tzinfo=UTC)
        for part in (store.tasks, store.jobs, store.event_log, store.webhooks):
            part._now = lambda: self.at

    def forward(self, **amount):
        self.at += timedelta(**amount)


@pytest.fixture
def hands(store):
    return Hands(store)


def turn_of(task):
    return Turn(task.id, task.attempt)


def begun(store, actor="ann", **options):
    """A turn of a new task that an execution has begun."""
    store.tasks.acting_as(actor).put("check", {"x": 1}, **options)
    (task,) = store.tasks.waiting(10)
    store.tasks.handed_on([task])
    assert store.jobs.begin(turn_of(task)).task.payload == {"x": 1}
    return turn_of(task)


def test_a_task_waits_until_it_is_handed_on(store):
    first = store.tasks.put("check", {"n": [1, None, {"ü": 2.5}]})
    second = store.tasks.put("ingest", {}, id="mine")
    assert [(one.id, one.kind) for one in store.tasks.waiting(10)] == [(first, "check"), ("mine", "ingest")]
    assert store.tasks.waiting(1)[0].payload == {"n": [1, None, {"ü": 2.5}]}
    store.tasks.handed_on(store.tasks.waiting(1))
    assert [one.id for one in store.tasks.waiting(10)] == [second]


def test_an_id_is_one_task_also_after_it_was_done(store):
    turn = begun(store, id="same")
    assert store.tasks.put("check", {"x": 2}, id="same") == "same"
    store.jobs.finish(turn, {}, told=False)
    store.tasks.put("check", {"x": 2}, id="same")
    assert store.tasks.waiting(10) == []
    assert len(store.jobs.page()) == 1


def undone(store):
    with store._database.write() as connection:
        tasks.put(connection, "check", {}, id="undone", now=datetime.now(UTC))
        raise ZeroDivisionError


def test_a_process_is_woken_by_tasks_and_by_nothing_else_that_is_written(store):
    store.tasks.written.clear()
    turn = begun(store)
    assert store.tasks.written.is_set()
    store.tasks.written.clear()
    with pytest.raises(ZeroDivisionError):
        undone(store)
    store.create_bank("B", negative=False, labels=())
    store.jobs.got_further(turn)
    assert not store.tasks.written.is_set()
    store.jobs.ask_again(turn)
    assert store.tasks.written.is_set()


def test_new_tasks_are_begun_and_done_together_each_once(store):
    for one in ("new", "begun", "handed", "gone"):
        store.tasks.put("check", {}, id=one)
    waiting = store.tasks.waiting(10)
    assert store.jobs.begin(Turn("begun", 1)) is not None
    store.tasks.handed_on([one for one in waiting if one.id == "handed"])
    store.jobs.cancel("gone")
    assert store.jobs.begin_new(waiting) == {"new"}
    assert store.jobs.begin_new(waiting) == set()
    assert store.jobs.get("new").state is JobState.RUNNING
    assert [one.id for one in store.tasks.waiting(10)] == ["new", "begun"]  # should this process die
    store.jobs.finish_new({"new": {"x": 1}})
    assert (store.jobs.get("new").state, store.jobs.get("new").result) == (JobState.DONE, {"x": 1})
    assert [one.id for one in store.tasks.waiting(10)] == ["begun"]


def test_what_is_cancelled_meanwhile_stays_so_though_it_was_done(store):
    store.tasks.put("check", {}, id="mine")
    assert store.jobs.begin_new(store.tasks.waiting(10)) == {"mine"}
    store.jobs.cancel("mine")
    store.jobs.finish_new({"mine": {}})
    assert store.jobs.get("mine").state is JobState.CANCELLED


def test_a_new_task_that_is_handed_back_is_as_if_it_had_not_begun(store):
    store.tasks.put("check", {}, id="mine")
    store.jobs.begin_new(store.tasks.waiting(10))
    store.jobs.hand_back(Turn("mine", 1))
    assert (store.jobs.get("mine").state, store.jobs.get("mine").tries) == (JobState.WAITING, 0)
    assert store.jobs.stands(Turn("mine", 1)) == (JobState.WAITING, 0)


def test_a_job_goes_from_waiting_to_done(store):
    turn = begun(store)
    running = store.jobs.get(turn.job)
    assert (running.state, running.tries, running.actor) == (JobState.RUNNING, 1, "ann")
    store.jobs.finish(turn, {"found": 3}, told=False)
    done = store.jobs.get(turn.job)
    assert (done.state, done.result, done.error) == (JobState.DONE, {"found": 3}, None)
    assert done.at < done.started_at < done.finished_at
    assert store.jobs.begin(turn) is None


def test_an_attempt_that_failed_outside_is_followed_by_another_when_it_is_time(store, hands):
    turn = begun(store)
    store.jobs.try_again(turn, ERROR, 60.0, {"first": 1})
    job = store.jobs.get(turn.job)
    assert (job.state, job.error, job.due_at - hands.at) == (JobState.WAITING, ERROR, timedelta(seconds=60))
    assert store.tasks.waiting(10) == []
    assert store.jobs.unfinished() == 0
    hands.forward(seconds=60)
    (task,) = store.tasks.waiting(10)
    assert (task.id, task.attempt) == (turn.job, 2)
    assert store.jobs.begin(turn) is None
    again = store.jobs.begin(turn_of(task))
    assert (again.tries, again.steps, again.open_starts) == (2, {"first": 1}, 1)


def test_what_is_handed_on_late_leaves_the_next_attempt_where_it_is(store):
    store.tasks.put("check", {})
    (task,) = store.tasks.waiting(10)
    store.jobs.begin(turn_of(task))
    store.jobs.try_again(turn_of(task), ERROR, 0.0, {})
    store.tasks.handed_on([task])
    assert [one.attempt for one in store.tasks.waiting(10)] == [2]


def test_an_execution_of_an_older_attempt_changes_nothing(store):
    old = begun(store)
    store.jobs.try_again(old, ERROR, 0.0, {})
    store.jobs.begin(Turn(old.job, 2))
    store.jobs.finish(old, {"old": True}, told=False)
    store.jobs.give_up(old, JobState.FAILED, ERROR, told=False)
    store.jobs.try_again(old, ERROR, 0.0, {})
    store.jobs.hand_back(old)
    job = store.jobs.get(old.job)
    assert (job.state, job.result) == (JobState.RUNNING, None)
    assert store.jobs.stands(old) is None


def test_starts_that_did_not_end_are_counted_until_a_step_is_finished(store):
    turn = begun(store)
    assert store.jobs.begin(turn).open_starts == 2
    assert store.jobs.begin(turn).open_starts == 3
    assert store.jobs.stands(turn) == (JobState.RUNNING, 3)
    store.jobs.got_further(turn)
    assert store.jobs.stands(turn) == (JobState.RUNNING, 1)
    store.jobs.hand_back(turn)
    assert store.jobs.stands(turn) == (JobState.WAITING, 0)


def test_a_wait_that_began_before_the_clock_was_set_back_begins_anew(store, hands):
    store.jobs.try_again(begun(store), ERROR, 30.0, {})
    hands.forward(hours=-1)
    assert store.tasks.begin_waits_anew() == 1
    hands.forward(seconds=29)
    assert store.tasks.begin_waits_anew() == 0
    assert store.tasks.waiting(10) == []
    hands.forward(seconds=1)
    assert len(store.tasks.waiting(10)) == 1


def test_a_clock_that_is_a_little_behind_another_changes_no_wait(store, hands):
    store.jobs.try_again(begun(store), ERROR, 30.0, {})
    hands.forward(seconds=-20)
    assert store.tasks.begin_waits_anew() == 0


def test_what_is_done_at_intervals_is_written_down_once(store, hands):
    assert store.tasks.last("retention") == (0, None)
    for _ in range(3):
        store.tasks.put_next("retention", 0, "retention", {})
    assert [one.id for one in store.tasks.waiting(10)] == ["retention-1"]
    hands.forward(seconds=7)
    assert store.tasks.last("retention") == (1, 7.0)
    store.tasks.put_next("retention", 1, "retention", {})
    store.tasks.put_next("retention", 1, "retention", {})
    assert [one.id for one in store.tasks.waiting(10)] == ["retention-1", "retention-2"]
    hands.forward(hours=-1)
    assert store.tasks.last("retention") == (2, None)


def test_pages_go_from_the_newest_to_the_oldest(store):
    anns = store.tasks.acting_as("ann")
    ids = [anns.put("check" if number % 2 else "ingest", {}) for number in range(7)]
    assert [one.id for one in store.jobs.page(limit=3)] == ids[:3:-1]
    assert [one.id for one in store.jobs.page(after=ids[4], limit=10)] == ids[3::-1]
    assert [one.id for one in store.jobs.page(kind="check")] == ids[5::-2]
    assert store.jobs.page(state=JobState.DONE) == []
    assert len(store.jobs.page(actor="ann")) == 7
    with pytest.raises(errors.RecordNotFound):
        store.jobs.page(after="none")


@pytest.mark.parametrize("state", [JobState.FAILED, JobState.PARKED])
def test_what_was_given_up_can_be_resumed(store, state):
    turn = begun(store)
    store.jobs.give_up(turn, state, ERROR, told=False, steps={"first": 1})
    assert (store.jobs.get(turn.job).state, store.jobs.get(turn.job).error) == (state, ERROR)
    assert store.jobs.resume(turn.job).state is JobState.WAITING
    (task,) = store.tasks.waiting(10)
    again = store.jobs.begin(turn_of(task))
    assert (again.steps, again.tries) == ({"first": 1}, 1)
    with pytest.raises(errors.RecordConflict):
        store.jobs.resume(turn.job)


def test_a_told_end_raises_an_event(store):
    done, failed = begun(store), begun(store)
    store.jobs.finish(done, {}, told=True)
    store.jobs.give_up(failed, JobState.PARKED, ERROR, told=True)
    hook = store.webhooks.create("http://h/", [EventType.JOB_FAILED], "sealed", "ann")
    assert store.webhooks.deliveries(hook.id) == []
    with store._database.read() as connection:
        rows = connection.execute(events.select(events.event).order_by(events.event.c.number)).all()
    told = [events.read(row) for row in rows]
    assert [one.type for one in told] == [EventType.JOB_DONE, EventType.JOB_FAILED]
    assert told[1].data == {
        "job": failed.job,
        "kind": "check",
        "state": "parked",
        "error": {"code": "disk_full", "message": "No room left"},
    }


def test_only_what_ended_before_the_time_is_forgotten(store, hands):
    done, parked, waiting = begun(store), begun(store), store.tasks.put("check", {})
    store.jobs.finish(done, {}, told=False)
    store.jobs.give_up(parked, JobState.PARKED, ERROR, told=False)
    assert store.jobs.forget(hands.at, 10) == 0
    assert store.jobs.forget(hands.at + timedelta(seconds=1), 10) == 1
    assert [one.id for one in store.jobs.page()] == [waiting, parked.job]


def test_a_delivery_that_is_parked_is_forgotten_with_its_event(store, hands):
    hook = store.webhooks.create("http://h/", [EventType.ITEM_OPENED], "sealed", "ann")
    store.event_log.put(EventType.ITEM_OPENED, {})
    turn = Turn(store.webhooks.deliveries(hook.id)[0].job, 1)
    store.jobs.begin(turn)
    store.jobs.give_up(turn, JobState.PARKED, ERROR, told=False)
    later = hands.at + timedelta(seconds=1)
    assert store.webhooks.deliveries(hook.id)[0].state == "parked"
    assert (store.webhooks.forget(later, 10), store.jobs.forget(later, 10)) == (1, 1)
    assert store.webhooks.deliveries(hook.id) == store.jobs.page() == []


def put_and_fail(store):
    with store._database.write() as connection:
        store.event_log.put_in(connection, "hold.set", {})
        raise RuntimeError


def test_an_event_becomes_a_delivery_for_each_who_wants_it_or_nothing_at_all(store):
    mine = store.webhooks.create("http://h/", [EventType.ITEM_OPENED, EventType.HOLD_SET], "sealed", "ann")
    store.webhooks.create("http://i/", [EventType.JOB_DONE], "sealed", "ann")
    event_id = store.event_log.put(EventType.ITEM_OPENED, {"item": "1"})
    (made,) = store.webhooks.deliveries(mine.id)
    assert (made.event, made.type, made.state, made.tries) == (event_id, EventType.ITEM_OPENED, "waiting", 0)
    (task,) = store.tasks.waiting(10)
    assert (task.id, task.kind) == (made.job, "delivery")
    assert task.payload == {"delivery": made.id, "webhook": mine.id}
    due = store.webhooks.due(made.id)
    assert (due.webhook, due.sealed_secret, due.event.data) == (mine, "sealed", {"item": "1"})
    with pytest.raises(RuntimeError):
        put_and_fail(store)
    assert len(store.webhooks.deliveries(mine.id)) == len(store.tasks.waiting(10)) == 1


def test_tries_are_logged_and_settle_a_delivery(store, hands):
    hook = store.webhooks.create("http://h/", [EventType.ITEM_OPENED], "sealed", "ann")
    store.event_log.put(EventType.ITEM_OPENED, {})
    made = store.webhooks.deliveries(hook.id)[0].id
    bad, good = Attempt(hands.at, None, 12, "no route"), Attempt(hands.at, 200, 7, None)
    store.webhooks.tried(made, bad, None)
    assert store.webhooks.due(made) is not None
    store.webhooks.tried(made, good, webhooks.DELIVERED)
    assert store.webhooks.due(made) is None
    delivery, log = store.webhooks.delivery(hook.id, made)
    assert (delivery.state, delivery.tries, delivery.delivered_at) == ("delivered", 2, hands.at)
    assert log == [bad, good]
    again = store.webhooks.replay(hook.id, made)
    assert (again.id, again.delivered_at, again.state) == (made, None, "waiting")
    with pytest.raises(errors.RecordConflict):
        store.webhooks.replay(hook.id, made)
    with pytest.raises(errors.RecordNotFound):
        store.webhooks.delivery("none", made)


def test_old_events_go_with_their_deliveries_but_for_those_under_way(store, hands):
    hook = store.webhooks.create("http://h/", [EventType.ITEM_OPENED], "sealed", "ann")
    for _ in range(2):
        store.event_log.put(EventType.ITEM_OPENED, {})
    newer, older = store.webhooks.deliveries(hook.id)
    store.webhooks.tried(older.id, Attempt(hands.at, 200, 7, None), webhooks.DELIVERED)
    turn = Turn(older.job, 1)
    store.jobs.begin(turn)
    store.jobs.finish(turn, {}, told=False)
    assert store.webhooks.forget(hands.at, 10) == 0
    assert store.webhooks.forget(hands.at + timedelta(seconds=1), 10) == 1
    assert [one.id for one in store.webhooks.deliveries(hook.id)] == [newer.id]


def test_webhooks_are_changed_and_removed(store):
    hook = store.webhooks.create("http://h/", [EventType.ITEM_OPENED], "sealed", "ann")
    store.event_log.put(EventType.ITEM_OPENED, {})
    made = store.webhooks.deliveries(hook.id)[0].id
    store.webhooks.tried(made, Attempt(hook.created_at, 500, 7, "it answered 500"), None)
    off = store.webhooks.change(hook.id, active=False, inactive_reason="why not")
    assert (off.active, off.inactive_reason, off.url) == (False, "why not", "http://h/")
    changed = store.webhooks.change(hook.id, url="http://i/", types=[EventType.JOB_DONE], active=True)
    assert (changed.url, changed.types, changed.inactive_reason) == ("http://i/", (EventType.JOB_DONE,), None)
    assert store.webhooks.every() == [changed]
    store.webhooks.remove(hook.id)
    assert store.webhooks.every() == []
    assert store.webhooks.due(made) is None
    store.webhooks.tried(made, Attempt(hook.created_at, 200, 7, None), webhooks.DELIVERED)
    with pytest.raises(errors.RecordNotFound):
        store.webhooks.remove(hook.id)
