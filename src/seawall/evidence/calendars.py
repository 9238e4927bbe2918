"""Timestamps by calendars (OpenTimestamps): paths of hashes from some bytes to a block of Bitcoin.

A calendar answers at once with a path to its promise, and some hours later with the rest, up to the root of a
block's transactions. Of each answer the one path that is needed is kept, as a file that tools of others read:

    MAGIC, 1, SHA-256, the digest; then operations on it, one after the other; then what they lead to.

Files of others may fork. Known are the operations of calendars and of Bitcoin (append, prepend, SHA-256),
and as ends a promise and a block. That a block's header has that root is for those to look at who have it.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Final

from seawall import errors
from seawall.outbound.web import Answer, Web

MAGIC: Final = b"\x00OpenTimestamps\x00\x00Proof\x00\xbf\x89\xe2\xe8\x84\xe8\x92\x94"
_HEADER: Final = MAGIC + b"\x01\x08"  # the version, and that the digest is SHA-256
_ACCEPT: Final = {"Accept": "application/vnd.opentimestamps.v1"}

_END, _SHA256, _APPEND, _PREPEND, _FORK = b"\x00", b"\x08", b"\xf0", b"\xf1", b"\xff"
_PROMISE: Final = bytes.fromhex("83dfe30d2ef90c8e")
_BLOCK: Final = bytes.fromhex("0588960d73d71901")

_HASH_BYTES: Final = 32
_MAX_BYTES: Final = 16 << 10  #: of a proof or an answer; those of calendars have 200 to 2000
_MAX_RESULT_BYTES: Final = 4096  #: as the format has it; likewise the next two
_MAX_END_BYTES: Final = 8192
_MAX_ADDRESS_BYTES: Final = 1000
_MAX_FORKS: Final = 256
_MAX_NUMBER_BYTES: Final = 5
_ADDRESS: Final = frozenset(b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._/:")
_ASKING_S: Final = 15.0


@dataclass(frozen=True, slots=True)
class End:
    """Where a path leads: to a promise, to a block, or to what is not known here."""

    path: bytes  #: the operations, as they are written
    reached: bytes  #: what they make of the digest
    written: bytes  #: what the path ends in
    calendar: str | None  #: address of who promises to know the rest
    block: int | None  #: height of the block whose root `reached` is claimed to be


def is_proof(token: bytes) -> bool:
    """Whether this is a calendar's rather than an authority's."""
    return token.startswith(MAGIC)


def asked(web: Web, url: str, message: bytes) -> bytes:
    """The proof of a calendar for a message, mostly one that ends in its promise.

    Raises FetchFailed, UnsafeUrl, BadEvidence.
    """
    digest = hashlib.sha256(message).digest()
    answer = web.call(
        "POST", f"{_base(url)}/digest", headers=_ACCEPT, body=digest, max_bytes=_MAX_BYTES, max_s=_ASKING_S
    )
    found = _ends(_body(answer), digest)
    best = next((one for one in found if one.block is not None or one.calendar is not None), None)
    if best is None:
        raise errors.BadEvidence(reason="the calendar neither promises anything nor names a block")
    return _proof(digest, best.path, best, message)


def upgraded(web: Web, url: str, proof: bytes, message: bytes) -> bytes | None:
    """The proof that leads to a block, where the calendar has one by now.

    It is asked at its own address, not at one that the proof names. Raises FetchFailed, UnsafeUrl,
    BadEvidence.
    """
    promise = ends(proof, message)[0]
    where = f"{_base(url)}/timestamp/{promise.reached.hex()}"
    answer = web.call("GET", where, headers=_ACCEPT, max_bytes=_MAX_BYTES, max_s=_ASKING_S)
    if answer.status == 404:  # as calendars say that it is not in a block yet
        return None
    for one in _ends(_body(answer), promise.reached):
        if one.block is not None:
            return _proof(hashlib.sha256(message).digest(), promise.path + one.path, one, message)
    return None


def ends(proof: bytes, message: bytes) -> list[End]:
    """Where the paths of a proof lead that start at the message's digest, at least one.

    Raises BadEvidence where it is none, or one of something else.
    """
    digest, rest = _opened(proof)
    if digest != hashlib.sha256(message).digest():
        raise errors.BadEvidence(reason="a calendar's proof is of something else")
    return _ends(rest, digest)


def block(proof: bytes) -> int | None:
    """Height of the first block that a proof names; None where it is pending. Raises BadEvidence."""
    digest, rest = _opened(proof)
    return min((one.block for one in _ends(rest, digest) if one.block is not None), default=None)


def _opened(proof: bytes) -> tuple[bytes, bytes]:
    """The digest, and what is written behind it."""
    if not proof.startswith(_HEADER):
        raise errors.BadEvidence(reason="it is no proof of a calendar over SHA-256")
    at = len(_HEADER) + _HASH_BYTES
    return proof[len(_HEADER) : at], proof[at:]


def _base(url: str) -> str:
    return url.rstrip("/")


def _body(answer: Answer) -> bytes:
    if answer.status != 200:
        raise errors.FetchFailed(url=answer.url, reason=f"its server answered {answer.status}")
    return answer.body


def _proof(digest: bytes, path: bytes, end: End, message: bytes) -> bytes:
    made = _HEADER + digest + path + end.written
    ends(made, message)  # what is kept can be read again, or is not kept
    return made


def _ends(written: bytes, start: bytes) -> list[End]:
    """Raises BadEvidence."""
    if len(written) > _MAX_BYTES:
        raise errors.BadEvidence(reason=f"a calendar's proof is larger than {_MAX_BYTES} bytes")
    reader, found = _Reader(written), list[End]()
    forks: list[tuple[bytes, bytes]] = []
    path, reached = b"", start
    while True:
        tag = reader.take(1)
        if tag == _FORK:  # another branch starts here, once this one has ended
            forks.append((path, reached))
            tag = reader.take(1)
        if tag == _END:
            found.append(_end(reader, path, reached))
            if not forks:
                break
            path, reached = forks.pop()
        else:
            at = reader.at - 1
            reached = _applied(tag, reader, reached)
            path += written[at : reader.at]
        if len(reached) > _MAX_RESULT_BYTES or len(forks) > _MAX_FORKS:
            raise errors.BadEvidence(reason="a calendar's proof makes more of a digest than it may")
    if reader.at != len(written):
        raise errors.BadEvidence(reason="a calendar's proof goes on behind its end")
    return found


def _applied(tag: bytes, reader: _Reader, to: bytes) -> bytes:
    if tag == _SHA256:
        return hashlib.sha256(to).digest()
    if tag == _APPEND:
        return to + reader.text(_MAX_RESULT_BYTES)
    if tag == _PREPEND:
        return reader.text(_MAX_RESULT_BYTES) + to
    raise errors.BadEvidence(reason=f"a calendar's proof has an operation that is not known: {tag.hex()}")


def _end(reader: _Reader, path: bytes, reached: bytes) -> End:
    at = reader.at - 1
    kind, said = reader.take(len(_PROMISE)), _Reader(reader.text(_MAX_END_BYTES))
    written, calendar, block = reader.written[at : reader.at], None, None
    if kind == _PROMISE:
        address = said.text(_MAX_ADDRESS_BYTES)
        if not _ADDRESS.issuperset(address):
            raise errors.BadEvidence(reason="a calendar's promise names an address that is none")
        calendar = address.decode("ascii")
    elif kind == _BLOCK:
        block = said.number()
        if len(reached) != _HASH_BYTES:
            raise errors.BadEvidence(reason="a calendar's proof leads to what can be no block's root")
    else:
        return End(path, reached, written, None, None)
    if said.at != len(said.written):
        raise errors.BadEvidence(reason="the end of a calendar's proof says more than it may")
    return End(path, reached, written, calendar, block)


class _Reader:
    """What is written, from one place on. All raise BadEvidence."""

    def __init__(self, written: bytes) -> None:
        self.written = written
        self.at = 0

    def take(self, count: int) -> bytes:
        found = self.written[self.at : self.at + count]
        if len(found) != count:
            raise errors.BadEvidence(reason="a calendar's proof is cut short")
        self.at += count
        return found

    def number(self) -> int:
        """Seven bits a byte, the lowest first; all but the last have their highest bit set."""
        value = 0
        for place in range(_MAX_NUMBER_BYTES):
            [one] = self.take(1)
            value |= (one & 0x7F) << 7 * place
            if one < 0x80:
                return value
        raise errors.BadEvidence(reason="a calendar's proof has a number that is too large")

    def text(self, most: int) -> bytes:
        count = self.number()
        if not 0 < count <= most:
            raise errors.BadEvidence(reason=f"a calendar's proof has a part of {count} bytes")
        return self.take(count)
