"""What people were shown: each person's own ledger, and what is told of all together."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Final

from seawall import config, errors
from seawall.model import exposure
from seawall.model.exposure import Entry, Limits, Own, Together
from seawall.model.viewing import Cover, Rules
from seawall.store.store import Store

MOST_DAYS: Final = 92  #: that figures are asked for at a time


class Exposure:
    """The ledger of one data folder, as its people may read it."""

    def __init__(self, store: Store, settings: config.Settings, rules: Rules) -> None:
        self._store = store
        self._rules = rules
        self._group = settings.whole("exposure_group")
        self.limits = Limits(settings.number("exposure_day_s"), settings.number("exposure_run_s"))

    def own(self, user: str, now: Callable[[], datetime] = lambda: datetime.now(UTC)) -> Own:
        """Where a person stands today. For that person alone."""
        at = now()
        midnight = at.astimezone(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
        today = self._store.exposures.slices(midnight, midnight + timedelta(days=1), user)
        recent = self._store.exposures.recent(user)
        return Own(exposure.summed(today), exposure.run_s(recent, at), self.limits)

    def entries(self, user: str, *, before: int | None, limit: int) -> list[tuple[int, Entry]]:
        """A person's ledger, the newest first, each line with its number. For that person alone."""
        return self._store.exposures.page(user, before=before, limit=limit)

    def floor(self, user: str) -> Cover | None:
        """What a user has chosen to be shown at most without a reason; None for the organisation's floor."""
        return self._store.exposures.floor(user)

    def set_floor(self, user: str, cover: Cover) -> None:
        """Choose a floor of one's own. One that lies below the organisation's changes nothing.

        Raises BelowFloor for one that is below the organisation's at every level.
        """
        highest = max(self._rules.floors.values(), key=lambda one: one.shows)
        if cover.shows > highest.shows:
            raise errors.BelowFloor(cover=cover, floor=highest)
        self._store.exposures.set_floor(user, cover)

    def together(self, since: datetime, until: datetime) -> Together:
        """What all who looked were shown, from one time to before another. Raises BadRequest.

        Nothing is told of fewer people than are set.
        """
        if not timedelta() < until - since <= timedelta(days=MOST_DAYS):
            raise errors.BadRequest(reason=f"until: it has to lie after since, and at most {MOST_DAYS} days")
        people = self._store.exposures.people(since, until)
        if people < self._group:
            return Together(None, None, None)
        sums = exposure.summed(self._store.exposures.slices(since, until))
        return Together(people, sums, self._store.exposures.over(since, until, self.limits.day_s))
