"""The sound fingerprint, version 3: where the spectrogram peaks, and landmarks of two peaks each.

A peak is louder than everything near it in time and pitch. Codecs, filters, noise and speech over
it leave many of a sound's peaks where they were, and a landmark, made of the pitch of one peak, the
step to another and the time between, is found again wherever both are. A reference keeps few peaks,
those that stand out most; a query keeps many, and such as have a louder one further off, so that
what an overlay pushed down is still among them. A query keeps faint peaks besides, which are louder
than their nearest neighbours and no more: they make no landmarks, but tell a little where one of the
reference's is to be. Silence, steady tones and steady noise hold few landmarks that come again.

Pitch is on a logarithmic scale: playing at another pitch moves all peaks by as many bands, so it is
the query that is asked again, moved. Time between peaks is coarse enough for a tempo 6 % off.

Source: the idea of pairs of spectral peaks is Wang's, "An industrial-strength audio search algorithm"
(ISMIR 2003).
"""

from __future__ import annotations

import dataclasses
import struct
import zlib
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from seawall.signals import inflate, spectrogram
from seawall.signals.roles import Role
from seawall.signals.spectrogram import BANDS, FRAME_MS, RATE_HZ as RATE_HZ, Reach

VERSION: Final = 3

REACH: Final = {Role.REFERENCE: Reach(3, 2), Role.QUERY: Reach(2, 1)}  #: over which a peak is the loudest
PEAKS_A_SECOND: Final = {Role.REFERENCE: 20, Role.QUERY: 60}  #: clear, at most, in the second around each
LANDMARK_PEAKS: Final = 8  #: of a reference's, a second, of which landmarks are made
ASKED_PEAKS: Final = 40  #: of a query's: more bring more references to look at, and no more that are found
RANK_FRAMES: Final = round(500 / FRAME_MS)  #: half that second

CODE_BYTES: Final = 32
MIN_STEP_FRAMES: Final = 8  #: between the peaks of a landmark: nearer ones are parts of one sound
MAX_STEP_FRAMES: Final = 30
MIN_STEP_BANDS: Final = 2  #: at one pitch, beeps and held notes would pair with each other anywhere
MAX_STEP_BANDS: Final = 24  #: an octave
FAN_OUT: Final = 2  #: landmarks that a reference's peak begins
_STEP_RATIO: Final = 1.25  #: steps in time that differ by less count as one

_MAGIC: Final = b"SWAF"
_HEADER: Final = struct.Struct("<4sHHIIQ")  #: magic, version, flags, peaks, duration ms, body bytes
_QUERY: Final = 1  #: flag: of a query, with more peaks than a reference has
_PEAK_BYTES: Final = 7  #: four of the step in time, one each of the band, the quality and the level
_MAX_PEAKS: Final = 1 << 23  #: 24 hours of a query

Peaks = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class View:
    """How a query is heard: moved in pitch and played at another rate before it is compared."""

    bands: int = 0  #: added to the query's bands
    speed: float = 1.0  #: reference seconds that pass in one second of the query
    peaks_a_second: int = ASKED_PEAKS  #: of which landmarks are made


@dataclass(frozen=True, slots=True, eq=False)
class Landmarks:
    """Pairs of peaks: codes (m, 32) that are equal or not, and where each begins."""

    codes: NDArray[np.uint8]
    peaks: Peaks  #: (m,) the number of the first peak


