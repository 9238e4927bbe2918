"""`seawall serve` as a process: when it listens, when it refuses to, and how it ends."""

from __future__ import annotations

import gc
import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress
from types import SimpleNamespace

import httpx2
import pytest
from certificates import self_signed
from running import READY, in_thread
from serving import key

import seawall
from seawall.api import serve


class Service:
    """A service in a process of its own."""

    def __init__(self, data, *args: str, **variables: str) -> None:
        self.process = subprocess.Popen(
            [sys.executable, "-m", "seawall", "--data", str(data), "serve", "--port", "0", *args],
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
            env={**os.environ, "SEAWALL_WORKERS": "1", **variables},
        )
        self.said: list[str] = []
        self.address = ""
        for line in self.process.stdout:
            self.said.append(line.rstrip("\n"))
            if line.startswith(READY):
                self.address = line.removeprefix(READY).strip()
                break

    def end(self, number: int = signal.SIGTERM) -> tuple[int, str]:
        """Its exit code, and what it logged."""
        with suppress(ProcessLookupError):
            self.process.send_signal(number)
        _, logged = self.process.communicate(timeout=30)
        return self.process.returncode, logged


@contextmanager
def running(data, *args: str, **variables: str) -> Iterator[Service]:
    service = Service(data, *args, **variables)
    try:
        assert service.address, service.process.communicate(timeout=30)[1]
        yield service
    finally:
        if service.process.poll() is None:
            service.process.kill()
            service.process.communicate(timeout=30)


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def library(data):
    with seawall.open(data) as opened:
        yield opened


def test_two_processes_serve_one_folder_and_end_in_good_order(data):
    with running(data, SEAWALL_LOG_FORMAT="json") as first, running(data) as second:
        assert "/console/first?key=" in first.process.stdout.readline(), "there is nobody yet who could call"
        with seawall.open(data) as library:
            sent = key(library)
        headers = {"Authorization": f"Bearer {sent}"}
        assert httpx2.get(f"{first.address}/v1/health/live").json() == {"status": "alive"}
        ready = httpx2.get(f"{first.address}/v1/health/ready", headers=headers, timeout=30)
        assert ready.status_code == 200, ready.text
        assert {one["name"] for one in ready.json()["checks"]} >= {"database", "index", "objects", "sandbox"}
        made = httpx2.post(f"{first.address}/v1/banks", json={"name": "SECRETLY"}, headers=headers)
        assert made.status_code == 201
        httpx2.get(f"{first.address}/v1/banks/SECRETLY?token=swordfish", headers=headers)
        assert httpx2.get(f"{second.address}/v1/banks/SECRETLY", headers=headers).status_code == 200
        code, logged = first.end()
        other_code, _ = second.end(signal.SIGINT)
    assert code == other_code == 0, logged
    requests = [line for line in map(json.loads, logged.splitlines()) if line["logger"] == "seawall.request"]
    assert [(line["message"], line["status"]) for line in requests] == [
        ("POST /v1/banks", 201),
        ("GET /v1/banks/{name}", 200),
    ]
    assert {line["principal"] for line in requests} == {"tester/test"}
    for secret in (sent, sent[-20:], "swordfish", "SECRETLY", "Bearer"):
        assert secret not in logged
    with seawall.open(data) as library:
        assert library.bank("SECRETLY").references == 0


def test_what_it_cannot_do_it_says_at_once(data):
    service = Service(data, "--host", "0.0.0.0")
    _, logged = service.process.communicate(timeout=30)
    assert service.process.returncode == 2
    assert "seawall: bad_setting: Setting host" in logged
    assert service.address == ""


def test_a_port_that_is_taken_is_named(library):
    with closing(socket.create_server(("127.0.0.1", 0))) as taken:
        listening = serve.Listening("127.0.0.1", taken.getsockname()[1], "", "", "")
        with pytest.raises(seawall.errors.CannotListen, match="in use"):
            serve.run(library, listening, lambda _: None)


def begun(address: str, sent: str, size_bytes: int) -> socket.socket:
    """A request that the service has begun to answer, and of which it waits for the body."""
    host, _, port = address.removeprefix("http://").rpartition(":")
    connection = socket.create_connection((host, int(port)))
    connection.settimeout(20)
    head = f"POST /v1/banks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {sent}\r\nExpect: 100-continue\r\n"
    connection.sendall(
        f"{head}Content-Type: application/json\r\nContent-Length: {size_bytes}\r\n\r\n".encode()
    )
    assert connection.recv(100).startswith(b"HTTP/1.1 100 ")
    return connection


