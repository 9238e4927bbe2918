"""Which frames tell most of a video: few, spread over its time and over how much the picture changes.

Looked at are grey thumbnails, at most four a second. Their differences add up to a curve of change; half of
it and half of the time itself make the way along which the chosen frames lie at equal distances. A still
scene so gets fewer frames than its time, a busy one more, and none gets all.
"""

from __future__ import annotations

import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from seawall.media.frame import Frame

STEP_S: Final = 0.25
MOST_LOOKED_AT: Final = 4096  #: frames; past these, every second one is dropped and the step doubled
PREFERRED_SHARE: Final = 0.75  #: of the frames, for the preferred seconds where there are any
SAME: Final = 1.0  #: mean difference in grey levels up to which two frames tell the same

_SIDES_PX: Final = (32, 18)

Thumb = NDArray[np.int16]  #: (18, 32) grey levels


@dataclass(frozen=True, slots=True, eq=False)
class Look:
    """One frame that was looked at."""

    time_s: float
    thumb: Thumb


def looked_at(frames: Iterable[Frame]) -> list[Look]:
    """Frames with some time between them, however many there are: at most `MOST_LOOKED_AT`."""
    looks: list[Look] = []
    step_s = STEP_S
    for frame in frames:
        if looks and frame.time_s < looks[-1].time_s + step_s:
            continue
        looks.append(Look(frame.time_s, _thumb(frame)))
        if len(looks) > MOST_LOOKED_AT:
            looks, step_s = looks[::2], 2 * step_s
    return looks


def chosen(looks: Sequence[Look], count: int, preferred: Sequence[tuple[float, float]] = ()) -> list[float]:
    """The times of at most `count` frames, ascending. preferred: spans (start_s, end_s) to take most of."""
    inside: list[Look] = []
    outside: list[Look] = []
    for one in looks:
        is_in = any(start <= one.time_s <= end for start, end in preferred)
        (inside if is_in else outside).append(one)
    if not inside or not outside:
        return _spread(looks, count)
    most = min(len(inside), round(count * PREFERRED_SHARE))
    first = _spread(inside, most)
    return sorted([*first, *_spread(outside, count - len(first))])


def _spread(looks: Sequence[Look], count: int) -> list[float]:
    """Times at equal distances along the way of time and change; near twins are left out."""
    if not looks or count < 1:
        return []
    way = _way(looks)
    marks = (np.arange(count) + 0.5) / count
    picked = sorted({int(np.abs(way - mark).argmin()) for mark in marks})
    return [looks[at].time_s for at in _distinct(looks, picked)]


def _distinct(looks: Sequence[Look], picked: Iterable[int]) -> Iterator[int]:
    """Without those that tell the same as one before them."""
    kept: list[int] = []
    for at in picked:
        if all(_difference(looks[at], looks[one]) > SAME for one in kept):
            kept.append(at)
            yield at


def _way(looks: Sequence[Look]) -> NDArray[np.float64]:
    """(n,) from 0 to 1, ascending."""
    times = np.array([one.time_s for one in looks])
    changes = [_difference(one, next_one) for one, next_one in itertools.pairwise(looks)]
    change = np.concatenate([[0.0], np.cumsum(changes)])
    parts = [_to_one(times - times[0]), _to_one(change)]
    way: NDArray[np.float64] = np.mean(parts, axis=0)
    return way


def _to_one(values: NDArray[np.float64]) -> NDArray[np.float64]:
    scaled: NDArray[np.float64] = values / values[-1] if values[-1] > 0 else np.linspace(0, 1, len(values))
    return scaled


def _difference(one: Look, other: Look) -> float:
    return float(np.abs(one.thumb - other.thumb).mean())


def _thumb(frame: Frame) -> Thumb:
    luma = np.ascontiguousarray(frame.luma(), np.uint8)
    return np.asarray(cv2.resize(luma, _SIDES_PX, interpolation=cv2.INTER_AREA), np.int16)
