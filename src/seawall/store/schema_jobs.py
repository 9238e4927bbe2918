"""The tables of jobs, of what is done at intervals, and of events and where they are sent."""

from __future__ import annotations

from sqlalchemy import Boolean, Column, Float, ForeignKey, Index, Integer, String, Table, Text

from seawall.store.columns import Id, UtcTime, Words
from seawall.store.schema import metadata

#: Work to do, being done and done. A row that is not handed on is one that the durable queue does not have.
job = Table(
    "job",
    metadata,
    Column("number", Id, primary_key=True),
    Column("id", Words(128), nullable=False, unique=True),
    Column("kind", String(32), nullable=False),
    Column("payload", Text, nullable=False),  # JSON
    Column("actor", Words),
    Column("at", UtcTime, nullable=False),
    Column("state", String(16), nullable=False),
    Column("handed_on", Boolean, nullable=False),
    Column("attempt", Integer, nullable=False),  # which execution of the queue is in force, from 1
    Column("tries", Integer, nullable=False),
    Column("open_starts", Integer, nullable=False),  # begun, and neither ended nor got further
    Column("steps", Text, nullable=False),  # JSON: results of steps that earlier attempts finished
    Column("wait_s", Float),
    Column("wait_from", UtcTime),
    Column("due_at", UtcTime),  # null: at once
    Column("error_code", String(64)),
    Column("error_message", Text),
    Column("result", Text),  # JSON
    Column("started_at", UtcTime),
    Column("finished_at", UtcTime),
    Index(None, "handed_on", "due_at"),
    Index(None, "wait_from"),
    Index(None, "state", "number"),
    Index(None, "kind", "number"),
    Index(None, "finished_at"),
    sqlite_autoincrement=True,
)

#: How often what is done at intervals has been written down as a job.
period = Table(
    "period",
    metadata,
    Column("name", Words(64), primary_key=True),
    Column("number", Id, nullable=False),
    Column("at", UtcTime, nullable=False),
)

event = Table(
    "event",
    metadata,
    Column("number", Id, primary_key=True),
    Column("id", Words(64), nullable=False, unique=True),
    Column("type", String(32), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("data", Text, nullable=False),  # JSON
    Index(None, "at"),
    sqlite_autoincrement=True,
)

webhook = Table(
    "webhook",
    metadata,
    Column("number", Id, primary_key=True),
    Column("id", Words(64), nullable=False, unique=True),
    Column("url", Text, nullable=False),
    Column("types", Text, nullable=False),  # with blanks between
    Column("sealed_secret", Text, nullable=False),
    Column("active", Boolean, nullable=False),
    Column("inactive_reason", Text),
    Column("created_at", UtcTime, nullable=False),
    Column("created_by", Words, nullable=False),
)

delivery = Table(
    "delivery",
    metadata,
    Column("number", Id, primary_key=True),
    Column("id", Words(64), nullable=False, unique=True),
    Column("webhook_number", Id, ForeignKey("webhook.number", ondelete="CASCADE"), nullable=False),
    Column("event_number", Id, ForeignKey("event.number"), nullable=False, index=True),
    Column("job", Words(128), nullable=False),
    Column("replays", Integer, nullable=False),
    Column("outcome", String(16)),  # delivered or refused; null: as its job stands
    Column("at", UtcTime, nullable=False),
    Column("delivered_at", UtcTime),
    Index(None, "webhook_number", "number"),
    sqlite_autoincrement=True,
)

delivery_attempt = Table(
    "delivery_attempt",
    metadata,
    Column("number", Id, primary_key=True),
    Column(
        "delivery_number", Id, ForeignKey("delivery.number", ondelete="CASCADE"), nullable=False, index=True
    ),
    Column("at", UtcTime, nullable=False),
    Column("status", Integer),
    Column("duration_ms", Integer, nullable=False),
    Column("error", Text),
    sqlite_autoincrement=True,
)
