"""Pictures by time: decoded once and kept, or read forwards where a file is too long to keep.

Everything is shown at most LINES lines high. That is the size that copies travel at, and a clip of it
fits in memory, where any edit can take its frames in any order.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Protocol

from seawall import media
from seawall.bench import planes, synthetic
from seawall.media import encode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from seawall.bench.corpus import Clip

LINES: Final = 360
EXCERPT_S: Final = 20.0  #: of a longer clip only so much is edited
BACKGROUND_S: Final = 8.0  #: of other footage, shown again and again

#: times read from a file are rounded to its own ticks
_SAME_S: Final = 2e-5
_MADE_HZ: Final = 25.0
_MADE_PX: Final = (480, 270)


class Footage(Protocol):
    """Anything that shows a picture at a time."""

    def at(self, time_s: float, *, backwards: bool = False) -> encode.Planes:
        """The picture on the screen at `time_s`; played backwards, the one that was until then."""


@dataclass(frozen=True, slots=True)
class Kept:
    """Frames in memory."""

    times_s: tuple[float, ...]
    pictures: tuple[encode.Planes, ...]
    end_s: float  #: when the last one goes

    def at(self, time_s: float, *, backwards: bool = False) -> encode.Planes:
        if backwards:
            number = bisect_left(self.times_s, time_s - _SAME_S) - 1
        else:
            number = bisect_right(self.times_s, time_s + _SAME_S) - 1
        return self.pictures[min(max(number, 0), len(self.pictures) - 1)]

    def around(self, time_s: float) -> encode.Planes:
        """The picture at `time_s`, where the whole shows again and again."""
        length_s = self.end_s - self.times_s[0]
        return self.at(self.times_s[0] + time_s % length_s)


class Forwards:
    """A clip's frames decoded as they are asked for; going back decodes from the start again."""

    def __init__(self, clip: Clip) -> None:
        self._clip = clip
        self._frames: Iterator[media.Frame] | None = None
        self._shown: media.Frame | None = None
        self._next: media.Frame | None = None
        self._made: tuple[int, encode.Planes] | None = None

    def at(self, time_s: float, *, backwards: bool = False) -> encode.Planes:
        """Raises ValueError for playing backwards, and the errors of `media.open`."""
        if backwards:
            raise ValueError("frames that are read forwards cannot be played backwards")
        if self._frames is None or (self._shown and time_s + _SAME_S < self._shown.time_s):
            self._frames = decoded(self._clip)
            self._shown = next(self._frames)
            self._next = next(self._frames, None)
        while self._next and self._next.time_s <= time_s + _SAME_S:
            self._shown, self._next = self._next, next(self._frames, None)
        assert self._shown is not None
        if self._made is None or self._made[0] != self._shown.number:
            self._made = self._shown.number, encode.planes(self._shown, *size(self._clip))
        return self._made[1]


def size(clip: Clip) -> tuple[int, int]:
    """(width_px, height_px) at most LINES high, both even."""
    scale = min(1.0, LINES / clip.height_px)
    return encode.even(round(clip.width_px * scale)), encode.even(round(clip.height_px * scale))


def decoded(clip: Clip) -> Iterator[media.Frame]:
    """The clip's frames. Raises the errors of `media.open`."""
    with media.open(clip.path) as source:
        yield from source.frames()


def kept(clip: Clip, start_s: float, end_s: float) -> Kept:
    """What is on the screen between two times. Raises the errors of `media.open`."""
    frames: list[tuple[float, encode.Planes]] = []
    before: media.Frame | None = None
    for frame in decoded(clip):
        if frame.time_s >= end_s:
            break
        if frame.time_s > start_s:
            if before and not frames:
                frames.append((before.time_s, encode.planes(before, *size(clip))))
            frames.append((frame.time_s, encode.planes(frame, *size(clip))))
        before = frame
    if before and not frames:
        frames.append((before.time_s, encode.planes(before, *size(clip))))
    return Kept(tuple(time_s for time_s, _ in frames), tuple(picture for _, picture in frames), end_s)


def background(clip: Clip) -> Kept:
    """The clip's first seconds, to be shown again and again. Raises the errors of `media.open`."""
    return kept(clip, clip.start_s, min(clip.start_s + BACKGROUND_S, clip.end_s))


def made(seed: int) -> Kept:
    """A moving background for where no other clip is at hand."""
    shown = list(synthetic.frames(seed, BACKGROUND_S, *_MADE_PX, _MADE_HZ))
    return Kept(
        tuple(time_s for time_s, _ in shown),
        tuple(encode.planes(picture, *_MADE_PX) for _, picture in shown),
        BACKGROUND_S,
    )


def covering(picture: encode.Planes, size_px: tuple[int, int]) -> encode.Planes:
    """At that (width_px, height_px), nothing of it left bare."""
    return planes.covering(picture, *size_px[::-1])
