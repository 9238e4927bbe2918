"""What tests of backups share: databases that are full, and what is in them."""

from __future__ import annotations

import io
import random
import re
from datetime import UTC, date, datetime, timedelta

from sqlalchemy import Boolean, Date, Float, Integer, LargeBinary, String, insert
from sqlalchemy.types import TypeDecorator

from seawall.model.signal import Signal, SignalType
from seawall.store import NewReference, schema, transfer
from seawall.store.columns import UtcTime
from seawall.store.database import Database
from seawall.store.store import backend
from seawall.workflows import archive

BOTH = ["sqlite", "postgres"]


def database(of):
    return Database.open(backend(of.text("database"), of.data))


def everything(of):
    """All rows of all tables, and the numbers that came last."""
    opened = database(of)
    with opened.read() as connection:
        rows = {name: list(transfer.rows(connection, name)) for name in transfer.layouts()}
        numbers = opened.last_numbers(connection)
    opened.close()
    never_twice = [
        one.name for one in schema.metadata.sorted_tables if one.kwargs.get("sqlite_autoincrement")
    ]
    return rows, {name: numbers.get(name, 0) for name in never_twice}


def any_value(column, number):
    """A value of the column's type, another for each number, such as only a careful copy keeps."""
    if isinstance(column.type, UtcTime):
        return datetime(2026, 1, 2, 3, 4, 5, 678901 + number, UTC) + timedelta(days=number)
    kind = column.type.impl_instance if isinstance(column.type, TypeDecorator) else column.type
    values = {
        Date: date(2026, 1, 1 + number),
        LargeBinary: bytes([number, 0, 255]) * 50,
        Boolean: number % 2 == 0,
        Float: 0.1 + number,
        Integer: 2**31 - number - 1,
        String: f"{number} \u00e9\u2028\U0001f30a \"'\\\n%s :x"[: getattr(kind, "length", None) or 99],
    }
    return next(value for type_, value in values.items() if isinstance(kind, type_))


def fill_every_table(of, rows=3):
    """Rows in all tables that there are, some of their columns empty."""
    opened = database(of)
    with opened.write() as connection:
        made = {}
        for table in schema.metadata.sorted_tables:
            made[table.name] = []
            checks = table.constraints.union(*(column.constraints for column in table.columns))
            laws = [str(getattr(one, "sqltext", "")) for one in checks]
            alone = any("id = 1" in law for law in laws)
            either = next((re.findall(r"\((\w+) IS NULL\)", law) for law in laws if "<>" in law), [])
            for number in range(1 if alone else rows):
                row = {}
                for column in table.columns:
                    if either and column.name == either[number % 2]:
                        row[column.name] = None
                    elif column.foreign_keys:
                        (points_to,) = column.foreign_keys
                        row[column.name] = made[points_to.column.table.name][number][points_to.column.name]
                    elif column.nullable and number == 0:
                        row[column.name] = None
                    else:
                        row[column.name] = 1 if alone and column.primary_key else any_value(column, number)
                connection.execute(insert(table).values(row))
                made[table.name].append(row)
        opened.number_on(connection, {"audit_entry": 2**40})
    opened.close()


def listed(name):
    value = random.Random(name).randbytes(32)
    return NewReference(None, "image", (Signal(SignalType.PDQ, 1, value, 100),), name, "list")


def rewritten(path, to, change):
    """The same backup with another manifest, and tables that the change leaves out left out."""
    sound = archive.checked(path)
    about = change({key: value for key, value in sound.about.items() if key != "members"})
    names = {one["name"] for one in about.get("tables", [])}
    with archive.written(to, 0) as writer:
        for name, stream in sound.members():
            if name.split("/")[1] in names:
                data = stream.read()
                writer.add(name, io.BytesIO(data), len(data))
        writer.close(about)
