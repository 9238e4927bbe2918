"""Which queue does what, how many at a time, and how long a job waits before it is tried again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from seawall import config
from seawall.store.tasks import Task
from seawall.workflows.tasks import Kind

#: A webhook's share of the deliveries that one process makes at a time: one that hangs stops no others.
EACH_WEBHOOK: Final = 2


@dataclass(frozen=True, slots=True)
class Queue:
    """One line in which jobs wait."""

    name: str
    poll_s: float
    setting: str  #: that says how many of its jobs one process does at a time
    by: str | None = None  #: of the payload: what shares the places out


QUICK: Final = Queue("quick", 0.2, "quick_jobs")
DELIVERIES: Final = Queue("deliveries", 0.2, "quick_jobs", by="webhook")
HEAVY: Final = Queue("heavy", 0.3, "heavy_jobs")
QUEUES: Final = (QUICK, DELIVERIES, HEAVY)

_QUEUE_OF: Final[Mapping[str, Queue]] = {
    Kind.OUTCOME: QUICK,
    Kind.DECISION: QUICK,
    Kind.CLOCKS: QUICK,
    Kind.DELIVERY: DELIVERIES,
}


def queue_of(kind: str) -> Queue:
    """Where a kind of task waits."""
    return _QUEUE_OF.get(kind, HEAVY)


def share_of(task: Task) -> str | None:
    """Between what the places of its queue are shared out, where they are."""
    by = queue_of(task.kind).by
    return None if by is None else str(task.payload.get(by, ""))


def places(queue: Queue, settings: config.Settings) -> int:
    """How many of a queue's jobs one process does at a time."""
    return max(1, settings.whole(queue.setting))


@dataclass(frozen=True, slots=True)
class Backoff:
    """How often, and after how long, something that failed for an outside reason is tried again."""

    first_s: float
    most_s: float
    tries: int

    def wait_s(self, tries: int, chance: float) -> float:
        """How long to wait after so many tries: twice as long each time, a quarter more or less by chance.

        chance: 0..1, so that what failed together does not come back together.
        """
        doubled = self.first_s * 2.0 ** min(tries - 1, 60)
        return min(doubled, self.most_s) * (0.75 + 0.5 * chance)


#: 8 tries in about 6 minutes.
USUAL: Final = Backoff(first_s=3.0, most_s=300.0, tries=8)
#: A receiver may be away for a day.
PATIENT: Final = Backoff(first_s=5.0, most_s=3600.0, tries=34)

BACKOFFS: Final[Mapping[Kind, Backoff]] = {
    Kind.DELIVERY: PATIENT,
    Kind.EXCHANGE: Backoff(first_s=30.0, most_s=1800.0, tries=10),
    Kind.TRANSPARENCY: Backoff(first_s=60.0, most_s=3600.0, tries=12),
}


def backoff_of(kind: str, backoffs: Mapping[str, Backoff]) -> Backoff:
    """That of a kind of task."""
    return backoffs.get(kind, USUAL)
