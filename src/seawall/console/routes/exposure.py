"""What a person was shown, for that person; and for administrators, what all were shown together."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import Annotated, Final

from fastapi import Depends, Query, Request
from starlette.responses import Response

from seawall import errors
from seawall.api.deps import Library, Recorded, needs
from seawall.console import forms, pages
from seawall.console.forms import Sent
from seawall.model.access import Principal, Scope
from seawall.model.viewing import Cover

router = forms.pages_for("exposure")

LINES: Final = 50
WEEK: Final = timedelta(days=7)
_PATH: Final = "/console/exposure"
_ITEM: Final = re.compile(r"/console/cases/[0-9A-Za-z]{1,64}(/items/[0-9A-Za-z]{1,64})?")

Reviewer = Annotated[Principal, Depends(needs(Scope.REVIEW))]


@router.get("/exposure")
def show(
    request: Request,
    library: Library,
    who: Reviewer,
    before: Annotated[int | None, Query(ge=1, lt=1 << 62)] = None,
) -> Response:
    """The person's own ledger, limits and floor."""
    found = library.exposure.entries(who.user, before=before, limit=LINES + 1)
    lines, more = found[:LINES], len(found) > LINES
    highest = max(library.viewing.rules.floors.values(), key=lambda one: one.shows)
    now = datetime.now(UTC)
    manages = Scope.ADMIN in who.scopes
    return pages.page(
        request,
        "exposure.html",
        own=library.exposure.own(who.user),
        entries=[one for _, one in lines],
        before=before,
        next=f"{_PATH}?before={lines[-1][0]}" if more else "",
        floors=[one for one in Cover if one.shows <= highest.shows],
        chosen=library.exposure.floor(who.user) or highest,
        together=library.exposure.together(now - WEEK, now) if manages else None,
        saved=library.viewing.saved(now - WEEK, now) if manages else None,
    )


@router.get("/exposure/break")
def rest(request: Request, library: Library, who: Reviewer) -> Response:
    """A proposal to take a break, where it is time for one."""
    own = library.exposure.own(who.user)
    return pages.page(request, "case/break.html", own=own) if own.take_a_break else Response("")


@router.post("/exposure/floor")
def set_floor(form: Sent, library: Library, who: Reviewer, trail: Recorded) -> Response:
    """Have less shown without a reason. Raises BelowFloor for more."""
    try:
        cover = Cover(form.text("cover"))
    except ValueError:
        raise errors.BadRequest(reason="cover: it is none of the covers that there are") from None
    trail.subject = who.user
    library.exposure.set_floor(who.user, cover)
    back = form.text("back")
    return pages.to(back if _ITEM.fullmatch(back) else _PATH, "exposure.said.floor")
