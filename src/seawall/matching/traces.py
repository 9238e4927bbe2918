"""From sightings to runs: which stretch of the query shows which stretch of the reference, placed where.

Sightings vote for lines, reference time = speed x query time + offset, with speeds from half to double and
their negatives, which is footage played backwards. A frame's keypoints hardly tell its time to better than
a second, so what was voted is settled by the thumbs seen through the placement, and they also say how far
the run reaches beyond the frames that were looked at.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from seawall.matching import moving, overlay, sightings
from seawall.matching.options import SearchOptions
from seawall.matching.sides import Sides
from seawall.matching.sightings import Sighting
from seawall.signals import local

VOTE_WIDTH_S: Final = 0.8  #: of sightings' reference times about a line
SPEED_STEP: Final = 1.02
OTHER_SPEED_MARGIN: Final = 1.25  #: votes that another speed needs, as a multiple of those at normal speed
FULL_VOTE: Final = 30  #: keypoints that agree; more make a sighting no surer
REACH_S: Final = 1.2  #: a voted line is settled within this of where it was voted
STEP_S: Final = 0.05
SETTLING_MOMENTS: Final = 160
MOVING_MOMENTS: Final = 64  #: by which a line is looked for by what moves, at every speed and offset
SETTLING_REFERENCE: Final = 6000  #: moments of the reference
ALIKE: Final = 0.55  #: correlation of thumbs through the placement, along a run
LESS_ALIKE: Final = 0.2  #: beyond the outermost sighting, than at the sightings
BEYOND_S: Final = 2.5  #: a run reaches at most this far beyond its outermost sighting
MOVES: Final = 0.9  #: agreement of what moves along the right line, nearly always
SETTLED_GAIN: Final = 0.02  #: of the fit that another speed must bring


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
        speed, offset_s, voters = _voted(seen, options)
    spent = {id(one) for one in voters}
    best = max(voters, key=lambda one: len(one.agreement))
    laid = sides.overlay(best)
    if laid is not None:
        laid = laid.uncovered(*_moments(sides, voters))
    if laid is not None and speed != 0:
        speed, offset_s = _settled(sides, laid, speed, offset_s, voters, options)
        speed, offset_s = _by_what_moves(sides, laid, speed, offset_s, voters, options)
    if speed != 0:
        more = sightings.look_along(sides.query_local, sides.reference_local, speed, offset_s, voters)
        off_s = [abs(speed * one.query_s + offset_s - one.reference_s) for one in more]
        voters = [one for one, off in zip(more, off_s, strict=True) if off <= local.STANDING_GAP_S]
    anchors = _best_of_frames([one for one in voters if one.mirrored == best.mirrored])
    return spent, _grown(sides, laid, speed, offset_s, anchors, options)


def _by_what_moves(
    sides: Sides,
    laid: overlay.Overlay,
    speed: float,
    offset_s: float,
    voters: Sequence[Sighting],
    options: SearchOptions,
) -> tuple[float, float]:
    """The line along which what moves agrees where the voters lie, if it does not along this one.

    Before a standing camera most keypoints are there at any time, and any line has as many votes.
    """
    times_s, there_s = sides.query.times_s, sides.reference.times_s
    voted_s = [one.query_s for one in voters]
    near = np.flatnonzero((times_s >= min(voted_s) - BEYOND_S) & (times_s <= max(voted_s) + BEYOND_S))
    along = near[_on_reference(sides, speed * times_s[near] + offset_s)]
    agreed = _agreement(sides, (laid,), along, speed, offset_s)
    if agreed is None or agreed >= MOVES:
        return speed, offset_s
    if len(near) > MOVING_MOMENTS:
        near = near[np.linspace(0, len(near) - 1, MOVING_MOMENTS).astype(np.int64)]
    there = _about(there_s, speed * float(np.mean(voted_s)) + offset_s)
    found = moving.line(laid.ours[near], times_s[near], laid.theirs[there], there_s[there], speeds(options))
    return found or (speed, offset_s)


def _about(times_s: NDArray[np.float64], middle_s: float) -> slice:
    """So many of a reference's moments as are looked at, about one: what lies hours off is not tried."""
    first = int(np.searchsorted(times_s, middle_s)) - SETTLING_REFERENCE // 2
    first = max(0, min(first, len(times_s) - SETTLING_REFERENCE))
    return slice(first, first + SETTLING_REFERENCE)


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
    return _agreement(sides, (whole, bare), along, trace.speed, trace.offset_s)


def _agreement(
    sides: Sides, laid: Sequence[overlay.Overlay], along: NDArray[np.int64], speed: float, offset_s: float
) -> float | None:
    """How far what moves agrees along a line, seen in whichever way it does most."""
    there = moving.nearest(sides.reference.times_s, speed * sides.query.times_s[along] + offset_s)
    told = (moving.agreement(one.ours[along], one.theirs[there]) for one in laid)
    return max((one for one in told if one is not None), default=None)


