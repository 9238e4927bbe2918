"""Kinds of work that is done later, and what does each: the durable queue calls these and nothing else."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, Final, Protocol

from seawall.store import decisions, silences, tasks
from seawall.store.tasks import Json, Task
from seawall.workflows import (
    cases,
    clocks,
    exchanges,
    exporting,
    fixity,
    outcomes,
    seen_tasks,
    statements,
    transparency,
    uploads,
    viewing_tasks,
    webhooks,
)

if TYPE_CHECKING:
    from seawall.workflows.library import Seawall


class Kind(StrEnum):
    """What is done."""

    CHECK = "check"  #: an upload that is too large to be checked while its sender waits
    INGEST = "ingest"  #: a file that is to become a reference
    RETROMATCH = tasks.RETROMATCH  #: search new references in what was seen
    OUTCOME = tasks.OUTCOME  #: apply policies to recorded matches: open items, raise events
    DECISION = decisions.DECISION  #: a decision goes out: what it takes away is preserved first
    STATEMENT = silences.STATEMENT  #: somebody is told of a decision, when silence allows it
    DELIVERY = "delivery"  #: one event to one webhook
    EXCHANGE = "exchange"  #: fetch a list, or send opinions to it
    PROXY = "proxy"  #: a copy of a content to look at: a proxy video, or the storyboard of a large file
    RETENTION = "retention"  #: forget what has been kept long enough
    FIXITY = "fixity"  #: read what is preserved, and compare
    EXPORT = "export"  #: write a bag of evidence
    CLOCKS = "clocks"  #: raise the alarms of clocks, and join notices to items that came since
    TRANSPARENCY = "transparency"  #: make submissions of decisions, and send them
    MERGE = "merge"  #: take out of the index what is in no bank any more


class Steps(Protocol):
    """How a handler makes its work durable."""

    def run(self, name: str, work: Callable[[], Json]) -> Json:
        """The result of the work, which is kept: after a crash it is taken as it was, and not done again."""
        ...


#: Does a task; what it returns is the job's result. An OutsideError is tried again with back-off, any other
#: SeawallError fails the job for good, with its code.
Handler = Callable[["Seawall", Task, Steps], Mapping[str, Json]]

HANDLERS: Final[Mapping[Kind, Handler]] = {
    Kind.CHECK: uploads.check_later,
    Kind.INGEST: uploads.add_later,
    Kind.RETROMATCH: seen_tasks.retromatch,
    Kind.OUTCOME: outcomes.handle,
    Kind.DECISION: cases.handle,
    Kind.STATEMENT: statements.handle,
    Kind.DELIVERY: webhooks.deliver,
    Kind.EXCHANGE: exchanges.handler,
    Kind.PROXY: viewing_tasks.make,
    Kind.RETENTION: seen_tasks.retention,
    Kind.FIXITY: fixity.handle,
    Kind.EXPORT: exporting.handle,
    Kind.CLOCKS: clocks.ring,
    Kind.TRANSPARENCY: transparency.handle,
    Kind.MERGE: seen_tasks.merge,
}


@dataclass(frozen=True, slots=True)
class Together:
    """Does many small tasks of a kind at once, where the queue would cost more than all they do.

    takes: whether it does a task. do: the results of tasks, in their order; all are done, or none is told to
    be, and one that was done already stays as it is when it is asked for again.
    """

    takes: Callable[[Task], bool]
    do: Callable[[Seawall, Sequence[Task]], Sequence[Mapping[str, Json]]]


TOGETHER: Final[Mapping[Kind, Together]] = {
    Kind.OUTCOME: Together(outcomes.is_small, outcomes.handle_all),
}

#: What is done at intervals, in seconds, by whichever process finds that it is time.
PERIODIC: Final[Mapping[Kind, float]] = {
    Kind.RETENTION: 3600.0,
    Kind.MERGE: 86_400.0,
    Kind.FIXITY: 86_400.0,
    Kind.EXCHANGE: 60.0,
    Kind.CLOCKS: 30.0,
    Kind.TRANSPARENCY: 300.0,
}

#: Kinds that somebody waits for: an event tells how they end.
TOLD: Final = frozenset({Kind.CHECK, Kind.INGEST, Kind.RETROMATCH, Kind.EXPORT})
