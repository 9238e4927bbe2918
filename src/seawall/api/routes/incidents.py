"""Incidents: opened from reports, and shown as they may leave the record."""

from __future__ import annotations

from datetime import date
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response, status
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from seawall.api import forms
from seawall.api.deps import Library, Recorded, needs
from seawall.api.fields import Text
from seawall.api.paging import Page, Paged
from seawall.api.receiving import File, received
from seawall.model import incident
from seawall.model.access import Scope
from seawall.model.claim import Facet, Status
from seawall.model.incident import Credibility, IncidentStatus, Ledger, Reliability
from seawall.reports import compare as comparing, record, sentences
from seawall.reports.view import View
from seawall.workflows import incidents
from seawall.workflows.library import Seawall

router = APIRouter(prefix="/v1/incidents", tags=["incidents"])

_READ: list[Any] = [Depends(needs(Scope.READ))]
_INCIDENTS: list[Any] = [Depends(needs(Scope.INCIDENTS))]

IncidentId = Annotated[str, Path(min_length=1, max_length=64, examples=["5f0c6f9e2b7a4d1c8e3f5a6b7c8d9e0f"])]


class Summary(BaseModel):
    """An incident in a list."""

    incident: str
    title: Annotated[str, Field(examples=["Incident reported by The Outlet on 2026-03-01"])]
    status: IncidentStatus
    documents: Annotated[int, Field(description="How many reports.", examples=[2])]
    claims: Annotated[int, Field(examples=[41])]


class Report(BaseModel):
    """What is known of a report."""

    published: Annotated[date | None, Field(examples=["2026-03-01"])] = None
    outlet: Annotated[str | None, Field(max_length=500, examples=["The Outlet"])] = None
    author: Annotated[str | None, Field(max_length=500)] = None
    reliability: Annotated[Reliability, Field(description="Of the source, A to F.")] = Reliability.F
    credibility: Annotated[int, Field(ge=1, le=6, description="Of what it says, 1 to 6.")] = 6
    origin: Annotated[str | None, Field(max_length=500, description="Whom it rests on.")] = None

    def about(self, sent: File) -> incidents.About:
        """As it is recorded."""
        return incidents.About(
            published=self.published,
            outlet=self.outlet,
            author=self.author,
            reliability=self.reliability,
            credibility=Credibility(self.credibility),
            origin=self.origin,
            name=sent.name,
        )


class First(Report):
    """What is known of a report that opens an incident."""

    title: Annotated[str | None, Field(max_length=500, description="Neutral; null: by outlet and day.")] = (
        None
    )


class Further(Report):
    """What is known of a report that joins an incident."""

    reason: Annotated[Text, Field(description="Why; it stays on record.")] = "added"


class Incident(BaseModel):
    """An incident's record, as `seawall incident show --json` prints it."""

    model_config = {"extra": "allow"}

    schema_: Annotated[Literal["seawall.incident/1"], Field(alias="schema")]
    incident: str
    title: str
    status: IncidentStatus
    documents: list[dict[str, Any]]
    claims: list[dict[str, Any]]


class Claims(BaseModel):
    """Claims as they stand, each with the sentence that may be printed."""

    model_config = {"extra": "allow"}

    schema_: Annotated[Literal["seawall.claims/1"], Field(alias="schema")]
    incident: str
    claims: list[dict[str, Any]]


class Comparison(BaseModel):
    """An incident's reports, facet by facet."""

    model_config = {"extra": "allow"}


def shown(ledger: Ledger, code: int = status.HTTP_200_OK) -> Response:
    """A record as it may leave: with protected names masked."""
    return JSONResponse(record.incident(View.of(ledger)), code)


def claims_of(ledger: Ledger, chosen: list[incident.Revision[incident.Claim]]) -> Response:
    """Claims of a record, each with its sentence."""
    view = View.of(ledger)
    listed = [{**record.claim(view, one), "sentence": sentences.claim(view, one)} for one in chosen]
    return JSONResponse({"schema": "seawall.claims/1", "incident": ledger.id, "claims": listed})


