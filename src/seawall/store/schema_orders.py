"""The tables of what follows from orders and decisions: files, statements, threats, referrals."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text

from seawall.store.columns import Id, UtcTime, Words
from seawall.store.schema import metadata

#: What was read in the file of an order, until a person confirms it or puts it aside.
order_file = Table(
    "order_file",
    metadata,
    Column("number", Id, primary_key=True),
    Column("id", Words(64), nullable=False, unique=True),
    Column("notice_number", Id, ForeignKey("notice.number"), nullable=False, index=True),
    Column("sha256", String(64), nullable=False),
    Column("name", Words, nullable=False),
    Column("form", String(8), nullable=False),
    Column("read", Text, nullable=False),  # JSON of an order_form.Read
    Column("at", UtcTime, nullable=False),
    Column("actor", Words, nullable=False),
    Column("settled", String(16)),  # what became of it; null while a person has to look
    Column("settled_at", UtcTime),
    Column("settled_by", Words),
    sqlite_autoincrement=True,
)

statement = Table(
    "statement",
    metadata,
    Column("number", Id, primary_key=True),
    Column("id", Words(64), nullable=False, unique=True),
    Column("kind", String(16), nullable=False),
    Column("decision_number", Id, ForeignKey("decision.number"), nullable=False, index=True),
    Column("notice", Words(64), index=True),
    Column("recipient", Words),
    Column("items", Text, nullable=False),  # JSON
    Column("created_at", UtcTime, nullable=False),
    Column("due_at", UtcTime),  # null: silence is ordered, and nobody knows until when
    Column("turn", Integer, nullable=False),  # how often a task was written down for it
    Column("told_at", UtcTime, index=True),
    Column("text", Text),
    sqlite_autoincrement=True,
)

#: Rows are only added.
threat = Table(
    "threat",
    metadata,
    Column("number", Id, primary_key=True),
    Column("id", Words(64), nullable=False, unique=True),
    Column("at", UtcTime, nullable=False),
    Column("actor", Words, nullable=False),
    Column("dossier", Text, nullable=False),  # JSON of a threat.Dossier
    sqlite_autoincrement=True,
)

#: Rows are only added.
referral = Table(
    "referral",
    metadata,
    Column("number", Id, primary_key=True),
    Column("id", Words(64), nullable=False, unique=True),
    Column("at", UtcTime, nullable=False),
    Column("actor", Words, nullable=False),
    Column("hotline", Words, nullable=False),
    Column("receipt", Words),
    Column("reason", Words, nullable=False),
    Column("sha256", String(64)),
    Column("items", Text, nullable=False),  # JSON
    Index(None, "sha256"),
    sqlite_autoincrement=True,
)
