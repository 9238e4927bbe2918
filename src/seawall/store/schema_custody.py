"""The tables of the custody log. Rows of the log are only added; what they say can be erased beside it."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Integer, LargeBinary, String, Table, Text

from seawall.store.columns import Id, UtcTime, Words
from seawall.store.schema import metadata

#: One row: how large the tree is, and the complete subtrees that it is made of. Who adds locks it.
custody_log = Table(
    "custody_log",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="one"), primary_key=True, autoincrement=False),
    Column("size", Id, nullable=False),
    Column("frontier", LargeBinary, nullable=False),  # hashes of 32 bytes, the largest subtree's first
)

custody_event = Table(
    "custody_event",
    metadata,
    Column("number", Id, primary_key=True, autoincrement=False),
    Column("id", Words(64), nullable=False, unique=True),
    Column("at", UtcTime, nullable=False),
    Column("type", String(64), nullable=False),
    Column("object", String(64), index=True),  # null once that is erased
    Column("hashes", Text, nullable=False),  # JSON
    Column("leaf", LargeBinary(32), nullable=False),
)

#: What an event says: salts and values, by field. No row once it is erased.
custody_field = Table(
    "custody_field",
    metadata,
    Column("number", Id, ForeignKey("custody_event.number"), primary_key=True, autoincrement=False),
    Column("opened", Text, nullable=False),  # JSON: name -> [salt in hex, value]
)

#: Complete subtrees of every fourth level above the leaves. Those between are made from them.
custody_node = Table(
    "custody_node",
    metadata,
    Column("level", Integer, primary_key=True, autoincrement=False),
    Column("position", Id, primary_key=True, autoincrement=False),
    Column("hash", LargeBinary(32), nullable=False),
)

#: Tree heads that were signed, so that a later one can be proven to go on from them.
custody_head = Table(
    "custody_head",
    metadata,
    Column("size", Id, primary_key=True, autoincrement=False),
    Column("root", LargeBinary(32), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("published", Text, nullable=False),  # the signed checkpoint, as it is given out
)

#: What others attest of a head: that it was there at a time.
custody_token = Table(
    "custody_token",
    metadata,
    Column("number", Id, primary_key=True),
    Column("size", Id, ForeignKey("custody_head.size"), nullable=False, index=True),
    Column("authority", Words(256), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("token", LargeBinary),  # null where the authority could not be had
    Column("error", Text),
    sqlite_autoincrement=True,
)

#: One row: the key that signs heads.
custody_key = Table(
    "custody_key",
    metadata,
    Column("id", Integer, CheckConstraint("id = 1", name="one"), primary_key=True, autoincrement=False),
    Column("name", String(64), nullable=False),
    Column("public", LargeBinary(32), nullable=False),
    Column("sealed", Text, nullable=False),  # by `sealing`
    Column("at", UtcTime, nullable=False),
)
