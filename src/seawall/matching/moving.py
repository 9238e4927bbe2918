"""Whether what moves in the query moves alike in the reference, and along which line it does.

What stands still in a scene says where it was filmed, what moves says which footage it is: two takes before
the same wall share the wall. So each part of the picture is compared by its changes against its own mean
along a line, as a correlation over all parts and moments.

Two takes agree by chance, the more so the shorter they are and the more lines are tried. Twenty drawn
scenes, ten with a talking head and ten with a thing on a table, were led along each other at every offset:
the best of some 28 s of offsets reached 0.88 over 8 s in the worst of them, 0.74 over 12, 0.66 over 16 and
0.65 over 20 (in the median 0.60, 0.46, 0.37 and 0.31), and at any speed 0.94, 0.85, 0.77 and 0.71. That is
about `CHANCE` by the root of the time.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

LEAST_MOMENTS: Final = 3  #: of a stretch, for its changes to tell anything
STANDING: Final = 1.0  #: grey levels of change, on either side, at and under which nothing moves
FADED: Final = 0.3  #: of the usual contrast, under which a moment shows nothing
BUSY: Final = 0.5  #: of all that changes in the reference, the parts that hold so much are compared
LEAST_PARTS: Final = 8
LONG_S: Final = 6.0  #: shorter stretches often agree by chance ...
CHANCE: Final = 2.6  #: ... longer ones less, by the root of the time
CHANCE_OF_ANY_SPEED: Final = 3.0  #: the same, where the speed was free
LEAST: Final = 0.35  #: however long it is
SHIFT_S: Final = 0.1  #: between the offsets that are tried
ANY_SPEED_GAIN: Final = 0.02  #: in agreement, that another speed must bring
MOST_MOMENTS: Final = 1000  #: of the reference, for every speed to be tried: each costs as many offsets

Grey = NDArray[np.float32]


def agreement(ours: Grey, theirs: Grey) -> float | None:
    """How far the changes of both agree, -1 to 1; None where one side stands still or there is too little.

    (moments, parts) grey levels of both, moment by moment and part by part the same. Only the parts tell
    where the reference moves most: in others the copy may have been drawn over.
    """
    if len(ours) < LEAST_MOMENTS:
        return None
    shown = _shown(ours) & _shown(theirs)
    if np.count_nonzero(shown) < LEAST_MOMENTS:
        return None
    left, right = _changes(ours[shown]), _changes(theirs[shown])
    parts = _busiest(right)
    left, right = left[:, parts], right[:, parts]
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
    """Speed and offset along which what moves agrees by no chance, over most of the query; None if none.

    (q, parts) and (r, parts) grey levels at the times (q,) and (r,). speeds: the first is the usual one. The
    line is the one along which most agrees.
    """
    looks = _Looks(ours, query_s, theirs, reference_s)
    span_s = float(np.ptp(query_s))
    found, best = None, 0.0
    for speed in speeds if len(reference_s) <= MOST_MOMENTS else speeds[:1]:
        usual = speed == speeds[0]
        least_here = least(span_s, usual_speed=usual)
        likeliest = looks.likeliest(speed) if least_here < 1 else None
        if likeliest is None:
            continue
        offset_s, inside, there = likeliest
        agreed = agreement(ours[inside], theirs[there]) or 0.0
        gain = agreed - (0.0 if usual else ANY_SPEED_GAIN)
        if agreed >= least_here and gain > best:
            best, found = gain, (speed, offset_s)
    return found


class _Looks:
    """Every offset of a query on a reference, for one speed after the other."""

    def __init__(
        self, ours: Grey, query_s: NDArray[np.float64], theirs: Grey, reference_s: NDArray[np.float64]
    ) -> None:
        left, right = _changes(ours), _changes(theirs)
        parts = _busiest(right)
        left, right = left[:, parts], right[:, parts]
        self._dots = left @ right.T
        self._mine, self._other = (left * left).sum(axis=1), (right * right).sum(axis=1)
        self._query_s, self._reference_s = query_s, reference_s
        span_s = float(np.ptp(query_s))
        self._least_inside = max(0.5, min(1.0, LONG_S / span_s)) if span_s else 1.0

    def likeliest(self, speed: float) -> tuple[float, NDArray[np.bool_], NDArray[np.int64]] | None:
        """The offset where changes against the means of both sides agree best.

        With it which moments of the query lie on the reference, and on which of its moments they do.
        """
        centre_s = float(self._query_s.mean())
        shifts_s = np.arange(self._reference_s[0], self._reference_s[-1], SHIFT_S)
        expected_s = shifts_s[:, None] + speed * (self._query_s - centre_s)
        first_s, last_s = self._reference_s[0] - SHIFT_S, self._reference_s[-1] + SHIFT_S
        inside = (expected_s >= first_s) & (expected_s <= last_s)
        most = np.flatnonzero(inside.mean(axis=1) >= self._least_inside)
        if len(most) == 0:
            return None
        inside = inside[most]
        there = nearest(self._reference_s, expected_s[most])
        rows = np.broadcast_to(np.arange(len(self._query_s)), there.shape)
        shared = np.where(inside, self._dots[rows, there], 0).sum(axis=1)
        mine = np.where(inside, self._mine, 0).sum(axis=1)
        other = np.where(inside, self._other[there], 0).sum(axis=1)
        top = int((shared / np.sqrt(mine * other + 1e-9) * np.sqrt(inside.mean(axis=1))).argmax())
        offset_s = float(shifts_s[most[top]]) - speed * centre_s
        return offset_s, inside[top], there[top][inside[top]]


def nearest(times_s: NDArray[np.float64], asked_s: NDArray[np.float64]) -> NDArray[np.int64]:
    """Positions of the times that lie nearest to those asked for; times in order, two at least."""
    after = np.clip(np.searchsorted(times_s, asked_s), 1, len(times_s) - 1)
    return np.asarray(after - (asked_s - times_s[after - 1] < times_s[after] - asked_s), np.int64)


def _contrasts(grey: Grey) -> tuple[Grey, Grey]:
    """Each moment's picture against its mean, and (moments, 1) how much contrast it has."""
    centred = grey - grey.mean(axis=1, keepdims=True)
    return centred, np.sqrt((centred * centred).mean(axis=1, keepdims=True))


def _shown(grey: Grey) -> NDArray[np.bool_]:
    """(moments,) those that are not faded to one grey."""
    _, contrast = _contrasts(grey)
    return np.asarray(contrast[:, 0] >= FADED * np.median(contrast), np.bool_)


def _changes(grey: Grey) -> Grey:
    """Of each part against its mean. Light and exposure change on everything at once, and are taken out."""
    centred, contrast = _contrasts(grey)
    even = centred * (contrast.mean() / np.maximum(contrast, FADED * contrast.mean() + 1e-6))
    changes: Grey = even - even.mean(axis=0)
    return changes


def _busiest(changes: Grey) -> NDArray[np.int64]:
    """The parts that hold `BUSY` of all that changes, those with the most first."""
    energy = (changes * changes).sum(axis=0)
    order = np.argsort(-energy, kind="stable")
    share = np.cumsum(energy[order]) / max(float(energy.sum()), 1e-9)
    return order[: max(LEAST_PARTS, int(np.searchsorted(share, BUSY)) + 1)]
