"""One luma for everything: 0 to 255, where 0 is black and 255 is white.

Video stores luma in 16..235 (limited range) or in 0..255 (full range), in 8 bits or more. Here 8
bits of full range come out: more bits are shifted down, limited range is spread by a table. What has
no luma plane goes through red, green and blue with the weights of BT.601, as PDQ defines its input.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

RGB_WEIGHTS: Final = (0.299, 0.587, 0.114)
_BAND_ROWS: Final = 64

#: what a value of limited range is in full range
FULL_OF_LIMITED: Final = np.clip(np.rint((np.arange(256) - 16) * (255 / 219)), 0, 255).astype(np.uint8)

#: the same for two neighbours at once, read as one number: half the look-ups
_FULL_OF_PAIR: Final = FULL_OF_LIMITED[np.arange(1 << 16, dtype=np.uint16).view(np.uint8)].view(np.uint16)


def from_rgb(rgb: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(H, W, 3) red, green, blue -> (H, W) luma, not rounded."""
    luma = np.empty(rgb.shape[:2], np.float32)
    weights = np.array(RGB_WEIGHTS, np.float32)
    for top in range(0, len(rgb), _BAND_ROWS):  # in bands: a whole picture as float32 is 12 bytes a pixel
        band = rgb[top : top + _BAND_ROWS].astype(np.float32)
        np.dot(band, weights, out=luma[top : top + _BAND_ROWS])
    return luma


def round_to_bytes(luma: NDArray[np.float32]) -> NDArray[np.uint8]:
    """(H, W) luma -> the nearest whole numbers 0..255."""
    return np.clip(np.rint(luma), 0, 255).astype(np.uint8)


def spread(plane: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(H, W) in limited range -> full range; what lies outside 16..235 is clipped."""
    if plane.shape[1] % 2 or not plane.flags.c_contiguous:
        return np.take(FULL_OF_LIMITED, plane)
    return np.take(_FULL_OF_PAIR, plane.view(np.uint16)).view(np.uint8)
