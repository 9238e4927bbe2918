"""From scattered hits to segments: this part of the query is that part of the reference.

Copied footage keeps its order, so its hits lie on a line, reference time = speed x query time +
offset. Hits vote for lines; the best line is refined against every moment near it; the runs of
matching moments along it become segments; what they explain is taken out, and the rest votes again.
A chance hit has no run and yields nothing.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from seawall.matching import candidates, lines
from seawall.matching.candidates import Hits
from seawall.matching.options import SearchOptions
from seawall.signals import thumb, video

OTHER_SPEED_MOMENTS: Final = 5  #: fewer moments fit a slope by chance
RIVAL_BITS: Final = 12  #: a second run over the same stretch of the reference may be this much worse
DOUBLING_BITS: Final = 32  #: a code this far off weighs as much as a thumb twice as unlike
MAX_LINES: Final = 64  #: tried for one reference, those with the most votes first
MAX_HITS: Final = 50_000  #: of more, a sample votes


@dataclass(frozen=True, slots=True, eq=False)
class Run:
    """A stretch of a line along which the query matches the reference."""

    line: lines.Line
    query_start_s: float
    query_end_s: float
    moments: NDArray[np.int64]  #: the query's matching moments
    positions: NDArray[np.int64]  #: the reference's, one for each
    distances: NDArray[np.int16]  #: bits, one for each
    share: float  #: of the usable moments between start and end that match, 0..1

    @property
    def reference_start_s(self) -> float:
        """Where the run starts on the reference."""
        return max(0.0, min(self._reference_ends_s()))

    @property
    def reference_end_s(self) -> float:
        """Where it ends there; footage played backwards ends where the query shows it first."""
        return max(self._reference_ends_s())

    def _reference_ends_s(self) -> tuple[float, float]:
        line = self.line
        first_s, last_s = (line.speed * at + line.offset_s for at in (self.query_start_s, self.query_end_s))
        return first_s, last_s


def align(
    query: video.Fingerprint, reference: video.Fingerprint, hits: Hits, options: SearchOptions
) -> list[Run]:
    """Every run that the hits lead to, no two over the same moments of the query."""
    if query.is_still:
        return _place_still(query, reference)
    if reference.is_still:
        longest = sorted(_still_in_video(query, reference, options), key=lambda run: -len(run.moments))
        return sorted(longest[: options.max_segments], key=lambda run: run.query_start_s)
    runs: list[Run] = []
    left = _sampled(hits)
    free = np.ones(len(query), np.bool_)
    for _ in range(MAX_LINES):
        if len(left) == 0 or len(runs) >= options.max_segments:
            break
        voted, line = lines.best_line(query, reference, left, options)
        support = lines.along(query, reference, line)
        found = [
            run
            for run in _runs(query, reference, line, support, free, options)
            if _holds(run, query, options)
        ]
        runs += found
        for run in found:
            free[run.moments[0] : run.moments[-1] + 1] = False
        # What voted goes too: refining may have moved the line away from it, and it would vote again.
        spent = lines.on_line(query, reference, left, line) | lines.on_line(query, reference, left, voted)
        left = left.where(~spent & free[left.query])
    return _parted(sorted(_without_echoes(runs), key=lambda run: run.query_start_s))


def _parted(runs: Sequence[Run]) -> list[Run]:
    """Runs in the query's order, cut where two reach into each other: each was led on past its moments."""
    parted: list[Run] = []
    for run in runs:
        if parted and parted[-1].query_end_s > run.query_start_s:
            cut_s = (parted[-1].query_end_s + run.query_start_s) / 2
            parted[-1] = dataclasses.replace(parted[-1], query_end_s=cut_s)
            run = dataclasses.replace(run, query_start_s=cut_s)
        parted.append(run)
    return parted


def _without_echoes(runs: list[Run]) -> list[Run]:
    """The runs but those that only exist because the reference resembles itself.

    Footage that repeats in the query matches as well each time; an echo lies over a stretch of the
    reference that another run explains better.
    """
    kept: list[Run] = []
    for run in sorted(runs, key=lambda run: len(run.moments), reverse=True):
        length_s = run.reference_end_s - run.reference_start_s
        echo = any(
            min(run.reference_end_s, other.reference_end_s)
            - max(run.reference_start_s, other.reference_start_s)
            > length_s / 2
            and run.distances.mean() > other.distances.mean() + RIVAL_BITS
            for other in kept
        )
        if not echo:
            kept.append(run)
    return kept


def _sampled(hits: Hits) -> Hits:
    if len(hits) <= MAX_HITS:
        return hits
    kept = np.zeros(len(hits), np.bool_)
    kept[candidates.sample(np.arange(len(hits)), MAX_HITS)] = True
    return hits.where(kept)


