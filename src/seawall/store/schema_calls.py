"""The tables of calls: sessions, failed sign-ins, and answers that are kept for a repeated call."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Integer, String, Table, Text

from seawall.store.columns import Id, UtcTime, Words
from seawall.store.schema import metadata

session = Table(
    "session",
    metadata,
    Column("sha256", String(64), primary_key=True),  # of its random id, which only the browser has
    Column("user_number", Id, ForeignKey("user_account.number"), nullable=False, index=True),
    Column("created_at", UtcTime, nullable=False),
    Column("last_at", UtcTime, nullable=False),
    Column("expires_at", UtcTime, nullable=False),
)

#: Sign-ins that did not succeed, by the digest of the name that was given: there need be no such user.
sign_in = Table(
    "sign_in",
    metadata,
    Column("name_sha256", String(64), primary_key=True),
    Column("failures", Integer, nullable=False),
    Column("last_at", UtcTime, nullable=False, index=True),
    Column("locked_until", UtcTime, nullable=False),
)

#: What a call with an idempotency key was answered.
answered = Table(
    "answered",
    metadata,
    Column("caller", Words(64), primary_key=True),
    Column("key", Words(255), primary_key=True),
    Column("request_sha256", String(64), nullable=False),  # of method, path, query and content type
    Column("holder", String(32), nullable=False),  # the call that is under way, or was
    Column("held_until", UtcTime, nullable=False),  # a call that is under way puts it off
    Column("body_sha256", String(64)),  # null, like the rest, while the call is under way
    Column("status", Integer),
    Column("answer", Text),  # sealed JSON of headers and body
    Column("at", UtcTime, nullable=False, index=True),
)
