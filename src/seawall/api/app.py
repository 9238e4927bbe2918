"""The application: routes, errors as problems, and one library that all calls share."""

from __future__ import annotations

from collections.abc import Sequence

from fastapi import FastAPI

import seawall
from seawall.api import problems
from seawall.api.metrics import Metrics
from seawall.api.observed import Observed
from seawall.api.routes import ROUTERS
from seawall.workflows.health import Background, Health
from seawall.workflows.library import Seawall


def create(library: Seawall, background: Sequence[Background] = ()) -> FastAPI:
    """The application over a library, which its caller closes when the application has ended.

    background: what runs beside it in this process, for the checks of its health.
    """
    app = FastAPI(title="Seawall", version=seawall.__version__, docs_url=None, redoc_url=None)
    app.state.library = library
    app.state.health = Health(library, background)
    app.state.metrics = Metrics(library)
    problems.install(app)
    for router in ROUTERS:
        app.include_router(router)
    app.add_middleware(Observed)  # last, so that it is around all others
    return app