def _on_reference(sides: Sides, expected_s: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(m,) which of the expected times the reference has."""
    return (expected_s >= -0.15) & (expected_s <= sides.reference.duration_s + 0.15)


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


def _voted(seen: Sequence[Sighting], options: SearchOptions) -> tuple[float, float, list[Sighting]]:
    """Speed, offset and voters of the line with the most votes. A frame of the query has one vote."""
    ordered = sorted(seen, key=lambda one: one.query_s)
    query_s = np.array([one.query_s for one in ordered])
    reference_s = np.array([one.reference_s for one in ordered])
    weights = np.minimum([len(one.agreement) for one in ordered], FULL_VOTE).astype(np.float64)
    frames = np.flatnonzero(np.r_[True, np.diff(query_s) > 0])
    most = float(np.maximum.reduceat(weights, frames).sum())
    best, best_votes = (1.0, 0.0), 0.0
    for speed in speeds(options):
        if best_votes * OTHER_SPEED_MARGIN >= most:
            break  # no other speed can have so many
        offsets = reference_s - speed * query_s
        inside = np.abs(offsets[:, None] - offsets) <= VOTE_WIDTH_S
        votes = np.maximum.reduceat(np.where(inside, weights, 0.0), frames, axis=1).sum(axis=1)
        top = int(votes.argmax())
        worth = float(votes[top]) / (1.0 if speed == 1.0 else OTHER_SPEED_MARGIN)
        if worth > best_votes + 1e-9:
            best_votes = worth
            best = speed, float(np.average(offsets[inside[top]], weights=weights[inside[top]]))
    speed, offset_s = best
    near = np.abs(reference_s - speed * query_s - offset_s) <= VOTE_WIDTH_S
    return speed, offset_s, [one for one, voted in zip(ordered, near, strict=True) if voted]


def speeds(options: SearchOptions) -> list[float]:
    """Normal speed first, then further and further from it, each forwards and backwards."""
    found = [1.0, -1.0]
    factor = SPEED_STEP
    while factor <= max(options.speed_max, 1 / options.speed_min) + 0.02:
        found += [sign * value for value in (factor, 1 / factor) for sign in (1.0, -1.0)]
        factor *= SPEED_STEP
    return found


def _settled(
    sides: Sides,
    laid: overlay.Overlay,
    speed: float,
    offset_s: float,
    voters: Sequence[Sighting],
    options: SearchOptions,
) -> tuple[float, float]:
    """The line near the voted one along which the thumbs fit best."""
    times_s = sides.query.times_s
    voted_s = np.array([one.query_s for one in voters])
    near = np.flatnonzero(np.abs(times_s[:, None] - voted_s).min(axis=1) <= 0.6)
    if len(near) > SETTLING_MOMENTS:
        near = near[np.linspace(0, len(near) - 1, SETTLING_MOMENTS).astype(np.int64)]
    spread_s = float(np.ptp(voted_s))
    centre_s = float(voted_s.mean())
    middle_s = speed * centre_s + offset_s
    reach_s = 2.2 * spread_s + 2 * REACH_S
    there = np.flatnonzero(np.abs(sides.reference.times_s - middle_s) <= reach_s)[:SETTLING_REFERENCE]
    if len(near) < 2 or len(there) < 2:
        return speed, offset_s
    table = laid.table(near, there)
    there_s = sides.reference.times_s[there]
    tried = [speed] if spread_s < 2 else [speed, *(one for one in speeds(options) if one != speed)]
    best, best_fit = (speed, offset_s), -9.0
    shifts = np.arange(-round(REACH_S / STEP_S), round(REACH_S / STEP_S) + 1) * STEP_S
    for one in tried:
        expected_s = one * (times_s[near] - centre_s) + middle_s
        fits = _fits(table, there_s, expected_s[None] + shifts[:, None])
        fits = fits - 0.002 * np.abs(shifts)
        top = int(fits.argmax())
        gain = SETTLED_GAIN if best_fit > -9 else 0.0
        if fits[top] > best_fit + gain:
            good = shifts[fits >= fits[top] - 1e-6]
            shift = float(good[np.abs(good - np.median(good)).argmin()])
            best_fit, best = float(fits[top]), (one, middle_s + shift - one * centre_s)
    return _polished(table, there_s, times_s[near], best)


def _polished(
    table: NDArray[np.float32],
    there_s: NDArray[np.float64],
    query_s: NDArray[np.float64],
    line: tuple[float, float],
) -> tuple[float, float]:
    """The line moved by less than a step of speed or a tenth of a second, if that fits better."""
    speed, offset_s = line
    centre_s = float(query_s.mean())
    middle_s = speed * centre_s + offset_s
    slopes = (1.0,) if abs(speed) == 1.0 else tuple(1 + step * 0.0025 for step in range(-24, 25))
    shifts = np.arange(-6, 7) * 0.02
    best, best_fit = line, -9.0
    for slope in sorted(slopes, key=lambda value: abs(value - 1)):
        expected_s = speed * slope * (query_s - centre_s) + middle_s
        fits = _fits(table, there_s, expected_s[None] + shifts[:, None])
        top = int(fits.argmax())
        if fits[top] > best_fit + 1e-4:
            good = shifts[fits >= fits[top] - 1e-6]
            shift = float(good[np.abs(good - np.median(good)).argmin()])
            best_fit, best = float(fits[top]), (speed * slope, middle_s + shift - speed * slope * centre_s)
    return best


def _fits(
    table: NDArray[np.float32], there_s: NDArray[np.float64], expected_s: NDArray[np.float64]
) -> NDArray[np.float64]:
    """(lines, m) expected reference times -> (lines,) mean fit of the moments along each line."""
    nearer = moving.nearest(there_s, expected_s)
    outside = (expected_s < there_s[0] - 0.2) | (expected_s > there_s[-1] + 0.2)
    rows = np.broadcast_to(np.arange(table.shape[0]), nearer.shape)
    fits = np.where(outside, -0.2, table[rows, nearer])
    means: NDArray[np.float64] = fits.mean(axis=1)
    return means


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
        matched = (alike >= ALIKE) & (apart_s.min(axis=1) <= BEYOND_S)
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
    return np.where(_on_reference(sides, expected_s), alike, np.float32(-1))


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
