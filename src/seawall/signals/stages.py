"""Where the time of one check goes: a clock for each stage, each second counted to one stage only."""

from __future__ import annotations

import time
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TypeVar

Part = TypeVar("Part")


class Stages:
    """Seconds by stage. A stage within another is not counted to the outer one as well."""

    def __init__(self) -> None:
        self.spent_s: dict[str, float] = {}
        self._inside_s: list[float] = []  #: of each open stage, how long its inner stages took

    @contextmanager
    def timed(self, stage: str) -> Iterator[None]:
        """Count what happens inside to the stage."""
        began_s = time.perf_counter()
        self._inside_s.append(0.0)
        try:
            yield
        finally:
            self._count(stage, began_s)

    def _count(self, stage: str, began_s: float) -> None:
        took_s = time.perf_counter() - began_s
        own_s = took_s - self._inside_s.pop()
        self.spent_s[stage] = self.spent_s.get(stage, 0.0) + own_s
        if self._inside_s:
            self._inside_s[-1] += took_s

    def each(self, stage: str, parts: Iterator[Part]) -> Iterator[Part]:
        """The same parts; what it takes to come by each is counted to the stage."""
        while True:
            # As `timed` does it, which costs more than many a part of sound.
            began_s = time.perf_counter()
            self._inside_s.append(0.0)
            try:
                part = next(parts, None)
            finally:
                self._count(stage, began_s)
            if part is None:
                return
            yield part
