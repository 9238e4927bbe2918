"""Custody: who did what to which object, with which tool, when, and with what outcome (after PREMIS 3).

An event's place in the log is a leaf that holds no more than its id, its time, its type, and a salted hash of
each of its other fields. What a field says and its salt are kept beside the log. With both erased, nobody can
tell what the field said, and every proof still holds.
"""

from __future__ import annotations

import hashlib
import hmac
import json
import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

SALT_BYTES: Final = 16
#: Changes with what a leaf is made of.
FORM: Final = 1

Value = None | bool | int | str | list["Value"] | dict[str, "Value"]


class CustodyType(StrEnum):
    """What was done. But for the last, these are terms of the PREMIS vocabulary of event types."""

    CAPTURE = "capture"  #: bytes came in, from where the detail says
    DIGEST = "message digest calculation"
    ENCRYPTION = "encryption"
    INGESTION = "ingestion"  #: they are kept
    VALIDATION = "validation"  #: what was kept was read again, and is what came in
    EXTRACTION = "metadata extraction"
    CREATION = "creation"  #: a working copy was made
    FIXITY = "fixity check"
    DECRYPTION = "decryption"  #: somebody read it, for the purpose that the detail names
    REPLICATION = "replication"
    EXPORT = "exporting"
    SIGNATURE = "digital signature generation"  #: of a head of the log, by us or by an authority of time
    REDACTION = "redaction"
    POLICY = "policy assignment"  #: a legal basis, a hold or its end
    DELETION = "deletion"  #: its key was destroyed, then its bytes
    DEACCESSION = "deaccession"  #: the record of it has nothing more to say than that it was
    ACTION = "action on the platform"  #: a decision took effect there; no term of PREMIS


class Outcome(StrEnum):
    """How it ended. A step that failed or was left out is an event too."""

    SUCCESS = "success"
    FAILURE = "failure"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class NewCustody:
    """Something that was done, before it is in the log."""

    type: CustodyType
    agent: str  #: who did it: a user, a key, or the service itself
    tool: str  #: with what, and its version
    object: str | None = None  #: SHA-256 of the original that it was done to
    outcome: Outcome = Outcome.SUCCESS
    detail: Mapping[str, Value] | None = None

    def fields(self) -> dict[str, Value]:
        """What its leaf holds salted hashes of, by name."""
        return {
            "agent": self.agent,
            "tool": self.tool,
            "object": self.object,
            "outcome": self.outcome.value,
            "detail": None if self.detail is None else dict(self.detail),
        }


@dataclass(frozen=True, slots=True)
class Opened:
    """What a field says, with the salt that its hash was made with."""

    salt: bytes
    value: Value

    @property
    def hash(self) -> str:
        """64 hex digits: HMAC-SHA256 of the value's JSON, under the salt."""
        return hmac.new(self.salt, canonical(self.value), hashlib.sha256).hexdigest()

    @classmethod
    def of(cls, value: Value) -> Opened:
        """With a new salt."""
        return cls(secrets.token_bytes(SALT_BYTES), value)


@dataclass(frozen=True, slots=True)
class CustodyEvent:
    """An event in the log."""

    index: int  #: its leaf, from 0
    id: str
    at: datetime
    type: CustodyType
    hashes: Mapping[str, str]  #: of each field, by name
    opened: Mapping[str, Opened]  #: of the fields that are not erased

    def entry(self) -> bytes:
        """What its leaf stands for."""
        return entry(self.id, self.at, self.type, self.hashes)

    def says(self, name: str) -> Value:
        """What a field says. Raises KeyError for one that is erased."""
        return self.opened[name].value

    @property
    def is_erased(self) -> bool:
        """Whether any of it can no longer be read."""
        return self.opened.keys() != self.hashes.keys()


def entry(event_id: str, at: datetime, type_: str, hashes: Mapping[str, str]) -> bytes:
    """What the leaf of an event stands for: JSON with its keys in order, and no blanks."""
    said: dict[str, Value] = {
        "at": at.astimezone(UTC).isoformat(timespec="microseconds"),
        "fields": dict(hashes),
        "form": FORM,
        "id": event_id,
        "type": str(type_),
    }
    return canonical(said)


def canonical(value: Value) -> bytes:
    """A value as JSON, of which there is only one: keys in order, no blanks, ASCII."""
    return json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=True).encode("ascii")
