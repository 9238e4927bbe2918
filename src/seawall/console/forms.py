"""What comes with a call to the console: a session, and with each change a token that only our pages know.

A router of pages is made by `pages_for`, so that no route can forget to ask.
"""

from __future__ import annotations

import hmac
from typing import Annotated, Final, cast

from fastapi import APIRouter, Depends, Request
from fastapi.responses import HTMLResponse
from starlette.datastructures import FormData, UploadFile

from seawall import errors
from seawall.api.callers import Caller, csrf
from seawall.api.calls import CSRF_HEADER, READING

FIELD: Final = "csrf"
_OURS: Final = frozenset({"same-origin", "none"})  # `none`: the person typed the address


class Form:
    """The fields of a form, each a text without blanks around it. Files are for `/v1`, which streams them."""

    def __init__(self, data: FormData) -> None:
        self._data = data

    def text(self, name: str) -> str:
        """What was written in a field; "" where there was nothing."""
        value = self._data.get(name, "")
        return "" if isinstance(value, UploadFile) else value.replace("\r\n", "\n").strip()

    def texts(self, name: str) -> list[str]:
        """What was written or chosen in fields of one name, those with nothing in them left out."""
        said = (one for one in self._data.getlist(name) if isinstance(one, str))
        return [one.strip() for one in said if one.strip()]

    def lines(self, name: str) -> list[str]:
        """The lines of a field, empty ones left out."""
        return [line.strip() for line in self.text(name).splitlines() if line.strip()]

    def has(self, name: str) -> bool:
        """Whether a box was ticked or a button pressed."""
        return name in self._data

    @property
    def values(self) -> dict[str, str]:
        """What was written, to show it again; of fields of one name the last."""
        return {name: self.text(name) for name in self._data if name != FIELD}


async def _person(request: Request) -> None:
    """Let those pass who have signed in, with changes from our own pages. Raises NotSignedIn, CsrfRefused."""
    caller = cast("Caller", request.state.caller)
    if isinstance(caller.who, errors.NotSignedIn):
        raise caller.who
    if caller.session is None:
        raise errors.NotSignedIn(reason="the console is for people who sign in; programs call /v1")
    if request.method in READING:
        return
    await _from_here(request)
    sent = request.headers.get(CSRF_HEADER)
    if sent is None:
        field = (await request.form()).get(FIELD, "")
        sent = field if isinstance(field, str) else ""
    if not hmac.compare_digest(sent.encode(), csrf(caller.session).encode()):
        raise errors.CsrfRefused


async def _from_here(request: Request) -> None:
    """A browser says where a call comes from. Raises CsrfRefused."""
    if request.headers.get("sec-fetch-site", "same-origin") not in _OURS:
        raise errors.CsrfRefused


async def _form(request: Request) -> Form:
    return Form(await request.form())


#: The form that a call brings.
Sent = Annotated[Form, Depends(_form)]


def pages_for(area: str) -> APIRouter:
    """A router of pages under `/console`, for people who have signed in. area: the tag of its routes."""
    return _router(area, _person)


def open_pages(area: str) -> APIRouter:
    """As `pages_for`, for anybody: signing in, and the very first user."""
    return _router(area, _from_here)


def _router(area: str, guard: object) -> APIRouter:
    return APIRouter(
        prefix="/console",
        tags=[area],
        include_in_schema=False,
        default_response_class=HTMLResponse,
        dependencies=[Depends(guard)],  # type: ignore[arg-type]  # one of the two above
    )
