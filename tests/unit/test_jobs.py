"""How long a job waits, what is due at its interval, and which processes live."""

from __future__ import annotations

import subprocess
import sys

import pytest
from hypothesis import given, strategies as st

from seawall.jobs.lives import FolderLives
from seawall.jobs.queues import PATIENT, USUAL, Backoff, queue_of, share_of
from seawall.jobs.schedule import Schedule
from seawall.store import Store
from seawall.store.tasks import Task
from seawall.workflows.tasks import Kind


@given(
    first_s=st.floats(0.01, 10),
    most_s=st.floats(10, 10_000),
    tries=st.integers(1, 10_000),
    chance=st.floats(0, 1),
)
def test_waits_double_up_to_a_limit_give_or_take_a_quarter(first_s, most_s, tries, chance):
    backoff = Backoff(first_s, most_s, tries=5)
    middle = backoff.wait_s(tries, 0.5)
    assert middle <= most_s
    assert middle == most_s or middle == pytest.approx(first_s * 2.0 ** (tries - 1))
    assert 0.7499 * middle <= backoff.wait_s(tries, chance) <= 1.2501 * middle


def total_s(backoff, chance):
    return sum(backoff.wait_s(tries, chance) for tries in range(1, backoff.tries))


def test_a_receiver_may_be_away_for_about_a_day_and_is_asked_soon_after_ten_minutes():
    assert 24 * 3600 < total_s(PATIENT, 0.5) < 36 * 3600
    waited_s = [sum(PATIENT.wait_s(one, 0.5) for one in range(1, tries)) for tries in range(2, 12)]
    assert any(600 <= one <= 1300 for one in waited_s)
    assert 240 < total_s(USUAL, 0.5) < 900


def test_each_kind_has_a_queue_and_deliveries_share_theirs_by_webhook():
    assert {queue_of(kind).name for kind in Kind} == {"quick", "deliveries", "heavy"}
    assert share_of(Task("1", Kind.DELIVERY, {"webhook": "w"}, None)) == "w"
    assert share_of(Task("1", Kind.CHECK, {"webhook": "w"}, None)) is None


class Hands:
    """A clock that never goes back."""

    def __init__(self):
        self.s = 1000.0

    def __call__(self):
        return self.s


@pytest.fixture
def store(tmp_path):
    with Store.open(tmp_path) as opened:
        yield opened


def ids(store):
    return [one.id for one in store.tasks.waiting(100)]


def test_of_many_processes_one_writes_down_what_is_due(store):
    hands = Hands()
    schedules = [Schedule(store.tasks, {"merge": 600.0}, hands) for _ in range(3)]
    for _ in range(4):
        for one in schedules:
            one.tick()
            one.tick()
        hands.s += 601
    assert ids(store) == ["merge-1", "merge-2", "merge-3", "merge-4"]


def test_a_new_process_waits_for_the_rest_of_the_interval(store):
    hands = Hands()
    Schedule(store.tasks, {"merge": 600.0}, hands).tick()
    later = Schedule(store.tasks, {"merge": 600.0}, hands)
    later.tick()
    hands.s += 590
    later.tick()
    assert ids(store) == ["merge-1"]
    hands.s += 11
    later.tick()
    assert ids(store) == ["merge-1", "merge-2"]


def test_intervals_go_on_though_the_clock_is_set_back(store):
    hands = Hands()
    schedule = Schedule(store.tasks, {"merge": 600.0}, hands)
    schedule.tick()
    true = store.tasks._now
    store.tasks._now = lambda: true().replace(year=2000)
    for _ in range(2):
        hands.s += 601
        schedule.tick()
    fresh = Schedule(store.tasks, {"merge": 600.0}, hands)
    fresh.tick()
    assert ids(store) == ["merge-1", "merge-2", "merge-3"]
    hands.s += 601
    fresh.tick()
    assert ids(store)[-1] == "merge-4"


HOLDER = """
import sys
from pathlib import Path
from seawall.jobs.lives import FolderLives

FolderLives(Path(sys.argv[1]), "other").hold()
print("held", flush=True)
sys.stdin.read()
"""


def test_a_process_lives_until_it_dies_however_that_happens(tmp_path):
    mine = FolderLives(tmp_path / "jobs", "me")
    mine.hold()
    mine.hold()
    assert mine.dead(["other"]) == ["other"]
    with subprocess.Popen(
        [sys.executable, "-c", HOLDER, str(tmp_path / "jobs")], stdin=subprocess.PIPE, stdout=subprocess.PIPE
    ) as other:
        assert other.stdout.readline() == b"held\n"
        assert mine.dead(["other"]) == []
        other.kill()
        other.wait()
    assert mine.dead(["other"]) == ["other"]
    mine.let_go()
    assert list((tmp_path / "jobs").iterdir()) == []
