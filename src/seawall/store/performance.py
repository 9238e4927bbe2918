"""What figures of our work rest on: rows counted by day, decisions with how they came about."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, and_, exists, func, select

from seawall.model.performance import Day
from seawall.store.batches import batches
from seawall.store.database import Database
from seawall.store.holds import hour_of
from seawall.store.schema_actions import case_event, decision, decision_item, decision_second, item
from seawall.store.schema_service import checked, found

#: Decisions of one period that are looked at one by one, the latest first.
MOST_DECISIONS: Final = 20_000


@dataclass(frozen=True, slots=True)
class Decided:
    """A decision that has had effect."""

    number: int
    views: tuple[str, ...]  #: each a decision.View
    waited_s: tuple[float, ...]  #: of each of its items; none where it takes the place of another
    overturned: bool | None  #: whether an appeal was decided otherwise than before; None where it is of none


@dataclass(frozen=True, slots=True)
class Made:
    """Decisions of a period."""

    decided: tuple[Decided, ...]
    agreed: int  #: second persons who did
    disagreed: int
    complete: bool  #: whether these are all


class Performance:
    """Figures of one store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def days(self, since: datetime, count: int) -> list[Day]:
        """What came in and was done on each of so many days from a midnight."""
        starts = [since + timedelta(days=number) for number in range(count)]
        with self._database.read() as connection:
            return [_day(connection, start) for start in starts]

    def decisions(self, since: datetime, until: datetime, limit: int = MOST_DECISIONS) -> Made:
        """Decisions of a period, the latest first."""
        within = and_(decision.c.at >= since, decision.c.at < until)
        with self._database.read() as connection:
            rows = connection.execute(_decisions(within).limit(limit + 1)).all()
            settled = [row for row in rows[:limit] if not row.needs_second or row.agrees]
            waited = _waited(connection, settled)
            appealed = _appealed(connection, [row for row in settled if row.reverses is not None])
            said = [row.agrees for row in rows[:limit] if row.agrees is not None]
        return Made(
            decided=tuple(
                Decided(
                    row.number,
                    tuple(json.loads(row.ruling)["views"]),
                    tuple(waited.get(row.number, ())),
                    row.choice != row.earlier if row.number in appealed else None,
                )
                for row in settled
            ),
            agreed=sum(said),
            disagreed=len(said) - sum(said),
            complete=len(rows) <= limit,
        )


def _day(connection: Connection, start: datetime) -> Day:
    end = start + timedelta(days=1)
    hours = and_(found.c.hour >= hour_of(start), found.c.hour < hour_of(end))

    def count(condition: ColumnElement[bool]) -> int:
        return int(connection.execute(select(func.count()).where(condition)).scalar_one())

    return Day(
        start.date(),
        checks=count(and_(checked.c.at >= start, checked.c.at < end)),
        matches=count(hours),
        items=count(and_(item.c.opened_at >= start, item.c.opened_at < end)),
        decisions=count(and_(decision.c.at >= start, decision.c.at < end)),
    )


def _decisions(within: ColumnElement[bool]) -> Select[Any]:
    earlier = decision.alias()
    second = decision_second
    columns = (decision.c.number, decision.c.at, decision.c.choice, decision.c.reverses, decision.c.ruling)
    query = select(
        *columns,
        decision.c.needs_second,
        second.c.agrees,
        second.c.at.label("second_at"),
        earlier.c.choice.label("earlier"),
    )
    query = query.join_from(decision, second, decision.c.number == second.c.decision_number, isouter=True)
    query = query.join(earlier, decision.c.reverses == earlier.c.id, isouter=True)
    return query.where(within).order_by(decision.c.at.desc(), decision.c.number.desc())


def _waited(connection: Connection, rows: list[Row[Any]]) -> dict[int, list[float]]:
    """How long the items of first decisions had waited."""
    ended = {row.number: row.second_at or row.at for row in rows if row.reverses is None}
    waited: dict[int, list[float]] = {}
    for batch in batches(ended):
        query = select(decision_item.c.decision_number, item.c.opened_at)
        query = query.join_from(decision_item, item, decision_item.c.item_number == item.c.number)
        for number, opened_at in connection.execute(query.where(decision_item.c.decision_number.in_(batch))):
            seconds = (ended[number] - opened_at).total_seconds()
            waited.setdefault(number, []).append(max(0.0, seconds))
    return waited


def _appealed(connection: Connection, rows: list[Row[Any]]) -> set[int]:
    """Those of the decisions that take the place of another after an appeal against it."""
    appeals: set[int] = set()
    earlier = decision.alias()
    for batch in batches(row.number for row in rows):
        after = exists().where(
            case_event.c.case_number == item.c.case_number,
            case_event.c.what == "appealed",
            case_event.c.at >= earlier.c.at,
            case_event.c.at <= decision.c.at,
        )
        query = (
            select(decision.c.number)
            .join_from(decision, earlier, decision.c.reverses == earlier.c.id)
            .join(decision_item, decision_item.c.decision_number == decision.c.number)
            .join(item, decision_item.c.item_number == item.c.number)
            .where(decision.c.number.in_(batch), after)
        )
        appeals.update(connection.execute(query).scalars())
    return appeals
