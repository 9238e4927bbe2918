"""One module a noun. `ROUTERS` is all that the app serves."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from seawall.api.routes import banks, health, jobs, webhooks

ROUTERS: Final[tuple[APIRouter, ...]] = (
    health.router,
    banks.router,
    jobs.router,
    webhooks.router,
)
