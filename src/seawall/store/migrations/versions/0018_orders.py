"""What follows from orders and decisions: files, statements, threats, referrals."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0018"
down_revision = "0017"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "order_file",
        sa.Column("number", ID, primary_key=True),
        sa.Column("id", sa.String(64), nullable=False, unique=True),
        sa.Column("notice_number", ID, sa.ForeignKey("notice.number"), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("form", sa.String(8), nullable=False),
        sa.Column("read", sa.Text, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("settled", sa.String(16)),
        sa.Column("settled_at", TIME),
        sa.Column("settled_by", sa.String),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_order_file_notice_number", "order_file", ["notice_number"])
    op.create_table(
        "statement",
        sa.Column("number", ID, primary_key=True),
        sa.Column("id", sa.String(64), nullable=False, unique=True),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("decision_number", ID, sa.ForeignKey("decision.number"), nullable=False),
        sa.Column("notice", sa.String(64)),
        sa.Column("recipient", sa.String),
        sa.Column("items", sa.Text, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("due_at", TIME),
        sa.Column("turn", sa.Integer, nullable=False),
        sa.Column("told_at", TIME),
        sa.Column("text", sa.Text),
        sqlite_autoincrement=True,
    )
    for name in ("decision_number", "notice", "told_at"):
        op.create_index(f"ix_statement_{name}", "statement", [name])
    op.create_table(
        "threat",
        sa.Column("number", ID, primary_key=True),
        sa.Column("id", sa.String(64), nullable=False, unique=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("dossier", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "referral",
        sa.Column("number", ID, primary_key=True),
        sa.Column("id", sa.String(64), nullable=False, unique=True),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("hotline", sa.String, nullable=False),
        sa.Column("receipt", sa.String),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("sha256", sa.String(64)),
        sa.Column("items", sa.Text, nullable=False),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_referral_sha256", "referral", ["sha256"])


def downgrade() -> None:
    for name in ("referral", "threat", "statement", "order_file"):
        op.drop_table(name)
