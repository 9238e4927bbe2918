"""Writes down checks and what was found in them: many in one transaction, each all or not at all.

With the matches go the tasks that they make necessary, and references that match too much are held in the
same stroke, so that no match is acted on of which the flood breaker does not know.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from typing import Final

from sqlalchemy import Connection, String, bindparam, cast, delete, func, select, update

from seawall.model.hold import Rule
from seawall.model.match import Match
from seawall.model.seen import Checked, Context, How, RecordedCheck, RecordedMatch
from seawall.store import bulk, codec, holds, seen_queries, tasks
from seawall.store.batches import batches
from seawall.store.flood import Flood, Matched
from seawall.store.schema_seen import kept
from seawall.store.schema_service import checked, found, seen

#: What is seen again is kept on for as long as what is new, give or take this: not every check writes it.
RENEWED: Final = timedelta(days=1)


#: Questions of every transaction are made once: to make one costs more than to ask it. The answer comes in
#: one row, as `KEY:NUMBER,...`: SQLite lets the other threads in, and waits for its turn again, with each.
_NUMBERS: Final = select(func.aggregate_strings(seen.c.key + ":" + cast(seen.c.number, String), ",")).where(
    seen.c.key.in_(bindparam("keys", expanding=True))
)
_CHECKS: Final = select(checked.c.id, checked.c.number).where(
    checked.c.id.in_(bindparam("ids", expanding=True))
)
_UNTOLD: Final = select(seen.c.number).where(
    seen.c.number.in_(bindparam("numbers", expanding=True)), seen.c.kind.is_(None)
)
_KEPT: Final = select(
    kept.c.seen_number, kept.c.expires_at, func.length(kept.c.query).label("size_bytes")
).where(kept.c.seen_number.in_(bindparam("numbers", expanding=True)))

_Banked = tuple[tuple[str, Match], ...]  #: matches, each with its bank
_FoundIn = tuple[int, Checked, _Banked]  #: a check, after its number, and what was found in it


@dataclass(frozen=True, slots=True)
class NewCheck:
    """A check before it is written down."""

    key: str  #: the content's SHA-256; of a content known by other hashes alone, one of those
    sha256: str | None
    md5: str | None
    kind: str | None
    duration_s: float | None
    signals: bytes | None  #: of matching.kept; None where none are to be kept
    matches: tuple[tuple[str, Match], ...]  #: each with its bank
    actor: str
    context: Context
    has_sound: bool | None = None  #: None where it is not known


@dataclass(frozen=True, slots=True)
class NewFinding:
    """A match that is found later, in a content that was checked."""

    seen_number: int
    bank: str
    match: Match


@dataclass(frozen=True, slots=True)
class Recording:
    """One transaction's."""

    connection: Connection
    flood: Flood
    rule: Rule
    now: datetime
    new_id: Callable[[], str]

    def checks(self, news: Sequence[NewCheck], keep: timedelta) -> list[RecordedCheck]:
        """Write checks down, in their order. keep: for how long their signals stay."""
        known, fresh = self._contents(news)
        numbers = known | fresh
        signals = {numbers[one.key]: one.signals for one in news if one.signals is not None}
        self._keep(signals, set(known.values()), keep)
        made = [self._checked(one) for one in news]
        rows: list[bulk.Row] = [
            {
                "id": one.id,
                "seen_number": numbers[new.key],
                "at": self.now,
                "actor": new.actor,
                "context": codec.dump(new.context),
            }
            for one, new in zip(made, news, strict=True)
        ]
        bulk.insert_rows(self.connection, checked, rows)
        matching = [(one, new.matches) for one, new in zip(made, news, strict=True) if new.matches]
        recorded = self._matches(self._numbered(matching), How.CHECK)
        return [RecordedCheck(one, tuple(recorded.get(one.id, ()))) for one in made]

    def findings(self, news: Sequence[NewFinding]) -> list[RecordedMatch]:
        """Write down what was found later, on the last check of its content, unless it is known already."""
        last = self._last_checks({one.seen_number for one in news})
        known = self._known(news)
        fresh: dict[int, list[tuple[str, Match]]] = {}
        for one in news:
            if one.seen_number in last and (one.seen_number, one.match.reference) not in known:
                fresh.setdefault(one.seen_number, []).append((one.bank, one.match))
        found_in = [(last[number][0], last[number][1], tuple(some)) for number, some in fresh.items()]
        recorded = self._matches(found_in, How.RETRO)
        return [match for some in recorded.values() for match in some]

    def _contents(self, news: Sequence[NewCheck]) -> tuple[dict[str, int], dict[str, int]]:
        """The numbers of the contents, by key: of those known, and of those new, which are written down."""
        by_key = {one.key: one for one in news}
        known = self._seen(list(by_key))
        unknown = [one for key, one in by_key.items() if key not in known]
        rows: list[bulk.Row] = [
            {
                "key": one.key,
                "sha256": one.sha256,
                "md5": one.md5,
                "kind": one.kind,
                "duration_s": one.duration_s,
                "has_sound": one.has_sound,
                "first_at": self.now,
            }
            for one in unknown
        ]
        bulk.insert_rows(self.connection, seen, rows)
        self._learn([(known[key], one) for key, one in by_key.items() if key in known and one.kind])
        return known, self._seen([one.key for one in unknown])

    def _learn(self, checked_again: Sequence[tuple[int, NewCheck]]) -> None:
        """Write down what a content is, of which only its digest was known before."""
        by_number = dict(checked_again)
        for batch in batches(by_number):
            for number in self.connection.execute(_UNTOLD, {"numbers": batch}).scalars().all():
                one = by_number[number]
                change = {
                    "kind": one.kind,
                    "duration_s": one.duration_s,
                    "has_sound": one.has_sound,
                    "md5": one.md5,
                }
                self.connection.execute(update(seen).where(seen.c.number == number).values(change))

    def _seen(self, keys: Sequence[str]) -> dict[str, int]:
        numbers: dict[str, int] = {}
        for batch in batches(keys):
            known = self.connection.execute(_NUMBERS, {"keys": batch}).scalar()
            pairs = (one.split(":") for one in known.split(",")) if known else ()
            numbers.update({key: int(number) for key, number in pairs})
        return numbers

    def _keep(self, signals: Mapping[int, bytes], seen_before: Collection[int], keep: timedelta) -> None:
        """Keep signals of contents, by number; those that are kept already stay on.

        Where hashes were given first and then the file, the file's signals take their place: they hold more.
        """
        until = self.now + keep
        known: set[int] = set()
        for batch in batches(number for number in signals if number in seen_before):
            found_rows = self.connection.execute(_KEPT, {"numbers": batch}).all()
            poorer = [row.seen_number for row in found_rows if row.size_bytes < len(signals[row.seen_number])]
            if poorer:
                self.connection.execute(delete(kept).where(kept.c.seen_number.in_(poorer)))
            known.update(row.seen_number for row in found_rows)
            known.difference_update(poorer)
            late = [row.seen_number for row in found_rows if row.expires_at < until - RENEWED]
            if late:
                change = update(kept).where(kept.c.seen_number.in_(late)).values(expires_at=until)
                self.connection.execute(change)
        rows: list[bulk.Row] = [
            {"seen_number": number, "query": data, "expires_at": until}
            for number, data in signals.items()
            if number not in known
        ]
        bulk.insert_rows(self.connection, kept, rows)

    def _checked(self, new: NewCheck) -> Checked:
        return Checked(
            id=self.new_id(),
            sha256=new.sha256,
            kind=new.kind,
            duration_s=new.duration_s,
            at=self.now,
            actor=new.actor,
            context=new.context,
            has_sound=new.has_sound,
        )

    def _numbered(self, matching: Sequence[tuple[Checked, _Banked]]) -> list[_FoundIn]:
        """With the numbers that the database gave the checks."""
        numbers: dict[str, int] = {}
        for batch in batches(one.id for one, _ in matching):
            numbers.update({row.id: row.number for row in self.connection.execute(_CHECKS, {"ids": batch})})
        return [(numbers[one.id], one, matches) for one, matches in matching]

    def _matches(self, found_in: Sequence[_FoundIn], how: How) -> dict[str, list[RecordedMatch]]:
        """Write matches down with what follows from them, by the id of their check."""
        if not found_in:
            return {}
        banks = {match.reference: bank for _, _, matches in found_in for bank, match in matches}
        held = holds.held_now(self.connection, banks)
        made: dict[str, list[RecordedMatch]] = {}
        rows: list[bulk.Row] = []
        for number, one, matches in found_in:
            for bank, match in matches:
                is_held = match.reference in held
                recorded = RecordedMatch(self.new_id(), one, bank, match, how, self.now, is_held)
                made.setdefault(one.id, []).append(recorded)
                rows.append(_row(recorded, number))
        bulk.insert_rows(self.connection, found, rows)
        new = Counter(match.reference for _, _, matches in found_in for _, match in matches)
        free = {one: Matched(bank, new[one]) for one, bank in banks.items() if one not in held}
        fresh = self.flood.watch(self.connection, free, self.rule, self.now, self.new_id)
        if fresh:
            made = {check: [_held(one, fresh) for one in some] for check, some in made.items()}
            self._hold(one.id for some in made.values() for one in some if one.held)
        ids = ([one.id for one in some] for some in made.values())
        outcomes = [(self.new_id(), {"matches": list[tasks.Json](some)}) for some in ids]
        tasks.put_new(self.connection, tasks.OUTCOME, outcomes, self.now)
        return made

    def _hold(self, ids: Iterable[str]) -> None:
        for batch in batches(ids):
            self.connection.execute(update(found).where(found.c.id.in_(batch)).values(held=True))

    def _last_checks(self, numbers: Collection[int]) -> dict[int, tuple[int, Checked]]:
        """The last check of each of the contents, with its number, by the content's."""
        last: dict[int, tuple[int, Checked]] = {}
        for batch in batches(numbers):
            newest = select(func.max(checked.c.number)).where(checked.c.seen_number.in_(batch))
            newest = newest.group_by(checked.c.seen_number)
            query = seen_queries.checks().where(checked.c.number.in_(newest))
            for row in self.connection.execute(query):
                last[row.seen_number] = (row.number, seen_queries.checked_of(row))
        return last

    def _known(self, news: Sequence[NewFinding]) -> set[tuple[int, str]]:
        """Which of these pairs of a content and a reference were found before."""
        wanted = {one.match.reference for one in news}
        known: set[tuple[int, str]] = set()
        for batch in batches({one.seen_number for one in news}):
            query = select(checked.c.seen_number, found.c.reference)
            query = query.join_from(found, checked, found.c.checked_number == checked.c.number)
            query = query.where(checked.c.seen_number.in_(batch))
            known |= {(number, one) for number, one in self.connection.execute(query) if one in wanted}
        return known


def _row(one: RecordedMatch, checked_number: int) -> dict[str, object]:
    return {
        "id": one.id,
        "checked_number": checked_number,
        "reference": one.match.reference,
        "bank": one.bank,
        "how": one.how.value,
        "at": one.at,
        "hour": holds.hour_of(one.at),
        "held": one.held,
        "match": codec.dump(one.match),
    }


def _held(one: RecordedMatch, held: Collection[str]) -> RecordedMatch:
    return replace(one, held=True) if one.match.reference in held else one
