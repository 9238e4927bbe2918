"""A client's connection, with limits that uvicorn leaves to others: how large a head, how slow a sender.

Two hundred clients that send one byte a second each cost two hundred small buffers, and only for half a
minute.
"""

from __future__ import annotations

import asyncio
from typing import ClassVar, Final

from uvicorn.protocols.http.httptools_impl import HttpToolsProtocol

MAX_HEAD_BYTES: Final = 64 << 10  #: of a request line and its headers; a little more may have come by then


class Connection(HttpToolsProtocol):
    """A connection that is closed where a request comes too slowly to be meant."""

    pace_s: ClassVar[float] = 15.0  #: a request that comes too slowly is dropped after one to two of these
    min_bytes_per_s: ClassVar[int] = 256

    _timer: asyncio.TimerHandle | None = None
    _receiving = True  #: a request is being sent, or might be
    _in_head = True
    _head_bytes = 0
    _message_bytes = 0
    _mark_bytes: int | None = None  #: that had come of this request when the clock last struck

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        super().connection_made(transport)
        self._timer = self.loop.call_later(self.pace_s, self._strike)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._timer is not None:
            self._timer.cancel()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        self._receiving = True
        self._message_bytes += len(data)
        self._head_bytes += len(data)
        super().data_received(data)
        if self._in_head and self._head_bytes > MAX_HEAD_BYTES and not self.transport.is_closing():
            self.send_400_response("The head of the request is too large.")

    def on_message_begin(self) -> None:
        self._in_head = True
        self._message_bytes = self._head_bytes = 0
        self._mark_bytes = None
        super().on_message_begin()

    def on_headers_complete(self) -> None:
        self._in_head = False
        super().on_headers_complete()

    def on_message_complete(self) -> None:
        self._receiving = False
        self._in_head = True
        self._head_bytes = 0
        self._mark_bytes = None
        super().on_message_complete()

    def _strike(self) -> None:
        """Judge the request that was being sent already when the clock last struck."""
        waits = getattr(self.cycle, "waiting_for_100_continue", False)  # there is no cycle at first
        if not self._receiving or waits or self.flow.read_paused:
            self._mark_bytes = None
        elif self._mark_bytes is None:
            self._mark_bytes = self._message_bytes
        elif self._message_bytes - self._mark_bytes < self.pace_s * self.min_bytes_per_s:
            self.transport.abort()
            return
        else:
            self._mark_bytes = self._message_bytes
        self._timer = self.loop.call_later(self.pace_s, self._strike)
