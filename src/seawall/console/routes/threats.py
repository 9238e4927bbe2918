"""The dossier of an imminent threat to life: one page, one step from every other, that waits for nothing."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Request
from starlette.responses import Response

from seawall import errors
from seawall.api.deps import Library, needs
from seawall.console import forms, pages
from seawall.console.forms import Form, Sent
from seawall.model.access import Principal, Scope
from seawall.model.threat import Dossier, Fact, Question
from seawall.workflows.library import Seawall

router = forms.pages_for("threats")

Reviewer = Annotated[Principal, Depends(needs(Scope.REVIEW))]


@router.get("/threat")
def ask(request: Request, library: Library, _: Reviewer, item: str = "") -> Response:
    """The form. item: one under review, of which what is known is filled in."""
    return _page(request, library, _begun(library, item), {})


@router.post("/threat")
def report(request: Request, library: Library, form: Sent, _: Reviewer) -> Response:
    """Put the dossier on record."""
    try:
        made = library.threats.report(_read(form))
    except errors.BadThreat as refused:
        faults = {str(refused.fields["field"]): str(refused.fields["reason"])}
        return _page(request, library, form.values, faults, 422)
    return pages.to(f"/console/threats/{made.id}", "threats.said.reported")


@router.get("/threats/{threat}")
def show(request: Request, threat: str, library: Library, _: Reviewer) -> Response:
    """One dossier, to be printed."""
    return pages.page(request, "threat/show.html", threat=library.threats.get(threat))


def _page(
    request: Request, library: Seawall, values: dict[str, str], faults: dict[str, str], status: int = 200
) -> Response:
    texts = pages.visitor(request).texts
    parts = (f"{part}_{one}" for one in Question for part in ("said", "source"))
    names = ("authority_other", "country", "attachments", "items", "authority", *parts)
    values = {"authority": library.threats.contacts[0], **values}  # the first is chosen until another one is
    return pages.page(
        request,
        "threat/form.html",
        status,
        questions=list(Question),
        values={name: values.get(name, "") for name in names},
        faults=faults,
        authorities=[*((one, one) for one in library.threats.contacts), ("", texts.text("threats.other"))],
        newest=library.threats.newest(10),
    )


def _read(form: Form) -> Dossier:
    facts = tuple(
        Fact(one, form.text(f"said_{one}"), form.text(f"source_{one}"))
        for one in Question
        if form.text(f"said_{one}")
    )
    return Dossier(
        facts=facts,
        authority=form.text("authority_other") or form.text("authority"),
        attachments=tuple(dict.fromkeys(form.lines("attachments"))),
        country=form.text("country") or None,
        items=tuple(form.lines("items")),
    )


def _begun(library: Seawall, item_id: str) -> dict[str, str]:
    """What is known of an item; nothing of one that is not there, for that is no reason to stop."""
    try:
        item = library.cases.item(item_id)
    except errors.RecordNotFound:
        return {}
    place = item.context.url or item.context.post or ""
    attached = [one for one in (item.sha256, item.context.url) if one]
    source = f"item {item.id}"
    return {
        "said_who": item.context.uploader or "",
        "source_who": source if item.context.uploader else "",
        "said_where": place,
        "source_where": source if place else "",
        "attachments": "\n".join(attached),
        "items": item.id,
    }
