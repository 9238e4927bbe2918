"""The video fingerprint, version 1: moments, each a time, a code, its quality, a thumb, a PDQ hash.

The code is the PDQ hash of the frame's 64 x 64 area means. Handheld footage leaves its code in a few
frames (25 bits after one, 59 after five), so a query sampled at any phase only meets a reference
that was sampled densely. A reference therefore keeps a moment whenever the code has moved by
`DENSE_BITS`, and at least every `DENSE_GAP_S`; a query, which is far more often hashed than it
matches, keeps one every `SPARSE_GAP_S`. The PDQ hash of the full frame is what lists of other
programs hold: it meets them, and is what Seawall writes into lists.
"""

from __future__ import annotations

import dataclasses
import struct
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from seawall.signals import crops, inflate, pdq, shrink, thumb
from seawall.signals.roles import Role

VERSION: Final = 1

DENSE_BITS: Final = 16  #: a reference keeps a frame whose code has moved this far ...
DENSE_GAP_S: Final = 0.1  #: ... or that comes this long after the last one kept
SPARSE_GAP_S: Final = 0.25
_TIME_ERROR_S: Final = 0.001  #: sums of frame times miss a round number by less
INDEX_GAP_S: Final = 1.0  #: standing pictures enter the index this often, moving ones at every move
MIN_QUALITY: Final = 5  #: below, a frame is too flat to be told from any other flat frame

_MAGIC: Final = b"SWVF"
_HEADER: Final = struct.Struct("<4sHHIIQ")  #: magic, version, flags, moments, duration ms, body bytes
_LISTED: Final = 1  #: flag: only PDQ hashes, no thumbs
_MAX_MOMENTS: Final = 1 << 21  #: about as many as a file may have frames; a body of at most 1.2 GB


class TimedFrame(Protocol):
    """What a fingerprint needs of a decoded frame."""

    @property
    def time_s(self) -> float:
        """Presentation time from the start."""
        ...

    def luma(self) -> shrink.Luma:
        """(height_px, width_px), 0 to 255."""
        ...


Watch = Callable[[float, Callable[[], shrink.Luma], pdq.Pdq], None]


@dataclass(frozen=True, slots=True, eq=False)
class Hashes:
    """Codes (n, 32) and their qualities (n,), 0 to 100."""

    codes: NDArray[np.uint8]
    qualities: NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprint:
    """Moments in the order of their times. A still's are at 0 s, and it has a duration of 0: the first is of
    the picture, those of a reference's crops may follow.

    `codes` are area codes, unless only PDQ hashes are known, from a list: then they are those, and
    `thumbs` and `pdq` are None.
    """

    times_ms: NDArray[np.uint32]  #: (n,)
    codes: NDArray[np.uint8]  #: (n, 32)
    qualities: NDArray[np.uint8]  #: (n,) 0 to 100
    thumbs: NDArray[np.int16] | None  #: (n, 256)
    pdq: Hashes | None  #: of the full frames
    duration_ms: int

    def __len__(self) -> int:
        return len(self.times_ms)

    @property
    def times_s(self) -> NDArray[np.float64]:
        """(n,) presentation times."""
        return self.times_ms / 1000.0

    @property
    def duration_s(self) -> float:
        """From 0 to the end of the last frame."""
        return self.duration_ms / 1000.0

    @property
    def is_still(self) -> bool:
        """Whether it has no extent in time."""
        return self.duration_ms == 0

    def lasting(self, duration_s: float) -> Fingerprint:
        """The same moments of a moving picture that is known to last so long."""
        last_ms = int(self.times_ms[-1]) if len(self) else 0
        return dataclasses.replace(self, duration_ms=max(round(duration_s * 1000), last_ms, 1))

    def uncropped(self) -> Fingerprint:
        """Without the moments of a still's crops."""
        if not self.is_still or len(self) == 1:
            return self
        first = slice(0, 1)
        return dataclasses.replace(
            self,
            times_ms=self.times_ms[first],
            codes=self.codes[first],
            qualities=self.qualities[first],
            thumbs=None if self.thumbs is None else self.thumbs[first],
            pdq=None if self.pdq is None else Hashes(self.pdq.codes[first], self.pdq.qualities[first]),
        )

    def usable(self) -> NDArray[np.bool_]:
        """(n,) which moments hold enough to be matched."""
        return self.qualities >= MIN_QUALITY

    def indexed(self) -> NDArray[np.int64]:
        """Which moments enter the index: the usable ones that differ from the last one entered.

        The numbers are positions in this fingerprint, so an index entry leads back to its moment.
        """
        usable = np.flatnonzero(self.usable())
        if len(usable) <= 1:
            return usable
        # Each depends on the one before, and plain numbers are compared far faster one by one than arrays.
        numbers, times_ms = usable.tolist(), self.times_ms.tolist()
        whole = np.ascontiguousarray(self.codes).view(f"V{pdq.CODE_BYTES}")
        codes = [int.from_bytes(code) for code in whole.ravel().tolist()]
        kept = numbers[:1]
        for number in numbers[1:]:
            last = kept[-1]
            stood_ms, moved = times_ms[number] - times_ms[last], codes[number] ^ codes[last]
            if stood_ms >= INDEX_GAP_S * 1000 or moved.bit_count() >= DENSE_BITS:
                kept.append(number)
        return np.array(kept, np.int64)

    def as_listed(self) -> Fingerprint:
        """The same moments as a list of PDQ hashes would hold them: what meets other programs' lists."""
        if self.pdq is None:
            return self
        return Fingerprint(self.times_ms, self.pdq.codes, self.pdq.qualities, None, None, self.duration_ms)

    def encode(self) -> bytes:
        """As stored: a header, then the columns, compressed. `decode` is its inverse."""
        since = self.times_ms.astype("<u4")
        since[1:] -= self.times_ms[:-1]
        columns = [since.tobytes()]
        columns += [self.qualities.tobytes(), self.codes.tobytes()]
        if self.thumbs is not None and self.pdq is not None:
            columns += [self.pdq.qualities.tobytes(), self.pdq.codes.tobytes()]
            steps = np.diff(self.thumbs, axis=0, prepend=np.int16(0)).astype("<i2").view(np.uint8)
            planes = steps.reshape(-1, 2)
            columns += [planes[:, 0].tobytes(), planes[:, 1].tobytes()]
        body = inflate.deflated(b"".join(columns))
        flags = _LISTED if self.pdq is None else 0
        return _HEADER.pack(_MAGIC, VERSION, flags, len(self), self.duration_ms, len(body)) + body


