"""Keys: what programs call with."""

from __future__ import annotations

import re
from datetime import UTC, datetime
from typing import Annotated, Final

from fastapi import Depends, Request
from starlette.responses import Response

from seawall import errors
from seawall.api.deps import Library, Recorded, needs
from seawall.console import forms, lists, pages
from seawall.console.asked import Asked, shown
from seawall.console.forms import Sent
from seawall.model.access import SCOPES, Principal, Scope
from seawall.store.access import NewKey
from seawall.workflows.library import Seawall

router = forms.pages_for("keys")

Admin = Annotated[Principal, Depends(needs(Scope.ADMIN))]

_NAME: Final = re.compile(r"[A-Za-z0-9._ -]{1,64}")  # as `/v1` takes them
_MOST_CALLS: Final = 1e6
_MOST_BYTES: Final = float(1 << 53)


@router.get("/keys")
def every(request: Request, library: Library, _: Admin) -> Response:
    """Keys in the order in which they were made, and the form that makes one."""
    return _list(request, library)


@router.post("/keys")
def create_key(request: Request, library: Library, form: Sent, trail: Recorded, _: Admin) -> Response:
    """Make a key. Its secret is on the page that answers, and on no other."""
    asked = Asked(request, form)
    t = pages.visitor(request).texts.text
    user, name = asked.words("user", most=64), asked.words("name", most=64)
    if name and not _NAME.fullmatch(name):
        asked.faults["name"] = t("keys.make.name_hint")
    scopes, expires_at = asked.some_of("scopes", Scope), asked.time("expires_at")
    if expires_at is not None and expires_at <= datetime.now(UTC):
        asked.faults["expires_at"] = t("keys.make.past")
    rate_per_s = asked.number("rate_per_s", 0, _MOST_CALLS)
    bytes_per_day = asked.number("bytes_per_day", 0, _MOST_BYTES)
    if not asked.faults:
        with asked.refusing({errors.RecordNotFound: "user", errors.NotAllowed: "scopes"}):
            made = library.access.create_key(
                user,
                name,
                scopes,
                expires_at,
                rate_per_s=rate_per_s,
                bytes_per_day=None if bytes_per_day is None else int(bytes_per_day),
            )
            trail.subject = made.key.id
            trail.details.update(user=user, scopes=sorted(made.key.scopes))
            return _list(request, library, made=made)
    return _list(request, library, asked=asked, scopes=form.texts("scopes"))


@router.post("/keys/{key}/revoke")
def revoke_key(key: str, library: Library, _: Admin) -> Response:
    """End a key for good."""
    library.access.revoke_key(key)
    return pages.to("/console/keys", "keys.said.revoked")


def _list(
    request: Request,
    library: Seawall,
    *,
    asked: Asked | None = None,
    scopes: list[str] | None = None,
    made: NewKey | None = None,
) -> Response:
    found = library.access.every_key(after=lists.number(request) or 0, limit=lists.ROWS + 1)
    return pages.page(
        request,
        "keys.html",
        422 if asked else 200,
        part=lists.part(request, found),
        users=[one for one in library.access.users() if one.active],
        every_scope=list(Scope),
        of_roles=SCOPES,
        chosen=scopes or [],
        made=made,
        **shown(asked),
    )
