"""Where a known sound is heard again: landmarks raise references, peaks along a line decide.

Equal landmarks vote for an offset between query and reference. Along the line that they lead to,
most of the reference's peaks have one of the query's beside them where the sound is the same, and
few where it is not. How few is measured on the same two sounds, slid past each other: so music of one
key and tempo, hum and beeps count for no more than they are worth. The evidence of a run is the
logarithm of how much likelier its coincidences are in a copy than by chance; runs end where the
evidence does.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from seawall.matching import sound_lines, sound_runs
from seawall.matching.candidates import POSITION_BITS, CodeIndex
from seawall.matching.sound_lines import Hits as Hits
from seawall.matching.sound_runs import Run as Run
from seawall.signals import audio
from seawall.signals.audio import View

#: An index entry's id is the reference's number, then the frame, then which of the frame's landmarks.
ORDINAL_BITS: Final = 3
MAX_FRAMES: Final = 1 << (POSITION_BITS - ORDINAL_BITS)  #: indexed: 18 hours

#: Evidence that is no evidence: `docs/explanation/audio.md` says what unrelated sounds reach, and how these
#: two were fitted. They put a suggestion at 26 nats of one run, and a strong match at 42.
CHANCE_NATS: Final = 18.0
NATS_A_POINT: Final = 3.0

_ASKED_S: Final = 10.0  #: of the query at a time, which bounds the memory that an answer takes
_HITS_KEPT: Final = 4096  #: of one reference's in that time
_FAILURES: Final = 2  #: lines in a row that lead to no run, before the rest are taken to be chance
_POSITION: Final = np.uint64((1 << POSITION_BITS) - 1)


@dataclass(frozen=True, slots=True)
class SoundOptions:
    """How sound is searched. The defaults are what Seawall ships and benchmarks."""

    views: tuple[View, ...] = (View(), View(2, 1.0, 20), View(-2, 1.0, 20))  #: as it is, a semitone off
    min_votes: int = 4  #: landmarks that agree on an offset, for a reference to be looked at
    max_candidates: int = 64
    max_segments: int = 16


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A reference that shares landmarks with the query at one offset, by its number."""

    number: int
    hits: Hits
    votes: int


def entry_ids(number: int, fingerprint: audio.Fingerprint) -> tuple[NDArray[np.uint8], NDArray[np.uint64]]:
    """The codes (n, 32) and ids (n,) under which a reference's sound enters the index."""
    landmarks = fingerprint.landmarks()
    frames = fingerprint.frames[landmarks.peaks].astype(np.int64)
    ordinals = np.arange(len(frames)) - np.searchsorted(frames, frames)
    kept = np.flatnonzero((ordinals < 1 << ORDINAL_BITS) & (frames < MAX_FRAMES))
    positions = (frames[kept] << ORDINAL_BITS) | ordinals[kept]
    ids = (np.uint64(number) << np.uint64(POSITION_BITS)) | positions.astype(np.uint64)
    return landmarks.codes[kept], ids


