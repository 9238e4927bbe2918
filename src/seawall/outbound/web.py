"""What a request to another server takes and gives."""

from __future__ import annotations

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import BinaryIO, Final, Protocol

MAX_BODY_BYTES: Final = 16 << 20


@dataclass(frozen=True, slots=True)
class Answer:
    """What a server said."""

    url: str  #: that answered, after redirects
    status: int
    headers: Mapping[str, str] = field(default_factory=dict)  #: names in lower case
    body: bytes = b""  #: empty where it was written to a file


class Web(Protocol):
    """The way out. Both raise UnsafeUrl and FetchFailed; what a server says, 500 too, is an answer."""

    def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        max_bytes: int = MAX_BODY_BYTES,
        max_s: float = 30.0,
    ) -> Answer:
        """One request. max_s: for all of it, however slowly the answer comes."""
        ...

    def save(
        self,
        url: str,
        target: BinaryIO,
        *,
        max_bytes: int,
        max_s: float,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """Get an address into an open file."""
        ...


class Deferred:
    """A way out that is made when it is first used: it is large, and not everybody needs it."""

    def __init__(self, make: Callable[[], Web]) -> None:
        self._make = make
        self._lock = threading.Lock()
        self._made: Web | None = None

    def call(
        self,
        method: str,
        url: str,
        *,
        headers: Mapping[str, str] | None = None,
        body: bytes | None = None,
        max_bytes: int = MAX_BODY_BYTES,
        max_s: float = 30.0,
    ) -> Answer:
        """As `Web.call`."""
        return self._get().call(method, url, headers=headers, body=body, max_bytes=max_bytes, max_s=max_s)

    def save(
        self,
        url: str,
        target: BinaryIO,
        *,
        max_bytes: int,
        max_s: float,
        headers: Mapping[str, str] | None = None,
    ) -> Answer:
        """As `Web.save`."""
        return self._get().save(url, target, max_bytes=max_bytes, max_s=max_s, headers=headers)

    def _get(self) -> Web:
        with self._lock:
            if self._made is None:
                self._made = self._make()
            return self._made
