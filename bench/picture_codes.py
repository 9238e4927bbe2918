"""Codes as pictures have them, as many as are asked: bits that go together, clips that move slowly, crowds.

How bits go together is measured on the frames of a folder of clips and carried over by a Gaussian copula. A
made clip begins at a code drawn so, and walks on by some 16 bits a frame, or by one where nothing moves.
Two codes in a hundred lie around few popular pictures (title cards, dark frames, what everybody uploads).
"""

from __future__ import annotations

from statistics import NormalDist
from typing import TYPE_CHECKING, Final

import numpy as np

from seawall import errors, media
from seawall.signals import pdq

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

GAP_S: Final = 0.5  #: between two frames of a clip that are looked at ...
FIRST_S: Final = 8.0  #: ... of which no later ones are
CLIP_FRAMES: Final = 24  #: of a made clip, on average
STILL_SHARE: Final = 0.15  #: of clips
CROWDED_SHARE: Final = 0.02  #: of codes
CROWDS: Final = 200
CROWD_SKEW: Final = 1.3  #: the exponent of the crowds' sizes
MOVED: Final = 4  #: a bit moves with a chance of 2**-4 from frame to frame, and by as much in crowds
STILL: Final = 8
SHRINK: Final = 0.9  #: of the correlations measured, which few clips make look larger than they are
STEP: Final = 50_000
WORDS: Final = pdq.BITS // 64


def of_clips(folder: Path) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """(N, 32) PDQ hashes of frames of the files in a folder, and (N,) of which file each is."""
    codes: list[NDArray[np.uint8]] = []
    clips: list[int] = []
    for number, path in enumerate(sorted(folder.iterdir())):
        try:
            found = _of_clip(path)
        except errors.SeawallError:
            continue
        codes += found
        clips += [number] * len(found)
    return np.array(codes), np.array(clips)


def _of_clip(path: Path) -> list[NDArray[np.uint8]]:
    found = []
    next_s = 0.0
    with media.open(path) as file:
        for frame in file.frames():
            if frame.time_s > FIRST_S:
                break
            if frame.time_s >= next_s:
                next_s = frame.time_s + GAP_S
                hashed = pdq.hash_luma(frame.luma())
                if hashed.quality >= pdq.MATCH_QUALITY:
                    found.append(np.frombuffer(hashed.value, np.uint8))
    return found


class Pictures:
    """Draws codes."""

    def __init__(self, codes: NDArray[np.uint8], clips: NDArray[np.int64], seed: int) -> None:
        """Codes (N, 32) and clips (N,): as of `of_clips`; every clip counts as much as any other."""
        self.random = np.random.default_rng(seed)
        bits = np.unpackbits(codes, axis=1).astype(np.float64)
        weight = 1 / np.bincount(clips)[clips]
        weight /= weight.sum()
        mean = weight @ bits
        off = bits - mean
        spread = np.sqrt(np.clip(weight @ off**2, 1e-9, None))
        alike = (off * weight[:, None]).T @ off / np.outer(spread, spread)
        latent = np.sin(np.pi / 2 * SHRINK * np.clip(alike, -1, 1))
        np.fill_diagonal(latent, 1)
        values, vectors = np.linalg.eigh(latent)
        latent = (vectors * np.clip(values, 1e-3, None)) @ vectors.T
        scale = np.sqrt(np.diag(latent))
        self._factor = np.linalg.cholesky(latent / np.outer(scale, scale)).astype(np.float32)
        likely = [NormalDist().inv_cdf(min(max(p, 0.05), 0.95)) for p in mean.tolist()]
        self._lean = np.array(likely, np.float32)
        self.popular = self.unrelated(CROWDS)
        sizes = np.arange(1, CROWDS + 1) ** -CROWD_SKEW
        self._sizes = sizes / sizes.sum()

    def unrelated(self, count: int) -> NDArray[np.uint8]:
        """(count, 32) of pictures that have nothing to do with each other."""
        parts = []
        for start in range(0, count, STEP):
            drawn = self.random.standard_normal((min(STEP, count - start), pdq.BITS), np.float32)
            drawn = drawn @ self._factor.T + self._lean
            parts.append(np.packbits(drawn > np.median(drawn, axis=1, keepdims=True), axis=1))
        return np.concatenate(parts)

    def crowded(self, count: int) -> NDArray[np.uint8]:
        """(count, 32) around the popular ones."""
        chosen = self.random.choice(CROWDS, count, p=self._sizes)
        return (self.popular.view(np.uint64)[chosen] ^ self._moved(count, MOVED)).view(np.uint8)

    def bank(self, count: int) -> NDArray[np.uint8]:
        """(count, 32) as a bank of clips has them."""
        crowded = int(count * CROWDED_SHARE)
        left = count - crowded
        lengths = self.random.geometric(1 / CLIP_FRAMES, 2 * left // CLIP_FRAMES + 100)
        ends = np.cumsum(lengths)
        clips = int(np.searchsorted(ends, left)) + 1
        lengths = lengths[:clips]
        lengths[-1] -= ends[clips - 1] - left
        start = np.cumsum(lengths) - lengths
        now = self.unrelated(clips).view(np.uint64)
        still = self.random.random(clips) < STILL_SHARE
        codes = np.empty((count, WORDS), np.uint64)
        codes[start] = now
        live = np.arange(clips)
        for frame in range(1, int(lengths.max())):
            live = live[lengths[live] > frame]
            moved = self._moved(live.size, MOVED)
            moved[still[live]] &= self._moved(int(still[live].sum()), STILL - MOVED)
            now[live] ^= moved
            codes[start[live] + frame] = now[live]
        codes[left:] = self.crowded(crowded).view(np.uint64)
        return codes.view(np.uint8)

    def queries(self, bank: NDArray[np.uint8], count: int) -> NDArray[np.uint8]:
        """(count, 32): of ten, six unrelated, three near a code of the bank, one in a crowd."""
        near, crowded = 3 * count // 10, count // 10
        codes = bank[self.random.integers(0, len(bank), near)].copy()
        for code in codes:
            bits = self.random.choice(pdq.BITS, self.random.integers(0, pdq.MATCH_BITS + 1), replace=False)
            np.bitwise_xor.at(code, bits // 8, (1 << bits % 8).astype(np.uint8))
        asked = np.concatenate([self.unrelated(count - near - crowded), codes, self.crowded(crowded)])
        return self.random.permutation(asked)

    def _moved(self, count: int, halvings: int) -> NDArray[np.uint64]:
        """(count, 4) words in which each bit is set with a chance of 2**-halvings."""
        moved = self.random.integers(0, 2**64, (count, WORDS), np.uint64)
        for _ in range(halvings - 1):
            moved &= self.random.integers(0, 2**64, (count, WORDS), np.uint64)
        return moved
