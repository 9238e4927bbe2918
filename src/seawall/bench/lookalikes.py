"""Hard negatives: pairs of different clips that look alike.

Two kinds are made by arithmetic: the same table with another thing moving on it, and the same talking
head saying something else. A third is found by measuring: of the clips at hand, the unrelated ones whose
pictures come nearest.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

from seawall import errors
from seawall.bench import brute, corpus, keeping, scenes
from seawall.media import encode

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from seawall.bench.corpus import Clip

VERSION: Final = 1
TABLE: Final = "same table, another thing"
HEAD: Final = "same head, another speech"
NEAREST: Final = "nearest of the unrelated clips"
LENGTH_S: Final = 8.0

_CRF: Final = 20
_STAGES: Final = 1000  #: a seed's stages are its own


@dataclass(frozen=True, slots=True)
class Lookalikes:
    """Two clips that look alike and show nothing of each other: a match of one in the other is false."""

    a: Clip
    b: Clip
    kind: str
    distance_bits: float  #: mean distance of a frame's code to the other clip's nearest, the nearer way


def made(folder: Path, seed: int, count: int) -> tuple[Lookalikes, ...]:
    """`count` pairs of each of the two kinds, in `folder`; files of an earlier run are used again.

    Raises errors.DiskFull, errors.WriteFailed.
    """
    pairs = []
    for number in range(count):
        stage = seed * _STAGES + number
        for kind in (TABLE, HEAD):
            a, b = (_clip(folder, kind, stage, take) for take in (0, 1))
            pairs.append(Lookalikes(a, b, kind, distance_bits(a, b)))
    return tuple(pairs)


def nearest(
    clips: Iterable[Clip], relatives: frozenset[frozenset[str]], count: int
) -> tuple[Lookalikes, ...]:
    """The `count` unrelated pairs that come nearest, nearest first.

    relatives: pairs of names that show the same, as `corpus.Corpus.relatives` gives them.
    """
    pairs = [
        Lookalikes(a, b, NEAREST, distance_bits(a, b))
        for a, b in combinations(clips, 2)
        if frozenset((a.name, b.name)) not in relatives
    ]
    return tuple(sorted(pairs, key=lambda pair: pair.distance_bits)[:count])


def distance_bits(a: Clip, b: Clip) -> float:
    """How near one comes to the other: mean over its frames of the distance to the nearest frame."""
    between = brute.distances(a.codes, b.codes)
    return float(min(between.min(axis=1).mean(), between.min(axis=0).mean()))


def _clip(folder: Path, kind: str, stage: int, take: int) -> Clip:
    word = "table" if kind == TABLE else "head"
    path = folder / f"{word}-{VERSION}-{stage:08}-{take}.mp4"
    if not path.is_file():
        partial = keeping.partial_path(path)
        _write(partial, kind, stage, take)
        partial.replace(path)
    clip = corpus.scan(path, f"(made) {path.name}")
    if isinstance(clip, corpus.Dropped):
        raise errors.BadCorpus(path=path, reason=clip.reason)
    return clip


def _write(path: Path, kind: str, stage: int, take: int) -> None:
    frames = (scenes.table if kind == TABLE else scenes.head)(stage, take, LENGTH_S)
    sound = None
    if kind == HEAD:
        spoken = scenes.speech(stage, take, LENGTH_S, keeping.SOUND_RATE_HZ)
        sound = encode.Sound(spoken, keeping.SOUND_RATE_HZ)
    encode.write_video(path, frames, rate_hz=scenes.RATE_HZ, settings=encode.Settings(crf=_CRF), sound=sound)
