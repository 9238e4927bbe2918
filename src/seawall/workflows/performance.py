"""How we are doing: the figures of some days, of all people together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from seawall.model.decision import View
from seawall.model.performance import Performance, Rate, Times
from seawall.store.store import Store

MOST_DAYS: Final = 366
#: What shows no picture and plays no sound.
_UNSEEN: Final = frozenset({View.METADATA, View.TRANSCRIPT})

#: Seconds of media that were not shown between two times.
Saved = Callable[[datetime, datetime], float]


def figures(store: Store, days: int, now: datetime | None = None, saved: Saved | None = None) -> Performance:
    """The figures of so many days, the last of which is today.

    saved: tells the seconds of media that nobody had to be shown; without it they are not measured.
    """
    at = now or datetime.now(UTC)
    midnight = at.replace(hour=0, minute=0, second=0, microsecond=0)
    since, until = midnight - timedelta(days=days - 1), midnight + timedelta(days=1)
    made = store.performance.decisions(since, until)
    appeals = [one.overturned for one in made.decided if one.overturned is not None]
    return Performance(
        since=since,
        until=at,
        days=tuple(store.performance.days(since, days)),
        to_decision=Times.of([waited for one in made.decided for waited in one.waited_s]),
        second_reads=Rate(made.disagreed, made.agreed + made.disagreed),
        appeals=Rate(sum(appeals), len(appeals)),
        unseen=Rate(sum(_UNSEEN.issuperset(one.views) for one in made.decided), len(made.decided)),
        complete=made.complete,
        saved_s=None if saved is None else saved(since, at),
    )
