"""Hashes of files."""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, Query, Request

from seawall.api import forms
from seawall.api.deps import Library, needs
from seawall.api.hma import answers, files
from seawall.model.access import Scope
from seawall.workflows import hma

router = answers.router("/h")


@router.get("/hash", dependencies=[Depends(needs(Scope.CHECK))])
async def of_url(
    request: Request,
    library: Library,
    url: Annotated[str, Query(max_length=2000)],
    content_type: str | None = None,
    types: files.Types = None,
) -> dict[str, str]:
    """The hashes of what lies at an address."""
    async with files.fetched(request, library, url, content_type, types) as sent:
        return await _hashes(request, library, sent)


@router.post("/hash", dependencies=[Depends(needs(Scope.CHECK))])
async def of_file(request: Request, library: Library, types: files.Types = None) -> dict[str, str]:
    """The hashes of a file."""
    async with files.uploaded(request, library, types) as sent:
        return await _hashes(request, library, sent)


async def _hashes(request: Request, library: Library, sent: files.Sent) -> dict[str, str]:
    return await forms.working_on(
        sent.file,
        forms.at_a_time(request, "files"),
        hma.hashes,
        library,
        sent.file.path,
        sent.kind,
        sent.types,
    )
