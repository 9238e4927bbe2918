"""Where one picture lies in another: keypoints that agree on one affine map.

Every pair of keypoints with close codes says by itself how the one picture would have to be moved, turned
and scaled to lie on the other (its two positions, orientations and sizes); the map that most pairs agree
with, in all three, is fitted to them. So no sampling is needed and the answer is always the same. Lowe,
"Distinctive image features from scale-invariant keypoints", IJCV 2004, verifies poses in this way.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from seawall.signals.local import Points

PAIR_BITS: Final = 72  #: pairs with codes further apart are not looked at
POSITION_ERROR: Final = 0.02  #: of the longer side, for a rigid map ...
FITTED_ERROR: Final = 0.012  #: ... and once the map is fitted
TURN_ERROR: Final = 0.07  #: of a full turn
TURN_SLACK: Final = 0.12  #: of a point's distance, by which a misread turn or size moves it
SIZE_ERROR: Final = 0.6  #: doublings
SAME_PLACE: Final = 0.15  #: of the longer side, between the corners of two placements
PLACE: Final = 1 / 128  #: of the longer side: corners in a square so wide are in one place
LEAST_PAIRS: Final = 3  #: that agree on a placement, or there is none
_FITS: Final = 3
_AFFINE_PAIRS: Final = 8  #: fewer agree with almost any affine map
_LEAST_SCALE: Final = 0.05
_MAX_STRETCH: Final = 2.5  #: of one direction against the other: more is no edit that people make


@dataclass(frozen=True, slots=True, eq=False)
class Placement:
    """An affine map from the query's picture, in units of its longer side, to the reference's."""

    matrix: NDArray[np.float64]  #: (2, 3)

    def apply(self, xy: NDArray[np.floating]) -> NDArray[np.float64]:
        """(n, 2) points of the query -> where they lie on the reference."""
        moved: NDArray[np.float64] = xy @ self.matrix[:, :2].T + self.matrix[:, 2]
        return moved

    def inverse(self) -> Placement:
        """The map from the reference to the query."""
        back = np.linalg.inv(self.matrix[:, :2])
        return Placement(np.column_stack([back, -back @ self.matrix[:, 2]]))

    def alike(self, other: Placement, extent: tuple[float, float]) -> bool:
        """Whether both put a picture of that width and height in about the same place."""
        width, height = extent
        corners = np.array([[0, 0], [width, 0], [width, height], [0, height]])
        off = np.abs(self.apply(corners) - other.apply(corners)).max()
        return bool(off <= SAME_PLACE * max(1.0, self.scale))

    @property
    def scale(self) -> float:
        """How many times as long things are on the reference."""
        return _scale(self.matrix)

    @property
    def turn_deg(self) -> float:
        """By how much the query is turned against the reference, clockwise, -180 to 180."""
        a = self.matrix
        return float(np.degrees(np.arctan2(a[0, 1] - a[1, 0], a[0, 0] + a[1, 1])))


@dataclass(frozen=True, slots=True, eq=False)
class Agreement:
    """A placement, and the keypoints that agree on it."""

    placement: Placement
    query_points: NDArray[np.int64]  #: (n,)
    reference_points: NDArray[np.int64]  #: (n,)
    places: int  #: in how many places of the query they are: one corner, found at every size, is one

    def __len__(self) -> int:
        return self.places


def agree(query: Points, reference: Points, least: int = LEAST_PAIRS) -> Agreement | None:
    """The placement on which most keypoints agree; None where not even three do.

    least: so many are looked for: None too where it is soon seen that no placement has as many.
    """
    ours, theirs = _pairs(query, reference)
    turns = (reference.turns[theirs] - query.turns[ours]) % 1
    scales = reference.log_sizes[theirs] - query.log_sizes[ours]
    kin = _kin(turns, turns[:, None], scales, scales[:, None])
    most = kin.sum(axis=1)  # that can agree with each, whatever is fitted to them
    if most.max(initial=0) < least:
        return None
    here, there = query.xy[ours], reference.xy[theirs]
    rigid = _off(here - here[:, None], there - there[:, None], turns[:, None], scales[:, None])
    agreeing = (rigid < _error(scales)[:, None]) & kin
    best = int(agreeing.sum(axis=1).argmax())
    inside = agreeing[best]
    if most[best] < least or inside.sum() < LEAST_PAIRS:
        return None
    matrix = _fit(query.xy[ours[inside]], reference.xy[theirs[inside]])
    for _ in range(_FITS):
        if matrix is None:
            return None
        off = np.abs(query.xy[ours] @ matrix[:, :2].T + matrix[:, 2] - reference.xy[theirs]).max(axis=1)
        grown = (off < FITTED_ERROR * max(1.0, _scale(matrix))) & kin[best]
        if grown.sum() < LEAST_PAIRS:
            return None
        inside = grown
        matrix = _fit(query.xy[ours[inside]], reference.xy[theirs[inside]])
    if matrix is None:
        return None
    return Agreement(Placement(matrix), ours[inside], theirs[inside], _places(query.xy[ours[inside]]))


def say_the_same(
    query: Points, reference: Points, one: NDArray[np.int64], other: NDArray[np.int64]
) -> NDArray[np.bool_]:
    """(m,) whether two meetings agree on how the pictures lie. Those by chance hardly ever do.

    query, reference: (n,) keypoints that met, meeting by meeting. one, other: (m,) which meetings.
    Two in one place of the query say nothing: a corner that is found at two sizes meets twice.
    """
    turns = (reference.turns - query.turns) % 1
    scales = reference.log_sizes - query.log_sizes
    ours, theirs = query.xy[other] - query.xy[one], reference.xy[other] - reference.xy[one]
    apart = np.abs(ours).max(axis=1, initial=0) > POSITION_ERROR
    kin = _kin(turns[one], turns[other], scales[one], scales[other])
    off = np.minimum(*(_off(ours, theirs, turns[by], scales[by]) for by in (one, other)))
    return np.asarray(apart & kin & (off < _error(np.maximum(scales[one], scales[other]))), np.bool_)


def _error(scales: NDArray[np.float32]) -> NDArray[np.float32]:
    """How far off a pair may be, in units of the reference's longer side, under a rigid map of that scale."""
    return np.asarray(POSITION_ERROR * np.maximum(1, np.exp2(scales)), np.float32)


