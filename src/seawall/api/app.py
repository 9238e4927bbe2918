"""The application: routes, errors as problems, and one library that all calls share."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Final

from anyio import CapacityLimiter
from fastapi import FastAPI

from seawall.api import openapi, problems
from seawall.api.bodies import Bodies, Limits
from seawall.api.calls import Calls
from seawall.api.edge import Edge
from seawall.api.hma.local import LocalCallers
from seawall.api.metrics import Metrics
from seawall.api.observed import Observed
from seawall.api.receiving import Spool
from seawall.api.routes import hashes
from seawall.outbound.web import Web
from seawall.workflows import kept_files
from seawall.workflows.health import Background, Health
from seawall.workflows.library import Seawall

#: Addresses that are fetched side by side: each waits for another's server.
_FETCHES: Final = 32
#: Passwords that are looked at side by side: each takes 64 MiB and a tenth of a second of a core.
_SIGN_INS: Final = 2


def create(library: Seawall, web: Web | None = None, background: Sequence[Background] = ()) -> FastAPI:
    """The application over a library, which its caller closes when the application has ended.

    web: the way out, for contents that are given by their address; None to fetch nothing. background: what
    runs beside it in this process, for the checks of its health.
    """
    app = openapi.described()
    callers = LocalCallers(library)
    app.state.library = library
    app.state.web = web
    app.state.answering = {}  # prefix of paths -> what answers errors there otherwise than by a problem
    app.state.greetings = []  # what is said when it listens, made of its address
    app.state.health = Health(library, background)
    app.state.metrics = Metrics(library)
    app.state.callers = callers
    app.state.spool = Spool(library.settings.data / kept_files.FOLDER)
    app.state.spool.clear()
    at_a_time = library.settings.workers
    app.state.limiters = {
        "files": CapacityLimiter(2 * at_a_time),  # one is decoded while another is searched
        "reports": CapacityLimiter(at_a_time),
        "fetches": CapacityLimiter(_FETCHES),
        "sign-ins": CapacityLimiter(_SIGN_INS),
    }
    problems.install(app, openapi.methods)
    # The last that is added is the first that a call meets.
    app.add_middleware(hashes.Straight)
    app.add_middleware(Calls, library=library, callers=callers)
    app.add_middleware(Edge)
    app.add_middleware(Bodies, limits=Limits.of(library.settings))
    app.add_middleware(Observed)
    return app
