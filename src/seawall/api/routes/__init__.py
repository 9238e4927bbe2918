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
    cases,
    check,
    claims,
    content,
    decisions,
    exchanges,
    hashes,
    health,
    incidents,
    items,
    jobs,
    matches,
    metrics,
    performance,
    policies,
    references,
    search,
    session,
    verifications,
    webhooks,
)

ROUTERS: Final[tuple[APIRouter, ...]] = (
    hashes.router,  # first: routes are tried in turn, and this one is asked a thousand times a second
    health.router,
    metrics.router,
    session.router,
    access.router,
    audit.router,
    performance.router,
    search.router,
    check.router,
    content.router,
    banks.router,
    adding.router,
    references.router,
    exchanges.router,
    claims.router,
    incidents.router,
    policies.router,
    verifications.router,
    items.router,
    cases.router,
    decisions.router,
    jobs.router,
    webhooks.router,
    matches.router,
    *hma.ROUTERS,
)
