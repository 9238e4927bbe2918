"""The head of the custody log, signed: how large it is, and the hash of its tree.

The form is that of signed notes and checkpoints as transparency logs publish them (C2SP, `signed-note` and
`tlog-checkpoint`): text that a person can read, signed with Ed25519, so that tools of others verify it too.

    seawall custody example.org
    4711
    nND/nri/U0xuHUrYSy0HtMeal2vzD9V4k/BO79C+QeI=

    — seawall custody example.org az3grlgtzPICa5OS8npVmf1Myq/5IZniMp+ZJurmRDeOoRDe4URYN7u5/Zhcyv2q1gGzGku9nTo+zyWE+xeMcTOAYQ8=
"""  # noqa: E501 - a signature's line is as long as it is

from __future__ import annotations

import base64
import hashlib
from dataclasses import dataclass
from typing import Final

from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from seawall import errors, merkle

_ED25519: Final = b"\x01"  # as signed notes number their algorithms
_ID_BYTES: Final = 4
_SIGNATURE_BYTES: Final = 64
_DASH: Final = "\u2014 "


@dataclass(frozen=True, slots=True)
class Checkpoint:
    """A state of the log."""

    origin: str  #: name of the log, on one line
    size: int
    root: bytes

    def text(self) -> str:
        """What is signed."""
        return f"{self.origin}\n{self.size}\n{base64.b64encode(self.root).decode('ascii')}\n"


@dataclass(frozen=True, slots=True)
class Verifier:
    """Who signs, as others know it."""

    name: str
    public: bytes  #: 32 bytes

    @property
    def id(self) -> str:
        """8 hex digits, which stand before each signature."""
        return self._hash().hex()

    def encoded(self) -> str:
        """NAME+ID+KEY, as verifiers of signed notes take it."""
        return f"{self.name}+{self.id}+{base64.b64encode(_ED25519 + self.public).decode('ascii')}"

    @classmethod
    def decoded(cls, text: str) -> Verifier:
        """Raises BadEvidence."""
        try:
            name, id_, key = text.strip().split("+", 2)
            made = base64.b64decode(key, validate=True)
        except ValueError as cause:  # binascii.Error among them
            raise errors.BadEvidence(reason="the key of the log cannot be read") from cause
        found = cls(name, made[1:])
        if made[:1] != _ED25519 or len(found.public) != merkle.HASH_BYTES or found.id != id_:
            raise errors.BadEvidence(reason="the key of the log is none of Ed25519, or not what its id says")
        return found

    def _hash(self) -> bytes:
        named = self.name.encode() + b"\n" + _ED25519 + self.public
        return hashlib.sha256(named).digest()[:_ID_BYTES]


class Signer:
    """Who signs."""

    def __init__(self, name: str, private: bytes) -> None:
        """private: 32 bytes. The name has no blank and no plus in it."""
        self._private = Ed25519PrivateKey.from_private_bytes(private)
        self.verifier = Verifier(name, self._private.public_key().public_bytes_raw())

    def sign(self, head: Checkpoint) -> str:
        """The checkpoint, as it is published."""
        text = head.text()
        signature = bytes.fromhex(self.verifier.id) + self._private.sign(text.encode())
        return f"{text}\n{_DASH}{self.verifier.name} {base64.b64encode(signature).decode('ascii')}\n"


def opened(published: str, verifier: Verifier) -> Checkpoint:
    """The checkpoint that somebody has signed. Raises BadEvidence where the signature does not hold."""
    text, found, signatures = published.partition("\n\n")
    text += "\n"
    if not found or not any(_holds(text, line, verifier) for line in signatures.splitlines()):
        raise errors.BadEvidence(reason="no signature of the log's key holds for its head")
    origin, size, root, *_ = [*text.split("\n"), "", ""]
    try:
        made = Checkpoint(origin, int(size), base64.b64decode(root, validate=True))
    except ValueError as cause:  # binascii.Error among them
        raise errors.BadEvidence(reason="the head of the log cannot be read") from cause
    if made.text() != text:
        raise errors.BadEvidence(reason="the head of the log says more than a head does")
    return made


def _holds(text: str, line: str, verifier: Verifier) -> bool:
    name, _, encoded = line.removeprefix(_DASH).rpartition(" ")
    if not line.startswith(_DASH) or name != verifier.name:
        return False
    try:
        signature = base64.b64decode(encoded, validate=True)
    except ValueError:  # binascii.Error among them
        return False
    if signature[:_ID_BYTES].hex() != verifier.id or len(signature) != _ID_BYTES + _SIGNATURE_BYTES:
        return False
    try:
        Ed25519PublicKey.from_public_bytes(verifier.public).verify(signature[_ID_BYTES:], text.encode())
    except (InvalidSignature, ValueError):
        return False
    return True
