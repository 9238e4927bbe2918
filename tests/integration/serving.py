"""A real server in a thread, and clients for it."""

from __future__ import annotations

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import uvicorn

from seawall.api import app
from seawall.api.connections import Connection
from seawall.console import app as console
from seawall.model.access import SCOPES, Role, Scope
from seawall.outbound.web import Web
from seawall.workflows.library import Seawall


@contextmanager
def served(
    library: Seawall, web: Web | None = None, greetings: list[str] | None = None, **options: object
) -> Iterator[str]:
    """The address of a server over the library, until the block ends.

    web: its way out. greetings: takes what it says when it listens.
    """
    listener = socket.create_server(("127.0.0.1", 0))
    given = {"http": Connection, "log_level": "warning", "lifespan": "on", **options}
    made = app.create(library, web)
    console.install(made)
    config = uvicorn.Config(made, **given)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
    thread.start()
    try:
        host, port = listener.getsockname()
        address = f"http://{host}:{port}"
        if greetings is not None:
            greetings += [greeting(address) for greeting in made.state.greetings]
        yield address
    finally:
        server.should_exit = True
        thread.join()
        listener.close()


def key(library: Seawall, *scopes: Scope, user: str = "tester") -> str:
    """A key of an administrator, with these scopes or all."""
    if user not in {one.name for one in library.access.users()}:
        library.access.create_user(user, Role.ADMIN)
    return library.access.create_key(user, "test", scopes or SCOPES[Role.ADMIN]).sent


def client(address: str, sent: str | None) -> httpx2.Client:
    """A client that calls with a key, or without."""
    headers = {} if sent is None else {"Authorization": f"Bearer {sent}"}
    return httpx2.Client(base_url=address, headers=headers, timeout=30)
