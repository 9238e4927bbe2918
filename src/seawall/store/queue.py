"""The queue of cases: pages and counts, who gets which case, and what a person is not offered."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from heapq import merge
from itertools import islice
from typing import Any, Final

from sqlalchemy import (
    ColumnElement,
    Connection,
    Row,
    Select,
    and_,
    delete,
    exists,
    func,
    insert,
    select,
    tuple_,
)

from seawall.model import labels as words, queue
from seawall.model.decision import Basis, Case, CaseState
from seawall.model.queue import Counts, Entry, Order, Severity
from seawall.model.seen import Context
from seawall.store import cases, codec, settling, verdicts
from seawall.store.batches import batches
from seawall.store.cases import Cases
from seawall.store.database import Database
from seawall.store.schema import reference
from seawall.store.schema_actions import case_file, item
from seawall.store.schema_queue import case_label, opt_out, passed_on

#: In these a person has something to decide.
WAITING: Final = (CaseState.OPEN, CaseState.APPEALED, CaseState.SECOND)

#: Cases that are looked through for one that is not for another person to decide.
_LOOKED_AT: Final = 50


@dataclass(frozen=True, slots=True)
class QueueFilter:
    """Which cases are asked for; what is None is not asked about."""

    state: CaseState | None = None  #: None: those that wait, assigned or not
    bank: str | None = None
    severity: Severity | None = None  #: at least
    kind: str | None = None
    label: str | None = None
    reference: str | None = None
    graphic: bool | None = None
    child: bool | None = None
    inherits: bool | None = None
    follows: str | None = None  #: id of the decision that they can follow
    due_before: datetime | None = None
    assigned_to: str | None = None  #: name of a user
    free: bool | None = None  #: nobody's lease runs


@dataclass(frozen=True, slots=True)
class Place:
    """Where in an order a page begins: behind the case of this rank and number."""

    rank: int
    number: int


class Queue:
    """The queue of one store."""

    def __init__(self, database: Database, now: Callable[[], datetime], cases: Cases) -> None:
        self._database = database
        self._now = now
        self._cases = cases

    # Reading

    def page(
        self,
        wanted: QueueFilter = QueueFilter(),
        order: Order = Order.DUE,
        *,
        user: str | None = None,
        after: Place | None = None,
        limit: int = 50,
    ) -> list[tuple[Place, Entry]]:
        """The next cases in an order, each with its place; without those that a user is not to be offered."""
        now = self._now()
        conditions = [*_conditions(wanted, now), *_offered(user)]
        with self._database.read() as connection:
            rows = _ordered(connection, _states(wanted), conditions, order, after, limit)
            places = [Place(getattr(row, f"rank_{order}"), row.number) for row in rows]
            return list(zip(places, _entries(connection, rows, now), strict=True))

    def entry(self, case_id: str) -> Entry:
        """One case as the queue shows it. Raises RecordNotFound."""
        with self._database.read() as connection:
            row = cases.row_of(connection, case_id)
            return _entries(connection, [row], self._now())[0]

    def counts(self, user: str | None = None) -> Counts:
        """How many cases there are. user: whose own are told."""
        now = self._now()
        with self._database.read() as connection:
            return _counts(connection, user, now)

    # Claiming

    def at_work(self, *, but: str) -> bool:
        """Whether anybody else than a user has a case now."""
        runs = select(case_file.c.number).where(
            case_file.c.lease_until > self._now(), case_file.c.holder != but
        )
        with self._database.read() as connection:
            return connection.execute(runs.limit(1)).first() is not None

    def take_next(
        self,
        wanted: QueueFilter = QueueFilter(),
        order: Order = Order.DUE,
        *,
        user: str,
        actor: str,
        lease_s: float,
    ) -> Case | None:
        """Assign to a user the first case that waits, is free, and may be offered to them; None without one.

        Of two who ask at once, no two get the same case. What is for another person to decide is not offered.
        """
        now = self._now()
        conditions = [*_conditions(wanted, now), *_offered(user), cases.is_free(now)]
        states = [one for one in _states(wanted) if one in WAITING]
        with self._database.write() as connection:
            rows = _ordered(connection, states, conditions, order, None, _LOOKED_AT, to_write=True)
            for row in rows:
                if cases.barred(connection, row, user) is None:
                    return self._cases.assign(connection, row, user=user, actor=actor, lease_s=lease_s)
        return None

    def pass_on(self, case_id: str, *, user: str) -> None:
        """Give a case back if the user has it, and never offer it to them again. Raises RecordNotFound.

        Nothing else is written: nobody can tell this from a lease that has run out.
        """
        with self._database.write() as connection:
            row = cases.row_of(connection, case_id, to_write=True)
            known = select(passed_on).where(
                passed_on.c.user_name == user, passed_on.c.case_number == row.number
            )
            if connection.execute(known).first() is None:
                connection.execute(insert(passed_on).values(user_name=user, case_number=row.number))
            if row.holder == user:
                settling.let_go(connection, row.number)

    # A person's own settings

    def opted_out(self, user: str) -> tuple[str, ...]:
        """The labels that a user is not offered cases with, as they are compared."""
        query = select(opt_out.c.label).where(opt_out.c.user_name == user).order_by(opt_out.c.label)
        with self._database.read() as connection:
            return tuple(connection.execute(query).scalars())

    def opt_out(self, user: str, labels: Iterable[str]) -> tuple[str, ...]:
        """Set the labels that a user is not offered cases with; as they are compared."""
        wanted = sorted({words.folded(one) for one in labels})
        with self._database.write() as connection:
            connection.execute(delete(opt_out).where(opt_out.c.user_name == user))
            if wanted:
                connection.execute(insert(opt_out), [{"user_name": user, "label": one} for one in wanted])
        return tuple(wanted)

    def labels(self) -> tuple[str, ...]:
        """All labels that cases have, as they are compared."""
        with self._database.read() as connection:
            query = select(case_label.c.label).distinct().order_by(case_label.c.label)
            return tuple(connection.execute(query.limit(1000)).scalars())

    # Verdicts

    def standing(self, case_id: str) -> verdicts.Standing | None:
        """The verdict that a case's items can inherit, looked at anew. Raises RecordNotFound."""
        with self._database.read() as connection:
            return verdicts.of_case(connection, cases.row_of(connection, case_id).number)


