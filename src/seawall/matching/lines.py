"""Lines through the hits: reference time = speed x query time + offset.

Hits vote for lines, and the line with the most votes is moved to where the moments themselves agree
best. Voting on offset and slope is the Hough transform, as used for copy localisation since Douze et
al., "An image-based approach to video copy detection", 2010.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from seawall.matching.candidates import Hits
from seawall.matching.options import SearchOptions
from seawall.signals import thumb, video

VOTE_WIDTH_S: Final = 0.5  #: hits whose offsets differ by less vote for the same line
SPEED_STEP: Final = 1.02
MAX_SPEED_FIT: Final = 0.05  #: of the voted speed: a fit further from it followed stray hits
OTHER_SPEED_MARGIN: Final = 1.1  #: footage is far more often copied at its own speed than at any other
CLOSENESS_BITS: Final = 8.0  #: a hit this much further away counts half
NEIGHBOUR_S: Final = 0.12  #: how far ahead of its time a reference's next moment may stand in
REFINE_SPAN_S: Final = 0.6
REFINE_STEPS: Final = ((REFINE_SPAN_S, 0.04), (0.05, 0.01))  #: (reach, step) of the offset's search
REFINE_MOMENTS: Final = 240  #: so many moments settle a line, however long it is
CAPPED_BITS: Final = 64  #: a moment further off is not part of the copy and must not steer it


@dataclass(frozen=True, slots=True)
class Line:
    """Reference time = speed x query time + offset."""

    speed: float  #: negative where the query plays the reference backwards
    offset_s: float

    def reference_s(self, query_s: NDArray[np.float64]) -> NDArray[np.float64]:
        """Where on the reference the query's times lie."""
        return self.speed * query_s + self.offset_s


@dataclass(frozen=True, slots=True, eq=False)
class Support:
    """What each moment of the query meets along a line."""

    inside: NDArray[np.bool_]  #: (q,) whether the line is on the reference there
    positions: NDArray[np.int64]  #: (q,) the reference's closest moment
    distances: NDArray[np.int16]  #: (q,) bits to it

    def matched(self, usable: NDArray[np.bool_], loose_bits: int) -> NDArray[np.bool_]:
        """(q,) which moments of the query are the reference's."""
        matched: NDArray[np.bool_] = self.inside & usable & (self.distances <= loose_bits)
        return matched


def best_line(
    query: video.Fingerprint, reference: video.Fingerprint, hits: Hits, options: SearchOptions
) -> tuple[Line, Line]:
    """The line at the footage's own speed, unless one at another speed fits clearly better.

    Returned as voted, and as refined.
    """
    own_voted, own_votes = _vote(query, reference, hits, [1.0])
    other_voted, other_votes = _vote(query, reference, hits, _speeds(options))
    own = _refine(own_voted, query, reference, hits)
    if other_votes <= own_votes * OTHER_SPEED_MARGIN:
        return own_voted, own
    other = _refine(other_voted, query, reference, hits)
    voters = np.unique(
        hits.query[on_line(query, reference, hits, own) | on_line(query, reference, hits, other)]
    )
    if len(voters) == 0:  # refined away from the few hits that there were
        return own_voted, own
    own_cost, other_cost = (_cost(query, reference, line, voters) for line in (own, other))
    return (other_voted, other) if other_cost * OTHER_SPEED_MARGIN < own_cost else (own_voted, own)


def _vote(
    query: video.Fingerprint, reference: video.Fingerprint, hits: Hits, speeds: Iterable[float]
) -> tuple[Line, float]:
    """The line with the most votes, and their sum. Each of the query's moments spreads one over its hits."""
    query_s, reference_s = query.times_s[hits.query], reference.times_s[hits.reference]
    closeness = np.exp2(-hits.distances / CLOSENESS_BITS)
    weights = closeness / np.bincount(hits.query, closeness)[hits.query]
    best, best_votes = Line(1.0, 0.0), 0.0
    for speed in speeds:
        offsets = reference_s - speed * query_s
        order = np.argsort(offsets)
        ordered = offsets[order]
        sums = np.concatenate([[0.0], np.cumsum(weights[order])])
        ends = np.searchsorted(ordered, ordered + VOTE_WIDTH_S, side="right")
        votes = sums[ends] - sums[:-1]
        top = int(votes.argmax())
        if votes[top] > best_votes + 1e-9:
            inside = slice(top, int(ends[top]))
            centre = np.average(ordered[inside], weights=weights[order][inside])
            best, best_votes = Line(speed, float(centre)), float(votes[top])
    return best, best_votes


