"""The figures of a time, counted by the database over the log, and the rows that each of them counted.

A figure and its rows are one and the same query (`yearly_rows`), so that they cannot differ.
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Iterator
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Subquery, and_, case, func, select

from seawall.model import yearly as records
from seawall.model.performance import Rate, Times
from seawall.model.yearly import Counted, Figure, Span
from seawall.store.database import Database
from seawall.store.yearly_rows import ROWS

_FETCHED: Final = 5_000  #: rows at a time


class Yearly:
    """Figures of one store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def count(self, figures: tuple[Figure, ...], span: Span) -> tuple[Counted, ...]:
        """What each figure came to, all of one moment."""
        with self._database.read() as connection:
            return tuple(_counted(connection, one, span) for one in figures)

    def rows(
        self,
        figure: Figure,
        span: Span,
        *,
        part: str | None = None,
        month: int | None = None,
        skip: int = 0,
        limit: int = 100,
    ) -> list[records.Row]:
        """What a figure has counted, in the order of its being put on record.

        part, month: only of these; the month is counted from 1. Raises BadRequest for another month.
        """
        since, until = (span.since, span.until) if month is None else span.month(month)
        found = ROWS[figure.id]().subquery()
        query = select(found).where(found.c.at >= since, found.c.at < until)
        if part is not None:
            query = query.where(found.c.part == part)
        query = query.order_by(found.c.first, found.c.then).offset(skip).limit(limit)
        with self._database.read() as connection:
            return [
                records.Row(figure.subject, one.id, one.decision, one.at, one.part)
                for one in connection.execute(query)
            ]


def _counted(connection: Connection, figure: Figure, span: Span) -> Counted:
    found = ROWS[figure.id]().subquery()
    ends = [(found.c.at < end, number) for number, end in enumerate(span.months[1:])]
    month = case(*ends, else_=len(span.months) - 1)
    # Grouped from outside: PostgreSQL takes two equal expressions with values of ours in them for different.
    each = select(found.c.part, month.label("month")).where(_within(found, span)).subquery()
    query = select(each.c.part, each.c.month, func.count()).group_by(each.c.part, each.c.month)
    parts: dict[str | None, int] = {}
    months = [0] * len(span.months)
    for part, number, count in connection.execute(query):
        parts[part] = parts.get(part, 0) + count
        months[number] += count
    total = sum(months)
    wrong = None if figure.wrong is None else Rate(parts.get(figure.wrong, 0), total)
    return Counted(
        figure=figure,
        count=total,
        parts=tuple((name, parts.get(name, 0)) for name, _ in figure.parts),
        months=tuple(months),
        times=_times(connection, found, span) if figure.timed else None,
        rate=wrong,
    )


def _times(connection: Connection, found: Subquery, span: Span) -> Times:
    query = select(found.c.begun, found.c.ended).where(_within(found, span), found.c.ended.is_not(None))
    rows = connection.execute(query.execution_options(yield_per=_FETCHED))
    return Times.of(array("d", _seconds(rows)))


def _seconds(rows: Iterable[Any]) -> Iterator[float]:
    for row in rows:
        yield max(0.0, (row.ended - row.begun).total_seconds())


def _within(found: Subquery, span: Span) -> ColumnElement[bool]:
    return and_(found.c.at >= span.since, found.c.at < span.until)
