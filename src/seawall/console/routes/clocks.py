"""One clock, and what happens to it."""

from __future__ import annotations

import re
from typing import Annotated, Final

from fastapi import Depends, Request
from starlette.responses import Response

from seawall import errors
from seawall.api.deps import Library, needs
from seawall.console import clocks, forms, notice_form, pages
from seawall.console.forms import Sent
from seawall.model.access import Principal, Scope
from seawall.workflows.library import Seawall

router = forms.pages_for("clocks")

Reviewer = Annotated[Principal, Depends(needs(Scope.REVIEW))]
#: A page of ours that a form was on.
_BACK: Final = re.compile(r"/console/(?:inbox|clocks|incidents|cases)/[A-Za-z0-9-]{1,64}")


@router.get("/clocks/{clock}")
def show(
    request: Request, clock: str, shared: Library, _: Annotated[Principal, Depends(needs(Scope.READ))]
) -> Response:
    """One clock with all that happened to it."""
    return _shown(request, shared, clock)


@router.post("/clocks/{clock}/suspend")
def suspend(request: Request, clock: str, shared: Library, form: Sent, _: Reviewer) -> Response:
    """Hold it for a reason that its period knows."""
    return _change(request, shared, clock, form, "suspend")


@router.post("/clocks/{clock}/resume")
def resume(request: Request, clock: str, shared: Library, form: Sent, _: Reviewer) -> Response:
    """Have it go on."""
    return _change(request, shared, clock, form, "resume")


@router.post("/clocks/{clock}/extend")
def extend(request: Request, clock: str, shared: Library, form: Sent, _: Reviewer) -> Response:
    """Make its period longer."""
    return _change(request, shared, clock, form, "extend")


@router.post("/clocks/{clock}/end")
def end(request: Request, clock: str, shared: Library, form: Sent, _: Reviewer) -> Response:
    """What it is there for is done, or is no more."""
    return _change(request, shared, clock, form, "end")


def _change(request: Request, shared: Seawall, clock: str, form: forms.Form, what: str) -> Response:
    reason = form.text("reason")
    try:
        at = notice_form.moment("at", form.text("at"), shared.clocks.get(clock).zone)
        match what:
            case "suspend":
                shared.clocks.suspend(clock, form.text("hold"), reason=reason, at=at)
            case "resume":
                shared.clocks.resume(clock, reason=reason, at=at)
            case "extend":
                shared.clocks.extend(clock, reason=reason, at=at)
            case _:
                shared.clocks.end(clock, reason=reason, at=at)
    except (errors.BadClock, errors.BadRequest, errors.BadNotice) as refused:
        return _shown(request, shared, clock, refused)
    back = form.text("back")
    return pages.to(back if _BACK.fullmatch(back) else f"/console/clocks/{clock}", f"inbox.said.{what}")


def _shown(
    request: Request, shared: Seawall, clock: str, refused: errors.SeawallError | None = None
) -> Response:
    (known,) = clocks.shown(shared, request, [shared.clocks.get(clock)])
    status = 200 if refused is None else refused.http_status
    about = "" if known.path.startswith("/console/clocks/") else known.path
    return pages.page(
        request, "inbox/clock_page.html", status, clock=known, refused=refused, about_path=about, id=clock
    )
