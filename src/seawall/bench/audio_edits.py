"""What is done to a sound before it is looked for: codecs, filters, noise, voices over it, tempo and pitch.

NumPy does what is plain arithmetic. Codecs, tempo and pitch come from ffmpeg, so that what is asked was
not made by the code that is judged.
"""

from __future__ import annotations

import wave
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from seawall.bench.peers import ffmpeg

RATE_HZ: Final = 22_050
_PEAK: Final = 0.99
_SEMITONE: Final = 2 ** (1 / 12)

Samples = NDArray[np.float32]  #: (n,) one channel at `RATE_HZ`
Change = Callable[[Samples, np.random.Generator], Samples]


@dataclass(frozen=True, slots=True)
class Edit:
    """One row of the suite."""

    name: str
    what: str
    change: Change | None = None  #: by arithmetic
    filters: str = ""  #: then by ffmpeg, in its words
    codec: tuple[str, ...] = ()
    suffix: str = ".wav"
    speed: float = 1.0  #: seconds of the original that pass in one second of the edited sound
    short: bool = False  #: asked of short excerpts too
    hard: bool = False  #: beyond what the fingerprint is made for


def write(edit: Edit, samples: Samples, path: Path, rng: np.random.Generator) -> Path:
    """The edited sound, as a file whose suffix is the edit's.

    Raises errors.UsageError where there is no ffmpeg, errors.DamagedMedia where it fails.
    """
    changed = samples if edit.change is None else edit.change(samples, rng)
    if not edit.filters and not edit.codec:
        return write_wave(path.with_suffix(".wav"), changed)
    made = path.with_suffix(edit.suffix)
    given = ["-f", "f32le", "-ar", str(RATE_HZ), "-ac", "1", "-i", "-"]
    filters = ["-af", edit.filters] if edit.filters else []
    arguments = ["-v", "error", "-y", *given, *filters, *edit.codec, str(made)]
    ffmpeg.run(made, arguments, given=changed.astype("<f4").tobytes())
    return made


def write_wave(path: Path, samples: Samples) -> Path:
    """16 bits a sample, softer where it would clip."""
    loudest = float(np.abs(samples).max(initial=0.0))
    level = samples * (_PEAK / loudest) if loudest > _PEAK else samples
    with wave.open(str(path), "wb") as file:
        file.setnchannels(1)
        file.setsampwidth(2)
        file.setframerate(RATE_HZ)
        file.writeframes(np.rint(level * 32767).astype("<i2").tobytes())
    return path


def level(samples: Samples) -> float:
    """Root mean square."""
    return float(np.sqrt(np.mean(np.square(samples, dtype=np.float64)))) if len(samples) else 0.0


def band_pass(low_hz: float, high_hz: float) -> Change:
    """Nothing outside of the band."""

    def change(samples: Samples, _rng: np.random.Generator) -> Samples:
        spectrum = np.fft.rfft(samples)
        hz = np.fft.rfftfreq(len(samples), 1 / RATE_HZ)
        spectrum[(hz < low_hz) | (hz > high_hz)] = 0
        return np.fft.irfft(spectrum, len(samples)).astype(np.float32)

    return change


def noise(snr_db: float) -> Change:
    """White noise over it."""

    def change(samples: Samples, rng: np.random.Generator) -> Samples:
        return _over(samples, rng.standard_normal(len(samples)).astype(np.float32), snr_db)

    return change


def voice_over(snr_db: float) -> Change:
    """Somebody speaks over it without a pause worth the name."""

    def change(samples: Samples, rng: np.random.Generator) -> Samples:
        return _over(samples, voice(len(samples) / RATE_HZ, rng)[: len(samples)], snr_db)

    return change


def echo(delay_s: float, share: float) -> Change:
    """Heard again, softer, a little later."""

    def change(samples: Samples, _rng: np.random.Generator) -> Samples:
        later = round(delay_s * RATE_HZ)
        echoed = samples.copy()
        echoed[later:] += share * samples[: len(samples) - later]
        return echoed

    return change


def _over(samples: Samples, other: Samples, snr_db: float) -> Samples:
    share = level(samples) / max(level(other), 1e-9) * 10 ** (-snr_db / 20)
    return samples + np.float32(share) * other


