"""Cases: items that belong together, and the person who works on them for as long as a lease runs."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Row, and_, insert, or_, select, update

from seawall import errors
from seawall.model.decision import SETTLED, Basis, Case, CaseEvent, CaseState, Choice, ItemState
from seawall.model.second import Barred
from seawall.store import decision_rows, items, reckoning, settling
from seawall.store.batches import batches
from seawall.store.columns import found_by
from seawall.store.database import Database
from seawall.store.schema import reference
from seawall.store.schema_actions import case_event, case_file, decision, decision_second, item, outcome

_BEGIN: Final = insert(case_file).returning(case_file.c.number)


@dataclass(frozen=True, slots=True)
class CaseFilter:
    """Which cases are asked for; what is None is not asked about."""

    state: CaseState | None = None
    basis: Basis | None = None
    value: str | None = None
    assigned_to: str | None = None


class Cases:
    """The cases of one store."""

    def __init__(
        self,
        database: Database,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
    ) -> None:
        self._database = database
        self._now = now
        self._new_id = new_id

    def open(self, basis: Basis, value: str, item_ids: Sequence[str], *, actor: str) -> Case:
        """A case of these items, which are in no other; without any, of all that share its basis and wait.

        One of items that are all decided is decided too: it is there to be appealed against.

        Raises RecordNotFound; RecordConflict for an item that is in a case, or where there is none to take.
        """
        with self._database.write() as connection:
            shared = found_by(value) or ""
            now = self._now()
            if item_ids:
                numbers = _chosen(connection, item_ids, now)
            else:
                numbers = _sharing(connection, basis, shared, now)
            if not numbers:
                raise errors.RecordConflict(kind="case", id=value, state="without an item", wanted="opened")
            number = begin(connection, basis, shared, actor=actor, now=now, new_id=self._new_id)
            self._note(connection, number, actor, "opened", value)
            _move(connection, numbers, number, actor, now)
            settling.settle(connection, [number], actor, "all of its items are", now, has_effect=True)
            return self._read_number(connection, number)

    def add(self, case_id: str, item_ids: Sequence[str], *, actor: str, reason: str) -> Case:
        """Put items that are in no case into one that is not ended. Raises RecordNotFound, RecordConflict."""
        with self._database.write() as connection:
            numbers = _chosen(connection, item_ids, self._now())
            row = row_of(connection, case_id, to_write=True)
            _expect(row, (CaseState.OPEN,), "given more items")
            _move(connection, numbers, row.number, actor, self._now())
            self._note(connection, row.number, actor, "added", reason)
            return self._read_number(connection, row.number)

    def get(self, case_id: str) -> Case:
        """Raises RecordNotFound."""
        with self._database.read() as connection:
            return self._read(connection, [row_of(connection, case_id)])[0]

    def page(
        self, wanted: CaseFilter = CaseFilter(), *, after: int = 0, limit: int = 100
    ) -> list[tuple[int, Case]]:
        """The next cases behind a number, in the order in which they were opened, each with its number."""
        query = select(case_file).where(case_file.c.number > after, *_conditions(wanted, self._now()))
        with self._database.read() as connection:
            found = connection.execute(query.order_by(case_file.c.number).limit(limit)).all()
            return list(zip((row.number for row in found), self._read(connection, found), strict=True))

    def take(self, case_id: str, *, user: str, actor: str, lease_s: float) -> Case:
        """Assign a case to a user for a time; who has it already gets it for longer.

        Raises RecordNotFound; RecordConflict where another's lease runs or the case is ended; SecondPerson
        for an appeal against what the same user decided.
        """
        with self._database.write() as connection:
            row, now = row_of(connection, case_id, to_write=True), self._now()
            free = (CaseState.OPEN, CaseState.APPEALED, CaseState.SECOND)
            _expect(row, free, CaseState.ASSIGNED)
            expect_free(row, user, now)
            if (why := barred(connection, row, user)) is not None:
                raise errors.SecondPerson(who=user, reason=why.reason)
            return self.assign(connection, row, user=user, actor=actor, lease_s=lease_s)

    def assign(self, connection: Connection, row: Row[Any], *, user: str, actor: str, lease_s: float) -> Case:
        """Begin a lease of a case that is known to be free, or make it longer, in an open transaction."""
        now = self._now()
        change = update(case_file).where(case_file.c.number == row.number)
        until = now + timedelta(seconds=lease_s)
        connection.execute(change.values(holder=user, lease_until=until))
        if not (_runs(row, now) and row.holder == user):  # to make a lease longer is no news
            self._note(connection, row.number, actor, "assigned", f"to {user}")
        return self._read_number(connection, row.number)

    def set_due(self, case_id: str, at: datetime | None) -> None:
        """Give a case a deadline, or take it away. Raises RecordNotFound."""
        with self._database.write() as connection:
            set_due(connection, case_id, at)

    def release(self, case_id: str, *, user: str, actor: str, reason: str) -> Case:
        """Give a case back before the lease ends. Raises RecordNotFound, RecordConflict."""
        with self._database.write() as connection:
            row, now = row_of(connection, case_id, to_write=True), self._now()
            expect_free(row, user, now)
            settling.let_go(connection, row.number)
            self._note(connection, row.number, actor, "released", reason)
            return self._read_number(connection, row.number)

    def appeal(self, case_id: str, *, actor: str, reason: str) -> Case:
        """Someone challenges what was decided: items that were restricted are open again.

        Raises RecordNotFound; RecordConflict where nothing was decided, or nothing restricted.
        """
        with self._database.write() as connection:
            appeal(connection, case_id, actor=actor, reason=reason, now=self._now())
            return self._read(connection, [row_of(connection, case_id)])[0]

    def close(self, case_id: str, *, actor: str, reason: str) -> Case:
        """End the work on a case that is decided. Raises RecordNotFound, RecordConflict."""
        with self._database.write() as connection:
            row = row_of(connection, case_id, to_write=True)
            _expect(row, (CaseState.DECIDED,), CaseState.CLOSED)
            settling.set_state(connection, row.number, CaseState.CLOSED)
            self._note(connection, row.number, actor, "closed", reason)
            return self._read_number(connection, row.number)

    def _read_number(self, connection: Connection, number: int) -> Case:
        row = connection.execute(select(case_file).where(case_file.c.number == number)).one()
        return self._read(connection, [row])[0]

    def _read(self, connection: Connection, rows: Sequence[Row[Any]]) -> list[Case]:
        now = self._now()
        held: dict[int, list[str]] = {}
        events: dict[int, list[CaseEvent]] = {}
        for batch in batches(row.number for row in rows):
            query = select(item.c.case_number, item.c.id).where(item.c.case_number.in_(batch))
            for number, item_id in connection.execute(query.order_by(item.c.number)):
                held.setdefault(number, []).append(item_id)
            said = select(case_event).where(case_event.c.case_number.in_(batch))
            for row in connection.execute(said.order_by(case_event.c.number)):
                event = CaseEvent(row.at, row.actor, row.what, row.reason)
                events.setdefault(row.case_number, []).append(event)
        return [
            _case(row, tuple(held.get(row.number, ())), tuple(events.get(row.number, ())), now)
            for row in rows
        ]

    def _note(self, connection: Connection, number: int, actor: str, what: str, reason: str) -> None:
        settling.note(connection, number, actor, what, reason, self._now())


def begin(
    connection: Connection, basis: Basis, value: str, *, actor: str, now: datetime, new_id: Callable[[], str]
) -> int:
    """Open a case without items; its number. value: as `columns.found_by` has it."""
    row = {
        "id": new_id(),
        "state": CaseState.OPEN.value,
        "basis": basis.value,
        "value": value,
        "opened_at": now,
        "opened_by": actor,
        **reckoning.fresh(),
    }
    return int(connection.execute(_BEGIN, row).scalar_one())


def appeal(connection: Connection, case_id: str, *, actor: str, reason: str, now: datetime) -> None:
    """Open what was restricted again, in a transaction that is open. Raises as `Cases.appeal`."""
    row = row_of(connection, case_id, to_write=True)
    _expect(row, (CaseState.DECIDED, CaseState.CLOSED), CaseState.APPEALED)
    none = (Choice.NO_ACTION.value, Choice.RESTORE.value)
    restricted = select(decision.c.number).where(decision.c.choice.not_in(none))
    change = (
        update(item)
        .where(
            item.c.case_number == row.number,
            item.c.decision_number.in_(restricted),
            item.c.state == ItemState.DECIDED.value,
        )
        .values(state=ItemState.REOPENED.value)
    )
    if connection.execute(change).rowcount == 0:
        raise errors.RecordConflict(
            kind="case", id=case_id, state="without a restriction", wanted=CaseState.APPEALED
        )
    settling.set_state(connection, row.number, CaseState.APPEALED)
    settling.note(connection, row.number, actor, "appealed", reason, now)


def set_due(connection: Connection, case_id: str, at: datetime | None) -> None:
    """Give a case a deadline, or take it away. Raises RecordNotFound."""
    reckoning.due(connection, row_of(connection, case_id, to_write=True).number, at)


def is_free(now: datetime) -> ColumnElement[bool]:
    """Nobody's lease of a case runs."""
    return or_(case_file.c.lease_until.is_(None), case_file.c.lease_until <= now)


