"""A video's pictures as a proxy has them, with mosaics over the faces.

Faces are looked for a few times a second. A picture is covered wherever a look shortly before or after it
found one: a face that one look misses is covered by its neighbours, and one that moves by both ends of its
way. For that, pictures wait a moment before they are handed on.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np

from seawall.media import encode, faces, mosaic
from seawall.media.frame import Frame
from seawall.media.mosaic import Box
from seawall.model.viewing import Cover, Faces

EVERY_S: Final = 0.2  #: between two looks
AROUND_S: Final = 0.5  #: for which a find holds, before its look and after it
_GREY: Final = 128


@dataclass(frozen=True, slots=True)
class Shown:
    """A picture of a proxy, or that there is one at a time that is not asked for."""

    time_s: float
    planes: encode.Planes | None


def shown(
    frames: Iterable[Frame],
    spans: Sequence[Sequence[float]],
    size: tuple[int, int],
    cover: Cover,
    over: Faces,
) -> Iterator[Shown]:
    """The pictures within the spans [start_s, end_s] at the size; times alone of the others.

    size: width and height in pixels, both even. Raises FaceDetectorMissing.
    """
    waiting: deque[Shown] = deque()
    looks: deque[tuple[float, list[Box]]] = deque()
    for one in _small(frames, spans, size):
        if one.planes is not None and (not looks or one.time_s >= looks[-1][0] + EVERY_S - 1e-6):
            looks.append((one.time_s, _boxes(one.planes, over)))
        waiting.append(one)
        while waiting[0].time_s + AROUND_S + EVERY_S < one.time_s:
            yield _covered(waiting.popleft(), looks, cover)
        while looks and looks[0][0] + AROUND_S < waiting[0].time_s:
            looks.popleft()
    while waiting:
        yield _covered(waiting.popleft(), looks, cover)


def _small(
    frames: Iterable[Frame], spans: Sequence[Sequence[float]], size: tuple[int, int]
) -> Iterator[Shown]:
    for frame in frames:
        asked_for = any(start_s - 1e-6 <= frame.time_s < end_s for start_s, end_s in spans)
        yield Shown(frame.time_s, encode.planes(frame, *size) if asked_for else None)


def _boxes(planes: encode.Planes, over: Faces) -> list[Box]:
    if over is Faces.OPEN:
        return []
    rows, columns = planes.y.shape
    if over is Faces.WHOLE:
        return [Box(0, 0, columns, rows)]
    flat = np.concatenate([one.ravel() for one in (planes.y, planes.u, planes.v)])
    rgb = cv2.cvtColor(flat.reshape(rows * 3 // 2, columns), cv2.COLOR_YUV2RGB_I420)
    return faces.found(np.asarray(rgb, np.uint8), faces.MOVING)


def _covered(one: Shown, looks: Iterable[tuple[float, list[Box]]], cover: Cover) -> Shown:
    if one.planes is None:
        return one
    near = (found for at_s, found in looks if abs(at_s - one.time_s) <= AROUND_S + 1e-6)
    boxes = dict.fromkeys(box for found in near for box in found)
    y, u, v = (np.array(plane) for plane in (one.planes.y, one.planes.u, one.planes.v))
    mosaic.cover(y, boxes)
    if cover is Cover.PLAIN:
        for plane in (u, v):
            mosaic.cover(plane, [box.scaled(0.5) for box in boxes])
    else:
        u, v = np.full_like(u, _GREY), np.full_like(v, _GREY)
    return Shown(one.time_s, encode.Planes(y, u, v))