def voice(duration_s: float, rng: np.random.Generator) -> Samples:
    """A voice that says nothing: syllables of a buzz through formants, hisses, short pauses.

    Source: the source-filter model of speech (Fant, 1960), with formants drawn from the ranges of vowels.
    """
    total = np.zeros(int(duration_s * RATE_HZ) + RATE_HZ, np.float32)
    base_hz = rng.uniform(90, 230)
    at = 0
    while at < duration_s * RATE_HZ:
        count = int(rng.uniform(0.08, 0.28) * RATE_HZ)
        kind = rng.random()
        if kind < 0.72:
            sound = _vowel(count, base_hz * rng.uniform(0.85, 1.25), rng)
        elif kind < 0.9:
            sound = 0.25 * np.diff(rng.standard_normal(count + 1)) * np.hanning(count)
        else:
            sound = np.zeros(count)
        room = total[at : at + count]
        room += sound[: len(room)].astype(np.float32)
        at += int(count * rng.uniform(0.8, 1.0))
    return total[: int(np.ceil(duration_s * RATE_HZ))]


def _vowel(count: int, pitch_hz: float, rng: np.random.Generator) -> NDArray[np.float64]:
    """One syllable: overtones of a gliding pitch, weighed by four formants that glide too."""
    time = np.arange(count) / RATE_HZ
    along = np.linspace(0, 1, count)
    hz = pitch_hz * (1 + rng.uniform(-0.15, 0.15) * along)
    ranges = ((300, 850), (850, 2300), (2300, 3000), (3200, 3900))
    formants = [rng.uniform(*span) * (1 + rng.uniform(-0.12, 0.12) * along) for span in ranges]
    phase = 2 * np.pi * np.cumsum(hz) / RATE_HZ
    sound = np.zeros(count)
    for overtone in range(1, int(4500 / pitch_hz)):
        weight = sum(
            loud / (1 + ((overtone * hz - formant) / 90) ** 2)
            for loud, formant in zip((1.0, 0.6, 0.3, 0.15), formants, strict=True)
        )
        sound += weight * np.sin(overtone * phase)
    return sound * np.hanning(count) * (1 + 0.1 * np.sin(2 * np.pi * 5 * time)) * 0.3


def _polarity(samples: Samples, _rng: np.random.Generator) -> Samples:
    return -samples


def _rate(speed: float, *, hard: bool) -> Edit:
    filters = f"asetrate={round(RATE_HZ * speed)},aresample={RATE_HZ}"
    what = f"played at {speed:g} of its speed, the pitch with it"
    return Edit(f"speed-{speed:g}", what, filters=filters, speed=speed, hard=hard)


def _tempo(tempo: float) -> Edit:
    what = f"at {tempo:g} of its tempo, the pitch kept"
    return Edit(f"tempo-{tempo:g}", what, filters=f"atempo={tempo}", speed=tempo)


def _pitch(name: str, semitones: int) -> Edit:
    what = f"{semitones:+d} semitone, the tempo kept"
    return Edit(name, what, filters=f"rubberband=pitch={_SEMITONE**semitones}")


_MP3: Final = ("-c:a", "libmp3lame", "-b:a", "32k", "-ar", "44100")
_OPUS: Final = ("-c:a", "libopus", "-b:a", "16k", "-ar", "48000")

EDITS: Final = (
    Edit("as-is", "nothing was done"),
    Edit("mp3-32k", "MP3 at 32 kbit/s", codec=_MP3, suffix=".mp3", short=True),
    Edit("opus-16k", "Opus at 16 kbit/s", codec=_OPUS, suffix=".ogg", short=True),
    Edit("telephone", "300 to 3400 Hz", band_pass(300, 3400), short=True),
    Edit("noise-10db", "white noise, 10 dB softer", noise(10)),
    Edit("voice-10db", "a voice over it, 10 dB softer", voice_over(10)),
    Edit("voice-0db", "a voice over it, as loud", voice_over(0)),
    Edit("echo", "again after 40 ms, half as loud", echo(0.04, 0.5)),
    Edit("polarity", "turned upside down", _polarity),
    _tempo(0.95),
    _tempo(1.05),
    _pitch("pitch-down", -1),
    _pitch("pitch-up", 1),
    _rate(0.95, hard=False),
    _rate(1.05, hard=False),
    _rate(0.8, hard=True),
    _rate(1.25, hard=True),
    _rate(2.0, hard=True),
)
