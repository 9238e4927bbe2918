"""The tables of what only clients of Hasher-Matcher-Actioner set."""

from __future__ import annotations

from sqlalchemy import Column, Float, ForeignKey, Table, Text

from seawall.store.columns import Id
from seawall.store.schema import metadata

hma_bank = Table(
    "hma_bank",
    metadata,
    Column("bank_id", Id, ForeignKey("bank.id", ondelete="CASCADE"), primary_key=True),
    Column("enabled_ratio", Float, nullable=False),
)

hma_content = Table(
    "hma_content",
    metadata,
    Column("seq", Id, ForeignKey("reference.seq", ondelete="CASCADE"), primary_key=True),
    Column("disable_until_ts", Id, nullable=False),  # 0: disabled; else the time from which it is matched
    Column("metadata", Text),  # JSON; null where none was given
)
