"""The service: who may call, what was checked and found, what is to be done later."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0003"
down_revision = "0002"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "audit_entry",
        sa.Column("number", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("user", sa.String, nullable=False),
        sa.Column("action", sa.String(128), nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("request", sa.String(64), nullable=False),
        sa.Column("details", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_audit_entry"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_audit_entry_at", "audit_entry", ["at"])
    op.create_table(
        "seen",
        sa.Column("number", ID, nullable=False),
        sa.Column("sha256", sa.String(64)),
        sa.Column("kind", sa.String(16)),
        sa.Column("duration_s", sa.Float),
        sa.Column("query", sa.LargeBinary),
        sa.Column("first_at", TIME, nullable=False),
        sa.Column("expires_at", TIME),
        sa.PrimaryKeyConstraint("number", name="pk_seen"),
        sa.UniqueConstraint("sha256", name="uq_seen_sha256"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_seen_expires_at", "seen", ["expires_at"])
    op.create_table(
        "task",
        sa.Column("number", ID, nullable=False),
        sa.Column("id", sa.String(128), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_task"),
        sa.UniqueConstraint("id", name="uq_task_id"),
        sqlite_autoincrement=True,
    )
    op.create_table(
        "user_account",
        sa.Column("number", ID, nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("role", sa.String(16), nullable=False),
        sa.Column("password_hash", sa.Text),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_user_account"),
        sa.UniqueConstraint("id", name="uq_user_account_id"),
        sa.UniqueConstraint("name", name="uq_user_account_name"),
    )
    op.create_table(
        "access_key",
        sa.Column("number", ID, nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("user_number", ID, nullable=False),
        sa.Column("name", sa.String(128), nullable=False),
        sa.Column("secret_sha256", sa.String(64), nullable=False),
        sa.Column("scopes", sa.Text, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("expires_at", TIME),
        sa.Column("revoked_at", TIME),
        sa.ForeignKeyConstraint(["user_number"], ["user_account.number"], name="fk_access_key_user_number"),
        sa.PrimaryKeyConstraint("number", name="pk_access_key"),
        sa.UniqueConstraint("id", name="uq_access_key_id"),
    )
    op.create_table(
        "checked",
        sa.Column("number", ID, nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("seen_number", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("context", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["seen_number"], ["seen.number"], name="fk_checked_seen_number"),
        sa.PrimaryKeyConstraint("number", name="pk_checked"),
        sa.UniqueConstraint("id", name="uq_checked_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_checked_at", "checked", ["at"])
    op.create_index("ix_checked_seen_number", "checked", ["seen_number"])
    op.create_table(
        "found",
        sa.Column("number", ID, nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("checked_number", ID, nullable=False),
        sa.Column("reference", sa.String(64), nullable=False),
        sa.Column("bank", sa.String(64), nullable=False),
        sa.Column("how", sa.String(16), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("match", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["checked_number"], ["checked.number"], name="fk_found_checked_number"),
        sa.PrimaryKeyConstraint("number", name="pk_found"),
        sa.UniqueConstraint("id", name="uq_found_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_found_bank_at", "found", ["bank", "at"])
    op.create_index("ix_found_checked_number", "found", ["checked_number"])
    op.create_index("ix_found_reference_at", "found", ["reference", "at"])


def downgrade() -> None:
    op.drop_index("ix_found_reference_at", table_name="found")
    op.drop_index("ix_found_checked_number", table_name="found")
    op.drop_index("ix_found_bank_at", table_name="found")
    op.drop_table("found")
    op.drop_index("ix_checked_seen_number", table_name="checked")
    op.drop_index("ix_checked_at", table_name="checked")
    op.drop_table("checked")
    op.drop_table("access_key")
    op.drop_table("user_account")
    op.drop_table("task")
    op.drop_index("ix_seen_expires_at", table_name="seen")
    op.drop_table("seen")
    op.drop_index("ix_audit_entry_at", table_name="audit_entry")
    op.drop_table("audit_entry")
