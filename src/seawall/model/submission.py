"""Submissions for the Commission's transparency database, and where each stands on its way out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from seawall.model.exchange import Json


class SubmissionState(StrEnum):
    """Where a submission stands."""

    PENDING = "pending"  #: it goes out with the next batch
    HELD = "held"  #: a person has to look at it first
    SENT = "sent"  #: the database has it
    REFUSED = "refused"  #: the database has said no, and why


#: States in which a person can change a submission's words and let it go.
WAITING: Final = frozenset({SubmissionState.HELD, SubmissionState.REFUSED})


class WhyNone(StrEnum):
    """Why a decision that restricts has no submission."""

    ORDER = "order"  #: it follows an order of an authority
    ELSEWHERE = "elsewhere"  #: it restricts nothing in the Economic Area


@dataclass(frozen=True, slots=True)
class Finding:
    """What keeps a submission from going out by itself."""

    field: str
    kind: str  #: what sort of personal data it seems to be, or `schema`
    words: str  #: what was found; for `schema`, what is wrong


@dataclass(frozen=True, slots=True)
class Findings:
    """All of a submission."""

    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class NewSubmission:
    """A submission as it is made."""

    item: str  #: id of the item that it is about
    puid: str
    payload: Mapping[str, Json]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class SubmissionEvent:
    """What happened to a submission. Events are only added."""

    at: datetime
    actor: str
    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class Submission:
    """A submission on record."""

    id: str
    puid: str  #: by which the database knows it
    decision: str
    item: str
    state: SubmissionState
    payload: Mapping[str, Json]
    findings: tuple[Finding, ...]
    answer: Mapping[str, Json] | None  #: what the database said last
    tries: int  #: how often it was sent, or its sending began
    at: datetime
    sent_at: datetime | None
    events: tuple[SubmissionEvent, ...]
