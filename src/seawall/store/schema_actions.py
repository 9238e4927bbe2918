"""The tables of what is done with matches: policies, outcomes, items, cases and decisions."""

from __future__ import annotations

from sqlalchemy import (
    Boolean,
    Column,
    Float,
    ForeignKey,
    Index,
    Integer,
    String,
    Table,
    Text,
    UniqueConstraint,
    false,
)

from seawall.store.columns import Id, UtcTime, Words
from seawall.store.schema import metadata

#: What a version says never changes; `policy_event` keeps how its state came about.
policy = Table(
    "policy",
    metadata,
    Column("number", Id, primary_key=True),
    Column("bank", Words(64), nullable=False),
    Column("version", Integer, nullable=False),
    Column("state", String(16), nullable=False),
    Column("book", Text, nullable=False),  # JSON of a policy.Rulebook
    Column("author", Words, nullable=False),
    Column("created_at", UtcTime, nullable=False),
    Column("note", Words, nullable=False),
    UniqueConstraint("bank", "version"),
    Index(None, "state"),
)

policy_event = Table(
    "policy_event",
    metadata,
    Column("number", Id, primary_key=True),
    Column("policy_number", Id, ForeignKey("policy.number"), nullable=False, index=True),
    Column("at", UtcTime, nullable=False),
    Column("actor", Words, nullable=False),
    Column("state", String(16), nullable=False),
    Column("reason", Words, nullable=False),
    Column("without_dry_run", Words),  # why, where it went live without one
)

policy_signature = Table(
    "policy_signature",
    metadata,
    Column("number", Id, primary_key=True),
    Column("bank", Words(64), nullable=False),
    Column("rule", Words, nullable=False),
    Column("digest", String(64), nullable=False),
    Column("user_id", Words(64), nullable=False),
    Column("user_name", Words(128), nullable=False),
    Column("statement", Words, nullable=False),
    Column("at", UtcTime, nullable=False),
    Index(None, "bank", "digest"),
)

dry_run = Table(
    "dry_run",
    metadata,
    Column("number", Id, primary_key=True),
    Column("policy_number", Id, ForeignKey("policy.number"), nullable=False, index=True),
    Column("at", UtcTime, nullable=False),
    Column("actor", Words, nullable=False),
    Column("result", Text, nullable=False),  # JSON of a trial.DryRun
)

#: No foreign key: what a person has said outlives the reference.
verification = Table(
    "verification",
    metadata,
    Column("number", Id, primary_key=True),
    Column("reference", Words(64), nullable=False, index=True),
    Column("user_id", Words(64), nullable=False),
    Column("user_name", Words(128), nullable=False),
    Column("grounds", Words, nullable=False),
    Column("at", UtcTime, nullable=False),
)

case_file = Table(
    "case_file",
    metadata,
    Column("number", Id, primary_key=True),
    Column("id", Words(64), nullable=False, unique=True),
    Column("state", String(16), nullable=False),  # never `assigned`: that is a lease that runs
    Column("basis", String(16), nullable=False),
    Column("value", Words, nullable=False),
    Column("opened_at", UtcTime, nullable=False),
    Column("opened_by", Words, nullable=False),
    Column("holder", Words(128)),
    Column("lease_until", UtcTime),
    # What the queue sorts and filters by; `store.reckoning` keeps it.
    Column("due_at", UtcTime),
    Column("severity", Integer, nullable=False),
    Column("spread", Integer, nullable=False),
    Column("uploaders", Integer, nullable=False),
    Column("kind", String(16)),
    Column("bank", Words(64)),
    Column("reference", Words(64)),
    Column("score", Float),
    Column("graphic", Boolean, nullable=False),
    Column("child", Boolean, nullable=False),
    Column("inherits", Words(64)),  # id of the decision that it can follow
    Column("rank_due", Id, nullable=False),  # these three of queue.ranks
    Column("rank_severity", Id, nullable=False),
    Column("rank_spread", Id, nullable=False),
    Index(None, "basis", "value"),
    Index(None, "state", "rank_due", "number"),
    Index(None, "state", "rank_severity", "number"),
    Index(None, "state", "rank_spread", "number"),
    Index(None, "state", "bank", "severity", "inherits"),
    Index(None, "holder", "lease_until"),
    Index(None, "lease_until"),
    Index(None, "inherits"),
    sqlite_autoincrement=True,
)

