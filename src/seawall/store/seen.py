"""Checks that were made, matches that were found, and the signals of what was checked."""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, delete, exists, func, or_, select

from seawall import errors
from seawall.model.hold import Rule
from seawall.model.seen import How, RecordedCheck, RecordedMatch
from seawall.store import seen_queries
from seawall.store.batches import batches
from seawall.store.database import Database
from seawall.store.flood import Flood
from seawall.store.holds import held_now, hour_of
from seawall.store.recording import NewCheck, NewFinding, Recording
from seawall.store.schema_seen import kept
from seawall.store.schema_service import checked, found, seen

RULE: Final = Rule(window_h=1, floor=100, factor=10.0, baseline_h=7 * 24)


@dataclass(frozen=True, slots=True)
class Kept:
    """A content that was checked, with its signals if they are kept."""

    seen_number: int
    sha256: str | None
    md5: str | None
    duration_s: float | None
    signals: bytes | None  #: of matching.kept
    number: int | None  #: of the signals: grows, and is never used again


class Seen:
    """What one store knows of contents that were checked."""

    def __init__(self, database: Database, now: Callable[[], datetime], new_id: Callable[[], str]) -> None:
        self._database = database
        self._now = now
        self._new_id = new_id
        self._flood = Flood()

    # Recording

    def record_all(
        self, news: Sequence[NewCheck], keep: timedelta = timedelta(), rule: Rule = RULE
    ) -> list[RecordedCheck]:
        """Keep checks in one transaction, all or none, in their order.

        keep: for how long their signals stay.
        """
        with self._database.write() as connection:
            return self._recording(connection, rule).checks(news, keep)

    def record_later(self, news: Sequence[NewFinding], rule: Rule = RULE) -> list[RecordedMatch]:
        """Keep what was found later; as it is kept. What was found before in the same content is left out."""
        with self._database.write() as connection:
            return self._recording(connection, rule).findings(news)

    def _recording(self, connection: Connection, rule: Rule) -> Recording:
        return Recording(connection, self._flood, rule, self._now(), self._new_id)

    # Reading

    def check(self, check_id: str) -> RecordedCheck:
        """One check, with all that was found in it. Raises RecordNotFound."""
        with self._database.read() as connection:
            row = connection.execute(seen_queries.checks().where(checked.c.id == check_id)).first()
            if row is None:
                raise errors.RecordNotFound(kind="check", id=check_id)
            query = (
                seen_queries.matches().where(found.c.checked_number == row.number).order_by(found.c.number)
            )
            return RecordedCheck(seen_queries.checked_of(row), tuple(seen_queries.read(connection, query)))

    def count(self) -> int:
        """How many contents are remembered."""
        with self._database.read() as connection:
            return connection.execute(select(func.count()).select_from(seen)).scalar_one()

    def match(self, match_id: str) -> RecordedMatch:
        """Raises RecordNotFound."""
        with self._database.read() as connection:
            known = seen_queries.read(connection, seen_queries.matches().where(found.c.id == match_id))
        if not known:
            raise errors.RecordNotFound(kind="match", id=match_id)
        return known[0]

    def matches_of(self, ids: Iterable[str]) -> list[RecordedMatch]:
        """Those of these matches of which the record is still there, in the order of the ids."""
        known: dict[str, RecordedMatch] = {}
        wanted = list(ids)
        with self._database.read() as connection:
            for batch in batches(wanted):
                known.update({one.id: one for one in seen_queries.named(connection, batch)})
        return [known[one] for one in wanted if one in known]

    def matches_since(self, at: datetime, bank: str | None = None) -> list[RecordedMatch]:
        """Matches found at or after a time, in one bank or in all, the oldest first."""
        query = _since(seen_queries.matches(), at).order_by(found.c.number)
        with self._database.read() as connection:
            return seen_queries.read(connection, query if bank is None else query.where(found.c.bank == bank))

    def matches(
        self,
        *,
        bank: str | None = None,
        reference: str | None = None,
        how: How | None = None,
        held: bool | None = None,
        since: datetime | None = None,
        before: int | None = None,
        limit: int = 100,
    ) -> list[tuple[int, RecordedMatch]]:
        """Matches, the latest first, each with its number; None for any. before: a number to go on from."""
        query = seen_queries.matches().order_by(found.c.number.desc()).limit(limit)
        query = seen_queries.narrowed(query, bank=bank, reference=reference, how=how, held=held)
        if since is not None:
            query = _since(query, since)
        if before is not None:
            query = query.where(found.c.number < before)
        with self._database.read() as connection:
            return [(row.number, seen_queries.match_of(row)) for row in connection.execute(query)]

    def held(self, references: Iterable[str]) -> set[str]:
        """Those of the references, by their ids, of which no match acts before a person has looked."""
        with self._database.read() as connection:
            return held_now(connection, references)

    # What is kept, for who follows it

    def highest_kept(self) -> int:
        """The highest number of signals that are kept; 0 where there are none."""
        with self._database.read() as connection:
            return connection.execute(select(func.max(kept.c.number))).scalar() or 0

    def kept_after(self, number: int, limit: int) -> list[Kept]:
        """The next signals above a number."""
        query = _kept().where(kept.c.number > number).order_by(kept.c.number).limit(limit)
        with self._database.read() as connection:
            return [_of(row) for row in connection.execute(query)]

    def kept(self, numbers: Collection[int]) -> list[Kept]:
        """The signals of these numbers, as far as they are still kept."""
        found_rows: list[Kept] = []
        with self._database.read() as connection:
            for batch in batches(numbers):
                rows = connection.execute(_kept().where(kept.c.number.in_(batch)).order_by(kept.c.number))
                found_rows += [_of(row) for row in rows]
        return found_rows

    def kept_numbers(self) -> list[int]:
        """Of all signals that are kept, ascending."""
        with self._database.read() as connection:
            return list(connection.execute(select(kept.c.number).order_by(kept.c.number)).scalars())

    def with_digests(self, sha256s: Iterable[str], md5s: Iterable[str]) -> list[Kept]:
        """Contents that were checked with one of these digests, with their signals if they are kept."""
        contents: dict[int, Kept] = {}
        with self._database.read() as connection:
            for column, digests in ((seen.c.key, sha256s), (seen.c.md5, md5s)):
                for batch in batches(digests):
                    query = _kept(outer=True).where(column.in_(batch))
                    contents.update({row.seen_number: _of(row) for row in connection.execute(query)})
        return [contents[number] for number in sorted(contents)]

    def found_pairs(self, references: Iterable[str]) -> set[tuple[int, str]]:
        """In which contents these references were found, each content by its number."""
        pairs: set[tuple[int, str]] = set()
        with self._database.read() as connection:
            for batch in batches(references):
                query = select(checked.c.seen_number, found.c.reference)
                query = query.join_from(found, checked, found.c.checked_number == checked.c.number)
                rows = connection.execute(query.where(found.c.reference.in_(batch)))
                pairs |= {(row.seen_number, row.reference) for row in rows}
        return pairs

    def forget_expired(self, limit: int) -> int:
        """Delete at most so many signals whose time is over; how many."""
        with self._database.write() as connection:
            query = select(kept.c.number).where(kept.c.expires_at <= self._now())
            numbers = list(connection.execute(query.order_by(kept.c.expires_at).limit(limit)).scalars())
            for batch in batches(numbers):
                connection.execute(delete(kept).where(kept.c.number.in_(batch)))
            return len(numbers)

    def forget_checks(self, before: datetime, limit: int) -> int:
        """Delete at most so many checks of before a time in which nothing was found; how many.

        Contents go with the last of their checks, unless their signals are kept.
        """
        with self._database.write() as connection:
            matching = exists().where(found.c.checked_number == checked.c.number)
            query = select(checked.c.number, checked.c.seen_number).where(checked.c.at < before, ~matching)
            rows = connection.execute(query.order_by(checked.c.at).limit(limit)).all()
            for batch in batches(row.number for row in rows):
                connection.execute(delete(checked).where(checked.c.number.in_(batch)))
            used = or_(
                exists().where(checked.c.seen_number == seen.c.number),
                exists().where(kept.c.seen_number == seen.c.number),
            )
            for batch in batches({row.seen_number for row in rows}):
                connection.execute(delete(seen).where(seen.c.number.in_(batch), ~used))
            return len(rows)


def any_seen(connection: Connection) -> bool:
    """Whether anything was ever checked."""
    return connection.execute(select(seen.c.number).limit(1)).first() is not None


def _since(query: Select[Any], at: datetime) -> Select[Any]:
    """Only matches found at or after a time. It is the hour that has an index."""
    return query.where(found.c.hour >= hour_of(at), found.c.at >= at)


def _kept(*, outer: bool = False) -> Select[Any]:
    query = select(
        seen.c.number.label("seen_number"),
        seen.c.sha256,
        seen.c.md5,
        seen.c.duration_s,
        kept.c.number,
        kept.c.query,
    )
    return query.join_from(seen, kept, kept.c.seen_number == seen.c.number, isouter=outer)


def _of(row: Row[Any]) -> Kept:
    return Kept(row.seen_number, row.sha256, row.md5, row.duration_s, row.query, row.number)
