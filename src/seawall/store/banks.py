"""Banks: made, listed, taken out."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime

from sqlalchemy import ColumnElement, Connection, and_, delete, func, insert, select, true

from seawall import errors
from seawall.model.bank import BANK_NAME, Bank
from seawall.store import audit, contents
from seawall.store.schema import bank, bank_label, is_in_use, reference


def create(
    connection: Connection, name: str, *, negative: bool, labels: Iterable[str], now: datetime
) -> Bank:
    if not BANK_NAME.fullmatch(name):
        raise errors.BadName(name=name)
    if connection.execute(select(bank.c.id).where(bank.c.name == name)).first():
        raise errors.BankExists(bank=name)
    row = insert(bank).values(name=name, negative=negative, created_at=now).returning(bank.c.id)
    bank_id = connection.execute(row).scalar_one()
    if rows := [{"bank_id": bank_id, "label": label} for label in sorted(set(labels))]:
        connection.execute(insert(bank_label), rows)
    return get(connection, name)


def every(connection: Connection) -> list[Bank]:
    """All banks, by name."""
    return _read(connection, true())


def get(connection: Connection, name: str) -> Bank:
    found = _read(connection, bank.c.name == name)
    if not found:
        raise errors.BankNotFound(bank=name)
    return found[0]


def key(connection: Connection, name: str) -> int:
    """The number by which the other tables know a bank."""
    found = connection.execute(select(bank.c.id).where(bank.c.name == name)).scalar()
    if found is None:
        raise errors.BankNotFound(bank=name)
    return int(found)


def is_negative(connection: Connection, name: str) -> bool:
    """Whether a bank holds known-good content."""
    return bool(connection.execute(select(bank.c.negative).where(bank.c.name == name)).scalar_one())


def remove(connection: Connection, name: str, *, actor: str, reason: str, now: datetime) -> None:
    """Take a bank out with all its references. A removal of each stays, and one of the bank."""
    bank_id = key(connection, name)
    held = reference.c.bank_id == bank_id
    audit.record_removals(connection, held, actor=actor, reason=reason, now=now)
    audit.record_bank_removal(connection, name, actor=actor, reason=reason, now=now)
    left = connection.execute(select(reference.c.content_id).where(held)).scalars().all()
    connection.execute(delete(reference).where(held))
    contents.drop_unused(connection, left)
    connection.execute(delete(bank).where(bank.c.id == bank_id))


def _read(connection: Connection, which: ColumnElement[bool]) -> list[Bank]:
    labels: dict[int, list[str]] = {}
    for bank_id, label in connection.execute(select(bank_label).order_by(bank_label.c.label)):
        labels.setdefault(bank_id, []).append(label)
    counted = and_(reference.c.bank_id == bank.c.id, is_in_use)
    count = select(func.count()).where(counted).correlate(bank).scalar_subquery()
    rows = connection.execute(select(bank, count.label("in_use")).where(which).order_by(bank.c.name))
    return [
        Bank(row.name, row.negative, tuple(labels.get(row.id, ())), row.created_at, row.in_use)
        for row in rows
    ]
