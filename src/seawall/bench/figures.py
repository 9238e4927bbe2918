"""The full suite's figures of one system, each with the interval that its source clips allow."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Final

import numpy as np

from seawall.bench import bootstrap, metrics, segments

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from numpy.typing import NDArray

    from seawall.bench.judged import Judged

#: Of checks in use, this share are of copies; all others are of what nobody knows.
COPIES: Final = 0.01
#: Stages that a check would have with plain pictures alone; those of all else are counted within them too.
PLAIN: Final = ("decode", "signals", "search", "total")
GEOMETRY: Final = "search_geometry"
_SECONDS_AN_HOUR: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Recall:
    """Shares of the copies that were found."""

    queries: int  #: copies that count
    found: bootstrap.Estimate  #: as the system itself decides: worth a look
    strong: bootstrap.Estimate  #: as the system itself decides: strong; of Seawall alone
    above_false: bootstrap.Estimate  #: with a score above the highest false one, lookalikes aside
    above_every_false: bootstrap.Estimate  #: with a score above the highest false one


@dataclass(frozen=True, slots=True)
class Limits:
    """The highest scores of a run's false matches, worth a look or not; None where there is none."""

    natural: (
        float | None
    )  #: lookalikes aside: made by arithmetic, they are as alike as one cares to make them
    every: float | None  #: with them


@dataclass(frozen=True, slots=True)
class Ranked:
    """Of all pairs of query and reference in one list by score."""

    pair_ap: bootstrap.Estimate
    recall_at_999: bootstrap.Estimate  #: at 99.9 % precision
    recall_at_9999: bootstrap.Estimate  #: at 99.99 % precision


@dataclass(frozen=True, slots=True)
class Located:
    """Where matches were said to lie."""

    segment_ap: bootstrap.Estimate
    precision: bootstrap.Estimate  #: of the stretches of matches worth a look
    recall: bootstrap.Estimate
    f1: bootstrap.Estimate
    query_off_s: tuple[bootstrap.Estimate, bootstrap.Estimate]  #: of starts and ends: median, 95th percentile
    reference_off_s: tuple[bootstrap.Estimate, bootstrap.Estimate]


@dataclass(frozen=True, slots=True)
class FalseMatches:
    """Matches worth a look that should not be."""

    matches: int
    queries: int  #: how many queries have one
    hours: float  #: how much was checked
    per_hour: bootstrap.Estimate
    highest: Limits


@dataclass(frozen=True, slots=True)
class System:
    """One system over all queries."""

    name: str
    what: str
    recall: Recall
    ranked: Ranked
    located: Located | None  #: None of a peer that does not say where
    false: FalseMatches
    errors: int  #: queries that it could not read


@dataclass(frozen=True, slots=True)
class Cost:
    """Milliseconds of one check by stage, as Seawall itself names them; stages may run side by side."""

    copies: Mapping[str, float]
    unrelated: Mapping[str, float]
    mix: Mapping[str, float]  #: COPIES of the former and the rest of the latter
    mix_total_ms: bootstrap.Estimate
    mix_of_realtime: float | None  #: the mix's total over the mix's mean length
    added_share: float | None  #: of the mix: what all but plain pictures adds to the rest, as a share of that
    geometry_share: float | None  #: the same of placing pictures on each other alone


def system(
    name: str,
    what: str,
    judged: Sequence[Judged],
    sources: bootstrap.Sources,
    limits: Limits,
    *,
    locates: bool,
) -> System:
    """All figures of one system. limits: of all its answers."""
    return System(
        name=name,
        what=what,
        recall=recall(judged, sources, limits, locates=locates),
        ranked=_ranked(judged, sources),
        located=located(judged, sources) if locates else None,
        false=_false(judged, sources, limits),
        errors=sum(one.verdict.error is not None for one in judged),
    )


def highest_false(judged: Sequence[Judged]) -> float | None:
    """The best score of any false match; None where there is none."""
    return max((score for one in judged if (score := one.best_false) is not None), default=None)


def recall(judged: Sequence[Judged], sources: bootstrap.Sources, limits: Limits, *, locates: bool) -> Recall:
    """Of the copies among the queries. limits: of the whole run.

    Above a limit, Seawall must also have thought the match worth a look; of a peer the score alone
    counts, so that it is shown at the limit that would suit it best.
    """
    copies = [one for one in judged if one.is_copy]

    def share(hit: Callable[[Judged], bool]) -> bootstrap.Estimate:
        hits = np.array([hit(one) for one in copies], np.float64)
        numbers = sources.numbers([one.query.source for one in copies])
        return sources.estimate(bootstrap.ratio(hits, np.ones(len(copies)), numbers))

    def found(one: Judged) -> bool:
        return one.verdict.right is not None

    def above(limit: float | None, one: Judged) -> bool:
        best = one.best_right
        return best is not None and (limit is None or best > limit) and (found(one) or not locates)

    def strong(one: Judged) -> bool:
        return one.verdict.right is not None and one.verdict.right.recommendation == "strong"

    return Recall(
        queries=len(copies),
        found=share(found),
        strong=share(strong) if locates else bootstrap.NOTHING,
        above_false=share(partial(above, limits.natural)),
        above_every_false=share(partial(above, limits.every)),
    )


