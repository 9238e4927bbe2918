"""Signing in to the console, and out."""

from __future__ import annotations

import re
from typing import Annotated, Final

from fastapi import Depends, Request
from starlette.responses import Response

from seawall import errors
from seawall.api import signing_in
from seawall.api.deps import library
from seawall.console import forms, pages
from seawall.console.forms import Sent
from seawall.workflows.library import Seawall

router = forms.pages_for("session")
open_router = forms.open_pages("session")

#: A place of ours: no other host, and nothing that a browser would read as one.
_PLACE: Final = re.compile(r"/console/[A-Za-z0-9/_.~%?&=+-]*")
_FRONT: Final = "/console/"


@open_router.get("/sign-in")
async def ask(request: Request, next: str = _FRONT) -> Response:  # noqa: A002 - as it is called in the address
    """The form to sign in with."""
    if pages.visitor(request).who is not None:
        return pages.to(_place(next))
    return pages.page(request, "sign_in.html", next=_place(next), user="", refused=None)


@open_router.post("/sign-in")
async def sign_in(request: Request, form: Sent, shared: Annotated[Seawall, Depends(library)]) -> Response:
    """Begin a session, and go where the person wanted to."""
    user, place = form.text("user"), _place(form.text("next"))
    password = str((await request.form()).get("password", ""))  # blanks at its ends are part of it
    try:
        session, _ = await signing_in.begin(request, shared, user, password)
    except (errors.NotSignedIn, errors.TooManyCalls) as refused:
        return pages.page(
            request, "sign_in.html", refused.http_status, next=place, user=user, refused=refused
        )
    made = pages.to(place)
    signing_in.give(request, made, shared, session)
    return made


@router.post("/sign-out")
async def sign_out(request: Request, shared: Annotated[Seawall, Depends(library)]) -> Response:
    """End the session."""
    session = pages.visitor(request).session
    assert session is not None  # or the router had not let the call in
    made = pages.to("/console/sign-in", "base.said.out")
    await signing_in.end(request, made, shared, session)
    return made


def _place(text: str) -> str:
    return text if _PLACE.fullmatch(text) else _FRONT
