"""Stretches of a text: which meet, and which sentence holds one."""

from __future__ import annotations

import bisect
from collections.abc import Iterable
from typing import Protocol


class Held(Protocol):
    """What reaches from one offset to another: a line, a sentence, a quotation, a span."""

    @property
    def start(self) -> int: ...
    @property
    def end(self) -> int: ...


class Intervals:
    """Stretches that do not meet each other, to be asked whether another meets one."""

    def __init__(self, stretches: Iterable[tuple[int, int]] = ()) -> None:
        self._starts: list[int] = []
        self._ends: list[int] = []
        for start, end in sorted(stretches):
            if self._ends and start < self._ends[-1]:
                self._ends[-1] = max(self._ends[-1], end)
            else:
                self._starts.append(start)
                self._ends.append(end)

    def add(self, start: int, end: int) -> None:
        """Another one; it must meet none."""
        at = bisect.bisect_left(self._starts, start)
        self._starts.insert(at, start)
        self._ends.insert(at, end)

    def meets(self, start: int, end: int) -> bool:
        at = bisect.bisect_left(self._starts, end)
        return at > 0 and self._ends[at - 1] > start


class Holders:
    """Lines, sentences or quotations in order, to be asked which holds an offset."""

    def __init__(self, holders: Iterable[Held]) -> None:
        self._holders = sorted((holder.start, holder.end) for holder in holders)
        self._starts = [start for start, _ in self._holders]

    def of(self, offset: int) -> int | None:
        """The number of the one that holds an offset."""
        at = bisect.bisect_right(self._starts, offset) - 1
        return at if at >= 0 and offset < self._holders[at][1] else None

    def bounds(self, offset: int, otherwise: tuple[int, int]) -> tuple[int, int]:
        """Where the one that holds an offset begins and ends."""
        at = self.of(offset)
        return otherwise if at is None else self._holders[at]
