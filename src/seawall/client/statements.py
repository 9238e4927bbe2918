"""Statements for the transparency database, and the yearly report."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from seawall.client.call import Call
from seawall.client.group import Group


@dataclass(frozen=True, slots=True)
class Finding:
    """What keeps a statement from going out by itself."""

    field: str
    kind: str  #: of personal data, or `schema`
    words: str


@dataclass(frozen=True, slots=True)
class StatementEvent:
    """What happened to a statement."""

    at: datetime
    actor: str
    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement on one item of a decision."""

    id: str
    puid: str  #: by which the database knows it
    decision: str
    item: str
    state: str  #: pending, held, sent or refused
    payload: Mapping[str, object]
    findings: tuple[Finding, ...]
    answer: Mapping[str, object] | None  #: what the database said last
    tries: int
    at: datetime
    sent_at: datetime | None
    events: tuple[StatementEvent, ...]


class Statements(Group):
    """Statements: `statements()` lists them, the oldest first."""

    def __call__(self, *, state: str | None = None, decision: str | None = None) -> Iterator[Statement]:
        wanted = {"state": state, "decision": decision}
        return self._listed(Statement, Call("GET", "/v1/statements", query=wanted))

    def get(self, statement: str) -> Statement:
        """One statement, with all that happened to it. Raises RecordNotFound."""
        return self._read(Statement, Call("GET", "/v1/statements/{statement}", {"statement": statement}))

    def release(self, statement: str, reason: str, words: Mapping[str, str] | None = None) -> Statement:
        """Let a statement go that is held or was refused. Raises StatementHeld, RecordConflict.

        words: by field, in the place of its own.
        """
        body = {"words": dict(words or {}), "reason": reason}
        path = "/v1/statements/{statement}/release"
        return self._read(Statement, Call("POST", path, {"statement": statement}, json=body))

    def schema(self) -> Mapping[str, object]:
        """The JSON Schema that every statement is held to."""
        found = self._ask(Call("GET", "/v1/statements/schema")).get("statement")
        return found if isinstance(found, dict) else {}
