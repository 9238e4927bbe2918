"""Jobs: work that goes on after the call that asked for it."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict

from seawall import errors
from seawall.api.deps import Library, Who, needs
from seawall.api.paging import Page, Paged
from seawall.model import job
from seawall.model.access import Scope
from seawall.model.job import JobState
from seawall.workflows.tasks import Kind

router = APIRouter(prefix="/v1/jobs", tags=["jobs"])


class JobError(BaseModel):
    """Why a job failed, was parked, or is to be tried again."""

    code: str
    message: str


class Job(BaseModel):
    """One piece of work and what became of it."""

    model_config = ConfigDict(
        json_schema_extra={
            "examples": [
                {
                    "id": "6f0c5c1f7a1d4d0f9a0f7a86a4c3c0de",
                    "kind": "check",
                    "state": "parked",
                    "tries": 12,
                    "error": {"code": "disk_full", "message": "No room left at /data/objects"},
                    "result": {},
                    "created_at": "2026-03-01T12:00:00Z",
                    "due_at": "2026-03-01T12:00:13Z",
                    "started_at": "2026-03-01T12:00:07Z",
                    "finished_at": "2026-03-02T12:00:13Z",
                }
            ]
        }
    )

    id: str
    kind: str
    state: JobState
    tries: int
    error: JobError | None
    result: dict[str, Any] | None
    created_at: datetime
    due_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None

    @classmethod
    def of(cls, known: job.Job) -> Job:
        """The record as it is sent."""
        error = known.error
        return cls(
            id=known.id,
            kind=known.kind,
            state=known.state,
            tries=known.tries,
            error=None if error is None else JobError(code=error.code, message=error.message),
            result=None if known.result is None else dict(known.result),
            created_at=known.at,
            due_at=known.due_at,
            started_at=known.started_at,
            finished_at=known.finished_at,
        )


@router.get("", dependencies=[Depends(needs(Scope.ADMIN))])
def every(
    library: Library,
    paging: Paged,
    state: Annotated[JobState | None, Query(description="Only those in this state.")] = None,
    kind: Annotated[Kind | None, Query(description="Only those of this kind.")] = None,
) -> Page[Job]:
    """Jobs, the newest first."""
    after = paging.after(str)
    found = library.jobs.page(
        state=state,
        kind=None if kind is None else kind.value,
        after=None if after is None else str(after),
        limit=paging.limit + 1,
    )
    return paging.page([(one.id, one) for one in found], Job.of)


@router.get("/{job_id}")
def show(job_id: str, library: Library, who: Who) -> Job:
    """One job. Without the scope `admin`, one that the same key or person asked for."""
    found = library.jobs.get(job_id)
    if found.actor != who.name and Scope.ADMIN not in who.scopes:
        raise errors.RecordNotFound(kind="job", id=job_id)
    return Job.of(found)


@router.post("/{job_id}/resume", dependencies=[Depends(needs(Scope.ADMIN))])
def resume(job_id: str, library: Library) -> Job:
    """Have a job that was parked or has failed tried again; steps that it finished are not repeated."""
    return Job.of(library.jobs.resume(job_id))


@router.post("/{job_id}/cancel", dependencies=[Depends(needs(Scope.ADMIN))])
def cancel(job_id: str, library: Library) -> Job:
    """Have a job not done. One that runs stops before its next step."""
    return Job.of(library.jobs.cancel(job_id))