def expect_free(row: Row[Any], user: str, now: datetime) -> None:
    """Nobody else's lease runs. Raises RecordConflict."""
    if _runs(row, now) and row.holder != user:
        raise errors.RecordConflict(
            kind="case", id=row.id, state=f"assigned to {row.holder}", wanted="worked on by others"
        )


def _case(row: Row[Any], held: tuple[str, ...], events: tuple[CaseEvent, ...], now: datetime) -> Case:
    runs = _runs(row, now)
    state = CaseState(row.state)
    return Case(
        id=row.id,
        state=CaseState.ASSIGNED if runs and state is CaseState.OPEN else state,
        basis=Basis(row.basis),
        value=row.value,
        opened_at=row.opened_at,
        opened_by=row.opened_by,
        assigned_to=row.holder if runs else None,
        lease_until=row.lease_until if runs else None,
        items=held,
        events=events,
    )


def _runs(row: Row[Any], now: datetime) -> bool:
    return row.lease_until is not None and row.lease_until > now


def row_of(connection: Connection, case_id: str, *, to_write: bool = False) -> Row[Any]:
    """to_write: other writers of the case wait, where the database lets several write at a time."""
    query = select(case_file).where(case_file.c.id == case_id)
    row = connection.execute(query.with_for_update() if to_write else query).first()
    if row is None:
        raise errors.RecordNotFound(kind="case", id=case_id)
    return row