def refuses(address: str) -> bool:
    """Whether the service comes to take no more connections."""
    host, _, port = address.removeprefix("http://").rpartition(":")
    deadline_s = time.monotonic() + 20
    while time.monotonic() < deadline_s:
        try:
            socket.create_connection((host, int(port)), 1).close()
        except OSError:
            return True
        time.sleep(0.02)
    return False


def test_a_request_that_runs_is_finished_and_one_that_never_ends_is_not_waited_for(data):
    with seawall.open(data) as library:
        sent = key(library)
    body = b'{"name": "LAST"}'
    with (
        running(data, SEAWALL_SHUTDOWN_S="3") as service,
        closing(begun(service.address, sent, 100)) as endless,
        closing(begun(service.address, sent, len(body))) as honest,
    ):
        started_s = time.monotonic()
        service.process.send_signal(signal.SIGTERM)
        assert refuses(service.address)
        honest.sendall(body)
        assert honest.recv(1000).startswith(b"HTTP/1.1 201 ")
        service.process.communicate(timeout=20)
        assert time.monotonic() - started_s < 15
        assert endless.fileno() >= 0
    assert service.process.returncode == 0
    with seawall.open(data) as library:
        assert library.bank("LAST").references == 0


@pytest.mark.parametrize(
    ("host", "proxy", "certificate", "safe"),
    [
        ("127.0.0.1", "", "", True),
        ("::1", "", "", True),
        ("localhost", "", "", True),
        ("0.0.0.0", "", "", False),
        ("seawall.example", "", "", False),
        ("10.0.0.5", "10.0.0.1", "", True),
        ("0.0.0.0", "", __file__, True),
    ],
)
def test_it_listens_in_the_clear_only_where_nobody_else_hears(host, proxy, certificate, safe):
    listening = serve.Listening(host, 0, proxy, certificate, "")
    if safe:
        listening.check()
    else:
        with pytest.raises(seawall.errors.BadSetting, match="in the clear"):
            listening.check()


@pytest.mark.parametrize("proxy", ["*", "nginx", "10.0.0.0/99", "10.0.0.1/8", "127.0.0.1,x"])
def test_a_proxy_that_is_no_address_is_a_bad_setting(proxy):
    with pytest.raises(seawall.errors.BadSetting, match="proxy"):
        serve.Listening("127.0.0.1", 0, proxy, "", "").check()


@pytest.mark.parametrize("certificate", ["nowhere.pem", __file__])
def test_a_certificate_that_cannot_be_used_is_a_bad_setting(library, certificate):
    listening = serve.Listening("127.0.0.1", 0, "", certificate, "")
    with pytest.raises(seawall.errors.BadSetting, match="tls_certificate"):
        serve.run(library, listening, lambda _: None)


def test_it_serves_with_a_certificate_of_its_own(library, tmp_path):
    certificate = self_signed(tmp_path / "own.pem")
    trusting = ssl.create_default_context(cafile=str(certificate))
    with in_thread(library, serve.Listening("127.0.0.1", 0, "", str(certificate), "")) as address:
        assert address.startswith("https://127.0.0.1:")
        assert httpx2.get(f"{address}/v1/health/live", verify=trusting).status_code == 200


def watched(see):
    """An application that does nothing, and tells of each scope that it is given."""

    async def answer(scope, receive, send):
        see(scope)
        if scope["type"] == "lifespan":
            for stage in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{stage}.complete"})
            return
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    answer.state = SimpleNamespace(greetings=[])
    return answer


def test_callers_are_told_by_a_proxy_that_is_known_and_by_nobody_else(library):
    seen = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(serve.app, "create", lambda *_: watched(seen.append))
        for proxy in ("127.0.0.1", "10.0.0.1", ""):
            with in_thread(library, serve.Listening("127.0.0.1", 0, proxy, "", "")) as address:
                httpx2.get(address, headers={"X-Forwarded-For": "203.0.113.9"})
    calls = [scope["client"][0] for scope in seen if scope["type"] == "http"]
    assert calls == ["203.0.113.9", "127.0.0.1", "127.0.0.1"]


def test_the_first_call_meets_a_process_that_has_settled(library):
    """A search of all memory, or a thread that keeps its turn, would hold up whoever calls first."""
    seen = []
    gc.unfreeze()
    sys.setswitchinterval(0.005)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            serve.app,
            "create",
            lambda *_: watched(lambda _: seen.append((gc.get_freeze_count(), sys.getswitchinterval()))),
        )
        with in_thread(library, serve.Listening("127.0.0.1", 0, "", "", "")):
            pass
    assert all(frozen > 10_000 and turn_s < 0.001 for frozen, turn_s in seen)
    assert seen
