"""Files that are kept to be looked at, and what was made of them: which there are, and until when."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from sqlalchemy import ColumnElement, Connection, Row, delete, exists, insert, or_, select, update

from seawall import errors
from seawall.model.decision import SETTLED
from seawall.store.database import Database
from seawall.store.schema import content, reference
from seawall.store.schema_actions import item
from seawall.store.schema_preservation import preservation
from seawall.store.schema_viewing import original, transcript, working_copy
from seawall.store.tasks import Json


@dataclass(frozen=True, slots=True)
class Copy:
    """A working copy as it is kept: an object, and where in it each part lies."""

    id: str
    sha256: str  #: of the file that it was made of
    form: str
    object: str  #: SHA-256 of its bytes
    parts: tuple[Mapping[str, Json], ...]


@dataclass(frozen=True, slots=True)
class Wanted:
    """Which working copy is asked for."""

    sha256: str
    form: str
    version: int  #: of what makes it
    key: str  #: a digest of what else makes a difference


class Working:
    """Originals and working copies of one store."""

    def __init__(self, database: Database, now: Callable[[], datetime], new_id: Callable[[], str]) -> None:
        self._database = database
        self._now = now
        self._new_id = new_id

    # Originals

    def hold(self, sha256: str, keep: timedelta) -> None:
        """Have a file kept for so long from now at least. To be called before it is put.

        What expires is taken away in a transaction of its own, so that a file that is put after this stays.
        """
        until = self._now() + keep
        with self._database.write() as connection:
            query = select(original).where(original.c.sha256 == sha256).with_for_update()
            row = connection.execute(query).first()
            if row is None:
                connection.execute(insert(original).values(sha256=sha256, expires_at=until))
            elif row.expires_at < until:
                change = update(original).where(original.c.number == row.number)
                connection.execute(change.values(expires_at=until))

    def forget(self, limit: int, keep: timedelta, remove: Callable[[str], None]) -> int:
        """Let `remove` take away at most so many objects whose time is over; how many.

        An original stays while an item on it waits for a decision, and as long as a bank has it. A working
        copy goes with its original, or after `keep`: it can be made again.
        """
        with self._database.write() as connection:
            gone = self._expired(connection, limit)
            query = select(working_copy).where(_of_no_open_item(working_copy.c.sha256))
            old = query.where(
                or_(working_copy.c.at <= self._now() - keep, working_copy.c.sha256.in_(gone))
            ).limit(limit)
            copies = connection.execute(old).all()
            for row in copies:
                connection.execute(delete(working_copy).where(working_copy.c.number == row.number))
            objects = {*gone, *(row.object for row in copies)}
            for sha256 in sorted(objects - self._in_use(connection, objects)):
                remove(sha256)
            return len(gone) + len(copies)

    def _expired(self, connection: Connection, limit: int) -> list[str]:
        """The digests of originals whose time is over, of which no row is left then."""
        query = select(original.c.number, original.c.sha256).where(
            original.c.expires_at <= self._now(), _of_no_open_item(original.c.sha256)
        )
        rows = connection.execute(query.order_by(original.c.expires_at).limit(limit).with_for_update()).all()
        for row in rows:
            connection.execute(delete(original).where(original.c.number == row.number))
        return [row.sha256 for row in rows]

    @staticmethod
    def _in_use(connection: Connection, objects: Sequence[str] | set[str]) -> set[str]:
        """Those of the objects that something else needs: a reference, an original, a copy, the vault."""
        banked = select(content.c.sha256).join_from(
            content, reference, reference.c.content_id == content.c.id
        )
        found: set[str] = set()
        for query, column in (
            (banked, content.c.sha256),
            (select(original.c.sha256), original.c.sha256),
            (select(working_copy.c.object), working_copy.c.object),
            (select(preservation.c.locked_sha256), preservation.c.locked_sha256),
        ):
            found.update(connection.execute(query.where(column.in_(objects))).scalars())
        return found

    # Working copies

    def find(self, wanted: Wanted) -> Copy | None:
        """The working copy, if it was made."""
        query = select(working_copy).where(
            working_copy.c.sha256 == wanted.sha256,
            working_copy.c.form == wanted.form,
            working_copy.c.version == wanted.version,
            working_copy.c.key == wanted.key,
        )
        with self._database.read() as connection:
            row = connection.execute(query).first()
        return None if row is None else _copy(row)

    def get(self, copy_id: str) -> Copy:
        """Raises RecordNotFound."""
        with self._database.read() as connection:
            row = connection.execute(select(working_copy).where(working_copy.c.id == copy_id)).first()
        if row is None:
            raise errors.RecordNotFound(kind="working copy", id=copy_id)
        return _copy(row)

    def put(self, wanted: Wanted, made: str, parts: Sequence[Mapping[str, Json]]) -> Copy:
        """Note a working copy whose bytes are kept as the object `made`; as it is kept.

        Where another has made it meanwhile, that one.
        """
        with self._database.write() as connection:
            row = insert(working_copy).values(
                id=self._new_id(),
                sha256=wanted.sha256,
                form=wanted.form,
                version=wanted.version,
                key=wanted.key,
                object=made,
                parts=json.dumps([dict(one) for one in parts]),
                at=self._now(),
            )
            known = select(working_copy.c.number).where(
                working_copy.c.sha256 == wanted.sha256,
                working_copy.c.form == wanted.form,
                working_copy.c.version == wanted.version,
                working_copy.c.key == wanted.key,
            )
            if connection.execute(known).first() is None:
                connection.execute(row)
        found = self.find(wanted)
        assert found is not None
        return found

    # Transcripts

    def transcript(self, sha256: str) -> str | None:
        """What is said in a file; None where nobody has written it down."""
        with self._database.read() as connection:
            return connection.execute(select(transcript.c.text).where(transcript.c.sha256 == sha256)).scalar()

    def set_transcript(self, sha256: str, text: str, *, actor: str) -> None:
        """Keep what is said in a file, in place of what was kept."""
        values = {"text": text, "actor": actor, "at": self._now()}
        with self._database.write() as connection:
            change = update(transcript).where(transcript.c.sha256 == sha256).values(values)
            if connection.execute(change).rowcount == 0:
                connection.execute(insert(transcript).values(sha256=sha256, **values))


def _copy(row: Row[Any]) -> Copy:
    return Copy(row.id, row.sha256, row.form, row.object, tuple(json.loads(row.parts)))


def _of_no_open_item(sha256: ColumnElement[str]) -> ColumnElement[bool]:
    return ~exists().where(item.c.sha256 == sha256, item.c.state.not_in(SETTLED))
