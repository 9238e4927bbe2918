"""What searching needs: references in the order in which they came, and exact look-ups."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Final

from sqlalchemy import Connection, func, select, union_all

from seawall.model.signal import Signal, SignalType
from seawall.store import contents
from seawall.store.records import IndexEntry
from seawall.store.schema import is_exact, is_in_use, reference, removal, signal

#: Types that are searched by likeness; the others are looked up with `exact`.
SEARCHED: Final = (
    *(SignalType.PDQ, SignalType.IMAGE, SignalType.VIDEO, SignalType.LOCAL, SignalType.AUDIO),
    SignalType.LEARNED,
)


def after(connection: Connection, seq: int, limit: int) -> list[IndexEntry]:
    query = select(reference.c.seq, reference.c.id, reference.c.content_id)
    query = query.where(reference.c.seq > seq).order_by(reference.c.seq).limit(limit)
    rows = connection.execute(query).all()
    signals = contents.read_signals(connection, (row.content_id for row in rows), SEARCHED)
    return [IndexEntry(row.seq, row.id, signals.get(row.content_id, ())) for row in rows]


def highest_seq(connection: Connection) -> int:
    """The highest number of a reference that is there or was; 0 before the first."""
    numbers = union_all(select(func.max(reference.c.seq)), select(func.max(removal.c.seq)))
    return max((seq for seq in connection.execute(numbers).scalars() if seq is not None), default=0)


def id_at(connection: Connection, seq: int) -> str | None:
    """The id of the reference that has a number, or had it before it was taken out."""
    ids = union_all(
        select(reference.c.id).where(reference.c.seq == seq),
        select(removal.c.reference).where(removal.c.seq == seq),
    )
    found = connection.execute(ids).scalar()
    return None if found is None else str(found)


def live_seqs(connection: Connection) -> list[int]:
    query = select(reference.c.seq).where(is_in_use).order_by(reference.c.seq)
    return list(connection.execute(query).scalars())


def signals_of(connection: Connection, seq: int, types: Iterable[SignalType] | None) -> tuple[Signal, ...]:
    """The signals of a reference, of these types or all; none for a number that is not there."""
    content_id = content_of(connection, seq)
    if content_id is None:
        return ()
    return contents.read_signals(connection, [content_id], types).get(content_id, ())


def content_of(connection: Connection, seq: int) -> int | None:
    """The number of a reference's content."""
    found = connection.execute(select(reference.c.content_id).where(reference.c.seq == seq)).scalar()
    return None if found is None else int(found)


def has_other_version(connection: Connection, type_: SignalType, version: int) -> bool:
    """Whether a live reference has a signal of the type that is of another version than this one."""
    query = (
        select(reference.c.seq)
        .join_from(signal, reference, signal.c.content_id == reference.c.content_id)
        .where(signal.c.type == type_.value, signal.c.version != version, is_in_use)
        .limit(1)
    )
    return connection.execute(query).first() is not None


def exact(connection: Connection, type_: SignalType, value: bytes) -> list[int]:
    """The numbers of the live references that carry this very value."""
    query = (
        select(reference.c.seq)
        .join_from(signal, reference, signal.c.content_id == reference.c.content_id)
        .where(signal.c.type == type_.value, signal.c.value == value, is_exact, is_in_use)
        .distinct()
        .order_by(reference.c.seq)
    )
    return list(connection.execute(query).scalars())
