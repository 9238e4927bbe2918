"""The tables of what people look at: files that are kept, working copies of them, and what was shown."""

from __future__ import annotations

from sqlalchemy import Column, Float, Index, Integer, String, Table, Text, UniqueConstraint

from seawall.store.columns import Id, UtcTime, Words
from seawall.store.schema import metadata

#: Files that are kept for a time. The bytes are among the objects.
original = Table(
    "original",
    metadata,
    Column("number", Id, primary_key=True),
    Column("sha256", String(64), nullable=False, unique=True),
    Column("expires_at", UtcTime, nullable=False, index=True),
    sqlite_autoincrement=True,
)

#: What was made of a file to be looked at. Its bytes are an object too.
working_copy = Table(
    "working_copy",
    metadata,
    Column("number", Id, primary_key=True),
    Column("id", Words(64), nullable=False, unique=True),
    Column("sha256", String(64), nullable=False),  # of the file
    Column("form", String(16), nullable=False),
    Column("version", Integer, nullable=False),  # of what made it
    Column("key", String(64), nullable=False),  # a digest of what was asked for
    Column("object", String(64), nullable=False, index=True),
    Column("parts", Text, nullable=False),  # JSON
    Column("at", UtcTime, nullable=False),
    UniqueConstraint("sha256", "form", "version", "key"),
    sqlite_autoincrement=True,
)

#: One row for each thing that a person was shown, written before it is sent. Rows are only added.
exposure = Table(
    "exposure",
    metadata,
    Column("number", Id, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("user_name", Words(128), nullable=False),
    Column("case_id", Words(64), nullable=False),
    Column("item_id", Words(64), nullable=False),
    Column("sha256", String(64), nullable=False),
    Column("medium", String(16), nullable=False),
    Column("cover", String(16), nullable=False),
    Column("graphic", Integer, nullable=False),
    Column("start_s", Float, nullable=False),
    Column("seconds", Float, nullable=False),
    Column("area", Float, nullable=False),
    Column("reason", String(16)),
    Column("words", Words),
    Index(None, "user_name", "at"),
    Index(None, "at"),
    sqlite_autoincrement=True,
)

#: The least covered level that a user has chosen to be shown without a reason.
own_floor = Table(
    "own_floor",
    metadata,
    Column("user_name", Words(128), primary_key=True),
    Column("cover", String(16), nullable=False),
    Column("at", UtcTime, nullable=False),
)

#: What is said in a file, as somebody has written it down.
transcript = Table(
    "transcript",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("text", Text, nullable=False),
    Column("actor", Words, nullable=False),
    Column("at", UtcTime, nullable=False),
)
