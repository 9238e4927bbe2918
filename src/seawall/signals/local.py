"""The local fingerprint, version 2: the keypoints of frames chosen from a moving picture, or of a still.

A reference keeps a frame's keypoints whenever its area code has moved by `MOVED_BITS`, a query those of one
frame in `QUERY_GAP_S`: a copy's keypoints need a frame that still shows the same things, not the same frame.
Positions are in units of the picture's longer side, so that they mean the same at every resolution.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from seawall.signals import inflate, keypoints, pdq, shrink
from seawall.signals.keypoints import CODE_BYTES
from seawall.signals.roles import Role

VERSION: Final = 2

KEPT: Final = 250  #: keypoints of a frame, at most
KEPT_OF_STILL: Final = 500  #: of a picture, which has no other frame to be found by; twice that of a query
MOVED_BITS: Final = 40  #: a reference keeps a frame whose area code has moved this far ...
MOVED_GAP_S: Final = 0.4  #: ... but not sooner than this after the last one kept ...
CUT_BITS: Final = 80  #: ... unless it is another shot ...
CUT_GAP_S: Final = 0.1
STANDING_GAP_S: Final = 2.0  #: ... and one at least this often
QUERY_GAP_S: Final = 1.25
QUERY_STANDING_BITS: Final = 24  #: a query that has moved less is looked at less often
_TIME_ERROR_S: Final = 0.001

POSITION_STEPS: Final = 1 << 15  #: to the longer side
SIZE_STEPS: Final = 16  #: to a doubling
SIZE_ORIGIN: Final = 1 / 4096  #: of the longer side: the size that is written as 0

_MAGIC: Final = b"SWLF"
_HEADER: Final = struct.Struct("<4sHHIIHHQ")  #: magic, version, flags, frames, points, sides, body bytes
_MIRRORED: Final = 1  #: flag: the mirrored picture's codes are there too
_MAX_FRAMES: Final = 1 << 14
_MAX_POINTS: Final = _MAX_FRAMES * 1024


@dataclass(frozen=True, slots=True, eq=False)
class Local:
    """The keypoints of `len(self)` frames, frame after frame."""

    times_ms: NDArray[np.uint32]  #: (f,) rising
    starts: NDArray[np.int64]  #: (f + 1,) where each frame's keypoints begin, and where the last one's end
    positions: NDArray[np.uint16]  #: (n, 2) x and y in `POSITION_STEPS`
    sizes: NDArray[np.uint8]  #: (n,) diameters as logarithms, in `SIZE_STEPS`
    angles: NDArray[np.uint8]  #: (n,) in 256ths of a turn
    codes: NDArray[np.uint8]  #: (n, 32)
    mirrored: NDArray[np.uint8] | None  #: (n, 32) codes in the mirrored picture; only a query has them
    width: int  #: of the picture, in `POSITION_STEPS`: one of the two is `POSITION_STEPS` itself
    height: int

    def __len__(self) -> int:
        return len(self.times_ms)

    @property
    def times_s(self) -> NDArray[np.float64]:
        """(f,) presentation times."""
        return self.times_ms / 1000.0

    def frames(self) -> NDArray[np.int64]:
        """(n,) the frame of each keypoint."""
        return np.repeat(np.arange(len(self)), np.diff(self.starts))

    def points(self, frame: int) -> Points:
        """One frame's keypoints."""
        return self.chosen(self._part(frame))

    def mirrored_points(self, frame: int) -> Points:
        """One frame's keypoints as the mirrored picture has them. Only of a query."""
        return self.mirrored_chosen(self._part(frame))

    def chosen(self, which: slice | NDArray[np.int64]) -> Points:
        """Keypoints by their numbers, of any frames."""
        return Points(
            xy=_shares(self.positions[which], POSITION_STEPS),
            log_sizes=_shares(self.sizes[which], SIZE_STEPS),
            turns=_shares(self.angles[which], keypoints.ANGLE_STEPS),
            codes=self.codes[which],
        )

    def mirrored_chosen(self, which: slice | NDArray[np.int64]) -> Points:
        """The same as the mirrored picture has them. Only of a query."""
        if self.mirrored is None:
            raise ValueError("a reference has no mirrored codes")
        plain = self.chosen(which)
        flipped = plain.xy * np.array([-1, 1], np.float32)
        flipped[:, 0] += self.width / POSITION_STEPS
        return Points(flipped, plain.log_sizes, (np.float32(0.5) - plain.turns) % 1, self.mirrored[which])

    def _part(self, frame: int) -> slice:
        return slice(int(self.starts[frame]), int(self.starts[frame + 1]))

    @property
    def extent(self) -> tuple[float, float]:
        """Width and height in units of the longer side."""
        return self.width / POSITION_STEPS, self.height / POSITION_STEPS

    def encode(self) -> bytes:
        """As stored: a header, then the columns in a zlib stream. `decode` is its inverse."""
        counts = np.diff(self.starts).astype("<u2")
        columns = [self.times_ms.astype("<u4").tobytes(), counts.tobytes()]
        columns += [self.positions.astype("<u2").T.tobytes(), self.sizes.tobytes(), self.angles.tobytes()]
        columns += [self.codes.tobytes()]
        if self.mirrored is not None:
            columns.append(self.mirrored.tobytes())
        body = zlib.compress(b"".join(columns), 0)  # codes do not compress, and are nearly all of it
        flags = 0 if self.mirrored is None else _MIRRORED
        sizes = (len(self), len(self.codes), self.width, self.height, len(body))
        return _HEADER.pack(_MAGIC, VERSION, flags, *sizes) + body


