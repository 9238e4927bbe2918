"""The tables of what is kept before it is taken away. Keys lie apart: to delete a key is to erase."""

from __future__ import annotations

from sqlalchemy import CheckConstraint, Column, ForeignKey, Index, String, Table, Text

from seawall.store.columns import Id, UtcTime, Words
from seawall.store.schema import metadata

preservation = Table(
    "preservation",
    metadata,
    Column("number", Id, primary_key=True),
    Column("id", Words(64), nullable=False, unique=True),
    Column("sha256", String(64), nullable=False, index=True),
    Column("bytes", Id, nullable=False),
    Column("kind", String(16)),
    Column("locked_sha256", String(64), index=True),
    Column("at", UtcTime, nullable=False),
    Column("actor", Words, nullable=False),
    Column("basis", String(32), nullable=False),
    Column("reference", Words),
    Column("related", Text),  # JSON of a seen.Context
    Column("removed_at", UtcTime),
    Column("expires_at", UtcTime),
    Column("state", String(16), nullable=False),
    Index(None, "state", "expires_at"),
    sqlite_autoincrement=True,
)

preservation_key = Table(
    "preservation_key",
    metadata,
    Column(
        "preservation_number", Id, ForeignKey("preservation.number"), primary_key=True, autoincrement=False
    ),
    Column("sealed", Text, nullable=False),  # by `sealing`
)

preservation_hold = Table(
    "preservation_hold",
    metadata,
    Column("number", Id, primary_key=True),
    Column("id", Words(64), nullable=False, unique=True),
    Column("preservation_number", Id, ForeignKey("preservation.number"), nullable=False, index=True),
    Column("requester", Words, nullable=False),
    Column("reference", Words, nullable=False),
    Column("until", UtcTime, nullable=False),
    Column("set_at", UtcTime, nullable=False),
    Column("set_by", Words, nullable=False),
    Column("lifted_at", UtcTime),
)

preservation_reading = Table(
    "preservation_reading",
    metadata,
    Column("number", Id, primary_key=True),
    Column("preservation_number", Id, ForeignKey("preservation.number"), nullable=False, index=True),
    Column("at", UtcTime, nullable=False),
    Column("user_name", Words(128), nullable=False),
    Column("purpose", String(32), nullable=False),
    Column("reason", Words, nullable=False),
)

#: What an original says of where it comes from: once, however many records there are of it.
preservation_provenance = Table(
    "preservation_provenance",
    metadata,
    Column("sha256", String(64), primary_key=True),
    Column("said", Text, nullable=False),  # JSON of a provenance.Provenance
    Column("store", Text),  # JSON, as the reader gave it
)

#: Objects whose keys are destroyed, and which their store does not let go of yet.
preservation_lingering = Table(
    "preservation_lingering",
    metadata,
    Column("locked_sha256", String(64), primary_key=True),
    Column("until", UtcTime),  # None: until somebody takes the lock off
)

#: What a decision that takes its items away may rely on, item by item: what is kept of it, or the custody
#: event that says why nothing is.
decision_preserved = Table(
    "decision_preserved",
    metadata,
    Column("decision_number", Id, ForeignKey("decision.number"), primary_key=True, autoincrement=False),
    Column("item_number", Id, ForeignKey("item.number"), primary_key=True, autoincrement=False),
    Column("preservation_number", Id, ForeignKey("preservation.number")),
    Column("event", Words(64), ForeignKey("custody_event.id")),
    CheckConstraint("(preservation_number IS NULL) <> (event IS NULL)", name="one"),
)
