"""What Prometheus collects."""

from __future__ import annotations

import ipaddress
from typing import Annotated, cast

from fastapi import APIRouter, Depends, Request, Response, Security
from fastapi.security import HTTPBearer
from fastapi.security.http import HTTPAuthorizationCredentials

from seawall import errors
from seawall.api.metrics import CONTENT_TYPE, Metrics
from seawall.model.access import Scope
from seawall.workflows.library import Seawall

router = APIRouter(tags=["metrics"])

_BEARER = HTTPBearer(auto_error=False, description="A key with the scope audit or admin.")


def may_read(
    request: Request, sent: Annotated[HTTPAuthorizationCredentials | None, Security(_BEARER)]
) -> None:
    """Lets those pass who may see the measures. Raises NotSignedIn, NotAllowed."""
    library = cast("Seawall", request.app.state.library)
    if sent is None:
        if library.settings.whole("metrics_open") and _is_local(request):
            return
        raise errors.NotSignedIn(reason="none was sent")
    who = library.access.principal(sent.credentials)
    request.state.principal = who
    if who.scopes.isdisjoint({Scope.AUDIT, Scope.ADMIN}):
        raise errors.NotAllowed(who=who.name, scope=Scope.AUDIT)


may_read.scope = Scope.AUDIT  # type: ignore[attr-defined]  # what the walk over the routes reads


def _is_local(request: Request) -> bool:
    """Whether the caller is a program of this machine, and not a proxy here that asks for somebody else."""
    if request.client is None or not {"forwarded", "x-forwarded-for"}.isdisjoint(request.headers):
        return False
    try:
        return ipaddress.ip_address(request.client.host).is_loopback
    except ValueError:
        return False


@router.get(
    "/metrics",
    dependencies=[Depends(may_read)],
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}, "description": "Prometheus' text format."}},
)
def metrics(request: Request) -> Response:
    """What this process has counted and timed."""
    return Response(cast("Metrics", request.app.state.metrics).text(), media_type=CONTENT_TYPE)
