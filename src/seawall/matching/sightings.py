"""Frames of the query in which keypoints show a reference's frame, and where in the picture.

The index raises references whose keypoints lie near the query's; a frame that meets several of one
reference's frame is compared with it whole. Chance meetings hardly ever agree on a placement.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from seawall.matching import placement
from seawall.matching.candidates import POSITION_BITS, CodeIndex
from seawall.matching.options import SearchOptions
from seawall.signals import local

#: Of an index entry's position, the lower bits are the keypoint's number within its frame.
POINT_BITS: Final = 10
_POINT_MASK: Final = (1 << POINT_BITS) - 1
ASKED: Final = 2048  #: keypoints at once, which bounds the memory that an answer takes
ASKED_OF_FRAME: Final = 150  #: of each of the query's frames, the strongest and best spread
MIRRORED_FRAMES: Final = 2  #: of so many frames one is asked mirrored too: what is mirrored stays so
ASKED_OF_STILL: Final = 600
INDEXED_OF_FRAME: Final = 120  #: of each of the reference's
INDEXED_OF_STILL: Final = 200
FIRST_LOOKS: Final = 4  #: frames of the query of which one must hold, or the reference is dropped
FORETOLD_AGREEING: Final = 5  #: keypoints, where a line foretells what is seen
LOOKS_A_FRAME: Final = 2  #: reference frames that each frame of the query is compared with
MAX_FRAMES: Final = 64  #: of the query's, well spread, that are compared with one reference
NEW_BITS: Final = 24  #: a keypoint that stays where it is enters the index again once it looks this different
NEW_PLACE: Final = 0.02  #: of the longer side


@dataclass(frozen=True, slots=True, eq=False)
class Meetings:
    """How many keypoints of a query's frame met those of a reference's frame."""

    number: int  #: the reference's
    mirrored: bool
    query_frames: NDArray[np.int64]  #: (m,)
    reference_frames: NDArray[np.int64]  #: (m,)
    counts: NDArray[np.int64]  #: (m,)


@dataclass(frozen=True, slots=True, eq=False)
class Sighting:
    """A frame of the query shows a frame of the reference, there."""

    query_s: float
    reference_s: float
    mirrored: bool
    agreement: placement.Agreement


def entry_ids(number: int, fingerprint: local.Local) -> tuple[NDArray[np.uint8], NDArray[np.uint64]]:
    """The codes (n, 32) and ids (n,) under which a reference's keypoints enter the index.

    One that looks as it did at the same place in the frame before adds nothing.
    """
    frames = fingerprint.frames()
    points = np.arange(len(frames)) - fingerprint.starts[frames]
    kept = np.concatenate([_new(fingerprint, frame) for frame in range(len(fingerprint))])
    kept = kept[points[kept] < (INDEXED_OF_FRAME if len(fingerprint) > 1 else INDEXED_OF_STILL)]
    positions = (frames << POINT_BITS) | points
    ids = (np.uint64(number) << np.uint64(POSITION_BITS)) | positions.astype(np.uint64)
    return fingerprint.codes[kept], ids[kept]


def _new(fingerprint: local.Local, frame: int) -> NDArray[np.int64]:
    """Positions of a frame's keypoints that the frame before did not have."""
    first, last = int(fingerprint.starts[frame]), int(fingerprint.starts[frame + 1])
    if frame == 0:
        return np.arange(first, last)
    here, before = fingerprint.points(frame), fingerprint.points(frame - 1)
    off = np.abs(here.xy[:, None] - before.xy[None]).max(axis=2)
    a, b = (np.ascontiguousarray(one.codes).view(np.uint64) for one in (here, before))
    bits = np.bitwise_count(a[:, None] ^ b[None]).sum(axis=2)
    known = ((off < NEW_PLACE) & (bits <= NEW_BITS)).any(axis=1)
    return first + np.flatnonzero(~known)


def meetings(index: CodeIndex, query: local.Local, options: SearchOptions) -> list[Meetings]:
    """References whose keypoints the query's meet often enough to be worth a look, the likeliest first."""
    found = [
        *_met(index, query, query.codes, options, mirrored=False),
        *(() if query.mirrored is None else _met(index, query, query.mirrored, options, mirrored=True)),
    ]
    ranked = sorted(found, key=lambda one: (-_weight(one), one.number, one.mirrored))
    return ranked[: options.max_local_candidates]


def _weight(one: Meetings) -> int:
    """Meetings of each of the query's frames with the one that it met most, added up."""
    best = np.zeros(int(one.query_frames.max()) + 1, np.int64)
    np.maximum.at(best, one.query_frames, one.counts)
    return int((best - 1).clip(0).sum())


