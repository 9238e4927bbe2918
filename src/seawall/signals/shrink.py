"""Two ways to a 64 x 64 picture, both separable linear maps: PDQ's own, and the plain area mean.

A row of either map touches only the pixels near its centre, so some rows at a time are applied to the
band of pixels that they touch: every pixel is read about once, whatever the picture's size.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

SIDE: Final = 64

Luma = NDArray[np.uint8] | NDArray[np.float32]  #: (height_px, width_px), 0 to 255
Small = NDArray[np.float32]  #: (64, 64)
_Map = Callable[[int], NDArray[np.float32]]  #: of a side in pixels, (64, size_px)
_Maps = tuple[_Map, ...]

_DOWN: Final = 2  #: rows of a map that are applied at a time, down the picture ...
_ACROSS: Final = 8  #: ... and across it, where there is little left to be read


def tent(luma: Luma) -> Small:
    """What PDQ looks at: tent filter, then every centre's pixel.

    Where a side has fewer than 256 pixels the filter is narrower than the step, so the result
    depends on the picture's size; `area` does not.
    """
    return _apply(luma, (_tent_matrix,))[0]


def area(luma: Luma) -> Small:
    """The mean of each of 64 x 64 equal parts, pixels shared out by how much of them lies in each."""
    return _apply(luma, (_area_matrix,))[0]


def both(luma: Luma) -> tuple[Small, Small]:
    """`area` and `tent` of one picture, which is read once."""
    means, filtered = _apply(luma, (_area_matrix, _tent_matrix))
    return means, filtered


def areas(lumas: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The same of pictures of one size, (n, height_px, width_px) -> (n, 64, 64): faster for small ones."""
    count, height, width = lumas.shape
    rows = np.empty((count, SIDE, width), np.float32)
    for band in _bands((_area_matrix,), height, _ACROSS):
        np.matmul(band.weights, lumas[:, band.pixels].astype(np.float32), out=rows[:, band.rows])
    return _across(rows.reshape(-1, width), _area_matrix).reshape(count, SIDE, SIDE)


@dataclass(frozen=True, slots=True, eq=False)
class _Band:
    """Some rows of maps, and the pixels that they touch."""

    rows: slice
    pixels: slice
    weights: NDArray[np.float32]  #: (maps x rows, pixels)


def _apply(luma: Luma, maps: _Maps) -> list[Small]:
    height, width = luma.shape
    bands = _bands(maps, height, _DOWN)
    rows = np.empty((len(maps), SIDE, width), np.float32)
    pixels = np.empty((max(band.weights.shape[1] for band in bands), width), np.float32)
    for band in bands:
        # Into the same place each time, which stays in the processor's cache.
        touched = pixels[: band.weights.shape[1]]
        np.copyto(touched, luma[band.pixels])
        rows[:, band.rows] = (band.weights @ touched).reshape(len(maps), -1, width)
    return [_across(one, of) for one, of in zip(rows, maps, strict=True)]


def _across(rows: NDArray[np.float32], of: _Map) -> NDArray[np.float32]:
    """(n, width) -> (n, 64)."""
    small = np.empty((len(rows), SIDE), np.float32)
    for band in _bands((of,), rows.shape[1], _ACROSS):
        np.matmul(rows[:, band.pixels], band.weights.T, out=small[:, band.rows])
    return small


@lru_cache(maxsize=1024)
def _bands(maps: _Maps, size_px: int, count: int) -> tuple[_Band, ...]:
    """The maps of one side, so many rows at a time."""
    matrices = [of(size_px) for of in maps]
    bands = []
    for first in range(0, SIDE, count):
        rows = slice(first, first + count)
        weights = np.concatenate([matrix[rows] for matrix in matrices])
        touched = np.flatnonzero(weights.any(axis=0))
        pixels = slice(int(touched[0]), int(touched[-1]) + 1)
        bands.append(_Band(rows, pixels, np.ascontiguousarray(weights[:, pixels])))
    return tuple(bands)


@lru_cache(maxsize=256)
def _tent_matrix(size_px: int) -> NDArray[np.float32]:
    """(64, size_px): two box filters (together the reference's tent), then every centre's row."""
    if size_px == SIDE:
        return np.eye(SIDE, dtype=np.float32)
    window = (size_px + 2 * SIDE - 1) // (2 * SIDE)
    ahead = (window + 2) // 2 - 1  # an even window leans one pixel to the right
    behind = window - ahead - 1
    matrix = np.zeros((SIDE, size_px))
    for row, centre in enumerate(((np.arange(SIDE) + 0.5) * size_px / SIDE).astype(int)):
        outer = range(max(0, centre - behind), min(size_px, centre + ahead + 1))
        for middle in outer:
            first, end = max(0, middle - behind), min(size_px, middle + ahead + 1)
            matrix[row, first:end] += 1 / (end - first) / len(outer)
    return matrix.astype(np.float32)


@lru_cache(maxsize=256)
def _area_matrix(size_px: int) -> NDArray[np.float32]:
    """(64, size_px): each row the share of every pixel that lies in one 64th of the side."""
    edges = np.arange(SIDE + 1) * size_px / SIDE
    at = np.arange(size_px)
    overlap = np.minimum(edges[1:, None], at + 1) - np.maximum(edges[:-1, None], at)
    shares = np.clip(overlap, 0, 1)
    matrix: NDArray[np.float32] = (shares / shares.sum(axis=1, keepdims=True)).astype(np.float32)
    return matrix
