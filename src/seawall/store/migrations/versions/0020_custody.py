"""The custody log."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0009"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "custody_log",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("size", ID, nullable=False),
        sa.Column("frontier", sa.LargeBinary, nullable=False),
        sa.CheckConstraint("id = 1", name="ck_custody_log_one"),
        sa.PrimaryKeyConstraint("id", name="pk_custody_log"),
    )
    op.create_table(
        "custody_event",
        sa.Column("number", ID, autoincrement=False, nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("type", sa.String(64), nullable=False),
        sa.Column("object", sa.String(64)),
        sa.Column("hashes", sa.Text, nullable=False),
        sa.Column("leaf", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_custody_event"),
        sa.UniqueConstraint("id", name="uq_custody_event_id"),
    )
    op.create_index("ix_custody_event_object", "custody_event", ["object"])
    op.create_table(
        "custody_field",
        sa.Column("number", ID, autoincrement=False, nullable=False),
        sa.Column("opened", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["number"], ["custody_event.number"], name="fk_custody_field_number"),
        sa.PrimaryKeyConstraint("number", name="pk_custody_field"),
    )
    op.create_table(
        "custody_node",
        sa.Column("level", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("position", ID, autoincrement=False, nullable=False),
        sa.Column("hash", sa.LargeBinary(32), nullable=False),
        sa.PrimaryKeyConstraint("level", "position", name="pk_custody_node"),
    )
    op.create_table(
        "custody_head",
        sa.Column("size", ID, autoincrement=False, nullable=False),
        sa.Column("root", sa.LargeBinary(32), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("key_id", sa.String(64), nullable=False),
        sa.Column("signature", sa.LargeBinary, nullable=False),
        sa.PrimaryKeyConstraint("size", name="pk_custody_head"),
    )
    op.create_table(
        "custody_token",
        sa.Column("number", ID, nullable=False),
        sa.Column("size", ID, nullable=False),
        sa.Column("authority", sa.String(256), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("token", sa.LargeBinary),
        sa.Column("error", sa.Text),
        sa.ForeignKeyConstraint(["size"], ["custody_head.size"], name="fk_custody_token_size"),
        sa.PrimaryKeyConstraint("number", name="pk_custody_token"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_custody_token_size", "custody_token", ["size"])


def downgrade() -> None:
    for table in (
        "custody_token",
        "custody_head",
        "custody_node",
        "custody_field",
        "custody_event",
        "custody_log",
    ):
        op.drop_table(table)
