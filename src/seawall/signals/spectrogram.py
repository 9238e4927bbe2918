"""Peaks of a sound's spectrogram, found in one pass over chunks of any length.

The spectrogram has a frame every 32 ms, each over 256 ms, and bands half a semitone apart over what a
telephone passes, so that a band's number is a pitch. Its logarithm, less each band's mean over the
4 s around, no longer depends on how loud or through what filter the sound was played; peaks are
taken from that. What lies far under a quiet room's hum is one with silence.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

import numpy as np
from numpy.typing import NDArray

RATE_HZ: Final = 8000
WINDOW: Final = 2048  #: samples of a frame
HOP: Final = 256  #: samples from frame to frame
FRAME_MS: Final = HOP * 1000 // RATE_HZ
MIDDLE_MS: Final = WINDOW * 500 // RATE_HZ  #: from a frame's first sample to its middle

LOWEST_HZ: Final = 260.0
BANDS: Final = 92  #: the highest is at 3,600 Hz
BANDS_AN_OCTAVE: Final = 24

MAX_QUALITY: Final = 100
FAINT: Final = 0  #: the quality of a peak that is louder than its nearest neighbours only
SILENCE: Final = 1e-6  #: power in a band that is added to all: about that of noise at -89 dB of full scale
MEAN_FRAMES: Final = 63  #: on each side, of a band's mean
MIN_RISE: Final = 1.0  #: nepers of power over the mean: 4 dB
LOUDNESS_SHARE: Final = 0.2  #: of two peaks that rise as far, the one in a louder band stands out more
QUALITY_STEPS: Final = 10.0  #: a neper
LEVEL_0: Final = -64  #: decibels of power: under that of `SILENCE`
FAINT_RISE: Final = 0.3  #: nepers of a faint peak over the least beside it: less is the noise of a number

_DECIBELS: Final = 10 / np.log(10)  #: a neper of power
_BLOCK: Final = 1024  #: frames worked on at a time
_CACHED: Final = 32  #: frames whose spectrum stays in the cache
_MAX_REACH: Final = 3  #: frames
_MARGIN: Final = MEAN_FRAMES + _MAX_REACH  #: on each side, that decide about a peak


@dataclass(frozen=True, slots=True)
class Reach:
    """How far on each side a peak is the loudest."""

    frames: int
    bands: int


NEAREST: Final = Reach(1, 1)

Levels = NDArray[np.float32]  #: (frames, BANDS) logarithms of power


@dataclass(frozen=True, slots=True, eq=False)
class Peaks:
    """Peaks in the order of their frames, then bands."""

    frames: NDArray[np.uint32]  #: (n,)
    bands: NDArray[np.uint8]  #: (n,)
    qualities: NDArray[np.uint8]  #: (n,) 0 to 100
    levels: NDArray[np.uint8]  #: (n,) decibels over `LEVEL_0`


def peaks(
    chunks: Iterable[NDArray[np.float32]], reach: Reach, *, with_faint: bool = False
) -> Iterator[Peaks]:
    """All peaks of a sound, some at a time, in order.

    chunks: (samples,), one channel at `RATE_HZ`. reach: of at most 3 frames. with_faint: also what is louder
    than its nearest neighbours alone, be it under its band's mean; its quality is `FAINT`, and no other's.
    """
    held = np.zeros((0, BANDS), np.float32)
    first = done = 0  # the number of the first frame held, and of the first not yet searched
    for levels in _blocks(chunks):
        held = np.concatenate([held, levels])
        ready = first + len(held) - _MARGIN
        if ready > done:
            yield _search(held, first, done, ready, reach, with_faint=with_faint)
            done = ready
            kept = max(first, done - _MARGIN)
            held, first = held[kept - first :], kept
    if first + len(held) > done:
        yield _search(held, first, done, first + len(held), reach, with_faint=with_faint)


def _blocks(chunks: Iterable[NDArray[np.float32]]) -> Iterator[Levels]:
    """The spectrogram, `_BLOCK` frames at a time however the sound is cut up."""
    size = WINDOW + (_BLOCK - 1) * HOP
    waiting: list[NDArray[np.float32]] = []
    count = 0
    for chunk in chunks:
        waiting.append(chunk)
        count += len(chunk)
        while count >= size:
            samples = np.concatenate(waiting)
            yield _levels(samples[:size])
            waiting, count = [samples[_BLOCK * HOP :]], count - _BLOCK * HOP
    if count >= WINDOW:
        yield _levels(np.concatenate(waiting))


def _levels(samples: NDArray[np.float32]) -> Levels:
    """(samples,) -> the frames that lie in them whole."""
    windows = np.lib.stride_tricks.sliding_window_view(samples, WINDOW)[::HOP]
    low, high, weights = _bands()
    shape = np.hanning(WINDOW).astype(np.float32)
    power = np.empty((len(windows), high - low), np.float32)
    for first in range(0, len(windows), _CACHED):
        some = slice(first, first + _CACHED)
        spectrum = np.fft.rfft(windows[some] * shape, axis=1)[:, low:high]
        np.add(spectrum.real**2, spectrum.imag**2, out=power[some])
    levels: Levels = np.log(power @ weights + np.float32(SILENCE))
    return levels


@cache
def _bands() -> tuple[int, int, NDArray[np.float32]]:
    """First and last + 1 of the frequencies that matter, and (frequencies, BANDS) their weights.

    Triangles from band to band, but at least a frequency's width to each side.
    """
    step_hz = RATE_HZ / WINDOW
    hz = np.arange(WINDOW // 2 + 1) * step_hz
    centres = LOWEST_HZ * 2 ** (np.arange(BANDS) / BANDS_AN_OCTAVE)
    reach = np.maximum(centres * (2 ** (1 / BANDS_AN_OCTAVE) - 1), step_hz)
    weights = np.maximum(0, 1 - np.abs(hz[:, None] - centres) / reach)
    used = np.flatnonzero(weights.any(axis=1))
    low, high = int(used[0]), int(used[-1]) + 1
    weights /= weights.sum(axis=0)
    return low, high, weights[low:high].astype(np.float32)


def _search(held: Levels, first: int, start: int, end: int, reach: Reach, *, with_faint: bool) -> Peaks:
    """The peaks of the frames from start to end. held: the levels from frame `first` on."""
    rise = held - _mean(held)
    clear = (rise >= _loudest(rise, reach)) & (rise > MIN_RISE)
    found = clear | _faint(rise) if with_faint else clear
    at, bands = np.nonzero(found[start - first : end - first])
    at += start - first
    loud = held[at, bands] - held.mean(axis=1)[at]
    standing = np.rint((rise[at, bands] + LOUDNESS_SHARE * loud) * QUALITY_STEPS)
    qualities = np.clip(standing, FAINT + 1 if with_faint else 0, MAX_QUALITY).astype(np.uint8)
    qualities[~clear[at, bands]] = FAINT
    levels = np.rint(held[at, bands] * _DECIBELS - LEVEL_0).astype(np.uint8)
    return Peaks((at + first).astype(np.uint32), bands.astype(np.uint8), qualities, levels)


def _faint(rise: Levels) -> NDArray[np.bool_]:
    """Where it is the largest of its nearest neighbours; a level stretch has none."""
    stands: NDArray[np.bool_] = rise + _loudest(-rise, NEAREST) > FAINT_RISE
    return stands & (rise >= _loudest(rise, NEAREST))


def _loudest(values: Levels, reach: Reach) -> Levels:
    """The largest of each value and all within reach."""
    return _largest(_largest(values, reach.frames).T, reach.bands).T


def _mean(levels: Levels) -> Levels:
    """Each band's mean over the frames around, the first and last taken to go on for ever."""
    padded = np.pad(levels, ((MEAN_FRAMES + 1, MEAN_FRAMES), (0, 0)), mode="edge")
    sums = np.cumsum(padded, axis=0, dtype=np.float64)
    width = 2 * MEAN_FRAMES + 1
    mean: Levels = ((sums[width:] - sums[:-width]) / width).astype(np.float32)
    return mean


def _largest(values: Levels, reach: int) -> Levels:
    """The largest of each value and its neighbours along the first axis, so far to each side."""
    padded = np.pad(values, ((reach, reach), (0, 0)), constant_values=-np.inf)
    largest = values.copy()
    for shift in range(2 * reach + 1):
        np.maximum(largest, padded[shift : shift + len(values)], out=largest)
    return largest
