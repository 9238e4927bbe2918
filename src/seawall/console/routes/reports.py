"""The yearly report: its figures with charts, and the rows that each number counts."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends, Path, Request
from starlette.responses import Response

from seawall.api.deps import Library, needs
from seawall.console import forms, lists, pages
from seawall.console.catalogue import Catalogue
from seawall.model.access import Principal, Scope
from seawall.model.yearly import FIRST_YEAR, LAST_YEAR, Counted, Figure, Law, Row, Said, Subject
from seawall.model.yearly_figures import MEMBER_STATES, WORDING
from seawall.reports import charts, yearly

router = forms.pages_for("reports")

Reading = Annotated[Principal, Depends(needs(Scope.READ))]
Year = Annotated[int, Path(ge=FIRST_YEAR, le=LAST_YEAR)]

_MONTHS: Final = 12
_OURS: Final = {
    **{one.id: one.label for one in WORDING.figures},
    **{one.id: one.label for one in WORDING.texts},
}


@router.get("/reports")
def show(request: Request, library: Library, _: Reading) -> Response:
    """The report of a year; without one, of the year that it is."""
    said = lists.asked(request, "year") or ""
    this = library.yearly.this_year
    year = int(said) if said.isascii() and said.isdigit() and FIRST_YEAR <= int(said) <= LAST_YEAR else this
    texts = pages.visitor(request).texts
    made = library.yearly.report(year)
    return pages.page(
        request,
        "reports.html",
        report=made,
        laws=tuple(Law),
        earlier=year - 1 if year > FIRST_YEAR else None,
        later=year + 1 if year < this else None,
        link=yearly.rows_at(f"/console/reports/{year}"),
        labelled=lambda one: _label(texts, one),
        part_name=lambda part: _part(texts, part),
        bars=lambda one: charts.bars(one.months, texts.direction),
        chart=pages.chart(texts),
        span=lambda seconds: _span(texts, seconds),
        percent=texts.fine_share,
        divided=_divided,
        months_below=[texts.text(f"reports.by_month.m{number}") for number in range(1, _MONTHS + 1)],
    )


@router.get("/reports/{year}/{figure}")
def rows(request: Request, year: Year, figure: str, library: Library, _: Reading) -> Response:
    """What a figure has counted."""
    texts = pages.visitor(request).texts
    part, said = lists.asked(request, "part"), lists.asked(request, "month") or ""
    month = int(said) if said in {str(one) for one in range(1, _MONTHS + 1)} else None
    skip = lists.number(request) or 0
    found = library.yearly.rows(year, figure, part=part, month=month, skip=skip, limit=lists.ROWS + 1)
    return pages.page(
        request,
        "report_rows.html",
        year=year,
        figure=library.yearly.wording.figure(figure),
        part_wanted=part,
        month=month,
        part=lists.part(request, list(enumerate(found, start=skip + 1))),
        labelled=lambda one: _label(texts, one),
        part_name=lambda one: _part(texts, one),
        address=_address,
    )


def _span(texts: Catalogue, seconds: float) -> str:
    """A time in the largest unit that it fills."""
    for unit, length in (("days", 86_400.0), ("hours", 3600.0)):
        if seconds >= length:
            return texts.text(f"reports.{unit}", n=round(seconds / length, 1))
    return texts.text("reports.minutes", n=round(seconds / 60, 1))


def _label(texts: Catalogue, one: Figure | Said) -> str:
    """A label of one's own stands as it is, whatever the language."""
    return texts.text(f"reports.label.{one.id}") if one.label == _OURS[one.id] else one.label


def _part(texts: Catalogue, part: str) -> str:
    return part if part in MEMBER_STATES else texts.text(f"reports.part.{part}")


def _divided(one: Counted) -> list[tuple[str, int]]:
    return [(part, count) for part, count in one.parts if count]


def _address(one: Row) -> str:
    """Where what was counted can be looked at; empty where it has no page."""
    if one.subject is Subject.NOTICE:
        return f"/console/inbox/{one.id}"
    if one.subject is Subject.THREAT:
        return f"/console/threats/{one.id}"
    decided = one.id if one.subject is Subject.DECISION else one.decision
    return "" if decided is None else f"/console/decisions/{decided}"
