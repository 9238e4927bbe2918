"""The tables of the queue beside the cases themselves: labels, what people keep away, verdicts to inherit."""

from __future__ import annotations

from sqlalchemy import Column, ForeignKey, Index, Table

from seawall.store.columns import Id, Words
from seawall.store.schema import metadata

#: Labels of a case's references and their banks, folded as in `model.labels`.
case_label = Table(
    "case_label",
    metadata,
    Column("case_number", Id, ForeignKey("case_file.number"), primary_key=True, autoincrement=False),
    Column("label", Words, primary_key=True),
    Index(None, "label"),
)

#: Who is not to be offered a case again. Nothing counts or lists it: to pass a case on has no price.
passed_on = Table(
    "passed_on",
    metadata,
    Column("user_name", Words(128), primary_key=True),
    Column("case_number", Id, ForeignKey("case_file.number"), primary_key=True, index=True),
)

#: Labels that a person is not offered cases with; the person's own, as the above.
opt_out = Table(
    "opt_out",
    metadata,
    Column("user_name", Words(128), primary_key=True),
    Column("label", Words, primary_key=True),
)

#: Decisions of people on full copies of a reference.
verdict = Table(
    "verdict",
    metadata,
    Column("reference", Words(64), primary_key=True),
    Column("decision_number", Id, ForeignKey("decision.number"), primary_key=True, index=True),
)