def _met(
    index: CodeIndex,
    query: local.Local,
    codes: NDArray[np.uint8],
    options: SearchOptions,
    *,
    mirrored: bool,
) -> Iterator[Meetings]:
    frames = query.frames()
    keys: list[NDArray[np.uint64]] = []
    points = np.arange(len(frames)) - query.starts[frames]
    asks = points < (ASKED_OF_FRAME if len(query) > 1 else ASKED_OF_STILL)
    if mirrored:
        asks &= frames % MIRRORED_FRAMES == 0
    asked_points = np.flatnonzero(asks)
    for first in range(0, len(asked_points), ASKED):
        part = asked_points[first : first + ASKED]
        asked, ids, _ = index.query(codes[part], options.keypoint_radius_bits, options.keypoint_sure_bits)
        # One keypoint counts once for each pair of frames, however many it is near.
        chosen, pairs = _distinct(part[asked].astype(np.uint64), ids >> np.uint64(POINT_BITS))
        keys.append(np.stack([frames[chosen.astype(np.int64)].astype(np.uint64), pairs]))
    met = np.concatenate(keys, axis=1)
    met = met[:, np.lexsort(met)]
    fresh = np.ones(met.shape[1], np.bool_)
    fresh[1:] = (met[:, 1:] != met[:, :-1]).any(axis=0)
    starts = np.flatnonzero(fresh)
    counts = np.diff(starts, append=met.shape[1])
    met = met[:, starts]
    worth = counts >= 2
    met, counts = met[:, worth], counts[worth]
    numbers = (met[1] >> np.uint64(POSITION_BITS - POINT_BITS)).astype(np.int64)
    reference_frames = (met[1] & np.uint64((1 << (POSITION_BITS - POINT_BITS)) - 1)).astype(np.int64)
    for number in np.unique(numbers):
        here = numbers == number
        one = Meetings(
            int(number), mirrored, met[0, here].astype(np.int64), reference_frames[here], counts[here]
        )
        if counts[here].max() >= options.keypoint_meetings or _weight(one) >= options.keypoint_meetings:
            yield one


def _distinct(
    points: NDArray[np.uint64], pairs: NDArray[np.uint64]
) -> tuple[NDArray[np.uint64], NDArray[np.uint64]]:
    """Each (point, pair) once."""
    order = np.lexsort((pairs, points))
    points, pairs = points[order], pairs[order]
    first = np.ones(len(points), np.bool_)
    first[1:] = (points[1:] != points[:-1]) | (pairs[1:] != pairs[:-1])
    return points[first], pairs[first]


def sightings(
    query: local.Local, reference: local.Local, met: Meetings, options: SearchOptions
) -> list[Sighting]:
    """The pairs of frames, of those that met, that agree on a placement."""
    order = np.argsort(-met.counts, kind="stable")
    pairs = [(int(met.query_frames[at]), int(met.reference_frames[at])) for at in order]
    pairs = [(ours, theirs) for ours, theirs in pairs if ours < len(query) and theirs < len(reference)]
    looks = _Looks(query, reference, options.keypoints_agreeing, mirrored=met.mirrored)
    likeliest = list({ours: (ours, theirs) for ours, theirs in reversed(pairs)}.values())[::-1]
    if not any(looks.at(*pair) for pair in likeliest[:FIRST_LOOKS]):
        return []
    taken: dict[int, int] = {}
    for ours, theirs in pairs:
        if taken.get(ours, 0) < LOOKS_A_FRAME and (ours in taken or len(taken) < MAX_FRAMES):
            taken[ours] = taken.get(ours, 0) + 1
            looks.at(ours, theirs)
    return looks.seen()


def look_along(
    query: local.Local,
    reference: local.Local,
    speed: float,
    offset_s: float,
    known: list[Sighting],
) -> list[Sighting]:
    """Sightings that a line foretells: each frame of the query with the reference's nearest ones.

    Where and when are given, so fewer keypoints are enough, if they place the picture as the others do.
    """
    best = max(known, key=lambda one: len(one.agreement))
    looks = _Looks(query, reference, FORETOLD_AGREEING, mirrored=best.mirrored)
    seen_s = {one.query_s for one in known}
    times_s = reference.times_s
    for frame, time_s in enumerate(query.times_s):
        expected_s = speed * time_s + offset_s
        if float(time_s) in seen_s or not -1 <= expected_s <= times_s[-1] + local.STANDING_GAP_S:
            continue
        after = int(np.searchsorted(times_s, expected_s))
        for theirs in (after - 1, after):
            if 0 <= theirs < len(reference):
                looks.at(frame, theirs)
    alike = best.agreement.placement.alike
    return known + [one for one in looks.seen() if alike(one.agreement.placement, query.extent)]


class _Looks:
    """Pairs of frames that were compared, each once."""

    def __init__(self, query: local.Local, reference: local.Local, agreeing: int, *, mirrored: bool) -> None:
        self._query, self._reference, self._mirrored = query, reference, mirrored
        self._agreeing = agreeing  # keypoints, at least
        self._done: dict[tuple[int, int], Sighting | None] = {}

    def at(self, ours: int, theirs: int) -> bool:
        """Whether this frame of the query shows that one of the reference."""
        if (ours, theirs) not in self._done:
            self._done[ours, theirs] = self._compared(ours, theirs)
        return self._done[ours, theirs] is not None

    def seen(self) -> list[Sighting]:
        """All that were found."""
        return [one for one in self._done.values() if one is not None]

    def _compared(self, ours: int, theirs: int) -> Sighting | None:
        query = self._query
        points = query.mirrored_points(ours) if self._mirrored else query.points(ours)
        agreement = placement.agree(points, self._reference.points(theirs))
        if agreement is None or len(agreement) < self._agreeing:
            return None
        return Sighting(
            float(query.times_s[ours]), float(self._reference.times_s[theirs]), self._mirrored, agreement
        )
