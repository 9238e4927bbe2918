"""Files of orders: what was read in each waits for a person, who confirms it or puts it aside."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row, Select, insert, select, update

from seawall import errors
from seawall.model.order_form import Read
from seawall.store import codec, silences
from seawall.store.database import Database
from seawall.store.schema_notices import notice
from seawall.store.schema_orders import order_file


@dataclass(frozen=True, slots=True)
class OrderFile:
    """The file of an order, with what was read in it."""

    id: str
    notice: str
    sha256: str
    name: str
    form: str  #: xml, pdf, text
    read: Read
    at: datetime
    actor: str
    settled: str | None  #: confirmed, put_aside; None while a person has to look
    settled_at: datetime | None
    settled_by: str | None


class OrderFiles:
    """The files of one store. Their bytes are not kept."""

    def __init__(self, database: Database, now: Callable[[], datetime], new_id: Callable[[], str]) -> None:
        self._database = database
        self._now = now
        self._new_id = new_id

    def put(self, notice_id: str, sha256: str, name: str, form: str, read: Read, *, actor: str) -> OrderFile:
        """Keep what was read for a notice. Raises RecordNotFound."""
        with self._database.write() as connection:
            number = connection.execute(select(notice.c.number).where(notice.c.id == notice_id)).scalar()
            if number is None:
                raise errors.RecordNotFound(kind="notice", id=notice_id)
            now, file_id = self._now(), self._new_id()
            said = {"sha256": sha256, "name": name, "form": form, "read": codec.dump(read)}
            row = insert(order_file).values(id=file_id, notice_number=number, **said, at=now, actor=actor)
            connection.execute(row)
            silences.changed(connection, notice_id, now)
        return self.get(file_id)

    def get(self, file_id: str) -> OrderFile:
        """Raises RecordNotFound."""
        with self._database.read() as connection:
            row = connection.execute(_files().where(order_file.c.id == file_id)).first()
        if row is None:
            raise errors.RecordNotFound(kind="order file", id=file_id)
        return _read(row)

    def of_notice(self, notice_id: str) -> list[OrderFile]:
        """The files of a notice, in the order in which they came."""
        query = _files().where(notice.c.id == notice_id).order_by(order_file.c.number)
        with self._database.read() as connection:
            return [_read(row) for row in connection.execute(query)]

    def settle(self, file_id: str, what: str, *, actor: str) -> OrderFile:
        """Note that a person has looked. Raises RecordNotFound, and RecordConflict where one has already."""
        with self._database.write() as connection:
            query = select(order_file).where(order_file.c.id == file_id).with_for_update()
            row = connection.execute(query).first()
            if row is None:
                raise errors.RecordNotFound(kind="order file", id=file_id)
            if row.settled is not None:
                raise errors.RecordConflict(kind="order file", id=file_id, state=row.settled, wanted=what)
            now = self._now()
            change = update(order_file).where(order_file.c.number == row.number)
            connection.execute(change.values(settled=what, settled_at=now, settled_by=actor))
            of_it = select(notice.c.id).where(notice.c.number == row.notice_number)
            silences.changed(connection, connection.execute(of_it).scalar_one(), now)
        return self.get(file_id)


def _files() -> Select[Any]:
    return select(order_file, notice.c.id.label("notice")).join_from(
        order_file, notice, order_file.c.notice_number == notice.c.number
    )


def _read(row: Row[Any]) -> OrderFile:
    return OrderFile(
        id=row.id,
        notice=row.notice,
        sha256=row.sha256,
        name=row.name,
        form=row.form,
        read=codec.load(Read, row.read),
        at=row.at,
        actor=row.actor,
        settled=row.settled,
        settled_at=row.settled_at,
        settled_by=row.settled_by,
    )
