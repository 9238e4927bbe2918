"""All rows of a database as plain values, and plain values as rows of an empty one.

What comes out is the same from every database, so what one has given another can take. The tables are those
of `schema.metadata`. They go in at the revision that they came out of, into tables as that revision made
them, and are then brought up to date by the same steps that a running database takes.
"""

from __future__ import annotations

import base64
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from enum import StrEnum
from itertools import islice
from typing import Final

from sqlalchemy import (
    Column,
    Connection,
    Date,
    DateTime,
    LargeBinary,
    MetaData,
    Table,
    inspect,
    literal,
    select,
)
from sqlalchemy.types import Boolean, Float, Integer, String, TypeDecorator, TypeEngine

from seawall import errors
from seawall.store import bulk, migrate, schema
from seawall.store.database import Database

#: A value as JSON can hold it.
Plain = None | bool | int | float | str

#: Rows that are read, or written, at a time: some hold a few hundred kilobytes.
_ROWS: Final = 100


class Kind(StrEnum):
    """How a column's values are written as plain ones."""

    PLAIN = "plain"  #: as they are
    BYTES = "bytes"  #: in Base64
    TIME = "time"  #: ISO 8601, in UTC
    DATE = "date"  #: ISO 8601


@dataclass(frozen=True, slots=True)
class Layout:
    """A table as its rows are written: a row is a list of values in the order of the columns."""

    name: str
    columns: tuple[tuple[str, Kind], ...]


def layouts() -> dict[str, Layout]:
    """Of every table, those first that others point to."""
    return {
        table.name: Layout(table.name, tuple((column.name, kind(column)) for column in table.columns))
        for table in schema.metadata.sorted_tables
    }


def kind(column: Column[object]) -> Kind:
    """How a column's values are written. Raises TypeError for a type that is not known here."""
    type_: TypeEngine[object] = column.type
    if isinstance(type_, TypeDecorator):
        type_ = type_.impl_instance
    match type_:
        case LargeBinary():
            return Kind.BYTES
        case DateTime():
            return Kind.TIME
        case Date():
            return Kind.DATE
        case Boolean() | Integer() | Float() | String():
            return Kind.PLAIN
    raise TypeError(f"{column} is of a type that no backup knows: {type_!r}")


def rows(connection: Connection, name: str) -> Iterator[list[Plain]]:
    """The rows of a table, in the order of their keys, read as they are asked for."""
    table = schema.metadata.tables[name]
    query = select(table).order_by(*table.primary_key.columns)
    kinds = [kind for _, kind in layouts()[name].columns]
    found = connection.execute(query, execution_options={"stream_results": True, "yield_per": _ROWS})
    for row in found:
        yield [
            _plain(value) if kind is not Kind.PLAIN else value for value, kind in zip(row, kinds, strict=True)
        ]


class Filling:
    """An empty database that is being filled, in one transaction."""

    def __init__(self, database: Database, connection: Connection, revision: str) -> None:
        """connection: of `Database.replacing`. Raises StoreNotEmpty, StoreVersion, StoreCorrupt."""
        self._database = database
        self._connection = connection
        self._clear()
        migrate.upgrade(connection, revision)
        self._tables = MetaData()
        self._tables.reflect(connection)

    def insert(self, layout: Layout, given: Iterable[Sequence[Plain]]) -> int:
        """Add rows to a table; how many. Raises ValueError for rows that do not fit it."""
        table = self._tables.tables.get(layout.name)
        if table is None or any(name not in table.columns for name, _ in layout.columns):
            raise ValueError(f"there is no such table as {layout.name}")
        source, count = iter(given), 0
        while batch := list(islice(source, _ROWS)):
            bulk.insert_rows(self._connection, table, [_row(layout, one) for one in batch])
            count += len(batch)
        return count

    def finish(self, last_numbers: Mapping[str, int]) -> None:
        """Number on from where the other database was, and bring the schema up to date."""
        self._database.number_on(self._connection, last_numbers)
        migrate.upgrade(self._connection)

    def _clear(self) -> None:
        """Take away tables without rows."""
        found = self._database.revision(self._connection)
        if found is None:
            return
        if not migrate.knows(found):
            raise errors.StoreVersion(path=self._database.place, found=found)
        for name in inspect(self._connection).get_table_names():
            any_row = select(literal(1)).select_from(Table(name, MetaData())).limit(1)
            if name != "alembic_version" and self._connection.execute(any_row).first():
                raise errors.StoreNotEmpty(place=self._database.place)
        migrate.downgrade(self._connection, "base")


def _plain(value: object) -> Plain:
    match value:
        case bytes() | memoryview():
            return base64.b64encode(value).decode("ascii")
        case date():  # a time is one too
            return value.isoformat()
        case None:
            return None
    raise TypeError(f"{value!r} is no value of a table")


def _row(layout: Layout, values: Sequence[Plain]) -> dict[str, object]:
    pairs = zip(layout.columns, values, strict=True)
    return {name: value if value is None else _value(kind, value) for (name, kind), value in pairs}


def _value(kind: Kind, value: Plain) -> object:
    match kind:
        case Kind.PLAIN:
            return value
        case Kind.BYTES:
            return base64.b64decode(str(value), validate=True)
        case Kind.TIME:
            return datetime.fromisoformat(str(value))
        case Kind.DATE:
            return date.fromisoformat(str(value))
