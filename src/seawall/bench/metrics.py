"""What the answers were worth: recall, false matches, where boundaries fell, what was covered.

A match is right where the reference is the query's source. It is of no account where the reference
shows the same as a clip that is in the query; a query that is answered by such a reference alone is
left out of recall. Every other match worth a look, strong or only suggested, is false.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from seawall.bench import records

WORTH_A_LOOK: Final = ("strong", "suggest")

Relatives = frozenset[frozenset[str]]


@dataclass(frozen=True, slots=True)
class Verdict:
    """One query's answer, judged."""

    query: records.Query
    right: records.Found | None  #: the match with the source
    left_out: bool  #: answered only by a reference that shows the same as the source
    false: tuple[records.Found, ...]
    error: str | None


@dataclass(frozen=True, slots=True)
class Spread:
    """The middle and the tail of some errors; None where there are none."""

    median: float | None
    p95: float | None

    @classmethod
    def of(cls, values: Sequence[float]) -> Spread:
        """95th percentile by linear interpolation."""
        if not values:
            return cls(None, None)
        return cls(*(round(float(np.percentile(values, share)), 4) for share in (50, 95)))


@dataclass(frozen=True, slots=True)
class Row:
    """One edit's figures."""

    queries: int
    left_out: int
    found: int
    strong: int
    recall: float | None  #: found / (queries - left_out)
    recall_strong: float | None
    false_matches: int
    errors: int
    boundary_query_s: Spread
    boundary_reference_s: Spread
    mean_coverage: float | None  #: of the stretches that the queries hold, the share that segments cover


@dataclass(frozen=True, slots=True)
class PeerRow:
    """One edit's figures of a system that finds videos without saying where."""

    queries: int
    left_out: int
    found: int
    recall: float | None
    false_matches: int


def judge(query: records.Query, answer: records.Answer, relatives: Relatives) -> Verdict:
    """Sort a query's matches into right, false and of no account."""
    worth = [found for found in answer.found if found.recommendation in WORTH_A_LOOK]
    right = next((found for found in worth if found.reference == query.source), None) if query.edit else None
    others = [found for found in worth if found.reference not in query.clips]
    false = tuple(found for found in others if not shows_same(found.reference, query.clips, relatives))
    left_out = right is None and len(false) < len(others) and bool(query.truth)
    return Verdict(query, right, left_out, false, answer.error)


def shows_same(reference: str, clips: Iterable[str], relatives: Relatives) -> bool:
    """Whether the reference is one of the clips, or is related to one."""
    return any(reference == clip or frozenset((reference, clip)) in relatives for clip in clips)


def row(verdicts: Sequence[Verdict]) -> Row:
    """The figures of one edit's queries."""
    counted = [verdict for verdict in verdicts if not verdict.left_out]
    right = [(verdict, verdict.right) for verdict in counted if verdict.right is not None]
    strong = sum(found.recommendation == "strong" for _, found in right)
    errors = [boundary_errors(verdict.query, found) for verdict, found in right]
    covered = [coverage(verdict.query, found) for verdict, found in right]
    return Row(
        queries=len(verdicts),
        left_out=len(verdicts) - len(counted),
        found=len(right),
        strong=strong,
        recall=share(len(right), len(counted)),
        recall_strong=share(strong, len(counted)),
        false_matches=sum(len(verdict.false) for verdict in verdicts),
        errors=sum(verdict.error is not None for verdict in verdicts),
        boundary_query_s=Spread.of([error for query, _ in errors for error in query]),
        boundary_reference_s=Spread.of([error for _, reference in errors for error in reference]),
        mean_coverage=round(float(np.mean(covered)), 4) if covered else None,
    )


def peer_row(verdicts: Sequence[Verdict]) -> PeerRow:
    """The figures that do not ask where."""
    full = row(verdicts)
    return PeerRow(full.queries, full.left_out, full.found, full.recall, full.false_matches)


def share(part: int, whole: int) -> float | None:
    """None of nothing."""
    return round(part / whole, 4) if whole else None


def boundary_errors(
    query: records.Query, found: records.Found
) -> tuple[tuple[float, ...], tuple[float, ...]]:
    """(start, end) errors in seconds on the query's side and on the reference's; none without segments."""
    if not found.stretches or not query.truth:
        return (), ()
    truth = query.truth[0].stretch
    said = found.stretches
    return (
        (
            abs(min(one.query_start_s for one in said) - truth.query_start_s),
            abs(max(one.query_end_s for one in said) - truth.query_end_s),
        ),
        (
            abs(min(one.reference_start_s for one in said) - truth.reference_start_s),
            abs(max(one.reference_end_s for one in said) - truth.reference_end_s),
        ),
    )


def coverage(query: records.Query, found: records.Found) -> float:
    """Share of the true stretch, on the query's side, that the segments cover."""
    truth = query.truth[0].stretch
    covered = 0.0
    reached_s = truth.query_start_s
    for one in sorted(found.stretches, key=lambda stretch: stretch.query_start_s):
        start_s = max(one.query_start_s, reached_s)
        end_s = min(one.query_end_s, truth.query_end_s)
        covered += max(0.0, end_s - start_s)
        reached_s = max(reached_s, end_s)
    return covered / (truth.query_end_s - truth.query_start_s)
