"""The tables of what comes in from persons and authorities, and of clocks."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Index, Integer, String, Table, Text, UniqueConstraint

from seawall.store.columns import Id, UtcTime, Words
from seawall.store.schema import metadata

notice = Table(
    "notice",
    metadata,
    Column("number", Id, primary_key=True),
    Column("id", Words(64), nullable=False, unique=True),
    Column("kind", String(16), nullable=False),
    Column("state", String(16), nullable=False),
    Column("received_at", UtcTime, nullable=False),
    Column("recorded_at", UtcTime, nullable=False),
    Column("recorded_by", Words, nullable=False),
    Column("reference", Words),
    Column("message", Text, nullable=False),  # JSON of a notice.Message
    Column("due_at", UtcTime),  # the soonest end of a clock about it that runs
    Column("looked_to", Id, nullable=False),  # number of the last item that was held against its places
    Index(None, "state", "due_at"),
    Index(None, "reference"),
    sqlite_autoincrement=True,
)

#: Where the content is that a notice names: addresses, posts, digests.
notice_place = Table(
    "notice_place",
    metadata,
    Column("notice_number", Id, ForeignKey("notice.number"), primary_key=True),
    Column("kind", String(8), primary_key=True),
    Column("value", Words, primary_key=True),  # as far as it is found by
    Index(None, "kind", "value"),
)

notice_link = Table(
    "notice_link",
    metadata,
    Column("notice_number", Id, ForeignKey("notice.number"), primary_key=True),
    Column("kind", String(16), primary_key=True),
    Column("target", Words(64), primary_key=True),
    Column("at", UtcTime, nullable=False),
    Column("actor", Words, nullable=False),
    Column("why", Words, nullable=False),
    Index(None, "kind", "target"),
)

#: Rows are only added.
notice_event = Table(
    "notice_event",
    metadata,
    Column("number", Id, primary_key=True),
    Column("notice_number", Id, ForeignKey("notice.number"), nullable=False, index=True),
    Column("at", UtcTime, nullable=False),
    Column("actor", Words, nullable=False),
    Column("what", String(16), nullable=False),
    Column("reason", Words, nullable=False),
)

#: What a clock shows is worked out of its events; the columns from `state` on are there to find it by.
clock = Table(
    "clock",
    metadata,
    Column("number", Id, primary_key=True),
    Column("id", Words(64), nullable=False, unique=True),
    Column("period", Words(32), nullable=False),  # asked for by callers
    Column("about_kind", String(16), nullable=False),
    Column("about_id", Words(64), nullable=False),
    Column("zone", Words(64), nullable=False),
    Column("state", String(16), nullable=False),
    Column("bound", String(8), nullable=False),
    Column("due_at", UtcTime),
    Column("next_alarm_at", UtcTime, index=True),
    Index(None, "about_kind", "about_id"),
    Index(None, "state", "due_at"),
    sqlite_autoincrement=True,
)

#: Rows are only added.
clock_event = Table(
    "clock_event",
    metadata,
    Column("number", Id, primary_key=True),
    Column("clock_number", Id, ForeignKey("clock.number"), nullable=False, index=True),
    Column("what", String(16), nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("recorded_at", UtcTime, nullable=False),
    Column("actor", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("hold", String(32)),
)

#: Alarms that were raised. Rows are only added, each once.
clock_alarm = Table(
    "clock_alarm",
    metadata,
    Column("number", Id, primary_key=True),
    Column("clock_number", Id, ForeignKey("clock.number"), nullable=False),
    Column("run", Integer, nullable=False),
    Column("extensions", Integer, nullable=False),
    Column("share", Float, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("raised_at", UtcTime, nullable=False),
    UniqueConstraint("clock_number", "run", "extensions", "share"),
)
