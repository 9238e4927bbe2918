"""Connections that have to say soon, and in few words, what they want.

Uvicorn waits without end for the rest of a request's head, and keeps all that comes of it. This is its
protocol with a limit for both. Give it to `uvicorn.Config` as `http`.
"""

from __future__ import annotations

import asyncio
from typing import Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

#: From the connection, or from a later request's first byte, to the end of the request's head.
HEAD_S: Final = 15.0
HEAD_BYTES: Final = 64 << 10


class Connection(HttpToolsProtocol):
    """A connection that is given up where the head of a request is slow or large."""

    _due: asyncio.TimerHandle | None = None  #: runs while a head is awaited
    _head_bytes = 0

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]  # as Uvicorn's
        super().connection_made(transport)
        self._await_head()

    def connection_lost(self, exc: Exception | None) -> None:
        self._head_came()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        if self._due is not None:
            self._head_bytes += len(data)
        super().data_received(data)
        if self._due is not None and self._head_bytes > HEAD_BYTES:
            self._head_came()
            self.send_400_response("The request's head is too large.")

    def on_message_begin(self) -> None:
        super().on_message_begin()
        self._await_head()

    def on_headers_complete(self) -> None:
        self._head_came()
        super().on_headers_complete()

    def _await_head(self) -> None:
        if self._due is None:
            self._head_bytes = 0
            self._due = self.loop.call_later(HEAD_S, self._give_up)

    def _head_came(self) -> None:
        if self._due is not None:
            self._due.cancel()
            self._due = None

    def _give_up(self) -> None:
        self._due = None
        self.transport.close()
