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

_BLACK: Final = np.array((16.0, 0.0, 0.0, 0.0))  #: in limited range, as OpenCV takes a number
_STEP: Final = 255 / 219  #: what a step of limited range is in full range; no multiple of it lies near a half


def from_rgb(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(H, W, 3) red, green, blue -> (H, W) luma, not rounded; the same to the last bit on any machine."""
    height, width = rgb.shape[:2]
    luma = np.empty((height, width), np.float32)
    weighted = np.empty((_BAND_ROWS, width), np.float32)
    for top in range(0, height, _BAND_ROWS):  # in bands, which stay in the processor's cache
        band = luma[top : top + _BAND_ROWS]
        red, *others = cv2.split(np.ascontiguousarray(rgb[top : top + _BAND_ROWS]))
        np.multiply(red, np.float32(RGB_WEIGHTS[0]), out=band, dtype=np.float32)
        for colour, weight in zip(others, RGB_WEIGHTS[1:], strict=True):
            # A matrix product would round as the machine likes.
            band += np.multiply(colour, np.float32(weight), out=weighted[: len(band)], dtype=np.float32)
    return luma


def round_to_bytes(luma: NDArray[np.float32]) -> NDArray[np.uint8]:
    """(H, W) luma -> the nearest whole numbers 0..255."""
    return np.clip(np.rint(luma), 0, 255).astype(np.uint8)


def spread(plane: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W) in limited range -> full range; what lies outside 16..235 is clipped."""
    return np.asarray(cv2.convertScaleAbs(cv2.subtract(plane, _BLACK), alpha=_STEP), np.uint8)
