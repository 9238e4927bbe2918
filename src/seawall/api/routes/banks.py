"""Banks."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, status
from pydantic import BaseModel, Field

from seawall.api.deps import Library, needs
from seawall.model import bank
from seawall.model.access import Scope

router = APIRouter(prefix="/v1/banks", tags=["banks"])


class NewBank(BaseModel):
    """A bank to make."""

    name: Annotated[str, Field(examples=["KNOWN"])]
    negative: bool = False
    labels: list[str] = []


class Bank(BaseModel):
    """A set of known references under one policy."""

    name: str
    negative: bool
    labels: list[str]
    created_at: datetime
    references: int

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


@router.post("", status_code=status.HTTP_201_CREATED, dependencies=[Depends(needs(Scope.BANKS))])
def create(new: NewBank, library: Library) -> Bank:
    """Make an empty bank."""
    return Bank.of(library.bank_create(new.name, negative=new.negative, labels=new.labels))


@router.get("/{name}", dependencies=[Depends(needs(Scope.READ))])
def show(name: str, library: Library) -> Bank:
    """One bank."""
    return Bank.of(library.bank(name))
