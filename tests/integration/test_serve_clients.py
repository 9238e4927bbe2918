"""Clients that are slow, endless or honest, at a service that others use too."""

from __future__ import annotations

import socket
import time
from contextlib import closing, suppress

import httpx2
import pytest
from serving import key, served

import seawall
from seawall.api import connections


@pytest.fixture
def data(tmp_path):
    return tmp_path / "data"


@pytest.fixture
def library(data):
    with seawall.open(data) as opened:
        yield opened


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
