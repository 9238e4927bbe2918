"""References added to banks: by their files, by addresses, by hashes alone."""

from __future__ import annotations

import dataclasses
from typing import Annotated

from fastapi import APIRouter, Depends, Request, Response, status
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field, model_validator

from seawall.api import forms
from seawall.api.calls import Trail
from seawall.api.deps import Library, Recorded, Who, needs
from seawall.api.fields import Labels
from seawall.api.receiving import File, is_form, received
from seawall.api.routes import check
from seawall.api.routes.banks import Name
from seawall.api.schemas import Queued, Reference, Skipped
from seawall.model.access import Scope
from seawall.store.tasks import Json
from seawall.workflows import uploads
from seawall.workflows.library import Seawall
from seawall.workflows.tasks import Kind

router = APIRouter(prefix="/v1/banks", tags=["references"])

MOST_HASHES = 5000


class About(BaseModel):
    """What is recorded of a new reference."""

    name: Annotated[
        str | None, Field(min_length=1, max_length=255, description="Null: the file's.", examples=["a.mp4"])
    ] = None
    labels: Labels = []
    note: Annotated[str | None, Field(max_length=2000, examples=["from the partner's list"])] = None
    incident: Annotated[str | None, Field(max_length=64, examples=[None])] = None
    keep: Annotated[bool, Field(description="Keep the file's bytes too.", examples=[False])] = False

    def about(self, file: str, origin: str) -> uploads.About:
        """As it is recorded."""
        return uploads.About(
            self.name or file, origin, tuple(self.labels), self.note, self.incident, self.keep
        )


class Hash(BaseModel):
    """One hash of a content, as lists have it."""

    type: Annotated[str, Field(max_length=16, examples=["pdq"])]
    value: Annotated[str, Field(max_length=1 << 20, examples=["d8f8f0cce0f4a84f0e370a22028f67f0" * 2])]
    quality: Annotated[int | None, Field(ge=0, le=100, examples=[100])] = None
    offset_s: Annotated[
        float | None, Field(ge=0, le=1e6, description="Where in a video it is.", examples=[None])
    ] = None


class Given(About):
    """A reference by its address or by its hashes."""

    url: Annotated[str | None, Field(min_length=1, max_length=2000, examples=[None])] = None
    hashes: Annotated[list[Hash] | None, Field(min_length=1, max_length=MOST_HASHES)] = None

    @model_validator(mode="after")
    def _one_of(self) -> Given:
        if (self.url is None) is (self.hashes is None):
            raise ValueError("give `url` or `hashes`")
        return self


class Added(BaseModel):
    """A reference as it is in its bank now."""

    reference: Reference
    already: Annotated[bool, Field(description="The bank had it.", examples=[False])]
    signals: Annotated[dict[str, int], Field(examples=[{"sha256": 1, "md5": 1, "video": 214}])]
    skipped: list[Skipped]


@router.post(
    "/{name}/references",
    status_code=status.HTTP_201_CREATED,
    dependencies=[Depends(needs(Scope.BANKS))],
    summary="Add a reference",
    response_model=Added,
    responses={202: {"model": Queued, "description": "The file is large: a job adds it."}},
    openapi_extra=forms.described(form=About, json=Given),
)
async def add(name: Name, request: Request, library: Library, who: Who, trail: Recorded) -> Response:
    """Add a reference to a bank: a file that comes as a part of a form, an address, or hashes.

    Once this is answered, the reference can be matched. A file that cannot be used is an error.
    """
    if is_form(request):
        async with received(request, limit_bytes=library.settings.whole("max_bytes")) as form:
            sent = form.one()
            about = forms.of_form(form, About).about(sent.name, f"upload by {who.name}")
            return await _file(request, library, name, sent, about, trail)
    given = await forms.of_json(request, Given)
    if given.url is not None:
        async with forms.fetched(request, library, given.url) as fetched:
            about = given.about(fetched.name, given.url)
            return await _file(request, library, name, fetched, about, trail)
    hashes = [one.model_dump() for one in given.hashes or []]
    about = given.about("hashes", f"hashes by {who.name}")
    made = await forms.working(request, _hashes, library, name, hashes, about)
    return _answer(made, trail)


async def _file(
    request: Request, library: Seawall, bank: str, sent: File, about: uploads.About, trail: Trail
) -> Response:
    if sent.size_bytes > library.settings.whole("max_sync_bytes"):
        return check.queued(await forms.working(request, _later, library, bank, sent, about, trail))
    return _answer(await forms.working_on(request, sent, _add, library, bank, sent, about), trail)


def _add(library: Seawall, bank: str, sent: File, about: uploads.About) -> Added:
    result = uploads.added(library, bank, sent.path, about)
    return Added(
        reference=Reference.of(library.reference(result.reference or "")),
        already=result.already,
        signals=result.signals,
        skipped=[Skipped(signal=one.signal, reason=one.reason) for one in result.skipped],
    )


def _later(library: Seawall, bank: str, sent: File, about: uploads.About, trail: Trail) -> str:
    library.bank(bank)
    recorded: Json = {**dataclasses.asdict(about), "labels": list(about.labels)}
    said: dict[str, Json] = {"about": recorded, "bank": bank, "actor": library.actor}
    payload = uploads.kept(library, sent.path, sent.name, said)
    trail.details["job"] = job = library.tasks.put(Kind.INGEST, payload)
    return job


def _hashes(library: Seawall, bank: str, hashes: list[dict[str, object]], about: uploads.About) -> Added:
    added = library.reference_add_hashes(bank, hashes, about)
    counts: dict[str, int] = {}
    for one in hashes:
        counts[str(one["type"])] = counts.get(str(one["type"]), 0) + 1
    known = Reference.of(library.reference(added.id))
    return Added(reference=known, already=added.already, signals=counts, skipped=[])


def _answer(added: Added, trail: Trail) -> Response:
    trail.details["reference"] = added.reference.id
    return JSONResponse(added.model_dump(mode="json"), status.HTTP_201_CREATED)
