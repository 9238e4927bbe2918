"""Panes: parts of a query's picture that show something of their own, each with a fingerprint.

A copy within borders, beside other footage or in front of it has no code in common with its source, but the
part of the picture that holds it does. Where the parts are is told by `splitting`, of a moving picture anew
every `WINDOW_FRAMES` looks; a part that is found again where it was goes on as the same pane.
"""

from __future__ import annotations

import struct
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray

from seawall.media.luma import round_to_bytes
from seawall.model.match import Region
from seawall.signals import pdq, screens, shrink, splitting, video

LONG_SIDE_PX: Final = 320  #: of the small pictures that are split: sharp seams, and little to look through
GAP_S: Final = 0.75  #: between two looks: a reference's moments are far denser
WINDOW_FRAMES: Final = 7
MOST: Final = 24  #: panes of a file; those that come first
MOST_OF_STILL: Final = 12
SAME_PLACE: Final = 0.02  #: of the picture's sides, that a pane's may move by from window to window
SHAKEN: Final = 0.08  #: the same of a screen that is filmed by hand

_LEAST_FRAMES: Final = 2  #: of one frame of footage every object's outline would be a seam
_KEPT_FRAMES: Final = 4
_OFF_PX: Final = 2  #: of the small picture, that a part's side may be off by
_TIME_ERROR_S: Final = 0.001
_HEADER: Final = struct.Struct("<4f2I?")  #: region, start and end in ms, whether it is tilted


@dataclass(frozen=True, slots=True, eq=False)
class Pane:
    """A part of the picture, from when to when it was there, and what it shows."""

    region: Region
    start_s: float
    end_s: float
    fingerprint: video.Fingerprint  #: its moments, at the query's times
    tilted: bool = (
        False  #: a filmed screen: the region is the box around it, the moments are seen from the front
    )

    def encode(self) -> bytes:
        """A header, then the fingerprint. `decode` is its inverse."""
        ends = (round(self.start_s * 1000), round(self.end_s * 1000))
        return _HEADER.pack(*self.region, *ends, self.tilted) + self.fingerprint.encode()


def decode(data: bytes) -> Pane:
    """The pane that `encode` wrote. Raises ValueError where the bytes are not one."""
    if len(data) < _HEADER.size:
        raise ValueError("shorter than a pane's header")
    x, y, width, height, start_ms, end_ms, tilted = _HEADER.unpack_from(data)
    region = Region(x, y, width, height)
    fingerprint = video.decode(data[_HEADER.size :])
    inside = min(region) >= 0 and max(x + width, y + height) <= 1 + 1e-6  # no NaN passes
    if not inside or start_ms > end_ms or fingerprint.thumbs is None or len(fingerprint) == 0:
        raise ValueError("a pane outside of its picture or its time")
    return Pane(region, start_ms / 1000, end_ms / 1000, fingerprint, tilted)


@dataclass(slots=True)
class _Track:
    """A part that is found window after window."""

    region: Region
    start_s: float
    end_s: float
    tilted: bool
    sample: video.Sample = field(default_factory=video.Sample)

    def goes_on_in(self, region: Region, *, tilted: bool) -> bool:
        off = np.array(region) - np.array(self.region)
        within = SHAKEN if tilted else SAME_PLACE
        return self.tilted == tilted and bool(np.abs([off[:2], off[:2] + off[2:]]).max() <= within)

    def pane(self, duration_s: float) -> Pane:
        sampled = self.sample.fingerprint(duration_s)
        return Pane(self.region, self.start_s, self.end_s, sampled, self.tilted)


