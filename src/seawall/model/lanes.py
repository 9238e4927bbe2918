"""Where a content and a reference agree, picture and sound apart, as two time lines show it."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from seawall.model.match import Match, Segment
from seawall.model.signal import SignalType

#: The transform of what is played backwards, as `matching.explain` names it.
_BACKWARDS: Final = "reverse"

#: Shorter gaps are no stretches of their own: they come of where frames were taken, in seconds.
SLACK_S: Final = 0.5


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


@dataclass(frozen=True, slots=True)
class Lane:
    """One sense of a match on two time lines."""

    sense: Sense
    parts: tuple[Part, ...]  #: in the content's order
    matched_s: float  #: of the content, each second once
    unmatched: tuple[tuple[float, float], ...]  #: stretches of the content, from and to, in seconds


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
    matched = _merged((one.start_s, one.end_s) for one in parts)
    return Lane(
        sense, parts, sum(end - start for start, end in matched), tuple(_gaps(matched, duration_s or 0.0))
    )


def _part(one: Segment) -> Part:
    return Part(
        start_s=one.query_start_s,
        end_s=one.query_end_s,
        reference_start_s=one.reference_start_s,
        reference_end_s=one.reference_end_s,
        backwards=_BACKWARDS in one.transform,
        speed=one.speed,
        transform=one.transform,
        score=one.score,
    )


def _merged(spans: Iterable[tuple[float, float]]) -> list[tuple[float, float]]:
    made: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if made and start <= made[-1][1]:
            made[-1] = (made[-1][0], max(made[-1][1], end))
        else:
            made.append((start, end))
    return made


def _gaps(matched: Sequence[tuple[float, float]], duration_s: float) -> Iterable[tuple[float, float]]:
    at = 0.0
    for start, end in (*matched, (duration_s, duration_s)):
        if start - at > SLACK_S:
            yield (at, start)
        at = max(at, end)
