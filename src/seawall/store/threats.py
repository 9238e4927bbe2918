"""Dossiers of threats to life on record: one row each, with its event, in one transaction."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Any

from sqlalchemy import Row, insert, select

from seawall import errors
from seawall.model.event import EventType
from seawall.model.threat import Dossier, Threat
from seawall.store import codec
from seawall.store.database import Database
from seawall.store.raising import Raise
from seawall.store.schema_orders import threat


class Threats:
    """The dossiers of one store. Nothing that they name has to be known here."""

    def __init__(
        self, database: Database, now: Callable[[], datetime], new_id: Callable[[], str], raising: Raise
    ) -> None:
        self._database = database
        self._now = now
        self._new_id = new_id
        self._raise = raising

    def report(self, new: Dossier, *, actor: str) -> Threat:
        """Put a dossier that was checked on record, and tell of it."""
        with self._database.write() as connection:
            threat_id, now = self._new_id(), self._now()
            row = insert(threat).values(id=threat_id, at=now, actor=actor, dossier=codec.dump(new))
            connection.execute(row)
            told = {"threat": threat_id, "authority": new.authority, "country": new.country}
            self._raise(connection, EventType.THREAT_REPORTED, told)
            return Threat(threat_id, now, actor, new)

    def get(self, threat_id: str) -> Threat:
        """Raises RecordNotFound."""
        with self._database.read() as connection:
            row = connection.execute(select(threat).where(threat.c.id == threat_id)).first()
        if row is None:
            raise errors.RecordNotFound(kind="threat", id=threat_id)
        return _read(row)

    def page(self, *, after: int = 0, limit: int = 100) -> list[tuple[int, Threat]]:
        """The next dossiers behind a number, in the order of their making, each with its number."""
        query = select(threat).where(threat.c.number > after).order_by(threat.c.number).limit(limit)
        with self._database.read() as connection:
            return [(row.number, _read(row)) for row in connection.execute(query)]

    def newest(self, limit: int) -> list[Threat]:
        """The last that were made, the newest first."""
        query = select(threat).order_by(threat.c.number.desc()).limit(limit)
        with self._database.read() as connection:
            return [_read(row) for row in connection.execute(query)]


def _read(row: Row[Any]) -> Threat:
    return Threat(row.id, row.at, row.actor, codec.load(Dossier, row.dossier))
