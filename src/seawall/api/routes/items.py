"""Items: contents under decision."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, Field

from seawall.api.deps import Library, needs
from seawall.api.paging import Page, Paged
from seawall.model import decision as records
from seawall.model.access import Scope
from seawall.model.decision import ItemState, Priority
from seawall.store.items import ItemFilter

router = APIRouter(prefix="/v1/items", tags=["items"])

ItemId = Annotated[str, Path(min_length=1, max_length=64, examples=["0d6f2a9c4b7e4f1a8c3d5e6f7a8b9c0d"])]
Asked = Annotated[str, Field(max_length=1000)] | None


class Place(BaseModel):
    """Where the content stands on the platform, as the caller said."""

    uploader: Annotated[str | None, Field(examples=["u-1841"])]
    post: Annotated[str | None, Field(examples=["p-99213"])]
    url: Annotated[str | None, Field(examples=["https://example.org/p/99213"])]
    labels: Annotated[list[str], Field(examples=[["news"]])]


class ItemMatch(BaseModel):
    """A match that the item was opened or joined for, and what its policy made of it."""

    match: str
    reference: str
    bank: Annotated[str, Field(examples=["KNOWN"])]
    recommendation: Annotated[str, Field(examples=["strong"])]
    score: Annotated[float, Field(examples=[0.97])]
    coverage_query: Annotated[float, Field(examples=[0.41])]
    coverage_reference: Annotated[float, Field(examples=[1.0])]
    version: Annotated[int | None, Field(description="Of the policy.", examples=[3])]
    rule: str | None
    step: Annotated[str, Field(examples=["hold"])]
    why: str
    at: datetime


class Item(BaseModel):
    """A content under decision."""

    id: str
    sha256: Annotated[str | None, Field(description="None where only hashes were given.")]
    kind: Annotated[str | None, Field(examples=["video"])]
    duration_s: Annotated[float | None, Field(examples=[31.2])]
    context: Place
    state: ItemState
    priority: Annotated[int, Field(description="3 was acted on already, 2 is held, 1 is a notification.")]
    why: Annotated[str, Field(description="Why it was opened.")]
    opened_at: datetime
    case: str | None
    decision: Annotated[str | None, Field(description="Id of the one that stands.")]
    matches: list[ItemMatch]

    @classmethod
    def of(cls, known: records.Item) -> Item:
        """The record as it is sent."""
        return cls.model_validate(asdict(known))


@router.get("", dependencies=[Depends(needs(Scope.READ))], summary="List items")
def list_(
    library: Library,
    paging: Paged,
    state: Annotated[ItemState | None, Query(description="Only those in this state.")] = None,
    priority: Annotated[int | None, Query(ge=1, le=3, description="At least this.")] = None,
    bank: Annotated[Asked, Query(description="Only with a match of this bank.")] = None,
    reference: Annotated[Asked, Query(description="Only with a match of this reference, by its id.")] = None,
    uploader: Annotated[Asked, Query(description="Only of this uploader.")] = None,
    sha256: Annotated[str | None, Query(pattern="^[0-9a-f]{64}$", description="Only this content.")] = None,
    case: Annotated[Asked, Query(description="Only of this case, by its id.")] = None,
) -> Page[Item]:
    """Items in the order in which they were opened, of those that are asked for."""
    wanted = ItemFilter(
        state=state,
        priority=None if priority is None else Priority(priority),
        bank=bank,
        reference=reference,
        uploader=uploader,
        sha256=sha256,
        case=case,
    )
    found = library.cases.items(wanted, after=paging.number(), limit=paging.limit + 1)
    return paging.page(found, Item.of)


@router.get("/{item}", dependencies=[Depends(needs(Scope.READ))], summary="Show an item")
def show(item: ItemId, library: Library) -> Item:
    """One item."""
    return Item.of(library.cases.item(item))
