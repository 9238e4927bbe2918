"""What was done to references, by whom and why. Rows are only ever added here."""

from __future__ import annotations

from datetime import datetime

from sqlalchemy import ColumnElement, Connection, insert, literal, select

from seawall.model.bank import ReferenceState
from seawall.store.columns import UtcTime, Words
from seawall.store.records import ReferenceEvent, Removal
from seawall.store.schema import bank, content, reference, reference_event, removal


def record_change(
    connection: Connection,
    seq: int,
    reference_id: str,
    *,
    before: ReferenceState,
    after: ReferenceState,
    actor: str,
    reason: str,
    now: datetime,
) -> None:
    """A reference went from one state to another."""
    row = insert(reference_event).values(
        seq=seq,
        reference=reference_id,
        at=now,
        actor=actor,
        from_state=before.value,
        to_state=after.value,
        reason=reason,
    )
    connection.execute(row)


def events(connection: Connection, reference_id: str) -> list[ReferenceEvent]:
    """All changes of a reference's state, in their order; also of one that is no longer there."""
    query = select(reference_event).where(reference_event.c.reference == reference_id)
    return [
        ReferenceEvent(
            reference=row.reference,
            at=row.at,
            actor=row.actor,
            from_state=ReferenceState(row.from_state),
            to_state=ReferenceState(row.to_state),
            reason=row.reason,
        )
        for row in connection.execute(query.order_by(reference_event.c.id))
    ]


def record_removals(
    connection: Connection,
    which: ColumnElement[bool],
    *,
    actor: str,
    reason: str,
    now: datetime,
) -> None:
    """Note the references for which a condition holds, before they are deleted."""
    noted = (
        select(
            bank.c.name,
            reference.c.id,
            reference.c.seq,
            content.c.sha256,
            reference.c.name,
            literal(actor, Words),
            literal(now, UtcTime),
            literal(reason, Words),
        )
        .join_from(reference, bank, reference.c.bank_id == bank.c.id)
        .join(content, reference.c.content_id == content.c.id)
        .where(which)
        .order_by(reference.c.seq)
    )
    names = ["bank", "reference", "seq", "sha256", "name", "actor", "at", "reason"]
    connection.execute(insert(removal).from_select(names, noted))


def record_bank_removal(connection: Connection, name: str, *, actor: str, reason: str, now: datetime) -> None:
    row = insert(removal).values(bank=name, name=name, actor=actor, at=now, reason=reason)
    connection.execute(row)


def removals(connection: Connection) -> list[Removal]:
    """All that was taken out, in its order."""
    return [
        Removal(
            bank=row.bank,
            reference=row.reference,
            seq=row.seq,
            sha256=row.sha256,
            name=row.name,
            actor=row.actor,
            at=row.at,
            reason=row.reason,
        )
        for row in connection.execute(select(removal).order_by(removal.c.id))
    ]