def candidates(index: CodeIndex, query: audio.Fingerprint, options: SoundOptions) -> list[Candidate]:
    """References with enough landmarks of the query at one offset, those with the most first."""
    found: dict[int, list[tuple[int, Hits]]] = {}
    ranks = query.ranks()
    for view_number, view in enumerate(options.views):
        landmarks = query.asked(view, ranks)
        window = (query.times_s[landmarks.peaks] // _ASKED_S).astype(np.int64)
        for members in np.split(np.arange(len(window)), np.flatnonzero(np.diff(window)) + 1):
            asked = audio.Landmarks(landmarks.codes[members], landmarks.peaks[members])
            for number, votes, hits in _ask(index, query, asked, view_number, options):
                found.setdefault(number, []).append((votes, hits))
    made = [
        Candidate(number, Hits.joined([hits for _, hits in parts]), max(votes for votes, _ in parts))
        for number, parts in found.items()
    ]
    return sorted(made, key=lambda one: (-one.votes, one.number))[: options.max_candidates]


def _ask(
    index: CodeIndex,
    query: audio.Fingerprint,
    asked: audio.Landmarks,
    view_number: int,
    options: SoundOptions,
) -> Iterator[tuple[int, int, Hits]]:
    """References that some of the query's landmarks agree on, with their votes and hits."""
    if len(asked.peaks) == 0:
        return
    asked_numbers, ids, _ = index.query(asked.codes, 0)
    if len(ids) == 0:
        return
    order = np.argsort(ids >> np.uint64(POSITION_BITS), kind="stable")
    peaks, ids = asked.peaks[asked_numbers[order]], ids[order]
    numbers = (ids >> np.uint64(POSITION_BITS)).astype(np.int64)
    frames = ((ids & _POSITION) >> np.uint64(ORDINAL_BITS)).astype(np.int64)
    offsets = frames - options.views[view_number].speed * query.frames[peaks]
    for members, votes in _agreed(numbers, offsets, options.min_votes):
        kept = members[:: -(-len(members) // _HITS_KEPT)]
        hits = Hits(np.full(len(kept), view_number), peaks[kept], frames[kept])
        yield int(numbers[members[0]]), votes, hits


def _agreed(
    numbers: NDArray[np.int64], offsets: NDArray[np.float64], min_votes: int
) -> Iterator[tuple[NDArray[np.int64], int]]:
    """Of hits ordered by reference: the members of each that has enough at one offset, and how many."""
    steps = np.floor(offsets / sound_lines.VOTE_FRAMES).astype(np.int64)
    keys = numbers * (1 << 32) + (steps + (1 << 31))
    bins, counts = np.unique(keys, return_counts=True)
    votes = counts.copy()
    votes[:-1] += np.where(np.diff(bins) == 1, counts[1:], 0)
    best = np.flatnonzero(votes >= min_votes)
    for number in np.unique(bins[best] >> 32):
        members = np.arange(*np.searchsorted(numbers, (number, number + 1)))
        yield members, int(votes[best][bins[best] >> 32 == number].max())


def align(
    query: audio.Fingerprint, reference: audio.Fingerprint, hits: Hits, options: SoundOptions
) -> list[Run]:
    """Every run that the hits lead to, in the query's order, no two over the same of it."""
    if len(reference) == 0 or len(query) == 0:
        return []
    heard = sound_runs.Heard(query)
    runs: list[Run] = []
    left = hits
    failed = 0
    while failed < _FAILURES and len(runs) < options.max_segments:
        lines = sound_lines.best_lines(query, left, options.views, options.min_votes)
        if not lines:
            break
        led_to = [_along(heard, reference, line, options.views[line.view], runs) for line in lines]
        found = max(led_to, key=_evidence)
        runs += found
        failed = 0 if found else failed + 1
        for line in lines:
            left = left.where(~sound_lines.on_line(query, left, line))
        times_s = query.times_s[left.peaks]
        for run in found:
            outside = (times_s < run.query_start_s) | (times_s > run.query_end_s)
            left, times_s = left.where(outside), times_s[outside]
    if not any(points(run) > 0 for run in runs):
        lines = sound_lines.met_lines(query, reference, hits)
        led_to = [_along(heard, reference, line, options.views[line.view], ()) for line in lines]
        runs = max([runs, *led_to], key=_evidence)
    return sorted(runs, key=lambda run: run.query_start_s)


def _along(
    heard: sound_runs.Heard,
    reference: audio.Fingerprint,
    line: sound_lines.Line,
    view: View,
    others: Sequence[Run],
) -> list[Run]:
    """The runs of a line that lie over none of the others."""
    return [run for run in sound_runs.runs(heard, reference, line, view) if not _overlaps(run, others)]


def _evidence(runs: Sequence[Run]) -> float:
    return sum(run.evidence for run in runs)


def points(run: Run) -> float:
    """The evidence that a run holds, on the scale of `explain.score`."""
    return max(0.0, run.evidence - CHANCE_NATS) / NATS_A_POINT


def _overlaps(run: Run, others: Sequence[Run]) -> bool:
    middle_s = (run.query_start_s + run.query_end_s) / 2
    return any(other.query_start_s < middle_s < other.query_end_s for other in others)
