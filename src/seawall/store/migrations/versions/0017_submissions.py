"""Submissions for the transparency database, on their way out."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0017"
down_revision = "0016"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "transparency_look",
        sa.Column("decision_number", ID, autoincrement=False, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("why_none", sa.String(16)),
        sa.ForeignKeyConstraint(
            ["decision_number"], ["decision.number"], name="fk_transparency_look_decision_number"
        ),
        sa.PrimaryKeyConstraint("decision_number", name="pk_transparency_look"),
    )
    op.create_table(
        "transparency_submission",
        sa.Column("number", ID, nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("puid", sa.String(500), nullable=False),
        sa.Column("decision_number", ID, nullable=False),
        sa.Column("item_number", ID, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("findings", sa.Text, nullable=False),
        sa.Column("answer", sa.Text),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("sent_at", TIME),
        sa.Column("taken_until", TIME),
        sa.ForeignKeyConstraint(
            ["decision_number"], ["decision.number"], name="fk_transparency_submission_decision_number"
        ),
        sa.ForeignKeyConstraint(
            ["item_number"], ["item.number"], name="fk_transparency_submission_item_number"
        ),
        sa.PrimaryKeyConstraint("number", name="pk_transparency_submission"),
        sa.UniqueConstraint("id", name="uq_transparency_submission_id"),
        sa.UniqueConstraint("puid", name="uq_transparency_submission_puid"),
        sa.UniqueConstraint(
            "decision_number", "item_number", name="uq_transparency_submission_decision_number_item_number"
        ),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_transparency_submission_state_number", "transparency_submission", ["state", "number"])
    op.create_table(
        "transparency_event",
        sa.Column("number", ID, nullable=False),
        sa.Column("submission_number", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.ForeignKeyConstraint(
            ["submission_number"],
            ["transparency_submission.number"],
            name="fk_transparency_event_submission_number",
        ),
        sa.PrimaryKeyConstraint("number", name="pk_transparency_event"),
    )
    op.create_index("ix_transparency_event_submission_number", "transparency_event", ["submission_number"])


def downgrade() -> None:
    op.drop_index("ix_transparency_event_submission_number", table_name="transparency_event")
    op.drop_table("transparency_event")
    op.drop_index("ix_transparency_submission_state_number", table_name="transparency_submission")
    op.drop_table("transparency_submission")
    op.drop_table("transparency_look")
