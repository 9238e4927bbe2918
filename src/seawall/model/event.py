"""What happened that others may want to hear of, and where it is sent."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class EventType(StrEnum):
    """What happened."""

    MATCH_CREATED = "match.created"  #: a check found a known reference
    MATCH_RETRO = "match.retro"  #: a new reference was found in content that was checked earlier
    ITEM_OPENED = "item.opened"  #: content awaits a decision
    DECISION_MADE = "decision.made"
    REFERENCE_ADDED = "reference.added"
    REFERENCE_WITHDRAWN = "reference.withdrawn"
    REFERENCE_HELD = "reference.held"  #: a reference matches far more than its kind does, and no longer acts
    HOLD_SET = "hold.set"  #: a policy asks the platform to hold content for review
    JOB_DONE = "job.done"
    JOB_FAILED = "job.failed"  #: for good, or given up until a person has it resumed
    CLOCK_ALARM = "clock.alarm"  #: so much of a period of law has passed
    STATEMENT_DUE = "statement.due"  #: somebody is to be told of a decision, in words that are on record
    CONTENT_REINSTATED = "content.reinstated"  #: what a decision took away is to be there again
    CONTENT_REFERRED = "content.referred"  #: suspected abuse of a child: it leaves by the hotline
    THREAT_REPORTED = "threat.reported"  #: a life is in danger
    WEBHOOK_TEST = "webhook.test"  #: somebody tries a webhook out


@dataclass(frozen=True, slots=True)
class Event:
    """One thing that happened."""

    id: str
    type: EventType
    at: datetime
    data: Mapping[str, object]


@dataclass(frozen=True, slots=True)
class Webhook:
    """An address that is told of events. Its secret is kept sealed and shown once."""

    id: str
    url: str
    types: tuple[EventType, ...]  #: those it is told of
    active: bool
    inactive_reason: str | None
    created_at: datetime
    created_by: str


@dataclass(frozen=True, slots=True)
class Delivery:
    """One event on its way to one webhook."""

    id: str
    webhook: str
    event: str
    type: EventType
    job: str  #: that delivers it
    state: str  #: `delivered`, `refused`, or the state of its job
    tries: int
    at: datetime
    delivered_at: datetime | None


@dataclass(frozen=True, slots=True)
class Attempt:
    """One try at a delivery."""

    at: datetime
    status: int | None  #: of the answer; None where none came
    duration_ms: int
    error: str | None
