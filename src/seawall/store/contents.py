"""Contents and their signals, shared by all references of the same bytes."""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, and_, delete, exists, func, insert, select

from seawall.model.content import Content, Kind, Partial
from seawall.model.signal import Signal, SignalType
from seawall.store import bulk
from seawall.store.batches import batches
from seawall.store.records import NewReference
from seawall.store.schema import content, reference, signal

_DIGESTS: Final = (SignalType.SHA256, SignalType.MD5)
_DIGEST_VERSION: Final = 1


def signals_of(new: NewReference) -> tuple[Signal, ...]:
    """What is stored of a new reference: its content's digests, then its other signals."""
    if new.content is None:
        return new.signals
    made = (bytes.fromhex(new.content.sha256), bytes.fromhex(new.content.md5))
    digests = (Signal(type_, _DIGEST_VERSION, value) for type_, value in zip(_DIGESTS, made, strict=True))
    return (*digests, *(given for given in new.signals if given.type not in _DIGESTS))


def known(connection: Connection, sha256s: Iterable[str]) -> dict[str, int]:
    """The numbers of those contents that are stored already, by digest."""
    found: dict[str, int] = {}
    for batch in batches(sha256s):
        query = select(content.c.sha256, content.c.id).where(content.c.sha256.in_(batch))
        found.update({row.sha256: row.id for row in connection.execute(query)})
    return found


def insert_contents(connection: Connection, news: Sequence[NewReference], now: datetime) -> list[int]:
    """The numbers of the contents of new references, in their order."""
    # Databases return the rows of one insert in any order, and asking for another makes them go
    # row by row. Rows of one kind that have no digest are alike, so it does not matter which is whose.
    numbers: dict[tuple[str | None, str], list[int]] = {}
    known_only_by_hash = [{"kind": new.kind, "created_at": now} for new in news if new.content is None]
    files = [_row(new.content, now) for new in news if new.content is not None]
    for rows in (known_only_by_hash, files):
        if rows:
            query = insert(content).returning(content.c.id, content.c.sha256, content.c.kind)
            for made in connection.execute(query, rows):
                numbers.setdefault((made.sha256, made.kind), []).append(made.id)
    keys = ((new.content.sha256, new.content.kind.value) if new.content else (None, new.kind) for new in news)
    return [numbers[key].pop() for key in keys]


def insert_signals(connection: Connection, signals: Iterable[tuple[int, Iterable[Signal]]]) -> None:
    """Store signals of contents that have none of those types."""
    rows: list[dict[str, object]] = []
    for content_id, given in signals:
        position: dict[SignalType, int] = {}
        for one in given:
            at = position[one.type] = position.get(one.type, -1) + 1
            rows.append(
                {
                    "content_id": content_id,
                    "type": one.type.value,
                    "position": at,
                    "version": one.version,
                    "value": one.value,
                    "quality": one.quality,
                }
            )
    bulk.insert_rows(connection, signal, rows)


def renew_signals(connection: Connection, content_id: int, given: Iterable[Signal]) -> None:
    """Take over signals of a stored content where it has none of that type, or only older ones.

    Versions of a learned descriptor name networks and have no order: another one is replaced.
    """
    newest = select(signal.c.type, func.max(signal.c.version).label("version"))
    newest = newest.where(signal.c.content_id == content_id).group_by(signal.c.type)
    stored = {row.type: row.version for row in connection.execute(newest)}
    newer = [one for one in given if _is_newer(one, stored.get(one.type, -1))]
    for type_ in {one.type for one in newer} & stored.keys():
        older = and_(signal.c.content_id == content_id, signal.c.type == type_)
        connection.execute(delete(signal).where(older))
    insert_signals(connection, [(content_id, newer)])


def _is_newer(one: Signal, stored: int) -> bool:
    return one.version != stored if one.type is SignalType.LEARNED else one.version > stored


def read_signals(
    connection: Connection, content_ids: Iterable[int], types: Iterable[SignalType] | None = None
) -> dict[int, tuple[Signal, ...]]:
    """The signals of contents, by content; those of one type in the order that they came in."""
    found: dict[int, list[Signal]] = {}
    wanted = None if types is None else [type_.value for type_ in types]
    for batch in batches(content_ids):
        query = select(signal).where(signal.c.content_id.in_(batch))
        if wanted is not None:
            query = query.where(signal.c.type.in_(wanted))
        query = query.order_by(signal.c.content_id, signal.c.type, signal.c.position)
        for row in connection.execute(query):
            one = Signal(SignalType(row.type), row.version, row.value, row.quality)
            found.setdefault(row.content_id, []).append(one)
    return {content_id: tuple(signals) for content_id, signals in found.items()}


def drop_unused(connection: Connection, content_ids: Iterable[int]) -> None:
    """Delete those of the contents, with their signals, that no reference uses any more."""
    used = exists().where(reference.c.content_id == content.c.id)
    for batch in batches(content_ids):
        connection.execute(delete(content).where(content.c.id.in_(batch), ~used))


def read(row: Row[Any]) -> Content | None:
    """The content of its row; None where a list brought only a hash."""
    if row.sha256 is None:
        return None
    return Content(
        sha256=row.sha256,
        md5=row.md5,
        size_bytes=row.size_bytes,
        kind=Kind(row.kind),
        format=row.format,
        duration_s=row.duration_s,
        width_px=row.width_px,
        height_px=row.height_px,
        partial=Partial(**json.loads(row.partial)) if row.partial else None,
    )


def _row(of: Content, now: datetime) -> dict[str, object]:
    return {
        "sha256": of.sha256,
        "md5": of.md5,
        "size_bytes": of.size_bytes,
        "kind": of.kind.value,
        "format": of.format,
        "duration_s": of.duration_s,
        "width_px": of.width_px,
        "height_px": of.height_px,
        "partial": json.dumps(asdict(of.partial)) if of.partial else None,
        "created_at": now,
    }
