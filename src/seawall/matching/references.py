"""What a search knows of the references: indexes of their codes, and a way to look each one up."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from seawall.matching.candidates import CodeIndex
from seawall.signals import audio, local, video
from seawall.signals.learned import Descriptors


@dataclass(frozen=True, slots=True, eq=False)
class Entry:
    """One reference, as far as a search needs it."""

    id: str
    negative: bool  #: known-good content: it suppresses instead of matching
    disputed: bool  #: still matched, never more than suggested
    duration_s: float | None
    fingerprint: video.Fingerprint | None  #: None where only an exact digest is known


def _undescribed(number: int) -> Descriptors | None:  # noqa: ARG001  # as any other way to load
    return None


@dataclass(frozen=True, slots=True)
class References:
    """The references to search.

    `own` holds area codes, `hashes` the PDQ hashes of the same moments, which queries meet of which only
    hashes are known, `listed` the PDQ hashes of references that came in lists, `keypoints` the
    codes of keypoints, `sounds` the landmarks of sound. `load` returns the entries of the given reference
    numbers; those that are withdrawn or removed are absent. `load_keypoints` and `load_sound` return
    those of one, None where there are none. `exact` returns the numbers of the references with these
    digests. `learned` holds the codes of one network's descriptors, None where no network is set, and
    `load_learned` returns the descriptors of one reference.
    """

    own: CodeIndex
    listed: CodeIndex
    keypoints: CodeIndex
    sounds: CodeIndex
    load: Callable[[Sequence[int]], Mapping[int, Entry]]
    load_keypoints: Callable[[int], local.Local | None]
    load_sound: Callable[[int], audio.Fingerprint | None]
    exact: Callable[[str, str], Sequence[int]]
    hashes: CodeIndex | None = None  #: None where no such query is asked
    learned: CodeIndex | None = None
    load_learned: Callable[[int], Descriptors | None] = _undescribed
