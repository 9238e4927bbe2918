"""Statements: who is told of decisions, when, and in which words."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, Field

from seawall.api.deps import Library, needs
from seawall.api.paging import Page, Paged
from seawall.model import statement as records
from seawall.model.access import Scope
from seawall.model.statement import StatementKind
from seawall.store.statements import StatementFilter

router = APIRouter(prefix="/v1/statements", tags=["statements"])

StatementId = Annotated[str, Path(min_length=1, max_length=64, examples=["1d2e3f405162738495a6b7c8d9eafb0c"])]


class Statement(BaseModel):
    """One thing that is told to one person."""

    id: str
    kind: StatementKind
    decision: str
    notice: Annotated[str | None, Field(description="The notice, order or complaint that it follows.")]
    recipient: Annotated[
        str | None, Field(description="The platform's id of the uploader, or the complaint's id.")
    ]
    items: list[str]
    created_at: datetime
    due_at: Annotated[datetime | None, Field(description="None: silence is ordered without a known end.")]
    told_at: datetime | None
    text: Annotated[str | None, Field(description="The words; none before it is told.")]

    @classmethod
    def of(cls, known: records.Statement) -> Statement:
        """The record as it is sent."""
        return cls.model_validate(asdict(known))


@router.get("", dependencies=[Depends(needs(Scope.REVIEW))], summary="List statements")
def list_(
    library: Library,
    paging: Paged,
    *,
    told: Annotated[bool | None, Query(description="Only those that were told, or were not.")] = None,
    decision: Annotated[str | None, Query(max_length=64, description="Only of this decision.")] = None,
    recipient: Annotated[str | None, Query(max_length=2000, description="Only to this recipient.")] = None,
) -> Page[Statement]:
    """Statements in the order in which they came about, of those that are asked for."""
    wanted = StatementFilter(told, decision, recipient)
    found = library.statements.page(wanted, after=paging.number(), limit=paging.limit + 1)
    return paging.page(found, Statement.of)


@router.get("/{statement}", dependencies=[Depends(needs(Scope.REVIEW))], summary="Show a statement")
def show(statement: StatementId, library: Library) -> Statement:
    """One statement, in the words that it was told in."""
    return Statement.of(library.statements.get(statement))
