"""The query's picture laid over the reference's by a placement, and how alike the two then are.

Keypoints say where in the picture a copy lies; whether all of it is the same, and at which moment, is told
by the thumbs of both, compared only where they show the same part. Thumbs are there ten times a second of
a reference and four of a query, keypoints about once.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from seawall.matching.placement import Placement
from seawall.signals import thumb

MIN_PARTS: Final = 12  #: with fewer parts in common, thumbs are too coarse to tell anything
LEAST_SHARE: Final = 0.55  #: of the shared parts: more than the rest is not taken for covered
COVERED_OFF: Final = 0.7  #: standard deviations that a part is off where nothing covers it, at most
_ROUNDS: Final = 3
_FINE: Final = 4  #: samples a side of each part
_NOISE: Final = 1.0  #: grey levels that a part's mean may change by without anything having moved


@dataclass(frozen=True, slots=True, eq=False)
class Overlay:
    """What the shared part of the picture looks like at every moment, on both sides."""

    ours: NDArray[np.float32]  #: (q, parts) grey levels
    theirs: NDArray[np.float32]  #: (r, parts)

    def alike(self, ours: NDArray[np.int64], theirs: NDArray[np.int64]) -> NDArray[np.float32]:
        """(m,) correlations of moments of the query with moments of the reference, from -1 to 1."""
        return thumb.correlation(self.ours[ours], self.theirs[theirs])

    def uncovered(self, ours: NDArray[np.int64], theirs: NDArray[np.int64]) -> Overlay:
        """Without the parts that something covers: those that are unlike at most of these moments.

        At least `LEAST_SHARE` of the parts are kept, so pictures that differ all over stay unlike.
        """
        kept = np.ones(self.ours.shape[1], np.bool_)
        least = max(MIN_PARTS, int(np.ceil(LEAST_SHARE * len(kept))))
        for _ in range(_ROUNDS):
            off = np.abs(_standard(self.ours[ours], kept) - _standard(self.theirs[theirs], kept)).mean(axis=0)
            limit = max(COVERED_OFF, 2 * float(np.median(off[kept])))
            kept = off <= max(limit, float(np.sort(off)[min(least, len(off)) - 1]))
        return Overlay(self.ours[:, kept], self.theirs[:, kept])

    def table(self, ours: NDArray[np.int64], theirs: NDArray[np.int64]) -> NDArray[np.float32]:
        """(m, n): how well each of these moments fits each of those, 2 at best.

        What stands still all the time says nothing of the time: half of it is how alike the pictures
        are, half how alike their changes against the mean are.
        """
        left, right = self.ours[ours], self.theirs[theirs]
        moved_left, moved_right = left - left.mean(axis=0), right - right.mean(axis=0)
        floor = _NOISE**2 * left.shape[1]
        still = _unit(left - left.mean(axis=1, keepdims=True), 1e-6)
        still_too = _unit(right - right.mean(axis=1, keepdims=True), 1e-6)
        changes = _unit(moved_left, floor) @ _unit(moved_right, floor).T
        return np.asarray(still @ still_too.T + changes, np.float32)


def lay(
    query_thumbs: NDArray[np.int16],
    query_extent: tuple[float, float],
    reference_thumbs: NDArray[np.int16],
    reference_extent: tuple[float, float],
    placement: Placement,
    *,
    mirrored: bool,
) -> Overlay | None:
    """Thumbs (q, 256) and (r, 256) through a placement; None where they share too little of the picture.

    extents: width and height of both pictures in units of their longer sides, as the placement has them.
    """
    cell_ours = max(query_extent) / thumb.SIDE * placement.scale
    coarser_is_ours = cell_ours >= max(reference_extent) / thumb.SIDE
    if coarser_is_ours:
        ours = _samples(query_extent)
        theirs = placement.apply(ours.reshape(-1, 2)).reshape(ours.shape)
    else:
        theirs = _samples(reference_extent)
        ours = placement.inverse().apply(theirs.reshape(-1, 2)).reshape(theirs.shape)
    shared = _inside(ours, query_extent) & _inside(theirs, reference_extent)
    if int(shared.sum()) < MIN_PARTS:
        return None
    if mirrored:
        ours = np.stack([query_extent[0] - ours[..., 0], ours[..., 1]], axis=-1)
    return Overlay(
        _looked_up(query_thumbs, ours[shared], query_extent),
        _looked_up(reference_thumbs, theirs[shared], reference_extent),
    )


def _samples(extent: tuple[float, float]) -> NDArray[np.float64]:
    """(parts, samples, 2): points spread over each part of a thumb."""
    steps = (np.arange(thumb.SIDE * _FINE) + 0.5) / (thumb.SIDE * _FINE)
    y, x = np.meshgrid(steps * extent[1], steps * extent[0], indexing="ij")
    grid = np.stack([x, y], axis=-1).reshape(thumb.SIDE, _FINE, thumb.SIDE, _FINE, 2)
    return grid.transpose(0, 2, 1, 3, 4).reshape(thumb.PIXELS, _FINE * _FINE, 2)


def _inside(points: NDArray[np.float64], extent: tuple[float, float]) -> NDArray[np.bool_]:
    """(parts,) whether all of a part's points lie within the picture."""
    return np.asarray(((points >= 0) & (points <= np.array(extent))).all(axis=(1, 2)), np.bool_)


def _looked_up(
    thumbs: NDArray[np.int16], points: NDArray[np.float64], extent: tuple[float, float]
) -> NDArray[np.float32]:
    """(n, parts) the thumbs' grey levels at the parts' points, bilinear, and averaged over each part."""
    at = np.clip(points / np.array(extent) * thumb.SIDE - 0.5, 0, thumb.SIDE - 1)
    low = np.minimum(at.astype(np.int64), thumb.SIDE - 2)
    share = at - low
    weights = np.zeros((thumb.PIXELS, len(points)), np.float32)
    parts = np.broadcast_to(np.arange(len(points))[:, None], points.shape[:2])
    for right in (0, 1):
        for down in (0, 1):
            cells = (low[..., 1] + down) * thumb.SIDE + low[..., 0] + right
            weight = np.abs(1 - right - share[..., 0]) * np.abs(1 - down - share[..., 1])
            np.add.at(weights, (cells, parts), weight / points.shape[1])
    return np.asarray(thumbs.astype(np.float32) @ weights / thumb.STEPS_PER_GREY_LEVEL, np.float32)


def _standard(rows: NDArray[np.float32], kept: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Rows with the mean and spread of their kept parts taken out."""
    centre = rows[:, kept].mean(axis=1, keepdims=True)
    spread = rows[:, kept].std(axis=1, keepdims=True) + 1e-3
    return np.asarray((rows - centre) / spread, np.float32)


def _unit(rows: NDArray[np.float32], floor: float) -> NDArray[np.float32]:
    lengths = np.sqrt((rows * rows).sum(axis=1, keepdims=True) + floor)
    unit: NDArray[np.float32] = rows / lengths
    return unit
