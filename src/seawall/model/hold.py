"""References that are held, because they suddenly match far more than their kind does."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class State(StrEnum):
    """Whether a hold is in force."""

    HELD = "held"  #: what the reference matches waits for a person
    RELEASED = "released"  #: a person has looked and let it act


@dataclass(frozen=True, slots=True)
class Rule:
    """When a reference is held."""

    window_h: int  #: contents are counted over so many hours
    floor: int  #: contents: no reference that matched fewer in a window is held
    factor: float  #: how many times as much as its kind's busiest do a reference must match
    baseline_h: int  #: over which its kind is looked at


@dataclass(frozen=True, slots=True)
class Counts:
    """What a hold rests on."""

    contents: int  #: that the reference matched within the window
    window_h: int
    limit: int  #: from which on a reference of its bank and kind is held
    usual: int  #: the busiest window of all but the busiest twentieth of the others
    others: int  #: references of the same bank and kind that matched anything within the baseline


@dataclass(frozen=True, slots=True)
class Hold:
    """A reference that is, or was, held."""

    reference: str
    bank: str
    since: datetime
    state: State
    counts: Counts
    released_by: str | None
    released_at: datetime | None
    reason: str | None  #: of the release
