"""The console: pages for people, beside the API and over the same library."""

from __future__ import annotations

from pathlib import Path
from typing import Final

from fastapi import APIRouter, FastAPI
from fastapi.responses import RedirectResponse
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

from seawall.console import failures, pages
from seawall.console.routes import (
    audit,
    banks,
    cases,
    clocks,
    decisions,
    doing,
    exchanges,
    exposure,
    first,
    home,
    inbox,
    incidents,
    jobs,
    keys,
    orders,
    policies,
    queue,
    references,
    reports,
    search,
    session,
    start,
    threats,
    users,
    viewing,
    webhooks,
)

PREFIX: Final = "/console/"
ROUTERS: Final[tuple[APIRouter, ...]] = (
    audit.router,
    banks.router,
    cases.router,
    clocks.router,
    decisions.router,
    doing.router,
    exchanges.router,
    exposure.router,
    first.router,
    home.router,
    inbox.router,
    incidents.router,
    jobs.router,
    keys.router,
    orders.router,
    policies.router,
    queue.router,
    references.router,
    reports.router,
    search.router,
    session.open_router,
    session.router,
    start.router,
    threats.router,
    users.router,
    viewing.router,
    webhooks.router,
)


class _Files(StaticFiles):
    """Style sheets and scripts. What is asked for by its version never changes."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        found = await super().get_response(path, scope)
        if found.status_code == 200 and scope["query_string"].startswith(b"v="):
            found.headers["Cache-Control"] = "public, max-age=31536000, immutable"
        return found


def install(app: FastAPI) -> None:
    """Add the console's pages to an application of the API."""
    for router in ROUTERS:
        app.include_router(router)
    app.mount("/console/static", _Files(directory=Path(__file__).parent / "static"))
    app.add_api_route("/", _front, include_in_schema=False)
    app.state.answering[PREFIX] = failures.page
    pages.prepare()
    first.prepare(app)


async def _front() -> RedirectResponse:
    return RedirectResponse(PREFIX, 303)
