"""Were the right stretches named? The measures of two public benchmarks, over weights of source clips.

A box says that a stretch of a query is a stretch of a reference. Said boxes are compared with true ones:

- *segment µAP*: all said boxes of all queries in one list by score; at each rank the precision and the
  recall of time, each the geometric mean of both axes; the area under that curve.
- *pair µAP*: the same of (query, reference) pairs, whatever stretches are said of them.
- *precision and recall of segments*: of each pair of videos, on each axis, the share of what was said
  that is true and the share of what is true that was said; the product of the axes; the mean over pairs.

Boxes of one score have no order among themselves: they enter the list together.

Source: facebookresearch/vsc2022, vsc/metrics.py (µAP); VCSL, vcsl/metric.py (precision and recall), with
pairs of which nothing is said left out of precision, and such as have nothing true left out of recall.
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from seawall.bench import bootstrap

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    Pairs = dict[tuple[str, str], list["Box"]]

_AXES: Final = ("query", "reference")

Span = tuple[float, float]  #: from when to when, in seconds


@dataclass(frozen=True, slots=True)
class Box:
    """One stretch of one query that is, or is said to be, a stretch of a reference."""

    query: str
    reference: str
    query_start_s: float
    query_end_s: float
    reference_start_s: float
    reference_end_s: float
    source: str  #: the clip that the query was made from
    score: float = 1.0

    @property
    def pair(self) -> tuple[str, str]:
        return self.query, self.reference

    def span(self, axis: str) -> Span:
        """On one of both axes."""
        if axis == "query":
            return self.query_start_s, self.query_end_s
        return self.reference_start_s, self.reference_end_s

    def overlap(self, other: Box, axis: str) -> Span:
        """What both have in common on an axis; its end is not after its start where that is nothing."""
        (start_s, end_s), (from_s, to_s) = self.span(axis), other.span(axis)
        return max(start_s, from_s), min(end_s, to_s)

    def touches(self, other: Box) -> bool:
        """Whether both share an area, not only a side."""
        return all(end_s > start_s for start_s, end_s in (self.overlap(other, axis) for axis in _AXES))


@dataclass(frozen=True, slots=True)
class Scored:
    """One pair of videos that a system takes for copy and source."""

    query: str
    reference: str
    score: float
    right: bool
    source: str  #: the clip that the query was made from


def joined(spans: Iterable[Span]) -> list[Span]:
    """The same time in spans that neither overlap nor touch, in order."""
    whole: list[Span] = []
    for start_s, end_s in sorted(span for span in spans if span[1] > span[0]):
        if whole and start_s <= whole[-1][1]:
            whole[-1] = (whole[-1][0], max(whole[-1][1], end_s))
        else:
            whole.append((start_s, end_s))
    return whole


def length_s(spans: Iterable[Span]) -> float:
    """How much time the spans cover together."""
    return sum(end_s - start_s for start_s, end_s in joined(spans))


def common_s(a: Iterable[Span], b: Iterable[Span]) -> float:
    """How much time both cover."""
    a, b = list(a), list(b)
    return length_s(a) + length_s(b) - length_s([*a, *b])


def by_pair(boxes: Iterable[Box]) -> Pairs:
    """Boxes of the same two videos together."""
    pairs: Pairs = defaultdict(list)
    for box in boxes:
        pairs[box.pair].append(box)
    return pairs


def segment_average_precision(
    truth: Sequence[Box], said: Sequence[Box], sources: bootstrap.Sources
) -> bootstrap.Statistic:
    """Segment µAP as a statistic; NaN where nothing is true."""
    ranked = sorted(said, key=lambda box: -box.score)
    gains = _gains(ranked, by_pair(truth))
    numbers = sources.numbers([box.source for box in ranked])
    ends = group_ends([box.score for box in ranked])
    wanted, owners = _wanted(by_pair(truth), sources)

    def statistic(weights: bootstrap.Weights) -> NDArray[np.float64]:
        total = weights[:, owners] @ wanted  # (resamples, axes)
        # (resamples, ranks, [both on the query, said on it, both on the reference, said on it])
        reached = np.stack([np.cumsum(weights[:, numbers] * gain, axis=1)[:, ends] for gain in gains.T], -1)
        precision = bootstrap.divided(reached[..., 0::2], reached[..., 1::2])
        recall = bootstrap.divided(
            reached[..., 0::2], np.broadcast_to(total[:, None], reached[..., 0::2].shape)
        )
        return _area(_geometric(precision), _geometric(recall), defined=total.min(axis=1) > 0)

    return statistic


def pair_average_precision(
    wanted: Sequence[str], said: Sequence[Scored], sources: bootstrap.Sources
) -> bootstrap.Statistic:
    """Pair µAP as a statistic. wanted: the source clip of every true pair."""
    curve = pair_curve(wanted, said, sources)

    def statistic(weights: bootstrap.Weights) -> NDArray[np.float64]:
        precision, recall = curve(weights)
        return _area(precision, recall, defined=weights[:, sources.numbers(wanted)].sum(axis=1) > 0)

    return statistic


def recall_at(
    precision: float, wanted: Sequence[str], said: Sequence[Scored], sources: bootstrap.Sources
) -> bootstrap.Statistic:
    """The most pairs that can be found with that precision by a limit on the score."""
    curve = pair_curve(wanted, said, sources)

    def statistic(weights: bootstrap.Weights) -> NDArray[np.float64]:
        precisions, recalls = curve(weights)
        good = np.where(precisions >= precision - 1e-12, recalls, 0.0)
        nothing = np.where(weights[:, sources.numbers(wanted)].sum(axis=1) > 0, 0.0, np.nan)
        best: NDArray[np.float64] = np.maximum(nothing, good.max(axis=1, initial=0.0))
        return best

    return statistic


def pair_curve(
    wanted: Sequence[str], said: Sequence[Scored], sources: bootstrap.Sources
) -> Callable[[bootstrap.Weights], tuple[NDArray[np.float64], NDArray[np.float64]]]:
    """(precision, recall), each (resamples, ranks), at every limit on the score from high to low."""
    ranked = sorted(said, key=lambda one: -one.score)
    numbers = sources.numbers([one.source for one in ranked])
    right = np.array([one.right for one in ranked], np.float64)
    ends = group_ends([one.score for one in ranked])
    owners = sources.numbers(wanted)

    def curve(weights: bootstrap.Weights) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
        each = weights[:, numbers]
        found = np.cumsum(each * right, axis=1)[:, ends]
        total = weights[:, owners].sum(axis=1)
        every = np.broadcast_to(total[:, None], found.shape)
        return bootstrap.divided(found, np.cumsum(each, axis=1)[:, ends]), bootstrap.divided(found, every)

    return curve


def group_ends(scores: Sequence[float]) -> NDArray[np.intp]:
    """Of scores from high to low: the index of the last of each run of equal ones."""
    values = np.asarray(scores, np.float64)
    return np.flatnonzero(np.append(values[1:] != values[:-1], True)) if len(values) else np.empty(0, np.intp)


@dataclass(frozen=True, slots=True)
class PairShares:
    """Of each pair of videos, what was right and what was found; NaN where it does not count."""

    precision: NDArray[np.float64]  #: (pairs,)
    recall: NDArray[np.float64]
    sources: NDArray[np.intp]

    def statistic(self, what: str) -> bootstrap.Statistic:
        """The mean over pairs of "precision" or "recall", or the "f1" of both means."""

        def statistic(weights: bootstrap.Weights) -> NDArray[np.float64]:
            precision, recall = (self._mean(weights, shares) for shares in (self.precision, self.recall))
            if what == "f1":
                return bootstrap.divided(2 * precision * recall, precision + recall)
            return precision if what == "precision" else recall

        return statistic

    def _mean(self, weights: bootstrap.Weights, shares: NDArray[np.float64]) -> NDArray[np.float64]:
        counts = ~np.isnan(shares)
        return bootstrap.ratio(np.nan_to_num(shares), counts.astype(np.float64), self.sources)(weights)


def pair_shares(truth: Sequence[Box], said: Sequence[Box], sources: bootstrap.Sources) -> PairShares:
    """Precision and recall of segments for every pair of videos of which something is said or true."""
    true_of, said_of = by_pair(truth), by_pair(said)
    pairs = sorted(true_of.keys() | said_of.keys())
    rows = [_shares(true_of.get(pair, []), said_of.get(pair, [])) for pair in pairs]
    owners = [(true_of.get(pair) or said_of[pair])[0].source for pair in pairs]
    columns = np.array(rows, np.float64).reshape(-1, 2).T
    return PairShares(columns[0], columns[1], sources.numbers(owners))


def _shares(truth: Sequence[Box], said: Sequence[Box]) -> tuple[float, float]:
    precision = _covered(said, truth) if said else np.nan
    return precision, _covered(truth, said) if truth else np.nan


def _covered(boxes: Sequence[Box], by: Sequence[Box]) -> float:
    """The share of the boxes that others cover, on both axes multiplied."""
    share = 1.0
    for axis in _AXES:
        part = sum(length_s(box.overlap(other, axis) for other in by if box.touches(other)) for box in boxes)
        whole = sum(end_s - start_s for start_s, end_s in (box.span(axis) for box in boxes))
        share *= part / whole if whole > 0 else 0.0
    return share


def _gains(ranked: Sequence[Box], truth: Pairs) -> NDArray[np.float64]:
    """(boxes, 4): by how much each box, after those before it, adds to what is said and right on both axes.

    A true stretch counts from when any box touches it in both videos at once.
    """
    before: Pairs = defaultdict(list)
    states: dict[tuple[str, str], NDArray[np.float64]] = {}
    rows = np.zeros((len(ranked), 4))
    for number, box in enumerate(ranked):
        said = before[box.pair]
        said.append(box)
        touched = [one for one in truth.get(box.pair, ()) if any(one.touches(other) for other in said)]
        state = np.array(
            [
                value
                for axis in _AXES
                for spans in [[one.span(axis) for one in said]]
                for value in (common_s(spans, [one.span(axis) for one in touched]), length_s(spans))
            ]
        )
        rows[number] = state - states.get(box.pair, np.zeros(4))
        states[box.pair] = state
    return rows


def _wanted(truth: Pairs, sources: bootstrap.Sources) -> tuple[NDArray[np.float64], NDArray[np.intp]]:
    """(pairs, axes) seconds that are true, and the source of each pair."""
    lengths = [[length_s(box.span(axis) for box in boxes) for axis in _AXES] for boxes in truth.values()]
    owners = sources.numbers([boxes[0].source for boxes in truth.values()])
    return np.array(lengths, np.float64).reshape(-1, len(_AXES)), owners


def _geometric(axes: NDArray[np.float64]) -> NDArray[np.float64]:
    mean: NDArray[np.float64] = np.sqrt(np.maximum(axes.prod(axis=-1), 0.0))
    return mean


def _area(
    precision: NDArray[np.float64], recall: NDArray[np.float64], *, defined: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Sum of precision times the growth of recall over the ranks."""
    steps = np.diff(recall, axis=1, prepend=0.0)
    area: NDArray[np.float64] = np.nansum(precision * steps, axis=1)
    return np.where(defined, area, np.nan)
