"""Referrals of suspected child sexual abuse material to the hotline that is set."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, status
from pydantic import BaseModel, ConfigDict, Field

from seawall.api.deps import Library, needs
from seawall.api.paging import Page, Paged
from seawall.api.routes.items import ItemId
from seawall.model import referral as records
from seawall.model.access import Scope
from seawall.workflows.words import MAX_SAID

router = APIRouter(prefix="/v1", tags=["referrals"])

ReferralId = Annotated[str, Path(min_length=1, max_length=64, examples=["3f405162738495a6b7c8d9eafb0c1d2e"])]
Said = Annotated[str, Field(min_length=1, max_length=MAX_SAID)]


class NewReferral(BaseModel):
    """Why a content is referred."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[Said, Field(description="No description of what is to be seen.")]
    receipt: Annotated[Said | None, Field(description="The hotline's own reference, if it is known.")] = None


class Referral(BaseModel):
    """That a content was referred, and is out of review."""

    id: str
    at: datetime
    actor: str
    hotline: str
    receipt: str | None
    reason: str
    sha256: Annotated[str | None, Field(description="Kept so that no bank takes it.")]
    items: list[str]

    @classmethod
    def of(cls, known: records.Referral) -> Referral:
        """The record as it is sent."""
        return cls.model_validate(asdict(known))


@router.post(
    "/items/{item}/referral",
    status_code=status.HTTP_201_CREATED,
    dependencies=[Depends(needs(Scope.REVIEW))],
    summary="Refer an item to the hotline",
)
def create(item: ItemId, new: NewReferral, library: Library) -> Referral:
    """All items of its bytes leave review; the file, its copies and references of it are taken away."""
    return Referral.of(library.hotline.refer(item, new.reason, receipt=new.receipt))


@router.get("/referrals", dependencies=[Depends(needs(Scope.REVIEW))], summary="List referrals")
def list_(library: Library, paging: Paged) -> Page[Referral]:
    """Referrals in the order in which they were made."""
    found = library.hotline.page(after=paging.number(), limit=paging.limit + 1)
    return paging.page(found, Referral.of)


@router.get("/referrals/{referral}", dependencies=[Depends(needs(Scope.REVIEW))], summary="Show a referral")
def show(referral: ReferralId, library: Library) -> Referral:
    """One referral."""
    return Referral.of(library.hotline.get(referral))
