"""Imminent threats to life: dossiers, which need nothing but one fact and its source."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, status
from pydantic import BaseModel, ConfigDict, Field

from seawall.api.deps import Library, needs
from seawall.api.paging import Page, Paged
from seawall.model import threat as records
from seawall.model.access import Scope
from seawall.model.threat import MAX_FACTS, MAX_LINE, MAX_TEXT, Question

router = APIRouter(prefix="/v1/threats", tags=["threats"])

ThreatId = Annotated[str, Path(min_length=1, max_length=64, examples=["2e3f405162738495a6b7c8d9eafb0c1d"])]
_Id = Annotated[str, Field(min_length=1, max_length=64)]
_EXAMPLE: Final[dict[str, Any]] = {
    "facts": [{"question": "what", "said": "He says that he will shoot.", "source": "post 99213"}],
    "authority": "Europol",
    "attachments": ["https://example.org/p/99213"],
}


class Fact(BaseModel):
    """One thing that is known, and from where."""

    model_config = ConfigDict(extra="forbid")

    question: Question
    said: Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]
    source: Annotated[str, Field(min_length=1, max_length=MAX_LINE)]


class NewThreat(BaseModel):
    """A dossier to put on record."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    facts: Annotated[list[Fact], Field(min_length=1, max_length=MAX_FACTS)]
    authority: Annotated[str, Field(min_length=1, max_length=MAX_LINE, description="That it goes to.")]
    attachments: Annotated[
        list[Annotated[str, Field(min_length=1, max_length=4 * MAX_LINE)]],
        Field(max_length=MAX_FACTS, description="SHA-256 digests and addresses."),
    ] = []
    country: Annotated[
        str | None, Field(pattern="^[A-Z]{2}$", description="Of the authority; none: not known.")
    ] = None
    items: Annotated[list[_Id], Field(max_length=MAX_FACTS)] = []
    follows: Annotated[_Id | None, Field(description="Id of an earlier one that it adds to.")] = None

    def read(self) -> records.Dossier:
        """What was sent as a record."""
        return records.Dossier(
            facts=tuple(records.Fact(one.question, one.said, one.source) for one in self.facts),
            authority=self.authority,
            attachments=tuple(self.attachments),
            country=self.country,
            items=tuple(self.items),
            follows=self.follows,
        )


class Threat(BaseModel):
    """A dossier on record."""

    id: str
    at: datetime
    actor: str
    facts: list[Fact]
    authority: str
    attachments: list[str]
    country: str | None
    items: list[str]
    follows: str | None

    @classmethod
    def of(cls, known: records.Threat) -> Threat:
        """The record as it is sent."""
        who = {"id": known.id, "at": known.at, "actor": known.actor}
        return cls.model_validate({**who, **asdict(known.dossier)})


@router.post(
    "",
    status_code=status.HTTP_201_CREATED,
    dependencies=[Depends(needs(Scope.REVIEW))],
    summary="Report a threat to life",
)
def create(new: NewThreat, library: Library) -> Threat:
    """On record at once; nothing is looked up or waited for."""
    return Threat.of(library.threats.report(new.read()))


@router.get("", dependencies=[Depends(needs(Scope.REVIEW))], summary="List threats to life")
def list_(library: Library, paging: Paged) -> Page[Threat]:
    """Dossiers in the order in which they were made."""
    found = library.threats.page(after=paging.number(), limit=paging.limit + 1)
    return paging.page(found, Threat.of)


@router.get("/{threat}", dependencies=[Depends(needs(Scope.REVIEW))], summary="Show a threat to life")
def show(threat: ThreatId, library: Library) -> Threat:
    """One dossier."""
    return Threat.of(library.threats.get(threat))