def cost(
    judged: Sequence[Judged], timings_ms: Mapping[str, Mapping[str, float]], sources: bootstrap.Sources
) -> Cost:
    """What a check costs where few are of copies. timings_ms: of each query, by its name and by stage."""
    groups = [[one for one in judged if bool(one.query.truth) is copy] for copy in (True, False)]
    stages = list(dict.fromkeys(stage for timing in timings_ms.values() for stage in timing))
    copies, unrelated = (
        {stage: _mean([timings_ms[one.query.name].get(stage, 0.0) for one in group]) for stage in stages}
        for group in groups
    )
    mix = {stage: COPIES * copies[stage] + (1 - COPIES) * unrelated[stage] for stage in stages}
    added = {stage: ms for stage, ms in mix.items() if stage not in PLAIN}
    plain_ms = mix.get("total", 0.0) - sum(added.values())
    lengths_s = [_mean([one.query.duration_s for one in group]) for group in groups]
    mean_s = COPIES * lengths_s[0] + (1 - COPIES) * lengths_s[1]
    totals = [
        bootstrap.ratio(
            np.array([timings_ms[one.query.name].get("total", 0.0) for one in group], np.float64),
            np.ones(len(group)),
            sources.numbers([one.query.source for one in group]),
        )
        for group in groups
    ]

    def total(weights: bootstrap.Weights) -> NDArray[np.float64]:
        mixed: NDArray[np.float64] = COPIES * totals[0](weights) + (1 - COPIES) * totals[1](weights)
        return mixed

    rounded = [{stage: round(ms, 2) for stage, ms in part.items()} for part in (copies, unrelated, mix)]
    return Cost(
        copies=rounded[0],
        unrelated=rounded[1],
        mix=rounded[2],
        mix_total_ms=sources.estimate(total),
        mix_of_realtime=round(mix.get("total", 0.0) / 1000 / mean_s, 4) if mean_s > 0 else None,
        added_share=round(sum(added.values()) / plain_ms, 4) if plain_ms > 0 else None,
        geometry_share=round(added.get(GEOMETRY, 0.0) / plain_ms, 4) if plain_ms > 0 else None,
    )


def _ranked(judged: Sequence[Judged], sources: bootstrap.Sources) -> Ranked:
    said = [pair for one in judged for pair in one.ranked]
    wanted = [one.query.source for one in judged for _ in one.references]
    return Ranked(
        pair_ap=sources.estimate(segments.pair_average_precision(wanted, said, sources)),
        recall_at_999=sources.estimate(segments.recall_at(0.999, wanted, said, sources)),
        recall_at_9999=sources.estimate(segments.recall_at(0.9999, wanted, said, sources)),
    )


def located(judged: Sequence[Judged], sources: bootstrap.Sources) -> Located:
    """Whether the right stretches were named."""
    true = [box for one in judged for box in one.true]
    said = [box for one in judged for box in one.said]
    shares = segments.pair_shares(true, [box for one in judged for box in one.worth], sources)
    return Located(
        segment_ap=sources.estimate(segments.segment_average_precision(true, said, sources)),
        precision=sources.estimate(shares.statistic("precision")),
        recall=sources.estimate(shares.statistic("recall")),
        f1=sources.estimate(shares.statistic("f1")),
        query_off_s=_off(judged, sources, 0),
        reference_off_s=_off(judged, sources, 1),
    )


def _off(
    judged: Sequence[Judged], sources: bootstrap.Sources, axis: int
) -> tuple[bootstrap.Estimate, bootstrap.Estimate]:
    """How far starts and ends are off: only of copies that lie in one piece, where both are defined."""
    errors_s: list[float] = []
    owners: list[str] = []
    for one in judged:
        right = one.verdict.right
        if right is not None and len(one.true) == 1:
            both = metrics.boundary_errors(one.query, right)[axis]
            errors_s += both
            owners += [one.query.source] * len(both)
    values, numbers = np.array(errors_s, np.float64), sources.numbers(owners)
    median, tail = (sources.estimate(bootstrap.quantile(values, numbers, share)) for share in (0.5, 0.95))
    return median, tail


def _false(judged: Sequence[Judged], sources: bootstrap.Sources, limits: Limits) -> FalseMatches:
    counts = np.array([len(one.verdict.false) for one in judged], np.float64)
    hours = np.array([one.query.duration_s / _SECONDS_AN_HOUR for one in judged], np.float64)
    numbers = sources.numbers([one.query.source for one in judged])
    return FalseMatches(
        matches=int(counts.sum()),
        queries=int((counts > 0).sum()),
        hours=round(float(hours.sum()), 4),
        per_hour=sources.estimate(bootstrap.ratio(counts, hours, numbers)),
        highest=limits,
    )


def _mean(values: Sequence[float]) -> float:
    return float(np.mean(values)) if values else 0.0
