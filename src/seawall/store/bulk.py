"""Inserts many plain rows at the driver's speed.

SQLAlchemy prepares each row of an insert in Python, which costs more than the insert itself. Here
the statement is compiled once, and only the columns that need it are converted.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Table, insert


def insert_rows(connection: Connection, table: Table, rows: Sequence[dict[str, object]]) -> None:
    """Insert rows, which all have the same keys, in their order. The rows are used up."""
    if not rows:
        return
    made = _statement(table, connection.dialect, tuple(rows[0]))
    for name, convert in made.converters:
        for row in rows:
            row[name] = convert(row[name])
    if made.order is None:  # the driver goes by name
        connection.exec_driver_sql(made.text, rows)
    else:
        connection.exec_driver_sql(made.text, [tuple(row[name] for name in made.order) for row in rows])


@dataclass(frozen=True, slots=True)
class _Statement:
    """An insert as the driver takes it."""

    text: str
    order: tuple[str, ...] | None  #: of the columns; None where it goes by name
    converters: tuple[tuple[str, Callable[[Any], Any]], ...]


@lru_cache(maxsize=128)
def _statement(table: Table, dialect: Dialect, names: tuple[str, ...]) -> _Statement:
    """Compiling takes longer than inserting a handful of rows."""
    compiled = insert(table).compile(dialect=dialect, column_keys=list(names))
    found = ((name, table.c[name].type.dialect_impl(dialect).bind_processor(dialect)) for name in names)
    converters = tuple((name, convert) for name, convert in found if convert is not None)
    order = compiled.positiontup
    return _Statement(str(compiled), None if order is None else tuple(order), converters)
