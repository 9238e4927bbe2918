"""Processes die while a decision goes out: it is told once, and nothing is half done."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

import seawall
from seawall.jobs.runner import Runner
from seawall.model.decision import ItemState, Stage
from seawall.model.event import EventType
from seawall.model.match import Match, Recommendation
from seawall.model.policy import Outcome, Step
from seawall.model.seen import Context
from seawall.store import NewReference
from seawall.store.outcomes import Made
from seawall.store.recording import NewCheck
from seawall.workflows import webhooks

sys.path.insert(0, str(Path(__file__).parents[1] / "contract"))
from platforms import removal

#: Dies with all that going out has written, and has not committed.
DIES = """
import os, signal, sys
import seawall

with seawall.open(sys.argv[1]) as library:
    decisions = library._store.decisions
    library.preserving.for_decision(sys.argv[2])
    decisions._raise = lambda *_: os.kill(os.getpid(), signal.SIGKILL)
    library.cases.go_out(sys.argv[2])
"""


@pytest.fixture(params=["sqlite", "postgres"])
def data(request, tmp_path, monkeypatch):
    if request.param == "postgres":
        monkeypatch.setenv("SEAWALL_DATABASE", request.getfixturevalue("postgres_url"))
    monkeypatch.setenv("SEAWALL_UNDO_S", "0.5")
    return tmp_path / "data"


def decided(library):
    """A decision on an item that can be undone for half a second."""
    library.bank_create("K")
    signal_ = seawall.model.signal.Signal(seawall.model.signal.SignalType.PDQ, 1, b"1" * 32, 90)
    known = library._store.add_reference("K", NewReference(None, "image", (signal_,), "1", "list.csv"))
    match = Match(known.id, 0.95, Recommendation.STRONG, 0.5, 1.0, {"image": 0.95}, ())
    new = NewCheck("a" * 64, "a" * 64, None, "image", None, None, (("K", match),), "up/key", Context())
    [found] = library.seen.record_all([new])[0].matches
    held = Outcome(Step.HOLD, "rest", "rule 'rest'", 1, Step.HOLD, None, review=True)
    library._store.outcomes.record([Made(found, held, None)])
    [(_, item)] = library.cases.items()
    return library.cases.decide(removal(item), user="ann")


def events_of(library, hook):
    return [library.events.get(one.event).data for one in library.webhooks.deliveries(hook.webhook.id)]


def test_one_that_dies_is_followed_by_one_that_tells_of_it_once(data):
    with seawall.open(data) as library:
        hook = webhooks.create(library, "http://receiver.invalid/", [EventType.DECISION_MADE], "tester")
        made = decided(library)
        died = subprocess.run([sys.executable, "-c", DIES, str(data), made.id], env=os.environ, check=False)
        assert died.returncode == -signal.SIGKILL
        assert library.cases.decision(made.id).stage is Stage.DUE
        assert library.cases.item(made.ruling.items[0]).state is ItemState.OPEN
        assert events_of(library, hook) == []
        runner = Runner(library, periodic={})
        runner.start()
        try:
            until(lambda: library.cases.decision(made.id).stage is Stage.OUT)
            until(lambda: library.jobs.get(f"decision-{made.id}").state == "done")
        finally:
            runner.stop()
        assert library.cases.go_out(made.id) is False
        assert [event["decision"] for event in events_of(library, hook)] == [made.id]
        known = library.cases.decision(made.id)
        assert (known.out_at - known.at).total_seconds() >= 0.5


def until(condition, deadline_s=60):
    end = time.monotonic() + deadline_s
    while not condition():
        assert time.monotonic() < end, "it has not come about in time"
        time.sleep(0.02)
