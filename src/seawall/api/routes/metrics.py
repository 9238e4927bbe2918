"""What Prometheus collects."""

from __future__ import annotations

import ipaddress
from typing import Annotated, cast

from fastapi import APIRouter, Depends, Request, Response

from seawall import errors
from seawall.api.callers import Caller
from seawall.api.deps import caller
from seawall.api.metrics import CONTENT_TYPE, Metrics
from seawall.model.access import Scope
from seawall.workflows.library import Seawall

router = APIRouter(tags=["metrics"])


def may_read(request: Request, known: Annotated[Caller, Depends(caller)]) -> None:
    """Lets those pass who may see the measures. Raises NotSignedIn, NotAllowed."""
    if isinstance(known.who, errors.NotSignedIn):
        library = cast("Seawall", request.app.state.library)
        if not (library.settings.whole("metrics_open") and _is_local(request)):
            raise known.who
    elif Scope.AUDIT not in known.who.scopes:
        raise errors.NotAllowed(who=known.who.name, scope=Scope.AUDIT)


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
    summary="Read the measures",
    dependencies=[Depends(may_read)],
    response_class=Response,
    responses={200: {"content": {"text/plain": {}}, "description": "Prometheus' text format."}},
)
def metrics(request: Request) -> Response:
    """What this process has counted and timed."""
    return Response(cast("Metrics", request.app.state.metrics).text(), media_type=CONTENT_TYPE)