case_event = Table(
    "case_event",
    metadata,
    Column("number", Id, primary_key=True),
    Column("case_number", Id, ForeignKey("case_file.number"), nullable=False, index=True),
    Column("at", UtcTime, nullable=False),
    Column("actor", Words, nullable=False),
    Column("what", String(16), nullable=False),
    Column("reason", Words, nullable=False),
)

#: Rows are only added.
decision = Table(
    "decision",
    metadata,
    Column("number", Id, primary_key=True),
    Column("id", Words(64), nullable=False, unique=True),
    Column("at", UtcTime, nullable=False, index=True),
    Column("actor", Words, nullable=False),
    Column("user_name", Words(128), nullable=False),
    Column("choice", String(32), nullable=False),
    Column("incident", Words(64), index=True),
    Column("reverses", Words(64), index=True),
    Column("ruling", Text, nullable=False),  # JSON of a decision.Ruling
    Column("policies", Text, nullable=False),  # JSON of decision.PoliciesUsed
    Column("needs_second", Boolean, nullable=False),
    Column("undo_s", Float, nullable=False, server_default="0"),  # from when nobody has to agree any more
    sqlite_autoincrement=True,
)

decision_second = Table(
    "decision_second",
    metadata,
    Column("decision_number", Id, ForeignKey("decision.number"), primary_key=True, autoincrement=False),
    Column("user_name", Words(128), nullable=False),
    Column("agrees", Boolean, nullable=False),
    Column("note", Words, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("choice", String(32)),  # null: it was made knowing the first
    Column("third", Boolean, nullable=False, server_default=false()),
)

item = Table(
    "item",
    metadata,
    Column("number", Id, primary_key=True),
    Column("id", Words(64), nullable=False, unique=True),
    Column("key", String(64), nullable=False, unique=True),  # digest of content and context
    Column("sha256", String(64)),
    Column("kind", String(16)),
    Column("duration_s", Float),
    Column("uploader", Words, index=True),
    Column("post", Words, index=True),  # as `uploader`, of what notices name
    Column("url", Words, index=True),
    Column("context", Text, nullable=False),  # JSON of a seen.Context
    Column("state", String(16), nullable=False),
    Column("priority", Integer, nullable=False),
    Column("why", Words, nullable=False),
    Column("opened_at", UtcTime, nullable=False, index=True),
    Column("case_number", Id, ForeignKey("case_file.number")),
    Column("decision_number", Id, ForeignKey("decision.number"), index=True),  # the one that stands
    Index(None, "state", "priority"),
    Index(None, "case_number", "uploader"),
    Index(None, "sha256", "state"),
    sqlite_autoincrement=True,
)

decision_item = Table(
    "decision_item",
    metadata,
    Column("decision_number", Id, ForeignKey("decision.number"), primary_key=True),
    Column("item_number", Id, ForeignKey("item.number"), primary_key=True, index=True),
)

#: What a policy made of a recorded match. It outlives the record of the match, which is kept for a while.
outcome = Table(
    "outcome",
    metadata,
    Column("number", Id, primary_key=True),
    Column("match", Words(64), nullable=False, unique=True),
    Column("bank", Words(64), nullable=False),
    Column("reference", Words(64), nullable=False),
    Column("recommendation", String(16), nullable=False),
    Column("score", Float, nullable=False),
    Column("coverage_query", Float, nullable=False),
    Column("coverage_reference", Float, nullable=False),
    Column("version", Integer),  # null for what holds without a policy
    Column("rule", Words),
    Column("asked", String(16), nullable=False),
    Column("step", String(16), nullable=False),
    Column("law", String(16)),
    Column("why", Words, nullable=False),
    Column("at", UtcTime, nullable=False),
    Column("item_number", Id, ForeignKey("item.number"), index=True),
    Column("full_copy", Boolean, nullable=False),  # and nothing forbids that it inherits a verdict
    Index(None, "bank", "at"),
    Index(None, "reference", "item_number"),
    sqlite_autoincrement=True,
)
