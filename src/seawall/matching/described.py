"""A reference found by what a network says of pictures: which pictures agree, and what that is worth.

Pairs of pictures whose descriptors lie close enough are evidence. A still has one picture, so its
closest pair decides. Between two moving pictures, pairs must follow each other in the order of both,
at a speed that footage is played at, and pictures that hardly differ count once: a standing picture
is one picture, however long it stands.

What a network holds for the same is not always a copy: it was taught by its makers what to see past.
So its evidence alone is never enough to be sure. See `LearnedOptions` for the numbers.
"""

from __future__ import annotations

import math
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from seawall.matching import explain
from seawall.matching.candidates import POSITION_BITS, CodeIndex
from seawall.model import match, signal
from seawall.signals import learned

LEARNED_PART: Final = "learned"


@dataclass(frozen=True, slots=True)
class LearnedOptions:
    """How descriptors decide. Fitted with SSCD; `docs/decisions` says on what, and with what result."""

    radius_bits: int = 80  #: the index answers codes this close
    max_candidates: int = 64  #: references looked at for one query; those with the closest code come first
    same_cosine: float = 0.65  #: from here two pictures may be one
    still_points: float = 3.0  #: what a still's pair is worth there ...
    most_still_points: float = 7.5  #: ... and at a cosine of 1
    moment_points: float = 1.5  #: likewise a pair between two moving pictures
    most_moment_points: float = 3.0
    distinct_cosine: float = 0.9  #: a picture this close to the last one counted is that one still
    nearest: int = 3  #: of the reference's moments, to a moment of the query's
    gap_steps: int = 4  #: a stretch goes on over so many pictures without a pair
    speed_min: float = 0.5
    speed_max: float = 2.0
    telling_s: float = 20.0  #: a shorter stretch says nothing of the speed: the pictures are too far apart
    max_segments: int = 16


@dataclass(frozen=True, slots=True, eq=False)
class Stretch:
    """Pairs of pictures that follow each other on both sides."""

    query_s: tuple[float, float]
    reference_s: tuple[float, float]
    speed: float
    points: float  #: on the scale of `explain.score`


def entry_ids(number: int, known: learned.Descriptors) -> tuple[NDArray[np.uint8], NDArray[np.uint64]]:
    """The codes (n, 32) and ids (n,) under which a reference enters the index."""
    ids = (np.uint64(number) << np.uint64(POSITION_BITS)) | np.arange(len(known), dtype=np.uint64)
    return learned.codes(known.vectors()), ids


def candidates(index: CodeIndex, query: learned.Descriptors, options: LearnedOptions) -> list[int]:
    """The numbers of the references with a code near one of the query's, the nearest first."""
    _, ids, distances = index.query(learned.codes(query.vectors()), options.radius_bits)
    numbers = (ids >> np.uint64(POSITION_BITS)).astype(np.int64)
    order = np.lexsort((numbers, distances))
    return list(dict.fromkeys(numbers[order].tolist()))[: options.max_candidates]


def stretches(
    query: learned.Descriptors,
    reference: learned.Descriptors,
    *,
    still: bool,
    options: LearnedOptions,
) -> list[Stretch]:
    """What agrees, in the query's order. still: at least one of the two sides is one.

    Raises ValueError where the descriptors come from different networks.
    """
    cosines = learned.cosines(query, reference)
    if cosines.size == 0 or cosines.max() < options.same_cosine:
        return []
    if still:
        return [_pair(query, reference, cosines, options)]
    found: list[Stretch] = []
    counted: list[tuple[NDArray[np.float32], NDArray[np.float32]]] = []
    free = np.ones(len(query), np.bool_)
    while len(found) < options.max_segments:
        chain = _longest(query, reference, np.where(free[:, None], cosines, -1), options)
        if not chain:
            break
        found.append(_stretch(query, reference, cosines, chain, counted, options))
        free[chain[0][0] : chain[-1][0] + 1] = False
    return sorted(found, key=lambda one: one.query_s)


def segment(stretch: Stretch) -> match.Segment:
    """A stretch as a match shows it."""
    return match.Segment(
        signal=signal.SignalType.LEARNED,
        query_start_s=round(stretch.query_s[0], 3),
        query_end_s=round(stretch.query_s[1], 3),
        reference_start_s=round(stretch.reference_s[0], 3),
        reference_end_s=round(stretch.reference_s[1], 3),
        speed=round(stretch.speed, 2),
        transform=(),
        score=round(explain.score(stretch.points), 4),
    )


def fresh(found: Sequence[Stretch], told: Sequence[match.Segment]) -> list[Stretch]:
    """Those over stretches of the query that no other signal found already: twice seen is not twice sure."""
    return [one for one in found if not any(_same(one, other) for other in told)]


def total(others: float, said: float, strong_score: float) -> float:
    """All points together: what the network says lifts nothing over the limit of a strong match.

    others: points of all other signals; said: what descriptors are worth.
    """
    just_under = -explain.POINTS_SCALE * math.log(1 - strong_score) - _MARGIN_POINTS
    return max(others, min(others + said, just_under))


_MARGIN_POINTS: Final = 0.01  #: the score is rounded, and must stay below even so


