"""Submissions for the transparency database: where each stands, and what keeps one from going out."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query
from pydantic import BaseModel, ConfigDict, Field

from seawall.api.deps import Library, needs
from seawall.api.paging import Page, Paged
from seawall.model import submission as records
from seawall.model.access import Scope
from seawall.model.submission import SubmissionState
from seawall.reports import transparency
from seawall.workflows.words import MAX_SAID

router = APIRouter(prefix="/v1/submissions", tags=["submissions"])

SubmissionId = Annotated[
    str, Path(min_length=1, max_length=64, examples=["5b0c7e2d9f6a4b1c8d3e5f7a9b0c1d2e"])
]


class Finding(BaseModel):
    """What keeps a submission from going out by itself."""

    field: str
    kind: Annotated[str, Field(description="Of personal data, or `schema`.", examples=["e-mail address"])]
    words: str


class SubmissionEvent(BaseModel):
    """What happened to a submission."""

    at: datetime
    actor: str
    what: str
    reason: str


class Submission(BaseModel):
    """A submission for the transparency database, on one item of a decision."""

    id: str
    puid: Annotated[str, Field(description="By which the database knows it.")]
    decision: str
    item: str
    state: SubmissionState
    payload: Annotated[dict[str, Any], Field(description="As it is sent.")]
    findings: Annotated[list[Finding], Field(description="Why it is held.")]
    answer: Annotated[dict[str, Any] | None, Field(description="What the database said last.")]
    tries: int
    at: datetime
    sent_at: datetime | None
    events: list[SubmissionEvent]

    @classmethod
    def of(cls, known: records.Submission) -> Submission:
        """The record as it is sent."""
        return cls.model_validate(asdict(known))


class Release(BaseModel):
    """Words in the place of a submission's own, and why it may go."""

    model_config = ConfigDict(
        extra="forbid",
        json_schema_extra={
            "examples": [{"words": {"decision_facts": "A full copy of it."}, "reason": "no handle any more"}]
        },
    )

    words: Annotated[
        dict[str, Annotated[str, Field(max_length=5000)]],
        Field(max_length=20, description="By field; what is not named stays."),
    ] = {}
    reason: Annotated[str, Field(min_length=1, max_length=MAX_SAID)]


class Schema(BaseModel):
    """The JSON Schema of what is sent."""

    submission: dict[str, Any]


@router.get("", dependencies=[Depends(needs(Scope.READ))], summary="List submissions")
def list_(
    library: Library,
    paging: Paged,
    *,
    state: Annotated[SubmissionState | None, Query(description="Only those in this state.")] = None,
    decision: Annotated[str | None, Query(max_length=64, description="Only of this decision.")] = None,
) -> Page[Submission]:
    """Submissions in the order in which they were made, of those that are asked for."""
    found = library.transparency.page(state, decision, after=paging.number(), limit=paging.limit + 1)
    return paging.page(found, Submission.of)


@router.get("/schema", dependencies=[Depends(needs(Scope.READ))], summary="Show the schema of submissions")
def schema() -> Schema:
    """What every submission is held to before it is sent."""
    return Schema(submission=dict(transparency.schema()))


@router.get("/{submission}", dependencies=[Depends(needs(Scope.READ))], summary="Show a submission")
def show(submission: SubmissionId, library: Library) -> Submission:
    """One submission, with all that happened to it."""
    return Submission.of(library.transparency.get(submission))


@router.post(
    "/{submission}/release", dependencies=[Depends(needs(Scope.REVIEW))], summary="Release a submission"
)
def release(submission: SubmissionId, new: Release, library: Library) -> Submission:
    """Let a submission go that is held or was refused. What still looks like personal data keeps it here."""
    return Submission.of(library.transparency.release(submission, new.words, new.reason))
