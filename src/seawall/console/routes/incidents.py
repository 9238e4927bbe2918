"""Incidents: what reports claim and who says so, how footage of them spreads, and what people decide."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Depends, Query, Request
from starlette.responses import Response

from seawall import errors
from seawall.api.deps import Library, Recorded, needs
from seawall.api.routes.incidents import IncidentId
from seawall.console import clocks, forms, incident_view, pages
from seawall.console.forms import Sent
from seawall.model.access import Principal, Scope
from seawall.model.claim import Status
from seawall.model.clock import AboutKind
from seawall.model.incident import IncidentStatus, PlaceChoice, Summary
from seawall.reports import page as record
from seawall.reports.view import View
from seawall.workflows.library import Seawall

router = forms.pages_for("incidents")

_PATH: Final = "/console/incidents"
_PAGE: Final = 50
_DECISIONS: Final = {
    "confirm": Status.CONFIRMED,
    "reject": Status.REJECTED,
    "dispute": Status.DISPUTED,
    "withdraw": Status.WITHDRAWN,
}

Reading = Annotated[Principal, Depends(needs(Scope.READ))]
Changing = Annotated[Principal, Depends(needs(Scope.INCIDENTS))]
Place = Annotated[int, Query(ge=1, le=1_000_000_000)]


@router.get("/incidents")
def list_(
    request: Request, shared: Library, _: Reading, at: Place = 1, status: str = "", title: str = ""
) -> Response:
    """All incidents, the latest first, and the form that opens one."""
    found = [one for one in reversed(shared.incidents.every()) if _fits(one, status, title)]
    shown = found[at - 1 : at - 1 + _PAGE]
    more = at + _PAGE if at - 1 + _PAGE < len(found) else None
    return pages.page(
        request,
        "incidents.html",
        shown=shown,
        total=len(found),
        at=at,
        more=more,
        wanted=status,
        title=title,
        statuses=list(IncidentStatus),
    )


def _fits(one: Summary, status: str, title: str) -> bool:
    return (not status or one.status == status) and title.strip().casefold() in one.title.casefold()


@router.get("/incidents/record.css")
def sheet() -> Response:
    """The style of what the record's own page shows, so that there is one."""
    return Response(record.sheet("record.css"), media_type="text/css")


@router.get("/incidents/{incident}")
def show(request: Request, incident: IncidentId, shared: Library, _: Reading) -> Response:
    """All of an incident. What takes long is asked for by the page itself."""
    return _shown(request, shared, incident)


def _shown(
    request: Request,
    shared: Seawall,
    incident: str,
    code: int = 200,
    *,
    refused: errors.SeawallError | None = None,
    form: forms.Form | None = None,
) -> Response:
    """The page, again where a form on it was refused: with what was written in it."""
    view, picture = shared.incidents.view(incident), shared.copies.of(incident)
    given = {} if form is None else form.values
    ticked = frozenset(form.texts("claim")) if form is not None else frozenset()
    may_change = Scope.INCIDENTS in pages.visitor(request).scopes
    return _page(
        request,
        "incident.html",
        view,
        code,
        refused=refused,
        given=given,
        claims=incident_view.claims(view, ticked=ticked if may_change else None),
        lists=incident_view.lists(view),
        texts=incident_view.texts(view),
        page=incident_view.copies(shared, incident, picture, 1, incident_view.FIRST_COPIES),
        states=shared.copies.states(incident),
        references=shared.copies.references(incident, limit=incident_view.MOST_REFERENCES),
        people=incident_view.people(shared, view.ledger),
        clocks=clocks.concerning(shared, request, AboutKind.INCIDENT, incident),
        choices=_choices(view),
        statuses=list(IncidentStatus),
        decisions=list(_DECISIONS),
        **incident_view.chart(shared, picture),
    )


def _choices(view: View) -> list[dict[str, Any]]:
    """Mentions of places that have candidates, each with what was chosen."""
    chosen = {one.state.place: one.state.candidate for one in view.ledger.latest(PlaceChoice)}
    return [
        {
            "place": place,
            "words": view.words(document.sha256, place.span),
            "candidates": [
                (number, view.text(one.name), one.country) for number, one in enumerate(place.candidates, 1)
            ],
            "chosen": _number(place.candidates, chosen.get(place.id)) if place.id in chosen else "",
        }
        for document in view.ledger.documents
        for place in document.reading.places
        if place.candidates
    ]


def _number(candidates: tuple[object, ...], chosen: object) -> str:
    return str(candidates.index(chosen) + 1) if chosen in candidates else "none"


@router.get("/incidents/{incident}/copies")
def copies(
    request: Request, incident: IncidentId, shared: Library, _: Reading, at: Place = 1, of: int | None = None
) -> Response:
    """The copies in the order in which they were first seen. of: begin with this one."""
    view, picture = shared.incidents.view(incident), shared.copies.of(incident)
    if of is not None:
        at = incident_view.first_of(picture.known.copies, of)
    return _page(
        request,
        "incident_copies.html",
        view,
        page=incident_view.copies(shared, incident, picture, at, incident_view.COPIES),
    )


