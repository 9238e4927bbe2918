"""Small pictures of a file, for a network that the asking process runs.

The decoding process may have been taken over by the file, so it gets neither the network nor a say:
what it hands out is pictures of one known shape, of a still that one, of a moving picture one every
`GAP_S` and one after each cut. A long one's are thinned out while they come in, so that their number
stays bounded whatever the duration: each second one is dropped, and they follow at twice the gap.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Protocol, TypeVar

import numpy as np
from numpy.typing import NDArray

from seawall.signals import learned, pdq, video

GAP_S: Final = 2.0
CUT_GAP_S: Final = 0.5
CUT_BITS: Final = 80  #: an area code that moved this far since the last picture: another shot
MOST: Final = 400  #: pictures of a file ...
MOST_BYTES: Final = 96 << 20  #: ... and what they take, where a network takes large ones
_TIME_ERROR_S: Final = 0.001


@dataclass(frozen=True, slots=True, eq=False)
class Small:
    """A file's small pictures."""

    pictures: NDArray[np.uint8]  #: (n, side, side, 3), n at least 1
    times_ms: NDArray[np.uint32]  #: (n,) rising


class Shows(Protocol):
    """What is used of `media.Frame`."""

    def rgb(self) -> NDArray[np.uint8]:
        """(height_px, width_px, 3)."""


Frame = TypeVar("Frame", bound=Shows)


class Gallery:
    """Gathers the small pictures of a moving picture while it is decoded."""

    def __init__(self, side_px: int) -> None:
        self._side_px = side_px
        self._most = max(1, min(MOST, MOST_BYTES // (side_px * side_px * 3)))
        self._stretch = 1  #: by how much the gaps have grown
        self._taken: list[tuple[int, pdq.Pdq, NDArray[np.uint8]]] = []
        self._frame: Shows | None = None

    def passing(self, frames: Iterator[Frame]) -> Iterator[Frame]:
        """The same frames; the last one that passed is at hand when `take` is called."""
        for frame in frames:
            self._frame = frame
            yield frame

    def take(self, time_s: float, code: pdq.Pdq) -> None:
        """Look at the frame that just passed, whose area code is known; a flat one is never kept."""
        if self._frame is None or code.quality < video.MIN_QUALITY or not self._wanted(time_s, code):
            return
        if len(self._taken) >= self._most:
            self._taken = self._taken[::2]
            self._stretch *= 2
            if not self._wanted(time_s, code):
                return
        small = learned.prepared(self._frame.rgb(), self._side_px)
        self._taken.append((round(time_s * 1000), code, small))

    def _wanted(self, time_s: float, code: pdq.Pdq) -> bool:
        if not self._taken:
            return True
        last_ms, last, _ = self._taken[-1]
        gap_s = time_s - last_ms / 1000 + _TIME_ERROR_S
        if gap_s >= GAP_S * self._stretch:
            return True
        return gap_s >= CUT_GAP_S * self._stretch and code.distance(last) >= CUT_BITS

    def gathered(self) -> Small | None:
        """What was kept; None where nothing was."""
        if not self._taken:
            return None
        times_ms = np.array([time_ms for time_ms, _, _ in self._taken], np.uint32)
        return Small(np.stack([small for _, _, small in self._taken]), times_ms)


def still(rgb: NDArray[np.uint8], side_px: int) -> Small:
    """Of one picture."""
    return Small(learned.prepared(rgb, side_px)[None], np.zeros(1, np.uint32))


def checked(pictures: object, times_ms: object, side_px: int) -> Small:
    """As they come from the decoding process. Raises ValueError where they are not of that form."""
    good = learned.checked(pictures, side_px)
    if not isinstance(times_ms, np.ndarray) or times_ms.dtype != np.uint32:
        raise ValueError("expected the times of small pictures")
    if not 0 < len(good) <= MOST or times_ms.shape != (len(good),):
        raise ValueError(f"expected small pictures and as many times, not {len(good)} and {times_ms.shape}")
    if (np.diff(times_ms.astype(np.int64)) <= 0).any():
        raise ValueError("small pictures out of order")
    return Small(good, times_ms)
