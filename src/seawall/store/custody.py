"""The custody log of one store: events are added in the transaction of what they tell, and proven later.

Leaves have no gaps: who adds holds the log's one row until the transaction ends. Every fourth level of the
tree is kept, a fifteenth of the leaves in all; a proof reads some sixteen hashes for each four of its levels.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Final

from sqlalchemy import Connection, Row, delete, insert, select, update

from seawall import errors, merkle
from seawall.model.custody import CustodyEvent, CustodyType, NewCustody, Opened
from seawall.store.batches import batches
from seawall.store.database import Database
from seawall.store.schema_custody import custody_event, custody_field, custody_log, custody_node

#: Levels of the tree that are kept: 0, which are the leaves, and every so many above.
KEPT_LEVELS: Final = 4


@dataclass(frozen=True, slots=True)
class CustodyFilter:
    """Which events are asked for; what is None is not asked about."""

    object: str | None = None
    type: CustodyType | None = None
    since: datetime | None = None
    until: datetime | None = None


class Custody:
    """The log of one store."""

    def __init__(self, database: Database, now: Callable[[], datetime], new_id: Callable[[], str]) -> None:
        self._database = database
        self._now = now
        self._new_id = new_id

    def add(self, events: Sequence[NewCustody]) -> list[CustodyEvent]:
        """Add events in a transaction of their own, in this order."""
        with self._database.write() as connection:
            return self.join(connection, events)

    def join(self, connection: Connection, events: Sequence[NewCustody]) -> list[CustodyEvent]:
        """Add events in the transaction that does what they tell of, in this order."""
        frontier = _locked(connection)
        made = [self._event(frontier.size + number, new) for number, new in enumerate(events)]
        leaves = [merkle.leaf_hash(one.entry()) for one in made]
        nodes = [
            {"level": level, "position": position, "hash": hash_}
            for leaf in leaves
            for level, position, hash_ in frontier.add(leaf)
            if level and level % KEPT_LEVELS == 0
        ]
        if made:
            connection.execute(insert(custody_event), list(map(_event_row, made, leaves)))
            connection.execute(insert(custody_field), [_field_row(one) for one in made])
        if nodes:
            connection.execute(insert(custody_node), nodes)
        state = {"size": frontier.size, "frontier": b"".join(frontier.hashes)}
        connection.execute(update(custody_log).values(**state))
        return made

    def _event(self, index: int, new: NewCustody) -> CustodyEvent:
        opened = {name: Opened.of(value) for name, value in new.fields().items()}
        hashes = {name: one.hash for name, one in opened.items()}
        return CustodyEvent(index, self._new_id(), self._now(), new.type, hashes, opened)

    def size(self) -> int:
        """How many events the log holds."""
        with self._database.read() as connection:
            return int(connection.execute(select(custody_log.c.size)).scalar() or 0)

    def root(self, size: int | None = None) -> tuple[int, bytes]:
        """Size and root of the tree, as it is or as it was at a size. Raises RecordNotFound."""
        with self._database.read() as connection:
            tree = _Tree(connection)
            wanted = tree.size if size is None else tree.within(size)
            return wanted, merkle.root(wanted, tree.subtree)

    def event(self, event_id: str) -> CustodyEvent:
        """Raises RecordNotFound."""
        with self._database.read() as connection:
            found = connection.execute(_events().where(custody_event.c.id == event_id)).first()
        if found is None:
            raise errors.RecordNotFound(kind="custody event", id=event_id)
        return _read(found)

    def events(
        self, wanted: CustodyFilter = CustodyFilter(), *, after: int = -1, limit: int = 100
    ) -> list[CustodyEvent]:
        """The next events behind a leaf, in their order."""
        query = _events().where(custody_event.c.number > after)
        if wanted.object is not None:
            query = query.where(custody_event.c.object == wanted.object)
        if wanted.type is not None:
            query = query.where(custody_event.c.type == wanted.type.value)
        if wanted.since is not None:
            query = query.where(custody_event.c.at >= wanted.since)
        if wanted.until is not None:
            query = query.where(custody_event.c.at < wanted.until)
        with self._database.read() as connection:
            return [
                _read(row) for row in connection.execute(query.order_by(custody_event.c.number).limit(limit))
            ]

    def last(self, type_: CustodyType) -> CustodyEvent | None:
        """The last event of a type that is on no object in particular."""
        query = _events().where(custody_event.c.type == type_.value, custody_event.c.object.is_(None))
        with self._database.read() as connection:
            found = connection.execute(query.order_by(custody_event.c.number.desc()).limit(1)).first()
        return None if found is None else _read(found)

    def inclusion(self, index: int, size: int | None = None) -> tuple[int, list[bytes]]:
        """The proof that an event is in the tree of this size, or in the whole. Raises RecordNotFound."""
        with self._database.read() as connection:
            tree = _Tree(connection)
            wanted = tree.size if size is None else tree.within(size)
            if not 0 <= index < wanted:
                raise errors.RecordNotFound(kind="custody event", id=str(index))
            return wanted, merkle.inclusion(index, wanted, tree.subtree)

    def consistency(self, first: int, second: int | None = None) -> tuple[int, list[bytes]]:
        """The proof that a smaller tree is the beginning of a larger one. Raises RecordNotFound."""
        with self._database.read() as connection:
            tree = _Tree(connection)
            wanted = tree.size if second is None else tree.within(second)
            if not 0 < first <= wanted:
                raise errors.RecordNotFound(kind="tree of size", id=str(first))
            return wanted, merkle.consistency(first, wanted, tree.subtree)

    def erase(self, connection: Connection, sha256: str) -> int:
        """Make unreadable what all events on an object say, in the caller's transaction; how many there were.

        Leaves, and with them all proofs, stay as they are.
        """
        mine = list(
            connection.execute(
                select(custody_event.c.number).where(custody_event.c.object == sha256)
            ).scalars()
        )
        for batch in batches(mine):
            connection.execute(delete(custody_field).where(custody_field.c.number.in_(batch)))
            change = update(custody_event).where(custody_event.c.number.in_(batch))
            connection.execute(change.values(object=None))
        return len(mine)

    def faults(self) -> Iterator[str]:
        """What is wrong with the log as it is stored, read from its first event to its last."""
        with self._database.read() as connection:
            tree = _Tree(connection)
            frontier = merkle.Frontier()
            for row in connection.execute(_events().order_by(custody_event.c.number)):
                if row.number != frontier.size:
                    yield f"event {frontier.size} is missing"
                    return
                found = _read(row)
                if merkle.leaf_hash(found.entry()) != row.leaf:
                    yield f"event {row.number} is not what its leaf stands for"
                for name, one in found.opened.items():
                    if one.hash != found.hashes.get(name):
                        yield f"event {row.number}: {name} is not what its hash stands for"
                for level, position, hash_ in frontier.add(row.leaf):
                    if level and level % KEPT_LEVELS == 0 and tree.kept(level, position) != hash_:
                        yield f"the subtree {position} at level {level} is not that of its leaves"
            if frontier.size != tree.size:
                yield f"the log ends after {frontier.size} of {tree.size} events"
            elif frontier.hashes != tree.frontier:
                yield "the tree is not that of its leaves"


class _Tree:
    """Subtrees of the log, as one transaction sees it."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        row = connection.execute(select(custody_log)).first()
        self.size = 0 if row is None else row.size
        self.frontier = [] if row is None else _hashes(row.frontier)

    def within(self, size: int) -> int:
        """A size that the log has had. Raises RecordNotFound."""
        if not 0 <= size <= self.size:
            raise errors.RecordNotFound(kind="tree of size", id=str(size))
        return size

    def subtree(self, level: int, position: int) -> bytes:
        """The hash of a complete subtree, from those that are kept next below."""
        up = level % KEPT_LEVELS
        below = self._row(level - up, position << up, 1 << up)
        while len(below) > 1:
            below = [merkle.node_hash(*pair) for pair in zip(below[::2], below[1::2], strict=True)]
        return below[0]

    def kept(self, level: int, position: int) -> bytes | None:
        """A hash that is kept, if it is."""
        query = select(custody_node.c.hash)
        query = query.where(custody_node.c.level == level, custody_node.c.position == position)
        found: bytes | None = self._connection.execute(query).scalar()
        return found

    def _row(self, level: int, position: int, count: int) -> list[bytes]:
        if level == 0:
            place, query = custody_event.c.number, select(custody_event.c.leaf)
        else:
            place, query = custody_node.c.position, select(custody_node.c.hash)
            query = query.where(custody_node.c.level == level)
        query = query.where(place >= position, place < position + count).order_by(place)
        found = list(self._connection.execute(query).scalars())
        if len(found) != count:
            raise errors.StoreCorrupt(
                path="the custody log", reason=f"level {level} lacks {position} or what follows"
            )
        return found


