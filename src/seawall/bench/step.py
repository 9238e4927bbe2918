"""A step: one change with its values drawn, that joins with others to an edit.

A step may change the time line, the pictures, the sound and the way of encoding. Steps of one edit act
in order, those on the time line first: whatever is drawn over the pictures lies on the finished cut.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from seawall.bench import timeline
from seawall.media import encode

if TYPE_CHECKING:
    from seawall.bench.footage import Kept

Samples = NDArray[np.float32]  #: (samples,), mono


@dataclass(frozen=True, slots=True)
class Canvas:
    """What a change of pictures is made ready for."""

    rng: np.random.Generator
    height_px: int
    width_px: int
    others: tuple[Kept, ...]  #: footage of other clips, at least one


#: what happens to each picture, given its time in the edited file
Change = Callable[[encode.Planes, float], encode.Planes]
Prepare = Callable[[Canvas], Change]
#: (sound, its rate in Hz, other clips' sounds, random numbers) -> sound; None for none
Heard = Callable[[Samples, int, tuple[Samples, ...], np.random.Generator], Samples | None]


@dataclass(frozen=True, slots=True)
class Step:
    """One change, ready to be made."""

    label: str  #: what it does with which values, for the log
    time: Callable[[timeline.Timeline], timeline.Timeline] | None = None
    picture: Prepare | None = None
    sound: Heard | None = None
    keep_pitch: bool = False  #: where the time line runs at another speed, the sound's pitch stays
    rate_hz: float | None = None  #: frames a second of the edited file
    dropped: float = 0.0  #: share of its frames that are left out
    crf: int | None = None
    others: int = 0  #: how many other clips show or sound in it


#: draws an edit's steps for a clip of so many seconds
Draw = Callable[[np.random.Generator, float], tuple[Step, ...]]


def planewise(change: Callable[[NDArray[np.uint8], int], NDArray[np.uint8]]) -> Prepare:
    """The same done to each plane: change(plane, part), where chroma's sides are 1 / part of luma's."""
    return lambda _: (
        lambda picture, _time_s: encode.Planes(
            change(picture.y, 1), change(picture.u, 2), change(picture.v, 2)
        )
    )


def pick(rng: np.random.Generator, *values: float) -> float:
    """One of some values."""
    return float(values[rng.integers(len(values))])


def sign(rng: np.random.Generator) -> float:
    """1 or -1."""
    return pick(rng, -1, 1)