@dataclass(frozen=True, slots=True, eq=False)
class Points:
    """Keypoints of one picture, ready to be compared."""

    xy: NDArray[np.float32]  #: (n, 2) in units of the picture's longer side
    log_sizes: NDArray[np.float32]  #: (n,) binary logarithms of the diameters
    turns: NDArray[np.float32]  #: (n,) orientation, 0 to 1
    codes: NDArray[np.uint8]  #: (n, 32)


def _shares(column: NDArray[np.unsignedinteger], steps: int) -> NDArray[np.float32]:
    return np.asarray(column / np.float32(steps), np.float32)


class Collector:
    """Gathers the keypoints of a moving picture's frames while it is decoded."""

    def __init__(self, role: Role) -> None:
        self._role = role
        self._taken: list[tuple[float, keypoints.Keypoints]] = []
        self._last: pdq.Pdq | None = None
        self._shape: tuple[int, int] = (0, 0)

    def take(self, time_s: float, luma_of: Callable[[], shrink.Luma], code: pdq.Pdq) -> None:
        """Look at a frame whose area code is known; it is kept if it shows enough that is new."""
        if not self._wanted(time_s, code) or len(self._taken) >= _MAX_FRAMES:
            return
        self._last = code
        luma = luma_of()
        self._shape = (luma.shape[0], luma.shape[1])
        self._taken.append((time_s, keypoints.find_in_frame(luma, KEPT)))

    def _wanted(self, time_s: float, code: pdq.Pdq) -> bool:
        if self._last is None:
            return True
        gap_s = time_s - self._taken[-1][0] + _TIME_ERROR_S
        moved_bits = code.distance(self._last)
        if self._role is Role.QUERY:
            return gap_s >= (QUERY_GAP_S if moved_bits >= QUERY_STANDING_BITS else STANDING_GAP_S)
        if moved_bits >= CUT_BITS:
            return gap_s >= CUT_GAP_S
        return gap_s >= STANDING_GAP_S or (moved_bits >= MOVED_BITS and gap_s >= MOVED_GAP_S)

    def gathered(self) -> Local | None:
        """What was found; None where nothing was."""
        kept = [(time_s, points) for time_s, points in self._taken if len(points)]
        if not kept:
            return None
        return _gather(kept, self._shape, with_mirrored=self._role is Role.QUERY)


