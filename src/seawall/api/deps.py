"""What routes ask for: who calls, with which scope, the library acting for them, and what to record."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, cast

from fastapi import Depends, Request, Security
from fastapi.security import APIKeyCookie, HTTPBearer
from fastapi.security.http import HTTPAuthorizationCredentials

from seawall import errors
from seawall.api.callers import COOKIE, Caller
from seawall.api.calls import Trail
from seawall.model.access import Principal, Scope
from seawall.workflows.library import Seawall

_BEARER = HTTPBearer(
    auto_error=False, scheme_name="key", description="A key: `Authorization: Bearer swk_...`"
)
_COOKIE = APIKeyCookie(
    name=COOKIE,
    auto_error=False,
    scheme_name="session",
    description="A console session. What changes something also needs `X-CSRF-Token`.",
)


async def library(request: Request) -> Seawall:
    """The library that all calls share. Ask for `Library`, where the caller is to be recorded."""
    return cast("Seawall", request.app.state.library)


async def caller(request: Request) -> Caller:
    """Who calls, if anybody who is known."""
    return cast("Caller", request.state.caller)


async def trail(request: Request) -> Trail:
    """What the audit log is to say of the call."""
    return cast("Trail", request.state.trail)


async def principal(
    who: Annotated[Caller, Depends(caller)],
    _key: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)],
    _session: Annotated[str | None, Security(_COOKIE)],
) -> Principal:
    """Who calls. Raises NotSignedIn. Key and session are named for the API's description."""
    if isinstance(who.who, errors.NotSignedIn):
        raise who.who
    return who.who


def needs(scope: Scope) -> Callable[..., Awaitable[Principal]]:
    """A dependency that lets only those pass who have the scope; it is the caller's principal."""

    async def allowed(
        who: Annotated[Principal, Depends(principal)], record: Annotated[Trail, Depends(trail)]
    ) -> Principal:
        if scope not in who.scopes:
            raise errors.NotAllowed(who=who.name, scope=scope)
        record.scope = scope
        return who

    allowed.scope = scope  # type: ignore[attr-defined]  # what the walk over the routes reads
    return allowed


async def acting(
    shared: Annotated[Seawall, Depends(library)], who: Annotated[Principal, Depends(principal)]
) -> Seawall:
    """The library, in which the caller is recorded as the actor."""
    return shared.acting_as(who.name)


Library = Annotated[Seawall, Depends(acting)]
Who = Annotated[Principal, Depends(principal)]
Recorded = Annotated[Trail, Depends(trail)]
