"""Stretches of time: what segments cover of a content, and what they leave."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Final, NamedTuple

from seawall.model.content import Kind
from seawall.model.match import Segment
from seawall.model.signal import SignalType

_NO_TIME_S: Final = 1e-6
#: As a segment's transform names what runs backwards.
REVERSE: Final = "reverse"


class Span(NamedTuple):
    """From one time to a later one."""

    start_s: float
    end_s: float

    @property
    def length_s(self) -> float:
        return self.end_s - self.start_s


def merged(spans: Iterable[Span]) -> tuple[Span, ...]:
    """The same stretches without overlaps, in order; those without a length are left out."""
    joined: list[Span] = []
    for one in sorted(span for span in spans if span.end_s > span.start_s):
        if joined and one.start_s <= joined[-1].end_s:
            joined[-1] = Span(joined[-1].start_s, max(joined[-1].end_s, one.end_s))
        else:
            joined.append(one)
    return tuple(joined)


def gaps(duration_s: float, spans: Iterable[Span], *, slack_s: float = 0.0) -> tuple[Span, ...]:
    """What the spans leave of 0 to `duration_s`, in order; a gap up to `slack_s` counts as covered."""
    left: list[Span] = []
    at_s = 0.0
    for one in (*merged(spans), Span(duration_s, duration_s)):
        gap = Span(at_s, min(one.start_s, duration_s))
        if gap.length_s > slack_s:
            left.append(gap)
        at_s = max(at_s, one.end_s)
    return tuple(left)


def length_s(spans: Iterable[Span]) -> float:
    """Seconds that the spans cover together; what two cover counts once."""
    return sum(one.length_s for one in merged(spans))


def covers(spans: Iterable[Span], time_s: float) -> bool:
    """Whether a time lies in one of the spans."""
    return any(one.start_s <= time_s <= one.end_s for one in spans)


def first(spans: Iterable[Span], *, from_s: float, most_s: float) -> tuple[Span, ...]:
    """The spans from a time on, together no longer than `most_s`."""
    kept: list[Span] = []
    left_s = most_s
    for one in merged(Span(max(span.start_s, from_s), span.end_s) for span in spans):
        if left_s < _NO_TIME_S:
            break
        kept.append(Span(one.start_s, min(one.end_s, one.start_s + left_s)))
        left_s -= kept[-1].length_s
    return tuple(kept)


def unmatched(
    kind: str | None, duration_s: float | None, segments: Iterable[Segment], *, slack_s: float = 0.0
) -> tuple[Span, ...]:
    """The seconds of a content that no segment covers: those that a person has not seen in the reference.

    kind: a `content.Kind`. Of what has pictures, only pictures cover: known sound may lie under unknown
    pictures. Equal bytes cover all. None for a still, which has no seconds.
    """
    known = list(segments)
    if not duration_s or any(one.signal is SignalType.SHA256 for one in known):
        return ()
    heard = kind == Kind.AUDIO
    covering = [one for one in known if (one.signal is SignalType.AUDIO) is heard]
    return gaps(duration_s, (Span(one.query_start_s, one.query_end_s) for one in covering), slack_s=slack_s)


def in_reference(segments: Sequence[Segment], time_s: float) -> float | None:
    """The reference's time that a query's time is aligned with, by pictures; None where none covers it.

    Of several segments the one with the highest score tells.
    """
    seen = [one for one in segments if one.signal is not SignalType.AUDIO]
    there = [one for one in seen if one.query_start_s <= time_s <= one.query_end_s]
    if not there:
        return None
    best = max(there, key=lambda one: one.score)
    length = best.query_end_s - best.query_start_s
    share = (time_s - best.query_start_s) / length if length > 0 else 0.0
    if REVERSE in best.transform:
        share = 1.0 - share
    return best.reference_start_s + share * (best.reference_end_s - best.reference_start_s)
