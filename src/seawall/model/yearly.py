"""The yearly report: a number a figure, how it is divided, and the rows that it counts.

Which figures there are stands in `yearly_figures`.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, tzinfo
from enum import StrEnum
from typing import Final

from seawall import errors
from seawall.model.performance import Rate, Times

FIRST_YEAR: Final = 2000
LAST_YEAR: Final = 2999
_MONTHS: Final = 12


class Law(StrEnum):
    """Which report a figure belongs to."""

    TCO = "tco"
    DSA = "dsa"


class Subject(StrEnum):
    """What a row of a figure is."""

    NOTICE = "notice"  #: a notice, order or complaint
    ITEM = "item"  #: with the decision on it
    DECISION = "decision"
    PRESERVATION = "preservation"
    STATEMENT = "statement"
    SUBMISSION = "submission"
    THREAT = "threat"


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the report, and how it is divided."""

    id: str
    law: Law
    label: str
    source: str
    subject: Subject
    parts: tuple[tuple[str, str], ...] = ()  #: id and label of each; each row is in one. None: undivided
    timed: bool = False  #: how long it took is told too
    wrong: str | None = None  #: the part that counts as wrong, of which the rate is told
    checked: bool = False  #: its words were held against the primary text


@dataclass(frozen=True, slots=True)
class Said:
    """A text of the report that no log can tell."""

    id: str
    law: Law
    label: str
    source: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Span:
    """The time that a report is of, and the beginnings of its months."""

    since: datetime
    until: datetime  #: no more in it
    months: tuple[datetime, ...]

    def month(self, number: int) -> tuple[datetime, datetime]:
        """Beginning and end of a month, counted from 1. Raises BadRequest."""
        if not 1 <= number <= len(self.months):
            raise errors.BadRequest(reason=f"the report has months 1 to {len(self.months)}")
        return self.months[number - 1], (*self.months, self.until)[number]


@dataclass(frozen=True, slots=True)
class Counted:
    """What a figure came to."""

    figure: Figure
    count: int
    parts: tuple[tuple[str, int], ...]  #: those of the figure, in its order
    months: tuple[int, ...]
    times: Times | None
    rate: Rate | None


@dataclass(frozen=True, slots=True)
class Row:
    """What was counted: ids and times, and nothing of a person."""

    subject: Subject
    id: str
    decision: str | None  #: of an item: the one that was counted
    at: datetime
    part: str | None


@dataclass(frozen=True, slots=True)
class Report:
    """The report of a year."""

    year: int
    span: Span
    zone: str
    made_at: datetime  #: what was done later does not count
    provider: str
    texts: tuple[Said, ...]
    figures: tuple[Counted, ...]


@dataclass(frozen=True, slots=True)
class Wording:
    """Figures and texts, as they are said."""

    figures: tuple[Figure, ...]
    texts: tuple[Said, ...]

    def figure(self, figure_id: str) -> Figure:
        """Raises RecordNotFound."""
        found = next((one for one in self.figures if one.id == figure_id), None)
        if found is None:
            raise errors.RecordNotFound(kind="figure", id=figure_id)
        return found


def year(number: int, where: tzinfo) -> Span:
    """A calendar year in a zone. Raises BadRequest for one that no calendar here has."""
    if not FIRST_YEAR <= number <= LAST_YEAR:
        raise errors.BadRequest(reason=f"a year is {FIRST_YEAR} to {LAST_YEAR}")
    months = tuple(
        datetime(number, month, 1, tzinfo=where).astimezone(UTC) for month in range(1, _MONTHS + 1)
    )
    return Span(months[0], datetime(number + 1, 1, 1, tzinfo=where).astimezone(UTC), months)
