"""One query's answer against the truth, in the forms that the full suite's measures take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seawall.bench import metrics, segments

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from seawall.bench import records


@dataclass(frozen=True, slots=True)
class Judged:
    """What a system said of one query, without what is of no account."""

    query: records.Query
    verdict: metrics.Verdict
    ranked: tuple[segments.Scored, ...]  #: every pair with its score, whatever was recommended
    said: tuple[segments.Box, ...]  #: every stretch, whatever was recommended
    worth: tuple[segments.Box, ...]  #: the stretches of matches worth a look
    true: tuple[segments.Box, ...]  #: none of a query that is left out of recall

    @property
    def is_copy(self) -> bool:
        """Whether something of it is banked, and counts."""
        return bool(self.true)

    @property
    def references(self) -> tuple[str, ...]:
        """Every banked clip that shows in it, once."""
        return tuple(dict.fromkeys(box.reference for box in self.true))

    @property
    def best_false(self) -> float | None:
        """The highest score of what is not true."""
        return max((one.score for one in self.ranked if not one.right), default=None)

    @property
    def best_right(self) -> float | None:
        """The highest score of what is true."""
        return max((one.score for one in self.ranked if one.right), default=None)


def judge(query: records.Query, answer: records.Answer, relatives: metrics.Relatives) -> Judged:
    """Drop matches with clips that only show the same as one in the query; sort the others."""
    verdict = metrics.judge(query, answer, relatives)
    true = () if verdict.left_out else tuple(_true(query))
    wanted = {one.reference for one in query.truth}
    counted = [
        found
        for found in answer.found
        if (found.reference in wanted and not verdict.left_out)
        or not metrics.shows_same(found.reference, query.clips, relatives)
    ]
    worth = [found for found in counted if found.recommendation in metrics.WORTH_A_LOOK]
    return Judged(
        query=query,
        verdict=verdict,
        ranked=tuple(
            segments.Scored(query.name, found.reference, found.score, found.reference in wanted, query.source)
            for found in counted
        ),
        said=tuple(_boxes(query, counted)),
        worth=tuple(_boxes(query, worth)),
        true=true,
    )


def _true(query: records.Query) -> Iterator[segments.Box]:
    for one in query.truth:
        yield _box(query, one.reference, one.stretch, 1.0)


def _boxes(query: records.Query, found: Sequence[records.Found]) -> Iterator[segments.Box]:
    for one in found:
        for stretch in one.stretches:
            yield _box(query, one.reference, stretch, one.score)


def _box(query: records.Query, reference: str, stretch: records.Stretch, score: float) -> segments.Box:
    return segments.Box(
        query=query.name,
        reference=reference,
        query_start_s=stretch.query_start_s,
        query_end_s=stretch.query_end_s,
        reference_start_s=stretch.reference_start_s,
        reference_end_s=stretch.reference_end_s,
        source=query.source,
        score=score,
    )
