"""Where the console begins, and how a person wants it to look."""

from __future__ import annotations

from typing import Final

from fastapi import Request
from fastapi.responses import RedirectResponse

from seawall.console import catalogue, forms, navigation, pages
from seawall.console.forms import Sent

router = forms.pages_for("home")

_KEPT_S: Final = 400 * 86_400  # as long as browsers keep a cookie


@router.get("/")
async def begin(request: Request) -> RedirectResponse:
    """The first page that the person may work with."""
    scopes = pages.visitor(request).scopes
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
