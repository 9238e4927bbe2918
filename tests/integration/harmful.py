"""Servers that mean harm, and guarded clients that are told where they are."""

from __future__ import annotations

import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress

import pytest

from seawall import errors
from seawall.outbound import guarded, names

LOCAL = "127.0.0.1"
Talk = Callable[[socket.socket, bytes], None]


class Server:
    """Answers each connection's request by one function; remembers what was asked."""

    def __init__(self, talk: Talk, context: ssl.SSLContext | None = None) -> None:
        self._talk = talk
        self._context = context
        self._listener = socket.create_server((LOCAL, 0))
        self.port = self._listener.getsockname()[1]
        self.asked: list[bytes] = []
        self._open: list[socket.socket] = []
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._serve)
        self._thread.start()

    def _serve(self) -> None:
        while not self._ended.is_set():
            with suppress(OSError):
                connection, _ = self._listener.accept()
                if self._ended.is_set():
                    connection.close()
                    return
                connection.settimeout(10)
                self._answer(connection)

    def _answer(self, connection: socket.socket) -> None:
        with connection:
            talking = connection
            if self._context is not None:
                talking = self._context.wrap_socket(connection, server_side=True)
            with talking:
                request = b""
                while b"\r\n\r\n" not in request:
                    piece = talking.recv(1 << 16)
                    if not piece:
                        return
                    request += piece
                if request.startswith(b"POST") and request.endswith(b"\r\n\r\n"):
                    request += talking.recv(1 << 16)
                self.asked.append(request)
                self._talk(talking, request)

    def close(self) -> None:
        self._ended.set()
        with suppress(OSError), socket.create_connection((LOCAL, self.port), 1):
            pass
        self._thread.join(15)
        self._listener.close()
        assert not self._thread.is_alive()


@contextmanager
def serving(talk: Talk | bytes, context: ssl.SSLContext | None = None) -> Iterator[Server]:
    server = Server((lambda to, _: to.sendall(talk)) if isinstance(talk, bytes) else talk, context)
    try:
        yield server
    finally:
        server.close()


def said(body: bytes = b"", *headers: str, status: str = "200 OK") -> bytes:
    lines = [f"HTTP/1.1 {status}", *headers, f"Content-Length: {len(body)}", "", ""]
    return "\r\n".join(lines).encode() + body


def at(*found: str) -> names.Resolver:
    """A resolver that knows these addresses for every name."""
    return lambda _host, _port: list(found)


def web(*exempt: str, resolver: names.Resolver = at(LOCAL), **rest) -> guarded.Guarded:
    return guarded.Guarded(exempt, resolver=resolver, **rest)


def refused(url: str, **rest) -> str:
    with pytest.raises(errors.UnsafeUrl) as caught:
        web(**rest).call("GET", url, max_s=5)
    return caught.value.message
