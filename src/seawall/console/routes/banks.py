"""Banks: what is known, set by set."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import Depends, Request
from starlette.responses import Response

from seawall import errors
from seawall.api.deps import Library, Recorded, needs
from seawall.console import forms, lists, pages
from seawall.console.asked import Asked, shown
from seawall.console.forms import Sent
from seawall.model.access import Principal, Scope
from seawall.model.bank import ReferenceState
from seawall.model.content import Kind
from seawall.store.lookup import Wanted
from seawall.workflows.library import Seawall
from seawall.workflows.uploads import About

router = forms.pages_for("banks")

Reader = Annotated[Principal, Depends(needs(Scope.READ))]
Keeper = Annotated[Principal, Depends(needs(Scope.BANKS))]

#: Of which a person writes the value; what is longer comes in a file.
HASHES: Final = ("pdq", "sha256", "md5")


@router.get("/banks")
def every(request: Request, library: Library, _: Reader) -> Response:
    """All banks, and the form that makes one."""
    return _list(request, library)


@router.post("/banks")
def create(request: Request, library: Library, form: Sent, trail: Recorded, _: Keeper) -> Response:
    """Make an empty bank."""
    asked = Asked(request, form)
    name, labels = asked.words("name", most=64), asked.labels("labels")
    if not asked.faults:
        with asked.refusing({errors.BadName: "name", errors.BankExists: "name"}):
            trail.subject = name
            library.bank_create(name, negative=asked.ticked("negative"), labels=labels)
            return pages.to(f"/console/banks/{name}", "banks.said.made")
    return _list(request, library, asked)


@router.get("/banks/{name}")
def show(request: Request, name: str, library: Library, _: Reader) -> Response:
    """A bank with its references."""
    return _bank(request, library, name)


@router.post("/banks/{name}/hashes")
def add_hash(
    request: Request, name: str, library: Library, form: Sent, trail: Recorded, who: Keeper
) -> Response:
    """Add a content of which only a hash is known."""
    asked = Asked(request, form)
    about = About(
        asked.words("title", most=255),
        f"hashes by {who.name}",
        tuple(asked.labels("hash_labels")),
        asked.maybe("hash_note"),
    )
    value = asked.words("value", most=64).lower()
    kind = form.text("type")
    if not asked.faults:
        with asked.refusing({errors.BadRequest: "value"}):
            added = library.reference_add_hashes(name, [{"type": kind, "value": value}], about)
            trail.details["reference"] = added.id
            said = "banks.said.already" if added.already else "banks.said.added"
            return pages.to(f"/console/references/{added.id}", said)
    return _bank(request, library, name, asked)


@router.post("/banks/{name}/remove")
def remove(request: Request, name: str, library: Library, form: Sent, trail: Recorded, _: Keeper) -> Response:
    """Take a bank out with all its references. Its name is written out, so that nothing goes by mistake."""
    asked = Asked(request, form)
    reason = asked.words("remove_reason")
    if form.text("again") != name:
        asked.faults["again"] = pages.visitor(request).texts.text("banks.remove.not_same")
    if asked.faults:
        return _bank(request, library, name, asked)
    trail.details["reason"] = reason
    library.bank_remove(name, reason)
    return pages.to("/console/banks", "banks.said.removed")


def _list(request: Request, library: Seawall, asked: Asked | None = None) -> Response:
    return pages.page(
        request,
        "banks.html",
        422 if asked else 200,
        banks=library.banks(),
        **shown(asked),
    )


def _bank(request: Request, library: Seawall, name: str, asked: Asked | None = None) -> Response:
    wanted: dict[str, Any] = {
        "state": lists.one_of(request, "state", ReferenceState),
        "kind": lists.one_of(request, "kind", Kind),
        "label": lists.asked(request, "label"),
    }
    bank = library.bank(name)
    found = library.lookup.references(
        Wanted(bank=name, **wanted), after=lists.number(request) or 0, limit=lists.ROWS + 1
    )
    return pages.page(
        request,
        "bank.html",
        422 if asked else 200,
        bank=bank,
        part=lists.part(request, found),
        wanted=wanted,
        states=list(ReferenceState),
        kinds=list(Kind),
        hashes=HASHES,
        most_bytes=library.settings.whole("max_bytes"),
        **shown(asked),
    )
