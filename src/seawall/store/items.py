"""Items: contents under decision, opened by what policies make of matches, and joined by later ones."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, Select, bindparam, insert, select, update

from seawall import errors
from seawall.model.decision import Item, ItemMatch, ItemState, Priority
from seawall.model.policy import Outcome, Step
from seawall.model.seen import Checked, Context
from seawall.store import codec, words
from seawall.store.batches import batches
from seawall.store.columns import found_by
from seawall.store.database import Database
from seawall.store.schema_actions import case_file, decision, item, outcome
from seawall.store.schema_search import item_word

_PRIORITY: Final = {
    Step.NOTHING: Priority.LOW,
    Step.NOTIFY: Priority.LOW,
    Step.HOLD: Priority.NORMAL,
    Step.ACT: Priority.HIGH,
}

#: Made once, as they are asked for every match: to make one costs more than to ask it.
_KNOWN: Final = (
    select(item.c.number, item.c.id, item.c.priority)
    .where(item.c.key == bindparam("known"))
    .with_for_update()
)
_OPEN: Final = insert(item).returning(item.c.number)


@dataclass(frozen=True, slots=True)
class Joined:
    """The item that a match belongs to."""

    number: int
    id: str
    is_new: bool  #: the match has opened it


@dataclass(frozen=True, slots=True)
class ItemFilter:
    """Which items are asked for; what is None is not asked about."""

    state: ItemState | None = None
    priority: Priority | None = None  #: at least
    bank: str | None = None
    reference: str | None = None
    uploader: str | None = None
    sha256: str | None = None
    case: str | None = None


class Items:
    """The items of one store."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def get(self, item_id: str) -> Item:
        """Raises RecordNotFound."""
        with self._database.read() as connection:
            return read(connection, rows(connection, [item_id]))[0]

    def page(
        self, wanted: ItemFilter = ItemFilter(), *, after: int = 0, limit: int = 100
    ) -> list[tuple[int, Item]]:
        """The next items behind a number, in the order in which they were opened, each with its number."""
        query = _items().where(item.c.number > after, *_conditions(wanted)).order_by(item.c.number)
        with self._database.read() as connection:
            found = connection.execute(query.limit(limit)).all()
            return list(zip((row.number for row in found), read(connection, found), strict=True))


def join(connection: Connection, checked: Checked, made: Outcome, *, new_id: str, now: datetime) -> Joined:
    """The item of a content where it stands, opened where there is none."""
    key = _key(checked)
    known = connection.execute(_KNOWN, {"known": key}).first()
    priority = _PRIORITY[made.step]
    if known is not None:
        if priority > known.priority:
            change = update(item).where(item.c.number == known.number)
            connection.execute(change.values(priority=priority.value, why=made.why))
        return Joined(known.number, known.id, is_new=False)
    where = checked.context
    row = {
        "id": new_id,
        "key": key,
        "sha256": checked.sha256,
        "kind": checked.kind,
        "duration_s": checked.duration_s,
        "uploader": found_by(where.uploader),
        "post": found_by(where.post),
        "url": found_by(where.url),
        "context": codec.dump(where),
        "state": ItemState.OPEN.value,
        "priority": priority.value,
        "why": made.why,
        "opened_at": now,
    }
    number = connection.execute(_OPEN, row).scalar_one()
    words.put_new(connection, item_word, [(number, (where.post, where.uploader, where.url, *where.labels))])
    return Joined(number, new_id, is_new=True)


def reopen(connection: Connection, number: int) -> bool:
    """Ask for a decision again; whether one had been made."""
    change = update(item).where(item.c.number == number, item.c.state == ItemState.DECIDED.value)
    return connection.execute(change.values(state=ItemState.REOPENED.value)).rowcount > 0


def references(connection: Connection, number: int) -> frozenset[str]:
    """The references that an item was matched with so far."""
    query = select(outcome.c.reference).where(outcome.c.item_number == number).distinct()
    return frozenset(connection.execute(query).scalars())


def rows(connection: Connection, ids: Sequence[str], *, to_write: bool = False) -> list[Row[Any]]:
    """Of these items, in their order. Raises RecordNotFound. to_write: other writers of them wait."""
    if to_write:
        locking = select(item.c.number).where(item.c.id.in_(ids)).order_by(item.c.number)
        connection.execute(locking.with_for_update())
    known = {row.id: row for row in connection.execute(_items().where(item.c.id.in_(ids)))}
    for wanted in ids:
        if wanted not in known:
            raise errors.RecordNotFound(kind="item", id=wanted)
    return [known[one] for one in ids]


def read(connection: Connection, found: Iterable[Row[Any]]) -> list[Item]:
    """Records of rows of `rows`, in their order."""
    found = list(found)
    matches: dict[int, list[ItemMatch]] = {}
    for batch in batches(row.number for row in found):
        query = select(outcome).where(outcome.c.item_number.in_(batch)).order_by(outcome.c.number)
        for row in connection.execute(query):
            matches.setdefault(row.item_number, []).append(_match(row))
    return [
        Item(
            id=row.id,
            sha256=row.sha256,
            kind=row.kind,
            duration_s=row.duration_s,
            context=codec.load(Context, row.context),
            state=ItemState(row.state),
            priority=Priority(row.priority),
            why=row.why,
            opened_at=row.opened_at,
            case=row.case_id,
            decision=row.decision_id,
            matches=tuple(matches.get(row.number, ())),
        )
        for row in found
    ]


def _match(row: Row[Any]) -> ItemMatch:
    return ItemMatch(
        match=row.match,
        reference=row.reference,
        bank=row.bank,
        recommendation=row.recommendation,
        score=row.score,
        coverage_query=row.coverage_query,
        coverage_reference=row.coverage_reference,
        version=row.version,
        rule=row.rule,
        step=row.step,
        why=row.why,
        at=row.at,
    )


def _items() -> Select[Any]:
    return (
        select(item, case_file.c.id.label("case_id"), decision.c.id.label("decision_id"))
        .join_from(item, case_file, item.c.case_number == case_file.c.number, isouter=True)
        .join(decision, item.c.decision_number == decision.c.number, isouter=True)
    )


def _conditions(wanted: ItemFilter) -> list[ColumnElement[bool]]:
    made: list[ColumnElement[bool]] = []
    if wanted.state is not None:
        made.append(item.c.state == wanted.state.value)
    if wanted.priority is not None:
        made.append(item.c.priority >= wanted.priority.value)
    if wanted.uploader is not None:
        made.append(item.c.uploader == found_by(wanted.uploader))
    if wanted.sha256 is not None:
        made.append(item.c.sha256 == wanted.sha256)
    if wanted.case is not None:
        made.append(case_file.c.id == wanted.case)
    for column, value in ((outcome.c.bank, wanted.bank), (outcome.c.reference, wanted.reference)):
        if value is not None:
            made.append(item.c.number.in_(select(outcome.c.item_number).where(column == value)))
    return made


def _key(checked: Checked) -> str:
    """The same for the same content in the same place. One of which only hashes came is its check's own."""
    where = checked.context
    said = [checked.sha256 or checked.id, where.uploader, where.post, where.url]
    return hashlib.sha256(json.dumps(said).encode()).hexdigest()
