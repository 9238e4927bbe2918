"""What only clients of Hasher-Matcher-Actioner set: ratios of banks, disabled contents, metadata."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from sqlalchemy import ColumnElement, Connection, exists, func, insert, or_, select, update

from seawall.model.bank import Bank
from seawall.model.signal import SignalType
from seawall.store import banks
from seawall.store.database import Database
from seawall.store.schema import bank, content, is_in_use, reference, signal
from seawall.store.schema_hma import hma_bank, hma_content

DISABLED: Final = 0
ENABLED: Final = 1
ALWAYS: Final = 1.0  #: the ratio of a bank of which none was set


@dataclass(frozen=True, slots=True)
class Curated:
    """What was set of one content."""

    disable_until_ts: int = ENABLED  #: 0: disabled; else the second from which it is matched
    metadata: Mapping[str, object] | None = None


def enabled(now: datetime) -> ColumnElement[bool]:
    """Of references: that they are not disabled now."""
    until = hma_content.c.disable_until_ts
    off = or_(until == DISABLED, until > int(now.timestamp()))
    return ~exists().where(hma_content.c.seq == reference.c.seq, off)


class Hma:
    """What clients of Hasher-Matcher-Actioner have set in one store."""

    def __init__(self, database: Database, now: Callable[[], datetime]) -> None:
        self._database = database
        self._now = now

    def create_bank(self, name: str, ratio: float) -> Bank:
        """Make a bank that is asked in that share of look-ups. Raises BadName, BankExists."""
        with self._database.write() as connection:
            made = banks.create(connection, name, negative=False, labels=(), now=self._now())
            _set_ratio(connection, name, ratio)
            return made

    def set_ratio(self, name: str, ratio: float) -> None:
        """Raises BankNotFound."""
        with self._database.write() as connection:
            _set_ratio(connection, name, ratio)

    def ratios(self) -> dict[str, float]:
        """In which share of look-ups each bank is asked, by name; those with a ratio that was set."""
        query = select(bank.c.name, hma_bank.c.enabled_ratio)
        with self._database.read() as connection:
            rows = connection.execute(query.join_from(bank, hma_bank, hma_bank.c.bank_id == bank.c.id))
            return {row.name: row.enabled_ratio for row in rows}

    def number(self, reference_id: str) -> int | None:
        """The number by which clients know a reference."""
        with self._database.read() as connection:
            found = connection.execute(select(reference.c.seq).where(reference.c.id == reference_id)).scalar()
        return None if found is None else int(found)

    def curated(self, seq: int) -> Curated:
        """What was set of a content, or what holds where nothing was."""
        with self._database.read() as connection:
            row = connection.execute(select(hma_content).where(hma_content.c.seq == seq)).first()
        if row is None:
            return Curated()
        return Curated(row.disable_until_ts, None if row.metadata is None else json.loads(row.metadata))

    def curate(self, seq: int, given: Curated) -> None:
        """Set what holds of a content; nothing happens to one that is gone."""
        said = None if given.metadata is None else json.dumps(given.metadata)
        values = {"disable_until_ts": given.disable_until_ts, "metadata": said}
        with self._database.write() as connection:
            if connection.execute(select(reference.c.seq).where(reference.c.seq == seq)).first() is None:
                return
            changed = connection.execute(update(hma_content).where(hma_content.c.seq == seq).values(values))
            if not changed.rowcount:
                connection.execute(insert(hma_content).values(seq=seq, **values))

    def set_note(self, seq: int, note: str | None) -> None:
        """Note something of a reference, or nothing any more."""
        with self._database.write() as connection:
            connection.execute(update(reference).where(reference.c.seq == seq).values(note=note))

    def counts(self) -> dict[tuple[SignalType, str], int]:
        """How many references have a signal of a type, by that and by the kind of their content."""
        query = select(signal.c.type, content.c.kind, func.count(reference.c.seq.distinct()).label("held"))
        query = query.join_from(reference, content, reference.c.content_id == content.c.id)
        query = query.join(signal, signal.c.content_id == content.c.id).where(is_in_use)
        with self._database.read() as connection:
            rows = connection.execute(query.group_by(signal.c.type, content.c.kind))
            return {(SignalType(row.type), row.kind): row.held for row in rows}

    def newest(self) -> datetime | None:
        """When the last reference came; None before the first."""
        with self._database.read() as connection:
            query = select(reference.c.created_at).order_by(reference.c.seq.desc()).limit(1)
            return connection.execute(query).scalar()


def _set_ratio(connection: Connection, name: str, ratio: float) -> None:
    bank_id = banks.key(connection, name)
    this = hma_bank.c.bank_id == bank_id
    if not connection.execute(update(hma_bank).where(this).values(enabled_ratio=ratio)).rowcount:
        connection.execute(insert(hma_bank).values(bank_id=bank_id, enabled_ratio=ratio))
