"""The very first user: an administrator, made by whoever can read what the server says when it begins.

Where there is no user, the server says an address with a key in it, which is good for one user and until the
process ends. With a user in the database, none of this exists.
"""

from __future__ import annotations

import hmac
import secrets
from typing import Annotated, Final
from urllib.parse import urlencode

from fastapi import Depends, FastAPI, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from seawall import errors
from seawall.api import forms as api_forms, signing_in
from seawall.api.deps import library
from seawall.console import forms, pages
from seawall.console.forms import Sent
from seawall.workflows import accounts
from seawall.workflows.library import Seawall

router = forms.open_pages("first")

_PATH: Final = "/console/first"

Shared = Annotated[Seawall, Depends(library)]


def prepare(app: FastAPI) -> None:
    """Have the server say where the first user is made, if there is none."""
    shared: Seawall = app.state.library
    app.state.first_key = None if shared.access.users() else secrets.token_urlsafe(24)
    if app.state.first_key is not None:
        query = urlencode({"key": app.state.first_key})
        app.state.greetings.append(
            lambda address: f"Nobody can sign in yet. Begin at {address}{_PATH}?{query}"
        )


@router.get("/first")
async def ask(request: Request, shared: Shared, key: str = "") -> Response:
    """The form that makes the first user."""
    if not await _is_open(request, shared, key):
        return pages.to("/console/")
    return pages.page(request, "first.html", key=key, user="", faults={})


@router.post("/first")
async def make(request: Request, shared: Shared, form: Sent) -> Response:
    """Make the first user, and sign in."""
    key, name = form.text("key"), form.text("user")
    if not await _is_open(request, shared, key):
        return pages.to("/console/")
    password = str((await request.form()).get("password", ""))
    try:
        limiter = api_forms.at_a_time(request, "sign-ins")
        hashed = await api_forms.working(limiter, accounts.hashed, password)
    except errors.BadRequest as refused:
        faults = {"password": str(refused.fields["reason"])}
        return pages.page(request, "first.html", 422, key=key, user=name, faults=faults)
    try:
        await run_in_threadpool(shared.access.create_first_user, name, hashed)
    except errors.BadRequest as refused:
        faults = {"user": str(refused.fields["reason"])}
        return pages.page(request, "first.html", 422, key=key, user=name, faults=faults)
    request.app.state.first_key = None
    session, _ = await signing_in.begin(request, shared, name, password)
    made = pages.to("/console/start")
    signing_in.give(request, made, shared, session)
    return made


async def _is_open(request: Request, shared: Seawall, key: str) -> bool:
    """Whether the key is the one that was said, and there is still no user."""
    expected: str | None = request.app.state.first_key
    if expected is None or not hmac.compare_digest(expected.encode(), key.encode()):
        return False
    return not await run_in_threadpool(shared.access.users)
