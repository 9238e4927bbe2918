"""Copies of an incident, how they spread, and which could have been cut from which."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime


@dataclass(frozen=True, slots=True)
class CopyStretch:
    """A part of a reference that a copy has, in one kind of signal."""

    signal: str
    start_s: float  #: in the reference
    end_s: float


@dataclass(frozen=True, slots=True)
class CopyPart:
    """What a copy has of one reference, as their latest match says."""

    reference: str
    score: float
    recommendation: str
    coverage_query: float
    coverage_reference: float
    stretches: tuple[CopyStretch, ...]
    transforms: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Copy:
    """One content in which a reference of the incident was found."""

    content: str  #: its SHA-256; where only hashes came, what it is known by
    sha256: str | None
    kind: str | None
    duration_s: float | None
    first_at: datetime
    last_at: datetime
    times: int  #: that it was checked
    posts: int
    uploaders: int
    parts: tuple[CopyPart, ...]
    items: Mapping[str, int]  #: under decision, by state
    choices: Mapping[str, int]  #: that stand for them
    cases: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class SpreadBin:
    """What came from a time on, for the length of a step."""

    start: datetime
    new: int
    repeated: int
    checked: bool  #: any check is on record; without one, nothing could be seen


@dataclass(frozen=True, slots=True)
class Spread:
    """Copies over time, from the first to the last time that one was seen."""

    step_s: float
    complete: bool  #: all copies and checks could be read
    bins: tuple[SpreadBin, ...]


@dataclass(frozen=True, slots=True)
class Cut:
    """Why a copy could have been cut from another. It never says that it was."""

    content: str  #: the other one
    extra_s: float  #: what would have been left out at least
    added: tuple[str, ...]  #: what was done to this one and not to the other
    later_s: float
    fits: int  #: from how many it could have been cut
    direct: bool


@dataclass(frozen=True, slots=True)
class Variant:
    """Copies that nothing tells apart."""

    content: str  #: the one that was seen first
    alike: tuple[str, ...]
    size: int  #: copies in it and in all that could come from it
    cut_from: Cut | None
    root: str | None  #: why there is none; None where there is one
