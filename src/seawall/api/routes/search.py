"""Search by text."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from seawall.api.deps import Library, needs
from seawall.api.paging import Page, Paged
from seawall.model import found
from seawall.model.access import Scope
from seawall.model.found import Subject

router = APIRouter(prefix="/v1/search", tags=["search"])


class Hit(BaseModel):
    """A record that has all words that were asked for."""

    subject: Subject
    id: str
    name: Annotated[str, Field(description="What people know it by.", examples=["original.mp4"])]
    state: Annotated[str, Field(examples=["active"])]
    at: Annotated[datetime, Field(description="Since when it is on record.")]
    bank: Annotated[str | None, Field(description="Of a reference.", examples=["KNOWN"])]
    case: Annotated[str | None, Field(description="That an item is in.", examples=[None])]

    @classmethod
    def of(cls, known: found.Hit) -> Hit:
        """The record as it is sent."""
        return cls(
            subject=known.subject,
            id=known.id,
            name=known.name,
            state=known.state,
            at=known.at,
            bank=known.bank,
            case=known.case,
        )


@router.get("", dependencies=[Depends(needs(Scope.READ))], summary="Search by text")
def text(
    library: Library,
    paging: Paged,
    subject: Annotated[Subject, Query(description="What is looked for.")],
    q: Annotated[str, Query(min_length=1, max_length=200, description="Words.", examples=["press clip"])],
) -> Page[Hit]:
    """Records with all words of a query, the newest first.

    References have the words of their name, note and labels; items those of their context; cases what was
    written on them; incidents their title. Case and accents do not count, and a word of three characters or
    more also finds longer ones that begin with it. Of words that very many records have, the latest thousand
    are looked through.
    """
    hits = library.texts.find(subject, q, before=paging.number() or None, limit=paging.limit + 1)
    return paging.page([(one.number, one) for one in hits.hits], Hit.of)
