"""The audit log: what was written and revealed, by whom."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Final

from fastapi import Depends, Request
from starlette.responses import Response

from seawall.api.deps import Library, needs
from seawall.console import forms, lists, pages
from seawall.console.asked import moment
from seawall.model.access import Principal, Scope
from seawall.store.access import AuditFilter

router = forms.pages_for("audit")

_WORDS: Final = ("user", "action", "subject", "request")
_TIMES: Final = ("since", "until")
_LONG: Final = re.compile(r"[0-9a-f]{24,}")
_SHOWN: Final = 10  #: characters of an id


@router.get("/audit")
def list_(
    request: Request, library: Library, _: Annotated[Principal, Depends(needs(Scope.AUDIT))]
) -> Response:
    """The newest first. What is asked for stands in the address, which can be passed on."""
    asked = {name: lists.asked(request, name) or "" for name in (*_WORDS, *_TIMES)}
    times = {name: moment(asked[name]) for name in _TIMES}
    t = pages.visitor(request).texts.text
    faults = {name: t("admin.fault.time") for name in _TIMES if asked[name] and times[name] is None}
    user, action, subject, call = (asked[name] or None for name in _WORDS)
    wanted = AuditFilter(user, action, subject, call, times["since"], times["until"])
    found = library.access.entries(wanted, before=lists.number(request), limit=lists.ROWS + 1)
    return pages.page(
        request,
        "audit.html",
        part=lists.part(request, [(one.number, one) for one in found]),
        asked=asked,
        faults=faults,
        told=_told,
        brief=_brief,
    )


def _told(details: Mapping[str, object]) -> Iterator[tuple[str, str]]:
    """What an entry says beside the rest, as pairs; what says nothing is left out."""
    for name, value in details.items():
        if value is None or value == []:
            continue
        if isinstance(value, list) and all(isinstance(one, float) for one in value):
            value = [round(one, 3) for one in value]
        yield name, value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)


def _brief(text: str) -> str:
    """A text without what nobody reads: of ids and digests, their beginning."""
    return _LONG.sub(lambda found: found[0][:_SHOWN] + "…", text)
