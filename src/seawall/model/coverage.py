"""Whether a content is a full copy of a reference and nothing else."""

from __future__ import annotations

from typing import Final

from seawall.model import spans
from seawall.model.content import Kind
from seawall.model.match import Match, Recommendation, Segment
from seawall.model.signal import SignalType

FULL: Final = 0.98  #: share of both sides that a full copy covers
LONGEST_GAP_S: Final = 1.0  #: that a full copy leaves unmatched; queries are sampled about so often


def is_full_copy(match: Match, kind: str | None, duration_s: float | None, *, has_sound: bool | None) -> bool:
    """Whether a content is the whole of a reference with nothing beside it.

    Other words over known pictures may be a report of them, so that sound counts as much as picture does.
    has_sound: None where it is not known whether a moving picture has any.
    """
    if match.recommendation is not Recommendation.STRONG or match.suppressed_by is not None:
        return False
    if match.coverage_query < FULL or match.coverage_reference < FULL:
        return False
    if any(one.signal in spans.EXACT for one in match.segments):
        return True
    if duration_s is None:
        return kind == Kind.IMAGE and any(_is_whole(one) for one in match.segments)
    senses = [spans.senses(kind)]
    if kind == Kind.VIDEO and has_sound is not False:
        senses.append(spans.SOUND)
    whole = tuple(one for one in match.segments if one.reference_region is None)
    return all(_covers(whole, duration_s, of) for of in senses)


def _covers(segments: tuple[Segment, ...], duration_s: float, of: frozenset[SignalType]) -> bool:
    gaps = [one.length_s for one in spans.unmatched(segments, duration_s, of)]
    return max(gaps, default=0.0) <= LONGEST_GAP_S and sum(gaps) <= duration_s * (1 - FULL) + LONGEST_GAP_S


def _is_whole(segment: Segment) -> bool:
    return segment.query_region is None and segment.reference_region is None
