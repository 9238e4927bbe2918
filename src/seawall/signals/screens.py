"""Screens that were filmed: a picture seen at an angle, in surroundings of one tone.

A screen filmed by hand in a dim room is a quadrilateral with straight sides, and what lies around it is about
one tone. Its corners are found in each frame on its own, because the hand shakes, and the picture within is
pulled straight: it then has the code of one that was never filmed, where the slanted one has none in common
with its source. Of 20 clips that the benchmark filmed and that numbers were chosen with, 18 had more than two
of three moments back to within 31 bits, one had under half of them, one none.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

SIDE_PX: Final = 128  #: of a picture pulled straight
AROUND_LEVELS: Final = 16  #: grey levels that most of the surroundings are off their tone, at most ...
AROUND_SHARE: Final = 0.95  #: ... namely this share of them
FILLED: Final = 0.85  #: of the outline and what differs from the surroundings together that both cover
LEAST_AREA: Final = 0.08  #: of the picture that a screen takes
UPRIGHT: Final = 0.02  #: of the picture's sides: corners no further than that off a box are a box

_RING: Final = 0.025  #: of the longer side: how wide a strip at the picture's edge is looked at
_LEAST_RING_PX: Final = 3
_BLUR_PX: Final = 5  #: the surroundings' grain and a codec's are below that
_LEAST_LEVELS: Final = 10  #: what differs from the surroundings does by more than that ...
_LEAST_SPREAD: Final = 1.5  #: ... and by that many times what they differ from themselves
_OPENED = np.ones((3, 3), np.uint8)
_CLOSED = np.ones((9, 9), np.uint8)
_SPECK: Final = 0.01  #: of the picture: what is smaller does not belong to a screen
_STRAIGHT: Final = (0.01, 0.1, 19)  #: of the outline's length: least and most that a side may stray, steps
_CORNERS: Final = 4
_STRAIGHTENED: Final = np.array(((0, 0), (1, 0), (1, 1), (0, 1)), np.float32) * SIDE_PX - np.float32(0.5)

#: (4, 2) x and y in pixels, clockwise from the upper left
Corners = NDArray[np.float32]


def screens(frames: NDArray[np.uint8]) -> list[Corners] | None:
    """Where the screen's corners are in each of some frames that follow each other; None without one.

    frames: (k, height, width) grey, some hundred pixels a side. In a frame whose own outline does not tell,
    the screen is where it mostly is.
    """
    if _tone(frames[0]) is None:  # as nearly always
        return None
    told = [screen(frame) for frame in frames]
    found = [corners for corners in told if corners is not None]
    if len(found) <= len(frames) // 2:
        return None
    usual = np.median(found, axis=0).astype(np.float32)
    return [usual if corners is None else corners for corners in told]


def screen(frame: NDArray[np.uint8]) -> Corners | None:
    """The corners of the screen in one picture (height, width); None without one, or with an upright one."""
    around = _tone(frame)
    if around is None:
        return None
    tone, spread, blurred = around
    height, width = frame.shape
    differs = np.abs(blurred - tone) > max(_LEAST_LEVELS, _LEAST_SPREAD * spread)
    mask = cv2.morphologyEx(differs.astype(np.uint8), cv2.MORPH_OPEN, _OPENED)
    mask = cv2.morphologyEx(mask, cv2.MORPH_CLOSE, _CLOSED)
    outlines, _ = cv2.findContours(mask, cv2.RETR_EXTERNAL, cv2.CHAIN_APPROX_NONE)
    large = [np.asarray(one, np.int32) for one in outlines if cv2.contourArea(one) >= _SPECK * height * width]
    if not large:
        return None
    hull = np.asarray(cv2.convexHull(np.concatenate(large)), np.int32)
    if cv2.contourArea(hull) < LEAST_AREA * height * width:
        return None
    corners = _quadrilateral(hull)
    if corners is None or _upright(corners, height, width) or not _filled(corners, large, mask.shape):
        return None
    return corners


def straightened(frame: NDArray[np.uint8], corners: Corners) -> NDArray[np.uint8]:
    """(SIDE_PX, SIDE_PX): what lies within the corners, as seen from the front; its shape is not kept."""
    matrix = cv2.getPerspectiveTransform(corners, _STRAIGHTENED)
    smooth = cv2.GaussianBlur(frame, (0, 0), 1.0)
    size = (SIDE_PX, SIDE_PX)
    return np.asarray(cv2.warpPerspective(smooth, matrix, size, borderMode=cv2.BORDER_REPLICATE), np.uint8)


def _tone(frame: NDArray[np.uint8]) -> tuple[float, float, NDArray[np.int16]] | None:
    """The surroundings' tone, how far most are off it, the blurred frame; None if they have several."""
    wide = max(_LEAST_RING_PX, round(_RING * max(frame.shape)))
    if min(frame.shape) <= 4 * wide:
        return None
    edges = np.concatenate([frame[0], frame[-1], frame[:, 0], frame[:, -1]]).astype(np.int16)
    if np.abs(edges - np.median(edges)).mean() > 2 * AROUND_LEVELS:  # no need to look closely
        return None
    blurred = np.asarray(cv2.blur(frame, (_BLUR_PX, _BLUR_PX)), np.int16)
    strips = (blurred[:wide], blurred[-wide:], blurred[wide:-wide, :wide], blurred[wide:-wide, -wide:])
    ring = np.concatenate([strip.ravel() for strip in strips])
    tone = float(np.median(ring))
    spread = float(np.quantile(np.abs(ring - tone), AROUND_SHARE))
    return None if spread > AROUND_LEVELS else (tone, spread, blurred)


def _quadrilateral(hull: NDArray[np.int32]) -> Corners | None:
    """A hull's four corners, once its sides may stray far enough to have no more."""
    length = cv2.arcLength(hull, closed=True)
    for share in np.linspace(*_STRAIGHT[:2], num=_STRAIGHT[2]):
        outline = cv2.approxPolyDP(hull, float(share) * length, closed=True)
        if len(outline) <= _CORNERS:
            return _clockwise(outline[:, 0].astype(np.float32)) if len(outline) == _CORNERS else None
    return None


def _clockwise(corners: Corners) -> Corners:
    """From the upper left one on."""
    off = corners - corners.mean(axis=0)
    ordered: Corners = corners[np.argsort(np.arctan2(off[:, 1], off[:, 0]))]
    return ordered


def _upright(corners: Corners, height: int, width: int) -> bool:
    """Whether they are those of a box, which `splitting` finds."""
    low, high = corners.min(axis=0), corners.max(axis=0)
    off = np.minimum(np.abs(corners - low), np.abs(corners - high)) / (width, height)
    return bool(off.max() <= UPRIGHT)


def _filled(corners: Corners, outlines: Sequence[NDArray[np.int32]], shape: Sequence[int]) -> bool:
    """Whether what differs from the surroundings fills the quadrilateral, and nothing else does."""
    within = np.zeros(shape, np.uint8)
    cv2.fillPoly(within, [np.rint(corners).astype(np.int32)], 1)
    differing = np.zeros(shape, np.uint8)
    cv2.drawContours(differing, outlines, -1, 1, cv2.FILLED)
    return int((within & differing).sum()) >= FILLED * int((within | differing).sum())
