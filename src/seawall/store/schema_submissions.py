"""The tables of submissions for the transparency database."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from seawall.store.columns import Id, UtcTime, Words
from seawall.store.schema import metadata

#: Decisions that were looked at for a submission, each once.
transparency_look = Table(
    "transparency_look",
    metadata,
    Column("decision_number", Id, ForeignKey("decision.number"), primary_key=True, autoincrement=False),
    Column("at", UtcTime, nullable=False),
    Column("why_none", String(16)),  # null where there are submissions
)

transparency_submission = Table(
    "transparency_submission",
    metadata,
    Column("number", Id, primary_key=True),
    Column("id", Words(64), nullable=False, unique=True),
    Column("puid", Words(500), nullable=False, unique=True),
    Column("decision_number", Id, ForeignKey("decision.number"), nullable=False),
    Column("item_number", Id, ForeignKey("item.number"), nullable=False),
    Column("state", String(16), nullable=False),
    Column("payload", Text, nullable=False),  # JSON, as it is sent
    Column("findings", Text, nullable=False),  # JSON of submission.Findings
    Column("answer", Text),  # JSON of what the database said last
    Column("tries", Integer, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("sent_at", UtcTime),
    Column("taken_until", UtcTime),  # a process is sending it until then
    UniqueConstraint("decision_number", "item_number"),
    Index(None, "state", "number"),
    sqlite_autoincrement=True,
)

#: Rows are only added.
transparency_event = Table(
    "transparency_event",
    metadata,
    Column("number", Id, primary_key=True),
    Column("submission_number", Id, ForeignKey("transparency_submission.number"), nullable=False, index=True),
    Column("at", UtcTime, nullable=False),
    Column("actor", Words, nullable=False),
    Column("what", String(16), nullable=False),
    Column("reason", Words, nullable=False),
)
