"""Whether the service is there, and whether it can do its work."""

from __future__ import annotations

from typing import Annotated, Literal, cast

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request, Response, status
from pydantic import BaseModel, Field

from seawall import errors
from seawall.model.access import Scope
from seawall.workflows import health
from seawall.workflows.library import Seawall

router = APIRouter(prefix="/v1", tags=["health"])

#: Threads of their own: whether the service is ready must not wait for the calls that keep it busy.
_THREADS = CapacityLimiter(4)


class Alive(BaseModel):
    """The process answers."""

    status: Annotated[str, Field(examples=["alive"])]


class Check(BaseModel):
    """One thing that was tried out."""

    name: Annotated[str, Field(examples=["database"])]
    ok: bool
    why: Annotated[str, Field(examples=["answered in 0.4 ms"])]
    took_ms: float


class Readiness(BaseModel):
    """Whether this process can do its work."""

    status: Literal["ready", "not_ready"]
    checks: Annotated[
        list[Check] | None, Field(description="What was tried out; only for callers with the scope admin.")
    ] = None


@router.get("/health/live", summary="Is the process there")
async def live() -> Alive:
    """The process answers. Needs no key."""
    return Alive(status="alive")


@router.get(
    "/health/ready",
    summary="Can it do its work",
    responses={503: {"model": Readiness, "description": "Something is missing."}},
)
async def ready(request: Request, response: Response) -> Readiness:
    """The process can do its work: each thing that it needs was tried out."""
    found, details = await to_thread.run_sync(_look, request, limiter=_THREADS)
    well = all(one.ok for one in found)
    if not well:
        response.status_code = status.HTTP_503_SERVICE_UNAVAILABLE
    shown = [Check(name=one.name, ok=one.ok, why=one.why, took_ms=one.took_ms) for one in found]
    return Readiness(status="ready" if well else "not_ready", checks=shown if details else None)


def _look(request: Request) -> tuple[tuple[health.Check, ...], bool]:
    """What was found, and whether the caller may see more of it than whether it is well."""
    found = cast("health.Health", request.app.state.health).checks()
    scheme, _, sent = request.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer" or not all(one.ok for one in found if one.name == "database"):
        return found, False
    try:
        who = cast("Seawall", request.app.state.library).access.principal(sent.strip())
    except errors.SeawallError:
        return found, False
    return found, Scope.ADMIN in who.scopes
