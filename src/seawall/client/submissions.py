"""Submissions for the transparency database."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime

from seawall.client.call import Call
from seawall.client.group import Group


@dataclass(frozen=True, slots=True)
class Finding:
    """What keeps a submission from going out by itself."""

    field: str
    kind: str  #: of personal data, or `schema`
    words: str


@dataclass(frozen=True, slots=True)
class SubmissionEvent:
    """What happened to a submission."""

    at: datetime
    actor: str
    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class Submission:
    """A submission on one item of a decision."""

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
    events: tuple[SubmissionEvent, ...]


class Submissions(Group):
    """Submissions: `submissions()` lists them, the oldest first."""

    def __call__(self, *, state: str | None = None, decision: str | None = None) -> Iterator[Submission]:
        wanted = {"state": state, "decision": decision}
        return self._listed(Submission, Call("GET", "/v1/submissions", query=wanted))

    def get(self, submission: str) -> Submission:
        """One submission, with all that happened to it. Raises RecordNotFound."""
        return self._read(Submission, Call("GET", "/v1/submissions/{submission}", {"submission": submission}))

    def release(self, submission: str, reason: str, words: Mapping[str, str] | None = None) -> Submission:
        """Let a submission go that is held or was refused. Raises SubmissionHeld, RecordConflict.

        words: by field, in the place of its own.
        """
        body = {"words": dict(words or {}), "reason": reason}
        path = "/v1/submissions/{submission}/release"
        return self._read(Submission, Call("POST", path, {"submission": submission}, json=body))

    def schema(self) -> Mapping[str, object]:
        """The JSON Schema that every submission is held to."""
        found = self._ask(Call("GET", "/v1/submissions/schema")).get("submission")
        return found if isinstance(found, dict) else {}
