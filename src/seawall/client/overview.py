"""Records found by text, and how we are doing."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime

from seawall.client.call import Call
from seawall.client.group import Group


@dataclass(frozen=True, slots=True)
class Hit:
    """A record that has all words that were asked for."""

    subject: str  #: reference, item, case, incident
    id: str
    name: str  #: what people know it by
    state: str
    at: datetime  #: since when it is on record
    bank: str | None  #: of a reference
    case: str | None  #: that an item is in


@dataclass(frozen=True, slots=True)
class Day:
    """What came in and was done on one day, in UTC."""

    day: date
    checks: int
    matches: int
    items: int
    decisions: int


@dataclass(frozen=True, slots=True)
class Times:
    """From when an item was opened until a decision on it had effect."""

    count: int
    median_s: float | None
    p90_s: float | None


@dataclass(frozen=True, slots=True)
class Rate:
    """How many of how many, with Wilson's interval of 95 %."""

    part: int
    whole: int
    share: float | None
    interval: tuple[float, ...] | None


@dataclass(frozen=True, slots=True)
class Performance:
    """The figures of some days, of all people together."""

    since: datetime
    until: datetime
    days: tuple[Day, ...]
    to_decision: Times
    second_reads: Rate  #: in which the second person did not agree
    appeals: Rate  #: that were decided otherwise than before
    unseen: Rate  #: decisions for which nobody looked or listened
    complete: bool  #: whether all decisions count, and not the latest only
    saved_s: float | None  #: seconds of media that nobody had to be shown


class Overview(Group):
    """What is on record, looked at from above."""

    def search(self, subject: str, words: str) -> Iterator[Hit]:
        """Records with all words, the newest first.

        Args:
            subject: what is looked for: `reference`, `item`, `case` or `incident`.
            words: each of three characters or more also finds longer ones that begin with it.
        """
        return self._listed(Hit, Call("GET", "/v1/search", query={"subject": subject, "q": words}))

    def performance(self, days: int = 30) -> Performance:
        """Volumes, times and rates of so many days, the last of which is today."""
        return self._read(Performance, Call("GET", "/v1/performance", query={"days": days}))
