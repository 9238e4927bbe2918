"""The tables of the service: who may call, what was checked and found, what is to be done later."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from seawall.store.columns import Id, UtcTime, Words
from seawall.store.schema import metadata

user = Table(
    "user_account",
    metadata,
    Column("number", Id, primary_key=True),
    Column("id", Words(64), nullable=False, unique=True),
    Column("name", Words(128), nullable=False, unique=True),
    Column("role", String(16), nullable=False),
    Column("password_hash", Text),  # argon2; null for one who only holds keys
    Column("active", Boolean, nullable=False),
    Column("created_at", UtcTime, nullable=False),
)

access_key = Table(
    "access_key",
    metadata,
    Column("number", Id, primary_key=True),
    Column("id", Words(64), nullable=False, unique=True),
    Column("user_number", Id, ForeignKey("user_account.number"), nullable=False),
    Column("name", Words(128), nullable=False),
    Column("secret_sha256", String(64), nullable=False),
    Column("scopes", Text, nullable=False),  # with blanks between
    Column("created_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime),
    Column("revoked_at", UtcTime),
    Column("rate_per_s", Float),  # null, as below, where the setting holds
    Column("bytes_per_day", Id),
)

#: All that was written or revealed, by whom. Rows are only added.
audit_entry = Table(
    "audit_entry",
    metadata,
    Column("number", Id, primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("actor", Words, nullable=False),
    Column("user", Words, nullable=False),
    Column("action", Words(128), nullable=False),
    Column("subject", Words, nullable=False),
    Column("request", Words(64), nullable=False, index=True),
    Column("details", Text, nullable=False),  # JSON
    Index(None, "at"),
    Index(None, "user", "at"),
    Index(None, "action", "at"),
    Index(None, "subject", "at"),
    sqlite_autoincrement=True,
)

#: Content that was checked. The signals to find it again by are in `schema_seen.kept`.
seen = Table(
    "seen",
    metadata,
    Column("number", Id, primary_key=True),
    Column("key", String(64), nullable=False, unique=True),  # of records.NewCheck
    Column("sha256", String(64)),  # null where only hashes were given
    Column("md5", String(32), index=True),
    Column("kind", String(16)),
    Column("duration_s", Float),
    Column("has_sound", Boolean),  # null where it is not known
    Column("first_at", UtcTime, nullable=False),
    sqlite_autoincrement=True,
)

checked = Table(
    "checked",
    metadata,
    Column("number", Id, primary_key=True),
    Column("id", Words(64), nullable=False, unique=True),
    Column("seen_number", Id, ForeignKey("seen.number"), nullable=False, index=True),
    Column("at", UtcTime, nullable=False),
    Column("actor", Words, nullable=False),
    Column("context", Text, nullable=False),  # JSON of a seen.Context
    Index(None, "at"),
    sqlite_autoincrement=True,
)

found = Table(
    "found",
    metadata,
    Column("number", Id, primary_key=True),
    Column("id", Words(64), nullable=False, unique=True),
    Column("checked_number", Id, ForeignKey("checked.number"), nullable=False, index=True),
    Column("reference", Words(64), nullable=False),
    Column("bank", Words(64), nullable=False),
    Column("how", String(16), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("hour", Integer, nullable=False, index=True),  # of `at`, counted from 1970
    Column("held", Boolean, nullable=False),  # the reference is held, and so is what comes of this
    Column("match", Text, nullable=False),  # JSON of a match.Match
    Index(None, "reference", "hour"),
    Index(None, "bank", "hour"),
    sqlite_autoincrement=True,
)