def _speeds(options: SearchOptions) -> Iterator[float]:
    """All but 1, further and further from it, so that ties go to the smaller change.

    Negative ones are of footage that is played backwards.
    """
    yield -1.0
    factor = SPEED_STEP
    while factor <= max(options.speed_max, 1 / options.speed_min):
        if factor <= options.speed_max:
            yield from (factor, -factor)
        if 1 / factor >= options.speed_min:
            yield from (1 / factor, -1 / factor)
        factor *= SPEED_STEP


def on_line(
    query: video.Fingerprint, reference: video.Fingerprint, hits: Hits, line: Line
) -> NDArray[np.bool_]:
    """(m,) which hits the line explains."""
    expected_s = line.reference_s(query.times_s[hits.query])
    near: NDArray[np.bool_] = np.abs(reference.times_s[hits.reference] - expected_s) <= VOTE_WIDTH_S
    return near


def _refine(line: Line, query: video.Fingerprint, reference: video.Fingerprint, hits: Hits) -> Line:
    """The same line, moved to where the moments themselves agree best.

    Codes settle moving footage to a frame; thumbs settle what stands nearly still.
    """
    moments = np.unique(hits.query[on_line(query, reference, hits, line)])
    if len(moments) > REFINE_MOMENTS:
        moments = moments[np.linspace(0, len(moments) - 1, REFINE_MOMENTS).astype(np.int64)]
    if abs(line.speed) != 1.0 and len(moments) > 1:
        line = _fit_speed(line, query, reference, hits)
    for reach_s, step_s in REFINE_STEPS:
        shifts = np.arange(-round(reach_s / step_s), round(reach_s / step_s) + 1) * step_s
        costs = [
            _cost(query, reference, Line(line.speed, line.offset_s + shift), moments) for shift in shifts
        ]
        # The middle of the best stretch: standing pictures leave several shifts equally good.
        good = shifts[np.array(costs) <= min(costs) + 1e-6]
        line = Line(line.speed, line.offset_s + float(good[np.abs(good - np.median(good)).argmin()]))
    return line


def _fit_speed(line: Line, query: video.Fingerprint, reference: video.Fingerprint, hits: Hits) -> Line:
    """Least squares through the close hits on the line, the closest counting most."""
    near = hits.where(on_line(query, reference, hits, line))
    query_s, reference_s = query.times_s[near.query], reference.times_s[near.reference]
    if np.ptp(query_s) < 1.0:
        return line
    speed, offset_s = np.polyfit(query_s, reference_s, 1, w=np.exp2(-near.distances / CLOSENESS_BITS))
    if abs(speed / line.speed - 1) > MAX_SPEED_FIT:
        return line
    return Line(float(speed), float(offset_s))


def _cost(
    query: video.Fingerprint, reference: video.Fingerprint, line: Line, moments: NDArray[np.int64]
) -> float:
    """How badly the moments fit the line: bits, and unlike thumbs for the last word."""
    support = along(query, reference, line, moments)
    bits = np.where(support.inside, np.minimum(support.distances, CAPPED_BITS), CAPPED_BITS)
    cost = float(bits.mean())
    if query.thumbs is not None and reference.thumbs is not None:
        alike = thumb.correlation(query.thumbs[moments], reference.thumbs[support.positions])
        cost += CAPPED_BITS * float(np.where(support.inside, 1 - alike, 1).mean())
    return cost


def along(
    query: video.Fingerprint,
    reference: video.Fingerprint,
    line: Line,
    moments: NDArray[np.int64] | None = None,
) -> Support:
    """What the query's moments, or the given ones, meet on the reference along the line.

    A kept moment stands for all frames up to the next one, so the last one before the expected time
    is compared, and the next if it is close.
    """
    query_s = query.times_s if moments is None else query.times_s[moments]
    codes = query.codes if moments is None else query.codes[moments]
    expected_s = line.reference_s(query_s)
    times_s = reference.times_s
    after = np.searchsorted(times_s, expected_s + 1e-6)
    before = np.maximum(after - 1, 0)
    after = np.where(after < len(times_s), after, before)
    after = np.where(times_s[after] - expected_s <= NEIGHBOUR_S, after, before)
    bits_before = np.bitwise_count(codes ^ reference.codes[before]).sum(axis=1, dtype=np.int16)
    bits_after = np.bitwise_count(codes ^ reference.codes[after]).sum(axis=1, dtype=np.int16)
    nearer = bits_after < bits_before
    slack_s = NEIGHBOUR_S
    inside = (expected_s >= -slack_s) & (expected_s <= reference.duration_s + slack_s)
    return Support(inside, np.where(nearer, after, before), np.where(nearer, bits_after, bits_before))
