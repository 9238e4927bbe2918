"""Clocks: starting them for whatever a period of law is about, what happens to them, and their alarms."""

from __future__ import annotations

import copy
from collections.abc import Iterable, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Self

from seawall import config, errors
from seawall.model import clock as engine, periods
from seawall.model.clock import About, AboutKind, Clock, Happened
from seawall.model.night import Night
from seawall.model.notice import LinkKind
from seawall.model.periods import Period
from seawall.store.clocks import BATCH, ClockFilter
from seawall.store.store import Store
from seawall.store.tasks import Json, Task
from seawall.workflows.words import said

if TYPE_CHECKING:
    from seawall.workflows.library import Seawall
    from seawall.workflows.tasks import Steps


class Clocks:
    """The clocks of one data folder.

    Args:
        store: where they are kept.
        actor: who is recorded as having changed something.
        zone: name of the zone of the calendar that periods are counted by.
        wording: the periods, in the words that people are shown.
    """

    def __init__(self, store: Store, actor: str, zone: str, wording: Mapping[str, Period]) -> None:
        self._store = store
        self._actor = actor
        self.zone = zone
        self.wording = wording

    def acting_as(self, actor: str) -> Self:
        """The same clocks, in which another one is recorded as having changed things."""
        other = copy.copy(self)
        other._actor = actor  # noqa: SLF001 - its own class
        return other

    def start(self, period_id: str, about: About, *, at: datetime | None, reason: str) -> Clock:
        """Start a clock at a time, or now, about a notice, case or incident that is there, or the provider.

        Raises RecordNotFound, IncidentNotFound, BadClock.
        """
        period = periods.period(period_id)
        self._expect(about)
        return self._store.clocks.start(
            period,
            about,
            self.zone,
            at=at or self._store.now(),
            actor=self._actor,
            reason=said("reason", reason),
        )

    def suspend(self, clock_id: str, hold: str, *, reason: str, at: datetime | None = None) -> Clock:
        """Hold a clock for a reason that its period knows. Raises RecordNotFound, BadClock."""
        return self._add(clock_id, Happened.SUSPENDED, at, reason, hold)

    def resume(self, clock_id: str, *, reason: str, at: datetime | None = None) -> Clock:
        """Have a clock go on. Raises RecordNotFound, BadClock."""
        return self._add(clock_id, Happened.RESUMED, at, reason)

    def extend(self, clock_id: str, *, reason: str, at: datetime | None = None) -> Clock:
        """Make a clock's period longer by its length. Raises RecordNotFound, BadClock."""
        return self._add(clock_id, Happened.EXTENDED, at, reason)

    def end(self, clock_id: str, *, reason: str, at: datetime | None = None) -> Clock:
        """End a clock: what it is there for is done, or is no more. Raises RecordNotFound, BadClock."""
        return self._add(clock_id, Happened.ENDED, at, reason)

    def get(self, clock_id: str) -> Clock:
        """Raises RecordNotFound."""
        return self._store.clocks.get(clock_id)

    def page(
        self, wanted: ClockFilter = ClockFilter(), *, after: int = 0, limit: int = 100
    ) -> list[tuple[int, Clock]]:
        """A page of clocks in the order in which they were started, each with its number."""
        return self._store.clocks.page(wanted, after=after, limit=limit)

    def concerning(self, kind: AboutKind, target: str) -> list[Clock]:
        """The clocks of a thing, and of the notices that name it; the first to end comes first."""
        return self._store.clocks.concerning(kind, target)

    def of_notices(self, notice_ids: Iterable[str]) -> dict[str, tuple[Clock, ...]]:
        """The clocks of notices, by their ids; of each, the first to end comes first."""
        return self._store.clocks.of_each(AboutKind.NOTICE, notice_ids)

    def ring(self) -> int:
        """Raise the alarms that are due, each once; how many clocks had one."""
        count = 0
        while found := self._store.clocks.ring():
            count += found
            if found < BATCH:
                break
        return count

    def _add(
        self, clock_id: str, what: Happened, at: datetime | None, reason: str, hold: str | None = None
    ) -> Clock:
        return self._store.clocks.add(
            clock_id, what, at=at, actor=self._actor, reason=said("reason", reason), hold=hold
        )

    def _expect(self, about: About) -> None:
        match about.kind:
            case AboutKind.NOTICE:
                self._store.notices.get(about.id)
            case AboutKind.CASE | AboutKind.INCIDENT:
                self._store.notices.expect(LinkKind(about.kind.value), about.id)
            case AboutKind.PROVIDER:
                if about.id:
                    raise errors.BadRequest(reason="a clock about the provider names nothing else")


def ring(library: Seawall, task: Task, steps: Steps) -> Mapping[str, Json]:  # noqa: ARG001 - a handler
    """Of a task at intervals: alarms that are due, and items that came since notices named them."""

    def once() -> Json:
        return {"rung": library.clocks.ring(), "joined": library.notices.look()}

    result = steps.run("ring", once)
    assert isinstance(result, dict)
    return result


def wording(settings: config.Settings) -> Mapping[str, Period]:
    """The periods in the words that are set. Raises BadSetting."""
    path = settings.text("period_words")
    if not path:
        return periods.PERIODS
    try:
        return periods.reworded(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError) as cause:
        raise errors.BadSetting(name="period_words", value=path, reason=str(cause)) from cause


def night(settings: config.Settings) -> Night | None:
    """The hours in which nobody is to look alone; None where none are set. Raises BadSetting."""
    text = settings.text("night")
    try:
        return Night.read(text, engine.zone(zone(settings)))
    except ValueError as cause:
        raise errors.BadSetting(name="night", value=text, reason=str(cause)) from cause


def zone(settings: config.Settings) -> str:
    """The name of the zone that calendars are read in. Raises BadSetting."""
    name = settings.text("time_zone")
    try:
        engine.zone(name)
    except errors.BadClock as cause:
        raise errors.BadSetting(
            name="time_zone", value=name, reason="it is no time zone that is known here"
        ) from cause
    return name