def _pairs(query: Points, reference: Points) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Keypoints that are each other's closest."""
    if len(query.codes) == 0 or len(reference.codes) == 0:
        return np.zeros(0, np.int64), np.zeros(0, np.int64)
    both = (np.ascontiguousarray(side.codes).view(np.uint64) for side in (query, reference))
    a, b = (np.ascontiguousarray(words.T) for words in both)
    bits = np.zeros((a.shape[1], b.shape[1]), np.uint16)
    unlike, counts = np.empty(bits.shape, np.uint64), np.empty(bits.shape, np.uint8)
    for ours_word, theirs_word in zip(a, b, strict=True):
        np.bitwise_xor(ours_word[:, None], theirs_word, out=unlike)
        bits += np.bitwise_count(unlike, out=counts)
    theirs = bits.argmin(axis=1)
    least = bits[np.arange(len(theirs)), theirs]
    # The least of a column is come by seven times as fast as where it lies.
    ours = np.flatnonzero((least <= PAIR_BITS) & (least == bits.min(axis=0)[theirs]))
    ours = ours[bits[:, theirs[ours]].argmin(axis=0) == ours]
    return ours, theirs[ours]


def _off(
    ours: NDArray[np.float32],
    theirs: NDArray[np.float32],
    turns: NDArray[np.float32],
    scales: NDArray[np.float32],
) -> NDArray[np.float32]:
    """How far off a pair is under the map that another stands for, from their (..., 2) distances in both."""
    x, y = ours[..., 0], ours[..., 1]
    cosine = np.cos(2 * np.pi * turns) * np.exp2(scales)
    sine = np.sin(2 * np.pi * turns) * np.exp2(scales)
    right = cosine * x - sine * y - theirs[..., 0]
    down = sine * x + cosine * y - theirs[..., 1]
    off: NDArray[np.float32] = np.maximum(np.abs(right), np.abs(down))
    # A turn read a little wrong moves far points far: they may be off by as much.
    reach = np.sqrt(x * x + y * y) * np.exp2(scales)
    return np.asarray(np.maximum(off - TURN_SLACK * reach, 0), np.float32)


def _kin(
    turns: NDArray[np.float32],
    other_turns: NDArray[np.float32],
    scales: NDArray[np.float32],
    other_scales: NDArray[np.float32],
) -> NDArray[np.bool_]:
    """Whether pairs are turned and scaled alike."""
    apart = np.abs((turns - other_turns + 0.5) % 1 - 0.5)
    alike: NDArray[np.bool_] = (apart < TURN_ERROR) & (np.abs(scales - other_scales) < SIZE_ERROR)
    return alike


def _fit(ours: NDArray[np.float32], theirs: NDArray[np.float32]) -> NDArray[np.float64] | None:
    """Least squares: affine where there are points enough, else a similarity. None for a degenerate one."""
    source, target = ours.astype(np.float64), theirs.astype(np.float64)
    if len(source) >= _AFFINE_PAIRS:
        columns = np.column_stack([source, np.ones(len(source))])
        affine = np.asarray(np.linalg.lstsq(columns, target, rcond=None)[0].T, np.float64)
        if _sound(affine):
            return affine
    a, b = source - source.mean(axis=0), target - target.mean(axis=0)
    power = float((a * a).sum())
    if power == 0:
        return None
    along = float((a * b).sum()) / power
    across = float((a[:, 0] * b[:, 1] - a[:, 1] * b[:, 0]).sum()) / power
    linear = np.array([[along, -across], [across, along]])
    shift = target.mean(axis=0) - linear @ source.mean(axis=0)
    matrix = np.asarray(np.column_stack([linear, shift]), np.float64)
    return matrix if _sound(matrix) else None


def _sound(matrix: NDArray[np.float64]) -> bool:
    """Whether a map neither folds the picture nor flattens it."""
    linear = matrix[:, :2]
    lengths = np.linalg.svd(linear, compute_uv=False)
    long, short = float(lengths[0]), float(lengths[1])
    upright = float(np.linalg.det(linear)) > 0
    return upright and short > _LEAST_SCALE and long < min(1 / _LEAST_SCALE, _MAX_STRETCH * short)


def _scale(matrix: NDArray[np.float64]) -> float:
    return math.sqrt(abs(float(np.linalg.det(matrix[:, :2]))))


def _places(xy: NDArray[np.float32]) -> int:
    return len(np.unique(np.floor(xy / PLACE), axis=0))
