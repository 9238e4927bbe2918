"""Inserts many plain rows at the driver's speed.

SQLAlchemy prepares each row of an insert in Python, which costs more than the insert itself. Here
the statement is compiled once, and only the columns that need it are converted.
"""

from __future__ import annotations

from collections.abc import Sequence

from sqlalchemy import Connection, Table, insert


def insert_rows(connection: Connection, table: Table, rows: Sequence[dict[str, object]]) -> None:
    """Insert rows, which all have the same keys, in their order. The rows are used up."""
    if not rows:
        return
    dialect = connection.dialect
    statement = insert(table).compile(dialect=dialect, column_keys=list(rows[0]))
    for name in rows[0]:
        convert = table.c[name].type.dialect_impl(dialect).bind_processor(dialect)
        if convert is not None:
            for row in rows:
                row[name] = convert(row[name])
    text, order = str(statement), statement.positiontup
    if order is None:  # the driver goes by name
        connection.exec_driver_sql(text, rows)
    else:
        connection.exec_driver_sql(text, [tuple(row[name] for name in order) for row in rows])
