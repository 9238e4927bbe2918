"""Mosaics: what lies in a box gives way to a few mean colours of it, from which it cannot be had back.

All that is left of a box is a grid of at most `CELLS` by `CELLS` means. What is drawn there is computed from
that grid alone: the cells flow into each other, so that no edge of theirs is taken for one of the picture.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]  #: (height_px, width_px) or (height_px, width_px, 3)

CELLS: Final = 8  #: along the longer side of a box; about five of them across the face itself


@dataclass(frozen=True, slots=True)
class Box:
    """A rectangle of a picture, in its pixels; it may reach over the edge."""

    left: float
    top: float
    right: float
    bottom: float

    def scaled(self, share: float) -> Box:
        """The same in the picture at another size."""
        return Box(self.left * share, self.top * share, self.right * share, self.bottom * share)

    def grown(self, share: float) -> Box:
        """Longer on each side, by a share of its width or height."""
        across, down = (self.right - self.left) * share, (self.bottom - self.top) * share
        return Box(self.left - across, self.top - down, self.right + across, self.bottom + down)

    def shared_with(self, other: Box) -> float:
        """The share of the smaller of the two that lies in both."""
        across = min(self.right, other.right) - max(self.left, other.left)
        down = min(self.bottom, other.bottom) - max(self.top, other.top)
        smaller = min(self.area, other.area)
        return max(0.0, across) * max(0.0, down) / smaller if smaller > 0 else 0.0

    @property
    def area(self) -> float:
        """In square pixels."""
        return (self.right - self.left) * (self.bottom - self.top)


def cover(pixels: Pixels, boxes: Iterable[Box]) -> None:
    """Lay a mosaic over each box, in place. A pixel that a box touches is covered as a whole."""
    height, width = pixels.shape[:2]
    for box in boxes:
        left, top = max(0, int(np.floor(box.left))), max(0, int(np.floor(box.top)))
        right, bottom = min(width, int(np.ceil(box.right))), min(height, int(np.ceil(box.bottom)))
        if left < right and top < bottom:
            pixels[top:bottom, left:right] = coarse(pixels[top:bottom, left:right])


def coarse(part: Pixels) -> Pixels:
    """A picture of the same size that holds no more than the means of its cells."""
    height, width = part.shape[:2]
    share = min(1.0, CELLS / max(height, width))
    grid = (max(1, round(width * share)), max(1, round(height * share)))
    means = cv2.resize(np.ascontiguousarray(part), grid, interpolation=cv2.INTER_AREA)
    return np.asarray(cv2.resize(means, (width, height), interpolation=cv2.INTER_LINEAR), np.uint8)
