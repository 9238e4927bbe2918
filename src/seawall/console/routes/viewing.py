"""What there is to look at of an item: words first, all else when it is asked for. Media come from `/v1`."""

from __future__ import annotations

from dataclasses import fields
from typing import Annotated, Final

from fastapi import Depends, Request
from starlette.responses import Response

from seawall.api.deps import Library, needs
from seawall.console import forms, pages
from seawall.model.access import Principal, Scope
from seawall.model.viewing import Cover, Reason

router = forms.pages_for("viewing")

#: After which what was revealed is covered again, in seconds.
COVER_S: Final = 5

Reviewer = Annotated[Principal, Depends(needs(Scope.REVIEW))]


@router.get("/cases/{case}/items/{item}/look")
def look(request: Request, case: str, item: str, library: Library, who: Reviewer) -> Response:
    """The part of a page in which an item is looked at."""
    about = library.viewing.about(case, item, who)
    return pages.page(
        request,
        "case/look.html",
        **{one.name: getattr(about, one.name) for one in fields(about)},
        own=library.exposure.own(who.user),
        covers=list(Cover),
        reasons=list(Reason),
        cover_s=COVER_S,
        back=f"/console/cases/{case}",
    )
