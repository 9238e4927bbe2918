"""Where a picture is put together from several: borders, stacks, pictures in pictures.

What is put together has straight seams that stay where they are while the footage on their sides moves.
Of some frames that follow each other, each boundary between two pixels gets the share of frames in which it
is an edge. A border is trimmed off first: rows and columns of one colour. Then the rest is split along seams
from side to side, again and again; and rectangles inside it are looked for whose sides are seams. Natural
footage has next to none, but for what a standing camera sees.

Scenes that are told apart by edges in every frame were worth 5 points of the Video Similarity Challenge's
measure to its winners ("A Dual-level Detection Method for Video Copy Detection", arXiv 2305.12361, 2023).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

EDGE: Final = 5  #: grey levels between two neighbours that make an edge
LEAST_SHARE: Final = 0.2  #: of the picture's side that a part takes at least
WHOLE_SHARE: Final = 0.95  #: of both sides: such a part is the picture
BORDER_LEVELS: Final = 6  #: grey levels that a border's pixels are off its colour, at most ...
BORDER_EXCEPT: Final = 0.02  #: ... but for this share of them: what a codec spills over
_BLENDED_PX: Final = 2  #: at a box's edge, that may have something of what lies beyond it
MAX_CELLS: Final = 12
MAX_INSETS: Final = 3

_SEAM: Final = 0.85  #: share of frames and of its length that a seam from side to side is an edge ...
_SEAM_GAIN: Final = 0.2  #: ... and by how much more than what runs beside it
_SIDE: Final = 0.8  #: the same for a side of a rectangle within
_SIDE_GAIN: Final = 0.15
_BESIDE_PX: Final = 6
_EDGE_PX: Final = 2  #: at the picture's own edge nothing is a seam
_APART_PX: Final = 3  #: seams nearer than that are one
_UNITS: Final = 16  #: seams shorter than the picture start and end at whole ones
_LENGTHS: Final = (3, 5, 8, 12, 16)  #: of seams, in units
#: (m,) the units at which seams may start, and (m,) those at which they end.
_STRETCHES: Final = np.array([(at, at + n) for n in _LENGTHS for at in range(_UNITS - n + 1)]).T
_MAX_SEAMS: Final = 12
_STRIP_SEAMS: Final = 4
_LONGER: Final = 0.04  #: of two rectangles, what one with sides twice as long may have less of
_SAME: Final = 0.85  #: of two rectangles' union that they share: they are one
_LEAST_PX: Final = 40

#: (n,) for each boundary of an axis, or (length, n) along it
_Shares = NDArray[np.float32]
#: (length, n) along each boundary: in how many of the frames it is an edge
_Counts = NDArray[np.uint8] | NDArray[np.uint16]


class Box(NamedTuple):
    """Part of a picture, in its pixels; left and top belong to it, right and bottom do not."""

    left: int
    top: int
    right: int
    bottom: int

    @property
    def width(self) -> int:
        """Pixels."""
        return self.right - self.left

    @property
    def height(self) -> int:
        """Pixels."""
        return self.bottom - self.top


def parts(window: NDArray[np.uint8]) -> list[Box]:
    """The parts that the picture is put together from; none where it is one picture.

    window: (k, height, width) grey frames that follow each other, or one still; at most some hundred
    pixels a side, as an edge is looked for between neighbours.
    """
    _, height, width = window.shape
    whole = Box(0, 0, width, height)
    if min(width, height) < _LEAST_PX:
        return []
    inner = trimmed(window, whole)
    seams = _Seams.of(window)
    cells = seams.cells(inner)
    found = [*cells, *seams.insets(inner)]
    if len(window) == 1:  # a horizon that does not move is as good a seam as any
        found += seams.strips(inner)
    # A part may have a border of its own, or be a picture on a ground of one colour: both are told.
    each = (box for one in found for box in (one, trimmed(window, one)))
    return [box for box in dict.fromkeys((inner, *each)) if _is_part(box, whole)]


def _is_part(box: Box, whole: Box) -> bool:
    wide, high = box.width / whole.width, box.height / whole.height
    return min(wide, high) >= LEAST_SHARE and min(wide, high) < WHOLE_SHARE


def trimmed(window: NDArray[np.uint8], box: Box) -> Box:
    """What is left of a box once borders of one colour are cut off: all of it, if that would be nothing."""
    part = window[:, box.top : box.bottom, box.left : box.right]
    above, below = _borders(part)
    part = np.swapaxes(part[:, above : part.shape[1] - below], 1, 2)
    before, after = _borders(part)
    return Box(box.left + before, box.top + above, box.right - after, box.bottom - below)


def _borders(window: NDArray[np.uint8]) -> tuple[int, int]:
    """How many rows are a border above, and how many of the others are one below.

    Where one colour goes over into another slowly, some rows are near enough to be of either.
    """
    above = _border(window)
    return above, _border(window[:, above:][:, ::-1])


def _border(window: NDArray[np.uint8]) -> int:
    """How many rows, from the first on, are of its colour in every frame; 0 if all are."""
    _, height, width = window.shape
    first = min(_BLENDED_PX, height - 1)
    middle = ((width - 1) // 2, width // 2)
    ordered = np.partition(window[:, first], middle, axis=1).astype(np.int16)
    colour = ((ordered[:, middle[0]] + ordered[:, middle[1]]) // 2)[:, None, None]
    least = np.maximum(colour - BORDER_LEVELS, 0).astype(np.uint8)
    most = np.minimum(colour + BORDER_LEVELS, 255).astype(np.uint8)
    row, rows = first, 1  # most pictures have no border: more and more rows are looked at together
    while row < height:
        looked = window[:, row : row + rows]
        off = np.count_nonzero((looked < least) | (looked > most), axis=2) / width
        ends = np.flatnonzero((off > BORDER_EXCEPT).any(axis=0))
        if len(ends):
            end = row + int(ends[0])
            return end if end > first else 0
        row, rows = row + rows, 2 * rows
    return 0


@dataclass(frozen=True, slots=True, eq=False)
class _Seams:
    """How often each boundary between two pixels is an edge."""

    frames: int
    upright: _Counts  #: (height, width + 1)
    level: _Counts  #: (width, height + 1), the other axis first

    @classmethod
    def of(cls, window: NDArray[np.uint8]) -> _Seams:
        frames, height, width = window.shape
        kind = np.uint8 if frames < 256 else np.uint16
        upright = np.zeros((height, width + 1), kind)
        level = np.zeros((width, height + 1), kind)
        upright[:, 1:-1] = _edges(window[:, :, 1:], window[:, :, :-1], kind)
        level[:, 1:-1] = _edges(window[:, 1:], window[:, :-1], kind).T
        return cls(frames, upright, level)

    def _upright(self, box: Box) -> _Axis:
        return _Axis(self.frames, _near(self.upright[box.top : box.bottom, box.left : box.right + 1]))

    def _level(self, box: Box) -> _Axis:
        return _Axis(self.frames, _near(self.level[box.left : box.right, box.top : box.bottom + 1]))

    def cells(self, box: Box) -> list[Box]:
        """The box, split along its surest seam, and so on: the smallest parts, then those split on.

        A straight edge that stays where it is, such as a wall before a standing camera, is a seam too: a part
        that was split along one is a picture of its own all the same.
        """
        _, *rest = self._split_on(box)
        smallest = [one for one, is_split in rest if not is_split]
        return [*smallest[:MAX_CELLS], *(one for one, is_split in rest if is_split)]

    def _split_on(self, box: Box, depth: int = 0) -> list[tuple[Box, bool]]:
        """The box and all parts of it, each with whether it was split on."""
        splits = [self._upright(box).split(), self._level(box).split()]
        sure = max(splits, key=lambda one: one[0])
        if sure[0] == 0 or 2**depth >= MAX_CELLS:
            return [(box, False)]
        if sure is splits[0]:
            at = box.left + sure[1]
            halves = box._replace(right=at), box._replace(left=at)
        else:
            at = box.top + sure[1]
            halves = box._replace(bottom=at), box._replace(top=at)
        return [(box, True), *(part for half in halves for part in self._split_on(half, depth + 1))]

    def strips(self, box: Box) -> list[Box]:
        """Parts of the box between any two seams from side to side: what is split may be one picture."""
        down = [box._replace(top=box.top + a, bottom=box.top + b) for a, b in self._level(box).strips()]
        across = [box._replace(left=box.left + a, right=box.left + b) for a, b in self._upright(box).strips()]
        return [*down, *across]

    def insets(self, box: Box) -> list[Box]:
        """Rectangles in the box whose sides are seams, the surest first; one side may be the box's own."""
        if min(box.width, box.height) < _LEAST_PX:
            return []
        upright = self._upright(box)
        across = upright.pairs()
        if len(across) == 0:  # as nearly always
            return []
        level = self._level(box)
        down = level.pairs()
        if len(down) == 0:
            return []
        sides = [upright.sides(across[:, end], down) for end in (0, 1)]
        sides += [side.turned() for side in (level.sides(down[:, end], across) for end in (0, 1))]
        sure = _sureness(sides, box)
        order = np.argsort(-sure, axis=None, kind="stable")
        return list(_distinct(box, across, down, order[: int((sure > 0).sum())], len(down)))


