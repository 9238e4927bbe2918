"""What edits do to sound: it follows the time line, and may be filtered, echoed, covered or replaced."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from seawall.bench import timeline

if TYPE_CHECKING:
    from collections.abc import Mapping

    from seawall.bench.step import Samples

_GRAIN_S: Final = 0.04  #: of sound that keeps its pitch at another speed
_SEARCH_S: Final = 0.008  #: how far a grain may move to continue the one before
_NOTES_HZ: Final = 110 * 2 ** (np.arange(30) / 12)
_FADE_S: Final = 0.02


def follow(
    line: timeline.Timeline, tracks: Mapping[int, Samples], rate_hz: int, *, keep_pitch: bool
) -> Samples:
    """The sound that goes with a time line; silence where a footage has none.

    tracks: of each footage, from its time 0 on. Other footage sounds again and again.
    """
    total = np.zeros(round(timeline.length_s(line) * rate_hz), np.float32)
    at_s = 0.0
    for piece in line:
        first = round(at_s * rate_hz)
        at_s += piece.length_s
        room = total[first : round(at_s * rate_hz)]
        track = tracks.get(piece.footage)
        if track is not None and len(track) and piece.speed:
            room[:] = _piece(piece, track, rate_hz, len(room), keep_pitch=keep_pitch)
    return total


def resampled(samples: Samples, count: int) -> Samples:
    """Played faster or slower, so that pitch and speed change alike: (count,), without aliases."""
    if count == len(samples) or not len(samples) or not count:
        return _padded(samples, count)
    spectrum = np.fft.rfft(samples)
    resampled: Samples = (np.fft.irfft(spectrum, count) * (count / len(samples))).astype(np.float32)
    return resampled


def stretched(samples: Samples, count: int, rate_hz: int) -> Samples:
    """At another speed and the same pitch: (count,). Overlapping grains, each put where it goes on best.

    Waveform-similarity overlap-add (Verhelst and Roelands, 1993).
    """
    hop, search = round(_GRAIN_S * rate_hz / 2), round(_SEARCH_S * rate_hz)
    window = np.hanning(2 * hop + 1)[:-1].astype(np.float32)
    total = np.zeros(count + 2 * hop, np.float32)
    source = np.pad(samples, (search, 4 * hop + search))
    factor = len(samples) / max(count, 1)
    wanted = source[search : search + hop]
    for at in range(0, count, hop):
        first = min(round(at * factor), len(source) - 3 * hop - 2 * search)
        near = source[first : first + hop + 2 * search]
        # Every fourth sample is enough to find where the waveforms agree.
        best = 4 * int(np.argmax(np.correlate(near[::4], wanted[::4], "valid")))
        grain = source[first + best : first + best + 2 * hop]
        total[at : at + 2 * hop] += grain * window
        wanted = source[first + best + hop : first + best + 2 * hop]
    return total[:count]


def band(samples: Samples, rate_hz: int, low_hz: float, high_hz: float) -> Samples:
    """What lies between two frequencies; a filter of second order on either side, in effect."""
    at_hz = np.fft.rfftfreq(len(samples), 1 / rate_hz)
    passed = 1 / np.sqrt(1 + (low_hz / np.maximum(at_hz, 1e-3)) ** 4) / np.sqrt(1 + (at_hz / high_hz) ** 4)
    filtered: Samples = np.fft.irfft(np.fft.rfft(samples) * passed, len(samples)).astype(np.float32)
    return filtered


def echoed(samples: Samples, rate_hz: int, delay_s: float, decay: float) -> Samples:
    """With one echo."""
    delay = round(delay_s * rate_hz)
    total = samples.copy()
    total[delay:] += decay * samples[: max(len(samples) - delay, 0)]
    return total


def level(samples: Samples) -> float:
    """Root of the mean square; a little above 0 for silence."""
    return float(np.sqrt(np.mean(np.square(samples)))) + 1e-4 if len(samples) else 1e-4


def hiss(samples: Samples, rng: np.random.Generator, below_db: float) -> Samples:
    """With white noise, so many decibels below it."""
    sigma = level(samples) * 10 ** (-below_db / 20)
    return samples + np.float32(sigma) * rng.standard_normal(len(samples), dtype=np.float32)


def clipped(samples: Samples) -> Samples:
    """Between -1 and 1."""
    within: Samples = np.clip(samples, -1, 1).astype(np.float32)
    return within


def music(rng: np.random.Generator, count: int, rate_hz: int) -> Samples:
    """Plucked chords over a beat of noise."""
    total = np.zeros(count, np.float32)
    beat = round(float(rng.uniform(0.3, 0.6)) * rate_hz)
    chords = rng.choice(_NOTES_HZ, (8, 3))
    for number, first in enumerate(range(0, count, beat)):
        part = total[first : first + beat]
        at_s = np.arange(len(part), dtype=np.float32) / rate_hz
        fade = np.minimum(1, at_s / _FADE_S)
        for pitch_hz in chords[number // 4 % len(chords)]:
            part += 0.15 * fade * np.exp(-2 * at_s) * np.sin(2 * np.pi * np.float32(pitch_hz) * at_s)
        part += 0.1 * np.exp(-40 * at_s) * rng.standard_normal(len(part), dtype=np.float32)
    return total


def _piece(piece: timeline.Piece, track: Samples, rate_hz: int, count: int, *, keep_pitch: bool) -> Samples:
    low_s, high_s = sorted((piece.start_s, piece.end_s))
    first, last = round(low_s * rate_hz), round(high_s * rate_hz)
    if piece.footage == timeline.CLIP:
        part = track[first:last]
        part = _padded(part, last - first)
    else:
        part = np.take(track, np.arange(first, last), mode="wrap")
    if piece.speed < 0:
        part = part[::-1]
    if keep_pitch and abs(piece.speed) != 1:
        return stretched(part, count, rate_hz)
    return resampled(part, count)


def _padded(samples: Samples, count: int) -> Samples:
    return np.pad(samples[:count], (0, max(0, count - len(samples))))
