"""The sounds of a folder: which take part, which share a recording, and stretches cut from them."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import combinations
from pathlib import Path
from typing import Final

import numpy as np

from seawall import errors, media
from seawall.bench import audio_common, audio_edits, keeping
from seawall.bench.audio_edits import RATE_HZ, Samples
from seawall.bench.choosing import REPORT, TUNE
from seawall.bench.peers import chromaprint
from seawall.bench.workshop import Progress

MIN_SOUND_S: Final = 6.0
MAX_SOUND_S: Final = 600.0  #: taken of each file
MIN_LEVEL: Final = 1e-3  #: of a sound, -60 dB of full scale: under it there is next to nothing to hear
MIN_EXCERPT_LEVEL: Final = 2.5e-4  #: of half a second in which something is heard, -72 dB
HEARD_SHARE: Final = 0.5  #: of an excerpt's half seconds in which something must be
COMMON_S: Final = 20.0
#: Share of bits that differ in the best 5 s: recordings that Chromaprint takes to be as near are one.
RELATED_SHARE: Final = 0.15
_TRIES: Final = 8
_EACH_KIND: Final = 2


@dataclass(frozen=True, slots=True, eq=False)
class Sound:
    """One sound, with a number that tells which recording it is."""

    name: str
    samples: Samples
    group: str  #: sounds that share a recording have the same

    @property
    def duration_s(self) -> float:
        """Seconds."""
        return len(self.samples) / RATE_HZ


@dataclass(frozen=True, slots=True)
class Sources:
    """What a folder holds."""

    sounds: tuple[Sound, ...]
    dropped: tuple[tuple[str, str], ...]  #: (file, why it takes no part)

    def divided(self, seed: int) -> dict[str, tuple[Sound, ...]]:
        """Two halves, in an order that the seed and the names give; one recording stays together."""
        groups: dict[str, list[Sound]] = {}
        for one in self.sounds:
            groups.setdefault(one.group, []).append(one)
        halves: dict[str, list[Sound]] = {TUNE: [], REPORT: []}
        for group in sorted(groups, key=lambda name: keeping.digest([seed, name])):
            half = min(halves, key=lambda name: len(halves[name]))
            halves[half].extend(groups[group])
        return {half: tuple(sounds) for half, sounds in halves.items()}


def read(folder: Path, progress: Progress) -> Sources:
    """The sound of every file under a folder that has some worth the name, by its path.

    Raises errors.PathNotFound, errors.BadCorpus for fewer than four recordings.
    """
    if not folder.is_dir():
        raise errors.PathNotFound(path=folder)
    dropped: list[tuple[str, str]] = []
    read_in: list[tuple[str, Samples]] = []
    seen: set[bytes] = set()
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    for done, path in enumerate(paths, 1):
        name = path.relative_to(folder).as_posix()
        samples, reason = _read(path)
        digest = hashlib.sha256(samples.tobytes()).digest()
        if reason or digest in seen:
            dropped.append((name, reason or "the same sound as another file's"))
        else:
            seen.add(digest)
            read_in.append((name, samples))
        progress("sounds", done, len(paths))
    groups = _groups(read_in, progress)
    if len(set(groups)) < 4:
        raise errors.BadCorpus(path=folder, reason=f"it holds {len(set(groups))} recordings, under four")
    sounds = [Sound(*one, group) for one, group in zip(read_in, groups, strict=True)]
    return Sources(tuple(sounds), tuple(dropped))


def common(seed: int) -> Iterator[Sound]:
    """Sounds that many recordings share; other recordings for another seed."""
    for kind in audio_common.KINDS:
        for again in range(_EACH_KIND):
            rng = keeping.rng(seed, kind, str(again))
            name = f"{kind} {again}, {seed}"
            yield Sound(name, audio_common.sound(kind, COMMON_S, rng), name)


def excerpt(
    sound: Sound, length_s: float, rng: np.random.Generator, heard_share: float = HEARD_SHARE
) -> tuple[float, Samples] | None:
    """Start in seconds and samples of a random stretch.

    A stretch that is mostly silent is drawn again, and None after a few of them: it has no sound of that
    length that could be found. heard_share: of its half seconds in which something must be heard.
    """
    length = min(round(length_s * RATE_HZ), len(sound.samples))
    for _ in range(_TRIES):
        first = int(rng.integers(0, len(sound.samples) - length + 1))
        samples = sound.samples[first : first + length]
        if _heard(samples) >= heard_share:
            return first / RATE_HZ, samples
    return None


def _heard(samples: Samples) -> float:
    """The share of half seconds that are no silence."""
    step = RATE_HZ // 2
    parts = samples[: len(samples) // step * step].reshape(-1, step)
    return float(np.mean([audio_edits.level(part) >= MIN_EXCERPT_LEVEL for part in parts]))


def _read(path: Path) -> tuple[Samples, str]:
    """A file's sound, and why it takes no part or nothing."""
    parts: list[Samples] = []
    try:
        with media.open(path) as source:
            for chunk in source.audio(RATE_HZ):
                parts.append(chunk)
                if sum(map(len, parts)) > MAX_SOUND_S * RATE_HZ:
                    break
    except (errors.MediaError, errors.UsageError) as error:
        return np.zeros(0, np.float32), str(error)
    samples = np.concatenate([*parts, np.zeros(0, np.float32)])[: int(MAX_SOUND_S * RATE_HZ)]
    if len(samples) < MIN_SOUND_S * RATE_HZ:
        return samples, f"{len(samples) / RATE_HZ:.1f} s of sound are less than {MIN_SOUND_S:g} s"
    if audio_edits.level(samples) < MIN_LEVEL:
        return samples, "next to nothing is heard"
    return samples, ""


def _groups(sounds: Sequence[tuple[str, Samples]], progress: Progress) -> list[str]:
    """For each sound, the name of the first that shares its recording, as Chromaprint hears it."""
    words = [chromaprint.fingerprint(samples, RATE_HZ) for _, samples in sounds]
    group = [name for name, _ in sounds]
    for done, (later, earlier) in enumerate(combinations(range(len(sounds))[::-1], 2), 1):
        if chromaprint.compare(words[later], words[earlier])[0] <= RELATED_SHARE:
            old, new = group[later], group[earlier]
            group = [new if name == old else name for name in group]
        progress("recordings", done, len(sounds) * (len(sounds) - 1) // 2)
    return group
