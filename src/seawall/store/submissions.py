"""Submissions for the transparency database: made once for each item of a decision, taken, sent, answered.

Who sends takes a batch for a while, and each submission's try is on record before it goes out. So one of
which nobody knows whether it arrived is asked for before it is sent again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import Connection, Row, Select, func, insert, or_, select, update

from seawall import errors
from seawall.model.decision import RESTRICTIONS, Decision, Item
from seawall.model.exchange import Json
from seawall.model.notice_fields import NoticeKind
from seawall.model.submission import (
    WAITING,
    Findings,
    NewSubmission,
    Submission,
    SubmissionEvent,
    SubmissionState,
    WhyNone,
)
from seawall.store import banks, codec, decision_rows, items, references
from seawall.store.batches import batches
from seawall.store.database import Database
from seawall.store.schema_actions import decision, item
from seawall.store.schema_notices import notice
from seawall.store.schema_submissions import transparency_event, transparency_look, transparency_submission
from seawall.store.schema_undo import decision_out


@dataclass(frozen=True, slots=True)
class Stated:
    """A decision that has gone out, with what its submissions are made of."""

    decision: Decision
    items: tuple[Item, ...]
    labels: Mapping[str, tuple[str, ...]]  #: by item: of the content, its references, their banks
    incidents: frozenset[str]  #: its own, and those of references that its items were matched with
    order: bool  #: what it follows is an order on record


@dataclass(frozen=True, slots=True)
class Taken:
    """A submission that is about to be sent."""

    id: str
    puid: str
    payload: Mapping[str, Json]
    again: bool  #: its sending has begun before


class Submissions:
    """The outbox of one store. Each method is one transaction; where it raises, nothing has changed."""

    def __init__(self, database: Database, now: Callable[[], datetime], new_id: Callable[[], str]) -> None:
        self._database = database
        self._now = now
        self._new_id = new_id

    def due(self, limit: int) -> list[str]:
        """Ids of decisions that restrict, have gone out and were not looked at, the oldest first."""
        looked = select(transparency_look.c.decision_number)
        query = (
            select(decision.c.id)
            .join_from(decision_out, decision, decision_out.c.decision_number == decision.c.number)
            .where(decision.c.choice.in_([one.value for one in RESTRICTIONS]))
            .where(decision.c.number.not_in(looked))
        )
        with self._database.read() as connection:
            return list(connection.execute(query.order_by(decision.c.number).limit(limit)).scalars())

    def stated(self, decision_id: str) -> Stated:
        """What the submissions of a decision are made of. Raises RecordNotFound."""
        with self._database.read() as connection:
            known = decision_rows.read(connection, [decision_rows.row(connection, decision_id)])[0]
            of_it = items.read(connection, items.rows(connection, known.ruling.items))
            named = {match.reference for one in of_it for match in one.matches}
            known_references = references.known(connection, named)
            incidents = {one.incident for one in known_references.values()} | {known.ruling.incident}
            kind = select(notice.c.kind).where(notice.c.id == known.ruling.notice)
            return Stated(
                decision=known,
                items=tuple(of_it),
                labels={one.id: _labels(connection, one, known_references) for one in of_it},
                incidents=frozenset(one for one in incidents if one is not None),
                order=connection.execute(kind).scalar() == NoticeKind.ORDER.value,
            )

    def uploaders(self, names: Iterable[str]) -> frozenset[str]:
        """Those of the names that an uploader has."""
        found: set[str] = set()
        with self._database.read() as connection:
            for batch in batches(names):
                query = select(item.c.uploader).where(item.c.uploader.in_(batch)).distinct()
                found.update(connection.execute(query).scalars())
        return frozenset(found)

    def state_all(self, decision_id: str, new: Sequence[NewSubmission], *, actor: str) -> bool:
        """Put all submissions of a decision into the outbox; whether this call did, and none before."""
        return self._look(decision_id, new, None, actor)

    def state_none(self, decision_id: str, why: WhyNone, *, actor: str) -> bool:
        """Note that a decision needs no submission, as `state_all`."""
        return self._look(decision_id, (), why, actor)

    def take(self, limit: int, hold_s: float) -> list[Taken]:
        """The next submissions to send, which nobody else takes for so long; that each is tried is noted."""
        now = self._now()
        table = transparency_submission
        free = or_(table.c.taken_until.is_(None), table.c.taken_until < now)
        query = select(table).where(table.c.state == SubmissionState.PENDING.value, free)
        with self._database.write() as connection:
            found = connection.execute(
                query.order_by(table.c.number).limit(limit).with_for_update(skip_locked=True)
            ).all()
            for row in found:
                values = {"taken_until": now + timedelta(seconds=hold_s), "tries": row.tries + 1}
                connection.execute(update(table).where(table.c.number == row.number).values(values))
            return [Taken(row.id, row.puid, json.loads(row.payload), row.tries > 0) for row in found]

    def give_back(self, ids: Iterable[str]) -> None:
        """Submissions that were taken and not answered: they go with the next batch."""
        table = transparency_submission
        with self._database.write() as connection:
            for batch in batches(ids):
                back = update(table).where(table.c.id.in_(batch)).values(taken_until=None)
                connection.execute(back)

    def answered(
        self,
        submission_id: str,
        state: SubmissionState,
        answer: Mapping[str, Json],
        *,
        actor: str,
        reason: str,
    ) -> None:
        """What the database said of a submission: it is sent, or refused. Raises RecordNotFound."""
        with self._database.write() as connection:
            row, now = _row(connection, submission_id, to_write=True), self._now()
            values: dict[str, object] = {"state": state.value, "answer": json.dumps(dict(answer))}
            values |= {"taken_until": None, "sent_at": now if state is SubmissionState.SENT else None}
            self._change(connection, row.number, values)
            _note(connection, row.number, actor, state.value, reason, now)

    def release(
        self, submission_id: str, payload: Mapping[str, Json], *, actor: str, reason: str
    ) -> Submission:
        """Let a submission go that waits for a person. Raises RecordNotFound, RecordConflict."""
        with self._database.write() as connection:
            row = _row(connection, submission_id, to_write=True)
            if SubmissionState(row.state) not in WAITING:
                raise errors.RecordConflict(
                    kind="submission", id=submission_id, state=row.state, wanted="released"
                )
            values = {"state": SubmissionState.PENDING.value, "payload": json.dumps(dict(payload))}
            self._change(connection, row.number, {**values, "findings": codec.dump(Findings())})
            _note(connection, row.number, actor, "released", reason, self._now())
            return _read(connection, [_row(connection, submission_id)])[0]

    def get(self, submission_id: str) -> Submission:
        """Raises RecordNotFound."""
        with self._database.read() as connection:
            return _read(connection, [_row(connection, submission_id)])[0]

    def page(
        self,
        state: SubmissionState | None = None,
        decision_id: str | None = None,
        *,
        after: int = 0,
        limit: int = 100,
    ) -> list[tuple[int, Submission]]:
        """The next submissions behind a number, in the order of their making, each with its number."""
        query = _submissions().where(transparency_submission.c.number > after)
        if state is not None:
            query = query.where(transparency_submission.c.state == state.value)
        if decision_id is not None:
            query = query.where(decision.c.id == decision_id)
        with self._database.read() as connection:
            found = connection.execute(query.order_by(transparency_submission.c.number).limit(limit)).all()
            return list(zip((row.number for row in found), _read(connection, found), strict=True))

    def counts(self) -> dict[str, int]:
        """How many submissions there are in each state."""
        column = transparency_submission.c.state
        with self._database.read() as connection:
            found = connection.execute(select(column, func.count()).group_by(column))
            return {one.value: 0 for one in SubmissionState} | {state: int(count) for state, count in found}

    def _look(self, decision_id: str, new: Sequence[NewSubmission], why: WhyNone | None, actor: str) -> bool:
        with self._database.write() as connection:
            number, now = decision_rows.row(connection, decision_id, to_write=True).number, self._now()
            known = select(transparency_look).where(transparency_look.c.decision_number == number)
            if connection.execute(known).first() is not None:
                return False
            row = {"decision_number": number, "at": now, "why_none": None if why is None else why.value}
            connection.execute(insert(transparency_look).values(row))
            for one in new:
                self._put(connection, number, one, actor, now)
            return True

    def _put(
        self, connection: Connection, decision_number: int, one: NewSubmission, actor: str, now: datetime
    ) -> None:
        about = select(item.c.number).where(item.c.id == one.item).scalar_subquery()
        state = SubmissionState.HELD if one.findings else SubmissionState.PENDING
        row = insert(transparency_submission).values(
            id=self._new_id(),
            puid=one.puid,
            decision_number=decision_number,
            item_number=about,
            state=state.value,
            payload=json.dumps(dict(one.payload)),
            findings=codec.dump(Findings(one.findings)),
            tries=0,
            at=now,
        )
        number = connection.execute(row.returning(transparency_submission.c.number)).scalar_one()
        kinds = ", ".join(dict.fromkeys(f"{found.field}: {found.kind}" for found in one.findings))
        _note(connection, number, actor, state.value, (kinds or "made")[:500], now)

    def _change(self, connection: Connection, number: int, values: Mapping[str, object]) -> None:
        table = transparency_submission
        connection.execute(update(table).where(table.c.number == number).values(values))


def _labels(connection: Connection, of: Item, known: Mapping[str, Any]) -> tuple[str, ...]:
    mine = [known[match.reference] for match in of.matches if match.reference in known]
    found = [*of.context.labels, *(label for one in mine for label in one.labels)]
    for name in dict.fromkeys(one.bank for one in mine):
        found += banks.get(connection, name).labels
    return tuple(dict.fromkeys(found))


def _submissions() -> Select[Any]:
    table = transparency_submission
    return (
        select(table, decision.c.id.label("decision"), item.c.id.label("item"))
        .join_from(table, decision, table.c.decision_number == decision.c.number)
        .join(item, table.c.item_number == item.c.number)
    )


def _row(connection: Connection, submission_id: str, *, to_write: bool = False) -> Row[Any]:
    if to_write:
        locking = select(transparency_submission.c.number).where(
            transparency_submission.c.id == submission_id
        )
        connection.execute(locking.with_for_update())
    row = connection.execute(_submissions().where(transparency_submission.c.id == submission_id)).first()
    if row is None:
        raise errors.RecordNotFound(kind="submission", id=submission_id)
    return row


def _note(connection: Connection, number: int, actor: str, what: str, reason: str, now: datetime) -> None:
    row = {"submission_number": number, "at": now, "actor": actor, "what": what, "reason": reason}
    connection.execute(insert(transparency_event).values(row))


def _read(connection: Connection, rows: Sequence[Row[Any]]) -> list[Submission]:
    events: dict[int, list[SubmissionEvent]] = {}
    for batch in batches(row.number for row in rows):
        query = select(transparency_event).where(transparency_event.c.submission_number.in_(batch))
        for row in connection.execute(query.order_by(transparency_event.c.number)):
            event = SubmissionEvent(row.at, row.actor, row.what, row.reason)
            events.setdefault(row.submission_number, []).append(event)
    return [
        Submission(
            id=row.id,
            puid=row.puid,
            decision=row.decision,
            item=row.item,
            state=SubmissionState(row.state),
            payload=json.loads(row.payload),
            findings=codec.load(Findings, row.findings).findings,
            answer=None if row.answer is None else json.loads(row.answer),
            tries=row.tries,
            at=row.at,
            sent_at=row.sent_at,
            events=tuple(events.get(row.number, ())),
        )
        for row in rows
    ]