@dataclass(frozen=True, slots=True, eq=False)
class Fingerprint:
    """Peaks in the order of their times, then bands."""

    frames: NDArray[np.uint32]  #: (n,) numbers of the spectrogram's frames
    bands: NDArray[np.uint8]  #: (n,) half semitones over the lowest
    qualities: NDArray[np.uint8]  #: (n,) 0 to 100: how far it stands out; of a query, 0 is a faint peak
    levels: NDArray[np.uint8]  #: (n,) decibels of its power over `spectrogram.LEVEL_0`
    duration_ms: int
    role: Role

    def __len__(self) -> int:
        return len(self.frames)

    @property
    def times_ms(self) -> NDArray[np.uint32]:
        """(n,) times of the peaks: the middles of their frames."""
        return self.frames * np.uint32(FRAME_MS) + np.uint32(spectrogram.MIDDLE_MS)

    @property
    def times_s(self) -> NDArray[np.float64]:
        """(n,) the same in seconds."""
        return self.times_ms / 1000.0

    @property
    def duration_s(self) -> float:
        """From 0 to the end of the last sample."""
        return self.duration_ms / 1000.0

    @property
    def clear(self) -> Peaks:
        """Numbers of the peaks that are not faint: all of a reference's."""
        if self.role is Role.REFERENCE:
            return np.arange(len(self))
        return np.flatnonzero(self.qualities > spectrogram.FAINT)

    def usable(self) -> bool:
        """Whether there is a landmark to be found by: silence and a lone tone have none."""
        return len(self._first_pairs()[0]) > 0

    def landmarks(self) -> Landmarks:
        """A reference's: each of the best peaks with the few that follow it first."""
        return _landmarks(self, *self._first_pairs(), View())

    def _first_pairs(self) -> tuple[Peaks, Peaks]:
        return _pairs(self, self.loudest(LANDMARK_PEAKS), MIN_STEP_FRAMES, MAX_STEP_FRAMES, FAN_OUT)

    def ranks(self) -> NDArray[np.int32]:
        """(c,) how many peaks stand out more than each clear one in the second around it."""
        clear = self.clear
        return _ranks(self.frames[clear], self.qualities[clear])

    def loudest(self, most: int, ranks: NDArray[np.int32] | None = None) -> Peaks:
        """Numbers of the clear peaks that stand out most, so many a second. ranks: as `ranks`."""
        loudest: Peaks = self.clear[(self.ranks() if ranks is None else ranks) < most]
        return loudest

    def asked(self, view: View, ranks: NDArray[np.int32] | None = None) -> Landmarks:
        """A query's: all pairs of peaks, as they would be in a reference that it was copied from.

        ranks: its `ranks`, from whoever asks in several views.
        """
        loudest = self.loudest(view.peaks_a_second, ranks)
        least, most = MIN_STEP_FRAMES / view.speed, MAX_STEP_FRAMES / view.speed
        first, second = _pairs(self, loudest, int(least), int(np.ceil(most)), None)
        return _landmarks(self, first, second, view)

    def encode(self) -> bytes:
        """As stored: a header, then the columns, compressed. `decode` is its inverse."""
        steps = np.diff(self.frames, prepend=np.uint32(0)).astype("<u4").view(np.uint8).reshape(-1, 4)
        columns = np.column_stack([steps, self.bands, self.qualities, self.levels])
        body = zlib.compress(columns.T.tobytes(), 6)
        flags = _QUERY if self.role is Role.QUERY else 0
        return _HEADER.pack(_MAGIC, VERSION, flags, len(self), self.duration_ms, len(body)) + body


def decode(data: bytes) -> Fingerprint:
    """The fingerprint that `encode` wrote. Raises ValueError where the bytes are not one."""
    if len(data) < _HEADER.size:
        raise ValueError("shorter than a fingerprint's header")
    magic, version, flags, count, duration_ms, body_bytes = _HEADER.unpack_from(data)
    if magic != _MAGIC or version != VERSION or count > _MAX_PEAKS or flags & ~_QUERY:
        raise ValueError(f"not a sound fingerprint of version {VERSION}")
    if len(data) != _HEADER.size + body_bytes:
        raise ValueError("a fingerprint of another length than its header says")
    body = np.frombuffer(inflate.exactly(data[_HEADER.size :], count * _PEAK_BYTES), np.uint8)
    columns = body.reshape(_PEAK_BYTES, count)
    bands, qualities, levels = columns[4:]
    steps = np.ascontiguousarray(columns[:4].T).view("<u4").ravel()
    frames = np.cumsum(steps, dtype=np.uint64)
    if count and int(frames[-1]) * FRAME_MS + spectrogram.MIDDLE_MS > duration_ms:
        raise ValueError("a fingerprint with peaks after its end")
    if count and (int(bands.max()) >= BANDS or int(qualities.max()) > spectrogram.MAX_QUALITY):
        raise ValueError("a fingerprint with peaks above the highest")
    role = Role.QUERY if flags & _QUERY else Role.REFERENCE
    return Fingerprint(frames.astype(np.uint32), bands, qualities, levels, duration_ms, role)


