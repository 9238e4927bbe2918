"""Search: by words, by a file or a still, by hashes. Nothing is recorded unless the person says so."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Annotated, Any, Final

from fastapi import Depends, Request
from starlette.responses import Response

from seawall import errors
from seawall.api import forms as api_forms
from seawall.api.deps import Library, needs
from seawall.api.receiving import File, received
from seawall.api.routes import check
from seawall.api.schemas import Context
from seawall.console import forms, lists, pages, plain
from seawall.console.asked import Asked, shown
from seawall.console.forms import Sent
from seawall.model import seen
from seawall.model.access import Principal, Scope
from seawall.model.found import Hits, Subject
from seawall.signals import vpdq_text
from seawall.workflows import hashcheck, uploads
from seawall.workflows.check import CheckResult, Named
from seawall.workflows.hashcheck import Hashes, Moment
from seawall.workflows.library import Seawall

router = forms.pages_for("search")

Reader = Annotated[Principal, Depends(needs(Scope.READ))]
Checker = Annotated[Principal, Depends(needs(Scope.CHECK))]

_ROWS: Final = 10
_MOST_CHARACTERS: Final = 4 << 20
_DIGEST: Final = re.compile(r"[0-9a-f]{64}|[0-9a-f]{32}")


@router.get("/search")
def show(request: Request, library: Library, _: Reader) -> Response:
    """The forms, and what was found by words."""
    query = lists.asked(request, "q")
    subject = lists.one_of(request, "subject", Subject)
    found: dict[Subject, tuple[Hits, lists.Part[object]]] = {}
    if query is not None:
        rows = lists.ROWS if subject else _ROWS
        before = lists.number(request) if subject else None
        for one in [subject] if subject else list(Subject):
            hits = library.texts.find(one, query, before=before, limit=rows + 1)
            found[one] = (hits, lists.part(request, [(hit.number, hit) for hit in hits.hits], rows))
    return _page(request, query=query or "", subject=subject, found=found)


@router.post("/search/hashes")
def by_hash(request: Request, library: Library, form: Sent, _: Checker) -> Response:
    """What is known of a content of which hashes are given."""
    asked = Asked(request, form)
    said = asked.words("hashes", most=_MOST_CHARACTERS)
    if asked.faults:
        return _page(request, asked=asked)
    try:
        meant = meanings(said)
    except ValueError as mistake:
        asked.faults["hashes"] = str(mistake)
        return _page(request, asked=asked)
    found = _distinct(one for hashes in meant for one in library.search(hashcheck.query(hashes)))
    return _page(request, asked=asked, result=CheckResult("", matches=tuple(found)))


@router.post("/search/file")
async def by_file(request: Request, library: Library, who: Checker) -> Response:
    """What is known in a file, as a part of the page."""
    async with received(request, limit_bytes=library.settings.whole("max_bytes")) as form:
        sent = form.one()
        if form.field("record") is not None:
            said = {name: form.field(name) for name in ("uploader", "post", "url")}
            given = {name: value for name, value in said.items() if value is not None}
            return await _recorded(request, library, who, sent, api_forms.made(Context, given).record())
        if sent.size_bytes > library.settings.whole("max_sync_bytes"):
            raise errors.BodyTooLarge(limit_bytes=library.settings.whole("max_sync_bytes"))
        limiter = api_forms.at_a_time(request, "files")
        result = await api_forms.working_on(sent, limiter, _looked, library, sent.path)
        return _part(request, result, sent.name)


async def _recorded(
    request: Request, library: Seawall, who: Principal, sent: File, context: seen.Context
) -> Response:
    """As an upload: what is found is kept, and the policies are applied."""
    if sent.size_bytes > library.settings.whole("max_sync_bytes"):
        return _part(
            request, None, sent.name, job=await check.later(request, library, who.name, sent, context)
        )
    limiter = api_forms.at_a_time(request, "files")
    made = await api_forms.working_on(sent, limiter, uploads.check, library, sent.path, context, who.name)
    return _part(request, made.result, sent.name, recorded=made.record is not None)


def _looked(library: Seawall, path: Path) -> CheckResult:
    return next(library.check([path]))


def meanings(said: str) -> list[Hashes]:
    """What hashes a text may hold: 64 digits are a SHA-256 or a PDQ hash. Raises ValueError."""
    one = said.strip().lower()
    if _DIGEST.fullmatch(one):
        if len(one) == 32:
            return [Hashes(md5=one)]
        return [Hashes(sha256=one), Hashes(pdq=bytes.fromhex(one))]
    frames = vpdq_text.read(said)
    if not frames:
        raise ValueError("there is no hash in it")
    return [Hashes(moments=tuple(Moment(code.value, at_s, code.quality) for code, at_s in frames))]


def _distinct(found: Iterable[Named]) -> list[Named]:
    """Each reference once, as surely as it was found; the surest first."""
    best: dict[str, Named] = {}
    for one in found:
        known = best.get(one.reference.id)
        if known is None or one.match.score > known.match.score:
            best[one.reference.id] = one
    return sorted(best.values(), key=lambda one: -one.match.score)


def _part(request: Request, result: CheckResult | None, name: str, **more: object) -> Response:
    context: dict[str, Any] = {"job": None, "recorded": False, **more}
    return pages.page(request, "parts/found.html", result=result, name=name, **_said(request), **context)


def _page(
    request: Request,
    *,
    query: str = "",
    subject: Subject | None = None,
    found: Mapping[Subject, object] = MappingProxyType({}),
    asked: Asked | None = None,
    result: CheckResult | None = None,
) -> Response:
    return pages.page(
        request,
        "search.html",
        422 if asked and asked.faults else 200,
        words_asked=query,
        subject=subject,
        subjects=list(Subject),
        found=found,
        result=result,
        name="",
        job=None,
        recorded=False,
        **shown(asked),
        **_said(request),
    )


def _said(request: Request) -> dict[str, Any]:
    t = pages.visitor(request).texts.text
    return {"segment": lambda one: plain.segment(t, one)}
