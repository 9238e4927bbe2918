"""Column types that mean the same on every database."""

from __future__ import annotations

from collections.abc import Callable
from datetime import UTC, datetime
from typing import Any, Final

from sqlalchemy import BigInteger, DateTime, Dialect, Integer, String
from sqlalchemy.types import TypeDecorator

#: SQLite gives row numbers by itself only to a column declared INTEGER, which holds 64 bits.
Id = BigInteger().with_variant(Integer(), "sqlite")


def _of_text(value: str | None) -> datetime | None:
    """As SQLite keeps it, without a zone."""
    return None if value is None else datetime.fromisoformat(value + "+00:00")


def _in_utc(value: datetime | None) -> datetime | None:
    return None if value is None else value.astimezone(UTC)


class UtcTime(TypeDecorator[datetime]):
    """Aware times only, kept in UTC. SQLite drops the zone, so it is put back on reading."""

    impl = DateTime(timezone=True)
    cache_ok = True

    def process_bind_param(self, value: datetime | None, dialect: Dialect) -> datetime | None:
        if value is None:
            return None
        if value.tzinfo is None:
            raise ValueError(f"{value} has no time zone")
        return value.astimezone(UTC)

    def result_processor(self, dialect: Dialect, coltype: object) -> Callable[[Any], datetime | None]:
        """In few calls, as pages read times by the ten thousand."""
        return _of_text if dialect.name == "sqlite" else _in_utc


class Words(TypeDecorator[str]):
    """Text from outside, such as a file's name, made storable.

    Bytes of a name that are no UTF-8 reach Python as lone surrogates, which no database takes,
    and PostgreSQL takes no NUL: both are written out as their escapes.
    """

    impl = String
    cache_ok = True

    def process_bind_param(self, value: str | None, dialect: Dialect) -> str | None:
        if value is None:
            return None
        return value.encode("utf-8", "backslashreplace").decode("utf-8").replace("\0", "\\x00")


#: Characters of a text from outside that it is found by: an index entry has a largest size.
FOUND_BY: Final = 256


def found_by(text: str | None) -> str | None:
    """What a column that is looked up holds of a text."""
    return None if text is None else text[:FOUND_BY]