def _locked(connection: Connection) -> merkle.Frontier:
    """What is added to; nobody else adds before this transaction ends."""
    row = connection.execute(select(custody_log).with_for_update()).first()
    if row is None:
        connection.execute(insert(custody_log).values(id=1, size=0, frontier=b""))
        return merkle.Frontier()
    return merkle.Frontier(row.size, _hashes(row.frontier))


def _hashes(joined: bytes) -> list[bytes]:
    step = merkle.HASH_BYTES
    return [joined[start : start + step] for start in range(0, len(joined), step)]


def _event_row(made: CustodyEvent, leaf: bytes) -> dict[str, object]:
    return {
        "number": made.index,
        "id": made.id,
        "at": made.at,
        "type": made.type.value,
        "object": made.says("object"),
        "hashes": json.dumps(dict(made.hashes)),
        "leaf": leaf,
    }


def _field_row(made: CustodyEvent) -> dict[str, object]:
    opened = {name: [one.salt.hex(), one.value] for name, one in made.opened.items()}
    return {"number": made.index, "opened": json.dumps(opened)}


def _events() -> Any:  # noqa: ANN401 - a Select of two tables' columns
    joined = custody_event.join(custody_field, custody_event.c.number == custody_field.c.number, isouter=True)
    return select(custody_event, custody_field.c.opened).select_from(joined)


def _read(row: Row[Any]) -> CustodyEvent:
    said = {} if row.opened is None else json.loads(row.opened)
    opened = {name: Opened(bytes.fromhex(salt), value) for name, (salt, value) in said.items()}
    return CustodyEvent(row.number, row.id, row.at, CustodyType(row.type), json.loads(row.hashes), opened)
