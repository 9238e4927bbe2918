"""Whether the service is there."""

from __future__ import annotations

from typing import Annotated

from fastapi import APIRouter
from pydantic import BaseModel, Field

router = APIRouter(prefix="/v1", tags=["health"])


class Health(BaseModel):
    """How the service is."""

    status: Annotated[str, Field(examples=["alive"])]


@router.get("/health/live", summary="Is the process there")
async def live() -> Health:
    """The process answers. Needs no key."""
    return Health(status="alive")
