"""Users: who may do what."""

from __future__ import annotations

from typing import Annotated, Final

from fastapi import Depends, Request
from starlette.responses import Response

from seawall import errors
from seawall.api import forms as api_forms
from seawall.api.deps import Library, Recorded, needs
from seawall.console import forms, pages
from seawall.console.asked import Asked, shown
from seawall.console.forms import Sent
from seawall.model.access import SCOPES, Principal, Role, Scope
from seawall.workflows import accounts
from seawall.workflows.library import Seawall

router = forms.pages_for("users")

Admin = Annotated[Principal, Depends(needs(Scope.ADMIN))]

_TAKEN: Final[dict[type[errors.SeawallError], str]] = {
    errors.BadRequest: "name",
    errors.RecordConflict: "name",
}


@router.get("/users")
def users(request: Request, library: Library, _: Admin) -> Response:
    """All users, and the form that makes one."""
    return _list(request, library)


@router.post("/users")
async def create_user(request: Request, library: Library, form: Sent, trail: Recorded, _: Admin) -> Response:
    """Make a user, with a password for the console or without."""
    asked = Asked(request, form)
    name, role = asked.words("name", most=64), asked.one_of("role", Role)
    password = str((await request.form()).get("password", ""))  # blanks at its ends are part of it
    limiter = api_forms.at_a_time(request, "sign-ins")
    hashed = None
    if password:
        with asked.refusing({errors.BadRequest: "password"}):
            hashed = await api_forms.working(limiter, accounts.hashed, password)
    if role is not None and not asked.faults:
        with asked.refusing(_TAKEN):
            await api_forms.working(limiter, library.access.create_user, name, role, hashed)
            trail.subject, trail.details["role"] = name, role
            return pages.to(f"/console/users/{name}", "users.said.made")
    return await api_forms.working(limiter, _list, request, library, asked)


@router.get("/users/{name}")
def show_user(request: Request, name: str, library: Library, who: Admin) -> Response:
    """One user, and what can be changed."""
    return _one(request, library, name, who)


@router.post("/users/{name}/role")
def set_role(
    request: Request, name: str, library: Library, form: Sent, trail: Recorded, who: Admin
) -> Response:
    """Another role. Nobody takes their own from themselves."""
    asked = Asked(request, form)
    role = asked.one_of("role", Role)
    if name == who.user:
        asked.faults["role"] = pages.visitor(request).texts.text("users.not_oneself")
    if role is None or asked.faults:
        return _one(request, library, name, who, asked)
    trail.details["role"] = role
    library.access.set_role(name, role)
    return pages.to(f"/console/users/{name}", "users.said.role")


@router.post("/users/{name}/password")
async def set_password(request: Request, name: str, library: Library, form: Sent, who: Admin) -> Response:
    """Another password. The user's sessions end."""
    asked = Asked(request, form)
    password = str((await request.form()).get("password", ""))
    limiter = api_forms.at_a_time(request, "sign-ins")
    with asked.refusing({errors.BadRequest: "password"}):
        hashed = await api_forms.working(limiter, accounts.hashed, password)
        await api_forms.working(limiter, library.access.set_password, name, hashed)
    if not asked.faults:
        return pages.to(f"/console/users/{name}", "users.said.password")
    return await api_forms.working(limiter, _one, request, library, name, who, asked)


@router.post("/users/{name}/disable")
def disable_user(request: Request, name: str, library: Library, who: Admin, form: Sent) -> Response:
    """Shut a user out, keys and sessions too. Nobody shuts themselves out."""
    if name == who.user:
        asked = Asked(request, form)
        asked.faults["role"] = pages.visitor(request).texts.text("users.not_oneself")
        return _one(request, library, name, who, asked)
    library.access.set_active(name, active=False)
    return pages.to(f"/console/users/{name}", "users.said.disabled")


@router.post("/users/{name}/enable")
def enable_user(name: str, library: Library, _: Admin) -> Response:
    """Let a user in again."""
    library.access.set_active(name, active=True)
    return pages.to(f"/console/users/{name}", "users.said.enabled")


def _list(request: Request, library: Seawall, asked: Asked | None = None) -> Response:
    return pages.page(
        request,
        "users.html",
        422 if asked else 200,
        users=library.access.users(),
        roles=list(Role),
        of_roles=SCOPES,
        shortest=accounts.SHORTEST_PASSWORD,
        **shown(asked),
    )


def _one(
    request: Request, library: Seawall, name: str, who: Principal, asked: Asked | None = None
) -> Response:
    return pages.page(
        request,
        "user.html",
        422 if asked else 200,
        user=library.access.user(name),
        is_oneself=name == who.user,
        roles=list(Role),
        shortest=accounts.SHORTEST_PASSWORD,
        **shown(asked),
    )
