"""What notices name, and what they are joined to: items that are known, and those that come later."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from datetime import datetime
from typing import Any

from sqlalchemy import Column, Connection, delete, func, insert, select, update

from seawall import errors
from seawall.model.clock import About, AboutKind
from seawall.model.decision import SETTLED
from seawall.model.notice import LinkKind, Message
from seawall.model.seen import Context
from seawall.store import codec, deadlines
from seawall.store.batches import batches
from seawall.store.columns import found_by
from seawall.store.schema import incident
from seawall.store.schema_actions import case_file, item
from seawall.store.schema_notices import notice, notice_event, notice_link, notice_place

#: What a notice names content by, and where items have it.
_BY: dict[str, Column[Any]] = {"url": item.c.url, "post": item.c.post, "sha256": item.c.sha256}


def name(connection: Connection, number: int, message: Message) -> None:
    """Keep the places that a notice names, in the place of those that it named."""
    connection.execute(delete(notice_place).where(notice_place.c.notice_number == number))
    rows = {
        (kind, found_by(value))
        for kind, said in (("url", message.urls), ("post", message.posts), ("sha256", message.sha256s))
        for value in said
    }
    if rows:
        values = [{"notice_number": number, "kind": kind, "value": value} for kind, value in sorted(rows)]
        connection.execute(insert(notice_place), values)


def join(connection: Connection, numbers: Sequence[int], actor: str, now: datetime) -> int:
    """Join notices to the items that they name and that they were not held against before; how many."""
    newest = connection.execute(select(func.max(item.c.number))).scalar_one()
    joined = 0
    for batch in batches(numbers):
        for row, item_id, why in list(_named(connection, batch)):
            if link(connection, row.number, LinkKind.ITEM, item_id, actor, why, now):
                said = {"notice_number": row.number, "at": now, "actor": actor, "what": "linked"}
                connection.execute(insert(notice_event).values(**said, reason=f"item {item_id}: {why}"))
                deadlines.changed(connection, About(AboutKind.NOTICE, row.id))
                joined += 1
        if newest is not None:
            seen = update(notice).where(notice.c.number.in_(batch), notice.c.looked_to < newest)
            connection.execute(seen.values(looked_to=newest))
    return joined


def link(
    connection: Connection,
    number: int,
    kind: LinkKind,
    target: str,
    actor: str,
    why: str,
    now: datetime,
) -> bool:
    """Join a notice to a thing; whether it was not before."""
    same = (
        notice_link.c.notice_number == number,
        notice_link.c.kind == kind.value,
        notice_link.c.target == target,
    )
    if connection.execute(select(notice_link.c.target).where(*same)).first() is not None:
        return False
    row = {"notice_number": number, "kind": kind.value, "target": target, "at": now}
    connection.execute(insert(notice_link).values(**row, actor=actor, why=why))
    return True


def expect(connection: Connection, kind: LinkKind, target: str) -> None:
    """Raises RecordNotFound, IncidentNotFound."""
    column = {LinkKind.ITEM: item.c.id, LinkKind.CASE: case_file.c.id, LinkKind.INCIDENT: incident.c.id}[kind]
    if connection.execute(select(column).where(column == target)).first() is None:
        if kind is LinkKind.INCIDENT:
            raise errors.IncidentNotFound(incident=target)
        raise errors.RecordNotFound(kind=kind.value, id=target)


def waits(connection: Connection, number: int) -> bool:
    """Whether an item that a notice is joined to is not decided."""
    linked = select(notice_link.c.target).where(
        notice_link.c.notice_number == number, notice_link.c.kind == LinkKind.ITEM.value
    )
    query = select(item.c.id).where(item.c.id.in_(linked), item.c.state.not_in(SETTLED))
    return connection.execute(query.limit(1)).first() is not None


def _named(connection: Connection, numbers: Sequence[int]) -> Iterator[tuple[Any, str, str]]:
    """Each of the notices with an item that it names, and by what."""
    for kind, column in _BY.items():
        query = (
            select(notice.c.number, notice.c.id, notice.c.message, item.c.id.label("item"), item.c.context)
            .join(notice_place, notice_place.c.notice_number == notice.c.number)
            .join(item, column == notice_place.c.value)
            .where(
                notice_place.c.kind == kind,
                notice.c.number.in_(numbers),
                item.c.number > notice.c.looked_to,
            )
        )
        for row in connection.execute(query.order_by(notice.c.number, item.c.number)).all():
            message, where = codec.load(Message, row.message), codec.load(Context, row.context)
            whole = {"url": where.url in message.urls, "post": where.post in message.posts, "sha256": True}
            if whole[kind]:  # the columns hold a beginning of what is long
                yield row, row.item, f"it names the {kind}"
