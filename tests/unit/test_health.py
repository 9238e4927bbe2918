"""Looks that hang, fail and mend; measures that stay bounded."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import suppress
from types import SimpleNamespace

import pytest
from prometheus_client.parser import text_string_to_metric_families

import seawall
from seawall import errors
from seawall.api import metrics, observed
from seawall.telemetry import measures
from seawall.workflows import health


def soon(condition, limit_s=5.0):
    """Whether the condition comes true."""
    deadline_s = time.monotonic() + limit_s
    while time.monotonic() < deadline_s:
        if condition():
            return True
        time.sleep(0.005)
    return False


def test_what_was_found_holds_for_a_while():
    looks = []
    probe = health.Probe(lambda: looks.append(1) or len(looks), every_s=60, limit_s=5)
    assert [probe.ask(), probe.ask()] == [1, 1]
    fresh = health.Probe(lambda: looks.append(1) or len(looks), every_s=0, limit_s=5)
    assert [fresh.ask(), fresh.ask()] == [2, 3]


def test_a_look_that_hangs_keeps_nobody_and_is_not_begun_again():
    release, looks = threading.Event(), []

    def hang() -> str:
        looks.append(1)
        release.wait(30)
        return "mended"

    probe = health.Probe(hang, every_s=0, limit_s=0.05)
    for _ in range(5):
        started_s = time.monotonic()
        with pytest.raises(health.Late, match=r"within 0\.05 s"):
            probe.ask()
        assert time.monotonic() - started_s < 2
    assert len(looks) == 1
    release.set()

    def mended() -> bool:
        try:
            return probe.ask() == "mended"
        except health.Late:
            return False

    assert soon(mended)


def test_a_look_that_fails_says_why_each_time():
    def fail() -> str:
        raise errors.StoreBusy(waited_s=1)

    probe = health.Probe(fail, every_s=60, limit_s=5)
    for _ in range(2):
        with pytest.raises(errors.StoreBusy):
            probe.ask()


@pytest.fixture
def library(tmp_path):
    with seawall.open(tmp_path / "data") as opened:
        yield opened


def named(checks):
    return {one.name: one for one in checks}


def test_a_library_that_works_is_ready(library):
    found = named(health.Health(library).checks())
    assert all(one.ok for one in found.values()), found
    assert found.keys() == {"database", "index", "objects", "sandbox", "disk"}


def test_each_fault_is_found_and_told_when_it_changes(library, monkeypatch, caplog):
    caplog.set_level("INFO")
    monkeypatch.setattr(health.shutil, "disk_usage", lambda _: SimpleNamespace(free=5))
    checks = health.Health(library)
    assert [one.name for one in checks.checks() if not one.ok] == ["disk"]
    assert "5 of 1073741824 bytes" in named(checks.checks())["disk"].why
    monkeypatch.undo()
    assert soon(lambda: all(one.ok for one in checks.checks()))
    said = [record.message.split(":")[0] for record in caplog.records if record.name == health.__name__]
    assert said == ["not ready, disk", "ready again, disk"]


def test_a_folder_of_objects_that_cannot_be_written_is_found(library):
    (library.settings.data / "objects").write_text("not a folder")
    failed = named(health.Health(library).checks())["objects"]
    assert not failed.ok
    assert failed.why.startswith("write_failed: ")


def test_an_index_that_is_behind_is_brought_up(library, tmp_path):
    listed = tmp_path / "list.csv"
    listed.write_text("type,value\npdq," + "0f" * 32 + "\n")
    assert " 0 pdq codes" in named(health.Health(library).checks())["index"].why
    with seawall.open(library.settings.data) as other:
        other.bank_create("LISTED")
        other.import_list("LISTED", listed)
    assert " 1 pdq codes" in named(health.Health(library).checks())["index"].why


# Measures


def test_labels_are_bounded():
    counter = measures.Counter("c", "Counts.", ("one",))
    for number in range(measures.MAX_SERIES * 2):
        counter.add(str(number))
    read = counter.read()
    assert len(read) == measures.MAX_SERIES + 1
    assert read[(measures.OTHER,)] == measures.MAX_SERIES
    assert sum(read.values()) == measures.MAX_SERIES * 2


def test_times_are_counted_up_to_each_bound():
    histogram = measures.Histogram("h", "Times.", ("one",), (0.1, 1.0))
    for took_s in (0.05, 0.1, 0.5, 5.0):
        histogram.observe(took_s, "x")
    times = histogram.read()[("x",)]
    assert times.counts == [2, 3, 4]
    assert times.total_s == pytest.approx(5.65)


def test_many_threads_lose_no_count():
    counter = measures.Counter("c", "Counts.", ())
    threads = [threading.Thread(target=lambda: [counter.add() for _ in range(1000)]) for _ in range(8)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert counter.read() == {(): 8000}


def test_the_text_is_what_prometheus_reads_and_a_gauge_that_fails_is_left_out(library, tmp_path):
    def fail(_):
        raise errors.StoreBusy(waited_s=1)

    broken = metrics.Gauge("seawall_broken", "Fails.", (), fail)
    unreadable = tmp_path / "nothing.bin"
    unreadable.write_bytes(b"")
    list(library.check([unreadable]))
    families = {
        one.name: one
        for one in text_string_to_metric_families(
            metrics.Metrics(library, (*metrics.GAUGES, broken)).text().decode()
        )
    }
    assert "seawall_broken" not in families
    assert families["seawall_database_seconds"].samples[0].value < 1
    assert families["seawall_seen"].samples[0].value == 0
    outcomes = {tuple(sorted(one.labels.items())) for one in families["seawall_checks"].samples}
    assert (("kind", "unknown"), ("outcome", "empty_file")) in outcomes


# Requests


def ask(app, scope=None):
    """What the measures count of one request to an application."""
    before = dict(measures.REQUESTS.read())

    async def receive():
        return {"type": "http.request", "body": b"abc"}

    async def send(_):
        return None

    async def run():
        await observed.Observed(app)(
            {"type": "http", "method": "GET", "headers": [], **(scope or {})}, receive, send
        )

    with suppress(ValueError):
        asyncio.run(run())
    after = measures.REQUESTS.read()
    return [
        labels
        for labels, times in after.items()
        if labels not in before or times.counts != before[labels].counts
    ]


def test_a_request_is_counted_under_its_end():
    async def answer(_, receive, send):
        await receive()
        await send({"type": "http.response.start", "status": 418})
        await send({"type": "http.response.body", "body": b"12345"})

    async def leave(*_):
        return None

    async def fail(*_):
        raise ValueError

    assert ask(answer) == [("GET", observed.UNMATCHED, "418")]
    assert ask(leave, {"method": "BREW"}) == [(measures.OTHER, observed.UNMATCHED, "499")]
    assert ask(fail) == [("GET", observed.UNMATCHED, "500")]


def test_a_request_is_logged_with_its_id_its_caller_and_its_size(caplog):
    caplog.set_level("INFO", logger="seawall.request")

    class Named:
        name = "tester/key"

    async def answer(scope, receive, send):
        scope["state"] = {"request_id": "r-7", "principal": Named}
        await receive()
        await send({"type": "http.response.start", "status": 200})
        await send({"type": "http.response.body", "body": b"12345"})

    ask(answer)
    told = caplog.records[-1].seawall_fields
    assert told.pop("ms") >= 0
    assert told == {
        "request": "r-7",
        "status": 200,
        "bytes_in": 3,
        "bytes_out": 5,
        "principal": "tester/key",
    }
