"""Exchanges: lists that are followed, what their items became, and opinions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0007"
down_revision = "0006"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "exchange",
        sa.Column("number", ID, nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("adapter", sa.String(64), nullable=False),
        sa.Column("bank", sa.String(64), nullable=False),
        sa.Column("config", sa.Text, nullable=False),
        sa.Column("credentials", sa.Text),
        sa.Column("enabled", sa.Boolean, nullable=False),
        sa.Column("every_s", sa.Float, nullable=False),
        sa.Column("checkpoint", sa.Text),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("created_by", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_exchange"),
        sa.UniqueConstraint("id", name="uq_exchange_id"),
        sa.UniqueConstraint("name", name="uq_exchange_name"),
    )
    op.create_table(
        "opinion",
        sa.Column("number", ID, nullable=False),
        sa.Column("reference", sa.String(64), nullable=False),
        sa.Column("owner", sa.String(200), nullable=False),
        sa.Column("mine", sa.Boolean, nullable=False),
        sa.Column("stance", sa.String(16), nullable=False),
        sa.Column("labels", sa.Text, nullable=False),
        sa.Column("by", sa.String),
        sa.Column("at", TIME, nullable=False),
        sa.Column("note", sa.String),
        sa.Column("sending", sa.String(16)),
        sa.PrimaryKeyConstraint("number", name="pk_opinion"),
        sa.UniqueConstraint("reference", "mine", "owner", name="uq_opinion_reference_mine_owner"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_opinion_sending", "opinion", ["sending"])
    op.create_table(
        "exchange_item",
        sa.Column("exchange_number", ID, nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("reference", sa.String(64)),
        sa.Column("state_sha256", sa.String(64), nullable=False),
        sa.Column("item", sa.Text, nullable=False),
        sa.Column("deleted", sa.Boolean, nullable=False),
        sa.Column("changed_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["exchange_number"],
            ["exchange.number"],
            name="fk_exchange_item_exchange_number",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("exchange_number", "key", name="pk_exchange_item"),
    )
    op.create_index("ix_exchange_item_reference", "exchange_item", ["reference"])
    op.create_table(
        "exchange_run",
        sa.Column("number", ID, nullable=False),
        sa.Column("exchange_number", ID, nullable=False),
        sa.Column("started_at", TIME, nullable=False),
        sa.Column("ended_at", TIME),
        sa.Column("tally", sa.Text, nullable=False),
        sa.Column("error", sa.Text),
        sa.Column("bad", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["exchange_number"],
            ["exchange.number"],
            name="fk_exchange_run_exchange_number",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("number", name="pk_exchange_run"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_exchange_run_exchange_number_number", "exchange_run", ["exchange_number", "number"])


def downgrade() -> None:
    op.drop_index("ix_exchange_run_exchange_number_number", table_name="exchange_run")
    op.drop_table("exchange_run")
    op.drop_index("ix_exchange_item_reference", table_name="exchange_item")
    op.drop_table("exchange_item")
    op.drop_index("ix_opinion_sending", table_name="opinion")
    op.drop_table("opinion")
    op.drop_table("exchange")
