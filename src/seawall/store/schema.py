"""The tables. `migrations` builds them step by step; a test holds the two equal."""

from __future__ import annotations

from typing import Final

from sqlalchemy import (
    Boolean,
    Column,
    ColumnElement,
    Date,
    Float,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
    literal_column,
)

from seawall.model.bank import ReferenceState
from seawall.store.columns import Id, UtcTime, Words

#: The newest revision in `migrations/versions`.
HEAD: Final = "0020"

#: Values up to this long can be looked up by equality. A fingerprint of a whole video is longer
#: than an index entry may be (a third of PostgreSQL's 8 KiB page), so it stays out of the index.
EXACT_BYTES: Final = 64

metadata = MetaData(
    naming_convention={
        "ix": "ix_%(table_name)s_%(column_0_N_name)s",
        "uq": "uq_%(table_name)s_%(column_0_N_name)s",
        "fk": "fk_%(table_name)s_%(column_0_N_name)s",
        "pk": "pk_%(table_name)s",
    }
)

bank = Table(
    "bank",
    metadata,
    Column("id", Id, primary_key=True),
    Column("name", Words(64), nullable=False, unique=True),
    Column("negative", Boolean, nullable=False),
    Column("created_at", UtcTime, nullable=False),
)

bank_label = Table(
    "bank_label",
    metadata,
    Column("bank_id", Id, ForeignKey("bank.id", ondelete="CASCADE"), primary_key=True),
    Column("label", Words, primary_key=True),
)

content = Table(
    "content",
    metadata,
    Column("id", Id, primary_key=True),
    Column("sha256", String(64), unique=True),  # null where a list brought only a hash
    Column("md5", String(32)),
    Column("size_bytes", Id),
    Column("kind", String(16), nullable=False),
    Column("format", Words),
    Column("duration_s", Float),
    Column("width_px", Integer),
    Column("height_px", Integer),
    Column("partial", Text),  # JSON of a content.Partial
    Column("created_at", UtcTime, nullable=False),
)

signal = Table(
    "signal",
    metadata,
    Column("content_id", Id, ForeignKey("content.id", ondelete="CASCADE"), primary_key=True),
    Column("type", String(16), primary_key=True),
    Column("position", Integer, primary_key=True),  # among the content's signals of that type
    Column("version", Integer, nullable=False),
    Column("value", LargeBinary, nullable=False),
    Column("quality", Integer),
)

#: Both planners use the index below only for a query that repeats this very condition. It has no type: as a
#: boolean it would be compared with 1 on SQLite, and would be another condition.
is_exact: Final[ColumnElement[bool]] = literal_column(f"length(value) <= {EXACT_BYTES}")
Index(
    None,
    signal.c.type,
    signal.c.value,
    signal.c.content_id,  # what is asked for, so that the table itself need not be read
    sqlite_where=is_exact,
    postgresql_where=is_exact,
)

reference = Table(
    "reference",
    metadata,
    Column("seq", Id, primary_key=True),
    Column("id", Words(64), nullable=False, unique=True),
    Column("bank_id", Id, ForeignKey("bank.id"), nullable=False),
    Column("content_id", Id, ForeignKey("content.id"), nullable=False),
    Column("name", Words, nullable=False),
    Column("origin", Words, nullable=False),
    Column("note", Words),
    Column("incident", Words),
    Column("state", String(16), nullable=False),
    Column("created_at", UtcTime, nullable=False),
    UniqueConstraint("content_id", "bank_id"),  # in this order it also finds a content's references
    Index(None, "bank_id", "state"),
    sqlite_autoincrement=True,  # a number is never given twice, also after the last row is deleted
)

#: An incident that can be looked up: no id is longer than 64 characters, and an index entry has a largest
#: size. As `is_exact`, it must be repeated by the query.
is_of_incident: Final[ColumnElement[bool]] = literal_column("length(incident) <= 64")
Index(
    None,
    reference.c.incident,
    sqlite_where=is_of_incident,
    postgresql_where=is_of_incident,
)

#: Of references that may act.
is_in_use = reference.c.state != ReferenceState.WITHDRAWN.value

reference_label = Table(
    "reference_label",
    metadata,
    Column("seq", Id, ForeignKey("reference.seq", ondelete="CASCADE"), primary_key=True),
    Column("label", Words, primary_key=True),
)

#: No foreign key: the events of a reference outlive it.
reference_event = Table(
    "reference_event",
    metadata,
    Column("id", Id, primary_key=True),
    Column("seq", Id, nullable=False),
    Column("reference", Words(64), nullable=False, index=True),
    Column("at", UtcTime, nullable=False),
    Column("actor", Words, nullable=False),
    Column("from_state", String(16), nullable=False),
    Column("to_state", String(16), nullable=False),
    Column("reason", Words, nullable=False),
)

removal = Table(
    "removal",
    metadata,
    Column("id", Id, primary_key=True),
    Column("bank", Words, nullable=False),
    Column("reference", Words(64)),  # null, like seq, for a whole bank
    Column("seq", Id, index=True),
    Column("sha256", String(64)),
    Column("name", Words, nullable=False),
    Column("actor", Words, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("reason", Words, nullable=False),
)

incident = Table(
    "incident",
    metadata,
    Column("seq", Id, primary_key=True),
    Column("id", Words(64), nullable=False, unique=True),
)

#: A report as it came in, and what a reading found in it. Never changed, never deleted.
document = Table(
    "document",
    metadata,
    Column("incident_seq", Id, ForeignKey("incident.seq"), primary_key=True),
    Column("position", Integer, primary_key=True),  # in the order in which they came in, from 1
    Column("sha256", String(64), nullable=False),
    Column("text_sha256", String(64), nullable=False),
    Column("text", Text, nullable=False),
    Column("reading", Text, nullable=False),  # JSON of a report.Reading
    Column("name", Words, nullable=False),
    Column("outlet", Words),
    Column("author", Words),
    Column("published", Date),
    Column("retrieved_at", UtcTime, nullable=False),
    Column("imported_by", Words, nullable=False),
    UniqueConstraint("incident_seq", "sha256"),
)

#: All that was ever recorded of an incident. Rows are only added: the last one of a subject says where it
#: stands.
revision = Table(
    "revision",
    metadata,
    Column("number", Id, primary_key=True),
    Column("incident_seq", Id, ForeignKey("incident.seq"), nullable=False),
    Column("kind", String(16), nullable=False),  # of an incident.State
    Column("subject", Words, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("actor", Words, nullable=False),
    Column("reason", Words, nullable=False),
    Column("state", Text, nullable=False),  # JSON of an incident.State
    Index(None, "incident_seq", "kind", "subject"),
    sqlite_autoincrement=True,
)
