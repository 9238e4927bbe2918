"""What routes ask for: who calls, with which scope, and the library acting for them."""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, cast

from fastapi import Depends, Request, Security
from fastapi.security import HTTPBearer
from fastapi.security.http import HTTPAuthorizationCredentials

from seawall import errors
from seawall.model.access import Principal, Scope
from seawall.workflows.library import Seawall

_BEARER = HTTPBearer(auto_error=False, description="A key: `Authorization: Bearer swk_...`")


def _library(request: Request) -> Seawall:
    return cast("Seawall", request.app.state.library)


def principal(
    request: Request,
    library: Annotated[Seawall, Depends(_library)],
    sent: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)],
) -> Principal:
    """Who calls, as the log names them too. Raises NotSignedIn."""
    if sent is None:
        raise errors.NotSignedIn(reason="none was sent")
    request.state.principal = library.access.principal(sent.credentials)
    return cast("Principal", request.state.principal)


def needs(scope: Scope) -> Callable[[Principal], Principal]:
    """A dependency that lets only those pass who have the scope; it is the caller's principal."""

    def allowed(who: Annotated[Principal, Depends(principal)]) -> Principal:
        if scope not in who.scopes:
            raise errors.NotAllowed(who=who.name, scope=scope)
        return who

    allowed.scope = scope  # type: ignore[attr-defined]  # what the walk over the routes reads
    return allowed


def acting(
    library: Annotated[Seawall, Depends(_library)], who: Annotated[Principal, Depends(principal)]
) -> Seawall:
    """The library, in which the caller is recorded as the actor."""
    return library.acting_as(who.name)


Library = Annotated[Seawall, Depends(acting)]
