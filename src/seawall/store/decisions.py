"""Decisions. Rows are only added: who changes their mind makes a new decision that points to the old one."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, insert, select, update

from seawall import errors
from seawall.model.bank import ReferenceState
from seawall.model.decision import (
    RESTRICTIONS,
    Automation,
    CaseState,
    Choice,
    Decision,
    ItemState,
    Origin,
    PoliciesUsed,
    PolicyUsed,
    Purpose,
    Ruling,
    Second,
    Verdict,
)
from seawall.model.policy import Step
from seawall.store import cases, codec, items, notices, policies, references
from seawall.store.batches import batches
from seawall.store.database import Database
from seawall.store.raising import Raise
from seawall.store.schema import incident
from seawall.store.schema_actions import (
    case_file,
    decision,
    decision_item,
    decision_second,
    item,
    outcome,
)
from seawall.store.tasks import Json


@dataclass(frozen=True, slots=True)
class DecisionFilter:
    """Which decisions are asked for; what is None is not asked about."""

    item: str | None = None
    choice: Choice | None = None
    user: str | None = None
    incident: str | None = None
    awaits_second: bool | None = None
    since: datetime | None = None


class Decisions:
    """The decisions of one store. Each method is one transaction; where it raises, nothing has changed."""

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
        raising: Raise,
    ) -> None:
        self._database = database
        self._now = now
        self._new_id = new_id
        self._raise = raising

    def make(self, new: Ruling, *, user: str, actor: str) -> Decision:
        """Put a ruling that was checked on record; it has effect unless a second person has to confirm it.

        Raises RecordNotFound, IncidentNotFound; RecordConflict where the items stand otherwise than the
        ruling takes them to; BadDecision where it does not fit them; SecondPerson.
        """
        with self._database.write() as connection:
            rows = items.rows(connection, new.items, to_write=True)
            matched = _matched(connection, rows)
            _expect_incident(connection, new)
            self._expect_cases(connection, new, rows, user)
            _expect_standing(connection, new, rows)
            _expect_fitting(new, rows, matched)
            used = _used(matched)
            needs_second = _needs_second(connection, new, used)
            number, decision_id = self._insert(connection, new, user, actor, used, needs_second=needs_second)
            pairs = [{"decision_number": number, "item_number": row.number} for row in rows]
            connection.execute(insert(decision_item), pairs)
            if not needs_second:
                self._take_effect(connection, number, decision_id, new, actor)
            return _read(connection, [_row(connection, decision_id)])[0]

    def second(self, decision_id: str, *, agrees: bool, note: str, user: str, actor: str) -> Decision:
        """What a second person says of a decision that waits for one; if they agree, it has effect.

        Raises RecordNotFound; RecordConflict where none is waited for; SecondPerson for the first one.
        """
        with self._database.write() as connection:
            row = _row(connection, decision_id, to_write=True)
            if not row.needs_second or row.agrees is not None:
                raise errors.RecordConflict(
                    kind="decision", id=decision_id, state="settled", wanted="confirmed"
                )
            if row.user_name == user:
                raise errors.SecondPerson(who=user, reason="the decision is their own")
            said = {"decision_number": row.number, "user_name": user, "agrees": agrees, "note": note}
            connection.execute(insert(decision_second).values(**said, at=self._now()))
            if agrees:
                new = codec.load(Ruling, row.ruling)
                self._take_effect(connection, row.number, decision_id, new, actor)
            return _read(connection, [_row(connection, decision_id)])[0]

    def get(self, decision_id: str) -> Decision:
        """Raises RecordNotFound."""
        with self._database.read() as connection:
            return _read(connection, [_row(connection, decision_id)])[0]

    def page(
        self, wanted: DecisionFilter = DecisionFilter(), *, after: int = 0, limit: int = 100
    ) -> list[tuple[int, Decision]]:
        """The next decisions behind a number, in the order in which they were made, each with its number."""
        query = _decisions().where(decision.c.number > after, *_conditions(wanted))
        with self._database.read() as connection:
            found = connection.execute(query.order_by(decision.c.number).limit(limit)).all()
            return list(zip((row.number for row in found), _read(connection, found), strict=True))

    def _expect_cases(self, connection: Connection, new: Ruling, rows: Sequence[Row[Any]], user: str) -> None:
        """Nobody else works on the items, and who decides on an appeal has not decided before."""
        numbers = {row.case_number for row in rows if row.case_number is not None}
        query = select(case_file).where(case_file.c.number.in_(numbers)).order_by(case_file.c.number)
        for row in connection.execute(query.with_for_update()).all():
            cases.expect_free(row, user, self._now())
            if row.state == CaseState.APPEALED and new.reverses is not None:
                earlier = _row(connection, new.reverses)
                if user in (earlier.user_name, earlier.second_user):
                    reason = "an appeal is decided by another person than the one who decided first"
                    raise errors.SecondPerson(who=user, reason=reason)

    def _insert(
        self,
        connection: Connection,
        new: Ruling,
        user: str,
        actor: str,
        used: PoliciesUsed,
        *,
        needs_second: bool,
    ) -> tuple[int, str]:
        decision_id = self._new_id()
        row = insert(decision).values(
            id=decision_id,
            at=self._now(),
            actor=actor,
            user_name=user,
            choice=new.choice.value,
            incident=new.incident,
            reverses=new.reverses,
            ruling=codec.dump(new),
            policies=codec.dump(used),
            needs_second=needs_second,
        )
        return connection.execute(row.returning(decision.c.number)).scalar_one(), decision_id

    def _take_effect(
        self, connection: Connection, number: int, decision_id: str, new: Ruling, actor: str
    ) -> None:
        """The items stand as decided, their cases may be done, references that were wrong are disputed."""
        now = self._now()
        change = update(item).where(item.c.id.in_(new.items))
        connection.execute(change.values(state=ItemState.DECIDED.value, decision_number=number))
        query = select(item.c.case_number).where(item.c.id.in_(new.items), item.c.case_number.is_not(None))
        cases.decided(connection, connection.execute(query).scalars(), actor, f"decision {decision_id}", now)
        for said in new.feedback:
            if said.dispute and said.verdict is not Verdict.RIGHT:
                reason = f"decision {decision_id}: {said.verdict}"
                _dispute(connection, said.reference, actor, reason, now)
        if new.notice is not None:
            notices.decided(
                connection, new.notice, decision_id, at=now, now=now, actor=actor, raising=self._raise
            )
        told: dict[str, Json] = {
            "decision": decision_id,
            "choice": new.choice.value,
            "items": list(new.items),
            "reverses": new.reverses,
            "incident": new.incident,
        }
        self._raise(connection, "decision.made", told)


def _dispute(connection: Connection, reference: str, actor: str, reason: str, now: datetime) -> None:
    """One that is gone or withdrawn meanwhile needs no dispute."""
    try:
        known = references.get(connection, reference)
    except errors.ReferenceNotFound:
        return
    if known.state is ReferenceState.ACTIVE:
        references.set_state(
            connection, reference, ReferenceState.DISPUTED, actor=actor, reason=reason, now=now
        )


def _matched(connection: Connection, rows: Sequence[Row[Any]]) -> list[Row[Any]]:
    """What the items were opened and joined for."""
    numbers = [row.number for row in rows]
    query = select(outcome).where(outcome.c.item_number.in_(numbers)).order_by(outcome.c.number)
    return list(connection.execute(query))


def _used(matched: Sequence[Row[Any]]) -> PoliciesUsed:
    newest: dict[tuple[str, int | None], None] = {}
    for row in matched:
        newest[row.bank, row.version] = None
    return PoliciesUsed(tuple(PolicyUsed(bank, version) for bank, version in newest))


def _expect_incident(connection: Connection, new: Ruling) -> None:
    if new.incident is not None:
        known = connection.execute(select(incident.c.seq).where(incident.c.id == new.incident)).first()
        if known is None:
            raise errors.IncidentNotFound(incident=new.incident)


def _expect_standing(connection: Connection, new: Ruling, rows: Sequence[Row[Any]]) -> None:
    """The ruling knows what stands for its items, and no other one waits for its second person."""
    if new.reverses is not None:
        earlier = _row(connection, new.reverses)
        if new.choice is Choice.RESTORE and earlier.choice not in RESTRICTIONS:
            raise errors.BadDecision(field="reverses", reason="that decision took nothing away")
    for row in rows:
        if row.decision_id != new.reverses:
            state = f"decided by {row.decision_id}" if row.decision_id else "not decided"
            raise errors.RecordConflict(kind="item", id=row.id, state=state, wanted="decided like this")
        waiting = _decisions().join(decision_item, decision_item.c.decision_number == decision.c.number)
        waiting = waiting.where(decision_item.c.item_number == row.number, _awaits_second())
        if (pending := connection.execute(waiting).first()) is not None:
            state = f"before a second person with {pending.id}"
            raise errors.RecordConflict(kind="item", id=row.id, state=state, wanted="decided again")


def _expect_fitting(new: Ruling, rows: Sequence[Row[Any]], matched: Sequence[Row[Any]]) -> None:
    """What is said of machines and of references is so."""
    acted = {row.item_number for row in matched if row.step == Step.ACT}
    if new.automated_decision is Automation.FULLY and not all(row.number in acted for row in rows):
        raise errors.BadDecision(field="automated_decision", reason="no policy acted on all of the items")
    if matched and new.origin is Origin.OWN_INITIATIVE and not new.automated_detection:
        raise errors.BadDecision(field="automated_detection", reason="a match brought the content up")
    known = {row.reference for row in matched}
    for said in new.feedback:
        if said.reference not in known:
            reason = f"no item was matched with {said.reference}"
            raise errors.BadDecision(field="feedback", reason=reason)


def _needs_second(connection: Connection, new: Ruling, used: PoliciesUsed) -> bool:
    if new.purpose is Purpose.UNCLEAR and new.choice in RESTRICTIONS:
        return True
    live = policies.in_force(connection)
    books = [live[one.bank].book for one in used.policies if one.bank in live]
    return any(new.choice in book.four_eyes for book in books)


def _decisions() -> Select[Any]:
    return select(
        decision,
        decision_second.c.user_name.label("second_user"),
        decision_second.c.agrees,
        decision_second.c.note,
        decision_second.c.at.label("second_at"),
    ).join_from(
        decision, decision_second, decision.c.number == decision_second.c.decision_number, isouter=True
    )


def _row(connection: Connection, decision_id: str, *, to_write: bool = False) -> Row[Any]:
    if to_write:
        locking = select(decision.c.number).where(decision.c.id == decision_id)
        connection.execute(locking.with_for_update())
    row = connection.execute(_decisions().where(decision.c.id == decision_id)).first()
    if row is None:
        raise errors.RecordNotFound(kind="decision", id=decision_id)
    return row


def _read(connection: Connection, rows: Sequence[Row[Any]]) -> list[Decision]:
    stands: dict[int, list[str]] = {}
    later: dict[str, list[str]] = {}
    for batch in batches(row.number for row in rows):
        query = select(item.c.decision_number, item.c.id).where(item.c.decision_number.in_(batch))
        for number, item_id in connection.execute(query.order_by(item.c.number)):
            stands.setdefault(number, []).append(item_id)
    for ids in batches(row.id for row in rows):
        query = _decisions().where(decision.c.reverses.in_(ids), _has_effect())
        for row in connection.execute(query.order_by(decision.c.number)):
            later.setdefault(row.reverses, []).append(row.id)
    return [
        Decision(
            id=row.id,
            at=row.at,
            actor=row.actor,
            user=row.user_name,
            ruling=codec.load(Ruling, row.ruling),
            policies=codec.load(PoliciesUsed, row.policies).policies,
            needs_second=row.needs_second,
            second=None
            if row.agrees is None
            else Second(row.second_user, row.agrees, row.note, row.second_at),
            stands_for=tuple(stands.get(row.number, ())),
            reversed_by=tuple(later.get(row.id, ())),
        )
        for row in rows
    ]


def _awaits_second() -> ColumnElement[bool]:
    return decision.c.needs_second.is_(True) & decision_second.c.agrees.is_(None)


def _has_effect() -> ColumnElement[bool]:
    return decision.c.needs_second.is_(False) | decision_second.c.agrees.is_(True)


def _conditions(wanted: DecisionFilter) -> list[ColumnElement[bool]]:
    made: list[ColumnElement[bool]] = []
    if wanted.item is not None:
        of_it = select(decision_item.c.decision_number).join(
            item, decision_item.c.item_number == item.c.number
        )
        made.append(decision.c.number.in_(of_it.where(item.c.id == wanted.item)))
    if wanted.choice is not None:
        made.append(decision.c.choice == wanted.choice.value)
    if wanted.user is not None:
        made.append(decision.c.user_name == wanted.user)
    if wanted.incident is not None:
        made.append(decision.c.incident == wanted.incident)
    if wanted.awaits_second is not None:
        made.append(_awaits_second() if wanted.awaits_second else ~_awaits_second())
    if wanted.since is not None:
        made.append(decision.c.at >= wanted.since)
    return made
