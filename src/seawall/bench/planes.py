"""Pictures in planes: the few operations that edits are made of.

Positions and sides are in luma pixels and even; chroma's are their halves.
"""

from __future__ import annotations

from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from seawall.media import encode

LIMITED_MIN: Final = 16
LIMITED_MAX: Final = 235
LIMITED_SPAN: Final = 219
GREY: Final = 128

Plane = NDArray[np.uint8]
Colour = tuple[int, int, int]  #: of the three planes

BLACK: Final[Colour] = (LIMITED_MIN, GREY, GREY)
WHITE: Final[Colour] = (LIMITED_MAX, GREY, GREY)


def filled(height_px: int, width_px: int, colour: Colour) -> encode.Planes:
    """A picture of one colour."""
    y, u, v = colour
    small = (height_px // 2, width_px // 2)
    return encode.Planes(
        np.full((height_px, width_px), y, np.uint8), np.full(small, u, np.uint8), np.full(small, v, np.uint8)
    )


def copied(picture: encode.Planes) -> encode.Planes:
    """The same in memory of its own, which can be drawn on."""
    return encode.Planes(picture.y.copy(), picture.u.copy(), picture.v.copy())


def each(picture: encode.Planes) -> tuple[tuple[Plane, int], ...]:
    """Every plane, and which part of luma's side its own is."""
    return (picture.y, 1), (picture.u, 2), (picture.v, 2)


def put(under: encode.Planes, over: encode.Planes, top_px: int, left_px: int) -> None:
    """Draw one picture on another, in place. What lies outside is left out."""
    for (plane, part), (patch, _) in zip(each(under), each(over), strict=True):
        top, left = top_px // part, left_px // part
        room = plane[max(top, 0) : max(top + patch.shape[0], 0), max(left, 0) : max(left + patch.shape[1], 0)]
        room[:] = patch[max(-top, 0) :, max(-left, 0) :][: room.shape[0], : room.shape[1]]


def resized(picture: encode.Planes, height_px: int, width_px: int) -> encode.Planes:
    """At another size, averaged over area where it shrinks."""
    height, width = encode.even(height_px), encode.even(width_px)
    if picture.y.shape == (height, width):
        return picture
    shrinks = height * width < picture.y.size
    way = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    y, u, v = (
        cv2.resize(plane, (width // part, height // part), interpolation=way) for plane, part in each(picture)
    )
    return encode.Planes(_bytes(y), _bytes(u), _bytes(v))


def covering(picture: encode.Planes, height_px: int, width_px: int) -> encode.Planes:
    """Enlarged or shrunk until it covers that size, and cut to it about its centre."""
    height, width = picture.y.shape
    scale = max(height_px / height, width_px / width)
    larger = resized(
        picture, max(height_px, round(height * scale) + 1), max(width_px, round(width * scale) + 1)
    )
    rows, columns = larger.y.shape
    return window(larger, (rows - height_px) // 2, (columns - width_px) // 2, height_px, width_px)


def window(picture: encode.Planes, top_px: int, left_px: int, height_px: int, width_px: int) -> encode.Planes:
    """A part of the picture, moved and cut to even positions."""
    top, left = top_px // 2, left_px // 2
    rows, columns = encode.even(height_px) // 2, encode.even(width_px) // 2
    y, u, v = (
        plane[top * side : (top + rows) * side, left * side : (left + columns) * side]
        for plane, side in ((picture.y, 2), (picture.u, 1), (picture.v, 1))
    )
    return encode.Planes(y, u, v)


def fitting(height: int, width: int, height_px: int, width_px: int) -> tuple[int, int]:
    """(height, width) of the largest picture of its shape inside a size, even."""
    scale = min(height_px / height, width_px / width)
    return encode.even(round(height * scale)), encode.even(round(width * scale))


def drawn_colour(rng: np.random.Generator) -> Colour:
    """Black, white or any other, a third of the time each."""
    kind = rng.integers(3)
    if kind < 2:
        return (BLACK, WHITE)[kind]
    y, u, v = rng.integers((40, 60, 60), (210, 196, 196))
    return int(y), int(u), int(v)


def text(width_px: int, height_px: int, words: str) -> Plane:
    """(height_px, width_px): words filling most of the height, 255 on 0, cut where they are too long."""
    face, thickness = cv2.FONT_HERSHEY_SIMPLEX, max(1, height_px // 16)
    (wide, high), below = cv2.getTextSize(words, face, 1.0, thickness)
    scale = min(0.62 * height_px / high, 0.94 * width_px / wide)
    at = (round((width_px - wide * scale) / 2), round((height_px + (high - below / 2) * scale) / 2))
    drawn = np.zeros((height_px, width_px), np.uint8)
    cv2.putText(drawn, words, at, face, scale, 255.0, thickness, cv2.LINE_AA)
    return drawn


def line_of_text(height_px: int, words: str, at_least_px: int) -> Plane:
    """(height_px, n): words as wide as they come, said again until they are wide enough."""
    wide = text(height_px * len(words), height_px, words)
    columns = np.flatnonzero(wide.any(axis=0))
    line = wide[:, columns[0] : columns[-1] + height_px]
    return np.tile(line, (1, -(-at_least_px // line.shape[1])))


def inked(bar: encode.Planes, mask: Plane, ink: int) -> encode.Planes:
    """A bar with something written on it: luma `ink` where the mask is 255."""
    share = mask.astype(np.float32) / 255
    y = np.rint(bar.y + (np.float32(ink) - bar.y) * share).astype(np.uint8)
    return encode.Planes(y, bar.u, bar.v)


def _bytes(plane: NDArray[np.generic]) -> Plane:
    return np.asarray(plane, np.uint8)
