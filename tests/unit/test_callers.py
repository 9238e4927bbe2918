"""Who calls is asked once for many calls at a time."""

from __future__ import annotations

import asyncio
import threading
from types import SimpleNamespace

import pytest
from starlette.requests import HTTPConnection

from seawall import errors
from seawall.api.callers import Callers

KEY = "swk_1_secret"


class Asked:
    """Stands for the store of keys, and counts questions."""

    def __init__(self):
        self.count = 0
        self.reached = threading.Event()

    def principal(self, sent):
        self.count += 1
        self.reached.wait(0.05)  # others come meanwhile
        if sent != KEY:
            raise errors.NotSignedIn(reason="it is unknown")
        return SimpleNamespace(name="up")


@pytest.fixture
def access():
    return Asked()


@pytest.fixture
def callers(access):
    settings = SimpleNamespace(number=lambda name: 3600.0)
    return Callers(SimpleNamespace(access=access, sessions=None, settings=settings))


def call(key):
    headers = [(b"authorization", f"Bearer {key}".encode())]
    return HTTPConnection({"type": "http", "headers": headers})


def test_of_many_calls_that_come_at_once_one_asks(callers, access):
    async def many():
        return await asyncio.gather(*(callers.who(call(KEY)) for _ in range(20)))

    assert {one.who.name for one in asyncio.run(many())} == {"up"}
    assert access.count == 1


def test_one_who_hangs_up_leaves_the_answer_to_the_others(callers, access):
    async def many():
        first = asyncio.ensure_future(callers.who(call(KEY)))
        others = [asyncio.ensure_future(callers.who(call(KEY))) for _ in range(3)]
        await asyncio.sleep(0.01)
        first.cancel()
        return await asyncio.gather(*others)

    assert {one.who.name for one in asyncio.run(many())} == {"up"}
    assert access.count == 1


def test_callers_are_told_apart(callers):
    async def both():
        return await asyncio.gather(callers.who(call(KEY)), callers.who(call("swk_2_other")))

    known, unknown = asyncio.run(both())
    assert known.who.name == "up"
    assert isinstance(unknown.who, errors.NotSignedIn)