def decode(data: bytes) -> Fingerprint:
    """The fingerprint that `encode` wrote. Raises ValueError where the bytes are not one."""
    if len(data) < _HEADER.size:
        raise ValueError("shorter than a fingerprint's header")
    magic, version, flags, count, duration_ms, body_bytes = _HEADER.unpack_from(data)
    if magic != _MAGIC or version != VERSION or count > _MAX_MOMENTS or flags & ~_LISTED:
        raise ValueError("not a video fingerprint of version 1")
    if len(data) != _HEADER.size + body_bytes:
        raise ValueError("a fingerprint of another length than its header says")
    listed = bool(flags & _LISTED)
    width = 4 + 1 + pdq.CODE_BYTES + (0 if listed else 1 + pdq.CODE_BYTES + 2 * thumb.PIXELS)
    columns = _Columns(inflate.exactly(data[_HEADER.size :], count * width), count)
    if duration_ms == 0 and count not in (0, 1, len(crops.REGIONS)):
        raise ValueError("a picture's fingerprint with neither one moment nor those of its crops")
    times = _times(columns.take(4), duration_ms)
    qualities, codes = _qualities(columns.take(1)), columns.take(pdq.CODE_BYTES)
    if listed:
        return Fingerprint(times, codes, qualities, None, None, duration_ms)
    pdq_qualities, pdq_codes = _qualities(columns.take(1)), columns.take(pdq.CODE_BYTES)
    low, high = columns.take(thumb.PIXELS), columns.take(thumb.PIXELS)
    steps = low.astype(np.uint16) | (high.astype(np.uint16) << np.uint16(8))
    thumbs = np.cumsum(steps.view(np.int16), axis=0, dtype=np.int16)
    return Fingerprint(times, codes, qualities, thumbs, Hashes(pdq_codes, pdq_qualities), duration_ms)


def is_listed(data: bytes) -> bool:
    """Whether an encoded fingerprint holds only PDQ hashes; told from its header."""
    return len(data) >= _HEADER.size and bool(_HEADER.unpack_from(data)[2] & _LISTED)


def _times(steps: NDArray[np.uint8], duration_ms: int) -> NDArray[np.uint32]:
    """(n, 4) bytes of the steps between moments -> (n,) times, none beyond the duration."""
    times = np.cumsum(steps.view("<u4").ravel(), dtype=np.uint64)
    if len(times) and times[-1] > duration_ms:
        raise ValueError("a fingerprint with moments after its end")
    return times.astype(np.uint32)


