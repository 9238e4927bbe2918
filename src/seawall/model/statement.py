"""Statements for the Commission's transparency database, and where each stands on its way out."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from typing import Final

from seawall.model.exchange import Json


class StatementState(StrEnum):
    """Where a statement stands."""

    PENDING = "pending"  #: it goes out with the next batch
    HELD = "held"  #: a person has to look at it first
    SENT = "sent"  #: the database has it
    REFUSED = "refused"  #: the database has said no, and why


#: States in which a person can change a statement's words and let it go.
WAITING: Final = frozenset({StatementState.HELD, StatementState.REFUSED})


class WhyNone(StrEnum):
    """Why a decision that restricts has no statement."""

    ORDER = "order"  #: it follows an order of an authority
    ELSEWHERE = "elsewhere"  #: it restricts nothing in the Economic Area


@dataclass(frozen=True, slots=True)
class Finding:
    """What keeps a statement from going out by itself."""

    field: str
    kind: str  #: what sort of personal data it seems to be, or `schema`
    words: str  #: what was found; for `schema`, what is wrong


@dataclass(frozen=True, slots=True)
class Findings:
    """All of a statement."""

    findings: tuple[Finding, ...] = ()


@dataclass(frozen=True, slots=True)
class NewStatement:
    """A statement as it is made."""

    item: str  #: id of the item that it is about
    puid: str
    payload: Mapping[str, Json]
    findings: tuple[Finding, ...]


@dataclass(frozen=True, slots=True)
class StatementEvent:
    """What happened to a statement. Events are only added."""

    at: datetime
    actor: str
    what: str
    reason: str


@dataclass(frozen=True, slots=True)
class Statement:
    """A statement on record."""

    id: str
    puid: str  #: by which the database knows it
    decision: str
    item: str
    state: StatementState
    payload: Mapping[str, Json]
    findings: tuple[Finding, ...]
    answer: Mapping[str, Json] | None  #: what the database said last
    tries: int  #: how often it was sent, or its sending began
    at: datetime
    sent_at: datetime | None
    events: tuple[StatementEvent, ...]
