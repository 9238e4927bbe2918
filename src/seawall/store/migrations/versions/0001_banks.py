"""Banks, their references, and the signals that these share."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0001"
down_revision = None
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    _create_banks()
    _create_contents()
    _create_references()
    _create_records()


def downgrade() -> None:
    for table in (
        "removal",
        "reference_event",
        "reference_label",
        "reference",
        "signal",
        "content",
        "bank_label",
        "bank",
    ):
        op.drop_table(table)


def _create_banks() -> None:
    op.create_table(
        "bank",
        sa.Column("id", ID, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("negative", sa.Boolean, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_bank"),
        sa.UniqueConstraint("name", name="uq_bank_name"),
    )
    op.create_table(
        "bank_label",
        sa.Column("bank_id", ID, nullable=False),
        sa.Column("label", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("bank_id", "label", name="pk_bank_label"),
        sa.ForeignKeyConstraint(["bank_id"], ["bank.id"], name="fk_bank_label_bank_id", ondelete="CASCADE"),
    )


def _create_contents() -> None:
    op.create_table(
        "content",
        sa.Column("id", ID, nullable=False),
        sa.Column("sha256", sa.String(64)),
        sa.Column("md5", sa.String(32)),
        sa.Column("size_bytes", ID),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("format", sa.String),
        sa.Column("duration_s", sa.Float),
        sa.Column("width_px", sa.Integer),
        sa.Column("height_px", sa.Integer),
        sa.Column("partial", sa.Text),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_content"),
        sa.UniqueConstraint("sha256", name="uq_content_sha256"),
    )
    op.create_table(
        "signal",
        sa.Column("content_id", ID, nullable=False),
        sa.Column("type", sa.String(16), nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("value", sa.LargeBinary, nullable=False),
        sa.Column("quality", sa.Integer),
        sa.PrimaryKeyConstraint("content_id", "type", "position", name="pk_signal"),
        sa.ForeignKeyConstraint(
            ["content_id"], ["content.id"], name="fk_signal_content_id", ondelete="CASCADE"
        ),
    )
    is_exact = sa.text("length(value) <= 64")
    op.create_index(
        "ix_signal_type_value_content_id",
        "signal",
        ["type", "value", "content_id"],
        sqlite_where=is_exact,
        postgresql_where=is_exact,
    )


def _create_references() -> None:
    op.create_table(
        "reference",
        sa.Column("seq", ID, nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("bank_id", ID, nullable=False),
        sa.Column("content_id", ID, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("origin", sa.String, nullable=False),
        sa.Column("note", sa.String),
        sa.Column("incident", sa.String),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_reference"),
        sa.UniqueConstraint("id", name="uq_reference_id"),
        sa.UniqueConstraint("content_id", "bank_id", name="uq_reference_content_id_bank_id"),
        sa.ForeignKeyConstraint(["bank_id"], ["bank.id"], name="fk_reference_bank_id"),
        sa.ForeignKeyConstraint(["content_id"], ["content.id"], name="fk_reference_content_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_reference_bank_id_state", "reference", ["bank_id", "state"])
    op.create_table(
        "reference_label",
        sa.Column("seq", ID, nullable=False),
        sa.Column("label", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("seq", "label", name="pk_reference_label"),
        sa.ForeignKeyConstraint(
            ["seq"], ["reference.seq"], name="fk_reference_label_seq", ondelete="CASCADE"
        ),
    )


def _create_records() -> None:
    op.create_table(
        "reference_event",
        sa.Column("id", ID, nullable=False),
        sa.Column("seq", ID, nullable=False),
        sa.Column("reference", sa.String(64), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("from_state", sa.String(16), nullable=False),
        sa.Column("to_state", sa.String(16), nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_reference_event"),
    )
    op.create_index("ix_reference_event_reference", "reference_event", ["reference"])
    op.create_table(
        "removal",
        sa.Column("id", ID, nullable=False),
        sa.Column("bank", sa.String, nullable=False),
        sa.Column("reference", sa.String(64)),
        sa.Column("seq", ID),
        sa.Column("sha256", sa.String(64)),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("id", name="pk_removal"),
    )
    op.create_index("ix_removal_seq", "removal", ["seq"])
