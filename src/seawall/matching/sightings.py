"""Frames of the query in which keypoints show a reference's frame, and where in the picture.

The index raises references whose keypoints lie near the query's; a frame that meets several of one
reference's frame is compared with it whole. Chance meetings hardly ever agree on a placement.
"""

from __future__ import annotations

import itertools
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
MIRRORED_FRAMES: Final = 3  #: of so many frames one is asked mirrored too: what is mirrored stays so
ASKED_OF_STILL: Final = 600
INDEXED_OF_FRAME: Final = 120  #: of each of the reference's
INDEXED_OF_STILL: Final = 200
FIRST_LOOKS: Final = 4  #: frames of the query of which one must hold, or the reference is dropped
FORETOLD_AGREEING: Final = 5  #: keypoints, where a line foretells what is seen
DOUBLING_BITS: Final = 8  #: a meeting says twice as much that is so much closer
TESTED: Final = 12  #: meetings of a pair of frames: more are no chance
LOOKS_A_FRAME: Final = 2  #: reference frames that each frame of the query is compared with
LOOKS_OF_STILL: Final = 6  #: that a picture is, which has no other frame to be seen by
MAX_FRAMES: Final = 64  #: of the query's, well spread, that are compared with one reference
NEW_BITS: Final = 24  #: a keypoint that stays where it is enters the index again once it looks this different
NEW_PLACE: Final = 0.02  #: of the longer side


@dataclass(frozen=True, slots=True, eq=False)
class Meetings:
    """Keypoints of a query's frames that met those of a reference's, pair of frames by pair of frames."""

    number: int  #: the reference's
    mirrored: bool
    query_frames: NDArray[np.int64]  #: (m,)
    reference_frames: NDArray[np.int64]  #: (m,)
    counts: NDArray[np.int64]  #: (m,) how many met
    worth: NDArray[np.float64]  #: (m,) how much that says
    query_points: NDArray[np.int64]  #: (counts.sum(),) which of all the query's
    reference_points: NDArray[np.int64]  #: (counts.sum(),) which of the reference's frame


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
    ranked = sorted(found, key=lambda one: (-_likely(one), one.number, one.mirrored))
    return ranked[: options.max_local_candidates]


def _weight(one: Meetings) -> int:
    """Meetings of each of the query's frames with the one that it met most, added up."""
    return int((_best_of_frames(one, one.counts.astype(np.float64)) - 1).clip(0).sum())


def _likely(one: Meetings) -> float:
    """How much the meetings of each of the query's frames say with the one that says most, added up."""
    return float(_best_of_frames(one, one.worth).sum())


def _best_of_frames(one: Meetings, what: NDArray[np.float64]) -> NDArray[np.float64]:
    """Of each of the query's frames the most that a pair of frames has."""
    best = np.zeros(int(one.query_frames.max()) + 1)
    np.maximum.at(best, one.query_frames, what)
    return best


def _met(
    index: CodeIndex,
    query: local.Local,
    codes: NDArray[np.uint8],
    options: SearchOptions,
    *,
    mirrored: bool,
) -> Iterator[Meetings]:
    points, entries, worth = _asked(index, query, codes, options, mirrored=mirrored)
    frames = query.frames()[points]
    numbers = entries >> np.uint64(POSITION_BITS)
    order = np.lexsort((entries, frames, numbers))
    points, entries, frames = points[order], entries[order], frames[order]
    worth = _of_the_best(worth[order], _fresh(frames, entries))
    pairs = entries >> np.uint64(POINT_BITS)
    starts = np.flatnonzero(_fresh(frames, pairs))
    counts = np.diff(starts, append=len(points))
    several = np.repeat(counts >= 2, counts)
    points, entries, worth = points[several], entries[several], worth[several]
    starts, counts = starts[counts >= 2], counts[counts >= 2]
    numbers = (pairs[starts] >> np.uint64(POSITION_BITS - POINT_BITS)).astype(np.int64)
    reference_frames = (pairs[starts] & np.uint64((1 << (POSITION_BITS - POINT_BITS)) - 1)).astype(np.int64)
    reference_points = (entries & np.uint64(_POINT_MASK)).astype(np.int64)
    ends = np.cumsum(counts)
    said = np.add.reduceat(worth, ends - counts)
    bounds = np.flatnonzero(_fresh(numbers))
    for first, last in itertools.pairwise([*bounds, len(numbers)]):
        here = slice(int(first), int(last))
        members = slice(int(ends[first] - counts[first]), int(ends[last - 1]))
        one = Meetings(
            int(numbers[first]),
            mirrored,
            frames[starts[here]],
            reference_frames[here],
            counts[here],
            said[here],
            points[members],
            reference_points[members],
        )
        if one.counts.max() >= options.keypoint_meetings or _weight(one) >= options.keypoint_meetings:
            yield one


def _of_the_best(worth: NDArray[np.float64], fresh: NDArray[np.bool_]) -> NDArray[np.float64]:
    """(n,) the most of each group, at its first, and nothing at its others. fresh: where groups begin.

    Many of a query's that look the same, such as letters, meet one of the reference's: that is one meeting.
    """
    firsts = np.flatnonzero(fresh)
    most = np.zeros(len(worth))
    most[firsts] = np.maximum.reduceat(worth, firsts)
    return most