def _expect(row: Row[Any], states: Sequence[CaseState], wanted: str) -> None:
    if row.state not in states:
        raise errors.RecordConflict(kind="case", id=row.id, state=row.state, wanted=wanted)


def _move(
    connection: Connection, item_numbers: Sequence[int], number: int, actor: str, now: datetime
) -> None:
    """Put items into a case. The cases of their content that they leave are closed once they are empty."""
    left: set[int] = set()
    for batch in batches(item_numbers):
        chosen = item.c.number.in_(batch)
        before = select(item.c.case_number).where(chosen, item.c.case_number.is_not(None)).distinct()
        left.update(connection.execute(before).scalars())
        connection.execute(update(item).where(chosen).values(case_number=number))
    reckoning.anew(connection, {*left, number})
    into = connection.execute(select(case_file).where(case_file.c.number == number)).one()
    for batch in batches(sorted(left)):
        query = select(case_file).where(case_file.c.number.in_(batch)).order_by(case_file.c.number)
        for row in connection.execute(query).all():
            if row.due_at is not None and (into.due_at is None or row.due_at < into.due_at):
                reckoning.due(connection, number, row.due_at)
                into = connection.execute(select(case_file).where(case_file.c.number == number)).one()
            if row.spread == 0:
                settling.set_state(connection, row.number, CaseState.CLOSED)
                reason = f"its items are in case {into.id}"
                settling.note(connection, row.number, actor, "closed", reason, now)


