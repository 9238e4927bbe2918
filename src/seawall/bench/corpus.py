"""A folder of clips becomes a corpus: what each clip is, which are left out and why, which show the same.

Clips that show the same are found by brute force and by a way of its own, so that the search under test
does not judge itself: two frames a second of both, full-resolution PDQ, every frame against every frame.
"""

from __future__ import annotations

import hashlib
import os
import re
from dataclasses import dataclass, replace
from importlib import metadata
from itertools import combinations, repeat
from typing import TYPE_CHECKING, Final

import numpy as np

from seawall import errors, media
from seawall.bench import brute, records
from seawall.signals import pdq

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from concurrent.futures import Executor
    from pathlib import Path

    from numpy.typing import NDArray

USEFUL_S: Final = 4.0
MIN_CLIPS: Final = 4
SAMPLES_HZ: Final = 2.0
#: Two clips are related from this share of the frames of either on. One chance hit is not enough.
RELATED_SHARE: Final = 0.05
RELATED_FRAMES: Final = 2


@dataclass(frozen=True, slots=True, eq=False)
class Clip:
    """One video of the corpus."""

    path: Path
    name: str  #: its path within the corpus
    sha256: str
    width_px: int  #: of its pixels, upright
    height_px: int
    times_s: NDArray[np.float64]  #: (frames,): when each is shown
    codes: NDArray[np.uint8]  #: (n, 32): SAMPLES_HZ a second, of good quality
    synthetic: bool = False  #: made for the benchmark: serves as reference and distractor, is not edited

    @property
    def step_s(self) -> float:
        """How long a frame usually shows."""
        return float(np.median(np.diff(self.times_s)))

    @property
    def start_s(self) -> float:
        """When its first frame shows."""
        return float(self.times_s[0])

    @property
    def end_s(self) -> float:
        """When its last frame goes."""
        return float(self.times_s[-1]) + self.step_s

    @property
    def duration_s(self) -> float:
        """For how long it shows anything."""
        return self.end_s - self.start_s

    @property
    def rate_hz(self) -> float:
        """Frames a second on average; rounded, as times come from clocks of whole ticks."""
        return round(len(self.times_s) / self.duration_s, 3)

    @property
    def slug(self) -> str:
        """A folder's name for what is made from it."""
        return f"{re.sub(r'[^A-Za-z0-9]+', '-', self.name)[:40]}-{self.sha256[:8]}"

    def identity(self) -> list[str | float]:
        """What tells it from other clips, and from itself under a decoder that gives other times."""
        return [self.name, self.sha256, len(self.times_s), round(self.start_s, 4), round(self.end_s, 4)]

    def query(self) -> records.Query:
        """The clip as it is, to be checked."""
        return records.Query(self.path, self.name, None, (self.name,), self.duration_s, self.rate_hz)


