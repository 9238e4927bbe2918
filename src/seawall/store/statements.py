"""Statements on record: written down with the decision that they are of, told once, in words that stay."""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, Select, insert, select, update

from seawall import errors
from seawall.model.decision import Decision, Item, Ruling
from seawall.model.event import EventType
from seawall.model.notice import OPEN, LinkKind, Message, NoticeState
from seawall.model.notice_fields import NoticeKind
from seawall.model.periods import EndedBy
from seawall.model.seen import Context
from seawall.model.statement import Statement, StatementKind, kind_of
from seawall.store import codec, decision_rows, items, notices, silences
from seawall.store.database import Database
from seawall.store.raising import Raise
from seawall.store.schema_actions import decision
from seawall.store.schema_notices import notice, notice_link
from seawall.store.schema_orders import statement


@dataclass(frozen=True, slots=True)
class StatementFilter:
    """Which statements are asked for; what is None is not asked about."""

    told: bool | None = None
    decision: str | None = None
    recipient: str | None = None


@dataclass(frozen=True, slots=True)
class Telling:
    """What the words of a statement are made of."""

    statement: Statement
    decision: Decision
    items: tuple[Item, ...]
    message: Message | None  #: of the notice that it follows


#: Makes the words.
Words = Callable[[Telling], str]


class Statements:
    """The statements of one store."""

    def __init__(self, database: Database, now: Callable[[], datetime], raising: Raise) -> None:
        self._database = database
        self._now = now
        self._raise = raising

    def tell(self, statement_id: str, words: Words) -> bool:
        """Tell what is due, once; whether this call did. What is held back is due anew when silence ends.

        Raises RecordNotFound.
        """
        with self._database.write() as connection:
            row, now = _row(connection, statement_id, to_write=True), self._now()
            if row.told_at is not None:
                return False
            if silences.over(connection, row, now) is not None:
                silences.settle(connection, row, now)
                return False
            text = words(_telling(connection, row))
            change = update(statement).where(statement.c.number == row.number)
            connection.execute(change.values(told_at=now, text=text))
            self._raise(
                connection,
                EventType.STATEMENT_DUE,
                {
                    "statement": row.id,
                    "kind": row.kind,
                    "decision": row.decision_id,
                    "notice": row.notice,
                    "recipient": row.recipient,
                    "items": json.loads(row.items),
                },
            )
            if row.kind == StatementKind.OUTCOME:
                self._answered(connection, row, now)
            return True

    def get(self, statement_id: str) -> Statement:
        """Raises RecordNotFound."""
        with self._database.read() as connection:
            return _read(_row(connection, statement_id))

    def page(
        self, wanted: StatementFilter = StatementFilter(), *, after: int = 0, limit: int = 100
    ) -> list[tuple[int, Statement]]:
        """The next statements behind a number, in the order of their making, each with its number."""
        query = _statements().where(statement.c.number > after)
        if wanted.told is not None:
            told = statement.c.told_at.is_not(None)
            query = query.where(told if wanted.told else ~told)
        if wanted.decision is not None:
            query = query.where(decision.c.id == wanted.decision)
        if wanted.recipient is not None:
            query = query.where(statement.c.recipient == wanted.recipient)
        with self._database.read() as connection:
            found = connection.execute(query.order_by(statement.c.number).limit(limit)).all()
        return [(row.number, _read(row)) for row in found]

    def _answered(self, connection: Connection, row: Row[Any], now: datetime) -> None:
        """Who complained is told: the complaint is answered, and its clock ends."""
        query = select(notice).where(notice.c.id == row.recipient).with_for_update()
        known = connection.execute(query).first()
        if known is None or known.state not in OPEN:
            return
        reason = f"statement {row.id}"
        change = update(notice).where(notice.c.number == known.number)
        connection.execute(change.values(state=NoticeState.ANSWERED.value))
        notices.note(connection, known.number, "statement", NoticeState.ANSWERED.value, reason, now)
        notices.end(connection, known.id, EndedBy.ANSWER, now, now, "statement", reason, self._raise)


