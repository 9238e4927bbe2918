"""What people look at: files that are kept, working copies of them, and what was shown to whom."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0012"
down_revision = "0011"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "original",
        sa.Column("number", ID, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_original"),
        sa.UniqueConstraint("sha256", name="uq_original_sha256"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_original_expires_at", "original", ["expires_at"])
    op.create_table(
        "working_copy",
        sa.Column("number", ID, nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("form", sa.String(16), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("object", sa.String(64), nullable=False),
        sa.Column("parts", sa.Text, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_working_copy"),
        sa.UniqueConstraint("id", name="uq_working_copy_id"),
        sa.UniqueConstraint(
            "sha256", "form", "version", "key", name="uq_working_copy_sha256_form_version_key"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_working_copy_object", "working_copy", ["object"])
    op.create_table(
        "exposure",
        sa.Column("number", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("user_name", sa.String(128), nullable=False),
        sa.Column("case_id", sa.String(64), nullable=False),
        sa.Column("item_id", sa.String(64), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("medium", sa.String(16), nullable=False),
        sa.Column("cover", sa.String(16), nullable=False),
        sa.Column("graphic", sa.Integer, nullable=False),
        sa.Column("start_s", sa.Float, nullable=False),
        sa.Column("seconds", sa.Float, nullable=False),
        sa.Column("area", sa.Float, nullable=False),
        sa.Column("reason", sa.String(16)),
        sa.Column("words", sa.String),
        sa.PrimaryKeyConstraint("number", name="pk_exposure"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_exposure_at", "exposure", ["at"])
    op.create_index("ix_exposure_user_name_at", "exposure", ["user_name", "at"])
    op.create_table(
        "own_floor",
        sa.Column("user_name", sa.String(128), nullable=False),
        sa.Column("cover", sa.String(16), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("user_name", name="pk_own_floor"),
    )
    op.create_table(
        "transcript",
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("sha256", name="pk_transcript"),
    )


def downgrade() -> None:
    op.drop_table("transcript")
    op.drop_table("own_floor")
    op.drop_index("ix_exposure_user_name_at", table_name="exposure")
    op.drop_index("ix_exposure_at", table_name="exposure")
    op.drop_table("exposure")
    op.drop_index("ix_working_copy_object", table_name="working_copy")
    op.drop_table("working_copy")
    op.drop_index("ix_original_expires_at", table_name="original")
    op.drop_table("original")
