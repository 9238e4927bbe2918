"""Small tasks, done many at once by whoever finds them: three transactions, where the queue takes ten each.

They are noted as begun before they are done, so that one that kills its process, or cannot be done, is left
to the queue, which tries again, counts deaths and parks. What is cut off in between is found by the next
look, of this process or another, and goes to the queue too.
"""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping, Sequence
from itertools import groupby
from operator import attrgetter
from typing import Final

from seawall import errors
from seawall.model.job import JobState
from seawall.store.jobs import Turn
from seawall.store.tasks import Task
from seawall.telemetry import measures, tracing
from seawall.workflows.library import Seawall
from seawall.workflows.tasks import Kind, Together

_log: Final = logging.getLogger(__name__)


class Small:
    """What one process does of small tasks."""

    def __init__(self, library: Seawall, together: Mapping[Kind, Together]) -> None:
        self._library = library
        self._together: Mapping[str, Together] = {kind.value: one for kind, one in together.items()}

    def takes(self, task: Task) -> bool:
        """Whether a task is to be done here, by what it asks for."""
        known = self._together.get(task.kind)
        if known is None or task.attempt != 1:
            return False
        try:
            return known.takes(task)
        except errors.SeawallError:  # the queue says what is wrong with it
            return False

    def do(self, tasks: Sequence[Task]) -> list[Task]:
        """Do tasks that are taken; those that are left to the queue. Raises OutsideError."""
        left: list[Task] = []
        for kind, some in groupby(sorted(tasks, key=attrgetter("kind")), attrgetter("kind")):
            left += self._do(kind, list(some))
        return left

    def _do(self, kind: str, tasks: Sequence[Task]) -> list[Task]:
        jobs = self._library.jobs
        begun = jobs.begin_new(tasks)
        mine = [one for one in tasks if one.id in begun]
        left = [one for one in tasks if one.id not in begun]
        if not mine:
            return left
        started_s = time.monotonic()
        try:
            with tracing.span(f"jobs {kind}"):
                results = self._together[kind].do(self._library, mine)
        except Exception as error:  # noqa: BLE001 - of which of them it is, the queue finds out one by one
            _log.warning("%d jobs of kind %s go through the queue: %s", len(mine), kind, error)
            for one in mine:
                jobs.hand_back(Turn(one.id, one.attempt))
            return [*left, *mine]
        jobs.finish_new({one.id: result for one, result in zip(mine, results, strict=True)})
        each_s = (time.monotonic() - started_s) / len(mine)
        for _ in mine:
            measures.JOBS.observe(each_s, kind, JobState.DONE.value)
        return left
