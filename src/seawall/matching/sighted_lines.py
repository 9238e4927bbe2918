"""The line that sightings lead to: reference time = speed x query time + offset.

Sightings vote for lines, with speeds from half to double and their negatives, which is footage played
backwards. A frame's keypoints hardly tell its time to better than a second, so what was voted is settled by
the thumbs seen through the placement; and where what moves does not agree along that, by what moves.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from seawall.matching import moving, overlay
from seawall.matching.options import SearchOptions
from seawall.matching.sides import Sides
from seawall.matching.sightings import Sighting

VOTE_WIDTH_S: Final = 0.8  #: of sightings' reference times about a line
SPEED_STEP: Final = 1.02
OTHER_SPEED_MARGIN: Final = 1.25  #: votes that another speed needs, as a multiple of those at normal speed
FULL_VOTE: Final = 30  #: keypoints that agree; more make a sighting no surer
REACH_S: Final = 1.2  #: a voted line is settled within this of where it was voted
STEP_S: Final = 0.05
SETTLING_MOMENTS: Final = 160
MOVING_MOMENTS: Final = 64  #: by which a line is looked for by what moves, at every speed and offset
SETTLING_REFERENCE: Final = 6000  #: moments of the reference
STANDING_S: Final = 4.0  #: between frames of the query that show one of the reference's: it says no time
MOVES: Final = 0.9  #: agreement of what moves along the right line, nearly always
SETTLED_GAIN: Final = 0.02  #: of the fit that another speed must bring
BEYOND_S: Final = 2.5  #: a run reaches at most this far beyond its outermost sighting


def vote(seen: Sequence[Sighting], options: SearchOptions) -> tuple[float, float, list[Sighting]]:
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


def led(
    sides: Sides,
    laid: overlay.Overlay,
    voted: tuple[float, float],
    voters: Sequence[Sighting],
    seen: Sequence[Sighting],
    options: SearchOptions,
) -> tuple[float, float]:
    """The line that a voted one leads to: along it the pictures fit, and what moves in them agrees.

    Before a standing camera most keypoints are there at any time, and any line has as many votes.
    """
    line = _settled(sides, laid, voted, voters, speeds(options))
    standing = _before_standing_camera(sides, seen, voters)
    agreed = _agreed(sides, laid, line, voters)
    for shown, told in ((voters, agreed), (standing, _agreed(sides, laid, line, standing))):
        if told < MOVES:
            found = _by_what_moves(sides, laid, line, shown, options)
            if found is not None:
                return found
    if agreed >= MOVES or line[0] == voted[0]:
        return line
    # Pictures that fit along many lines do not say that they are played at another speed.
    own = _settled(sides, laid, voted, voters, voted[:1])
    return own if agreed < _agreed(sides, laid, own, voters) <= 1 else line


def _agreed(
    sides: Sides, laid: overlay.Overlay, line: tuple[float, float], seen: Sequence[Sighting]
) -> float:
    """How far what moves agrees along a line where the sightings lie; over 1 where nothing tells."""
    agreed = agreement(sides, (laid,), _moments_about(sides, seen), line) if seen else None
    return 2.0 if agreed is None else agreed


def _moments_about(sides: Sides, seen: Sequence[Sighting]) -> NDArray[np.int64]:
    """The query's moments from the first to the last sighting, and a little beyond."""
    times_s, seen_s = sides.query.times_s, [one.query_s for one in seen]
    return np.flatnonzero((times_s >= min(seen_s) - BEYOND_S) & (times_s <= max(seen_s) + BEYOND_S))


def _before_standing_camera(
    sides: Sides, seen: Sequence[Sighting], voters: Sequence[Sighting]
) -> list[Sighting]:
    """Those that place the picture as the voters' best does, if they say nothing of the time; else none.

    What stands still is in the index but once, at its first frame, and all of the query is seen there.
    """
    best = max(voters, key=lambda one: len(one.agreement))
    alike, extent = best.agreement.placement.alike, sides.query_local.extent
    shown = [one for one in seen if one.mirrored == best.mirrored and alike(one.agreement.placement, extent)]
    at_s: dict[float, list[float]] = {}
    for one in shown:
        at_s.setdefault(one.reference_s, []).append(one.query_s)
    return shown if any(max(query_s) - min(query_s) > STANDING_S for query_s in at_s.values()) else []


def _by_what_moves(
    sides: Sides,
    laid: overlay.Overlay,
    line: tuple[float, float],
    voters: Sequence[Sighting],
    options: SearchOptions,
) -> tuple[float, float] | None:
    """The line along which what moves agrees where the voters lie; line: about which it is looked for."""
    times_s, there_s = sides.query.times_s, sides.reference.times_s
    near = _moments_about(sides, voters)
    if len(near) > MOVING_MOMENTS:
        near = near[np.linspace(0, len(near) - 1, MOVING_MOMENTS).astype(np.int64)]
    there = about(there_s, line[0] * float(np.mean([one.query_s for one in voters])) + line[1])
    return moving.line(laid.ours[near], times_s[near], laid.theirs[there], there_s[there], speeds(options))


def about(times_s: NDArray[np.float64], middle_s: float) -> slice:
    """So many of a reference's moments as are looked at, about one: what lies hours off is not tried."""
    first = int(np.searchsorted(times_s, middle_s)) - SETTLING_REFERENCE // 2
    first = max(0, min(first, len(times_s) - SETTLING_REFERENCE))
    return slice(first, first + SETTLING_REFERENCE)


def _settled(
    sides: Sides,
    laid: overlay.Overlay,
    line: tuple[float, float],
    voters: Sequence[Sighting],
    tried: Sequence[float],
) -> tuple[float, float]:
    """The line near the voted one along which the thumbs fit best, at its own speed or one of those tried."""
    speed, offset_s = line
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
        return line
    table = laid.table(near, there)
    there_s = sides.reference.times_s[there]
    others = [] if spread_s < 2 else [one for one in tried if one != speed]
    best, best_fit = line, -9.0
    shifts = np.arange(-round(REACH_S / STEP_S), round(REACH_S / STEP_S) + 1) * STEP_S
    for one in (speed, *others):
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


def agreement(
    sides: Sides, laid: Sequence[overlay.Overlay], near: NDArray[np.int64], line: tuple[float, float]
) -> float | None:
    """How far what moves agrees along a line, seen in whichever way it does most."""
    speed, offset_s = line
    along = near[on_reference(sides, speed * sides.query.times_s[near] + offset_s)]
    there = moving.nearest(sides.reference.times_s, speed * sides.query.times_s[along] + offset_s)
    told = (moving.agreement(one.ours[along], one.theirs[there]) for one in laid)
    return max((one for one in told if one is not None), default=None)


def on_reference(sides: Sides, expected_s: NDArray[np.float64]) -> NDArray[np.bool_]:
    """(m,) which of the expected times the reference has."""
    return (expected_s >= -0.15) & (expected_s <= sides.reference.duration_s + 0.15)
