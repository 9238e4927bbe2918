"""The tables of what was seen beyond `schema_service`: kept signals, and references that are held."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, LargeBinary, String, Table, Text

from seawall.store.columns import Id, UtcTime, Words
from seawall.store.schema import metadata

#: The signals of a content that was checked. They go before the content does, and come again under a new
#: number where it is checked again: whoever follows the numbers meets all that is kept.
kept = Table(
    "kept",
    metadata,
    Column("number", Id, primary_key=True),
    Column("seen_number", Id, ForeignKey("seen.number"), nullable=False, unique=True),
    Column("query", LargeBinary, nullable=False),  # of matching.kept
    Column("expires_at", UtcTime, nullable=False, index=True),
    sqlite_autoincrement=True,
)

#: References that matched far more than their kind does. Rows stay: the last one of a reference counts.
hold = Table(
    "hold",
    metadata,
    Column("number", Id, primary_key=True),
    Column("reference", Words(64), nullable=False),
    Column("bank", Words(64), nullable=False),
    Column("since", UtcTime, nullable=False),
    Column("state", String(16), nullable=False),  # a hold.State
    Column("counts", Text, nullable=False),  # JSON of a hold.Counts
    Column("released_by", Words),
    Column("released_at", UtcTime),
    Column("released_contents", Integer),  # that it had matched in the window by then
    Column("reason", Words),
    Index(None, "reference", "number"),
    Index(None, "state"),
    sqlite_autoincrement=True,
)
