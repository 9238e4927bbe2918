"""Contents: what is known of a file by its digest."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path
from pydantic import BaseModel, Field

from seawall import errors
from seawall.api.deps import Library, needs
from seawall.api.schemas import Context, Reference
from seawall.model import content, seen
from seawall.model.access import Scope

router = APIRouter(prefix="/v1/content", tags=["content"])


class File(BaseModel):
    """A file that a bank has."""

    size_bytes: int | None
    kind: Annotated[str, Field(examples=["video"])]
    format: Annotated[str | None, Field(examples=["mp4"])]
    duration_s: float | None
    width_px: int | None
    height_px: int | None

    @classmethod
    def of(cls, known: content.Content) -> File:
        """The record as it is sent."""
        return cls(
            size_bytes=known.size_bytes,
            kind=known.kind,
            format=known.format,
            duration_s=known.duration_s,
            width_px=known.width_px,
            height_px=known.height_px,
        )


class Check(BaseModel):
    """One check of it."""

    id: str
    at: datetime
    actor: Annotated[str, Field(examples=["ada/upload path"])]
    context: Context

    @classmethod
    def of(cls, known: seen.Checked) -> Check:
        """The record as it is sent."""
        context = Context.model_construct(
            uploader=known.context.uploader, post=known.context.post, url=known.context.url
        )
        return cls(id=known.id, at=known.at, actor=known.actor, context=context)


class Known(BaseModel):
    """What is known of a content."""

    sha256: str
    file: Annotated[File | None, Field(description="Null where no bank has it.")]
    references: list[Reference]
    checks: Annotated[list[Check], Field(description="The latest hundred, the newest first.")]


@router.get("/{sha256}", dependencies=[Depends(needs(Scope.READ))], summary="Show a content")
def show(
    sha256: Annotated[str, Path(pattern="^[0-9a-f]{64}$", examples=["9f86d081884c7d659a2feaa0c55ad015" * 2])],
    library: Library,
) -> Known:
    """The references that it is, and the checks in which it came. 404 for one that never came."""
    known = library.lookup.content(sha256)
    if known.content is None and not known.checks:
        raise errors.RecordNotFound(kind="content", id=sha256)
    return Known(
        sha256=sha256,
        file=None if known.content is None else File.of(known.content),
        references=[Reference.of(one) for one in known.references],
        checks=[Check.of(one) for one in known.checks],
    )