def _qualities(column: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if len(column) and column.max() > pdq.MAX_QUALITY:
        raise ValueError("a fingerprint with qualities above the highest")
    return column.ravel()


class _Columns:
    """Takes columns of so many bytes a moment off the front of the body."""

    def __init__(self, body: bytes, count: int) -> None:
        self._left = np.frombuffer(body, np.uint8)
        self._count = count

    def take(self, width_bytes: int) -> NDArray[np.uint8]:
        size = self._count * width_bytes
        taken, self._left = self._left[:size], self._left[size:]
        return taken.reshape(self._count, width_bytes)


def still(luma: shrink.Luma, role: Role = Role.QUERY) -> Fingerprint:
    """The fingerprint of one picture, whatever its quality. Raises ValueError as `pdq.hash_luma`.

    A reference's has a moment for each of `crops.REGIONS` too, after its own.
    """
    shown = crops.parts(luma) if role is Role.REFERENCE else [luma]
    return _gather([_moment(0.0, part) for part in shown], duration_s=0.0)


def listed(hashes: Sequence[pdq.Pdq], times_s: Sequence[float], duration_s: float) -> Fingerprint:
    """A fingerprint of which only PDQ hashes are known. The times rise."""
    return Fingerprint(
        np.array([round(one * 1000) for one in times_s], np.uint32),
        np.frombuffer(b"".join(one.value for one in hashes), np.uint8).reshape(-1, pdq.CODE_BYTES),
        np.array([one.quality for one in hashes], np.uint8),
        None,
        None,
        round(duration_s * 1000),
    )


def fingerprint(frames: Iterable[TimedFrame], role: Role, watch: Watch | None = None) -> Fingerprint:
    """The fingerprint of a moving picture, in one pass; without a frame, one without moments.

    It ends where the last frame ends, taking that frame to last as long as the one before.
    watch: called with each moment that is kept: its time, how to get its picture, its area code.
    """
    picker = _Dense() if role is Role.REFERENCE else _Sparse()
    moments: list[_Moment] = []
    last: _Once | None = None
    last_s = before_s = 0.0
    for frame in frames:
        last = _Once(frame)
        before_s, last_s = last_s, last.time_s
        moment = picker.pick(last)
        if moment is not None:
            moments.append(moment)
            if watch is not None:
                watch(moment.time_s, last.luma, moment.code)
    if last is not None and moments and moments[-1].time_s < last_s:
        moments.append(
            _moment(last.time_s, last.luma())
        )  # how far a copy reaches is known only if the end was looked at
    return _gather(moments, duration_s=last_s + max(last_s - before_s, 0.001))


class Sample:
    """The fingerprint of small pictures that are handed over some at a time, all of which are kept.

    Their area codes stand for their PDQ hashes too: of a picture of a hundred pixels neither is exact.
    """

    def __init__(self) -> None:
        self._moments: list[_Moment] = []

    def take(self, times_s: Sequence[float], lumas: NDArray[np.uint8]) -> None:
        """More pictures (n, height_px, width_px) of one size, at times that rise."""
        smalls = shrink.areas(lumas)
        codes, coarse = pdq.hash_smalls(smalls), thumb.thumbs(smalls)
        for time_s, code, small in zip(times_s, codes, coarse, strict=True):
            self._moments.append(_Moment(time_s, code, code, small))

    def fingerprint(self, duration_s: float) -> Fingerprint:
        """Of all that were taken."""
        return _gather(self._moments, duration_s)


class _Once:
    """A frame whose picture is come by once, however often it is looked at."""

    def __init__(self, frame: TimedFrame) -> None:
        self.time_s = frame.time_s
        self._frame = frame
        self._luma: shrink.Luma | None = None

    def luma(self) -> shrink.Luma:
        if self._luma is None:
            self._luma = self._frame.luma()
        return self._luma


@dataclass(frozen=True, slots=True)
class _Moment:
    time_s: float
    code: pdq.Pdq
    full: pdq.Pdq
    thumb: thumb.Thumb


def _moment(time_s: float, luma: shrink.Luma) -> _Moment:
    """Raises ValueError as `pdq.hash_luma`."""
    means, filtered = shrink.both(pdq.checked(luma))
    code, full = pdq.hash_smalls(np.stack([means, filtered]))
    return _Moment(time_s, code, full, thumb.thumb(means))


def _gather(moments: Sequence[_Moment], duration_s: float) -> Fingerprint:
    own = listed([moment.code for moment in moments], [moment.time_s for moment in moments], duration_s)
    full = listed([moment.full for moment in moments], [moment.time_s for moment in moments], duration_s)
    thumbs = np.array([moment.thumb for moment in moments], np.int16).reshape(-1, thumb.PIXELS)
    return dataclasses.replace(own, thumbs=thumbs, pdq=Hashes(full.codes, full.qualities))


class _Dense:
    """Keeps a frame that has moved, or that comes long enough after the last one kept."""

    def __init__(self) -> None:
        self._last: _Moment | None = None

    def pick(self, frame: TimedFrame) -> _Moment | None:
        luma, last = frame.luma(), self._last
        soon = last is not None and frame.time_s - last.time_s < DENSE_GAP_S - _TIME_ERROR_S
        if last is not None and soon and pdq.hash_small(shrink.area(luma)).distance(last.code) < DENSE_BITS:
            return None
        self._last = _moment(frame.time_s, luma)
        return self._last


class _Sparse:
    """Keeps the first frame of every step of time; the others are not even looked at."""

    def __init__(self) -> None:
        self._next_s = 0.0

    def pick(self, frame: TimedFrame) -> _Moment | None:
        if frame.time_s < self._next_s:
            return None
        self._next_s = (frame.time_s // SPARSE_GAP_S + 1) * SPARSE_GAP_S
        return _moment(frame.time_s, frame.luma())
