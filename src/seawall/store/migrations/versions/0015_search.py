"""Records are found by their words, entries of the audit log by who, what and where."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence

import sqlalchemy as sa
from alembic import op

from seawall.model.names import Names
from seawall.store import words

revision = "0015"
down_revision = "0014"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
ROWS = 1000

TABLES = {"case": "case_file.number", "incident": "incident.seq", "item": "item.number"}
TABLES["reference"] = "reference.seq"

#: Each with the texts of its rows, behind a number.
TEXTS = {
    "reference": "SELECT r.seq, r.name, r.note, l.label FROM reference r LEFT JOIN reference_label l "
    "ON l.seq = r.seq WHERE r.seq IN "
    "(SELECT seq FROM reference WHERE seq > :after ORDER BY seq LIMIT :rows) ORDER BY r.seq",
    "case": "SELECT case_number, reason FROM case_event WHERE case_number IN "
    "(SELECT number FROM case_file WHERE number > :after ORDER BY number LIMIT :rows) ORDER BY case_number",
}

Said = Sequence[tuple[int, Sequence[str | None]]]


def upgrade() -> None:
    for name, key in TABLES.items():
        op.create_table(
            f"{name}_word",
            sa.Column("word", sa.LargeBinary, nullable=False),
            sa.Column("number", ID, autoincrement=False, nullable=False),
            sa.ForeignKeyConstraint(["number"], [key], name=f"fk_{name}_word_number", ondelete="CASCADE"),
            sa.PrimaryKeyConstraint("word", "number", name=f"pk_{name}_word"),
            sqlite_with_rowid=False,
        )
        op.create_index(f"ix_{name}_word_number", f"{name}_word", ["number"])
    op.create_index("ix_audit_entry_user_at", "audit_entry", ["user", "at"])
    op.create_index("ix_audit_entry_action_at", "audit_entry", ["action", "at"])
    op.create_index("ix_audit_entry_subject_at", "audit_entry", ["subject", "at"])
    op.create_index("ix_audit_entry_request", "audit_entry", ["request"])
    op.create_index("ix_item_opened_at", "item", ["opened_at"])
    # The words are cut by the function that queries are cut by, as it is now.
    connection = op.get_bind()
    tables = sa.MetaData()
    for name in TABLES:
        table = sa.Table(f"{name}_word", tables, sa.Column("word", sa.LargeBinary), sa.Column("number", ID))
        for some in _texts(connection, name):
            words.put_new(connection, table, some)


def downgrade() -> None:
    op.drop_index("ix_item_opened_at", table_name="item")
    op.drop_index("ix_audit_entry_request", table_name="audit_entry")
    op.drop_index("ix_audit_entry_subject_at", table_name="audit_entry")
    op.drop_index("ix_audit_entry_action_at", table_name="audit_entry")
    op.drop_index("ix_audit_entry_user_at", table_name="audit_entry")
    for name in reversed(TABLES):
        op.drop_index(f"ix_{name}_word_number", table_name=f"{name}_word")
        op.drop_table(f"{name}_word")


def _texts(connection: sa.Connection, name: str) -> Iterator[Said]:
    if name == "incident":
        yield _titles(connection)
    elif name == "item":
        yield from _contexts(connection)
    else:
        after = 0
        while rows := connection.execute(sa.text(TEXTS[name]), {"after": after, "rows": ROWS}).all():
            said: dict[int, list[str | None]] = {}
            for number, *texts in rows:
                said.setdefault(number, []).extend(texts)
            yield list(said.items())
            after = rows[-1][0]


def _contexts(connection: sa.Connection) -> Iterator[Said]:
    query = sa.text("SELECT number, context FROM item WHERE number > :after ORDER BY number LIMIT :rows")
    after = 0
    while rows := connection.execute(query, {"after": after, "rows": ROWS}).all():
        some: list[tuple[int, Sequence[str | None]]] = []
        for number, context in rows:
            said = json.loads(context)
            some.append((number, (said["post"], said["uploader"], said["url"], *said["labels"])))
        yield some
        after = rows[-1][0]


def _titles(connection: sa.Connection) -> Said:
    """As they may be shown: a child's name is nothing to be found by."""
    query = sa.text(
        "SELECT incident_seq, kind, state FROM revision WHERE kind IN ('incident', 'protection') "
        "ORDER BY number"
    )
    titles: dict[int, str] = {}
    names: dict[int, list[str]] = {}
    for seq, kind, state in connection.execute(query):
        said = json.loads(state)
        if kind == "incident":
            titles[seq] = said["title"]
        else:
            names.setdefault(seq, []).append(said["name"])
    return [(seq, (Names(tuple(names.get(seq, ()))).mask(title),)) for seq, title in titles.items()]
