"""Who works the batches, and what happens with one whose worker is lost.

A batch that loses its worker is given to another. After `TRIES` it is taken to be the reason, and its files
become rows of errors: so one bad file can hold up a scan for a while, and never stop it.
"""

from __future__ import annotations

from collections import Counter, deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from typing import Final, Protocol

from seawall.workflows import scan_out, scan_plan, scan_work

TRIES: Final = 3


@dataclass(frozen=True, slots=True)
class Answer:
    """What became of a batch that was given."""

    batch: str
    said: scan_out.Done | scan_work.Failed | None  #: None: whoever worked it is lost


class Crew(Protocol):
    """Workers on one machine or many."""

    @property
    def room(self) -> int:
        """How many batches are worked at a time."""

    def give(self, batch: scan_plan.Batch) -> None:
        """Have a batch worked; there has to be room."""

    def take(self) -> Answer:
        """Wait for one of those that were given."""

    def close(self) -> None:
        """End the workers, also those at work."""


def worked(crew: Crew, batches: Iterable[scan_plan.Batch]) -> Iterator[scan_out.Done]:
    """Each batch, as it is done. Raises what stops the scan: OutsideError, CorruptionError, UsageError."""
    source = iter(batches)
    again: deque[scan_plan.Batch] = deque()
    under_way: dict[str, scan_plan.Batch] = {}
    losses: Counter[str] = Counter()
    while True:
        while len(under_way) < crew.room:
            batch = again.popleft() if again else next(source, None)
            if batch is None:
                break
            under_way[batch.id] = batch
            crew.give(batch)
        if not under_way:
            return
        answer = crew.take()
        batch = under_way.pop(answer.batch)
        if isinstance(answer.said, scan_work.Failed):
            raise answer.said.as_error()
        if answer.said is not None:
            yield answer.said
            continue
        losses[batch.id] += 1
        if losses[batch.id] < TRIES:
            again.append(batch)
        else:
            yield scan_work.lost(batch, TRIES)
