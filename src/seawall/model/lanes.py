"""Where a content and a reference agree, picture and sound apart, as two time lines show it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from seawall.model import spans
from seawall.model.match import SCENE, Match, Segment
from seawall.model.signal import SignalType
from seawall.model.spans import Span


class Sense(StrEnum):
    """What of a content agrees."""

    PICTURE = "picture"
    SOUND = "sound"


@dataclass(frozen=True, slots=True)
class Part:
    """This stretch of the content is that stretch of the reference; all in seconds."""

    start_s: float
    end_s: float
    reference_start_s: float
    reference_end_s: float
    backwards: bool  #: the content plays it from its end to its start
    speed: float
    transform: tuple[str, ...]
    score: float

    @property
    def is_of_scene(self) -> bool:
        """Whether it is the same scene at most, in which something else moves."""
        return SCENE in self.transform


@dataclass(frozen=True, slots=True)
class Lane:
    """One sense of a match on two time lines."""

    sense: Sense
    parts: tuple[Part, ...]  #: in the content's order
    matched_s: float  #: of the content, each second once
    unmatched: tuple[Span, ...]  #: of the content


@dataclass(frozen=True, slots=True)
class Lines:
    """Two time lines. A duration of None is that of a still, or of what is not known."""

    duration_s: float | None
    reference_duration_s: float | None
    lanes: tuple[Lane, ...]

    @property
    def can_be_drawn(self) -> bool:
        """Whether both sides have a duration, and something is aligned."""
        return bool(self.duration_s and self.reference_duration_s and self.lanes)

    @property
    def is_of_scene(self) -> bool:
        """Whether some of it is the same scene at most."""
        return any(part.is_of_scene for lane in self.lanes for part in lane.parts)


def lines(match: Match, duration_s: float | None, reference_duration_s: float | None) -> Lines:
    """Those of a match. A duration that is not known is as long as its segments reach."""
    ends = [one.query_end_s for one in match.segments]
    reference_ends = [one.reference_end_s for one in match.segments]
    length_s = duration_s or max(ends, default=0.0) or None
    found = []
    for sense in Sense:
        mine = [one for one in match.segments if _sense(one) is sense]
        if mine:
            found.append(_lane(sense, mine, length_s))
    return Lines(length_s, reference_duration_s or max(reference_ends, default=0.0) or None, tuple(found))


def _sense(segment: Segment) -> Sense:
    return Sense.SOUND if segment.signal is SignalType.AUDIO else Sense.PICTURE


def _lane(sense: Sense, segments: Sequence[Segment], duration_s: float | None) -> Lane:
    parts = tuple(_part(one) for one in sorted(segments, key=lambda one: one.query_start_s))
    matched = [Span(one.start_s, one.end_s) for one in parts]
    unmatched = spans.gaps(duration_s or 0.0, matched, slack_s=spans.SLACK_S)
    return Lane(sense, parts, spans.length_s(matched), unmatched)


def _part(one: Segment) -> Part:
    return Part(
        start_s=one.query_start_s,
        end_s=one.query_end_s,
        reference_start_s=one.reference_start_s,
        reference_end_s=one.reference_end_s,
        backwards=spans.REVERSE in one.transform,
        speed=one.speed,
        transform=one.transform,
        score=one.score,
    )