def _asked(
    index: CodeIndex, query: local.Local, codes: NDArray[np.uint8], options: SearchOptions, *, mirrored: bool
) -> tuple[NDArray[np.int64], NDArray[np.uint64], NDArray[np.float64]]:
    """Which of the query's keypoints met which of the index's entries, and how much each meeting says.

    One keypoint counts once for each pair of frames, with the closest, however many it is near. It says the
    more the closer it is, and the less the more references are met by the keypoint: what looks like many,
    such as a letter, tells little of each (as words that are in every document do, Sivic and Zisserman,
    "Video Google: A text retrieval approach to object matching in videos", ICCV 2003).
    """
    frames = query.frames()
    asks = np.arange(len(frames)) - query.starts[frames] < (
        ASKED_OF_FRAME if len(query) > 1 else ASKED_OF_STILL
    )
    if mirrored:
        asks &= frames % MIRRORED_FRAMES == 0
    asking = np.flatnonzero(asks)
    points, entries, worth = [np.zeros(0, np.int64)], [np.zeros(0, np.uint64)], [np.zeros(0)]
    for first in range(0, len(asking), ASKED):
        part = asking[first : first + ASKED]
        asked, ids, bits = index.query(codes[part], options.keypoint_radius_bits, options.keypoint_sure_bits)
        pairs = ids >> np.uint64(POINT_BITS)
        order = np.lexsort((bits, pairs, asked))
        order = order[_fresh(asked[order], pairs[order])]
        asked, ids, bits = asked[order], ids[order], bits[order]
        points.append(part[asked])
        entries.append(ids)
        closeness = np.exp2((options.keypoint_radius_bits - bits) / DOUBLING_BITS)
        worth.append(closeness / _references_met(asked, ids)[asked])
    return np.concatenate(points), np.concatenate(entries), np.concatenate(worth)


def _references_met(asked: NDArray[np.int64], ids: NDArray[np.uint64]) -> NDArray[np.int64]:
    """Of each keypoint that asked, how many references it met. Both rise with the keypoint, then the id."""
    return np.bincount(asked[_fresh(asked, ids >> np.uint64(POSITION_BITS))])


def _fresh(*columns: NDArray[np.integer]) -> NDArray[np.bool_]:
    """(n,) which rows differ from the one before."""
    fresh = np.ones(len(columns[0]), np.bool_)
    fresh[1:] = np.any([column[1:] != column[:-1] for column in columns], axis=0)
    return fresh


def _backed(query: local.Local, reference: local.Local, met: Meetings) -> NDArray[np.bool_]:
    """(m,) the pairs of frames that are worth comparing: of what met, two at least agree on a placement.

    It costs next to nothing, as both keypoints of every meeting are known, and leaves hardly any pair
    that met by chance. Many meetings are no chance and need no test.
    """
    known = _known(query, reference, met)
    backed = known & (met.counts > TESTED)
    groups = np.repeat(np.arange(len(met.counts)), met.counts)
    members = np.flatnonzero((known & ~backed)[groups])
    theirs = reference.starts[met.reference_frames[groups[members]]] + met.reference_points[members]
    sound = theirs < reference.starts[met.reference_frames[groups[members]] + 1]
    members, theirs = members[sound], theirs[sound]
    groups, ours = groups[members], met.query_points[members]
    firsts = [np.flatnonzero(groups[step:] == groups[:-step]) for step in range(1, TESTED)]
    one, other = np.concatenate(firsts), np.concatenate([at + step for step, at in enumerate(firsts, 1)])
    chosen = query.mirrored_chosen(ours) if met.mirrored else query.chosen(ours)
    agreeing = placement.say_the_same(chosen, reference.chosen(theirs), one, other)
    backed[groups[one[agreeing]]] = True
    return backed


def sightings(
    query: local.Local, reference: local.Local, met: Meetings, options: SearchOptions
) -> list[Sighting]:
    """The pairs of frames, of those that met, that agree on a placement."""
    looks = _Looks(query, reference, options.keypoints_agreeing, mirrored=met.mirrored)
    most = LOOKS_A_FRAME if len(query) > 1 else LOOKS_OF_STILL
    backed = _ordered(met, np.flatnonzero(_backed(query, reference, met)))
    likeliest = _each(backed, 1) if len(query) > 1 else backed
    if not any(looks.at(*pair) for pair in likeliest[:FIRST_LOOKS]):
        return []
    for pair in _each(_ordered(met, np.flatnonzero(_known(query, reference, met))), most):
        looks.at(*pair)
    return looks.seen()


def compared(
    query: local.Local, reference: local.Local, frame: int, options: SearchOptions, *, mirrored: bool
) -> list[Sighting]:
    """A picture, if it shows that frame of a reference: of those keypoints that agree, whatever met."""
    looks = _Looks(query, reference, options.keypoints_agreeing, mirrored=mirrored)
    looks.at(0, frame)
    return looks.seen()


def _ordered(met: Meetings, which: NDArray[np.int64]) -> list[tuple[int, int]]:
    """Pairs of frames, those with the most meetings first."""
    order = which[np.argsort(-met.counts[which], kind="stable")]
    return list(zip(met.query_frames[order].tolist(), met.reference_frames[order].tolist(), strict=True))


def _each(pairs: list[tuple[int, int]], most: int) -> list[tuple[int, int]]:
    """Of each of the query's frames so many pairs, the first, and of no more than `MAX_FRAMES` frames."""
    taken: dict[int, int] = {}
    kept = []
    for ours, theirs in pairs:
        if taken.get(ours, 0) < most and (ours in taken or len(taken) < MAX_FRAMES):
            taken[ours] = taken.get(ours, 0) + 1
            kept.append((ours, theirs))
    return kept


def _known(query: local.Local, reference: local.Local, met: Meetings) -> NDArray[np.bool_]:
    """(m,) whether both have such frames: the index may know another fingerprint of the reference."""
    return (met.query_frames < len(query)) & (met.reference_frames < len(reference))


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
        agreement = placement.agree(points, self._reference.points(theirs), self._agreeing)
        if agreement is None or len(agreement) < self._agreeing:
            return None
        return Sighting(
            float(query.times_s[ours]), float(self._reference.times_s[theirs]), self._mirrored, agreement
        )
