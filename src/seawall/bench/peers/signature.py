"""The MPEG-7 video signature: 380 three-valued comparisons of areas for every frame, matched along time.

ffmpeg's filter `signature` makes them, for each file once. Matching is done here from those files, in the
steps of the standard: frames of the query and of the reference that differ in little give votes for a
shift in time at a speed; along the shifts with the most votes, frames are followed for as long as no more
than TOLERATED in a row differ in much. The filter's own matching takes one process for every pair of
files, and from release 9 on finds no pair at equal times unless its first stage is opened; its limits
are kept.

Source: ISO/IEC 15938-3 Amendment 4 and Paschalakis et al., "The MPEG-7 Video Signature Tools for Content
Identification" (2012), as FFmpeg's vf_signature.c makes and compares them.
"""

from __future__ import annotations

import tempfile
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from seawall import errors
from seawall.bench.peers import ffmpeg
from seawall.bench.peers.peer import Said

NAME: Final = "mpeg7_signature"
WHAT: Final = "MPEG-7 video signature by ffmpeg's filter, its limits, matched from its files"

NEAR: Final = 116  #: two frames that differ by no more, of 760, are alike: ffmpeg's `th_xh`
GOOD_SHARE: Final = 0.5  #: of the frames followed must be alike: ffmpeg's `th_it`
TOLERATED: Final = 2  #: frames in a row that may differ
SPEEDS: Final = (0.5, 0.8, 1.0, 1.25, 2.0)  #: reference seconds in one second of the query
MATCH_S: Final = 1.0  #: of the query must be alike

_SHIFT_S: Final = 0.1  #: votes nearer than that fall together
_SHIFTS: Final = 3  #: that are followed, at each speed
_CONFIDENT: Final = 1  #: of 255; frames under it are flat
_ELEMENTS: Final = 380
_THRESHOLDS: Final = 96  #: bytes that hold two bits for each element, and fill whole words

_HEADER_BITS: Final = 274
_HEADER_FRAMES_AT: Final = 129  #: where in it the 32 bits of the number of frames begin
_SEGMENT_BITS: Final = 1344
_FRAME_BITS: Final = 689

Frame: Final = np.dtype([("time_s", "f8"), ("confidence", "u1"), ("bits", "u1", (_THRESHOLDS,))])
Frames = NDArray[np.void]  #: (frames,) of Frame


class Signature:
    """The peer."""

    name = NAME
    rules = ((NAME, WHAT),)
    file_version = 1

    def lacks(self) -> str | None:
        return None if ffmpeg.executable() else ffmpeg.ABSENT

    def prepare(self, path: Path, rate_hz: float) -> Frames:
        """Raises errors.DamagedMedia."""
        with tempfile.TemporaryDirectory(prefix="seawall-signature-") as folder:
            kept = Path(folder) / "signature.bin"
            # Times in thousandths of a second: the file keeps 16 bits of the unit.
            graph = f"settb=1/1000,signature=format=binary:filename={kept.name}"
            arguments = ("-v", "error", "-i", str(path.resolve()), "-map", "0:v:0", "-vf", graph)
            ffmpeg.run(path, [*arguments, "-f", "null", "-"], folder=Path(folder))
            try:
                return read(kept.read_bytes())
            except (FileNotFoundError, ValueError) as error:
                raise errors.DamagedMedia(path=path, reason="ffmpeg wrote no signature of it") from error

    def compare(self, query: Frames, reference: Frames) -> tuple[Said, ...]:
        alike_s = alike(query, reference)
        return (Said(alike_s, alike_s >= MATCH_S),)


