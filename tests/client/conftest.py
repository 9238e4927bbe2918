"""A client of a service that answers as a test says."""

from __future__ import annotations

import time
from types import SimpleNamespace

import pytest
from stub_service import KEY, stub

from seawall.client import Client, transport


@pytest.fixture(scope="module")
def started():
    with stub() as made, Client(made.address, KEY) as client:
        yield made, client


@pytest.fixture
def service(started):
    made, _ = started
    made.asked.clear()
    return made


@pytest.fixture
def seawall(started, service):
    return started[1]


@pytest.fixture
def waited(monkeypatch):
    """How long the client waited, without waiting."""
    waits = []
    monkeypatch.setattr(transport, "time", SimpleNamespace(sleep=waits.append, monotonic=time.monotonic))
    return waits
