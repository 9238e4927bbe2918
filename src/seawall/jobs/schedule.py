"""What is done at intervals: written down as a task by the first process that finds it is time.

How long ago the last one was is asked of the clock only where this process has not seen it written down.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Mapping

from seawall.store.tasks import Tasks


class Schedule:
    """The intervals of one process."""

    def __init__(
        self, tasks: Tasks, every_s: Mapping[str, float], monotonic_s: Callable[[], float] = time.monotonic
    ) -> None:
        self._tasks = tasks
        self._every_s = every_s
        self._monotonic_s = monotonic_s
        self._next: dict[str, tuple[int, float]] = {}  # number of the last, and when the next is due

    def tick(self) -> None:
        """Write down what is due. Between two ticks nothing is asked of the store."""
        for kind, every_s in self._every_s.items():
            now_s = self._monotonic_s()
            known = self._next.get(kind)
            if known is not None and now_s < known[1]:
                continue
            number, age_s = self._tasks.last(kind)
            due_s = self._due_s(number, age_s, every_s, known)
            if now_s >= due_s:
                self._tasks.put_next(kind, number, kind, {})
                self._next[kind] = (number + 1, now_s + every_s)
            else:
                self._next[kind] = (number, due_s)

    def _due_s(
        self, number: int, age_s: float | None, every_s: float, known: tuple[int, float] | None
    ) -> float:
        """When the task after the one of this number is due, by the monotonic clock."""
        if known is not None and known[0] == number:
            return known[1]
        if number == 0:
            return self._monotonic_s()
        return self._monotonic_s() + every_s - min(age_s or 0.0, every_s)
