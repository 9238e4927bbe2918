"""Matches: where, and how surely, a reference reappears in a query."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import Final, NamedTuple

from seawall.model.signal import SignalType

SCENE: Final = "scene"  #: the transform of a segment that shows the same scene, in which something else moves


class Recommendation(StrEnum):
    """What Seawall suggests; a person decides."""

    STRONG = "strong"
    SUGGEST = "suggest"
    NONE = "none"


class Region(NamedTuple):
    """An upright rectangle in a picture, in shares of its width and height, from the upper left corner."""

    x: float
    y: float
    width: float
    height: float


@dataclass(frozen=True, slots=True)
class Segment:
    """This part of the query is that part of the reference.

    A still has no duration: start equals end, on the side where the still is. A still on the
    query's side lies at 0 s.
    """

    signal: SignalType
    query_start_s: float
    query_end_s: float
    reference_start_s: float
    reference_end_s: float
    speed: float  #: reference seconds that pass in one second of the query
    transform: tuple[str, ...]  #: what was undone to the query before it matched, such as "mirror", and
    #: "scene" where it is the same scene in which something else moves
    score: float  #: 0..1
    query_region: Region | None = None  #: where in the query's picture the reference's lies; None for all
    reference_region: Region | None = None  #: which part of the reference's picture is seen; None for all


@dataclass(frozen=True, slots=True)
class Match:
    """One reference found in one query."""

    reference: str  #: the reference's id
    score: float  #: 0..1, comparable across kinds
    recommendation: Recommendation
    coverage_query: float  #: share of the query that the segments cover, 0..1
    coverage_reference: float  #: share of the reference that they cover, 0..1
    parts: dict[str, float]  #: the score's named parts, one a kind of signal
    segments: tuple[Segment, ...]  #: in the query's order
    suppressed_by: str | None = None  #: id of the negative reference that explains it away
