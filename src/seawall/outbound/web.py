"""What a request to another server takes and gives."""

from __future__ import annotations

from collections.abc import Mapping
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
