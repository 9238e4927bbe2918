"""Exchanges: lists that others keep, and what came of following them."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends, Request
from starlette.responses import Response

from seawall import errors
from seawall.api.deps import Library, Recorded, needs
from seawall.console import forms, lists, pages
from seawall.console.asked import Asked, shown
from seawall.console.forms import Sent
from seawall.exchange import sources
from seawall.exchange.adapter import Source
from seawall.model.access import Principal, Scope
from seawall.workflows.library import Seawall

router = forms.pages_for("exchanges")

Who = Annotated[Principal, Depends(needs(Scope.EXCHANGES))]

_RUNS: Final = 20
_LONGEST: Final = 4000
_MIN_MINUTES: Final = 1.0
_MAX_MINUTES: Final = 30 * 1440.0


@router.get("/exchanges")
def list_(request: Request, library: Library, _: Who) -> Response:
    """All exchanges, and the kinds that there are."""
    known = sources.SOURCES.values()
    return pages.page(request, "exchanges.html", exchanges=library.exchanges.every(), sources=known)


@router.get("/exchanges/new/{adapter}")
def ask(request: Request, adapter: str, library: Library, _: Who) -> Response:
    """The form for an exchange of one kind."""
    return _form(request, library, sources.source(adapter))


@router.post("/exchanges/new/{adapter}")
def add(request: Request, adapter: str, library: Library, form: Sent, trail: Recorded, _: Who) -> Response:
    """Follow a list into a bank. What is secret is sealed before it is kept."""
    source, asked = sources.source(adapter), Asked(request, form)
    name, bank = asked.words("name", most=64), asked.words("bank", most=64)
    minutes = asked.number("minutes", _MIN_MINUTES, _MAX_MINUTES) or 60.0
    told = _told(source, asked, whole=True)
    if not asked.faults:
        beside: dict[type[errors.SeawallError], str] = {
            errors.BadName: "name",
            errors.ExchangeExists: "name",
            errors.BankNotFound: "bank",
            errors.BadExchange: "told",
            errors.UnsafeUrl: "told",
        }
        with asked.refusing(beside):
            trail.subject = name
            library.exchanges.add(name, source.name, bank, told, every_s=60 * minutes)
            return pages.to(f"/console/exchanges/{name}", "exchanges.said.added")
    return _form(request, library, source, asked)


@router.get("/exchanges/{name}")
def show(request: Request, name: str, library: Library, _: Who) -> Response:
    """One exchange with its runs."""
    return _one(request, library, name)


@router.post("/exchanges/{name}/fetch")
def fetch(name: str, library: Library, _: Who) -> Response:
    """Fetch it now."""
    library.exchanges.fetch_later(name)
    return pages.to(f"/console/exchanges/{name}", "exchanges.said.fetching")


@router.post("/exchanges/{name}/switch")
def switch(name: str, library: Library, form: Sent, _: Who) -> Response:
    """On or off."""
    enabled = form.text("enabled") == "1"
    library.exchanges.change(name, enabled=enabled)
    return pages.to(f"/console/exchanges/{name}", "exchanges.said.on" if enabled else "exchanges.said.off")


@router.post("/exchanges/{name}/change")
def change(request: Request, name: str, library: Library, form: Sent, _: Who) -> Response:
    """How often it is fetched, its credentials, or from where on."""
    asked = Asked(request, form)
    source = sources.source(library.exchanges.get(name).adapter)
    minutes = asked.number("minutes", _MIN_MINUTES, _MAX_MINUTES)
    secret = {one.name for one in source.fields if one.secret}
    told = {field: value for field, value in _told(source, asked).items() if field in secret}
    if not asked.faults:
        with asked.refusing({errors.BadExchange: "told"}):
            library.exchanges.change(
                name,
                every_s=None if minutes is None else 60 * minutes,
                credentials=told or None,
                from_start=asked.ticked("from_start"),
            )
            return pages.to(f"/console/exchanges/{name}", "exchanges.said.changed")
    return _one(request, library, name, asked)


@router.post("/exchanges/{name}/remove")
def remove(name: str, library: Library, _: Who) -> Response:
    """Follow it no longer; what it brought stays."""
    library.exchanges.remove(name)
    return pages.to("/console/exchanges", "exchanges.said.removed")


def _told(source: Source, asked: Asked, *, whole: bool = False) -> dict[str, str]:
    """What the form says of a source's fields, each under `told-` and its name."""
    told = {}
    for one in source.fields:
        name = f"told-{one.name}"
        said = (
            asked.words(name, most=_LONGEST) if whole and one.required else asked.maybe(name, most=_LONGEST)
        )
        if said:
            told[one.name] = said
    return told


def _form(request: Request, library: Seawall, source: Source, asked: Asked | None = None) -> Response:
    said = shown(asked)
    for one in source.fields:
        if one.secret:  # it is written anew: no page has it
            said["values"].pop(f"told-{one.name}", None)
    return pages.page(
        request,
        "exchange_form.html",
        422 if asked else 200,
        source=source,
        banks=library.banks(),
        **said,
    )


def _one(request: Request, library: Seawall, name: str, asked: Asked | None = None) -> Response:
    known = library.exchanges.get(name)
    runs = library.exchanges.runs(name, below=lists.number(request), limit=_RUNS + 1)
    return pages.page(
        request,
        "exchange.html",
        422 if asked else 200,
        exchange=known,
        source=sources.source(known.adapter),
        part=lists.part(request, [(one.number, one) for one in runs], _RUNS),
        **shown(asked),
    )