def _edges(here: NDArray[np.uint8], before: NDArray[np.uint8], kind: type[np.uint8 | np.uint16]) -> _Counts:
    """Neighbours (k, height, width) -> (height, width): in how many of the frames there is an edge."""
    steps = np.maximum(here, before)
    steps -= np.minimum(here, before)
    counts: _Counts = (steps > EDGE).view(np.uint8).sum(axis=0, dtype=kind)
    return counts


def _near(counts: _Counts) -> _Counts:
    """The largest of each boundary and the ones beside it: a seam may lie between two."""
    largest = counts.copy()
    np.maximum(largest[:, 1:], counts[:, :-1], out=largest[:, 1:])
    np.maximum(largest[:, :-1], counts[:, 1:], out=largest[:, :-1])
    return largest


def _beside(shares: _Shares) -> _Shares:
    """The mean of what runs beside each boundary, some pixels off."""
    first, last = (np.repeat(shares[:, end], _BESIDE_PX, axis=1) for end in (slice(1), slice(-1, None)))
    padded = np.concatenate([first, shares, last], axis=1)
    beside: _Shares = padded[:, : -2 * _BESIDE_PX] + padded[:, 2 * _BESIDE_PX :]
    beside /= 2
    return beside


@dataclass(frozen=True, slots=True, eq=False)
class _Sides:
    """One side of every rectangle: (across, down) each."""

    share: _Shares
    gain: _Shares
    length: _Shares  #: pixels; 0 where it is the box's own side

    def turned(self) -> _Sides:
        """With the axes exchanged."""
        return _Sides(self.share.T, self.gain.T, self.length.T)


