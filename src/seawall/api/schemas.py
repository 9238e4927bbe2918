"""What answers hold that other parts of Seawall lay out: results of checks, references, jobs."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Literal

from pydantic import BaseModel, Field

from seawall.model import seen
from seawall.model.bank import Reference as Known, ReferenceState
from seawall.model.policy import Step


class Segment(BaseModel):
    """A run of the query that is a run of the reference."""

    model_config = {"extra": "allow"}

    signal: Annotated[str, Field(examples=["video"])]
    query_start_s: float
    query_end_s: float
    reference_start_s: float
    reference_end_s: float
    speed: float
    transform: list[str]
    score: float


class Outcome(BaseModel):
    """What is to be done with a match."""

    step: Annotated[Step, Field(description="`act` and `hold` are for the platform to carry out.")]
    rule: Annotated[str | None, Field(description="Null where no rule was met.", examples=["clear copies"])]
    why: Annotated[str, Field(examples=["the rule was met"])]
    policy_version: Annotated[int | None, Field(description="Null for what holds without a policy.")]
    review: Annotated[bool, Field(description="An item is opened for a person, or joined.")]


class Match(BaseModel):
    """What was found of one reference."""

    model_config = {"extra": "allow"}

    bank: Annotated[str, Field(examples=["KNOWN"])]
    reference: str
    reference_name: Annotated[str, Field(examples=["original.mp4"])]
    incident: str | None
    score: Annotated[float, Field(ge=0, le=1, examples=[0.97])]
    recommendation: Literal["strong", "suggest", "none"]
    coverage_query: float
    coverage_reference: float
    parts: dict[str, float]
    segments: list[Segment]
    match: Annotated[str | None, Field(description="The id that it is kept under.")] = None
    held: Annotated[bool, Field(description="The reference is held until a person has looked.")] = False
    outcome: Annotated[Outcome | None, Field(description="What the bank's policy makes of it.")] = None


class Skipped(BaseModel):
    """A kind of signal that was not made."""

    signal: Annotated[str, Field(examples=["audio"])]
    reason: Annotated[str, Field(examples=["no_audio_track"])]


class FileError(BaseModel):
    """Why a file could not be read."""

    code: Annotated[str, Field(examples=["damaged_media"])]
    message: str


class Result(BaseModel):
    """What is known in one file."""

    model_config = {"extra": "allow"}

    path: Annotated[str, Field(description="The file's name as it was sent.", examples=["upload.mp4"])]
    sha256: str | None
    kind: Annotated[str | None, Field(examples=["video"])]
    duration_s: float | None
    matches: list[Match]
    suppressed: list[Match]
    skipped: list[Skipped]
    error: FileError | None
    timing_ms: dict[str, float]
    check: Annotated[
        str | None, Field(description="The id that the check is kept under; `/v1/checks/{id}`.")
    ] = None


class Checked(BaseModel):
    """Results of checks, as `seawall check --json` prints them."""

    schema_: Annotated[Literal["seawall.check/1"], Field(alias="schema")]
    results: list[Result]


class Queued(BaseModel):
    """Work that is done later."""

    job: Annotated[str, Field(description="To ask for at `/v1/jobs/{job}`.", examples=["5f0c6f9e2b7a4d1c"])]


class Reference(BaseModel):
    """One known item of a bank."""

    id: str
    bank: Annotated[str, Field(examples=["KNOWN"])]
    negative: bool
    name: Annotated[str, Field(examples=["original.mp4"])]
    kind: Annotated[str, Field(examples=["video"])]
    sha256: Annotated[str | None, Field(description="Null where only hashes are known.")]
    duration_s: float | None
    state: ReferenceState
    labels: list[str]
    origin: Annotated[str, Field(examples=["upload by ada/upload path"])]
    note: str | None
    incident: str | None
    created_at: datetime

    @classmethod
    def of(cls, known: Known) -> Reference:
        """The record as it is sent."""
        return cls(
            id=known.id,
            bank=known.bank,
            negative=known.negative,
            name=known.name,
            kind=known.kind,
            sha256=known.sha256,
            duration_s=known.duration_s,
            state=known.state,
            labels=list(known.labels),
            origin=known.origin,
            note=known.note,
            incident=known.incident,
            created_at=known.created_at,
        )


class Context(BaseModel):
    """Where a content stands on the platform."""

    uploader: Annotated[str | None, Field(max_length=500, examples=["user-4711"])] = None
    post: Annotated[str | None, Field(max_length=500, examples=["post-0815"])] = None
    url: Annotated[str | None, Field(max_length=2000, examples=["https://example.org/post-0815"])] = None
    labels: Annotated[
        list[Annotated[str, Field(max_length=100)]],
        Field(
            max_length=20,
            description="What it is there for; a policy may exempt `news`.",
            examples=[["news"]],
        ),
    ] = []

    def record(self) -> seen.Context:
        """As checks are recorded with it."""
        return seen.Context(uploader=self.uploader, post=self.post, url=self.url, labels=tuple(self.labels))