def _states(wanted: QueueFilter) -> Sequence[CaseState]:
    if wanted.state is None:
        return WAITING
    return (CaseState.OPEN,) if wanted.state is CaseState.ASSIGNED else (wanted.state,)


def _ordered(
    connection: Connection,
    states: Sequence[CaseState],
    conditions: Sequence[ColumnElement[bool]],
    order: Order,
    after: Place | None,
    limit: int,
    *,
    to_write: bool = False,
) -> list[Row[Any]]:
    """Rows of cases in these states. Each state is read by its own stretch of the index, then merged."""
    rank = case_file.c[f"rank_{order}"]
    found = []
    for state in states:
        query = select(case_file).where(case_file.c.state == state.value, *conditions)
        if after is not None:
            query = query.where(tuple_(rank, case_file.c.number) > tuple_(after.rank, after.number))
        query = query.order_by(rank, case_file.c.number).limit(limit)
        if to_write:
            query = query.with_for_update(skip_locked=True)
        found.append(connection.execute(query).all())
    return list(islice(merge(*found, key=lambda row: (getattr(row, rank.name), row.number)), limit))


def _conditions(wanted: QueueFilter, now: datetime) -> list[ColumnElement[bool]]:
    made: list[ColumnElement[bool]] = []
    runs = case_file.c.lease_until > now
    if wanted.state is CaseState.ASSIGNED:
        made.append(runs)
    elif wanted.state is CaseState.OPEN or wanted.free:
        made.append(cases.is_free(now))
    for field in ("bank", "kind", "reference", "graphic", "child"):
        value = getattr(wanted, field)
        if value is not None:
            made.append(case_file.c[field] == value)
    if wanted.severity is not None:
        made.append(case_file.c.severity >= wanted.severity.value)
    if wanted.label is not None:
        label = words.folded(wanted.label)
        made.append(
            exists().where(case_label.c.case_number == case_file.c.number, case_label.c.label == label)
        )
    if wanted.inherits is not None:
        made.append(case_file.c.inherits.is_not(None) if wanted.inherits else case_file.c.inherits.is_(None))
    if wanted.follows is not None:
        made.append(case_file.c.inherits == wanted.follows)
    if wanted.due_before is not None:
        made.append(case_file.c.rank_due < queue.due_before(wanted.due_before))
    if wanted.assigned_to is not None:
        made += [case_file.c.holder == wanted.assigned_to, runs]
    return made