def read(data: bytes) -> Frames:
    """The frames of a binary signature. Raises ValueError for what is none."""
    bits = np.unpackbits(np.frombuffer(data, np.uint8))
    if len(bits) < _HEADER_BITS:
        raise ValueError("shorter than its header")
    count = _number(bits[_HEADER_FRAMES_AT : _HEADER_FRAMES_AT + 32])
    segments = _number(bits[_HEADER_BITS - 32 : _HEADER_BITS])
    first = _HEADER_BITS + segments * _SEGMENT_BITS + 1
    if len(bits) < first + count * _FRAME_BITS:
        raise ValueError("shorter than it says")
    rows = bits[first : first + count * _FRAME_BITS].reshape(count, _FRAME_BITS)
    frames = np.zeros(count, Frame)
    frames["time_s"] = np.packbits(rows[:, 1:33], axis=1).view(">u4")[:, 0] / 1000
    frames["confidence"] = np.packbits(rows[:, 33:41], axis=1)[:, 0]
    # Five elements a byte, as the digits of a number to base three, the first the highest.
    packed = np.packbits(rows[:, 81:], axis=1)
    elements = packed[:, :, None] // np.array([81, 27, 9, 3, 1], np.uint8) % 3
    elements = elements.reshape(count, _ELEMENTS)
    # Of two values from 0 to 2, as many of these bits differ as the values are apart.
    reached = np.packbits(np.concatenate([elements >= 1, elements >= 2], axis=1), axis=1)
    frames["bits"][:, : reached.shape[1]] = reached
    return frames


def alike(query: Frames, reference: Frames) -> float:
    """Seconds of the query's best run of frames that are like the reference's, in step with them."""
    if not len(query) or not len(reference):
        return 0.0
    far = differences(query, reference)
    rows, columns = np.nonzero(far <= NEAR)
    if not len(rows):
        return 0.0
    step_s = float(np.median(np.diff(query["time_s"]))) if len(query) > 1 else 0.0
    best = 0
    for speed in SPEEDS:
        shifts = reference["time_s"][columns] - speed * query["time_s"][rows]
        bins, votes = np.unique(np.round(shifts / _SHIFT_S), return_counts=True)
        for at in bins[np.argsort(-votes, kind="stable")[:_SHIFTS]]:
            near = np.abs(shifts - at * _SHIFT_S) <= _SHIFT_S
            best = max(best, _run(query, reference, far, speed, float(np.median(shifts[near]))))
    return best * step_s


def differences(query: Frames, reference: Frames) -> NDArray[np.uint16]:
    """(n, m): the sum over the elements of how far they are apart, 0 to 760."""
    left, right = (np.ascontiguousarray(one["bits"]).view(np.uint64) for one in (query, reference))
    total = np.zeros((len(left), len(right)), np.uint16)
    for word in range(left.shape[1]):
        total += np.bitwise_count(left[:, word, None] ^ right[None, :, word])
    return total


def _run(query: Frames, reference: Frames, far: NDArray[np.uint16], speed: float, shift_s: float) -> int:
    """How many frames are alike in the best run at that speed and shift."""
    wanted_s = speed * query["time_s"] + shift_s
    times = reference["time_s"]
    inside = np.flatnonzero((wanted_s >= times[0]) & (wanted_s <= times[-1]))
    if not len(inside):
        return 0
    after = np.searchsorted(times, wanted_s[inside]).clip(0, len(times) - 1)
    before = (after - 1).clip(0)
    # Clocks of different rates fall between frames: the nearer neighbour is the frame.
    gaps = np.minimum(far[inside, after], far[inside, before])
    good = gaps <= NEAR
    sure = good & (query["confidence"][inside] >= _CONFIDENT)
    best = 0
    for run in np.split(np.arange(len(good)), _breaks(good)):
        found, certain = int(good[run].sum()), int(sure[run].sum())
        if found and 2 * certain >= found and found >= GOOD_SHARE * _extent(good[run]):
            best = max(best, found)
    return best


def _breaks(good: NDArray[np.bool_]) -> NDArray[np.intp]:
    """Where more than TOLERATED frames that differ end a run."""
    places = np.flatnonzero(good)
    return places[1:][np.diff(places) > TOLERATED + 1]


def _extent(good: NDArray[np.bool_]) -> int:
    """Frames from the first good one to the last."""
    places = np.flatnonzero(good)
    return int(places[-1] - places[0]) + 1


def _number(bits: NDArray[np.uint8]) -> int:
    return int.from_bytes(np.packbits(bits).tobytes())
