"""Exact digests of a file's bytes: they find the untouched copy, and name the file in every record."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import BinaryIO, Final

from seawall.model import signal

VERSION: Final = 1
_CHUNK_BYTES: Final = 1 << 20


@dataclass(frozen=True, slots=True)
class Digests:
    """What identifies a file's bytes."""

    sha256: str  #: 64 lower-case hex digits
    md5: str  #: 32 lower-case hex digits; only to meet lists that know no other
    size_bytes: int

    def signals(self) -> tuple[signal.Signal, signal.Signal]:
        """As stored and searched."""
        return (
            signal.Signal(signal.SignalType.SHA256, VERSION, bytes.fromhex(self.sha256)),
            signal.Signal(signal.SignalType.MD5, VERSION, bytes.fromhex(self.md5)),
        )


def digest(stream: BinaryIO) -> Digests:
    """Digests of all that the stream holds from where it stands."""
    sha256, md5 = hashlib.sha256(), hashlib.md5(usedforsecurity=False)
    size_bytes = 0
    while chunk := stream.read(_CHUNK_BYTES):
        sha256.update(chunk)
        md5.update(chunk)
        size_bytes += len(chunk)
    return Digests(sha256.hexdigest(), md5.hexdigest(), size_bytes)
