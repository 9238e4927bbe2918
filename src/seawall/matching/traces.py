"""From sightings to runs: which stretch of the query shows which stretch of the reference, placed where.

A run lies along the line that its sightings lead to (`sighted_lines`). How far it reaches beyond the frames
that were looked at is told by the thumbs, seen through the placement.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from seawall.matching import overlay, sighted_lines, sightings
from seawall.matching.options import SearchOptions
from seawall.matching.sides import Sides
from seawall.matching.sightings import Sighting
from seawall.signals import local

ALIKE: Final = 0.55  #: correlation of thumbs through the placement, along a run
LESS_ALIKE: Final = 0.2  #: beyond the outermost sighting, than at the sightings


@dataclass(frozen=True, slots=True, eq=False)
class Trace:
    """A run that was found through sightings."""

    speed: float  #: reference seconds a query second; negative where it plays backwards; 0 on a still
    offset_s: float
    query_start_s: float
    query_end_s: float
    sightings: tuple[Sighting, ...]  #: at most one a frame of the query, the best
    alike: float  #: mean correlation along it; 1 where thumbs could not be compared
    moments: int  #: of the query's that it covers

    @property
    def best(self) -> Sighting:
        """The sighting with the most keypoints."""
        return max(self.sightings, key=lambda one: len(one.agreement))

    def reference_span_s(self) -> tuple[float, float]:
        """From when to when on the reference, the earlier first."""
        ends = [self.speed * at + self.offset_s for at in (self.query_start_s, self.query_end_s)]
        return max(0.0, min(ends)), max(0.0, *ends)


def traces(sides: Sides, seen: Sequence[Sighting], options: SearchOptions) -> list[Trace]:
    """Runs over different stretches of the query, in its order."""
    found: list[Trace] = []
    left = list(seen)
    while left and len(found) < options.max_segments:
        spent, trace = _trace(sides, left, options)
        if trace is not None and not any(_overlap(trace, other) for other in found):
            found.append(trace)
        left = [one for one in left if id(one) not in spent and not _within(one, trace)]
    return sorted(found, key=lambda one: one.query_start_s)


def _within(one: Sighting, trace: Trace | None) -> bool:
    return trace is not None and trace.query_start_s <= one.query_s <= trace.query_end_s


def _overlap(one: Trace, other: Trace) -> bool:
    shared_s = min(one.query_end_s, other.query_end_s) - max(one.query_start_s, other.query_start_s)
    return shared_s > 0.5 * (one.query_end_s - one.query_start_s)


def _trace(sides: Sides, seen: list[Sighting], options: SearchOptions) -> tuple[set[int], Trace | None]:
    """The run of the line with the most votes, if it holds; and which sightings, by identity, voted."""
    if sides.query.is_still:
        return {id(one) for one in seen}, _still_query(sides, seen)
    if sides.reference.is_still:
        speed, offset_s, voters = 0.0, 0.0, seen
    else:
        speed, offset_s, voters = sighted_lines.vote(seen, options)
    spent = {id(one) for one in voters}
    best = max(voters, key=lambda one: len(one.agreement))
    laid = sides.overlay(best)
    if laid is not None:
        laid = laid.uncovered(*_moments(sides, voters))
    if laid is not None and speed != 0:
        speed, offset_s = sighted_lines.led(sides, laid, (speed, offset_s), voters, seen, options)
    if speed != 0:
        more = sightings.look_along(sides.query_local, sides.reference_local, speed, offset_s, voters)
        off_s = [abs(speed * one.query_s + offset_s - one.reference_s) for one in more]
        voters = [one for one, off in zip(more, off_s, strict=True) if off <= local.STANDING_GAP_S]
    anchors = _best_of_frames([one for one in voters if one.mirrored == best.mirrored])
    return spent, _grown(sides, laid, speed, offset_s, anchors, options)


def moves(sides: Sides, trace: Trace) -> float | None:
    """How far what moves agrees along a trace, in all of the picture or in what is not covered.

    None where that cannot be told.
    """
    whole = None if trace.speed == 0 or sides.query.is_still else sides.overlay(trace.best)
    if whole is None:
        return None
    times_s = sides.query.times_s
    along = np.flatnonzero((times_s >= trace.query_start_s) & (times_s <= trace.query_end_s))
    bare = whole.uncovered(*_moments(sides, trace.sightings))
    return sighted_lines.agreement(sides, (whole, bare), along, (trace.speed, trace.offset_s))


def _still_query(sides: Sides, seen: list[Sighting]) -> Trace:
    """The moment of the reference that the picture shows: near the best sighting, the likest thumb."""
    best = max(seen, key=lambda one: len(one.agreement))
    reference_s, alike = best.reference_s, 1.0
    laid = sides.overlay(best)
    if laid is not None:
        laid = laid.uncovered(*_moments(sides, [best]))
        gap_s = local.STANDING_GAP_S
        near = np.flatnonzero(np.abs(sides.reference.times_s - best.reference_s) <= gap_s)
        if len(near):
            fits = laid.alike(np.zeros(len(near), np.int64), near)
            reference_s, alike = float(sides.reference.times_s[near[int(fits.argmax())]]), float(fits.max())
    return Trace(1.0, reference_s, 0.0, 0.0, (best,), alike, 1)


def _moments(sides: Sides, seen: Sequence[Sighting]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """The moments of both fingerprints that the sightings' frames are."""
    return (
        np.array([np.abs(sides.query.times_s - one.query_s).argmin() for one in seen]),
        np.array([np.abs(sides.reference.times_s - one.reference_s).argmin() for one in seen]),
    )


