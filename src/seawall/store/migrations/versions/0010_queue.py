"""The queue: what it sorts and filters by, cases of all that waits, verdicts that full copies inherit."""

from __future__ import annotations

import secrets
from datetime import datetime
from typing import Any

import sqlalchemy as sa
from alembic import op

revision = "0010"
down_revision = "0009"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)

#: A table that is rebuilt goes on not giving a number twice.
NEVER_TWICE = {"sqlite_autoincrement": True}

#: Of the ranks, as they were when this step was written: deadline, severity, spread.
NEVER, MOST = (1 << 33) - 1, (1 << 20) - 1
#: Of an item's priority: a notification, held, acted on.
SEVERITIES = {1: 1, 2: 2, 3: 4}

CASE = sa.table(
    "case_file",
    *(
        sa.column(name)
        for name in (
            *("number", "id", "state", "basis", "value", "opened_by", "severity", "spread", "uploaders"),
            *("kind", "bank", "reference", "score", "graphic", "child"),
            *("rank_due", "rank_severity", "rank_spread"),
        )
    ),
    sa.column("opened_at", TIME),
)
ITEM = sa.table(
    "item",
    *(sa.column(name) for name in ("number", "id", "sha256", "uploader", "kind", "state", "priority")),
    sa.column("opened_at", TIME),
    sa.column("case_number"),
)
OUTCOME = sa.table("outcome", *(sa.column(name) for name in ("item_number", "bank", "reference", "score")))


def upgrade() -> None:
    with op.batch_alter_table("seen", table_kwargs=NEVER_TWICE) as batch:
        batch.add_column(sa.Column("has_sound", sa.Boolean))
    with op.batch_alter_table("outcome", table_kwargs=NEVER_TWICE) as batch:
        batch.add_column(sa.Column("full_copy", sa.Boolean, nullable=False, server_default=sa.false()))
    _case_columns()
    op.drop_index("ix_item_case_number", table_name="item")
    op.create_index("ix_item_case_number_uploader", "item", ["case_number", "uploader"])
    op.drop_index("ix_item_sha256", table_name="item")
    op.create_index("ix_item_sha256_state", "item", ["sha256", "state"])
    _tables()
    _fill(op.get_bind())
    with op.batch_alter_table("outcome", table_kwargs=NEVER_TWICE) as batch:
        batch.alter_column(
            "full_copy", existing_type=sa.Boolean, existing_nullable=False, server_default=None
        )
    with op.batch_alter_table("case_file", table_kwargs=NEVER_TWICE) as batch:
        for name in ("severity", "spread", "uploaders", "graphic", "child", *RANKS):
            batch.alter_column(name, existing_nullable=False, server_default=None)
    for columns in INDEXES:
        op.create_index(f"ix_case_file_{'_'.join(columns)}", "case_file", list(columns))


RANKS = ("rank_due", "rank_severity", "rank_spread")
INDEXES = (
    *(("state", rank, "number") for rank in RANKS),
    ("state", "bank", "severity", "inherits"),
    ("holder", "lease_until"),
    ("lease_until",),
    ("inherits",),
)


def _case_columns() -> None:
    with op.batch_alter_table("case_file", table_kwargs=NEVER_TWICE) as batch:
        batch.add_column(sa.Column("due_at", TIME))
        for name in ("severity", "spread", "uploaders"):
            batch.add_column(sa.Column(name, sa.Integer, nullable=False, server_default="0"))
        batch.add_column(sa.Column("kind", sa.String(16)))
        batch.add_column(sa.Column("bank", sa.String(64)))
        batch.add_column(sa.Column("reference", sa.String(64)))
        batch.add_column(sa.Column("score", sa.Float))
        for name in ("graphic", "child"):
            batch.add_column(sa.Column(name, sa.Boolean, nullable=False, server_default=sa.false()))
        batch.add_column(sa.Column("inherits", sa.String(64)))
        for name in RANKS:
            batch.add_column(sa.Column(name, ID, nullable=False, server_default="0"))