@router.get("", dependencies=_READ, summary="List incidents")
def list_(library: Library, paging: Paged) -> Page[Summary]:
    """All incidents, the oldest first."""
    after = paging.number()
    found = list(enumerate(library.incidents.every(), 1))[after : after + paging.limit + 1]
    return paging.page(found, _summary)


def _summary(one: incident.Summary) -> Summary:
    return Summary(
        incident=one.id, title=one.title, status=one.status, documents=one.documents, claims=one.claims
    )


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    dependencies=_INCIDENTS,
    summary="Open an incident",
    response_model=Incident,
    openapi_extra=forms.described(form=First),
)
async def open_(request: Request, library: Library, trail: Recorded) -> Response:
    """Open an incident from a report. All that is read in it is proposed, nothing decided."""
    async with received(request, limit_bytes=library.settings.whole("max_report_bytes")) as form:
        sent, given = form.one(), forms.of_form(form, First)
        opened = await forms.working_on(request, sent, _open, library, sent, given)
    trail.subject = opened.id
    return shown(opened, status.HTTP_201_CREATED)


def _open(library: Seawall, sent: File, given: First) -> Ledger:
    return library.incidents.open(sent.path, given.about(sent), given.title)


@router.get("/{incident}", dependencies=_READ, summary="Show an incident", response_model=Incident)
def show(incident: IncidentId, library: Library) -> Response:
    """The record, with protected names masked."""
    return shown(library.incidents.ledger(incident))


@router.post(
    "/{incident}/reports",
    status_code=status.HTTP_201_CREATED,
    dependencies=_INCIDENTS,
    summary="Add a report to an incident",
    response_model=Incident,
    openapi_extra=forms.described(form=Further),
)
async def add_report(incident: IncidentId, request: Request, library: Library, trail: Recorded) -> Response:
    """Add a report. What it says stands beside what the others say."""
    async with received(request, limit_bytes=library.settings.whole("max_report_bytes")) as form:
        sent, given = form.one(), forms.of_form(form, Further)
        about = given.about(sent)
        ledger = await forms.working_on(
            request, sent, library.incidents.add_report, incident, sent.path, about, given.reason
        )
    trail.details["document"] = ledger.documents[-1].sha256
    return shown(ledger, status.HTTP_201_CREATED)


@router.get("/{incident}/claims", dependencies=_READ, summary="List claims", response_model=Claims)
def claims(
    incident: IncidentId,
    library: Library,
    claim_status: Annotated[Status | None, Query(alias="status", description="Only in this status.")] = None,
    facet: Annotated[Facet | None, Query(description="Only on this facet.")] = None,
    group: Annotated[str | None, Query(description="Only of this group.")] = None,
) -> Response:
    """The claims as they stand, each with its sentence, which says who says so and how surely."""
    found = library.incidents.claims(incident, status=claim_status, facet=facet, group=group)
    return claims_of(library.incidents.ledger(incident), found)


@router.get(
    "/{incident}/comparison", dependencies=_READ, summary="Compare reports", response_model=Comparison
)
def comparison(incident: IncidentId, library: Library) -> Response:
    """An incident's reports, facet by facet: agreement, contradiction, who depends on whom."""
    view = library.incidents.view(incident)
    return JSONResponse(comparing.as_record(view, comparing.compare(view)))


@router.post(
    "/{incident}/media/{medium}/watch",
    dependencies=_INCIDENTS,
    summary="Ask the banks about a medium",
    response_model=Incident,
    openapi_extra=forms.described(form=forms.Nothing),
)
async def watch(
    incident: IncidentId,
    medium: Annotated[str, Path(description="A medium that a report mentions.", examples=["m1"])],
    request: Request,
    library: Library,
    trail: Recorded,
) -> Response:
    """Ask the banks about a file of a medium that a report mentions. Only a match links the two."""
    async with received(request, limit_bytes=library.settings.whole("max_sync_bytes")) as form:
        sent = form.one()
        forms.of_form(form, forms.Nothing)
        links = await forms.working_on(request, sent, library.incidents.watch, incident, medium, sent.path)
    trail.details["links"] = len(links)
    return shown(await forms.working(request, library.incidents.ledger, incident))
