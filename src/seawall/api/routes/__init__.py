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
    clocks,
    content,
    copies,
    decisions,
    exchanges,
    exposure,
    hashes,
    health,
    incidents,
    items,
    jobs,
    matches,
    metrics,
    notices,
    performance,
    policies,
    queue,
    references,
    search,
    session,
    statements,
    verifications,
    viewing,
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
    copies.router,
    policies.router,
    verifications.router,
    items.router,
    cases.router,
    queue.router,
    decisions.router,
    notices.router,
    statements.router,
    clocks.router,
    viewing.router,
    viewing.said_router,
    exposure.router,
    jobs.router,
    webhooks.router,
    matches.router,
    *hma.ROUTERS,
)
