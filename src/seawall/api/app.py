"""The application: routes, errors as problems, and one library that all calls share."""

from __future__ import annotations

from fastapi import FastAPI

import seawall
from seawall.api import problems
from seawall.api.routes import ROUTERS
from seawall.workflows.library import Seawall


def create(library: Seawall) -> FastAPI:
    """The application over a library, which its caller closes when the application has ended."""
    app = FastAPI(title="Seawall", version=seawall.__version__, docs_url=None, redoc_url=None)
    app.state.library = library
    problems.install(app)
    for router in ROUTERS:
        app.include_router(router)
    return app