def still(luma: shrink.Luma, role: Role) -> Local | None:
    """The local fingerprint of one picture; None where it has no corners."""
    look = keypoints.find_closely if role is Role.QUERY else keypoints.find
    points = look(luma, KEPT_OF_STILL)
    if len(points) == 0:
        return None
    return _gather([(0.0, points)], (luma.shape[0], luma.shape[1]), with_mirrored=role is Role.QUERY)


def _gather(
    kept: list[tuple[float, keypoints.Keypoints]], shape: tuple[int, int], *, with_mirrored: bool
) -> Local:
    height_px, width_px = shape
    long_px = max(shape)
    points = [one for _, one in kept]
    xy = np.concatenate([one.xy for one in points]) * (POSITION_STEPS / long_px)
    sizes = np.concatenate([one.sizes for one in points]) / (long_px * SIZE_ORIGIN)
    return Local(
        times_ms=np.array([round(time_s * 1000) for time_s, _ in kept], np.uint32),
        starts=np.cumsum([0, *(len(one) for one in points)]),
        positions=np.clip(np.rint(xy), 0, POSITION_STEPS).astype(np.uint16),
        sizes=np.clip(np.rint(np.log2(sizes) * SIZE_STEPS), 0, 255).astype(np.uint8),
        angles=np.concatenate([one.angles for one in points]),
        codes=np.concatenate([one.codes for one in points]),
        mirrored=np.concatenate([one.mirrored for one in points]) if with_mirrored else None,
        width=round(width_px * POSITION_STEPS / long_px),
        height=round(height_px * POSITION_STEPS / long_px),
    )


def decode(data: bytes) -> Local:
    """The local fingerprint that `encode` wrote. Raises ValueError where the bytes are not one."""
    if len(data) < _HEADER.size:
        raise ValueError("shorter than a local fingerprint's header")
    magic, version, flags, frames, points, width, height, body_bytes = _HEADER.unpack_from(data)
    if magic != _MAGIC or version != VERSION or flags & ~_MIRRORED:
        raise ValueError("not a local fingerprint of version 2")
    if not 0 < frames <= _MAX_FRAMES or points > _MAX_POINTS or max(width, height) != POSITION_STEPS:
        raise ValueError("a local fingerprint with impossible sizes")
    if len(data) != _HEADER.size + body_bytes:
        raise ValueError("a local fingerprint of another length than its header says")
    mirrored = bool(flags & _MIRRORED)
    body = inflate.exactly(data[_HEADER.size :], frames * 6 + points * (6 + CODE_BYTES * (1 + mirrored)))
    take = _Taker(body)
    times = take(frames * 4).view("<u4").astype(np.uint32)
    starts = np.concatenate([[0], np.cumsum(take(frames * 2).view("<u2"), dtype=np.int64)])
    if starts[-1] != points or (np.diff(times.astype(np.int64)) <= 0).any():
        raise ValueError("a local fingerprint whose frames do not fit together")
    positions = take(points * 4).view("<u2").reshape(2, points).T.astype(np.uint16)
    if points and positions.max() > POSITION_STEPS:
        raise ValueError("a local fingerprint with points outside its picture")
    sizes, angles = take(points), take(points)
    codes = take(points * CODE_BYTES).reshape(points, CODE_BYTES)
    flipped = take(points * CODE_BYTES).reshape(points, CODE_BYTES) if mirrored else None
    return Local(times, starts, positions, sizes, angles, codes, flipped, width, height)


class _Taker:
    """Takes so many bytes off the front of the body."""

    def __init__(self, body: bytes) -> None:
        self._left = np.frombuffer(body, np.uint8)

    def __call__(self, size: int) -> NDArray[np.uint8]:
        taken, self._left = self._left[:size], self._left[size:]
        return taken
