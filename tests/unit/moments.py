"""Made-up footage as fingerprints: codes that walk at random, cut and spliced to the frame.

A frame is a code and a thumb. `play` puts stretches of footage one after the other at 30 frames a
second, so that what the right answer is, is known exactly; `reference` and `query` keep the moments
that the signal's own rules keep. `Bank` answers as production's references do, by brute force.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from seawall.matching import search
from seawall.matching.candidates import entry_ids
from seawall.matching.references import Entry, References
from seawall.signals import local, pdq, thumb, video

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

FPS = 30
WALK_BITS = 12  #: a frame; handheld footage moves about as fast


@dataclass(frozen=True, eq=False)
class Footage:
    """Frames at 30 a second."""

    codes: NDArray[np.uint8]  #: (n, 32)
    thumbs: NDArray[np.int16]  #: (n, 256)
    qualities: NDArray[np.uint8]  #: (n,)

    def __len__(self) -> int:
        return len(self.codes)

    @property
    def duration_s(self) -> float:
        return len(self) / FPS

    def at(self, frames: NDArray[np.int64]) -> Footage:
        return Footage(self.codes[frames], self.thumbs[frames], self.qualities[frames])

    def part(self, start_s: float, end_s: float, speed: float = 1.0) -> Footage:
        """From start to end, played that much faster."""
        shown = np.arange(round((end_s - start_s) / speed * FPS))
        frames = np.floor(start_s * FPS + shown * speed + 1e-9).astype(np.int64)
        return self.at(np.minimum(frames, len(self) - 1))


def flip(codes: NDArray[np.uint8], bits: int, random: np.random.Generator) -> NDArray[np.uint8]:
    """The codes, in each of them that many bits turned over."""
    if bits == 0 or len(codes) == 0:
        return codes.copy()
    chosen = np.argpartition(random.random((len(codes), pdq.BITS), np.float32), bits - 1, axis=1)[:, :bits]
    turned = np.zeros((len(codes), pdq.BITS), np.uint8)
    np.put_along_axis(turned, chosen, 1, axis=1)
    return codes ^ np.packbits(turned, axis=1)


def moving(seconds: float, seed: int, walk_bits: int = WALK_BITS, quality: int = 100) -> Footage:
    """Footage whose code walks at random."""
    random = np.random.default_rng(seed)
    count = round(seconds * FPS)
    first = random.integers(0, 256, (1, pdq.CODE_BYTES), np.uint8)
    steps = flip(np.zeros((max(0, count - 1), pdq.CODE_BYTES), np.uint8), walk_bits, random)
    codes = np.bitwise_xor.accumulate(np.concatenate([first, steps]), axis=0)
    ways = random.integers(-3, 4, (count, thumb.PIXELS), np.int16)
    thumbs = random.integers(300, 700, (1, thumb.PIXELS)) + np.cumsum(ways, axis=0)
    return Footage(
        codes[:count], np.clip(thumbs, 0, 1020).astype(np.int16), np.full(count, quality, np.uint8)
    )


def standing(seconds: float, seed: int, quality: int = 100) -> Footage:
    """One picture all the time."""
    return moving(1 / FPS, seed, quality=quality).at(np.zeros(round(seconds * FPS), np.int64))


def unrelated(count: int, seed: int) -> Footage:
    """Frames that have nothing to do with one another."""
    random = np.random.default_rng(seed)
    codes = random.integers(0, 256, (count, pdq.CODE_BYTES), np.uint8)
    return Footage(
        codes, random.integers(0, 1021, (count, thumb.PIXELS)).astype(np.int16), np.full(count, 100, np.uint8)
    )


def play(*parts: Footage) -> Footage:
    """One after the other."""
    return Footage(
        np.concatenate([part.codes for part in parts]),
        np.concatenate([part.thumbs for part in parts]),
        np.concatenate([part.qualities for part in parts]),
    )


def noisy(footage: Footage, bits: int, seed: int) -> Footage:
    """Every frame that many bits away from itself."""
    return Footage(flip(footage.codes, bits, np.random.default_rng(seed)), footage.thumbs, footage.qualities)


def _kept(footage: Footage, frames: Sequence[int]) -> video.Fingerprint:
    chosen = footage.at(np.array(frames, np.int64))
    return video.Fingerprint(
        times_ms=np.rint(np.array(frames, np.float64) * 1000 / FPS).astype(np.uint32),
        codes=chosen.codes,
        qualities=chosen.qualities,
        thumbs=chosen.thumbs,
        pdq=video.Hashes(chosen.codes, chosen.qualities),
        duration_ms=round(footage.duration_s * 1000),
    )


def reference(footage: Footage) -> video.Fingerprint:
    """Dense: a frame that moved, or that comes long enough after the last; and the very last."""
    kept: list[int] = []
    for frame in range(len(footage)):
        if kept and (frame - kept[-1]) / FPS < video.DENSE_GAP_S - 1e-9:
            moved = int(np.bitwise_count(footage.codes[frame] ^ footage.codes[kept[-1]]).sum())
            if moved < video.DENSE_BITS:
                continue
        kept.append(frame)
    return _kept(footage, _with_last(footage, kept))


def query(footage: Footage) -> video.Fingerprint:
    """Sparse: the first frame of every quarter of a second, and the very last."""
    steps = np.floor(np.arange(len(footage)) / FPS / video.SPARSE_GAP_S + 1e-9)
    return _kept(footage, _with_last(footage, np.unique(steps, return_index=True)[1].tolist()))


def _with_last(footage: Footage, kept: list[int]) -> list[int]:
    return sorted({*kept, len(footage) - 1}) if len(footage) else kept


def every_frame(footage: Footage) -> video.Fingerprint:
    """No frame left out."""
    return _kept(footage, range(len(footage)))


def still(footage: Footage, at_s: float) -> video.Fingerprint:
    """One frame as a picture."""
    frame = round(at_s * FPS)
    shown = footage.at(np.array([frame]))
    none = np.zeros(1, np.uint32)
    hashes = video.Hashes(shown.codes, shown.qualities)
    return video.Fingerprint(none, shown.codes, shown.qualities, shown.thumbs, hashes, 0)


class BruteForce:
    """The index that compares everything with everything."""

    def __init__(self) -> None:
        self._codes = np.zeros((0, pdq.CODE_BYTES), np.uint8)
        self._ids = np.zeros(0, np.uint64)

    def add(self, codes: NDArray[np.uint8], ids: NDArray[np.uint64]) -> None:
        self._codes = np.concatenate([self._codes, codes])
        self._ids = np.concatenate([self._ids, ids])

    def query(
        self, codes: NDArray[np.uint8], radius: int, sure: int | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.uint64], NDArray[np.int16]]:
        del sure  # all are found, whatever is asked
        numbers, entries, distances = [], [], []
        words = np.ascontiguousarray(self._codes).view(np.uint64)
        for number, asked in enumerate(np.ascontiguousarray(codes).view(np.uint64)):
            bits = np.bitwise_count(words ^ asked).sum(axis=1, dtype=np.int16)
            found = np.flatnonzero(bits <= radius)
            numbers.append(np.full(len(found), number, np.int64))
            entries.append(self._ids[found])
            distances.append(bits[found])
        if not numbers:
            return np.zeros(0, np.int64), np.zeros(0, np.uint64), np.zeros(0, np.int16)
        return np.concatenate(numbers), np.concatenate(entries), np.concatenate(distances)


@dataclass
class Bank:
    """References as a search sees them."""

    own: BruteForce = field(default_factory=BruteForce)
    listed: BruteForce = field(default_factory=BruteForce)
    keypoints: BruteForce = field(default_factory=BruteForce)
    locals: dict[int, local.Local] = field(default_factory=dict)
    sounds: BruteForce = field(default_factory=BruteForce)
    entries: dict[int, Entry] = field(default_factory=dict)
    digests: dict[str, int] = field(default_factory=dict)
    loaded: list[int] = field(default_factory=list)

    def add(
        self,
        name: str,
        fingerprint: video.Fingerprint | None,
        *,
        negative: bool = False,
        disputed: bool = False,
        sha256: str | None = None,
    ) -> int:
        number = len(self.entries) + 1
        duration_s = None if fingerprint is None or fingerprint.is_still else fingerprint.duration_s
        self.entries[number] = Entry(name, negative, disputed, duration_s, fingerprint)
        if fingerprint is not None:
            index = self.listed if fingerprint.pdq is None else self.own
            index.add(*entry_ids(number, fingerprint))
        if sha256 is not None:
            self.digests[sha256] = number
        return number

    def withdraw(self, number: int) -> None:
        """What the store does: the codes may still be in the index, the entry is not given out."""
        del self.entries[number]

    def references(self) -> References:
        return References(
            own=self.own,
            listed=self.listed,
            keypoints=self.keypoints,
            load=self._load,
            sounds=self.sounds,
            load_keypoints=self.locals.get,
            load_sound=lambda number: None,
            exact=self._exact,
        )

    def _load(self, numbers: Sequence[int]) -> dict[int, Entry]:
        self.loaded += numbers
        return {number: self.entries[number] for number in numbers if number in self.entries}

    def _exact(self, sha256: str, md5: str) -> list[int]:
        return [self.digests[sha256]] if sha256 in self.digests else []

    def search(self, fingerprint: video.Fingerprint | None, sha256: str | None = None, **options):
        """Matches of a query that is this fingerprint."""
        name = sha256 or hashlib.sha256(b"query").hexdigest()
        duration_s = None if fingerprint is None or fingerprint.is_still else fingerprint.duration_s
        asked = search.Query(name, "", duration_s, fingerprint)
        if options:
            return search.search(asked, self.references(), search.SearchOptions(**options))
        return search.search(asked, self.references())


def bank_of(**footage: Footage) -> Bank:
    """A bank with each piece of footage as a reference of that name."""
    bank = Bank()
    for name, shown in footage.items():
        bank.add(name, reference(shown))
    return bank
