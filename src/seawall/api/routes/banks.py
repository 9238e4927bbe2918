"""Banks."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, status
from pydantic import BaseModel, Field

from seawall.api.deps import Library, Recorded, needs
from seawall.api.fields import Labels, ReasonQuery
from seawall.api.paging import Page, Paged
from seawall.model import bank
from seawall.model.access import Scope

router = APIRouter(prefix="/v1/banks", tags=["banks"])

Name = Annotated[str, Path(description="The bank's name.", examples=["KNOWN"])]


class NewBank(BaseModel):
    """A bank to make."""

    name: Annotated[str, Field(max_length=64, examples=["KNOWN"])]
    negative: Annotated[bool, Field(description="Known-good content: it suppresses.", examples=[False])] = (
        False
    )
    labels: Labels = []


class Bank(BaseModel):
    """A set of known references under one policy."""

    name: Annotated[str, Field(examples=["KNOWN"])]
    negative: Annotated[bool, Field(examples=[False])]
    labels: Annotated[list[str], Field(examples=[["manifesto"]])]
    created_at: datetime
    references: Annotated[int, Field(description="How many may act.", examples=[12])]

    @classmethod
    def of(cls, known: bank.Bank) -> Bank:
        """The record as it is sent."""
        return cls(
            name=known.name,
            negative=known.negative,
            labels=list(known.labels),
            created_at=known.created_at,
            references=known.references,
        )


@router.get("", dependencies=[Depends(needs(Scope.READ))], summary="List banks")
def list_(
    library: Library,
    paging: Paged,
    *,
    negative: Annotated[bool | None, Query(description="Only negative ones, or only the others.")] = None,
) -> Page[Bank]:
    """All banks, by name, a page at a time."""
    after = paging.after(str)
    wanted = (one for one in library.banks() if negative is None or one.negative is negative)
    found = [(one.name, one) for one in wanted if after is None or one.name > str(after)]
    return paging.page(found, Bank.of)


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    dependencies=[Depends(needs(Scope.BANKS))],
    summary="Make a bank",
)
def create(new: NewBank, library: Library, trail: Recorded) -> Bank:
    """Make an empty bank."""
    trail.subject = new.name
    return Bank.of(library.bank_create(new.name, negative=new.negative, labels=new.labels))


@router.get("/{name}", dependencies=[Depends(needs(Scope.READ))], summary="Show a bank")
def show(name: Name, library: Library) -> Bank:
    """One bank."""
    return Bank.of(library.bank(name))


@router.delete(
    "/{name}",
    status_code=status.HTTP_204_NO_CONTENT,
    dependencies=[Depends(needs(Scope.BANKS))],
    summary="Take a bank out",
)
def remove(name: Name, reason: ReasonQuery, library: Library, trail: Recorded) -> None:
    """Take a bank out with all its references. A record of each stays."""
    trail.details["reason"] = reason
    library.bank_remove(name, reason)
