"""`seawall serve` as a process: when it listens, when it refuses to, and how it ends."""

from __future__ import annotations

import json
import os
import signal
import socket
import ssl
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager, suppress

import httpx2
import pytest
from certificates import self_signed
from serving import key, served

import seawall
from seawall.api import connections, serve
from seawall.model.access import Role, Scope

READY = "Seawall serves at "


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
        assert "user create" in first.said[0], "there is nobody yet who could call"
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


@pytest.mark.parametrize("certificate", ["nowhere.pem", __file__])
def test_a_certificate_that_cannot_be_used_is_a_bad_setting(library, certificate):
    listening = serve.Listening("127.0.0.1", 0, "", certificate, "")
    with pytest.raises(seawall.errors.BadSetting, match="tls_certificate"):
        serve.run(library, listening, lambda _: None)


# Clients that are slow or endless


class Hasty(connections.Connection):
    pace_s = 0.2


def dropped(address: str, first: bytes, drip: bytes) -> float:
    """How long the server put up with a client that sends a little at a time, in seconds."""
    host, _, port = address.removeprefix("http://").rpartition(":")
    started_s = time.monotonic()
    with closing(socket.create_connection((host, int(port)))) as connection:
        connection.settimeout(0.05)
        connection.sendall(first)
        while time.monotonic() - started_s < 10:
            try:
                connection.sendall(drip)
                if connection.recv(1000) == b"":
                    break
            except TimeoutError:
                continue
            except OSError:
                break
    return time.monotonic() - started_s


POST = b"POST /v1/banks HTTP/1.1\r\nHost: x\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n"


@pytest.mark.parametrize(
    ("first", "drip"),
    [(b"", b""), (b"", b"\r\n"), (b"GET / HT", b"T"), (b"GET / HTTP/1.1\r\nX: ", b"y"), (POST, b" ")],
    ids=["silence", "blank lines", "request line", "header", "body"],
)
def test_a_client_that_drips_is_dropped(library, first, drip):
    with served(library, http=Hasty) as address:
        assert dropped(address, first, drip) < 5


def test_slow_clients_do_not_stop_others(library):
    with served(library, http=connections.Connection) as address:
        host, _, port = address.removeprefix("http://").rpartition(":")
        slow = [socket.create_connection((host, int(port))) for _ in range(200)]
        try:
            for one in slow:
                one.sendall(b"GET /v1/health/live HTTP/1.1\r\nX-Slow: ")
            started_s = time.monotonic()
            for _ in range(20):
                for one in slow:
                    one.sendall(b"x")
                assert httpx2.get(f"{address}/v1/health/live").status_code == 200
            assert time.monotonic() - started_s < 10
        finally:
            for one in slow:
                one.close()


def test_a_head_without_end_is_refused(library):
    with served(library, http=connections.Connection) as address:
        host, _, port = address.removeprefix("http://").rpartition(":")
        with closing(socket.create_connection((host, int(port)))) as connection:
            connection.settimeout(10)
            connection.sendall(b"GET /v1/health/live HTTP/1.1\r\n")
            with suppress(OSError):
                for _ in range(100):
                    connection.sendall(b"X-Header: " + b"v" * 4000 + b"\r\n")
            with suppress(ConnectionResetError):
                assert b"400" in connection.recv(100)


def test_an_honest_upload_in_pieces_is_taken(library):
    """Faster than the limit, slower than the clock: it must not be taken for a slow one."""
    sent = key(library)
    body = b'{"name": "KNOWN"' + b" " * 20_000 + b"}"
    with served(library, http=Hasty) as address:
        host, _, port = address.removeprefix("http://").rpartition(":")
        with closing(socket.create_connection((host, int(port)))) as connection:
            head = (
                f"POST /v1/banks HTTP/1.1\r\nHost: x\r\nAuthorization: Bearer {sent}\r\nConnection: close\r\n"
            )
            connection.sendall(
                f"{head}Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n".encode()
            )
            for at in range(0, len(body), 1000):
                connection.sendall(body[at : at + 1000])
                time.sleep(0.05)
            connection.settimeout(10)
            assert b"201 Created" in connection.recv(1000)


def test_a_connection_that_is_kept_stays_for_the_next_request(library):
    with served(library, http=Hasty) as address, httpx2.Client(base_url=address) as client:
        for _ in range(8):
            assert client.get("/v1/health/live").status_code == 200
            time.sleep(0.1)


# Health and measures over HTTP


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


@contextmanager
def in_thread(library, listening, background=()) -> Iterator[str]:
    """A service in a thread: its address."""
    said, told, servers = [], threading.Event(), []

    def say(line: str) -> None:
        said.append(line.removeprefix(READY))
        told.set()

    original = serve._Server.startup

    async def remember(self, sockets=None):
        servers.append(self)
        await original(self, sockets)

    serving = threading.Thread(target=serve.run, args=(library, listening, say, background))
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(serve._Server, "startup", remember)
        serving.start()
        assert told.wait(30)
    try:
        yield said[0]
    finally:
        servers[0].should_exit = True
        serving.join(30)
        assert not serving.is_alive()


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


def test_it_serves_with_a_certificate_of_its_own(library, tmp_path):
    certificate = self_signed(tmp_path / "own.pem")
    trusting = ssl.create_default_context(cafile=str(certificate))
    with in_thread(library, serve.Listening("127.0.0.1", 0, "", str(certificate), "")) as address:
        assert address.startswith("https://127.0.0.1:")
        assert httpx2.get(f"{address}/v1/health/live", verify=trusting).status_code == 200


def test_callers_are_told_by_a_proxy_that_is_known_and_by_nobody_else(library):
    seen = []

    async def remember(scope, receive, send):
        if scope["type"] == "lifespan":
            for stage in ("startup", "shutdown"):
                await receive()
                await send({"type": f"lifespan.{stage}.complete"})
            return
        seen.append(scope["client"][0])
        await send({"type": "http.response.start", "status": 204, "headers": []})
        await send({"type": "http.response.body", "body": b""})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(serve.app, "create", lambda *_: remember)
        for proxy in ("127.0.0.1", "10.0.0.1", ""):
            with in_thread(library, serve.Listening("127.0.0.1", 0, proxy, "", "")) as address:
                httpx2.get(address, headers={"X-Forwarded-For": "203.0.113.9"})
    assert seen == ["203.0.113.9", "127.0.0.1", "127.0.0.1"]


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
