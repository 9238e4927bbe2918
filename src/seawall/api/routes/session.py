"""Console sessions: signing in with a name and a password, and out."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response, status
from pydantic import BaseModel, Field, SecretStr

from seawall import errors
from seawall.api import signing_in
from seawall.api.callers import Caller, csrf
from seawall.api.deps import Who, caller, library
from seawall.model.access import Principal, Scope
from seawall.workflows import accounts
from seawall.workflows.library import Seawall

router = APIRouter(prefix="/v1/session", tags=["session"])


class SignIn(BaseModel):
    """Who signs in."""

    user: Annotated[str, Field(min_length=1, max_length=128, examples=["ada"])]
    password: Annotated[SecretStr, Field(max_length=accounts.LONGEST_PASSWORD, examples=["..."])]


class Session(BaseModel):
    """A session that has begun."""

    user: Annotated[str, Field(examples=["ada"])]
    scopes: list[Scope]
    csrf: Annotated[str, Field(description="What changes are to bring as `X-CSRF-Token`.")]


@router.post("", status_code=status.HTTP_201_CREATED, summary="Sign in")
async def open_(
    given: SignIn, request: Request, response: Response, shared: Annotated[Seawall, Depends(library)]
) -> Session:
    """Begin a session. Its id is in the cookie `seawall_session`, which scripts cannot read."""
    session, who = await signing_in.begin(request, shared, given.user, given.password.get_secret_value())
    signing_in.give(request, response, shared, session)
    return _session(who, session)


@router.get("", summary="Show the session")
async def show(who: Who, known: Annotated[Caller, Depends(caller)]) -> Session:
    """The session that the call is by, with its token for changes."""
    return _session(who, _of(known))


@router.delete("", status_code=status.HTTP_204_NO_CONTENT, summary="Sign out")
async def close(
    request: Request,
    response: Response,
    _: Who,
    known: Annotated[Caller, Depends(caller)],
    shared: Annotated[Seawall, Depends(library)],
) -> None:
    """End the session."""
    await signing_in.end(request, response, shared, _of(known))


def _of(known: Caller) -> str:
    if known.session is None:
        raise errors.RecordNotFound(kind="session", id="of this key")
    return known.session


def _session(who: Principal, session: str) -> Session:
    return Session(user=who.user, scopes=sorted(who.scopes), csrf=csrf(session))