def _tables() -> None:
    op.create_table(
        "case_label",
        sa.Column("case_number", ID, nullable=False, autoincrement=False),
        sa.Column("label", sa.String, nullable=False),
        sa.ForeignKeyConstraint(["case_number"], ["case_file.number"], name="fk_case_label_case_number"),
        sa.PrimaryKeyConstraint("case_number", "label", name="pk_case_label"),
    )
    op.create_index("ix_case_label_label", "case_label", ["label"])
    op.create_table(
        "passed_on",
        sa.Column("user_name", sa.String(128), nullable=False),
        sa.Column("case_number", ID, nullable=False),
        sa.ForeignKeyConstraint(["case_number"], ["case_file.number"], name="fk_passed_on_case_number"),
        sa.PrimaryKeyConstraint("user_name", "case_number", name="pk_passed_on"),
    )
    op.create_index("ix_passed_on_case_number", "passed_on", ["case_number"])
    op.create_table(
        "opt_out",
        sa.Column("user_name", sa.String(128), nullable=False),
        sa.Column("label", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("user_name", "label", name="pk_opt_out"),
    )
    op.create_table(
        "verdict",
        sa.Column("reference", sa.String(64), nullable=False),
        sa.Column("decision_number", ID, nullable=False),
        sa.ForeignKeyConstraint(["decision_number"], ["decision.number"], name="fk_verdict_decision_number"),
        sa.PrimaryKeyConstraint("reference", "decision_number", name="pk_verdict"),
    )
    op.create_index("ix_verdict_decision_number", "verdict", ["decision_number"])


def _fill(connection: sa.Connection) -> None:
    """Put what waits into cases, those of the same content into one, and reckon all cases.

    Which matches are full copies was not looked at before, so that nothing inherits from earlier decisions.
    """
    alone = sa.select(ITEM).where(ITEM.c.case_number.is_(None), ITEM.c.state != "decided")
    by_content: dict[str, int] = {}
    for row in connection.execute(alone.order_by(ITEM.c.number)).all():
        content = row.sha256 or row.id
        if content not in by_content:
            by_content[content] = _opened(connection, content, row.opened_at)
        change = sa.update(ITEM).where(ITEM.c.number == row.number)
        connection.execute(change.values(case_number=by_content[content]))
    for number in connection.execute(sa.select(CASE.c.number)).scalars().all():
        connection.execute(
            sa.update(CASE).where(CASE.c.number == number).values(_reckoned(connection, number))
        )


def _opened(connection: sa.Connection, content: str, at: datetime) -> int:
    row = {"id": secrets.token_hex(16), "state": "open", "basis": "content", "value": content}
    new = sa.insert(CASE).values(**row, opened_at=at, opened_by="policy")
    connection.execute(new)
    return int(connection.execute(sa.select(CASE.c.number).where(CASE.c.id == row["id"])).scalar_one())


def _reckoned(connection: sa.Connection, number: int) -> dict[str, Any]:
    items = connection.execute(sa.select(ITEM).where(ITEM.c.case_number == number)).all()
    matched = sa.select(OUTCOME).where(OUTCOME.c.item_number.in_([one.number for one in items]))
    strongest = connection.execute(matched.order_by(OUTCOME.c.score.desc()).limit(1)).first()
    severity = max((SEVERITIES[one.priority] for one in items), default=0)
    few, calm = MOST - min(len(items), MOST), 4 - severity
    return {
        "severity": severity,
        "spread": len(items),
        "uploaders": len({one.uploader for one in items} - {None}),
        "kind": min((one.kind for one in items if one.kind), default=None),
        "bank": None if strongest is None else strongest.bank,
        "reference": None if strongest is None else strongest.reference,
        "score": None if strongest is None else strongest.score,
        "rank_due": NEVER << 23 | calm << 20 | few,
        "rank_severity": calm << 53 | NEVER << 20 | few,
        "rank_spread": few << 36 | NEVER << 3 | calm,
    }


def downgrade() -> None:
    # Before, no case opened by itself: these are cases of what somebody has chosen.
    op.execute(sa.update(CASE).where(CASE.c.basis == "content").values(basis="chosen"))
    for table in ("verdict", "opt_out", "passed_on", "case_label"):
        op.drop_table(table)
    op.drop_index("ix_item_case_number_uploader", table_name="item")
    op.create_index("ix_item_case_number", "item", ["case_number"])
    op.drop_index("ix_item_sha256_state", table_name="item")
    op.create_index("ix_item_sha256", "item", ["sha256"])
    for columns in INDEXES:
        op.drop_index(f"ix_case_file_{'_'.join(columns)}", table_name="case_file")
    with op.batch_alter_table("case_file", table_kwargs=NEVER_TWICE) as batch:
        for name in ("due_at", "severity", "spread", "uploaders", "kind", "bank", "reference", "score"):
            batch.drop_column(name)
        for name in ("graphic", "child", "inherits", *RANKS):
            batch.drop_column(name)
    with op.batch_alter_table("outcome", table_kwargs=NEVER_TWICE) as batch:
        batch.drop_column("full_copy")
    with op.batch_alter_table("seen", table_kwargs=NEVER_TWICE) as batch:
        batch.drop_column("has_sound")
