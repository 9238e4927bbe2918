"""Copies over time: how many were new, and how often known ones came again, in bins of UTC."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime, timedelta
from typing import Final

from seawall.model.copies import Copy

#: Bins are of the shortest of these with which there are at most so many. Each begins on a multiple of its
#: length since `_MONDAY`, so that hours, days and weeks begin when UTC's do.
MOST_BINS: Final = 60
STEPS: Final = (
    *(timedelta(minutes=count) for count in (1, 5, 15)),
    *(timedelta(hours=count) for count in (1, 3, 6, 12)),
    *(timedelta(days=count) for count in (1, 2, 7, 28, 91, 364)),
)
_MONDAY: Final = datetime(1970, 1, 5, tzinfo=UTC)


@dataclass(frozen=True, slots=True)
class Bin:
    """What came from a time on, for the length of a step."""

    start: datetime  #: in UTC
    new: int  #: copies that were seen for the first time
    repeated: int  #: further times that a copy was seen
    checked: bool = True  #: any check at all is on record; where none is, nothing could be seen


@dataclass(frozen=True, slots=True)
class Spread:
    """All bins from the first copy to the last time that one was seen, those with nothing in them too."""

    step: timedelta
    bins: tuple[Bin, ...]

    @property
    def edges(self) -> tuple[datetime, ...]:
        """Where the bins begin, and where the last one ends."""
        return (*(one.start for one in self.bins), *(one.start + self.step for one in self.bins[-1:]))

    def among(self, checked: Sequence[bool]) -> Spread:
        """The same, with whether any check is on record for each bin."""
        marked = (
            replace(one, checked=known or one.new + one.repeated > 0)
            for one, known in zip(self.bins, checked, strict=True)
        )
        return Spread(self.step, tuple(marked))


def spread(copies: Sequence[Copy]) -> Spread:
    """The copies over time; without any, no bin."""
    if not copies:
        return Spread(STEPS[0], ())
    first = min(one.first_at for one in copies)
    last = max(one.last_at for one in copies)
    step = _step(first, last)
    start = _floor(first, step)
    edges = [start]
    while edges[-1] + step <= last:
        edges.append(edges[-1] + step)
    new, repeated = [0] * len(edges), [0] * len(edges)
    for copy in copies:
        new[bisect_right(edges, copy.first_at) - 1] += 1
        for at in copy.seen_at:
            if at > copy.first_at:
                repeated[bisect_right(edges, at) - 1] += 1
    bins = (Bin(*one) for one in zip(edges, new, repeated, strict=True))
    return Spread(step, tuple(bins))


def _step(first: datetime, last: datetime) -> timedelta:
    for step in STEPS:
        if _floor(first, step) + MOST_BINS * step > last:
            return step
    years = (last - first) // (MOST_BINS * STEPS[-1]) + 1
    return STEPS[-1] * (years + 1)


def _floor(at: datetime, step: timedelta) -> datetime:
    return at - (at - _MONDAY) % step