def _chosen(connection: Connection, item_ids: Sequence[str], now: datetime) -> list[int]:
    found = items.rows(connection, item_ids, to_write=True)
    for row in found:
        if row.state == ItemState.REFERRED:
            raise errors.RecordConflict(kind="item", id=row.id, state=row.state, wanted="put into a case")
        if row.case_number is not None and not _may_leave(connection, row.case_number, now):
            raise errors.RecordConflict(
                kind="item", id=row.id, state=f"in case {row.case_id}", wanted="put into another"
            )
    return [row.number for row in found]


def _may_leave(connection: Connection, case_number: int, now: datetime) -> bool:
    query = select(case_file.c.number).where(case_file.c.number == case_number, _came_by_itself(now))
    return connection.execute(query).first() is not None


#: Somebody has had their say on what waits in them.
_BEGUN: Final = (CaseState.APPEALED, CaseState.SECOND, CaseState.DUE)


def _came_by_itself(now: datetime) -> ColumnElement[bool]:
    """Cases that nobody has opened, works on or appeals against: people may group their items otherwise."""
    return and_(
        case_file.c.basis == Basis.CONTENT.value,
        case_file.c.state.not_in([one.value for one in _BEGUN]),
        is_free(now),
    )


def _sharing(connection: Connection, basis: Basis, value: str, now: datetime) -> list[int]:
    """Items that wait for a decision and have this in common, of which nobody has made a case."""
    alone = item.c.case_number.in_(select(case_file.c.number).where(_came_by_itself(now)))
    query = select(item.c.number).where(
        or_(item.c.case_number.is_(None), alone), item.c.state.not_in(SETTLED)
    )
    match basis:
        case Basis.UPLOADER:
            query = query.where(item.c.uploader == value)
        case Basis.REFERENCE:
            query = query.where(_matched_with(outcome.c.reference == value))
        case Basis.INCIDENT:
            of_it = select(reference.c.id).where(reference.c.incident == value)
            query = query.where(_matched_with(outcome.c.reference.in_(of_it)))
        case Basis.CHOSEN | Basis.CONTENT:
            return []
    return list(connection.execute(query.order_by(item.c.number).with_for_update()).scalars())


def _matched_with(condition: ColumnElement[bool]) -> ColumnElement[bool]:
    return item.c.number.in_(select(outcome.c.item_number).where(condition))


def deciders(connection: Connection, number: int) -> frozenset[str]:
    """Who made the decisions that stand for a case's items."""
    query = (
        select(decision.c.user_name, decision_second.c.user_name.label("second"))
        .join_from(item, decision, item.c.decision_number == decision.c.number)
        .join(decision_second, decision.c.number == decision_second.c.decision_number, isouter=True)
        .where(item.c.case_number == number)
    )
    return frozenset(name for row in connection.execute(query) for name in row if name is not None)


def barred(connection: Connection, row: Row[Any], user: str) -> Barred | None:
    """Why a user may not work on the case of a row, where it calls for another person."""
    of_it = select(item.c.number).where(item.c.case_number == row.number)
    if row.state == CaseState.SECOND:
        pending = connection.execute(decision_rows.pending_on(of_it)).all()
        if all(one.user_name == user for one in pending):
            return Barred.OWN
    is_appeal = settling.standing(connection, row.number) is CaseState.APPEALED
    if is_appeal and user in deciders(connection, row.number):
        return Barred.APPEAL
    return Barred.THIRD if user in decision_rows.left_to_a_third(connection, of_it) else None


def _conditions(wanted: CaseFilter, now: datetime) -> list[ColumnElement[bool]]:
    made: list[ColumnElement[bool]] = []
    runs = and_(case_file.c.lease_until.is_not(None), case_file.c.lease_until > now)
    if wanted.state is CaseState.ASSIGNED:
        made += [case_file.c.state == CaseState.OPEN.value, runs]
    elif wanted.state is CaseState.OPEN:
        made += [case_file.c.state == CaseState.OPEN.value, is_free(now)]
    elif wanted.state is not None:
        made.append(case_file.c.state == wanted.state.value)
    if wanted.basis is not None:
        made.append(case_file.c.basis == wanted.basis.value)
    if wanted.value is not None:
        made.append(case_file.c.value == found_by(wanted.value))
    if wanted.assigned_to is not None:
        made += [case_file.c.holder == wanted.assigned_to, runs]
    return made
