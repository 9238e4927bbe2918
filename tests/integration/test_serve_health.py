"""Health and measures as they are asked for over HTTP."""

from __future__ import annotations

import sys
import threading

import httpx2
import pytest
from running import in_thread
from serving import key, served

import seawall
from seawall.api import serve
from seawall.model.access import Role, Scope


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def library(data):
    with seawall.open(data) as opened:
        yield opened


class Fragile:
    """Something in the background that can be made to end."""

    name = "jobs"

    def __init__(self) -> None:
        self.begun = threading.Event()
        self.ended = threading.Event()

    def start(self) -> None:
        self.begun.set()

    def stop(self) -> bool:
        self.ended.set()
        return True

    def alive(self) -> bool:
        return self.begun.is_set() and not self.ended.is_set()


def test_what_runs_beside_the_service_is_begun_watched_and_ended(library):
    headers = {"Authorization": f"Bearer {key(library, Scope.ADMIN)}"}
    beside = Fragile()
    with in_thread(library, serve.Listening("127.0.0.1", 0, "", "", ""), [beside]) as address:
        assert beside.begun.is_set()
        beside.ended.set()
        answer = httpx2.get(f"{address}/v1/health/ready", headers=headers, timeout=30)
        assert answer.status_code == 503
        failing = [one for one in answer.json()["checks"] if not one["ok"]]
        assert [one["name"] for one in failing] == ["jobs"]
        assert "has ended" in failing[0]["why"]
        assert httpx2.get(f"{address}/v1/health/ready").json() == {"status": "not_ready", "checks": None}
        beside.ended.clear()
    assert beside.ended.is_set()


def test_measures_are_for_those_who_may_see_them(library):
    library.access.create_user("watcher", Role.AUDITOR)
    audit = library.access.create_key("watcher", "prometheus", [Scope.AUDIT]).sent
    reader = library.access.create_key("watcher", "reader", [Scope.READ]).sent
    with served(library) as address:
        assert httpx2.get(f"{address}/metrics").status_code == 401
        assert (
            httpx2.get(f"{address}/metrics", headers={"Authorization": f"Bearer {reader}"}).status_code == 403
        )
        for number in range(3):
            httpx2.get(f"{address}/v1/nothing/{number}")
        answer = httpx2.get(f"{address}/metrics", headers={"Authorization": f"Bearer {audit}"}, timeout=30)
    assert answer.status_code == 200
    assert answer.headers["content-type"].startswith("text/plain; version=0.0.4")
    assert 'route="unmatched",status="404"' in answer.text
    assert "/v1/nothing" not in answer.text
    assert f'seawall_build_info{{python="{sys.version.split()[0]}",version="{seawall.__version__}"}} 1.0' in (
        answer.text
    )
    assert 'seawall_index_codes{index="area"} 0.0' in answer.text
    assert "process_resident_memory_bytes" in answer.text


def test_open_measures_are_open_to_this_machine_alone(data, monkeypatch):
    monkeypatch.setenv("SEAWALL_METRICS_OPEN", "1")
    with seawall.open(data) as opened, served(opened) as address:
        assert httpx2.get(f"{address}/metrics", timeout=30).status_code == 200
        for header in ({"X-Forwarded-For": "203.0.113.9"}, {"Forwarded": "for=203.0.113.9"}):
            assert httpx2.get(f"{address}/metrics", headers=header).status_code == 401


def test_a_database_that_is_gone_is_no_readiness(data, monkeypatch):
    with seawall.open(data) as opened:
        sent = key(opened)

        def gone() -> None:
            raise seawall.errors.StoreUnreachable(place="postgresql://db", reason="refused")

        monkeypatch.setattr(opened, "ping", gone)
        with served(opened) as address:
            answer = httpx2.get(
                f"{address}/v1/health/ready", headers={"Authorization": f"Bearer {sent}"}, timeout=30
            )
            assert answer.status_code == 503
            assert answer.json()["checks"] is None, "who calls cannot be told without the database"
            assert httpx2.get(f"{address}/v1/health/live").status_code == 200
