"""Rows of what is kept, made records."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from sqlalchemy import Connection, Row, select

from seawall.model.preservation import Basis, Hold, Preservation, PreservationState, Purpose, Reading
from seawall.model.provenance import Provenance
from seawall.model.seen import Context
from seawall.store import codec
from seawall.store.batches import batches
from seawall.store.schema_preservation import (
    preservation_hold,
    preservation_provenance,
    preservation_reading,
)


def read(connection: Connection, rows: Sequence[Row[Any]]) -> list[Preservation]:
    """Records of rows of `preservation`, in their order."""
    holds: dict[int, list[Hold]] = {}
    readings: dict[int, list[Reading]] = {}
    for batch in batches(row.number for row in rows):
        of_holds = select(preservation_hold).where(preservation_hold.c.preservation_number.in_(batch))
        for one in connection.execute(of_holds.order_by(preservation_hold.c.number)):
            hold = Hold(
                one.id, one.requester, one.reference, one.until, one.set_at, one.set_by, one.lifted_at
            )
            holds.setdefault(one.preservation_number, []).append(hold)
        of_readings = select(preservation_reading).where(
            preservation_reading.c.preservation_number.in_(batch)
        )
        for one in connection.execute(of_readings.order_by(preservation_reading.c.number)):
            reading = Reading(one.at, one.user_name, Purpose(one.purpose), one.reason)
            readings.setdefault(one.preservation_number, []).append(reading)
    provenances = _provenances(connection, rows)
    return [
        Preservation(
            id=row.id,
            sha256=row.sha256,
            bytes=row.bytes,
            kind=row.kind,
            locked_sha256=row.locked_sha256,
            at=row.at,
            actor=row.actor,
            basis=Basis(row.basis),
            reference=row.reference,
            related=None if row.related is None else codec.load(Context, row.related),
            provenance=None if row.related is None else provenances.get(row.sha256),
            removed_at=row.removed_at,
            expires_at=row.expires_at,
            state=PreservationState(row.state),
            holds=tuple(holds.get(row.number, ())),
            readings=tuple(readings.get(row.number, ())),
        )
        for row in rows
    ]


def _provenances(connection: Connection, rows: Sequence[Row[Any]]) -> dict[str, Provenance]:
    """What originals say of themselves, by SHA-256; without the stores, which can be large."""
    found: dict[str, Provenance] = {}
    for batch in batches(dict.fromkeys(row.sha256 for row in rows)):
        query = select(preservation_provenance.c.sha256, preservation_provenance.c.said)
        for one in connection.execute(query.where(preservation_provenance.c.sha256.in_(batch))):
            found[one.sha256] = codec.load(Provenance, one.said)
    return found