def schedule(
    connection: Connection,
    decided: Row[Any],
    new: Ruling,
    rows: Sequence[Row[Any]],
    now: datetime,
    new_id: Callable[[], str],
) -> None:
    """A decision has effect: each uploader is told, and whoever complained, when silence allows it.

    decided: of `decision`. rows: the items' as `items.rows` gives them.
    """
    kind = kind_of(new)
    if kind is not None:
        by_uploader: dict[str | None, list[str]] = {}
        for row in rows:
            by_uploader.setdefault(codec.load(Context, row.context).uploader, []).append(row.id)
        for uploader, held in by_uploader.items():
            _write(connection, decided, kind, new.notice, uploader, held, now, new_id())
    for complaint_id in _complaints(connection, new, rows):
        held = [row.id for row in rows]
        _write(connection, decided, StatementKind.OUTCOME, complaint_id, complaint_id, held, now, new_id())


def _complaints(connection: Connection, new: Ruling, rows: Sequence[Row[Any]]) -> list[str]:
    """Complaints that a ruling answers: those against the decision whose place it takes, still open.

    One that names no decision is against all that was decided in the cases that it is joined to.
    """
    if new.reverses is None:
        return []
    cases = [row.case_id for row in rows if row.case_id is not None]
    query = (
        select(notice.c.id, notice.c.message)
        .join(notice_link, notice_link.c.notice_number == notice.c.number)
        .where(
            notice.c.kind == NoticeKind.COMPLAINT.value,
            notice.c.state.in_([one.value for one in OPEN]),
            notice_link.c.kind == LinkKind.CASE.value,
            notice_link.c.target.in_(cases),
        )
    )
    found = {row.id: codec.load(Message, row.message).value("decision") for row in connection.execute(query)}
    return sorted(one for one, against in found.items() if against in (None, new.reverses))


def _write(
    connection: Connection,
    decided: Row[Any],
    kind: StatementKind,
    notice_id: str | None,
    recipient: str | None,
    held: Sequence[str],
    now: datetime,
    statement_id: str,
) -> None:
    row = insert(statement).values(
        id=statement_id,
        kind=kind.value,
        decision_number=decided.number,
        notice=notice_id,
        recipient=recipient,
        items=json.dumps(list(held)),
        created_at=now,
        due_at=now,
        turn=0,
    )
    number = connection.execute(row.returning(statement.c.number)).scalar_one()
    silences.settle(
        connection, connection.execute(select(statement).where(statement.c.number == number)).one(), now
    )


def _statements() -> Select[Any]:
    return select(statement, decision.c.id.label("decision_id")).join_from(
        statement, decision, statement.c.decision_number == decision.c.number
    )


def _row(connection: Connection, statement_id: str, *, to_write: bool = False) -> Row[Any]:
    if to_write:
        locking = select(statement.c.number).where(statement.c.id == statement_id)
        connection.execute(locking.with_for_update())
    row = connection.execute(_statements().where(statement.c.id == statement_id)).first()
    if row is None:
        raise errors.RecordNotFound(kind="statement", id=statement_id)
    return row


def _read(row: Row[Any]) -> Statement:
    return Statement(
        id=row.id,
        kind=StatementKind(row.kind),
        decision=row.decision_id,
        notice=row.notice,
        recipient=row.recipient,
        items=tuple(json.loads(row.items)),
        created_at=row.created_at,
        due_at=row.due_at,
        told_at=row.told_at,
        text=row.text,
    )


def _telling(connection: Connection, row: Row[Any]) -> Telling:
    known = _read(row)
    found = None
    if known.notice is not None:
        found = connection.execute(select(notice.c.message).where(notice.c.id == known.notice)).scalar()
    decided = decision_rows.read(connection, [decision_rows.row(connection, known.decision)])[0]
    held = items.read(connection, items.rows(connection, known.items))
    return Telling(known, decided, tuple(held), None if found is None else codec.load(Message, found))
