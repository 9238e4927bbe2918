"""The service as it runs, in a thread of the test."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from seawall.api import serve

READY = "Seawall serves at "


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
