"""Console sessions: signing in with a name and a password, and out."""

from __future__ import annotations

from typing import Annotated, Final, cast

from anyio import to_thread
from fastapi import APIRouter, Depends, Request, Response, status
from pydantic import BaseModel, Field, SecretStr

from seawall import errors
from seawall.api import forms
from seawall.api.callers import COOKIE, Caller, Callers, csrf
from seawall.api.deps import Who, caller, library
from seawall.model.access import Principal, Scope
from seawall.workflows import accounts
from seawall.workflows.library import Seawall

router = APIRouter(prefix="/v1/session", tags=["session"])

_MOST_WAITING: Final = 32


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
    limiter = forms.limiter(request, "sign-ins")
    if limiter.statistics().tasks_waiting >= _MOST_WAITING:
        raise errors.ServiceBusy(what="sign-ins", wait_s=1.0)
    longest_s = shared.settings.number("session_longest_s")

    def begin() -> tuple[str, Principal]:
        session = accounts.sign_in(
            shared.access, shared.sessions, given.user, given.password.get_secret_value(), longest_s
        )
        who = shared.sessions.principal(session, shared.settings.number("session_idle_s"))
        shared.access.record(who, "session_open", who.user, request.state.request_id, {})
        return session, who

    session, who = await to_thread.run_sync(begin, limiter=limiter)
    response.set_cookie(
        COOKIE,
        session,
        max_age=int(longest_s),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )
    return _session(who, session)


@router.get("", summary="Show the session")
async def show(who: Who, known: Annotated[Caller, Depends(caller)]) -> Session:
    """The session that the call is by, with its token for changes."""
    return _session(who, _of(known))


@router.delete("", status_code=status.HTTP_204_NO_CONTENT, summary="Sign out")
def close(
    request: Request,
    response: Response,
    _: Who,
    known: Annotated[Caller, Depends(caller)],
    shared: Annotated[Seawall, Depends(library)],
) -> None:
    """End the session."""
    session = _of(known)
    shared.sessions.close(session)
    cast("Callers", request.app.state.callers).forget(session)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")


def _of(known: Caller) -> str:
    if known.session is None:
        raise errors.RecordNotFound(kind="session", id="of this key")
    return known.session


def _session(who: Principal, session: str) -> Session:
    return Session(user=who.user, scopes=sorted(who.scopes), csrf=csrf(session))
