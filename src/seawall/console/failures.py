"""What a person sees where a page cannot be shown."""

from __future__ import annotations

from urllib.parse import urlencode

from starlette.requests import HTTPConnection
from starlette.responses import RedirectResponse, Response

from seawall import errors
from seawall.api import problems
from seawall.console import pages


def page(error: errors.SeawallError, call: HTTPConnection) -> Response:
    """An error of ours as a page. Who has not signed in is led there, and back again."""
    problem = problems.told(error, problems.request_id(call))
    reads = call.scope["method"] in ("GET", "HEAD")
    if isinstance(error, errors.NotSignedIn) and reads and not _is_part(call):
        return RedirectResponse(f"/console/sign-in?{urlencode({'next': _place(call)})}", 303)
    template = "parts/failure.html" if _is_part(call) else "failure.html"
    made = pages.page(call, template, problem.status, problem=problem)
    made.headers.update(problems.headers(error))
    return made


def _is_part(call: HTTPConnection) -> bool:
    """Whether a script asks for a part of a page."""
    return call.headers.get("x-seawall-part") == "1"


def _place(call: HTTPConnection) -> str:
    return f"{call.url.path}?{call.url.query}" if call.url.query else call.url.path
