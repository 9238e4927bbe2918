"""Where the console begins, and how a person wants it to look."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends, Request
from fastapi.responses import RedirectResponse

from seawall.api.deps import library
from seawall.console import catalogue, forms, navigation, pages
from seawall.console.forms import Sent
from seawall.model.access import Scope
from seawall.workflows.library import Seawall

router = forms.pages_for("home")

_KEPT_S: Final = 400 * 86_400  # as long as browsers keep a cookie


@router.get("/")
def begin(request: Request, shared: Annotated[Seawall, Depends(library)]) -> RedirectResponse:
    """The first page that the person may work with; where there is no bank yet, how to begin."""
    scopes = pages.visitor(request).scopes
    if Scope.BANKS in scopes and not shared.banks():
        return pages.to("/console/start")
    open_ = (*navigation.open_to(navigation.WORK, scopes), *navigation.open_to(navigation.ABOUT, scopes))
    return pages.to(open_[0].path if open_ else "/console/preferences")


@router.get("/preferences")
async def show(request: Request) -> object:
    """Language and colours."""
    return pages.page(request, "preferences.html")


@router.post("/preferences")
async def change(request: Request, form: Sent) -> RedirectResponse:
    """Remember them in this browser."""
    made = pages.to("/console/preferences", "base.said.kept")
    secure = request.url.scheme == "https"
    for name, value, allowed in (
        (pages.LANGUAGE_COOKIE, form.text("language"), catalogue.LANGUAGES),
        (pages.THEME_COOKIE, form.text("theme"), pages.THEMES),
    ):
        if value in allowed:
            made.set_cookie(
                name, value, max_age=_KEPT_S, path="/console", httponly=True, samesite="strict", secure=secure
            )
    return made
