"""Jobs: work that machines do, and what stopped it."""

from __future__ import annotations

import json
from typing import Annotated, Final

from fastapi import Depends, Request
from starlette.responses import Response

from seawall.api.deps import Library, needs
from seawall.console import forms, lists, pages
from seawall.model.access import Principal, Scope
from seawall.model.job import ENDED, JobState
from seawall.workflows.tasks import Kind

router = forms.pages_for("jobs")

Admin = Annotated[Principal, Depends(needs(Scope.ADMIN))]

#: Those that a person may have tried again.
_STOPPED: Final = frozenset({JobState.PARKED, JobState.FAILED})


@router.get("/jobs")
def every(request: Request, library: Library, _: Admin) -> Response:
    """Jobs, the newest first; those that were given up stand out."""
    state, kind = lists.one_of(request, "state", JobState), lists.one_of(request, "kind", Kind)
    found = library.jobs.page(
        state=state,
        kind=None if kind is None else kind.value,
        after=lists.word(request),
        limit=lists.ROWS + 1,
    )
    return pages.page(
        request,
        "jobs.html",
        part=lists.part(request, [(one.id, one) for one in found]),
        counts=library.jobs.counts(),
        wanted={"state": state, "kind": kind},
        states=list(JobState),
        kinds=list(Kind),
        stopped=_STOPPED,
    )


@router.get("/jobs/{job}")
def show(request: Request, job: str, library: Library, _: Admin) -> Response:
    """One job."""
    known = library.jobs.get(job)
    result = None if known.result is None else json.dumps(dict(known.result), indent=1, ensure_ascii=False)
    return pages.page(
        request,
        "job.html",
        job=known,
        result=result,
        may_resume=known.state in _STOPPED,
        may_cancel=known.state not in ENDED or known.state is JobState.PARKED,
    )


@router.post("/jobs/{job}/resume")
def resume(job: str, library: Library, _: Admin) -> Response:
    """Have it tried again."""
    library.jobs.resume(job)
    return pages.to(f"/console/jobs/{job}", "jobs.said.resumed")


@router.post("/jobs/{job}/cancel")
def cancel(job: str, library: Library, _: Admin) -> Response:
    """Have it not done."""
    library.jobs.cancel(job)
    return pages.to(f"/console/jobs/{job}", "jobs.said.cancelled")
