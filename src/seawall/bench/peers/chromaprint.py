"""Chromaprint, the fingerprint of AcoustID, with a plain aligner: the peer for sound.

A fingerprint is one 32-bit word for every 0.124 s of sound. Two are laid over each other at every offset;
of each offset the block of BLOCK_S that differs in the fewest bits counts, and the best offset is the
answer. Unrelated sound differs in about 0.45 of the bits.

Source: chromaprint 1.5 as ffmpeg's muxer runs it (`-f chromaprint`, algorithm 1). The aligner is the
block comparison of Haitsma and Kalker, "A Highly Robust Audio Fingerprinting System" (2002), over words
of another kind; the limit is that of chromaprint's own matcher, 10 bits of 32.
"""

from __future__ import annotations

from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from seawall import media
from seawall.bench.peers import ffmpeg
from seawall.bench.peers.peer import Said

NAME: Final = "chromaprint"
WHAT: Final = "Chromaprint of the sound track, 10 bits of 32 off in the best 5 s"
WORD_S: Final = 1365 / 11025  #: from one word to the next: a third of a frame of 4096 samples at 11025 Hz
BLOCK_S: Final = 5.0
MATCH_SHARE: Final = 10 / 32  #: of the bits differ in a match at most
RATE_HZ: Final = 11_025  #: of samples that are given as an array

#: A block with a smaller share of different words is silence or a steady tone, which any other is like.
MIN_DISTINCT: Final = 0.4
_WORD_BITS: Final = 32
_WORDS_AT_A_TIME: Final = 1 << 20  #: compared

Words = NDArray[np.uint32]
Samples = NDArray[np.float32]  #: mono, -1 to 1


class Chromaprint:
    """The peer."""

    name = NAME
    rules = ((NAME, WHAT),)
    file_version = 1

    def lacks(self) -> str | None:
        return None if ffmpeg.executable() else ffmpeg.ABSENT

    def prepare(self, path: Path, rate_hz: float) -> Words:
        """Raises the errors of `fingerprint`."""
        return fingerprint(path)

    def compare(self, query: Words, reference: Words) -> tuple[Said, ...]:
        bit_error_rate, _ = compare(query, reference)
        return (Said(1 - bit_error_rate, matches(bit_error_rate)),)


def available() -> bool:
    """Whether there is an ffmpeg that has it."""
    return ffmpeg.executable() is not None


def fingerprint(sound: Path | Samples, rate_hz: int = RATE_HZ) -> Words:
    """(words,) of a file's first sound track, or of mono samples at `rate_hz`; empty for too little sound.

    Raises the errors of `media.open`, errors.DamagedMedia where ffmpeg cannot read what Seawall can, and
    errors.UsageError where there is no ffmpeg.
    """
    output = ["-f", "chromaprint", "-fp_format", "raw", "-"]
    if isinstance(sound, Path):
        with media.open(sound) as source:
            if not source.has_audio:
                return np.empty(0, np.uint32)
        arguments = ["-v", "error", "-i", str(sound), "-map", "0:a:0", "-vn", *output]
        raw, _ = ffmpeg.run(sound, arguments)
    else:
        arguments = ["-v", "error", "-f", "f32le", "-ar", str(rate_hz), "-ac", "1", "-i", "-", *output]
        raw, _ = ffmpeg.run(Path("samples"), arguments, given=sound.astype("<f4").tobytes())
    return np.frombuffer(raw, "<u4").astype(np.uint32)


def compare(query: Words, reference: Words) -> tuple[float, float]:
    """(bit error rate of the best block, offset_s): `query` at t sounds like `reference` at t + offset_s.

    1.0 and 0.0 where either is shorter than half a block or holds nothing but silence.
    """
    block = round(BLOCK_S / WORD_S)
    if min(len(query), len(reference)) < block // 2:
        return 1.0, 0.0
    block = min(block, len(query), len(reference))
    steady, steady_there = _steady(query, block), _steady(reference, block)
    # At the outermost offsets the two share one block exactly.
    least = block - len(query)
    windows = np.lib.stride_tricks.sliding_window_view(np.pad(reference, -least), len(query))
    best = (1.0, 0)
    rows = max(1, _WORDS_AT_A_TIME // len(query))
    for row in range(0, len(windows), rows):
        differing = np.bitwise_count(windows[row : row + rows] ^ query)
        total = np.pad(np.cumsum(differing, axis=1, dtype=np.int32), ((0, 0), (1, 0)))
        rates = (total[:, block:] - total[:, :-block]) / (block * _WORD_BITS)
        there = np.arange(row, row + len(rates))[:, None] + least + np.arange(rates.shape[1])
        inside = (there >= 0) & (there < len(steady_there))
        rates[~inside | steady | steady_there[np.where(inside, there, 0)]] = 1.0
        offset, _ = np.unravel_index(int(rates.argmin()), rates.shape)
        lowest = float(rates[offset].min())
        if lowest < best[0]:
            best = (lowest, row + int(offset) + least)
    return best[0], best[1] * WORD_S


def matches(bit_error_rate: float) -> bool:
    """Whether two sounds with that best block are the same sound."""
    return bit_error_rate <= MATCH_SHARE


def _steady(words: Words, block: int) -> NDArray[np.bool_]:
    """Of the block from each word on: whether it has too few different words to tell anything."""
    windows = np.sort(np.lib.stride_tricks.sliding_window_view(words, block), axis=1)
    distinct = 1 + (np.diff(windows, axis=1) != 0).sum(axis=1)
    steady: NDArray[np.bool_] = distinct < MIN_DISTINCT * block
    return steady