def fingerprint(chunks: Iterable[NDArray[np.float32]], role: Role) -> Fingerprint:
    """The fingerprint of a sound, in one pass and bounded memory; of a hush, one without peaks.

    chunks: (samples,) float32 of any lengths, one channel at `RATE_HZ`, -1 to 1. How the sound is cut
    into chunks makes no difference.
    """
    counter = _Counter()
    is_query = role is Role.QUERY
    found = list(spectrogram.peaks(counter.count(chunks), REACH[role], with_faint=is_query))
    none = spectrogram.Peaks(np.zeros(0, np.uint32), *np.zeros((3, 0), np.uint8))
    frames, bands, qualities, levels = (
        np.concatenate([getattr(some, column.name) for some in found or [none]])
        for column in dataclasses.fields(none)
    )
    duration_ms = -(-counter.samples * 1000 // RATE_HZ)
    every = Fingerprint(frames, bands, qualities, levels, duration_ms, role)
    kept = every.loudest(PEAKS_A_SECOND[role])
    if is_query:
        qualities = np.full_like(qualities, spectrogram.FAINT)
        qualities[kept] = every.qualities[kept]
        return dataclasses.replace(every, qualities=qualities)
    return Fingerprint(frames[kept], bands[kept], qualities[kept], levels[kept], duration_ms, role)


class _Counter:
    """Counts the samples that pass."""

    def __init__(self) -> None:
        self.samples = 0

    def count(self, chunks: Iterable[NDArray[np.float32]]) -> Iterator[NDArray[np.float32]]:
        for chunk in chunks:
            self.samples += len(chunk)
            yield chunk


def _ranks(frames: NDArray[np.uint32], qualities: NDArray[np.uint8]) -> NDArray[np.int32]:
    """(n,) how many peaks stand out more than each in the second around it. Of equals, the earlier does."""
    times = frames.astype(np.int64)
    better = np.zeros(len(times), np.int32)
    for apart in range(1, len(times)):
        near = times[apart:] - times[:-apart] <= RANK_FRAMES
        if not near.any():
            break
        earlier_wins = qualities[:-apart] >= qualities[apart:]
        better[apart:] += near & earlier_wins
        better[:-apart] += near & ~earlier_wins
    return better


def _pairs(
    peaks: Fingerprint, numbers: Peaks, least_frames: int, most_frames: int, fan_out: int | None
) -> tuple[Peaks, Peaks]:
    """Of the given peaks, which two are close enough for a landmark, by the first's number.

    fan_out: of each first one, only so many of the second that come soonest.
    """
    frames, bands = peaks.frames[numbers].astype(np.int64), peaks.bands[numbers].astype(np.int64)
    begins = np.searchsorted(frames, frames + least_frames)
    ends = np.searchsorted(frames, frames + most_frames, side="right")
    counts = ends - begins
    first = np.repeat(np.arange(len(numbers)), counts)
    within = np.arange(int(counts.sum())) - np.repeat(np.cumsum(counts) - counts, counts)
    second = np.repeat(begins, counts) + within
    apart = np.abs(bands[second] - bands[first])
    fitting = (apart >= MIN_STEP_BANDS) & (apart <= MAX_STEP_BANDS)
    first, second = first[fitting], second[fitting]
    if fan_out is not None:
        order = np.arange(len(first)) - np.searchsorted(first, first)
        first, second = first[order < fan_out], second[order < fan_out]
    return numbers[first], numbers[second]


def _landmarks(peaks: Fingerprint, first: Peaks, second: Peaks, view: View) -> Landmarks:
    """Codes of pairs of peaks, as the view hears them."""
    bands = peaks.bands.astype(np.int64) + view.bands
    frames = peaks.frames.astype(np.int64)
    steps = np.log((frames[second] - frames[first]) * view.speed) / np.log(_STEP_RATIO)
    key = (bands[first] + BANDS << 24) | (bands[second] + BANDS << 8) | (np.floor(steps).astype(np.int64) + 8)
    return Landmarks(_spread(key.astype(np.uint64)), first)


def _spread(keys: NDArray[np.uint64]) -> NDArray[np.uint8]:
    """(m,) keys -> (m, 32) codes: unequal keys differ in about half their bits, as an index likes it.

    Source: the finaliser of SplitMix64 (Steele, Lea, Flood, OOPSLA 2014), four steps of its sequence.
    """
    words = np.empty((len(keys), CODE_BYTES // 8), "<u8")
    for column in range(words.shape[1]):
        word = keys * np.uint64(4) + np.uint64(column + 1)
        word = word * np.uint64(0x9E3779B97F4A7C15)
        word = (word ^ (word >> np.uint64(30))) * np.uint64(0xBF58476D1CE4E5B9)
        word = (word ^ (word >> np.uint64(27))) * np.uint64(0x94D049BB133111EB)
        words[:, column] = word ^ (word >> np.uint64(31))
    return words.view(np.uint8).reshape(len(keys), CODE_BYTES)
