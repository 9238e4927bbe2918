"""One luma for everything: 0 to 255, where 0 is black and 255 is white.

Video stores luma in 16..235 (limited range) or in 0..255 (full range), in 8 bits or more. Here 8
bits of full range come out: more bits are shifted down, limited range is spread. What has no luma plane
goes through red, green and blue with the weights of BT.601, as PDQ defines its input.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

RGB_WEIGHTS: Final = (0.299, 0.587, 0.114)
_BAND_ROWS: Final = 64

_BLACK: Final = 16  #: in limited range
_STEP: Final = 255 / 219  #: what a step of limited range is in full range; no multiple of it lies near a half


def from_rgb(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(H, W, 3) red, green, blue -> (H, W) luma, not rounded; the same to the last bit on any machine."""
    luma = np.empty(rgb.shape[:2], np.float32)
    for top in range(0, len(rgb), _BAND_ROWS):  # in bands, which stay in the processor's cache
        band = slice(top, top + _BAND_ROWS)
        # Each colour on its own is read twice as fast; a matrix product would round as the machine likes.
        red, green, blue = (colour.astype(np.float32) for colour in cv2.split(rgb[band]))
        for colour, weight in zip((red, green, blue), RGB_WEIGHTS, strict=True):
            colour *= np.float32(weight)
        red += green
        np.add(red, blue, out=luma[band])
    return luma


def round_to_bytes(luma: NDArray[np.float32] | NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W) luma -> the nearest whole numbers 0..255; whole numbers as they are."""
    return np.asarray(luma if luma.dtype == np.uint8 else cv2.convertScaleAbs(luma), np.uint8)


def spread(plane: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W) in limited range -> full range; what lies outside 16..235 is clipped."""
    full = np.empty(plane.shape, np.uint8)
    for top in range(0, len(plane), _BAND_ROWS):
        band = slice(top, top + _BAND_ROWS)
        # A sum of weighted pictures is the one call that clips on both sides.
        cv2.addWeighted(plane[band], _STEP, plane[band], 0, -_BLACK * _STEP, dst=full[band])
    return full