@router.get("/incidents/{incident}/family")
def family(
    request: Request,
    incident: IncidentId,
    shared: Library,
    _: Reading,
    at: Place = 1,
    below: int | None = None,
) -> Response:
    """Which copy could have been cut from which, family by family. below: only what is below this copy."""
    view, picture = shared.incidents.view(incident), shared.copies.with_family(incident)
    return _part(request, "family", view, **incident_view.kindred(picture, at, below), folded=True)


@router.get("/incidents/{incident}/map")
def map_(request: Request, incident: IncidentId, shared: Library, _: Reading) -> Response:
    """The places of an incident on a map that needs nothing but this server."""
    view = shared.incidents.view(incident)
    return _part(request, "map", view, **_mapped(shared, view))


def _mapped(shared: Seawall, view: View) -> dict[str, object]:
    try:
        return {"atlas": shared.maps.of(view), "missing": None}
    except errors.ExtraMissing as missing:
        return {"atlas": None, "missing": missing}


@router.get("/incidents/{incident}/print")
def print_(request: Request, incident: IncidentId, shared: Library, _: Reading) -> Response:
    """All of an incident on paper, but for who works on it."""
    view, picture = shared.incidents.view(incident), shared.copies.of(incident)
    return _page(
        request,
        "incident_print.html",
        view,
        heading="h3",
        claims=incident_view.claims(view, ticked=None),
        lists=incident_view.lists(view),
        page=incident_view.copies(shared, incident, picture, 1, incident_view.FIRST_COPIES),
        states=shared.copies.states(incident),
        references=shared.copies.references(incident, limit=incident_view.MOST_REFERENCES),
        clocks=clocks.concerning(shared, request, AboutKind.INCIDENT, incident),
        folded=False,
        **incident_view.kindred(shared.copies.with_family(incident), 1, None),
        **_mapped(shared, view),
        **incident_view.chart(shared, picture),
    )


@router.post("/incidents/{incident}/claims")
def decide(
    request: Request, incident: IncidentId, form: Sent, shared: Library, trail: Recorded, _: Changing
) -> Response:
    """Confirm, reject, dispute or withdraw claims."""
    decision, chosen = form.text("decision"), form.texts("claim")
    try:
        if decision not in _DECISIONS or not chosen:
            raise errors.BadRequest(reason="choose at least one claim, and what is decided on it")
        shared.incidents.set_status(incident, chosen, _DECISIONS[decision], form.text("reason"))
    except (errors.UsageError, errors.BadRequest) as refused:
        return _shown(request, shared, incident, refused.http_status, refused=refused, form=form)
    trail.details.update(decision=decision, claims=chosen)
    return pages.to(f"{_PATH}/{incident}", "incidents.said.decided")


@router.post("/incidents/{incident}/describe")
def describe(
    request: Request, incident: IncidentId, form: Sent, shared: Library, trail: Recorded, _: Changing
) -> Response:
    """Give an incident another title or status."""
    try:
        status = IncidentStatus(form.text("status")) if form.text("status") else None
        title = form.text("title")[:500] or None
        shared.incidents.describe(incident, title=title, status=status, reason=form.text("reason"))
    except ValueError:
        raise errors.BadRequest(reason="there is no such status") from None
    except errors.UsageError as refused:
        return _shown(request, shared, incident, refused.http_status, refused=refused, form=form)
    trail.details.update(status=status)
    return pages.to(f"{_PATH}/{incident}", "incidents.said.described")


@router.post("/incidents/{incident}/protect")
def protect(request: Request, incident: IncidentId, form: Sent, shared: Library, _: Changing) -> Response:
    """Mask a name in all that leaves the record."""
    try:
        shared.incidents.protect(incident, form.text("name"), form.text("reason"))
    except errors.UsageError as refused:
        return _shown(request, shared, incident, refused.http_status, refused=refused, form=None)
    return pages.to(f"{_PATH}/{incident}", "incidents.said.protected")


@router.post("/incidents/{incident}/places")
def choose(
    request: Request, incident: IncidentId, form: Sent, shared: Library, trail: Recorded, _: Changing
) -> Response:
    """Say which candidate of a place is meant."""
    chosen = form.text("candidate")
    try:
        number = None if chosen == "none" else int(chosen)
        shared.incidents.choose_place(incident, form.text("place"), number, form.text("reason"))
    except ValueError:
        raise errors.BadRequest(reason="choose one of the candidates, or none of them") from None
    except errors.UsageError as refused:
        return _shown(request, shared, incident, refused.http_status, refused=refused, form=form)
    trail.details.update(place=form.text("place"))
    return pages.to(f"{_PATH}/{incident}", "incidents.said.chosen")


def _part(request: Request, name: str, view: View, **context: object) -> Response:
    """A part of a page to a script that asks for it, else a page of its own."""
    if request.headers.get("x-seawall-part") == "1":
        return _page(request, f"incident/{name}.html", view, heading="h3", **context)
    return _page(request, f"incident_{name}.html", view, heading="h2", **context)


def _page(request: Request, template: str, view: View, code: int = 200, /, **context: object) -> Response:
    words = incident_view.words(pages.visitor(request).texts)
    return pages.page(request, template, code, view=view, incident=view.ledger.id, **words, **context)