class Collector:
    """Gathers a moving picture's panes while it is decoded."""

    def __init__(self) -> None:
        self._window: list[tuple[float, NDArray[np.uint8]]] = []  #: times and small pictures
        self._since_s = 0.0  #: when the window begins
        self._next_s = 0.0
        self._tracks: list[_Track] = []

    def take(self, time_s: float, luma_of: Callable[[], shrink.Luma]) -> None:
        """Look at a frame, if the last look is long enough ago."""
        if time_s + _TIME_ERROR_S < self._next_s:
            return
        self._next_s = (time_s // GAP_S + 1) * GAP_S
        small = _small(luma_of())
        if self._window and small.shape != self._window[-1][1].shape:
            self._split(time_s)
        self._window.append((time_s, small))
        # Some are left for the next window, so that the last one is never of a frame or two.
        if len(self._window) >= WINDOW_FRAMES + _KEPT_FRAMES:
            self._split(self._window[WINDOW_FRAMES][0], keep=_KEPT_FRAMES)

    def gathered(self, duration_s: float) -> tuple[Pane, ...]:
        """What was found in a moving picture of that duration."""
        self._split(duration_s)
        found = (track.pane(duration_s) for track in self._tracks)
        return tuple(pane for pane in found if pane.fingerprint.usable().any())

    def _split(self, until_s: float, keep: int = 0) -> None:
        """Find the parts of the window's frames, all but those to be kept for the next one."""
        looks = self._window[: len(self._window) - keep]
        if len(looks) >= _LEAST_FRAMES:
            times_s, smalls = [time_s for time_s, _ in looks], np.stack([small for _, small in looks])
            seen = screens.screens(smalls)
            if seen is not None:
                straight = np.stack([screens.straightened(*pair) for pair in zip(smalls, seen, strict=True)])
                self._keep(_around(seen, smalls.shape[1:]), times_s, straight, until_s, tilted=True)
            for box in splitting.parts(smalls):
                part = smalls[:, box.top : box.bottom, box.left : box.right]
                self._keep(_region(box, smalls.shape[1:]), times_s, part, until_s)
        self._window = self._window[len(looks) :]
        self._since_s = until_s

    def _keep(
        self,
        region: Region,
        times_s: Sequence[float],
        part: NDArray[np.uint8],
        until_s: float,
        *,
        tilted: bool = False,
    ) -> None:
        """What a part of the window's frames shows."""
        track = self._track(region, tilted=tilted)
        if track is not None:
            track.sample.take(times_s, part)
            track.end_s = until_s

    def _track(self, region: Region, *, tilted: bool) -> _Track | None:
        """The one that goes on there, or a new one; None where it is taken, or there are too many.

        After a gap it is another: a run would be led on over the gap.
        """
        for track in self._tracks:
            if track.end_s >= self._since_s and track.goes_on_in(region, tilted=tilted):
                return track if track.end_s == self._since_s else None
        if len(self._tracks) >= MOST:
            return None
        self._tracks.append(_Track(region, self._since_s, self._since_s, tilted))
        return self._tracks[-1]


def still(luma: shrink.Luma) -> tuple[Pane, ...]:
    """The panes of one picture."""
    small = _small(luma)
    found: list[Pane] = []
    corners = screens.screen(small)
    if corners is not None:
        straight = video.still(screens.straightened(small, corners))
        found.append(Pane(_around([corners], small.shape), 0.0, 0.0, straight, tilted=True))
    for coarse in splitting.parts(small[None])[:MOST_OF_STILL]:
        box = _sharpened(coarse, luma, small.shape)
        part = luma[box.top : box.bottom, box.left : box.right]
        if min(part.shape) < pdq.MIN_SIDE_PX:
            continue
        fingerprint = video.still(part)
        if fingerprint.usable().any():
            found.append(Pane(_region(box, luma.shape), 0.0, 0.0, fingerprint))
    return tuple(found)


def _sharpened(coarse: splitting.Box, luma: shrink.Luma, small: Sequence[int]) -> splitting.Box:
    """A part of the small picture as one of the picture: to the pixel where one colour surrounds it.

    A part may itself begin with that colour, as a picture on black does: only what the small picture may be
    off by is cut.
    """
    height, width = luma.shape
    scale = np.array([width / small[1], height / small[0]] * 2)
    plain = np.rint(np.array(coarse) * scale).astype(np.int64)
    off = np.ceil(_OFF_PX * scale).astype(np.int64)
    wide = splitting.Box(*np.clip(plain + off * [-1, -1, 1, 1], 0, [width, height, width, height]).tolist())
    around = luma[None, wide.top : wide.bottom, wide.left : wide.right].astype(np.uint8)
    inner = splitting.trimmed(around, splitting.Box(0, 0, wide.width, wide.height))
    exact = np.array(inner) + [wide.left, wide.top] * 2
    sharp = (exact != np.array(wide)) & (np.abs(exact - plain) <= off)
    return splitting.Box(*np.where(sharp, exact, plain).tolist())


def _small(luma: shrink.Luma) -> NDArray[np.uint8]:
    """At most `LONG_SIDE_PX` a side."""
    height, width = luma.shape
    factor = min(1.0, LONG_SIDE_PX / max(height, width))
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    # Of large pictures every second or third pixel is enough; no more than two then make one, as means over
    # areas would, at a tenth of their cost.
    step = -(-max(height, width) // (2 * LONG_SIDE_PX))
    whole = round_to_bytes(luma[::step, ::step])
    return np.asarray(cv2.resize(whole, size, interpolation=cv2.INTER_LINEAR), np.uint8)


def _region(box: splitting.Box, shape: Sequence[int]) -> Region:
    height, width = shape[:2]
    return Region(box.left / width, box.top / height, box.width / width, box.height / height)


def _around(corners: Sequence[screens.Corners], shape: Sequence[int]) -> Region:
    """The box around where four corners mostly are."""
    height, width = shape[:2]
    usual = np.clip(np.median(corners, axis=0) / (width, height), 0, 1)
    (left, top), (right, bottom) = usual.min(axis=0).tolist(), usual.max(axis=0).tolist()
    return Region(left, top, right - left, bottom - top)
