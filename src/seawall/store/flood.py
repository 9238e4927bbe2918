"""The flood breaker: a reference that suddenly matches far more than its kind does waits for a person.

A reference is held once the contents that it matched in a window reach a limit: `Rule.floor`, or
`Rule.factor` times what is usual for its bank and kind, whichever is more. Usual is what the busiest windows
of the other references reach, without the busiest twentieth of them. `docs/explanation/retro-matching.md`
says why.

It is looked at in the transaction that writes matches, so it must be cheap where a reference matches a
hundred thousand contents an hour. A reference that is far from its limit is counted again only after an
eighth of what is missing has come, and what is usual is looked at every few minutes.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, func, select

from seawall.model.event import EventType
from seawall.model.hold import Counts, Rule
from seawall.store import events, holds, tasks
from seawall.store.schema import content, reference
from seawall.store.schema_service import checked, found

BUSIEST: Final = 0.95  #: share of the other references that what is usual covers
FEW: Final = 5  #: others, with fewer of which nothing is said to be usual
SHARE: Final = 8  #: as many processes may write at once, and none goes past the limit
FRESH: Final = timedelta(minutes=5)  #: for which what is usual is taken to stay so
REMEMBERED: Final = 100_000  #: references


@dataclass(frozen=True, slots=True)
class Matched:
    """What was written just now of one reference."""

    bank: str
    matches: int


@dataclass(frozen=True, slots=True)
class _Busiest:
    """The busiest window of each reference of one bank and kind."""

    at: datetime
    contents: Mapping[str, int]


@dataclass(slots=True)
class Flood:
    """Watches what references match, for all transactions of one store."""

    _missing: dict[str, int] = field(default_factory=dict)  #: matches before a reference is counted again
    _busiest: dict[tuple[Rule, str, str], _Busiest] = field(default_factory=dict)

    def watch(
        self,
        connection: Connection,
        matched: Mapping[str, Matched],
        rule: Rule,
        now: datetime,
        new_id: Callable[[], str],
    ) -> set[str]:
        """Hold those of the references that match too much, and say which; an event tells of each.

        matched: references that are not held. Their matches are written already.
        """
        due = (
            [one for one, fresh in matched.items() if self._is_due(one, fresh.matches)] if rule.floor else []
        )
        counts = holds.contents_since(connection, due, holds.hour_of(now) - rule.window_h + 1)
        fresh: set[str] = set()
        for one, contents in counts.items():
            limit = rule.floor
            if contents >= limit:
                told = self._told(connection, one, matched[one].bank, contents, rule, now)
                limit = max(told.limit, math.ceil(holds.released_at(connection, one) * rule.factor))
                if contents >= limit:
                    holds.begin(connection, one, matched[one].bank, told, now)
                    said: dict[str, tasks.Json] = {"reference": one, "bank": matched[one].bank}
                    said |= {"contents": contents, "limit": limit, "window_h": rule.window_h}
                    events.put(connection, EventType.REFERENCE_HELD, said, now=now, new_id=new_id)
                    fresh.add(one)
            self._missing[one] = max(0, limit - contents) // SHARE
        return fresh

    def _is_due(self, reference_id: str, matches: int) -> bool:
        if len(self._missing) > REMEMBERED:
            self._missing.clear()
        left = self._missing.get(reference_id, 0) - matches
        self._missing[reference_id] = left
        return left <= 0

    def _told(
        self, connection: Connection, reference_id: str, bank: str, contents: int, rule: Rule, now: datetime
    ) -> Counts:
        """A reference's count beside the busiest windows of the others of its bank and kind."""
        query = select(content.c.kind).join_from(content, reference, reference.c.content_id == content.c.id)
        kind = str(connection.execute(query.where(reference.c.id == reference_id)).scalar())
        known = self._busiest.get((rule, bank, kind))
        if known is None or now - known.at > FRESH:
            known = _Busiest(now, _busiest(connection, bank, kind, rule, now))
            self._busiest[rule, bank, kind] = known
        busiest = sorted(count for one, count in known.contents.items() if one != reference_id)
        usual = busiest[math.ceil(BUSIEST * len(busiest)) - 1] if len(busiest) >= FEW else 0
        limit = max(rule.floor, math.ceil(rule.factor * usual))
        return Counts(contents, rule.window_h, limit, usual, len(busiest))


def _busiest(connection: Connection, bank: str, kind: str, rule: Rule, now: datetime) -> dict[str, int]:
    """How many contents each reference of a bank and kind matched in its busiest window, if any."""
    window = found.c.hour // rule.window_h
    per_window = (
        select(found.c.reference, func.count(checked.c.seen_number.distinct()).label("contents"))
        .join_from(found, checked, found.c.checked_number == checked.c.number)
        .join(reference, reference.c.id == found.c.reference)
        .join(content, reference.c.content_id == content.c.id)
        .where(found.c.bank == bank, found.c.hour >= holds.hour_of(now) - rule.baseline_h)
        .where(content.c.kind == kind)
        .group_by(found.c.reference, window)
        .subquery()
    )
    query = select(per_window.c.reference, func.max(per_window.c.contents)).group_by(per_window.c.reference)
    return {row[0]: row[1] for row in connection.execute(query)}