def _runs(
    query: video.Fingerprint,
    reference: video.Fingerprint,
    line: lines.Line,
    support: lines.Support,
    free: NDArray[np.bool_],
    options: SearchOptions,
) -> Iterator[Run]:
    """The stretches of the line along which moments match, split where none does for too long."""
    usable = query.usable() & reference.usable()[support.positions]
    matched = np.flatnonzero(support.matched(usable & free, options.loose_bits))
    if len(matched) == 0:
        return
    # Where both are too dark or flat to tell, time does not count against the run.
    blank = support.inside & ~query.usable() & ~reference.usable()[support.positions]
    steps_s = np.diff(query.times_s, prepend=query.times_s[0])
    counted_s = np.cumsum(np.where(blank, 0.0, steps_s))
    taken = np.cumsum(~free)[matched]  # what an earlier run took is not bridged
    splits = np.flatnonzero((np.diff(counted_s[matched]) > options.gap_s) | (np.diff(taken) > 0)) + 1
    for moments in np.split(matched, splits):
        between = slice(int(moments[0]), int(moments[-1]) + 1)
        start_s, end_s = _ends(query, reference, line, *_over_blank(moments, blank & free))
        yield Run(
            line=line,
            query_start_s=start_s,
            query_end_s=end_s,
            moments=moments,
            positions=support.positions[moments],
            distances=support.distances[moments],
            share=len(moments) / max(1, int((usable & support.inside)[between].sum())),
        )


def _over_blank(moments: NDArray[np.int64], blank: NDArray[np.bool_]) -> tuple[int, int]:
    """First and last moment of a run, led on over what is blank in both."""
    first, last = int(moments[0]), int(moments[-1])
    while first > 0 and blank[first - 1]:
        first -= 1
    while last < len(blank) - 1 and blank[last + 1]:
        last += 1
    return first, last


def _ends(
    query: video.Fingerprint, reference: video.Fingerprint, line: lines.Line, first: int, last: int
) -> tuple[float, float]:
    """Start and end on the query, to less than a sampling step.

    A cut lies between the last moment that does not match and the first that does: half way, unless
    the reference itself starts or ends in between.
    """
    times_s = query.times_s
    start_s, end_s = _half_way(query, first, last)
    edges_s = [(at - line.offset_s) / line.speed for at in (0.0, reference.duration_s)]
    on_reference_from_s, on_reference_to_s = min(edges_s), max(edges_s)
    start_s, end_s = max(start_s, on_reference_from_s), min(end_s, on_reference_to_s)
    if first > 0 and times_s[first - 1] < on_reference_from_s <= times_s[first]:
        start_s = on_reference_from_s
    if last < len(query) - 1 and times_s[last] <= on_reference_to_s < times_s[last + 1]:
        end_s = on_reference_to_s
    return float(min(start_s, times_s[first])), float(max(end_s, times_s[last]))


def _half_way(query: video.Fingerprint, first: int, last: int) -> tuple[float, float]:
    """From half way before the first moment to half way after the last, or to the query's own ends."""
    times_s = query.times_s
    start_s = 0.0 if first == 0 else float(times_s[first - 1] + times_s[first]) / 2
    end_s = query.duration_s if last == len(query) - 1 else float(times_s[last] + times_s[last + 1]) / 2
    return start_s, end_s


def _holds(run: Run, query: video.Fingerprint, options: SearchOptions) -> bool:
    """Whether a run is more than a chance hit: some moments, one of them as close as the index asks.

    A query that has but one usable moment cannot show more.
    """
    at_least = options.run_moments if run.line.speed == 1.0 else OTHER_SPEED_MOMENTS
    enough = min(at_least, int(query.usable().sum()))
    return len(run.moments) >= enough and bool((run.distances <= options.radius_bits).any())


def _place_still(query: video.Fingerprint, reference: video.Fingerprint) -> list[Run]:
    """The reference's moment that is this picture: the likest thumb, with one of the closest codes.

    Neighbouring frames differ by next to nothing, of which the light is a part. The crops of a picture differ
    by what they show: by levels, a copy that is duller than its source would be nearest to the dullest crop.
    """
    bits = np.bitwise_count(reference.codes ^ query.codes[0]).sum(axis=1, dtype=np.int16)
    unlike = bits.astype(np.float32)
    if query.thumbs is not None and reference.thumbs is not None:
        if reference.is_still:
            unlike = 1 - thumb.correlation(query.thumbs[:1], reference.thumbs)
        else:
            unlike = thumb.mean_square_difference(query.thumbs[0], reference.thumbs)
        unlike = unlike * (1 + bits / DOUBLING_BITS)
    usable = np.flatnonzero(reference.usable())
    best = int(usable[unlike[usable].argmin()])
    one = np.zeros(1, np.int64)
    line = lines.Line(1.0, float(reference.times_s[best]))
    return [Run(line, 0.0, 0.0, one, one + best, bits[[best]], 1.0)]


def _still_in_video(
    query: video.Fingerprint, reference: video.Fingerprint, options: SearchOptions
) -> Iterator[Run]:
    """Every stretch of the query that shows the reference's picture. On the reference all is at 0 s."""
    everywhere = lines.Line(0.0, 0.0)
    bits = np.bitwise_count(query.codes ^ reference.codes[0]).sum(axis=1, dtype=np.int16)
    matched = np.flatnonzero(query.usable() & (bits <= options.radius_bits))
    times_s = query.times_s
    splits = np.flatnonzero(np.diff(times_s[matched]) > options.gap_s) + 1
    for moments in np.split(matched, splits) if len(matched) else ():
        first, last = int(moments[0]), int(moments[-1])
        start_s, end_s = _half_way(query, first, last)
        share = len(moments) / (last - first + 1)
        zeros = np.zeros(len(moments), np.int64)
        yield Run(everywhere, start_s, end_s, moments, zeros, bits[moments], share)
