"""The yearly report, and the rows behind each of its numbers."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from seawall.client.call import Call, given
from seawall.client.group import Group
from seawall.client.overview import Rate, Times


@dataclass(frozen=True, slots=True)
class Part:
    """A part of a figure."""

    id: str
    label: str
    count: int
    rows: str  #: where its rows are


@dataclass(frozen=True, slots=True)
class Month:
    """What a figure came to in a month."""

    month: int  #: counted from 1
    count: int
    rows: str


@dataclass(frozen=True, slots=True)
class Figure:
    """One number of the report."""

    id: str
    law: str  #: tco or dsa
    label: str
    source: str  #: the article that it answers
    checked: bool  #: its words were held against the primary text
    subject: str  #: what its rows are
    count: int
    rows: str  #: where its rows are
    parts: tuple[Part, ...]
    months: tuple[Month, ...]
    times: Times | None
    rate: Rate | None  #: of what was wrong


@dataclass(frozen=True, slots=True)
class Text:
    """What no log can tell, as the provider states it."""

    id: str
    law: str
    label: str
    source: str
    text: str


@dataclass(frozen=True, slots=True)
class Report:
    """The report of a year."""

    year: int
    since: datetime
    until: datetime
    zone: str
    made_at: datetime
    provider: str
    figures: tuple[Figure, ...]
    texts: tuple[Text, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """What was counted."""

    subject: str
    id: str
    decision: str | None  #: of an item: the decision that was counted
    at: datetime
    part: str | None


class Reports(Group):
    """Reports: `reports(2026)` is the one of a year."""

    def __call__(self, year: int) -> Report:
        return self._read(Report, Call("GET", "/v1/reports/{year}", {"year": year}))

    def csv(self, year: int) -> str:
        """The report as CSV."""
        return self._transport.bytes(Call("GET", "/v1/reports/{year}/csv", {"year": year})).decode()

    def html(self, year: int, *, links: bool = True) -> str:
        """The report as one page with charts. links: whether its numbers lead to their rows."""
        call = Call("GET", "/v1/reports/{year}/html", {"year": year}, query={"links": links})
        return self._transport.bytes(call).decode()

    def rows(
        self, year: int, figure: str, *, part: str | None = None, month: int | None = None
    ) -> Iterator[Row]:
        """What a figure has counted, in order. Raises RecordNotFound."""
        at = {"year": year, "figure": figure}
        return self._listed(
            Row, Call("GET", "/v1/reports/{year}/rows/{figure}", at, query=given(part=part, month=month))
        )
