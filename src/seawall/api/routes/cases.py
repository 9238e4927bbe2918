"""Cases: the work of people on items that belong together."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, status
from pydantic import BaseModel, Field

from seawall.api.deps import Library, needs
from seawall.api.paging import Page, Paged
from seawall.model import decision as records
from seawall.model.access import Principal, Scope
from seawall.model.decision import MAX_ITEMS, Basis, CaseState
from seawall.store.cases import CaseFilter
from seawall.workflows.cases import LEASE_S, MAX_LEASE_S
from seawall.workflows.words import MAX_SAID

router = APIRouter(prefix="/v1/cases", tags=["cases"])

CaseId = Annotated[str, Path(min_length=1, max_length=64, examples=["7a1f0c2b3d4e4f5a9b8c7d6e5f4a3b2c"])]
ItemIds = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=64)]],
    Field(max_length=MAX_ITEMS, examples=[["0d6f2a9c4b7e4f1a8c3d5e6f7a8b9c0d"]]),
]
Said = Annotated[str, Field(min_length=1, max_length=MAX_SAID)]
Reviewer = Annotated[Principal, Depends(needs(Scope.REVIEW))]


class NewCase(BaseModel):
    """A case to open."""

    basis: Annotated[Basis, Field(description="What its items have in common.", examples=["reference"])]
    value: Annotated[
        Said,
        Field(
            description="Id of the reference or incident, the uploader, or your words for what you chose.",
            examples=["5f0c6f9e2b7a4d1c8e3f5a6b7c8d9e0f"],
        ),
    ]
    items: Annotated[
        ItemIds, Field(description="None: all that share the basis, wait for a decision and are in no case.")
    ] = []


class MoreItems(BaseModel):
    """Items to put into a case."""

    items: Annotated[ItemIds, Field(min_length=1)]
    reason: Annotated[Said, Field(examples=["the same footage, cut"])]


class Lease(BaseModel):
    """For how long the caller takes the case."""

    lease_s: Annotated[float, Field(gt=0, le=MAX_LEASE_S, examples=[LEASE_S])] = LEASE_S


class Because(BaseModel):
    """Why."""

    reason: Annotated[Said, Field(examples=["the uploader says that it is a news report"])]


class Event(BaseModel):
    """What happened to a case."""

    at: datetime
    actor: str
    what: Annotated[str, Field(examples=["assigned"])]
    reason: str


class Case(BaseModel):
    """The work of a person on items that belong together."""

    id: str
    state: CaseState
    basis: Basis
    value: str
    opened_at: datetime
    opened_by: str
    assigned_to: Annotated[str | None, Field(description="Name of a user.", examples=["ann"])]
    lease_until: datetime | None
    items: list[str]
    events: list[Event]

    @classmethod
    def of(cls, known: records.Case) -> Case:
        """The record as it is sent."""
        return cls.model_validate(asdict(known))


@router.get("", dependencies=[Depends(needs(Scope.READ))], summary="List cases")
def list_(
    library: Library,
    paging: Paged,
    state: Annotated[CaseState | None, Query(description="Only those in this state.")] = None,
    basis: Annotated[Basis | None, Query(description="Only those whose items share this.")] = None,
    value: Annotated[str | None, Query(max_length=1000, description="What it is that they share.")] = None,
    assigned_to: Annotated[str | None, Query(max_length=128, description="Name of a user.")] = None,
) -> Page[Case]:
    """Cases in the order in which they were opened, of those that are asked for."""
    wanted = CaseFilter(state=state, basis=basis, value=value, assigned_to=assigned_to)
    found = library.cases.page(wanted, after=paging.number(), limit=paging.limit + 1)
    return paging.page(found, Case.of)


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    dependencies=[Depends(needs(Scope.REVIEW))],
    summary="Open a case",
)
def create(new: NewCase, library: Library) -> Case:
    """A case of the items that are named, or of all that share its basis. Later ones join it."""
    return Case.of(library.cases.open(new.basis, new.value, new.items))


@router.get("/{case}", dependencies=[Depends(needs(Scope.READ))], summary="Show a case")
def show(case: CaseId, library: Library) -> Case:
    """One case, with what happened to it."""
    return Case.of(library.cases.get(case))


@router.post("/{case}/items", dependencies=[Depends(needs(Scope.REVIEW))], summary="Put items into a case")
def add(case: CaseId, new: MoreItems, library: Library) -> Case:
    """Items that are in no case yet."""
    return Case.of(library.cases.add(case, new.items, new.reason))


@router.post("/{case}/lease", summary="Take a case")
def take(case: CaseId, new: Lease, library: Library, who: Reviewer) -> Case:
    """Nobody else decides on its items while the lease runs. To take it again makes the lease longer."""
    return Case.of(library.cases.take(case, user=who.user, lease_s=new.lease_s))


@router.post("/{case}/release", summary="Give a case back")
def release(case: CaseId, new: Because, library: Library, who: Reviewer) -> Case:
    """Without a reason that has to be justified: any will do."""
    return Case.of(library.cases.release(case, user=who.user, reason=new.reason))


@router.post("/{case}/appeal", dependencies=[Depends(needs(Scope.REVIEW))], summary="Record an appeal")
def appeal(case: CaseId, new: Because, library: Library) -> Case:
    """What was restricted is open again; another person than before decides."""
    return Case.of(library.cases.appeal(case, new.reason))


@router.post("/{case}/close", dependencies=[Depends(needs(Scope.REVIEW))], summary="Close a case")
def close(case: CaseId, new: Because, library: Library) -> Case:
    """The work on a decided case is over. An appeal opens it again."""
    return Case.of(library.cases.close(case, new.reason))
