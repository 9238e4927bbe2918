"""References read, disputed, withdrawn and taken out."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, Select, delete, insert, select, update

from seawall import errors
from seawall.model.bank import Reference, ReferenceState
from seawall.model.content import Content
from seawall.store import audit, contents, reckoning, verdicts, words
from seawall.store.batches import batches
from seawall.store.records import ReferenceEvent
from seawall.store.schema import bank, content, is_in_use, reference, reference_label, removal
from seawall.store.schema_search import reference_word


def page(
    connection: Connection,
    *,
    bank_id: int | None,
    after: int,
    limit: int,
    include_withdrawn: bool,
) -> list[tuple[int, int, Reference]]:
    """The next references of a bank, or of all, each with its sequence and content number."""
    which = [] if bank_id is None else [reference.c.bank_id == bank_id]
    return select_page(connection, [*which, *([] if include_withdrawn else [is_in_use])], after, limit)


def select_page(
    connection: Connection, which: Iterable[ColumnElement[bool]], after: int, limit: int
) -> list[tuple[int, int, Reference]]:
    """The next references that meet conditions, each with its sequence and content number."""
    query = _references().where(reference.c.seq > after, *which).order_by(reference.c.seq).limit(limit)
    rows = connection.execute(query).all()
    return [(row.seq, row.content_id, made) for row, made in zip(rows, _read(connection, rows), strict=True)]


def get(connection: Connection, reference_id: str) -> Reference:
    return _read(connection, [_row(connection, reference_id)])[0]


def known(connection: Connection, ids: Iterable[str]) -> dict[str, Reference]:
    """Those of the references that are there, by id."""
    found: list[Reference] = []
    for batch in batches(ids):
        found += _read(connection, connection.execute(_references().where(reference.c.id.in_(batch))).all())
    return {one.id: one for one in found}


def content_of(connection: Connection, reference_id: str) -> Content | None:
    """What is known of the file; None where a list brought only a hash."""
    content_id = _row(connection, reference_id).content_id
    return contents.read(connection.execute(select(content).where(content.c.id == content_id)).one())


def numbers(connection: Connection, ids: Iterable[str]) -> dict[str, int]:
    """The sequence numbers of those of the references that may act, by id."""
    found: dict[str, int] = {}
    for batch in batches(ids):
        query = select(reference.c.id, reference.c.seq).where(reference.c.id.in_(batch), is_in_use)
        found.update({row.id: row.seq for row in connection.execute(query)})
    return found


def live(connection: Connection, seqs: Iterable[int], more: ColumnElement[bool]) -> dict[int, Reference]:
    """Those of the references that may act and meet one condition more, by sequence number."""
    found: dict[int, Reference] = {}
    for batch in batches(seqs):
        rows = connection.execute(_references().where(reference.c.seq.in_(batch), is_in_use, more)).all()
        found.update(zip((row.seq for row in rows), _read(connection, rows), strict=True))
    return found


def set_state(
    connection: Connection,
    reference_id: str,
    state: ReferenceState,
    *,
    actor: str,
    reason: str,
    now: datetime,
) -> Reference:
    """The reference in its new state. To ask for the state that it has changes nothing."""
    row = _row(connection, reference_id)
    before = ReferenceState(row.state)
    if before is state:
        return get(connection, reference_id)
    if before is ReferenceState.WITHDRAWN:
        raise errors.StateConflict(reference=reference_id, state=before, wanted=state)
    audit.record_change(
        connection,
        row.seq,
        reference_id,
        before=before,
        after=state,
        actor=actor,
        reason=reason,
        now=now,
    )
    connection.execute(update(reference).where(reference.c.seq == row.seq).values(state=state.value))
    verdicts.refresh(connection, [reference_id])
    return get(connection, reference_id)


def change_labels(connection: Connection, reference_id: str, *, add: set[str], drop: set[str]) -> Reference:
    """The reference with these labels more and those less."""
    seq = _row(connection, reference_id).seq
    these = reference_label.c.seq == seq
    there = set(connection.execute(select(reference_label.c.label).where(these)).scalars())
    connection.execute(delete(reference_label).where(these, reference_label.c.label.in_(drop)))
    if rows := [{"seq": seq, "label": label} for label in sorted((add - there) - drop)]:
        connection.execute(insert(reference_label), rows)
        reckoning.relabelled(connection, reference_id)
    changed = get(connection, reference_id)
    words.replace(connection, reference_word, seq, changed.name, changed.note, *changed.labels)
    return changed


def events(connection: Connection, reference_id: str) -> list[ReferenceEvent]:
    """What was done to a reference, also to one that was taken out."""
    if found := audit.events(connection, reference_id):
        return found
    taken_out = select(removal.c.id).where(removal.c.reference == reference_id).limit(1)
    if connection.execute(taken_out).first() is None:
        _row(connection, reference_id)
    return []


def remove(connection: Connection, reference_id: str, *, actor: str, reason: str, now: datetime) -> None:
    """Take a reference out of its bank; its content goes too, unless another bank has it."""
    row = _row(connection, reference_id)
    this = reference.c.seq == row.seq
    audit.record_removals(connection, this, actor=actor, reason=reason, now=now)
    connection.execute(delete(reference).where(this))
    verdicts.refresh(connection, [reference_id])
    contents.drop_unused(connection, [row.content_id])


def _row(connection: Connection, reference_id: str) -> Row[Any]:
    found = connection.execute(_references().where(reference.c.id == reference_id)).first()
    if found is None:
        raise errors.ReferenceNotFound(reference=reference_id)
    return found


def _references() -> Select[Any]:
    return (
        select(
            reference,
            bank.c.name.label("bank"),
            bank.c.negative,
            content.c.kind,
            content.c.sha256,
            content.c.duration_s,
        )
        .join_from(reference, bank, reference.c.bank_id == bank.c.id)
        .join(content, reference.c.content_id == content.c.id)
    )


def _read(connection: Connection, rows: Sequence[Row[Any]]) -> list[Reference]:
    """Records of rows of `_references`, in their order."""
    labels: dict[int, list[str]] = {}
    for batch in batches(row.seq for row in rows):
        query = select(reference_label).where(reference_label.c.seq.in_(batch))
        for seq, label in connection.execute(query.order_by(reference_label.c.label)):
            labels.setdefault(seq, []).append(label)
    return [
        Reference(
            id=row.id,
            bank=row.bank,
            negative=row.negative,
            name=row.name,
            kind=row.kind,
            sha256=row.sha256,
            duration_s=row.duration_s,
            state=ReferenceState(row.state),
            labels=tuple(labels.get(row.seq, ())),
            origin=row.origin,
            note=row.note,
            incident=row.incident,
            created_at=row.created_at,
        )
        for row in rows
    ]
