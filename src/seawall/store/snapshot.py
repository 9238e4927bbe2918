"""What searching needs of a database, written into a new SQLite file that can be carried elsewhere.

Banks, references that may act, and their contents and signals, under the same numbers and ids. What a search
does not look at stays behind: notes, labels, origins, incidents' records, cases, and whoever did what.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Final

from sqlalchemy import ColumnElement, Connection, Select, Table, or_, select, true

from seawall.store import banks, bulk
from seawall.store.database import Database
from seawall.store.schema import bank, content, is_in_use, reference, signal
from seawall.store.sqlite import File

_ROWS: Final = 500  #: that are read and written at a time: some hold a few hundred kilobytes


def write(
    connection: Connection, path: Path, names: Sequence[str] | None, enabled: ColumnElement[bool]
) -> None:
    """Write the banks of these names with every negative bank, or all banks, to a database at a path.

    connection: of a transaction that reads. enabled: a condition on references that are to act.
    Raises BankNotFound, DiskFull, WriteFailed.
    """
    for name in names or ():
        banks.key(connection, name)
    wanted = true() if names is None else or_(bank.c.name.in_(names), bank.c.negative)
    live = select(reference).join(bank).where(wanted, is_in_use, enabled)
    used = live.with_only_columns(reference.c.content_id)
    target = Database.open(File(path, busy_timeout_s=1.0))
    try:
        with target.write() as into:
            _copy(connection, into, bank, select(bank).where(wanted))
            _copy(connection, into, content, select(content).where(content.c.id.in_(used)))
            _copy(connection, into, signal, select(signal).where(signal.c.content_id.in_(used)))
            _copy(connection, into, reference, live, note=None, origin="")
    finally:
        target.close()


def _copy(source: Connection, into: Connection, table: Table, query: Select[Any], **instead: object) -> None:
    """Copy rows. instead: values of columns that stay behind."""
    found = source.execute(query, execution_options={"stream_results": True, "yield_per": _ROWS})
    for part in found.mappings().partitions():
        bulk.insert_rows(into, table, [{**row, **instead} for row in _plain(part)])


def _plain(rows: Iterable[Any]) -> list[dict[str, object]]:
    return [dict(row) for row in rows]
