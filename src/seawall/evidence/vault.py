"""Bytes under a key of their own: to destroy the key is to destroy them, wherever copies lie.

AES-256-GCM over segments, as the STREAM construction has it (Hoang, Reyhanitabar, Rogaway and Vizár, 2015):
each segment's nonce is its number and whether it is the last, so that none can be changed, moved, or left
out, and the end cannot be cut off. A key is used for one object only, which is what makes counted nonces
safe.
"""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Iterator
from dataclasses import dataclass
from typing import BinaryIO, Final

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM

from seawall import errors

KEY_BYTES: Final = 32
SEGMENT_BYTES: Final = 1 << 16
_MAGIC: Final = b"seawall vault 1\n"
_TAG_BYTES: Final = 16
_COUNTER_BYTES: Final = 11


@dataclass(frozen=True, slots=True)
class Locked:
    """What was written."""

    plain_sha256: str
    plain_bytes: int
    sha256: str  #: of what lies there now
    bytes: int


def new_key() -> bytes:
    """For one object."""
    return secrets.token_bytes(KEY_BYTES)


def lock(source: BinaryIO, target: BinaryIO, key: bytes) -> Locked:
    """Write a stream under a key. In memory there is never more than two segments of it."""
    cipher, plain, locked = AESGCM(key), hashlib.sha256(), hashlib.sha256(_MAGIC)
    target.write(_MAGIC)
    plain_bytes, written_bytes = 0, len(_MAGIC)
    for number, piece, last in _segments(source, SEGMENT_BYTES):
        plain.update(piece)
        plain_bytes += len(piece)
        segment = cipher.encrypt(_nonce(number, last=last), piece, _MAGIC)
        locked.update(segment)
        written_bytes += len(segment)
        target.write(segment)
    return Locked(plain.hexdigest(), plain_bytes, locked.hexdigest(), written_bytes)


def unlock(source: BinaryIO, key: bytes) -> Iterator[bytes]:
    """What was locked, piece by piece. Raises BadEvidence at the first piece that is not what was written."""
    if source.read(len(_MAGIC)) != _MAGIC:
        raise errors.BadEvidence(reason="an object in the vault does not begin as one does")
    cipher = AESGCM(key)
    for number, segment, last in _segments(source, SEGMENT_BYTES + _TAG_BYTES):
        try:
            yield cipher.decrypt(_nonce(number, last=last), segment, _MAGIC)
        except InvalidTag as cause:
            reason = "an object in the vault was changed or cut short, or is under another key"
            raise errors.BadEvidence(reason=reason) from cause


def _segments(source: BinaryIO, size: int) -> Iterator[tuple[int, bytes, bool]]:
    """The pieces of a stream, numbered, each with whether it is the last. An empty stream has one."""
    number, piece = 0, _read(source, size)
    while True:
        following = _read(source, size)
        yield number, piece, not following
        if not following:
            return
        number, piece = number + 1, following


def _read(source: BinaryIO, size: int) -> bytes:
    """So many bytes, or what is left: a stream may give less at a time."""
    pieces: list[bytes] = []
    while size and (piece := source.read(size)):
        pieces.append(piece)
        size -= len(piece)
    return b"".join(pieces)


def _nonce(number: int, *, last: bool) -> bytes:
    return number.to_bytes(_COUNTER_BYTES, "big") + bytes([last])
