"""What routes ask for: who calls, with which scope, the library acting for them, and what to record."""

from __future__ import annotations

from collections.abc import Awaitable, Callable
from typing import Annotated, Any, Final, cast

from fastapi import Depends, Request

from seawall import errors
from seawall.api.callers import COOKIE, Caller
from seawall.api.calls import Trail
from seawall.model.access import Principal, Scope
from seawall.workflows.library import Seawall

#: How callers say who they are, for the description. What looks at it is `calls.Calls`, once for all: as
#: dependencies of each route, the two would cost a tenth of a check by hashes.
SCHEMES: Final[dict[str, dict[str, Any]]] = {
    "key": {"type": "http", "scheme": "bearer", "description": "A key: `Authorization: Bearer swk_...`"},
    "session": {
        "type": "apiKey",
        "in": "cookie",
        "name": COOKIE,
        "description": "A console session. What changes something also needs `X-CSRF-Token`.",
    },
}


async def library(request: Request) -> Seawall:
    """The library that all calls share. Ask for `Library`, where the caller is to be recorded."""
    return cast("Seawall", request.app.state.library)


async def caller(request: Request) -> Caller:
    """Who calls, if anybody who is known."""
    return cast("Caller", request.state.caller)


async def trail(request: Request) -> Trail:
    """What the audit log is to say of the call."""
    return cast("Trail", request.state.trail)


async def principal(request: Request) -> Principal:
    """Who calls. Raises NotSignedIn."""
    return _principal(request)


def needs(scope: Scope) -> Callable[..., Awaitable[Principal]]:
    """A dependency that lets only those pass who have the scope; it is the caller's principal."""

    async def allowed(request: Request) -> Principal:
        who = _principal(request)
        if scope not in who.scopes:
            raise errors.NotAllowed(who=who.name, scope=scope)
        cast("Trail", request.state.trail).scope = scope
        return who

    allowed.scope = scope  # type: ignore[attr-defined]  # what the walk over the routes reads
    return allowed


async def acting(request: Request) -> Seawall:
    """The library, in which the caller is recorded as the actor. Raises NotSignedIn."""
    return cast("Seawall", request.app.state.library).acting_as(_principal(request).name)


def _principal(request: Request) -> Principal:
    who = cast("Caller", request.state.caller).who
    if isinstance(who, errors.NotSignedIn):
        raise who
    return who


Library = Annotated[Seawall, Depends(acting)]
Who = Annotated[Principal, Depends(principal)]
Recorded = Annotated[Trail, Depends(trail)]
