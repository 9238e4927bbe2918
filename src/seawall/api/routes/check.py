"""Checks of files."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Request, Response, status
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from seawall import errors
from seawall.api import forms
from seawall.api.deps import Library, Who, needs
from seawall.api.receiving import File, is_form, received
from seawall.api.schemas import Checked, Context, Queued
from seawall.model import seen
from seawall.model.access import Scope
from seawall.store.tasks import Json
from seawall.workflows import pool, uploads
from seawall.workflows.library import Seawall
from seawall.workflows.tasks import Kind

router = APIRouter(prefix="/v1/check", tags=["check"])

MOST_FILES = 100


class ByUrl(BaseModel):
    """A content to fetch and check."""

    url: Annotated[str, Field(min_length=1, max_length=2000, examples=["https://example.org/media/0815.mp4"])]
    uploader: Annotated[str | None, Field(max_length=500, examples=["user-4711"])] = None
    post: Annotated[str | None, Field(max_length=500, examples=["post-0815"])] = None
    labels: Annotated[list[Annotated[str, Field(max_length=100)]], Field(max_length=20)] = []


_LATER: dict[int | str, dict[str, Any]] = {
    status.HTTP_202_ACCEPTED: {
        "model": Queued,
        "description": "The file is too large to be checked while its sender waits.",
        "headers": {"Location": {"schema": {"type": "string"}, "description": "Where the job can be seen."}},
    }
}


@router.post(
    "",
    dependencies=[Depends(needs(Scope.CHECK))],
    summary="Check a file",
    response_model=Checked,
    responses=_LATER,
    openapi_extra=forms.described(form=Context, json=ByUrl),
)
async def file(request: Request, library: Library, who: Who) -> Response:
    """What is known in a file: one that comes as a part of a form, or one that is fetched from an address.

    What kind of file it is, its bytes say. A file up to the setting `max_sync_bytes` is checked at once; of a
    larger one, a job is made. A file that cannot be read has a result with an `error`.
    """
    if is_form(request):
        async with received(request, limit_bytes=library.settings.whole("max_bytes")) as form:
            context = forms.of_form(form, Context).record()
            return await _checked(request, library, who.name, form.one(), context)
    asked = await forms.of_json(request, ByUrl)
    context = seen.Context(asked.uploader, asked.post, asked.url, tuple(asked.labels))
    async with forms.fetched(request, library, asked.url) as fetched:
        return await _checked(request, library, who.name, fetched, context)


async def _checked(
    request: Request, library: Seawall, actor: str, sent: File, context: seen.Context
) -> Response:
    if sent.size_bytes > library.settings.whole("max_sync_bytes"):
        return queued(await later(request, library, actor, sent, context))
    result = await forms.working_on(
        sent, forms.at_a_time(request, "files"), uploads.check, library, sent.path, context, actor
    )
    return JSONResponse(uploads.document(uploads.as_record(result, sent.name)))


async def later(request: Request, library: Seawall, actor: str, sent: File, context: seen.Context) -> str:
    """Have a job check a file; its id."""

    def put() -> str:
        said: dict[str, Json] = {"context": dataclasses.asdict(context), "actor": actor}
        return library.tasks.put(Kind.CHECK, uploads.kept(library, sent.path, sent.name, said))

    return await forms.working(forms.at_a_time(request, "files"), put)


def queued(job: str) -> Response:
    """The answer where work is done later."""
    headers = {"Location": f"/v1/jobs/{job}"}
    return JSONResponse({"job": job}, status.HTTP_202_ACCEPTED, headers=headers)


@router.post(
    "/batch",
    dependencies=[Depends(needs(Scope.CHECK))],
    summary="Check several small files",
    response_model=Checked,
    openapi_extra=forms.described(form=Context, files="files", many=True),
)
async def batch(request: Request, library: Library, who: Who) -> Response:
    """What is known in each of up to 100 files, in the order in which they come.

    Together they are no larger than the setting `max_sync_bytes`. One that cannot be used stops no other.
    """
    limit_bytes = library.settings.whole("max_sync_bytes")
    async with received(request, limit_bytes=limit_bytes, most_files=MOST_FILES) as form:
        context = forms.of_form(form, Context).record()
        if not form.files:
            raise errors.BadRequest(reason="no part of the form is a file, with a filename")
        results = await forms.working(
            forms.at_a_time(request, "files"), _each, library, form.files, context, who.name
        )
        return JSONResponse(uploads.document(*results))


def _each(
    library: Seawall, files: Sequence[File], context: seen.Context, actor: str
) -> list[dict[str, object]]:
    def work(one: File) -> dict[str, object]:
        with uploads.under_name(one.path, one.name):
            return uploads.as_record(uploads.check(library, one.path, context, actor), one.name)

    results: Iterator[dict[str, object]] = pool.in_order(work, files, library.settings.workers)
    return list(results)
