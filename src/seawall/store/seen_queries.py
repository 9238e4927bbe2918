"""Checks and matches as they are read: the joins, and rows made records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, Select, bindparam, select

from seawall.model.match import Match
from seawall.model.seen import Checked, Context, How, RecordedMatch
from seawall.store import codec
from seawall.store.schema_service import checked, found, seen

_CHECK = (
    checked.c.id.label("checked_id"),
    checked.c.seen_number,
    checked.c.at.label("checked_at"),
    checked.c.actor,
    checked.c.context,
    *(seen.c.sha256, seen.c.kind, seen.c.duration_s, seen.c.has_sound),
)


def checks() -> Select[Any]:
    """Checks with their contents."""
    query = select(checked.c.number, *_CHECK)
    return query.join_from(checked, seen, checked.c.seen_number == seen.c.number)


def matches() -> Select[Any]:
    """Matches with their checks."""
    query = select(found, *_CHECK).join_from(found, checked, found.c.checked_number == checked.c.number)
    return query.join(seen, checked.c.seen_number == seen.c.number)


def read(connection: Connection, query: Select[Any]) -> list[RecordedMatch]:
    """The matches of a query of `matches`."""
    return [match_of(row) for row in connection.execute(query)]


_NAMED = matches().where(found.c.id.in_(bindparam("these", expanding=True)))


def named(connection: Connection, ids: Sequence[str]) -> list[RecordedMatch]:
    """Those of the matches that are there, by their ids."""
    return [match_of(row) for row in connection.execute(_NAMED, {"these": ids})]


def match_of(row: Row[Any]) -> RecordedMatch:
    """The match of its row."""
    return RecordedMatch(
        id=row.id,
        checked=checked_of(row),
        bank=row.bank,
        match=codec.load(Match, row.match),
        how=How(row.how),
        at=row.at,
        held=row.held,
    )


def checked_of(row: Row[Any]) -> Checked:
    """The check of a row of either."""
    return Checked(
        id=row.checked_id,
        sha256=row.sha256,
        kind=row.kind,
        duration_s=row.duration_s,
        at=row.checked_at,
        actor=row.actor,
        context=codec.load(Context, row.context),
        has_sound=row.has_sound,
    )


def narrowed(
    query: Select[Any],
    *,
    bank: str | None,
    reference: str | None,
    how: How | None,
    held: bool | None,
) -> Select[Any]:
    """Only the matches that are asked for; None for any."""
    if bank is not None:
        query = query.where(found.c.bank == bank)
    if reference is not None:
        query = query.where(found.c.reference == reference)
    if how is not None:
        query = query.where(found.c.how == how.value)
    return query if held is None else query.where(found.c.held == held)
