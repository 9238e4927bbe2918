"""The yearly report, and the rows behind each of its numbers."""

from __future__ import annotations

import datetime as dt
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response
from fastapi.responses import HTMLResponse
from pydantic import BaseModel, Field

from seawall.api.deps import Library, needs
from seawall.api.paging import Page, Paged
from seawall.model.access import Scope
from seawall.model.yearly import FIRST_YEAR, LAST_YEAR, Law, Subject
from seawall.reports import yearly

router = APIRouter(prefix="/v1/reports", tags=["reports"])

_READ: list[Any] = [Depends(needs(Scope.READ))]
Year = Annotated[int, Path(ge=FIRST_YEAR, le=LAST_YEAR, description="Of the calendar.", examples=[2026])]


class Part(BaseModel):
    """A part of a figure."""

    id: Annotated[str, Field(examples=["kept"])]
    label: str
    count: int
    rows: Annotated[str, Field(description="Where its rows are.")]


class Month(BaseModel):
    """What a figure came to in a month."""

    month: Annotated[int, Field(description="Counted from 1.")]
    count: int
    rows: str


class Times(BaseModel):
    """How long it took, from receipt."""

    count: Annotated[int, Field(description="Of how many it is known.")]
    median_s: float | None
    p90_s: Annotated[float | None, Field(description="What nine of ten do not exceed.")]


class Rate(BaseModel):
    """How many were wrong, with Wilson's interval of 95 %."""

    part: int
    whole: int
    share: Annotated[float | None, Field(description="Null, as the interval, of nothing.")]
    interval: Annotated[tuple[float, float] | None, Field(examples=[[0.01, 0.11]])]


class Figure(BaseModel):
    """One number of the report."""

    id: Annotated[str, Field(examples=["tco_orders"])]
    law: Law
    label: str
    source: Annotated[str, Field(description="The article that it answers.")]
    checked: Annotated[bool, Field(description="Its words were held against the primary text.")]
    subject: Annotated[Subject, Field(description="What its rows are.")]
    count: int
    rows: Annotated[
        str, Field(description="Where its rows are.", examples=["/v1/reports/2026/rows/tco_orders"])
    ]
    parts: Annotated[list[Part], Field(description="Each row is in one of them; none: it is not divided.")]
    months: list[Month]
    times: Times | None
    rate: Rate | None


class Text(BaseModel):
    """What no log can tell, as the provider states it."""

    id: str
    law: Law
    label: str
    source: str
    text: Annotated[str, Field(description="Empty: nothing is stated.")]


class Report(BaseModel):
    """The report of a year."""

    schema_: Annotated[str, Field(alias="schema", examples=[yearly.SCHEMA])]
    year: int
    since: dt.datetime
    until: dt.datetime
    zone: Annotated[str, Field(description="In which the year begins and ends.")]
    made_at: Annotated[dt.datetime, Field(description="What was done later does not count.")]
    provider: str
    figures: list[Figure]
    texts: list[Text]


class Row(BaseModel):
    """What was counted: ids and times, and nothing of a person."""

    subject: Subject
    id: str
    decision: Annotated[str | None, Field(description="Of an item: the decision that was counted.")]
    at: Annotated[dt.datetime, Field(description="By which it is in the year.")]
    part: str | None


@router.get("/{year}", dependencies=_READ, summary="Report on a year")
def show(year: Year, library: Library) -> Report:
    """The figures of Regulation (EU) 2021/784, Article 7(3), and Regulation (EU) 2022/2065, Article 15."""
    return Report.model_validate(yearly.record(library.yearly.report(year), _links(year)))


@router.get(
    "/{year}/csv",
    dependencies=_READ,
    summary="Report on a year as CSV",
    response_class=Response,
    responses={200: {"content": {"text/csv": {}}, "description": "A line a figure, and one a part of it."}},
)
def csv(year: Year, library: Library) -> Response:
    """The same figures as a table."""
    text = yearly.table(library.yearly.report(year))
    named = {"Content-Disposition": f'attachment; filename="report-{year}.csv"'}
    return Response(text, media_type="text/csv; charset=utf-8", headers=named)


@router.get(
    "/{year}/html",
    dependencies=_READ,
    summary="Report on a year as a page",
    response_class=HTMLResponse,
    responses={200: {"description": "One page with charts that needs nothing else."}},
)
def html(
    year: Year,
    library: Library,
    links: Annotated[bool, Query(description="Whether numbers lead to their rows; to publish: no.")] = True,  # noqa: FBT002
) -> HTMLResponse:
    """The same figures as a page to publish or to print."""
    link = _links(year) if links else None
    return HTMLResponse(
        yearly.page(library.yearly.report(year), link), headers={"Content-Security-Policy": yearly.POLICY}
    )


@router.get("/{year}/rows/{figure}", dependencies=_READ, summary="List what a figure has counted")
def rows(
    year: Year,
    figure: Annotated[str, Path(max_length=64, examples=["tco_orders"])],
    library: Library,
    paging: Paged,
    *,
    part: Annotated[str | None, Query(max_length=64, description="Only of this part.")] = None,
    month: Annotated[int | None, Query(ge=1, le=12, description="Only of this month.")] = None,
) -> Page[Row]:
    """In the order of their being put on record. There are as many as the figure says."""
    skip = paging.number()
    found = library.yearly.rows(year, figure, part=part, month=month, skip=skip, limit=paging.limit + 1)
    numbered = list(enumerate(found, start=skip + 1))
    return paging.page(numbered, lambda one: Row.model_validate(yearly.row(one)))


def _links(year: int) -> yearly.Link:
    return yearly.rows_at(f"/v1/reports/{year}/rows")
