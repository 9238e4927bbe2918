"""Connections to addresses that were checked, under one deadline and one limit of bytes.

httpcore2 speaks HTTP over them. It never resolves a name: it is handed a connection to an address that
has been judged, so a name that resolves to another one a moment later changes nothing.
"""

from __future__ import annotations

import ssl
import time
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any, Final

import httpcore2

from seawall.outbound.addresses import Address

_CONNECT_S: Final = 10.0  #: for one of a name's addresses


class TooMuch(Exception):
    """More bytes came than are taken."""


@dataclass(slots=True)
class Budget:
    """What one request may still cost, over all its connections and redirects."""

    deadline_s: float  #: on the monotonic clock
    raw_bytes: int  #: that may still be read, headers and framing included

    def left_s(self) -> float:
        """Seconds until the deadline. Raises ReadTimeout when it is past."""
        left_s = self.deadline_s - time.monotonic()
        if left_s <= 0:
            raise httpcore2.ReadTimeout("the time is up")
        return left_s

    def took(self, count: int) -> None:
        """Raises TooMuch."""
        self.raw_bytes -= count
        if self.raw_bytes < 0:
            raise TooMuch


class Stream(httpcore2.NetworkStream):
    """A connection that keeps to the budget, whatever time a single read would be given."""

    def __init__(self, stream: httpcore2.NetworkStream, budget: Budget) -> None:
        self._stream = stream
        self._budget = budget

    def read(self, max_bytes: int, timeout: float | None = None) -> bytes:
        data = self._stream.read(max_bytes, self._budget.left_s())
        self._budget.took(len(data))
        return data

    def write(self, buffer: bytes, timeout: float | None = None) -> None:
        """In pieces: a peer that reads slowly must not get the whole time for each."""
        for start in range(0, len(buffer), 1 << 16):
            self._stream.write(buffer[start : start + (1 << 16)], self._budget.left_s())

    def close(self) -> None:
        self._stream.close()

    def start_tls(
        self, ssl_context: ssl.SSLContext, server_hostname: str | None = None, timeout: float | None = None
    ) -> httpcore2.NetworkStream:
        try:
            left_s = self._budget.left_s()
        except httpcore2.ReadTimeout:
            self.close()
            raise
        return Stream(self._stream.start_tls(ssl_context, server_hostname, left_s), self._budget)

    def get_extra_info(self, info: str) -> Any:  # noqa: ANN401 - as its base says
        return self._stream.get_extra_info(info)


class Pinned(httpcore2.NetworkBackend):
    """Connects to one of these addresses, whatever host it is asked for."""

    def __init__(self, addresses: Iterable[Address], budget: Budget) -> None:
        self._addresses = tuple(addresses)
        self._budget = budget
        self._network = httpcore2.SyncBackend()

    def connect_tcp(
        self,
        host: str,
        port: int,
        timeout: float | None = None,
        local_address: str | None = None,
        socket_options: Iterable[httpcore2.SOCKET_OPTION] | None = None,
    ) -> httpcore2.NetworkStream:
        """The first address that answers."""
        failure: Exception = httpcore2.ConnectError("the name has no address")
        for address in self._addresses:
            limit_s = min(_CONNECT_S, self._budget.left_s())
            try:
                return Stream(self._network.connect_tcp(str(address), port, limit_s), self._budget)
            except (httpcore2.ConnectError, httpcore2.ConnectTimeout) as error:
                failure = error
        raise failure
