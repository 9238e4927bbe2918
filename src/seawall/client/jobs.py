"""Jobs: work that goes on after the call that asked for it."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from seawall import errors
from seawall.client.call import Call
from seawall.client.group import Group

_DONE: Final = "done"
#: States that a job does not leave by itself.
_ENDED: Final = frozenset({_DONE, "failed", "parked", "cancelled"})
_FIRST_LOOK_S: Final = 0.1
_LONGEST_LOOK_S: Final = 5.0


@dataclass(frozen=True, slots=True)
class JobError:
    """Why a job failed, was parked, or is to be tried again."""

    code: str
    message: str


@dataclass(frozen=True, slots=True)
class Job:
    """One piece of work and what became of it."""

    id: str
    kind: str
    state: str  #: waiting, running, done, failed, parked, cancelled
    tries: int
    error: JobError | None
    result: Mapping[str, object] | None
    created_at: datetime
    due_at: datetime | None
    started_at: datetime | None
    finished_at: datetime | None

    @property
    def ended(self) -> bool:
        """Whether it goes on by itself no more."""
        return self.state in _ENDED


class Jobs(Group):
    """Jobs: `jobs()` lists them, the newest first."""

    def __call__(self, *, state: str | None = None, kind: str | None = None) -> Iterator[Job]:
        return self._listed(Job, Call("GET", "/v1/jobs", query={"state": state, "kind": kind}))

    def get(self, job_id: str) -> Job:
        """One job. Raises RecordNotFound."""
        return self._read(Job, Call("GET", "/v1/jobs/{job_id}", {"job_id": job_id}))

    def resume(self, job_id: str) -> Job:
        """Have a job that was parked or has failed tried again."""
        return self._read(Job, Call("POST", "/v1/jobs/{job_id}/resume", {"job_id": job_id}))

    def cancel(self, job_id: str) -> Job:
        """Have a job not done."""
        return self._read(Job, Call("POST", "/v1/jobs/{job_id}/cancel", {"job_id": job_id}))

    def wait(self, job_id: str, wait_s: float = 600.0) -> Job:
        """A job once it has ended, well or not. Raises JobUnfinished."""
        until_s, look_s = time.monotonic() + wait_s, _FIRST_LOOK_S
        while not (job := self.get(job_id)).ended:
            left_s = until_s - time.monotonic()
            if left_s <= 0:
                raise errors.JobUnfinished(id=job_id, waited_s=wait_s)
            time.sleep(min(look_s, left_s))
            look_s = min(2 * look_s, _LONGEST_LOOK_S)
        return job

    def result(self, job_id: str, wait_s: float = 600.0) -> Mapping[str, object]:
        """What came of a job. Raises its error, RecordConflict where it was cancelled, JobUnfinished."""
        job = self.wait(job_id, wait_s)
        if job.state == _DONE:
            return job.result or {}
        if job.error is not None:
            raise errors.named(job.error.code, job.error.message)
        raise errors.RecordConflict(kind="job", id=job_id, state=job.state, wanted="waited for")
