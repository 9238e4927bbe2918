"""Sounds that many recordings share and that say nothing of where they come from.

No two of a kind are the same recording, and none may be taken for another: silence, tones, beeps,
clicks, dialled numbers, noise, applause, hum, Morse code, sirens, horns, a telephone's ring, one drum kit at
one beat, and melodies on one instrument at one beat.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np
from numpy.typing import NDArray

from seawall.bench.audio_edits import RATE_HZ, Samples

_Wave = NDArray[np.float64]
_ROWS_HZ: Final = (697, 770, 852, 941)
_COLUMNS_HZ: Final = (1209, 1336, 1477)
_MAJOR: Final = (0, 2, 4, 5, 7, 9, 11, 12, 14, 16, 17, 19)  #: semitones over the lowest note


def sound(kind: str, duration_s: float, rng: np.random.Generator, rate_hz: int = RATE_HZ) -> Samples:
    """One sound of a kind, a name in `KINDS`; another each time."""
    time_s = np.arange(int(duration_s * rate_hz)) / rate_hz
    return KINDS[kind](time_s, rng).astype(np.float32)


def _rate_hz(time_s: _Wave) -> int:
    return round(1 / float(time_s[1]))


def _silence(time_s: _Wave, rng: np.random.Generator) -> _Wave:
    return rng.integers(-1, 2, len(time_s)) / 32768


def _tone(time_s: _Wave, rng: np.random.Generator) -> _Wave:
    return 0.3 * np.sin(2 * np.pi * rng.uniform(300, 3000) * time_s + rng.uniform(0, 6))


def _beeps(time_s: _Wave, rng: np.random.Generator) -> _Wave:
    return 0.3 * np.sin(2 * np.pi * 1000 * time_s) * ((time_s * 2 + rng.uniform()) % 1 < 0.5)


def _clicks(time_s: _Wave, rng: np.random.Generator) -> _Wave:
    clicks = np.zeros(len(time_s))
    clicks[rng.integers(0, len(time_s), 2 * int(time_s[-1]))] = 0.8
    return clicks


def _white(time_s: _Wave, rng: np.random.Generator) -> _Wave:
    return 0.1 * rng.standard_normal(len(time_s))


def _pink(time_s: _Wave, rng: np.random.Generator) -> _Wave:
    spectrum = np.fft.rfft(rng.standard_normal(len(time_s)))
    spectrum[1:] /= np.sqrt(np.arange(1, len(spectrum)))
    pink: _Wave = np.fft.irfft(spectrum, len(time_s))
    pink *= 0.1 / pink.std()
    return pink


def _applause(time_s: _Wave, rng: np.random.Generator) -> _Wave:
    clapping = np.zeros(len(time_s))
    length = _rate_hz(time_s) // 50
    for at in rng.integers(0, len(time_s) - length, int(80 * time_s[-1])):
        fading = np.exp(-np.arange(length) / (length / 5))
        clapping[at : at + length] += rng.standard_normal(length) * fading * rng.uniform(0.1, 1)
    clapping *= 0.05 / clapping.std()
    return clapping


def _dialled(time_s: _Wave, rng: np.random.Generator) -> _Wave:
    digits = (time_s / 0.2).astype(np.int64)
    count = int(digits.max()) + 1
    rows = rng.choice(_ROWS_HZ, count)[digits]
    columns = rng.choice(_COLUMNS_HZ, count)[digits]
    tones: _Wave = np.sin(2 * np.pi * rows * time_s) + np.sin(2 * np.pi * columns * time_s)
    tones[time_s % 0.2 > 0.1] = 0
    return 0.2 * tones


def _hum(time_s: _Wave, rng: np.random.Generator) -> _Wave:
    hum = 0.003 * rng.standard_normal(len(time_s))
    for overtone in range(1, 40):
        hum += 0.1 / overtone * np.sin(2 * np.pi * 50 * overtone * time_s + rng.uniform(0, 6))
    return hum


def _morse(time_s: _Wave, rng: np.random.Generator) -> _Wave:
    steps = (time_s * 12).astype(np.int64)
    return 0.3 * np.sin(2 * np.pi * 700 * time_s) * rng.integers(0, 2, int(steps.max()) + 1)[steps]


def _melody(time_s: _Wave, rng: np.random.Generator) -> _Wave:
    notes = (time_s * 4).astype(np.int64)
    hz = (261.6 * 2 ** (rng.choice(_MAJOR, int(notes.max()) + 1) / 12))[notes]
    since_s = time_s % 0.25
    tone = sum(np.sin(2 * np.pi * hz * overtone * since_s) / overtone for overtone in (1, 2, 3))
    melody: _Wave = 0.1 * tone * np.exp(-since_s / 0.19)
    return melody


def _swept(time_s: _Wave, hz: _Wave, rng: np.random.Generator) -> _Wave:
    """A buzz of that pitch, in a street: a little noise, and an echo."""
    phase = 2 * np.pi * np.cumsum(hz) / _rate_hz(time_s) + rng.uniform(0, 6)
    buzz = np.sin(phase) + 0.4 * np.sin(2 * phase) + 0.2 * np.sin(3 * phase)
    later = int(rng.uniform(0.05, 0.3) * _rate_hz(time_s))
    buzz[later:] += 0.4 * buzz[:-later]
    street: _Wave = 0.15 * buzz + 0.01 * rng.standard_normal(len(time_s))
    return street


def _siren(time_s: _Wave, rng: np.random.Generator) -> _Wave:
    """The slow wail of a car, all of one make."""
    share = (time_s / 4.5 + rng.uniform()) % 1
    rising = np.minimum(share / 0.4, (1 - share) / 0.6)
    return _swept(time_s, 550 + 1000 * rising, rng)


def _yelp(time_s: _Wave, rng: np.random.Generator) -> _Wave:
    """The quick one."""
    return _swept(time_s, 550 + 1000 * ((time_s * 3 + rng.uniform()) % 1), rng)


def _horn(time_s: _Wave, rng: np.random.Generator) -> _Wave:
    """Two tones in turn, as a norm says."""
    high = (time_s / 1.5 + rng.uniform()) % 1 < 0.5
    return _swept(time_s, np.where(high, 580.0, 435.0), rng)


def _ring(time_s: _Wave, rng: np.random.Generator) -> _Wave:
    """Two beating tones, a second in five."""
    on = (time_s / 5 + rng.uniform()) % 1 < 0.2
    tones = np.sin(2 * np.pi * 440 * time_s) + np.sin(2 * np.pi * 480 * time_s)
    ringing: _Wave = 0.1 * tones * on + 0.003 * rng.standard_normal(len(time_s))
    return ringing


def _drums(time_s: _Wave, rng: np.random.Generator) -> _Wave:
    """Strokes of one kit on one beat, in an order of their own."""
    kit = np.random.default_rng(0)  # the same for all
    rate_hz = _rate_hz(time_s)
    since_s = np.arange(rate_hz // 5) / rate_hz
    kick = np.sin(2 * np.pi * 60 * since_s * (1 + 2 * np.exp(-since_s / 0.02))) * np.exp(-since_s / 0.08)
    snare = kit.standard_normal(len(since_s)) * np.exp(-since_s / 0.05)
    tom = np.sin(2 * np.pi * 330 * since_s) * np.exp(-since_s / 0.1)
    hat = np.diff(kit.standard_normal(len(since_s) + 1)) * np.exp(-since_s / 0.02)
    drums = np.zeros(len(time_s) + len(since_s))
    for at in range(0, len(time_s), rate_hz // 8):
        strokes = rng.random(4) < (0.25, 0.2, 0.15, 0.6)
        for stroke, played in zip((kick, snare, tom, hat), strokes, strict=True):
            drums[at : at + len(since_s)] += 0.2 * played * rng.uniform(0.6, 1) * stroke
    beaten: _Wave = drums[: len(time_s)] + 0.001 * rng.standard_normal(len(time_s))
    return beaten


KINDS: Final[Mapping[str, Callable[[_Wave, np.random.Generator], _Wave]]] = {
    "silence": _silence,
    "tone": _tone,
    "beeps": _beeps,
    "clicks": _clicks,
    "white noise": _white,
    "pink noise": _pink,
    "applause": _applause,
    "dialled numbers": _dialled,
    "hum": _hum,
    "morse": _morse,
    "siren": _siren,
    "yelp": _yelp,
    "two-tone horn": _horn,
    "ringing": _ring,
    "drums": _drums,
    "melody": _melody,
}
