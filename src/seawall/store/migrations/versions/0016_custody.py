"""The custody log, and what is kept before it is taken away."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0016"
down_revision = "0015"
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
        sa.Column("published", sa.Text, nullable=False),
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
    op.create_table(
        "custody_key",
        sa.Column("id", sa.Integer, autoincrement=False, nullable=False),
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("public", sa.LargeBinary(32), nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.CheckConstraint("id = 1", name="ck_custody_key_one"),
        sa.PrimaryKeyConstraint("id", name="pk_custody_key"),
    )
    _create_preservations()


def _create_preservations() -> None:
    op.create_table(
        "preservation",
        sa.Column("number", ID, nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("bytes", ID, nullable=False),
        sa.Column("kind", sa.String(16)),
        sa.Column("locked_sha256", sa.String(64)),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("basis", sa.String(32), nullable=False),
        sa.Column("reference", sa.String),
        sa.Column("related", sa.Text),
        sa.Column("removed_at", TIME),
        sa.Column("expires_at", TIME),
        sa.Column("state", sa.String(16), nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_preservation"),
        sa.UniqueConstraint("id", name="uq_preservation_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_preservation_sha256", "preservation", ["sha256"])
    op.create_index("ix_preservation_state_expires_at", "preservation", ["state", "expires_at"])
    op.create_table(
        "preservation_key",
        sa.Column("preservation_number", ID, autoincrement=False, nullable=False),
        sa.Column("sealed", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(
            ["preservation_number"], ["preservation.number"], name="fk_preservation_key_preservation_number"
        ),
        sa.PrimaryKeyConstraint("preservation_number", name="pk_preservation_key"),
    )
    op.create_table(
        "preservation_hold",
        sa.Column("number", ID, nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("preservation_number", ID, nullable=False),
        sa.Column("requester", sa.String, nullable=False),
        sa.Column("reference", sa.String, nullable=False),
        sa.Column("until", TIME, nullable=False),
        sa.Column("set_at", TIME, nullable=False),
        sa.Column("set_by", sa.String, nullable=False),
        sa.Column("lifted_at", TIME),
        sa.ForeignKeyConstraint(
            ["preservation_number"], ["preservation.number"], name="fk_preservation_hold_preservation_number"
        ),
        sa.PrimaryKeyConstraint("number", name="pk_preservation_hold"),
        sa.UniqueConstraint("id", name="uq_preservation_hold_id"),
    )
    op.create_index("ix_preservation_hold_preservation_number", "preservation_hold", ["preservation_number"])
    op.create_table(
        "preservation_reading",
        sa.Column("number", ID, nullable=False),
        sa.Column("preservation_number", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("user_name", sa.String(128), nullable=False),
        sa.Column("purpose", sa.String(32), nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.ForeignKeyConstraint(
            ["preservation_number"],
            ["preservation.number"],
            name="fk_preservation_reading_preservation_number",
        ),
        sa.PrimaryKeyConstraint("number", name="pk_preservation_reading"),
    )
    op.create_index(
        "ix_preservation_reading_preservation_number", "preservation_reading", ["preservation_number"]
    )
    op.create_table(
        "decision_preserved",
        sa.Column("decision_number", ID, autoincrement=False, nullable=False),
        sa.Column("item_number", ID, autoincrement=False, nullable=False),
        sa.Column("preservation_number", ID),
        sa.Column("event", sa.String(64)),
        sa.ForeignKeyConstraint(
            ["decision_number"], ["decision.number"], name="fk_decision_preserved_decision_number"
        ),
        sa.ForeignKeyConstraint(["item_number"], ["item.number"], name="fk_decision_preserved_item_number"),
        sa.ForeignKeyConstraint(
            ["preservation_number"],
            ["preservation.number"],
            name="fk_decision_preserved_preservation_number",
        ),
        sa.ForeignKeyConstraint(["event"], ["custody_event.id"], name="fk_decision_preserved_event"),
        sa.CheckConstraint(
            "(preservation_number IS NULL) <> (event IS NULL)", name="ck_decision_preserved_one"
        ),
        sa.PrimaryKeyConstraint("decision_number", "item_number", name="pk_decision_preserved"),
    )
    op.create_index("ix_preservation_locked_sha256", "preservation", ["locked_sha256"])


def downgrade() -> None:
    op.drop_table("decision_preserved")
    for table in ("preservation_reading", "preservation_hold", "preservation_key", "preservation"):
        op.drop_table(table)
    for table in ("key", "token", "head", "node", "field", "event", "log"):
        op.drop_table(f"custody_{table}")