def _best_of_frames(seen: Sequence[Sighting]) -> list[Sighting]:
    best: dict[float, Sighting] = {}
    for one in seen:
        if one.query_s not in best or len(one.agreement) > len(best[one.query_s].agreement):
            best[one.query_s] = one
    return [best[at] for at in sorted(best)]


def _grown(
    sides: Sides,
    laid: overlay.Overlay | None,
    speed: float,
    offset_s: float,
    anchors: Sequence[Sighting],
    options: SearchOptions,
) -> Trace | None:
    """The longest run about the sightings along which the thumbs stay alike."""
    if not anchors:
        return None
    times_s = sides.query.times_s
    anchor_s = np.array([one.query_s for one in anchors])
    apart_s = np.abs(times_s[:, None] - anchor_s)
    if laid is None:
        alike = np.ones(len(times_s), np.float32)
        looked_s = sides.query_local.times_s
        nearest_s = looked_s[np.abs(times_s[:, None] - looked_s).argmin(axis=1)]
        matched = np.isin(nearest_s, anchor_s)
    else:
        alike = _alike_along(sides, laid, speed, offset_s)
        matched = (alike >= ALIKE) & (apart_s.min(axis=1) <= sighted_lines.BEYOND_S)
    moments = np.flatnonzero(matched)
    if len(moments) == 0:
        return None
    splits = np.flatnonzero(np.diff(times_s[moments]) > options.gap_s + 0.26) + 1
    parts = np.split(moments, splits)
    held = [
        [one for one in anchors if times_s[part[0]] - 0.3 <= one.query_s <= times_s[part[-1]] + 0.3]
        for part in parts
    ]
    chosen = max(range(len(parts)), key=lambda at: (sum(len(one.agreement) for one in held[at]), -at))
    if not held[chosen]:
        return None
    part = parts[chosen]
    first, last = _sure(times_s, alike, part, np.array([one.query_s for one in held[chosen]]))
    start_s, end_s = _ends(sides, speed, offset_s, first, last)
    return Trace(speed, offset_s, start_s, end_s, tuple(held[chosen]), float(alike[part].mean()), len(part))


def _sure(
    times_s: NDArray[np.float64],
    alike: NDArray[np.float32],
    part: NDArray[np.int64],
    seen_s: NDArray[np.float64],
) -> tuple[int, int]:
    """A run's first and last moment, once those beyond its sightings are left out that are far less alike.

    What goes before a copy may be somewhat like it, and is not it.
    """
    seen = np.abs(times_s[:, None] - seen_s).argmin(axis=0)
    least = float(np.median(alike[seen])) - LESS_ALIKE
    kept = part[(alike[part] >= least) | ((part >= seen.min()) & (part <= seen.max()))]
    return (int(kept[0]), int(kept[-1])) if len(kept) else (int(part[0]), int(part[-1]))


def _alike_along(sides: Sides, laid: overlay.Overlay, speed: float, offset_s: float) -> NDArray[np.float32]:
    """(q,) how alike each moment of the query is to what the line says; -1 beyond the reference."""
    times_s, there_s = sides.query.times_s, sides.reference.times_s
    every = np.arange(len(times_s))
    if speed == 0:
        return laid.alike(every, np.zeros(len(times_s), np.int64))
    expected_s = speed * times_s + offset_s
    after = np.clip(np.searchsorted(there_s, expected_s), 1, max(1, len(there_s) - 1))
    after = np.minimum(after, len(there_s) - 1)
    before = np.maximum(after - 1, 0)
    alike = np.maximum(laid.alike(every, before), laid.alike(every, after))
    return np.where(sighted_lines.on_reference(sides, expected_s), alike, np.float32(-1))


def _ends(sides: Sides, speed: float, offset_s: float, first: int, last: int) -> tuple[float, float]:
    """Half way to the moments that no longer match, or to where the reference itself ends between them."""
    times_s = sides.query.times_s
    lower_s = 0.0 if first == 0 else float(times_s[first - 1])
    upper_s = sides.query.duration_s if last == len(times_s) - 1 else float(times_s[last + 1])
    start_s = 0.0 if first == 0 else (lower_s + float(times_s[first])) / 2
    end_s = upper_s if last == len(times_s) - 1 else (upper_s + float(times_s[last])) / 2
    if speed != 0:
        edges = sorted((at - offset_s) / speed for at in (0.0, sides.reference.duration_s))
        if lower_s < edges[0] <= times_s[first]:
            start_s = edges[0]
        if times_s[last] <= edges[1] < upper_s:
            end_s = edges[1]
        start_s, end_s = max(start_s, edges[0]), min(end_s, edges[1])
    return float(min(start_s, times_s[first])), float(max(end_s, times_s[last]))