def _same(stretch: Stretch, told: match.Segment) -> bool:
    start_s, end_s = stretch.query_s
    return min(end_s, told.query_end_s) - max(start_s, told.query_start_s) >= (end_s - start_s) / 2


def _worth(
    cosines: NDArray[np.float32], low: float, high: float, options: LearnedOptions
) -> NDArray[np.float64]:
    share = (cosines.astype(np.float64) - options.same_cosine) / (1 - options.same_cosine)
    return low + (high - low) * np.clip(share, 0, 1)


def _pair(
    query: learned.Descriptors,
    reference: learned.Descriptors,
    cosines: NDArray[np.float32],
    options: LearnedOptions,
) -> Stretch:
    """The closest pair; on a moving side, as far around it as the picture stays the same."""
    at, there = (int(number) for number in np.unravel_index(int(cosines.argmax()), cosines.shape))
    points = _worth(cosines[at, there, None], options.still_points, options.most_still_points, options)
    return Stretch(
        _around(query.times_s, cosines[:, there] >= options.same_cosine, at),
        _around(reference.times_s, cosines[at] >= options.same_cosine, there),
        1.0,
        float(points[0]),
    )


def _around(times_s: NDArray[np.float64], same: NDArray[np.bool_], at: int) -> tuple[float, float]:
    differs = np.flatnonzero(~same)
    first = int(differs[differs < at].max(initial=-1)) + 1
    last = int(differs[differs > at].min(initial=len(same))) - 1
    return float(times_s[first]), float(times_s[last])


def _longest(
    query: learned.Descriptors,
    reference: learned.Descriptors,
    cosines: NDArray[np.float32],
    options: LearnedOptions,
) -> list[tuple[int, int]]:
    """The chain of pairs, in the order of both sides, that is worth most; empty where there is no pair."""
    pairs = list(_pairs(cosines, options))
    step_s = max(_step_s(query.times_s), _step_s(reference.times_s))
    sums: list[float] = []
    before: list[int | None] = []
    for number, (moment, position) in enumerate(pairs):
        own = float(cosines[moment, position]) - options.same_cosine + 1e-3
        best, chosen = 0.0, None
        for other in range(number - 1, -1, -1):
            earlier, there = pairs[other]
            ours_s = float(query.times_s[moment] - query.times_s[earlier])
            if ours_s > options.gap_steps * step_s:
                break
            theirs_s = float(reference.times_s[position] - reference.times_s[there])
            follows = options.speed_min * ours_s - step_s <= theirs_s <= options.speed_max * ours_s + step_s
            if earlier < moment and there <= position and follows and sums[other] > best:
                best, chosen = sums[other], other
        sums.append(best + own)
        before.append(chosen)
    chain: list[tuple[int, int]] = []
    at = int(np.argmax(sums)) if sums else None
    while at is not None:
        chain.append(pairs[at])
        at = before[at]
    return chain[::-1]


def _pairs(cosines: NDArray[np.float32], options: LearnedOptions) -> Iterator[tuple[int, int]]:
    for moment in np.flatnonzero(cosines.max(axis=1) >= options.same_cosine):
        nearest = np.argsort(-cosines[moment], kind="stable")[: options.nearest]
        for position in np.sort(nearest[cosines[moment, nearest] >= options.same_cosine]):
            yield int(moment), int(position)


def _step_s(times_s: NDArray[np.float64]) -> float:
    """How far apart a side's pictures are; at least what they are meant to be."""
    return max(_GAP_S, float(np.median(np.diff(times_s)))) if len(times_s) > 1 else _GAP_S


_GAP_S: Final = 2.0


def _stretch(
    query: learned.Descriptors,
    reference: learned.Descriptors,
    cosines: NDArray[np.float32],
    chain: Sequence[tuple[int, int]],
    counted: list[tuple[NDArray[np.float32], NDArray[np.float32]]],
    options: LearnedOptions,
) -> Stretch:
    """A chain with what it is worth. counted: pairs of pictures that are counted already; it grows."""
    moments, positions = (np.array(side) for side in zip(*chain, strict=True))
    worth = _worth(cosines[moments, positions], options.moment_points, options.most_moment_points, options)
    ours_s, theirs_s = query.times_s[moments], reference.times_s[positions]
    best: list[float] = []
    for ours, theirs, points in zip(
        query.vectors()[moments], reference.vectors()[positions], worth, strict=True
    ):
        alike = max((max(ours @ one, theirs @ other) for one, other in counted), default=-1.0)
        if alike < options.distinct_cosine:
            counted.append((ours, theirs))
            best.append(float(points))
        elif best:
            best[-1] = max(best[-1], float(points))
    speed = 1.0
    if ours_s[-1] - ours_s[0] >= options.telling_s:
        speed = float((theirs_s[-1] - theirs_s[0]) / (ours_s[-1] - ours_s[0]))
    return Stretch(
        (float(ours_s[0]), float(ours_s[-1])),
        (float(theirs_s[0]), float(theirs_s[-1])),
        float(np.clip(speed, options.speed_min, options.speed_max)),
        sum(best),
    )
