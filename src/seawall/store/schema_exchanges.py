"""The tables of lists that others keep, of what each item of them became here, and of opinions."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, String, Table, Text, UniqueConstraint

from seawall.store.columns import Id, UtcTime, Words
from seawall.store.schema import metadata

exchange = Table(
    "exchange",
    metadata,
    Column("number", Id, primary_key=True),
    Column("id", Words(64), nullable=False, unique=True),
    Column("name", Words(64), nullable=False, unique=True),
    Column("adapter", Words(64), nullable=False),
    Column("bank", Words(64), nullable=False),
    Column("config", Text, nullable=False),  # JSON
    Column("credentials", Text),  # JSON, sealed
    Column("enabled", Boolean, nullable=False),
    Column("every_s", Float, nullable=False),
    Column("checkpoint", Text),  # JSON; null before the first page
    Column("created_at", UtcTime, nullable=False),
    Column("created_by", Words, nullable=False),
)

exchange_item = Table(
    "exchange_item",
    metadata,
    Column("exchange_number", Id, ForeignKey("exchange.number", ondelete="CASCADE"), primary_key=True),
    Column("key", Words(255), primary_key=True),
    Column("reference", Words(64), index=True),  # null where nothing of it can be searched, or it is gone
    Column("state_sha256", String(64), nullable=False),  # of the item as it was taken over
    Column("item", Text, nullable=False),  # JSON of an exchange.ListItem, with all its hashes
    Column("deleted", Boolean, nullable=False),
    Column("changed_at", UtcTime, nullable=False),
)

exchange_run = Table(
    "exchange_run",
    metadata,
    Column("number", Id, primary_key=True),
    Column("exchange_number", Id, ForeignKey("exchange.number", ondelete="CASCADE"), nullable=False),
    Column("started_at", UtcTime, nullable=False),
    Column("ended_at", UtcTime),
    Column("tally", Text, nullable=False),  # JSON of an exchange.Tally
    Column("error", Text),  # JSON of code, message and remedy
    Column("bad", Text, nullable=False),  # JSON of the first exchange.BadItems
    Index(None, "exchange_number", "number"),
    sqlite_autoincrement=True,
)

opinion = Table(
    "opinion",
    metadata,
    Column("number", Id, primary_key=True),
    Column("reference", Words(64), nullable=False),
    Column("owner", Words(200), nullable=False),  # of the source's; empty for ours
    Column("mine", Boolean, nullable=False),
    Column("stance", String(16), nullable=False),
    Column("labels", Text, nullable=False),  # JSON
    Column("by", Words),
    Column("at", UtcTime, nullable=False),
    Column("note", Words),
    Column("sending", String(16)),  # null for those of others
    UniqueConstraint("reference", "mine", "owner"),
    Index(None, "sending"),
    sqlite_autoincrement=True,
)
