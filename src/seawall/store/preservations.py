"""What is kept before it is taken away, of one store. Each change is an event in the custody log too."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Connection, Row, delete, insert, select, update

from seawall import errors
from seawall.model.custody import CustodyType, NewCustody, Value
from seawall.model.locks import Lock
from seawall.model.preservation import (
    HELD_MONTHS,
    Basis,
    Preservation,
    PreservationState,
    Purpose,
    months_after,
)
from seawall.model.provenance import Extracted
from seawall.model.seen import Context
from seawall.store import codec, preservation_rows
from seawall.store.custody import Custody
from seawall.store.database import Database
from seawall.store.schema_preservation import (
    preservation,
    preservation_hold,
    preservation_key,
    preservation_lingering,
    preservation_provenance,
    preservation_reading,
)


@dataclass(frozen=True, slots=True)
class NewPreservation:
    """An original that lies in the vault already, and what is to be on record of it."""

    sha256: str
    bytes: int
    kind: str | None
    locked_sha256: str | None  #: None, as the key, where it lies there for another record
    sealed_key: str | None
    basis: Basis
    reference: str | None
    related: Context
    extracted: Extracted | None = None  #: None where it was read for another record, or not at all


@dataclass(frozen=True, slots=True)
class By:
    """Who does something, and with what."""

    actor: str
    tool: str


@dataclass(frozen=True, slots=True)
class PreservationFilter:
    """Which records are asked for; what is None is not asked about."""

    sha256: str | None = None
    state: PreservationState | None = None


class Preservations:
    """The preserved originals of one store."""

    def __init__(
        self,
        database: Database,
        custody: Custody,
        now: Callable[[], datetime],
        new_id: Callable[[], str],
    ) -> None:
        self._database = database
        self._custody = custody
        self._now = now
        self._new_id = new_id

    def add(self, new: NewPreservation, by: By, steps: Sequence[NewCustody]) -> Preservation:
        """Put on record what was preserved, with the custody events of the steps that did it.

        An original that is kept already on the same basis for the same request is that record: nothing is
        added to it. One that is kept for another reason lies in the vault once: the new record is of that
        copy, and the new copy's key is forgotten. Raises RecordConflict where there is neither.
        """
        with self._database.write() as connection:
            known = self._known(connection, new)
            if known is not None:
                return known
            locked_sha256, sealed = self._locked(connection, new)
            made_id = self._new_id()
            row = insert(preservation).values(
                id=made_id,
                sha256=new.sha256,
                bytes=new.bytes,
                kind=new.kind,
                locked_sha256=locked_sha256,
                at=self._now(),
                actor=by.actor,
                basis=new.basis.value,
                reference=new.reference,
                related=codec.dump(new.related),
                state=PreservationState.KEPT.value,
            )
            number = connection.execute(row.returning(preservation.c.number)).scalar_one()
            key = insert(preservation_key).values(preservation_number=number, sealed=sealed)
            connection.execute(key)
            detail: dict[str, Value] = {
                "preservation": made_id,
                "basis": new.basis.value,
                "reference": new.reference,
            }
            self._custody.join(connection, [*steps, self._event(CustodyType.POLICY, new.sha256, by, detail)])
            if new.extracted is not None:
                _extracted(connection, new.sha256, new.extracted)
            return self._get(connection, made_id)

    def get(self, preservation_id: str) -> Preservation:
        """Raises RecordNotFound."""
        with self._database.read() as connection:
            return self._get(connection, preservation_id)

    def store_of(self, sha256: str) -> str | None:
        """The C2PA manifest store of an original, as JSON; None where none is on record."""
        with self._database.read() as connection:
            query = select(preservation_provenance.c.store).where(preservation_provenance.c.sha256 == sha256)
            return connection.execute(query).scalar()

    def of(self, sha256: str) -> list[Preservation]:
        """All records of an original, oldest first."""
        with self._database.read() as connection:
            query = select(preservation).where(preservation.c.sha256 == sha256)
            return preservation_rows.read(
                connection, connection.execute(query.order_by(preservation.c.number)).all()
            )

    def page(
        self, wanted: PreservationFilter = PreservationFilter(), *, after: int = 0, limit: int = 100
    ) -> list[tuple[int, Preservation]]:
        """The next records behind a number, in the order in which they were made, each with its number."""
        query = select(preservation).where(preservation.c.number > after)
        if wanted.sha256 is not None:
            query = query.where(preservation.c.sha256 == wanted.sha256)
        if wanted.state is not None:
            query = query.where(preservation.c.state == wanted.state.value)
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(preservation.c.number).limit(limit)).all()
            records = preservation_rows.read(connection, rows)
            return list(zip((row.number for row in rows), records, strict=True))

    def expired(self, after: int = 0, limit: int = 100) -> list[tuple[int, Preservation]]:
        """The next of which the time is over, each with its number, held or not."""
        query = select(preservation).where(
            preservation.c.number > after,
            preservation.c.state == PreservationState.KEPT.value,
            preservation.c.expires_at <= self._now(),
        )
        with self._database.read() as connection:
            rows = connection.execute(query.order_by(preservation.c.number).limit(limit)).all()
            records = preservation_rows.read(connection, rows)
            return list(zip((row.number for row in rows), records, strict=True))

    def removed(self, connection: Connection, ids: Iterable[str], by: By) -> None:
        """The originals were taken away on the platform just now: from here on, their time runs.

        In the transaction that tells of it. Raises RecordNotFound for one that is not kept: nothing is taken
        away that is not.
        """
        now = self._now()
        told: list[NewCustody] = []
        for one in dict.fromkeys(ids):
            row = self._row(connection, one)
            if row.state != PreservationState.KEPT.value:
                raise errors.RecordNotFound(kind="preserved original", id=one)
            if row.removed_at is not None:
                continue
            months = HELD_MONTHS[Basis(row.basis)]
            expires_at = None if months is None else months_after(now, months)
            change = update(preservation).where(preservation.c.number == row.number)
            connection.execute(change.values(removed_at=now, expires_at=expires_at))
            detail: dict[str, Value] = {
                "preservation": one,
                "removed_at": now.isoformat(),
                "expires_at": None if expires_at is None else expires_at.isoformat(),
            }
            told.append(self._event(CustodyType.POLICY, row.sha256, by, detail))
        self._custody.join(connection, told)

    def hold(
        self, preservation_id: str, requester: str, reference: str, until: datetime, by: By
    ) -> Preservation:
        """Keep it longer, for somebody. Raises RecordNotFound, RecordConflict, BadRequest."""
        with self._database.write() as connection:
            row = self._row(connection, preservation_id)
            _check_kept(row, "held")
            now = self._now()
            if until <= now:
                raise errors.BadRequest(reason="until: a hold ends later than it begins")
            made = {"id": self._new_id(), "requester": requester, "reference": reference, "until": until}
            connection.execute(
                insert(preservation_hold).values(
                    preservation_number=row.number, set_at=now, set_by=by.actor, **made
                )
            )
            detail: dict[str, Value] = {
                "preservation": preservation_id,
                "hold": str(made["id"]),
                "requester": requester,
                "reference": reference,
                "until": until.isoformat(),
            }
            self._custody.join(connection, [self._event(CustodyType.POLICY, row.sha256, by, detail)])
            return self._get(connection, preservation_id)

    def lift(self, preservation_id: str, hold_id: str, reason: str, by: By) -> Preservation:
        """End a hold. Raises RecordNotFound, RecordConflict."""
        with self._database.write() as connection:
            row = self._row(connection, preservation_id)
            change = update(preservation_hold).where(
                preservation_hold.c.id == hold_id,
                preservation_hold.c.preservation_number == row.number,
                preservation_hold.c.lifted_at.is_(None),
            )
            if connection.execute(change.values(lifted_at=self._now())).rowcount == 0:
                raise errors.RecordNotFound(kind="hold in force", id=hold_id)
            detail: dict[str, Value] = {"preservation": preservation_id, "hold": hold_id, "lifted": reason}
            self._custody.join(connection, [self._event(CustodyType.POLICY, row.sha256, by, detail)])
            return self._get(connection, preservation_id)

    def read(self, preservation_id: str, user: str, purpose: Purpose, reason: str, by: By) -> str:
        """Write down that somebody reads an original; its sealed key. Raises as `sealed_key`."""
        with self._database.write() as connection:
            row = self._row(connection, preservation_id)
            _check_kept(row, "read")
            said = {"user_name": user, "purpose": purpose.value, "reason": reason}
            connection.execute(
                insert(preservation_reading).values(preservation_number=row.number, at=self._now(), **said)
            )
            detail: dict[str, Value] = {
                "preservation": preservation_id,
                "purpose": purpose.value,
                "reason": reason,
            }
            self._custody.join(connection, [self._event(CustodyType.DECRYPTION, row.sha256, by, detail)])
            return _sealed(connection, row.number)

    def sealed_key(self, preservation_id: str) -> str:
        """The sealed key, for what reads no content to anybody. Raises RecordNotFound, RecordConflict."""
        with self._database.read() as connection:
            row = self._row(connection, preservation_id)
            _check_kept(row, "opened")
            return _sealed(connection, row.number)

    def erase(self, preservation_id: str, by: By, remove: Callable[[str], Lock | None]) -> None:
        """Destroy the key of what may go, its object, and all that the log says of the original.

        remove: takes an object away, or gives the lock that keeps it where it is; it may be called again
        after a crash. What serves another record stays; what is under a lock lingers. The deletion itself is
        an event, and says so. Raises RecordNotFound, RecordConflict for what may not go, and as
        `remove`.
        """
        with self._database.write() as connection:
            known = self._get(connection, preservation_id)
            now = self._now()
            if not known.may_go(now):
                state = "held" if known.state is PreservationState.KEPT else known.state.value
                raise errors.RecordConflict(
                    kind="preserved original", id=preservation_id, state=state, wanted="erased"
                )
            row = self._row(connection, preservation_id)
            connection.execute(
                delete(preservation_key).where(preservation_key.c.preservation_number == row.number)
            )
            change = update(preservation).where(preservation.c.number == row.number)
            connection.execute(
                change.values(state=PreservationState.ERASED.value, locked_sha256=None, related=None)
            )
            is_last = not self._is_kept(connection, known.sha256)
            if is_last:
                self._custody.erase(connection, known.sha256)
                said = delete(preservation_provenance)
                connection.execute(said.where(preservation_provenance.c.sha256 == known.sha256))
            lock = remove(known.locked_sha256) if is_last and known.locked_sha256 is not None else None
            if lock is not None:
                row_of_it = {"locked_sha256": known.locked_sha256, "until": lock.until}
                connection.execute(insert(preservation_lingering).values(**row_of_it))
            detail: dict[str, Value] = {
                "preservation": preservation_id,
                "expired": True,
                "object": is_last and lock is None,
                "lock": None if lock is None else lock.as_record(),
            }
            self._custody.join(connection, [self._event(CustodyType.DELETION, None, by, detail)])

    def lingering(self) -> list[str]:
        """Objects whose keys are destroyed and whose locks should be over by now."""
        over = preservation_lingering.c.until.is_(None) | (preservation_lingering.c.until <= self._now())
        query = select(preservation_lingering.c.locked_sha256).where(over)
        with self._database.read() as connection:
            return list(connection.execute(query.order_by(preservation_lingering.c.locked_sha256)).scalars())

    def let_go(self, locked_sha256: str, by: By, remove: Callable[[str], Lock | None]) -> bool:
        """Take away what lingers, which is an event; whether it went. remove: as for `erase`."""
        known = preservation_lingering.c.locked_sha256 == locked_sha256
        with self._database.write() as connection:
            lock = remove(locked_sha256)
            if lock is not None:
                connection.execute(update(preservation_lingering).where(known).values(until=lock.until))
                return False
            if connection.execute(delete(preservation_lingering).where(known)).rowcount:
                detail: dict[str, Value] = {"expired": True, "object": True, "lingered": locked_sha256}
                self._custody.join(connection, [self._event(CustodyType.DELETION, None, by, detail)])
            return True

    def _is_kept(self, connection: Connection, sha256: str) -> bool:
        query = select(preservation.c.number).where(
            preservation.c.sha256 == sha256, preservation.c.state == PreservationState.KEPT.value
        )
        return connection.execute(query.limit(1)).first() is not None

    def _known(self, connection: Connection, new: NewPreservation) -> Preservation | None:
        query = select(preservation).where(
            preservation.c.sha256 == new.sha256,
            preservation.c.state == PreservationState.KEPT.value,
            preservation.c.basis == new.basis.value,
            preservation.c.reference.is_(None)
            if new.reference is None
            else preservation.c.reference == new.reference,
            preservation.c.related == codec.dump(new.related),
        )
        rows = connection.execute(query.order_by(preservation.c.number)).all()
        return preservation_rows.read(connection, rows)[0] if rows else None

    def _locked(self, connection: Connection, new: NewPreservation) -> tuple[str, str]:
        """The object and the sealed key of a new record. Raises RecordConflict."""
        joined = preservation.join(
            preservation_key, preservation_key.c.preservation_number == preservation.c.number
        )
        query = select(preservation.c.locked_sha256, preservation_key.c.sealed).select_from(joined)
        query = query.where(
            preservation.c.sha256 == new.sha256, preservation.c.state == PreservationState.KEPT.value
        )
        row = connection.execute(query.order_by(preservation.c.number).limit(1)).first()
        if row is not None:
            return row.locked_sha256, row.sealed
        if new.locked_sha256 is None or new.sealed_key is None:
            raise errors.RecordConflict(
                kind="preserved original", id=new.sha256, state="erased", wanted="kept for one more reason"
            )
        return new.locked_sha256, new.sealed_key

    def _row(self, connection: Connection, preservation_id: str) -> Row[Any]:
        row = connection.execute(select(preservation).where(preservation.c.id == preservation_id)).first()
        if row is None:
            raise errors.RecordNotFound(kind="preserved original", id=preservation_id)
        return row

    def _get(self, connection: Connection, preservation_id: str) -> Preservation:
        row = connection.execute(select(preservation).where(preservation.c.id == preservation_id)).first()
        if row is None:
            raise errors.RecordNotFound(kind="preserved original", id=preservation_id)
        return preservation_rows.read(connection, [row])[0]

    def _event(self, type_: CustodyType, sha256: str | None, by: By, detail: dict[str, Value]) -> NewCustody:
        return NewCustody(type_, by.actor, by.tool, sha256, detail=detail)


def _check_kept(row: Row[Any], wanted: str) -> None:
    if row.state != PreservationState.KEPT.value:
        raise errors.RecordConflict(kind="preserved original", id=row.id, state=row.state, wanted=wanted)


def _extracted(connection: Connection, sha256: str, new: Extracted) -> None:
    """Put on record what an original says of itself, unless that is. The log's row is held: one does it."""
    known = select(preservation_provenance.c.sha256).where(preservation_provenance.c.sha256 == sha256)
    if connection.execute(known).first() is None:
        said = {"said": codec.dump(new.provenance), "store": new.store}
        connection.execute(insert(preservation_provenance).values(sha256=sha256, **said))


def _sealed(connection: Connection, number: int) -> str:
    query = select(preservation_key.c.sealed).where(preservation_key.c.preservation_number == number)
    return str(connection.execute(query).scalar_one())
