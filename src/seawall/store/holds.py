"""References that are held: they wait for a person before anything that they match is acted on."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, Select, bindparam, func, insert, select, update

from seawall import errors
from seawall.model.hold import Counts, Hold, State
from seawall.store import codec, tasks
from seawall.store.batches import batches
from seawall.store.database import Database
from seawall.store.schema_seen import hold
from seawall.store.schema_service import checked, found

HOUR_S: Final = 3600
_OUTCOMES: Final = 500  #: matches that one task carries

#: Made once, as they are asked for every match: to make one costs more than to ask it.
_HELD: Final = select(hold.c.reference).where(
    hold.c.reference.in_(bindparam("these", expanding=True)), hold.c.state == State.HELD.value
)
_CONTENTS: Final = (
    select(found.c.reference, func.count(checked.c.seen_number.distinct()))
    .join_from(found, checked, found.c.checked_number == checked.c.number)
    .where(found.c.reference.in_(bindparam("these", expanding=True)), found.c.hour >= bindparam("since"))
    .group_by(found.c.reference)
)

Page = list[tuple[int, Hold]]


class Holds:
    """What one store knows of references that are held."""

    def __init__(self, database: Database, now: Callable[[], datetime], new_id: Callable[[], str]) -> None:
        self._database = database
        self._now = now
        self._new_id = new_id

    def holds(self, state: State | None = None, *, before: int | None = None, limit: int = 100) -> Page:
        """Holds in that state or in any, the latest first, each with its number."""
        query = select(hold).order_by(hold.c.number.desc()).limit(limit)
        if state is not None:
            query = query.where(hold.c.state == state.value)
        if before is not None:
            query = query.where(hold.c.number < before)
        with self._database.read() as connection:
            return [(row.number, _hold(row)) for row in connection.execute(query)]

    def of(self, reference_id: str) -> Hold | None:
        """The latest hold of a reference; None where it never was held."""
        with self._database.read() as connection:
            row = connection.execute(_latest(reference_id)).first()
        return None if row is None else _hold(row)

    def release(self, reference_id: str, actor: str, reason: str) -> Hold:
        """Let a held reference act; what it matched while it was held comes to its outcome now.

        Raises RecordNotFound for a reference that was never held, RecordConflict for one that is not held.
        """
        with self._database.write() as connection:
            row = connection.execute(_latest(reference_id)).first()
            if row is None:
                raise errors.RecordNotFound(kind="hold", id=reference_id)
            if row.state != State.HELD.value:
                raise errors.RecordConflict(
                    kind="hold", id=reference_id, state=row.state, wanted=State.RELEASED.value
                )
            now = self._now()
            since_h = hour_of(now) - codec.load(Counts, row.counts).window_h + 1
            contents = contents_since(connection, [reference_id], since_h).get(reference_id, 0)
            change = {"released_by": actor, "released_at": now, "released_contents": contents}
            released = update(hold).where(hold.c.number == row.number)
            connection.execute(released.values(**change, state=State.RELEASED.value, reason=reason))
            self._let_act(connection, reference_id, now)
            return _hold(connection.execute(_latest(reference_id)).one())

    def _let_act(self, connection: Connection, reference_id: str, now: datetime) -> None:
        waiting = (found.c.reference == reference_id) & found.c.held
        ids = list(connection.execute(select(found.c.id).where(waiting).order_by(found.c.number)).scalars())
        connection.execute(update(found).where(waiting).values(held=False))
        payloads = [(self._new_id(), {"matches": list[tasks.Json](some)}) for some in batches(ids, _OUTCOMES)]
        tasks.put_new(connection, tasks.OUTCOME, payloads, now)


def hour_of(at: datetime) -> int:
    """The hour of a time, counted from 1970."""
    return int(at.timestamp()) // HOUR_S


def held_now(connection: Connection, references: Iterable[str]) -> set[str]:
    """Those of the references that are held."""
    held: set[str] = set()
    for batch in batches(references):
        held.update(connection.execute(_HELD, {"these": batch}).scalars())
    return held


def contents_since(connection: Connection, references: Sequence[str], since_h: int) -> dict[str, int]:
    """How many contents each of the references matched since that hour."""
    counts: dict[str, int] = {}
    for batch in batches(references):
        asked = {"these": batch, "since": since_h}
        counts.update({row[0]: row[1] for row in connection.execute(_CONTENTS, asked)})
    return counts


def begin(connection: Connection, reference_id: str, bank: str, counts: Counts, now: datetime) -> None:
    """Hold a reference."""
    row = {"reference": reference_id, "bank": bank, "since": now, "state": State.HELD.value}
    connection.execute(insert(hold).values(**row, counts=codec.dump(counts)))


def released_at(connection: Connection, reference_id: str) -> int:
    """How many contents a reference had matched when it was let act again; 0 where it never was held."""
    row = connection.execute(_latest(reference_id)).first()
    return 0 if row is None else max(codec.load(Counts, row.counts).contents, row.released_contents or 0)


def _latest(reference_id: str) -> Select[Any]:
    return select(hold).where(hold.c.reference == reference_id).order_by(hold.c.number.desc()).limit(1)


def _hold(row: Row[Any]) -> Hold:
    return Hold(
        reference=row.reference,
        bank=row.bank,
        since=row.since,
        state=State(row.state),
        counts=codec.load(Counts, row.counts),
        released_by=row.released_by,
        released_at=row.released_at,
        reason=row.reason,
    )
