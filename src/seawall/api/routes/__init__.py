"""One module a noun. `ROUTERS` is all that the app serves."""

from __future__ import annotations

from typing import Final

from fastapi import APIRouter

from seawall.api.routes import banks, cases, decisions, health, items, policies, verifications

ROUTERS: Final[tuple[APIRouter, ...]] = (
    health.router,
    banks.router,
    policies.router,
    verifications.router,
    items.router,
    cases.router,
    decisions.router,
)
