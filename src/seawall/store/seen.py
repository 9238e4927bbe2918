"""Checks that were made and matches that were found."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, select

from seawall import errors
from seawall.model.match import Match
from seawall.model.seen import Checked, Context, How, RecordedMatch
from seawall.store import codec
from seawall.store.database import Database
from seawall.store.schema_service import checked, found, seen


class Seen:
    """What one store knows of contents that were checked."""

    def __init__(self, database: Database, now: Callable[[], datetime], new_id: Callable[[], str]) -> None:
        self._database = database
        self._now = now
        self._new_id = new_id

    def record(
        self,
        sha256: str | None,
        kind: str | None,
        duration_s: float | None,
        matches: Sequence[tuple[str, Match]],
        *,
        actor: str,
        context: Context = Context(),
    ) -> list[RecordedMatch]:
        """Keep a check with the matches that were found, each with its bank's name; as they are kept."""
        with self._database.write() as connection:
            now = self._now()
            number = _seen(connection, sha256, kind, duration_s, now)
            made = {"id": self._new_id(), "seen_number": number, "at": now, "actor": actor}
            row = insert(checked).values(**made, context=codec.dump(context)).returning(checked.c.number)
            checked_number = connection.execute(row).scalar_one()
            ids = [
                _found(connection, self._new_id(), checked_number, bank, one, How.CHECK, now)
                for bank, one in matches
            ]
            return _matches(connection, _query().where(found.c.id.in_(ids)))

    def count(self) -> int:
        """How many contents are remembered."""
        with self._database.read() as connection:
            return connection.execute(select(func.count()).select_from(seen)).scalar_one()

    def match(self, match_id: str) -> RecordedMatch:
        """Raises RecordNotFound."""
        with self._database.read() as connection:
            known = _matches(connection, _query().where(found.c.id == match_id))
        if not known:
            raise errors.RecordNotFound(kind="match", id=match_id)
        return known[0]

    def matches_since(self, at: datetime, bank: str | None = None) -> list[RecordedMatch]:
        """Matches found at or after a time, in one bank or in all, the oldest first."""
        query = _query().where(found.c.at >= at)
        with self._database.read() as connection:
            return _matches(connection, query if bank is None else query.where(found.c.bank == bank))


def _seen(
    connection: Connection, sha256: str | None, kind: str | None, duration_s: float | None, now: datetime
) -> int:
    """The number of a content, which is written down when it is first seen."""
    if sha256 is not None:
        known = connection.execute(select(seen.c.number).where(seen.c.sha256 == sha256)).scalar()
        if known is not None:
            return int(known)
    row = insert(seen).values(sha256=sha256, kind=kind, duration_s=duration_s, first_at=now)
    return int(connection.execute(row.returning(seen.c.number)).scalar_one())


def _found(
    connection: Connection, match_id: str, checked_number: int, bank: str, one: Match, how: How, now: datetime
) -> str:
    row = {"id": match_id, "checked_number": checked_number, "reference": one.reference, "bank": bank}
    connection.execute(insert(found).values(**row, how=how.value, at=now, match=codec.dump(one)))
    return match_id


def _query() -> Select[Any]:
    return (
        select(
            found,
            checked.c.id.label("checked_id"),
            checked.c.at.label("checked_at"),
            checked.c.actor,
            checked.c.context,
            seen.c.sha256,
            seen.c.kind,
            seen.c.duration_s,
        )
        .join_from(found, checked, found.c.checked_number == checked.c.number)
        .join(seen, checked.c.seen_number == seen.c.number)
        .order_by(found.c.number)
    )


def _matches(connection: Connection, query: Select[Any]) -> list[RecordedMatch]:
    return [_recorded(row) for row in connection.execute(query)]


def _recorded(row: Row[Any]) -> RecordedMatch:
    return RecordedMatch(
        id=row.id,
        checked=Checked(
            id=row.checked_id,
            sha256=row.sha256,
            kind=row.kind,
            duration_s=row.duration_s,
            at=row.checked_at,
            actor=row.actor,
            context=codec.load(Context, row.context),
        ),
        bank=row.bank,
        match=codec.load(Match, row.match),
        how=How(row.how),
        at=row.at,
    )
