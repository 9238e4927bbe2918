"""Files that clients send: in the part of a form whose name is the kind of content, or by an address."""

from __future__ import annotations

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from dataclasses import dataclass
from typing import Annotated

from fastapi import Query, Request

from seawall import errors
from seawall.api import forms
from seawall.api.receiving import File, Received, is_form, received
from seawall.workflows import hma, hma_signals
from seawall.workflows.hma_signals import ContentType, SignalType
from seawall.workflows.library import Seawall

Types = Annotated[str | None, Query()]
Url = Annotated[str | None, Query(max_length=2000)]
_MISSING = "Missing multipart/form-data file upload"


@dataclass(frozen=True, slots=True)
class Sent:
    """A file, and what is wanted of it."""

    file: File
    kind: ContentType
    types: tuple[SignalType, ...]
    form: Received | None = None


def content_type(name: str) -> ContentType:
    """Raises BadRequest."""
    try:
        return ContentType(name)
    except ValueError:
        raise errors.BadRequest(reason=f"no such content_type: {name[:40]!r}") from None


def signal_type(name: str) -> SignalType:
    """Raises BadRequest."""
    try:
        return SignalType(name)
    except ValueError:
        raise errors.BadRequest(reason=f"No such SignalType {name[:40]!r}") from None


def given(name: str, text: object, refused: str = "invalid signal") -> hma_signals.Given:
    """A hash that a client sent. Raises BadRequest."""
    kind = signal_type(name)
    try:
        return hma_signals.read(kind, text)
    except ValueError as error:
        raise errors.BadRequest(reason=f"{refused}: {error}") from None


@asynccontextmanager
async def uploaded(request: Request, library: Seawall, types: str | None) -> AsyncIterator[Sent]:
    """A file that comes in a form, until the block ends. Raises BadRequest."""
    if not is_form(request):
        raise errors.BadRequest(reason=_MISSING)
    async with received(request, limit_bytes=library.settings.whole("max_bytes")) as form:
        if not form.files:
            raise errors.BadRequest(reason=_MISSING)
        file = form.one()
        kind = content_type(file.field)
        yield Sent(file, kind, hma.chosen(kind, types), form)


@asynccontextmanager
async def fetched(
    request: Request, library: Seawall, url: str, kind: str | None, types: str | None
) -> AsyncIterator[Sent]:
    """A file that lies at an address, until the block ends. What it is, its bytes say, or the client.

    Raises BadRequest, UnsafeUrl, FetchFailed, MediaError.
    """
    said = content_type(kind) if kind else None
    async with forms.fetched(request, library, url) as file:
        found = said
        if found is None:
            found = await forms.working_on(
                file, forms.at_a_time(request, "files"), hma.kind_of, library, file.path
            )
        yield Sent(file, found, hma.chosen(found, types))
