"""TMK+PDQF: a whole video as one average picture and the slow waves of its change.

Every frame at 15 Hz and 64 x 64 pixels gives 256 numbers, the ones PDQ makes bits of. Their mean is the
first level. The second keeps, for four periods of time, how the normalised numbers correlate with 32
waves; two videos are laid over each other at every shift of each period. Both levels are cosines, and
both must reach 0.7.

It compares whole videos: what is cut or spliced is outside of what it was made for.

Source: facebook/ThreatExchange, tmk/ (reference implementation and README), after Poullot et al.,
"Temporal Matching Kernel with Explicit Feature Maps" (2015); scores equal to those of its own files.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from seawall.bench.peers import ffmpeg
from seawall.bench.peers.peer import Said
from seawall.signals import pdq

if TYPE_CHECKING:
    from pathlib import Path

NAME: Final = "tmk"
WHAT: Final = "TMK+PDQF, both levels at 0.7 or above: its README's"
MATCH_SCORE: Final = 0.7
RATE_HZ: Final = 15
PERIODS: Final = (2731, 4391, 9767, 14653)  #: in frames
WAVES: Final = 32

_SIDE: Final = 64
_GREY: Final = np.array([0.299, 0.587, 0.114], np.float32)  #: of red, green and blue
#: The width of the kernel whose Fourier coefficients the waves are weighted by: exp(32 cos x).
_WIDTH: Final = 32.0

Features = NDArray[np.float32]  #: (frames, 256)
#: (1 + 2 * periods * waves, 256): the mean; then for each period its cosines, then its sines
Hash = NDArray[np.float32]


class Tmk:
    """The peer."""

    name = NAME
    rules = ((NAME, WHAT),)
    file_version = 1

    def lacks(self) -> str | None:
        return None if ffmpeg.executable() else ffmpeg.ABSENT

    def prepare(self, path: Path, rate_hz: float) -> Hash:
        """Raises errors.DamagedMedia."""
        return hashed(features(path))

    def compare(self, query: Hash, reference: Hash) -> tuple[Said, ...]:
        first, second = levels(query, reference)
        return (Said(min(first, second), min(first, second) >= MATCH_SCORE),)


def features(path: Path) -> Features:
    """PDQ's coefficients of a video's frames at 15 Hz. Raises errors.DamagedMedia."""
    size = f"{_SIDE}:{_SIDE}"
    arguments = ("-v", "error", "-i", str(path), "-s", size, "-an", "-f", "rawvideo", "-pix_fmt", "rgb24")
    raw, _ = ffmpeg.run(path, [*arguments, "-r", str(RATE_HZ), "-"])
    pictures = np.frombuffer(raw, np.uint8).reshape(-1, _SIDE, _SIDE, 3)
    return np.concatenate(
        [np.empty((0, pdq.BITS), np.float32)]
        + [coefficients(part @ _GREY) for part in np.array_split(pictures, 1 + len(pictures) // 256)]
    )


def coefficients(lumas: NDArray[np.float32]) -> Features:
    """(n, 64, 64) pictures -> (n, 256), the lowest frequencies without the constant."""
    waves = _cosines()
    lowest: Features = (waves @ lumas @ waves.T).astype(np.float32)
    return lowest.reshape(len(lumas), -1)


def hashed(frames: Features) -> Hash:
    """The hash of a video of those frames; zeros for none."""
    mean = frames.mean(axis=0) if len(frames) else np.zeros(pdq.BITS, np.float32)
    unit = _unit(frames)
    times = np.arange(len(frames))[:, None] * np.arange(WAVES)
    rows = []
    for period in PERIODS:
        angles = (2 * np.pi / period) * times
        rows += [(wave(angles).T @ unit).astype(np.float32) for wave in (np.cos, np.sin)]
    weighted = _unit(np.stack(rows)) * np.sqrt(_weights())[:, None]
    return np.concatenate([mean[None], weighted.reshape(-1, pdq.BITS)]).astype(np.float32)


def levels(a: Hash, b: Hash) -> tuple[float, float]:
    """(level 1, level 2) of two hashes, -1 to 1."""
    first = float((_unit(a[:1]) * _unit(b[:1])).sum())
    (cos_a, sin_a), (cos_b, sin_b) = (
        np.moveaxis(one[1:].reshape(len(PERIODS), 2, WAVES, pdq.BITS), 1, 0) for one in (a, b)
    )
    even = (cos_a * cos_b + sin_a * sin_b).sum(axis=2)
    odd = (sin_b * cos_a - cos_b * sin_a).sum(axis=2)
    kernels = (shifts[0] @ e + shifts[1] @ o for shifts, e, o in zip(_shifts(), even, odd, strict=True))
    weights = _weights()
    return first, max(float(kernel.max()) for kernel in kernels) / float(2 * weights.sum() - weights[0])


@lru_cache(maxsize=1)
def _weights() -> NDArray[np.float64]:
    """(waves,): Bessel functions I_j(32) over sinh 32; the first as its definition has it.

    I_j(x) is the mean of exp(x cos t) cos(jt) over a turn; all are divided by exp 32 to stay small.
    """
    angles = 2 * np.pi * np.arange(4096) / 4096
    bessel = np.exp(_WIDTH * (np.cos(angles) - 1)) @ np.cos(np.outer(angles, np.arange(WAVES))) / 4096
    half = (1 - np.exp(-2 * _WIDTH)) / 2
    weights: NDArray[np.float64] = bessel / half
    weights[0] = (bessel[0] - np.exp(-2 * _WIDTH)) / (2 * half)
    return weights


@lru_cache(maxsize=1)
def _shifts() -> tuple[tuple[NDArray[np.float32], NDArray[np.float32]], ...]:
    """For each period: (shifts, waves) cosines and sines."""
    tables = []
    for period in PERIODS:
        angles = (2 * np.pi / period) * np.outer(np.arange(period), np.arange(WAVES))
        tables.append((np.cos(angles).astype(np.float32), np.sin(angles).astype(np.float32)))
    return tuple(tables)


@lru_cache(maxsize=1)
def _cosines() -> NDArray[np.float32]:
    """(16, 64): rows 1 to 16 of the DCT of 64 numbers."""
    turns = np.outer(np.arange(1, pdq.FREQUENCIES + 1), 2 * np.arange(_SIDE) + 1)
    waves: NDArray[np.float32] = (np.sqrt(2 / _SIDE) * np.cos(np.pi / (2 * _SIDE) * turns)).astype(np.float32)
    return waves


def _unit(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Each of length 1 along the last axis; zeros stay zeros."""
    lengths = np.linalg.norm(vectors, axis=-1, keepdims=True)
    unit: NDArray[np.float32] = (vectors / np.where(lengths > 0, lengths, 1)).astype(np.float32)
    return unit
