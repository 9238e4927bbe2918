"""Inserts many plain rows at the driver's speed.

SQLAlchemy prepares each row of an insert in Python, which costs more than the insert itself. Here
the statement is compiled once, and only the columns that need it are converted.

Where the driver goes by position, one statement takes several rows: it lets the other threads of the process
in, and waits for its own turn again, once a statement rather than once a row.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, Final

from sqlalchemy import Connection, Dialect, Table, insert

#: Values in one statement, at most: what any SQLite takes.
_VALUES: Final = 999
_FEW: Final = 32  #: so many rows, or fewer, go in one statement

Row = dict[str, object]


def insert_rows(connection: Connection, table: Table, rows: Sequence[Row]) -> None:
    """Insert rows, which all have the same keys, in their order. The rows are used up."""
    if not rows:
        return
    made = _statement(table, connection.dialect, tuple(rows[0]))
    for name, convert in made.converters:
        _convert(rows, name, convert)
    if made.order is None:  # the driver goes by name
        connection.exec_driver_sql(made.text, rows)
        return
    for some in _sized(rows, _VALUES // len(made.order)):
        values = tuple(row[name] for row in some for name in made.order)
        connection.exec_driver_sql(made.text + made.more * (len(some) - 1), values)


def _convert(rows: Sequence[Row], name: str, convert: Callable[[Any], Any]) -> None:
    """Convert a column. The rows of one transaction often share a value, such as its time."""
    last, converted = rows[0][name], convert(rows[0][name])
    for row in rows:
        if row[name] is not last:
            last, converted = row[name], convert(row[name])
        row[name] = converted


def _sized(rows: Sequence[Row], most: int) -> Iterator[Sequence[Row]]:
    """The rows in pieces of at most so many: the last few in one, and before those a power of two each.

    So there are few statements to prepare, of which each takes room in every connection.
    """
    first = 0
    while left := len(rows) - first:
        size = min(left, most)
        if size > _FEW:
            size = 1 << (size.bit_length() - 1)
        yield rows[first : first + size]
        first += size


@dataclass(frozen=True, slots=True)
class _Statement:
    """An insert as the driver takes it."""

    text: str
    more: str  #: of the text, for each further row
    order: tuple[str, ...] | None  #: of the columns; None where it goes by name
    converters: tuple[tuple[str, Callable[[Any], Any]], ...]


@lru_cache(maxsize=128)
def _statement(table: Table, dialect: Dialect, names: tuple[str, ...]) -> _Statement:
    """Compiling takes longer than inserting a handful of rows."""
    compiled = insert(table).compile(dialect=dialect, column_keys=list(names))
    found = ((name, table.c[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in names)
    converters = tuple((name, convert) for name, convert in found if convert is not None)
    order = compiled.positiontup
    more = f", ({', '.join('?' * len(names))})"
    return _Statement(str(compiled), more, None if order is None else tuple(order), converters)