def _offered(user: str | None) -> list[ColumnElement[bool]]:
    """Not what the user has passed on or opted out of."""
    if user is None:
        return []
    passed = exists().where(passed_on.c.user_name == user, passed_on.c.case_number == case_file.c.number)
    unwanted = (
        select(case_label.c.case_number)
        .join_from(case_label, opt_out, opt_out.c.label == case_label.c.label)
        .where(opt_out.c.user_name == user, case_label.c.case_number == case_file.c.number)
        .exists()
    )
    return [~passed, ~unwanted]


def _counts(connection: Connection, user: str | None, now: datetime) -> Counts:
    grouped = select(
        case_file.c.state,
        case_file.c.bank,
        case_file.c.severity,
        func.count().label("cases"),
        func.count(case_file.c.inherits).label("inherits"),
    ).group_by(case_file.c.state, case_file.c.bank, case_file.c.severity)
    states = dict.fromkeys(CaseState, 0)
    banks: dict[str, int] = {}
    severities = dict.fromkeys(Severity, 0)
    inherits = 0
    for row in connection.execute(grouped):
        state = CaseState(row.state)
        states[state] += row.cases
        if state in WAITING:
            severities[Severity(row.severity)] += row.cases
            inherits += row.inherits
            if row.bank is not None:
                banks[row.bank] = banks.get(row.bank, 0) + row.cases
    # Only the time is asked for, as its index is the one that meets few rows.
    running = select(case_file.c.state, case_file.c.holder).where(case_file.c.lease_until > now)
    leases = [row for row in connection.execute(running) if row.state in WAITING]
    held = sum(row.state == CaseState.OPEN for row in leases)
    states[CaseState.ASSIGNED] = held
    states[CaseState.OPEN] -= held
    mine = sum(row.holder == user for row in leases)
    waits = case_file.c.state.in_([one.value for one in WAITING])
    late = and_(waits, case_file.c.rank_due < queue.due_before(now))
    overdue = connection.execute(select(func.count()).select_from(case_file).where(late)).scalar_one()
    return Counts(states, dict(sorted(banks.items())), severities, overdue, inherits, mine)


def _entries(connection: Connection, rows: Sequence[Row[Any]], now: datetime) -> list[Entry]:
    numbers = [row.number for row in rows]
    labels: dict[int, list[str]] = {}
    first: dict[int, Row[Any]] = {}
    for batch in batches(numbers):
        said = select(case_label).where(case_label.c.case_number.in_(batch)).order_by(case_label.c.label)
        for row in connection.execute(said):
            labels.setdefault(row.case_number, []).append(row.label)
        for row in connection.execute(_first_items(batch)):
            first[row.case_number] = row
    names = _names(connection, {row.reference for row in rows if row.reference is not None})
    return [_entry(row, tuple(labels.get(row.number, ())), first.get(row.number), names, now) for row in rows]


def _first_items(numbers: Sequence[int]) -> Select[Any]:
    """The first item of each of the cases."""
    lowest = (
        select(func.min(item.c.number)).where(item.c.case_number.in_(numbers)).group_by(item.c.case_number)
    )
    return select(item.c.case_number, item.c.duration_s, item.c.context).where(item.c.number.in_(lowest))


def _names(connection: Connection, ids: Iterable[str]) -> dict[str, str]:
    found: dict[str, str] = {}
    for batch in batches(sorted(ids)):
        query = select(reference.c.id, reference.c.name).where(reference.c.id.in_(batch))
        found.update({row.id: row.name for row in connection.execute(query)})
    return found


#: Columns that an entry shows as they are.
_PLAIN: Final = (
    *("value", "opened_at", "due_at", "spread", "uploaders", "kind", "bank", "reference", "score"),
    *("graphic", "child", "inherits"),
)


def _entry(
    row: Row[Any],
    labels: tuple[str, ...],
    first: Row[Any] | None,
    names: dict[str, str],
    now: datetime,
) -> Entry:
    runs = row.lease_until is not None and row.lease_until > now
    state = CaseState(row.state)
    where = Context() if first is None else codec.load(Context, first.context)
    return Entry(
        case=row.id,
        state=CaseState.ASSIGNED if runs and state is CaseState.OPEN else state,
        basis=Basis(row.basis),
        severity=Severity(row.severity),
        duration_s=None if first is None else first.duration_s,
        reference_name=names.get(row.reference or ""),
        labels=labels,
        uploader=where.uploader,
        post=where.post,
        assigned_to=row.holder if runs else None,
        lease_until=row.lease_until if runs else None,
        **{name: getattr(row, name) for name in _PLAIN},
    )
