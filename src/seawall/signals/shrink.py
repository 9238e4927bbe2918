"""Two ways to a 64 x 64 picture, both separable linear maps: PDQ's own, and the plain area mean.

A row of either map touches only the pixels near its centre, so the rows are applied band by band:
every pixel is read about once, whatever the picture's size.
"""

from __future__ import annotations

from collections.abc import Callable
from functools import lru_cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

SIDE: Final = 64

Luma = NDArray[np.uint8] | NDArray[np.float32]  #: (height_px, width_px), 0 to 255
Small = NDArray[np.float32]  #: (64, 64)
_Bands = tuple[tuple[int, NDArray[np.float32]], ...]


def tent(luma: Luma) -> Small:
    """What PDQ looks at: tent filter, then every centre's pixel.

    Where a side has fewer than 256 pixels the filter is narrower than the step, so the result
    depends on the picture's size; `area` does not.
    """
    return _apply(luma, _tent_bands, _tent_matrix)


def area(luma: Luma) -> Small:
    """The mean of each of 64 x 64 equal parts, pixels shared out by how much of them lies in each."""
    return _apply(luma, _area_bands, _area_matrix)


def areas(lumas: NDArray[np.uint8]) -> NDArray[np.float32]:
    """The same of pictures of one size, (n, height_px, width_px) -> (n, 64, 64): faster for small ones."""
    _, height, width = lumas.shape
    small: NDArray[np.float32] = _area_matrix(height) @ lumas.astype(np.float32) @ _area_matrix(width).T
    return small


def _apply(luma: Luma, bands: Callable[[int], _Bands], matrix: Callable[[int], NDArray[np.float32]]) -> Small:
    height, width = luma.shape
    rows = np.empty((SIDE, width), np.float32)
    for row, (first, weights) in enumerate(bands(height)):
        np.dot(weights, luma[first : first + len(weights)].astype(np.float32, copy=False), out=rows[row])
    small: Small = rows @ matrix(width).T
    return small


def _bands_of(matrix: NDArray[np.float32]) -> _Bands:
    """For each row: the first pixel that it touches, and the weights from there."""
    bands = []
    for row in matrix:
        touched = np.flatnonzero(row)
        bands.append((int(touched[0]), np.ascontiguousarray(row[touched[0] : touched[-1] + 1])))
    return tuple(bands)


@lru_cache(maxsize=256)
def _tent_bands(size_px: int) -> _Bands:
    return _bands_of(_tent_matrix(size_px))


@lru_cache(maxsize=256)
def _area_bands(size_px: int) -> _Bands:
    return _bands_of(_area_matrix(size_px))


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
