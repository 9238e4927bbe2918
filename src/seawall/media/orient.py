"""Turning pictures upright: the eight ways in which a right-angled picture can lie."""

from __future__ import annotations

import struct
from dataclasses import dataclass
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

Element = TypeVar("Element", bound=np.generic)


@dataclass(frozen=True, slots=True)
class Orientation:
    """What brings stored pixels upright: mirrored left to right first, then turned."""

    mirrored: bool = False
    quarter_turns: int = 0  #: counter-clockwise, 0 to 3

    @property
    def swaps_sides(self) -> bool:
        """Whether width and height change places."""
        return self.quarter_turns % 2 == 1

    def apply(self, pixels: NDArray[Element]) -> NDArray[Element]:
        """(H, W, ...) as stored -> upright; a view where nothing moves."""
        if self.mirrored:
            pixels = pixels[:, ::-1]
        if self.quarter_turns:
            pixels = np.rot90(pixels, self.quarter_turns)
        return np.ascontiguousarray(pixels) if self != UPRIGHT else pixels


UPRIGHT: Final = Orientation()

#: the EXIF tag's values 1 to 8
_EXIF: Final = {
    1: UPRIGHT,
    2: Orientation(mirrored=True),
    3: Orientation(quarter_turns=2),
    4: Orientation(mirrored=True, quarter_turns=2),
    5: Orientation(mirrored=True, quarter_turns=1),
    6: Orientation(quarter_turns=3),
    7: Orientation(mirrored=True, quarter_turns=3),
    8: Orientation(quarter_turns=1),
}


def from_exif(value: object) -> Orientation:
    """Of the EXIF orientation tag; anything that is none of its eight values is upright."""
    return _EXIF.get(value, UPRIGHT) if isinstance(value, int) else UPRIGHT


def from_display_matrix(matrix: bytes) -> Orientation:
    """Of a video's display matrix: nine 32-bit numbers a b u c d v x y w, in the machine's order.

    A stored point (p, q) is shown at (a p + c q, b p + d q), y downwards. The nearest right-angled
    orientation is taken: players do not tilt.
    """
    if len(matrix) != 36:
        return UPRIGHT
    a, b, _, c, d, *_ = struct.unpack("=9i", matrix)
    mirrored = a * d - b * c < 0
    if mirrored:
        a, b = -a, -b
    if abs(a) >= abs(b):
        return Orientation(mirrored, 0 if a >= 0 else 2)
    return Orientation(mirrored, 3 if b > 0 else 1)
