"""Machine work that outlives the call that asked for it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum


class JobState(StrEnum):
    """Where a job stands."""

    WAITING = "waiting"  #: for its turn, or for the time of its next try
    RUNNING = "running"
    DONE = "done"
    FAILED = "failed"  #: for good: trying again would end the same way
    PARKED = "parked"  #: given up, until a person has it resumed
    CANCELLED = "cancelled"


#: States that a job does not leave by itself.
ENDED = frozenset({JobState.DONE, JobState.FAILED, JobState.PARKED, JobState.CANCELLED})


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
    state: JobState
    actor: str | None  #: who had it done; None where Seawall itself did
    tries: int  #: how often it was begun since it was made or resumed
    error: JobError | None  #: of the last try that did not succeed
    result: Mapping[str, object] | None
    at: datetime  #: when it was asked for
    due_at: datetime | None  #: of the next try, where that is put off
    started_at: datetime | None
    finished_at: datetime | None
