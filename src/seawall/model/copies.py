"""Copies of an incident: the contents in which its references were found, over time."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime

from seawall.model.match import Region
from seawall.model.signal import SignalType


@dataclass(frozen=True, slots=True)
class Stretch:
    """A part of a reference that a copy has, in one kind of signal."""

    signal: SignalType
    start_s: float  #: in the reference
    end_s: float  #: a still's is its start


@dataclass(frozen=True, slots=True)
class Part:
    """What a copy has of one reference, as the latest match of the two says."""

    reference: str  #: its id
    score: float  #: 0..1
    recommendation: str  #: a `match.Recommendation`
    coverage_query: float  #: share of the copy, 0..1
    coverage_reference: float  #: share of the reference, 0..1
    stretches: tuple[Stretch, ...]  #: by signal and start; those that touch are one
    transforms: frozenset[str]  #: all that was undone to the copy, such as "mirror" and "speed:1.25"
    seen: Region | None = None  #: which part of the reference's picture it shows at most; None for all


@dataclass(frozen=True, slots=True)
class Copy:
    """One content in which a reference of the incident was found. Exact copies of a file are one content."""

    number: int  #: of the content among all that were seen
    key: str  #: its SHA-256, or where only hashes came, one of those
    sha256: str | None
    kind: str | None  #: a `content.Kind`
    duration_s: float | None
    first_at: datetime
    last_at: datetime
    seen_at: tuple[datetime, ...] = field(repr=False)  #: of every check that is on record, the oldest first


@dataclass(frozen=True, slots=True)
class Standing:
    """What became of a copy so far: its items by their state, and the choices that stand."""

    items: Mapping[str, int]  #: by `decision.ItemState`
    choices: Mapping[str, int]  #: by `decision.Choice`, of the decisions that stand
    cases: tuple[str, ...]  #: ids


#: Of a copy that no policy brought up.
NOWHERE = Standing({}, {}, ())


@dataclass(frozen=True, slots=True)
class Detail:
    """All that is shown of one copy."""

    copy: Copy
    parts: tuple[Part, ...]  #: one a reference, by its id
    posts: int  #: different ones; 0 where callers name none
    uploaders: int
    standing: Standing


@dataclass(frozen=True, slots=True)
class Copies:
    """The copies of an incident, in the order in which they were first seen."""

    copies: tuple[Copy, ...]
    complete: bool  #: no copy and no check was left out for there being too many