@dataclass(frozen=True, slots=True)
class Dropped:
    """A file of the folder that takes no part."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class Corpus:
    """The clips that take part, in order of their names, and what is known of them together."""

    clips: tuple[Clip, ...]
    dropped: tuple[Dropped, ...]
    related: tuple[records.Related, ...]

    def joined_by(self, made: Iterable[Clip]) -> Corpus:
        """With synthetic clips too, which serve as references and distractors."""
        clips = (*self.clips, *(replace(clip, synthetic=True) for clip in made))
        return replace(self, clips=clips, related=tuple(related(clips)))

    def relatives(self) -> frozenset[frozenset[str]]:
        """Every pair of names that show the same."""
        return frozenset(frozenset((pair.a, pair.b)) for pair in self.related)

    def folds(self, rng: np.random.Generator) -> tuple[tuple[Clip, ...], tuple[Clip, ...]]:
        """Two halves at random, of about the same number of real and of synthetic clips.

        Related clips stay together, so that what is not banked shows nothing that is.
        """
        halves: tuple[list[Clip], list[Clip]] = ([], [])
        groups = self._groups()
        for number in rng.permutation(len(groups)):
            group = groups[number]
            sizes = [sum(clip.synthetic == group[0].synthetic for clip in half) for half in halves]
            halves[sizes[0] > sizes[1]].extend(group)
        first, second = (tuple(sorted(half, key=lambda clip: clip.name)) for half in halves)
        return first, second

    def _groups(self) -> list[list[Clip]]:
        label = {clip.name: clip.name for clip in self.clips}
        for pair in self.related:
            old, new = label[pair.a], label[pair.b]
            label = {name: new if one == old else one for name, one in label.items()}
        groups: dict[str, list[Clip]] = {}
        for clip in self.clips:
            groups.setdefault(label[clip.name], []).append(clip)
        return list(groups.values())


def read(
    folder: Path, *, pool: Executor, progress: Callable[[int, int], None], kept: Path | None = None
) -> Corpus:
    """The corpus of all videos under `folder`.

    kept: a folder for what a later run need not decode again.

    Raises errors.PathNotFound, and errors.BadCorpus for too few.
    """
    if not folder.is_dir():
        raise errors.PathNotFound(path=folder)
    paths = sorted(path for path in folder.rglob("*") if path.is_file())
    names = [path.relative_to(folder).as_posix() for path in paths]
    seen: dict[str, str] = {}
    clips: list[Clip] = []
    dropped: list[Dropped] = []
    for done, outcome in enumerate(pool.map(scan, paths, names, repeat(kept)), 1):
        progress(done, len(paths))
        if isinstance(outcome, Dropped):
            dropped.append(outcome)
        elif outcome.sha256 in seen:
            dropped.append(Dropped(outcome.name, f"the same bytes as {seen[outcome.sha256]}"))
        else:
            seen[outcome.sha256] = outcome.name
            clips.append(outcome)
    if len(clips) < MIN_CLIPS:
        raise errors.BadCorpus(path=folder, reason=f"{len(clips)} of its {len(paths)} files are of use")
    return Corpus(tuple(clips), tuple(dropped), tuple(related(clips)))


def scan(path: Path, name: str, kept: Path | None = None) -> Clip | Dropped:
    """Decode a file once: its frames' times, and the codes that tell what it shows.

    kept: a folder where that lies from an earlier run, or is left for a later one.
    """
    if kept is None:
        return _decoded(path, name)
    try:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
    except OSError as error:
        return Dropped(name, str(error))
    home = kept / f"{sha256}-{metadata.version('av')}-{pdq.VERSION}.npz"
    if home.is_file():
        with np.load(home, allow_pickle=False) as found:
            width_px, height_px = (int(side) for side in found["size"])
            return Clip(path, name, sha256, width_px, height_px, found["times_s"], found["codes"])
    clip = _decoded(path, name)
    if isinstance(clip, Clip):
        kept.mkdir(parents=True, exist_ok=True)
        partial = home.with_name(f"unfinished-{os.getpid()}-{home.name}")
        np.savez(partial, size=(clip.width_px, clip.height_px), times_s=clip.times_s, codes=clip.codes)
        partial.replace(home)
    return clip


def _decoded(path: Path, name: str) -> Clip | Dropped:
    times_s: list[float] = []
    hashes: list[pdq.Pdq] = []
    size = (0, 0)
    try:
        with path.open("rb") as file:
            sha256 = hashlib.file_digest(file, "sha256").hexdigest()
        with media.open(path) as source:
            if not source.has_video:
                return Dropped(name, "it is no video")
            for frame in source.frames():
                times_s.append(frame.time_s)
                if frame.time_s >= len(hashes) / SAMPLES_HZ:
                    luma = frame.luma()
                    size = luma.shape
                    hashes.append(pdq.hash_luma(luma))
    except (errors.MediaError, OSError) as error:
        return Dropped(name, str(error))
    except ValueError:  # PDQ is not defined for it
        return Dropped(name, f"{size[1]}x{size[0]} pixels are too few")
    good = [hashed.value for hashed in hashes if hashed.quality >= pdq.MATCH_QUALITY]
    codes = np.frombuffer(b"".join(good), np.uint8).reshape(-1, pdq.CODE_BYTES)
    reason = _useless(times_s, len(good))
    if reason:
        return Dropped(name, reason)
    return Clip(path, name, sha256, size[1], size[0], np.array(times_s), codes)


def _useless(times_s: Sequence[float], good: int) -> str | None:
    if not times_s or times_s[-1] - times_s[0] < USEFUL_S:
        length_s = times_s[-1] - times_s[0] if times_s else 0.0
        return f"{length_s:.1f} s are less than {USEFUL_S:g} s"
    return None if good else "every frame is too flat or dark to hash"


def related(clips: Iterable[Clip]) -> list[records.Related]:
    """Every pair of clips of which either has enough frames near frames of the other."""
    pairs = []
    for a, b in combinations(clips, 2):
        near = brute.distances(a.codes, b.codes) <= pdq.MATCH_BITS
        shares = []
        for axis in (1, 0):
            hits = near.any(axis=axis)
            shares.append(float(hits.mean()) if hits.sum() >= RELATED_FRAMES else 0.0)
        if max(shares) >= RELATED_SHARE:
            pairs.append(records.Related(a.name, b.name, *shares))
    return pairs
