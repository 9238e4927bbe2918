"""Calls: sessions, failed sign-ins, answers for repeated calls, limits of single keys."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0008"
down_revision = "0007"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "answered",
        sa.Column("caller", sa.String(64), nullable=False),
        sa.Column("key", sa.String(255), nullable=False),
        sa.Column("request_sha256", sa.String(64), nullable=False),
        sa.Column("holder", sa.String(32), nullable=False),
        sa.Column("held_until", TIME, nullable=False),
        sa.Column("body_sha256", sa.String(64)),
        sa.Column("status", sa.Integer),
        sa.Column("answer", sa.Text),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("caller", "key", name="pk_answered"),
    )
    op.create_index("ix_answered_at", "answered", ["at"])
    op.create_table(
        "sign_in",
        sa.Column("name_sha256", sa.String(64), nullable=False),
        sa.Column("failures", sa.Integer, nullable=False),
        sa.Column("last_at", TIME, nullable=False),
        sa.Column("locked_until", TIME, nullable=False),
        sa.PrimaryKeyConstraint("name_sha256", name="pk_sign_in"),
    )
    op.create_index("ix_sign_in_last_at", "sign_in", ["last_at"])
    op.create_table(
        "session",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("user_number", ID, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("last_at", TIME, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["user_number"], ["user_account.number"], name="fk_session_user_number"),
        sa.PrimaryKeyConstraint("sha256", name="pk_session"),
    )
    op.create_index("ix_session_user_number", "session", ["user_number"])
    with op.batch_alter_table("access_key") as batch:
        batch.add_column(sa.Column("rate_per_s", sa.Float))
        batch.add_column(sa.Column("bytes_per_day", ID))


def downgrade() -> None:
    with op.batch_alter_table("access_key") as batch:
        batch.drop_column("bytes_per_day")
        batch.drop_column("rate_per_s")
    op.drop_index("ix_session_user_number", table_name="session")
    op.drop_table("session")
    op.drop_index("ix_sign_in_last_at", table_name="sign_in")
    op.drop_table("sign_in")
    op.drop_index("ix_answered_at", table_name="answered")
    op.drop_table("answered")
