"""One module a noun. `ROUTERS` is all that the app serves."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from seawall.api.routes import access, audit, banks, health, session

ROUTERS: Final[tuple[APIRouter, ...]] = (
    health.router,
    session.router,
    access.router,
    audit.router,
    banks.router,
)
