"""Whether what moves in the query moves alike in the reference, and along which line it does.

What stands still in a scene says where it was filmed, what moves says which footage it is: two takes before
the same wall share the wall. So each part of the picture is compared by its changes against its own mean
along a line, as a correlation over all parts and moments.

Two takes agree by chance, the more so the shorter they are and the more lines are tried. Twenty drawn
scenes, ten with a talking head and ten with a thing on a table, were led along each other at every offset:
the best of some 28 s of offsets reached 0.80 over 8 s in the worst of them, 0.61 over 12, 0.59 over 16 and
0.58 over 20 (in the median 0.47, 0.35, 0.29 and 0.23), and at any speed 0.87, 0.70, 0.63 and 0.58. That is
about `CHANCE` by the root of the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

LEAST_MOMENTS: Final = 3  #: of a stretch, for its changes to tell anything
STANDING: Final = 1.0  #: grey levels of change, on either side, at and under which nothing moves
LONG_S: Final = 6.0  #: shorter stretches often agree by chance ...
CHANCE: Final = 2.4  #: ... longer ones less, by the root of the time
CHANCE_OF_ANY_SPEED: Final = 2.6  #: the same, where the speed was free
LEAST: Final = 0.35  #: however long it is
SHIFT_S: Final = 0.1  #: between the offsets that are tried
MOST_MOMENTS: Final = 2000  #: of the reference, for every speed to be tried

Grey = NDArray[np.float32]


def agreement(ours: Grey, theirs: Grey) -> float | None:
    """How far the changes of both agree, -1 to 1; None where one side stands still or there is too little.

    (moments, parts) grey levels of both, moment by moment and part by part the same. Each moment's mean is
    taken out, since light and exposure change on everything at once.
    """
    if len(ours) < LEAST_MOMENTS:
        return None
    left, right = _changes(ours), _changes(theirs)
    mine, other = float((left * left).sum()), float((right * right).sum())
    if min(mine, other) <= STANDING**2 * left.size:
        return None
    return float((left * right).sum() / np.sqrt(mine * other))


def least(duration_s: float, *, usual_speed: bool) -> float:
    """What two takes of one scene hardly ever reach; over 1 where no agreement tells."""
    if duration_s < LONG_S:
        return 2.0
    chance = CHANCE if usual_speed else CHANCE_OF_ANY_SPEED
    return max(LEAST, chance / float(np.sqrt(duration_s)))


def line(
    ours: Grey,
    query_s: NDArray[np.float64],
    theirs: Grey,
    reference_s: NDArray[np.float64],
    speeds: Sequence[float],
) -> tuple[float, float] | None:
    """Speed and offset along which what moves agrees by no chance, over most of the query; None if none does.

    (q, parts) and (r, parts) grey levels at the times (q,) and (r,). speeds: the first is the usual one. The
    line lies furthest above what chance reaches.
    """
    left, right = _changes(ours), _changes(theirs)
    dots = left @ right.T
    mine, other = (left * left).sum(axis=1), (right * right).sum(axis=1)
    span_s = float(np.ptp(query_s))
    found, best = None, 0.0
    for speed in speeds if len(reference_s) <= MOST_MOMENTS else speeds[:1]:
        least_here = least(span_s, usual_speed=speed == speeds[0])
        if least_here >= 1:
            continue
        shown_s = speed * (query_s - query_s.mean())
        shifts_s = np.arange(reference_s[0], reference_s[-1], SHIFT_S)
        expected_s = shifts_s[:, None] + shown_s
        inside = (expected_s >= reference_s[0] - SHIFT_S) & (expected_s <= reference_s[-1] + SHIFT_S)
        most = inside.mean(axis=1) >= max(0.5, min(1.0, LONG_S / span_s))
        expected_s, inside, shifts_s = expected_s[most], inside[most], shifts_s[most]
        if len(shifts_s) == 0:
            continue
        there = nearest(reference_s, expected_s)
        rows = np.broadcast_to(np.arange(len(query_s)), there.shape)
        shared = np.where(inside, dots[rows, there], 0).sum(axis=1)
        energy = np.where(inside, mine, 0).sum(axis=1) * np.where(inside, other[there], 0).sum(axis=1)
        told = shared / np.sqrt(energy + 1e-9) * np.sqrt(inside.mean(axis=1)) / least_here
        top = int(told.argmax())
        if told[top] > max(1.0, best):
            best, found = float(told[top]), (speed, float(shifts_s[top] - speed * query_s.mean()))
    return found


def nearest(times_s: NDArray[np.float64], asked_s: NDArray[np.float64]) -> NDArray[np.int64]:
    """Positions of the times that lie nearest to those asked for; times in order, two at least."""
    after = np.clip(np.searchsorted(times_s, asked_s), 1, len(times_s) - 1)
    return np.asarray(after - (asked_s - times_s[after - 1] < times_s[after] - asked_s), np.int64)


def _changes(grey: Grey) -> Grey:
    against_mean = grey - grey.mean(axis=0)
    changes: Grey = against_mean - against_mean.mean(axis=1, keepdims=True)
    return changes
