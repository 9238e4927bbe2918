"""Which seconds of a content are known, and whether it is a full copy of a reference and nothing else.

A segment that lies in a part of the picture, as in a picture in picture, leaves the rest of the picture
unknown: it covers no second.
"""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final, NamedTuple

from seawall.model.content import Kind
from seawall.model.match import Match, Recommendation, Segment
from seawall.model.signal import SignalType

FULL: Final = 0.98  #: share of both sides that a full copy covers
LONGEST_GAP_S: Final = 1.0  #: that a full copy leaves unmatched; queries are sampled about so often

EXACT: Final = frozenset({SignalType.SHA256, SignalType.MD5})
SOUND: Final = frozenset({SignalType.AUDIO})
PICTURE: Final = frozenset(SignalType) - EXACT - SOUND


class Span(NamedTuple):
    """A stretch of a content."""

    start_s: float
    end_s: float


def matched(segments: Iterable[Segment], of: frozenset[SignalType]) -> tuple[Span, ...]:
    """The stretches in which signals of some kind, or the very bytes, agree over the whole picture."""
    found: list[Span] = []
    known = (one for one in segments if one.signal in of | EXACT and one.query_region is None)
    for one in sorted(known, key=lambda one: one.query_start_s):
        if found and one.query_start_s <= found[-1].end_s:
            found[-1] = Span(found[-1].start_s, max(found[-1].end_s, one.query_end_s))
        else:
            found.append(Span(one.query_start_s, one.query_end_s))
    return tuple(found)


def unmatched(
    segments: Iterable[Segment], duration_s: float | None, of: frozenset[SignalType]
) -> tuple[Span, ...]:
    """The stretches of a content in which nothing of the kind is known. A still has none."""
    gaps: list[Span] = []
    at_s = 0.0
    for start_s, end_s in matched(segments, of):
        if start_s > at_s:
            gaps.append(Span(at_s, min(start_s, duration_s or 0.0)))
        at_s = max(at_s, end_s)
    if duration_s is not None and at_s < duration_s:
        gaps.append(Span(at_s, duration_s))
    return tuple(one for one in gaps if one.end_s > one.start_s)


def main(kind: str | None) -> frozenset[SignalType]:
    """What a content of a kind is looked at, or listened to, for."""
    return SOUND if kind == Kind.AUDIO else PICTURE


def is_full_copy(match: Match, kind: str | None, duration_s: float | None, *, has_sound: bool | None) -> bool:
    """Whether a content is the whole of a reference with nothing beside it.

    Other words over known pictures may be a report of them, so that sound counts as much as picture does.
    has_sound: None where it is not known whether a moving picture has any.
    """
    if match.recommendation is not Recommendation.STRONG or match.suppressed_by is not None:
        return False
    if match.coverage_query < FULL or match.coverage_reference < FULL:
        return False
    if any(one.signal in EXACT for one in match.segments):
        return True
    if duration_s is None:
        return kind == Kind.IMAGE and any(_is_whole(one) for one in match.segments)
    senses = [main(kind)]
    if kind == Kind.VIDEO and has_sound is not False:
        senses.append(SOUND)
    whole = tuple(one for one in match.segments if one.reference_region is None)
    return all(_covers(whole, duration_s, of) for of in senses)


def _covers(segments: tuple[Segment, ...], duration_s: float, of: frozenset[SignalType]) -> bool:
    gaps = [one.end_s - one.start_s for one in unmatched(segments, duration_s, of)]
    return max(gaps, default=0.0) <= LONGEST_GAP_S and sum(gaps) <= duration_s * (1 - FULL) + LONGEST_GAP_S


def _is_whole(segment: Segment) -> bool:
    return segment.query_region is None and segment.reference_region is None
