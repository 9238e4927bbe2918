"""The tables of how decisions go out, or are undone before. Rows are only added."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Table

from seawall.store.columns import Id, UtcTime
from seawall.store.schema import metadata

#: Decisions that have effect.
decision_out = Table(
    "decision_out",
    metadata,
    Column("decision_number", Id, ForeignKey("decision.number"), primary_key=True, autoincrement=False),
    Column("at", UtcTime, nullable=False),
)

#: Decisions that their makers took back.
decision_undone = Table(
    "decision_undone",
    metadata,
    Column("decision_number", Id, ForeignKey("decision.number"), primary_key=True, autoincrement=False),
    Column("at", UtcTime, nullable=False),
)
