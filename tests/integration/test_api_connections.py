"""Connections that say slowly, or at length, what they want."""

from __future__ import annotations

import socket
import time
from contextlib import ExitStack
from urllib.parse import urlsplit

import pytest
from serving import client, key, served

import seawall
from seawall.api import connections


@pytest.fixture(scope="module")
def library(tmp_path_factory):
    with seawall.open(tmp_path_factory.mktemp("connections") / "data") as opened:
        yield opened


@pytest.fixture(scope="module")
def address(library):
    with served(library) as where:
        yield where


def connect(address):
    where = urlsplit(address)
    return socket.create_connection((where.hostname, where.port), timeout=20)


def ended(connection):
    """Whether the other side has closed; waits for it."""
    try:
        while connection.recv(4096):
            pass
    except ConnectionError:
        pass
    return True


@pytest.mark.parametrize("start", [b"", b"GET /v1/health/live HTTP/1.1\r\nHost: x\r\nX-Slow: "])
def test_a_head_that_does_not_come_is_not_waited_for(library, address, monkeypatch, start):
    monkeypatch.setattr(connections, "HEAD_S", 3.0)
    sent = key(library)
    with ExitStack() as opened:
        slow = [opened.enter_context(connect(address)) for _ in range(200)]
        for one in slow:
            one.sendall(start)
        with client(address, sent) as quick:
            started_s = time.monotonic()
            assert quick.get("/v1/me").status_code == 200
            assert time.monotonic() - started_s < 2.0
        assert all(ended(one) for one in slow)


def test_a_later_head_is_not_waited_for_either(address, monkeypatch):
    monkeypatch.setattr(connections, "HEAD_S", 1.0)
    with connect(address) as connection:
        request = b"GET /v1/health/live HTTP/1.1\r\nHost: x\r\n\r\n"
        connection.sendall(request)
        assert connection.recv(4096).startswith(b"HTTP/1.1 200")
        connection.sendall(request[:20])
        assert ended(connection)


def test_a_head_without_end_is_cut_off(address):
    with connect(address) as connection:
        connection.sendall(b"GET /v1/health/live HTTP/1.1\r\nHost: x\r\nX-Long: ")
        try:
            for _ in range(1000):
                connection.sendall(b"x" * 10_000)
        except ConnectionError:
            return
        pytest.fail("ten megabytes of one header were taken")


def test_a_connection_serves_one_call_after_another(library, address):
    with client(address, key(library)) as caller:
        for _ in range(20):
            assert caller.get("/v1/me").status_code == 200