@dataclass(frozen=True, slots=True, eq=False)
class _Axis:
    """The boundaries of one axis."""

    frames: int
    near: _Counts  #: (length, n)

    def _until(self, rows: NDArray[np.int64]) -> _Shares:
        """(m, n): of all counts along each boundary before the rows, the sums: whole numbers, exact."""
        before = (np.arange(len(self.near)) < rows[:, None]).astype(np.float32)
        sums: _Shares = before @ self.near.astype(np.float32)
        return sums

    def strips(self) -> list[tuple[int, int]]:
        """From where to where something lies between two seams from side to side, or one and an end."""
        means, gains = self._whole()
        last = len(means) - 1
        sure = np.where((means >= _SEAM) & (gains >= _SEAM_GAIN), means + gains, 0)
        at = [0, *_peaks(sure, _STRIP_SEAMS), last]
        pairs = ((low, high) for n, low in enumerate(at) for high in at[n + 1 :])
        return [(low, high) for low, high in pairs if LEAST_SHARE * last <= high - low < last]

    def split(self) -> tuple[float, int]:
        """How sure the surest seam from side to side is, 0 for none, and where it lies."""
        means, gains = self._whole()
        boundaries = len(means)
        at = np.arange(boundaries)
        least = max(_LEAST_PX // 2, round(0.15 * (boundaries - 1)))
        fitting = (means >= _SEAM) & (gains >= _SEAM_GAIN) & (at >= least) & (at <= boundaries - 1 - least)
        sure = np.where(fitting, means + gains, 0)
        best = int(sure.argmax())
        equal = np.flatnonzero(sure >= sure[best] - 1e-6)
        middle = equal[np.abs(equal - best) <= _EDGE_PX].mean()
        return float(sure[best]), round(float(middle))

    def pairs(self) -> NDArray[np.int64]:
        """(p, 2) boundaries far enough apart to hold a part between them; none where none is a seam."""
        last = self.near.shape[1] - 1
        seams = self._seams()
        at = [0, *seams, last] if seams else []
        wide = [(low, high) for n, low in enumerate(at) for high in at[n + 1 :]]
        far = [one for one in wide if one[1] - one[0] >= LEAST_SHARE * last]
        return np.array(far, np.int64).reshape(-1, 2)

    def _whole(self) -> tuple[_Shares, _Shares]:
        """(n,) each: the share of every boundary's whole length, and its gain."""
        length = len(self.near)
        means = self._until(np.array([length]))[0] / np.float32(length * self.frames)
        return means, means - _beside(means[None])[0]

    def _seams(self) -> list[int]:
        """Boundaries that are a seam over a stretch of some length, the longest and surest."""
        length = len(self.near)
        units = np.rint(np.linspace(0, length, _UNITS + 1)).astype(np.int64)
        sums = self._until(units)
        low, high = _STRETCHES
        share, gain = self._along(sums[low], sums[high], units[high] - units[low])
        fits = (share >= _SIDE) & (gain >= _SIDE_GAIN)
        worth = np.where(fits, (share - _SIDE / 2) * (high - low)[:, None], 0).max(axis=0)
        return _peaks(worth, _MAX_SEAMS)

    def _along(self, low: _Shares, high: _Shares, length: NDArray[np.int64]) -> tuple[_Shares, _Shares]:
        """Shares and gains of every boundary between two running sums, so many pixels apart: (m, n) each."""
        share = np.asarray((high - low) / (length * self.frames)[:, None], np.float32)
        return share, share - _beside(share)

    def sides(self, at: NDArray[np.int64], spans: NDArray[np.int64]) -> _Sides:
        """The boundaries at (a,) along each of the spans (s, 2): (a, s)."""
        pixels = spans[:, 1] - spans[:, 0]
        rows, ends = np.unique(spans, return_inverse=True)
        low, high = np.moveaxis(self._until(rows)[ends.reshape(-1, 2)], 1, 0)
        share, gain = self._along(low, high, pixels)
        own = ((at == 0) | (at == self.near.shape[1] - 1))[:, None]
        length = np.broadcast_to(pixels, (len(at), len(spans)))
        share, gain = (np.where(own, np.float32(1), one[:, at].T) for one in (share, gain))
        return _Sides(share, gain, np.where(own, 0, length).astype(np.float32))


def _peaks(worth: _Shares, most: int) -> list[int]:
    """The boundaries that are worth most, apart from each other and from the ends, in their order."""
    left = worth.copy()
    left[:_EDGE_PX] = left[-_EDGE_PX:] = 0
    found: list[int] = []
    while len(found) < most and left.any():
        at = int(left.argmax())
        found.append(at)
        left[max(0, at - _APART_PX) : at + _APART_PX + 1] = 0
    return sorted(found)


def _sureness(sides: list[_Sides], box: Box) -> _Shares:
    """(across, down): how sure each rectangle is, 0 where a side is no seam or two are the box's own."""
    length = np.sum([one.length for one in sides], axis=0)
    fits = np.min([one.share for one in sides], axis=0) >= _SIDE
    fits &= np.min([one.gain for one in sides], axis=0) >= _SIDE_GAIN
    fits &= np.sum([one.length > 0 for one in sides], axis=0) >= 3
    share = np.sum([one.share * one.length for one in sides], axis=0) / np.maximum(length, 1)
    longer = _LONGER * np.log2(np.maximum(length, 1) / (2 * (box.width + box.height)))
    return np.asarray(np.where(fits, 1 + share + longer, 0), np.float32)


def _distinct(
    box: Box, across: NDArray[np.int64], down: NDArray[np.int64], order: NDArray[np.int64], columns: int
) -> Iterator[Box]:
    """In that order, the rectangles that are not one of the ones before."""
    kept: list[Box] = []
    for number in order:
        (left, right), (top, bottom) = across[number // columns], down[number % columns]
        one = Box(box.left + int(left), box.top + int(top), box.left + int(right), box.top + int(bottom))
        if len(kept) < MAX_INSETS and not any(_shared(one, other) > _SAME for other in kept):
            kept.append(one)
            yield one


def _shared(one: Box, other: Box) -> float:
    """Of what two boxes cover together, the share that both cover."""
    wide = min(one.right, other.right) - max(one.left, other.left)
    high = min(one.bottom, other.bottom) - max(one.top, other.top)
    both = max(0, wide) * max(0, high)
    return both / (one.width * one.height + other.width * other.height - both)
