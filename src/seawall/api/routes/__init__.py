"""One module a noun. `ROUTERS` is all that the app serves."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from seawall.api import hma
from seawall.api.routes import (
    access,
    adding,
    audit,
    banks,
    check,
    claims,
    content,
    health,
    incidents,
    references,
    session,
)

ROUTERS: Final[tuple[APIRouter, ...]] = (
    health.router,
    session.router,
    access.router,
    audit.router,
    check.router,
    content.router,
    banks.router,
    adding.router,
    references.router,
    claims.router,
    incidents.router,
    *hma.ROUTERS,
)
