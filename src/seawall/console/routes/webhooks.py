"""Webhooks: who is told of events, and what was sent to them."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends, Request
from starlette.responses import Response

from seawall import errors
from seawall.api.deps import Library, Recorded, needs
from seawall.console import forms, lists, pages
from seawall.console.asked import Asked, shown
from seawall.console.forms import Sent
from seawall.model.access import Principal, Scope
from seawall.model.event import EventType
from seawall.workflows import webhooks
from seawall.workflows.library import Seawall

router = forms.pages_for("webhooks")

Who = Annotated[Principal, Depends(needs(Scope.POLICIES))]

_LONGEST: Final = 2048
#: What one may ask to be told of: the event of a test is sent without.
_TYPES: Final = [one for one in EventType if one is not EventType.WEBHOOK_TEST]
_REFUSALS: Final[dict[type[errors.SeawallError], str]] = {errors.UnsafeUrl: "url", errors.BadRequest: "types"}


@router.get("/webhooks")
def every(request: Request, library: Library, _: Who) -> Response:
    """All webhooks, and the form that makes one."""
    return _list(request, library)


@router.post("/webhooks")
def create(request: Request, library: Library, form: Sent, trail: Recorded, who: Who) -> Response:
    """Have an address told of events. The secret is on the page that answers, and on no other."""
    asked = Asked(request, form)
    url, types = asked.words("url", most=_LONGEST), asked.some_of("types", EventType)
    if not asked.faults:
        with asked.refusing(_REFUSALS):
            made = webhooks.create(library, url, types, who.name)
            trail.subject = made.webhook.id
            return _one(request, library, made.webhook.id, secret=made.secret)
    return _list(request, library, asked, form.texts("types"))


@router.get("/webhooks/{webhook}")
def show(request: Request, webhook: str, library: Library, _: Who) -> Response:
    """One webhook with what was sent to it."""
    return _one(request, library, webhook)


@router.post("/webhooks/{webhook}/change")
def change(request: Request, webhook: str, library: Library, form: Sent, _: Who) -> Response:
    """Another address, or other events."""
    asked = Asked(request, form)
    url, types = asked.words("url", most=_LONGEST), asked.some_of("types", EventType)
    if not asked.faults:
        with asked.refusing(_REFUSALS):
            webhooks.change(library, webhook, url=url, types=types)
            return pages.to(f"/console/webhooks/{webhook}", "webhooks.said.changed")
    return _one(request, library, webhook, asked=asked, types=form.texts("types"))


@router.post("/webhooks/{webhook}/switch")
def switch(webhook: str, library: Library, form: Sent, _: Who) -> Response:
    """Off, or on again."""
    active = form.text("active") == "1"
    webhooks.change(library, webhook, active=active)
    return pages.to(f"/console/webhooks/{webhook}", "webhooks.said.on" if active else "webhooks.said.off")


@router.post("/webhooks/{webhook}/secret")
def renew_secret(request: Request, webhook: str, library: Library, _: Who) -> Response:
    """Another secret, in force at once."""
    made = webhooks.renew_secret(library, webhook)
    return _one(request, library, webhook, secret=made.secret)


@router.post("/webhooks/{webhook}/test")
def test(webhook: str, library: Library, _: Who) -> Response:
    """Send an event that says nothing."""
    library.webhooks.test(webhook)
    return pages.to(f"/console/webhooks/{webhook}", "webhooks.said.tested")


@router.post("/webhooks/{webhook}/remove")
def remove(webhook: str, library: Library, _: Who) -> Response:
    """Take it out with the log of its deliveries."""
    library.webhooks.remove(webhook)
    return pages.to("/console/webhooks", "webhooks.said.removed")


@router.get("/webhooks/{webhook}/deliveries/{delivery}")
def delivery(request: Request, webhook: str, delivery: str, library: Library, _: Who) -> Response:
    """One delivery with every try."""
    found, log = library.webhooks.delivery(webhook, delivery)
    known = library.webhooks.get(webhook)
    return pages.page(request, "delivery.html", webhook=known, delivery=found, log=log)


@router.post("/webhooks/{webhook}/deliveries/{delivery}/replay")
def replay(webhook: str, delivery: str, library: Library, _: Who) -> Response:
    """Send the same event again."""
    library.webhooks.replay(webhook, delivery)
    return pages.to(f"/console/webhooks/{webhook}/deliveries/{delivery}", "webhooks.said.replayed")


def _list(
    request: Request, library: Seawall, asked: Asked | None = None, types: list[str] | None = None
) -> Response:
    return pages.page(
        request,
        "webhooks.html",
        422 if asked else 200,
        webhooks=library.webhooks.every(),
        types=_TYPES,
        chosen=types or [],
        **shown(asked),
    )


def _one(
    request: Request,
    library: Seawall,
    webhook: str,
    *,
    secret: str | None = None,
    asked: Asked | None = None,
    types: list[str] | None = None,
) -> Response:
    known = library.webhooks.get(webhook)
    found = library.webhooks.deliveries(known.id, after=lists.word(request), limit=lists.ROWS + 1)
    return pages.page(
        request,
        "webhook.html",
        422 if asked else 200,
        webhook=known,
        part=lists.part(request, [(one.id, one) for one in found]),
        types=_TYPES,
        chosen=[one.value for one in known.types] if types is None else types,
        secret=secret,
        **shown(asked, url=known.url),
    )
