"""How we are doing: volumes, times and rates over some days, of all people together and of no one alone."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

#: Of the standard normal distribution, within which 95 % lie.
_Z: Final = 1.959963984540054


@dataclass(frozen=True, slots=True)
class Day:
    """What came in and was done on one day, in UTC."""

    day: date
    checks: int
    matches: int
    items: int  #: that were opened for review
    decisions: int


@dataclass(frozen=True, slots=True)
class Times:
    """From when an item was opened until a decision on it had effect, in seconds; None of nothing."""

    count: int
    median_s: float | None
    p90_s: float | None

    @classmethod
    def of(cls, seconds: Sequence[float]) -> Times:
        """The figures of these times. A percentile is the smallest time that so many do not exceed."""
        ordered = sorted(seconds)
        if not ordered:
            return cls(0, None, None)
        return cls(len(ordered), _rank(ordered, 0.5), _rank(ordered, 0.9))


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of how many, with the interval in which the true share lies 95 times of 100."""

    part: int
    whole: int

    @property
    def share(self) -> float | None:
        """0..1; None of nothing."""
        return self.part / self.whole if self.whole else None

    @property
    def interval(self) -> tuple[float, float] | None:
        """Least and greatest share, 0..1; None of nothing.

        Source: E. B. Wilson, Probable inference, the law of succession, and statistical inference, 1927.
        """
        share = self.share
        if share is None:
            return None
        scale = 1 + _Z**2 / self.whole
        middle = (share + _Z**2 / (2 * self.whole)) / scale
        reach = _Z / scale * math.sqrt(share * (1 - share) / self.whole + _Z**2 / (4 * self.whole**2))
        return max(0.0, middle - reach), min(1.0, middle + reach)


@dataclass(frozen=True, slots=True)
class Performance:
    """The figures of some days."""

    since: datetime
    until: datetime
    days: tuple[Day, ...]
    to_decision: Times
    second_reads: Rate  #: in which the second person did not agree
    appeals: Rate  #: that were decided otherwise than before
    unseen: Rate  #: decisions for which nobody looked at a picture or listened
    complete: bool  #: whether all decisions were counted, and not the latest only
    saved_s: float | None  #: seconds of media that nobody had to be shown; None where that is not measured


def _rank(ordered: Sequence[float], share: float) -> float:
    return ordered[max(0, math.ceil(share * len(ordered)) - 1)]
