"""Sessions of people, as the API and the console begin and end them."""

from __future__ import annotations

from typing import Final, cast

from anyio import to_thread
from fastapi import Request, Response
from starlette.concurrency import run_in_threadpool

from seawall import errors
from seawall.api import forms
from seawall.api.callers import COOKIE, Callers
from seawall.model.access import Principal
from seawall.workflows import accounts
from seawall.workflows.library import Seawall

_MOST_WAITING: Final = 32


async def begin(request: Request, shared: Seawall, user: str, password: str) -> tuple[str, Principal]:
    """The id of a new session, and whose it is. Raises NotSignedIn, TooManyCalls, ServiceBusy."""
    limiter = forms.at_a_time(request, "sign-ins")
    if limiter.statistics().tasks_waiting >= _MOST_WAITING:
        raise errors.ServiceBusy(what="sign-ins", wait_s=1.0)
    longest_s = shared.settings.number("session_longest_s")

    def work() -> tuple[str, Principal]:
        session = accounts.sign_in(shared.access, shared.sessions, user, password, longest_s)
        who = shared.sessions.principal(session, shared.settings.number("session_idle_s"))
        shared.access.record(who, "session_open", who.user, request.state.request_id, {})
        return session, who

    return await to_thread.run_sync(work, limiter=limiter)


def give(request: Request, response: Response, shared: Seawall, session: str) -> None:
    """Have the browser keep a session, where scripts cannot read it."""
    response.set_cookie(
        COOKIE,
        session,
        max_age=int(shared.settings.number("session_longest_s")),
        httponly=True,
        samesite="strict",
        secure=request.url.scheme == "https",
    )


async def end(request: Request, response: Response, shared: Seawall, session: str) -> None:
    """End a session, and have the browser forget it."""
    await run_in_threadpool(shared.sessions.close, session)
    cast("Callers", request.app.state.callers).forget(session)
    response.delete_cookie(COOKIE, httponly=True, samesite="strict")
