"""Jobs, what is done at intervals, events and webhooks. A task that waited is a job that waits."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0004"
down_revision = "0003"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "event",
        sa.Column("number", ID, nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("type", sa.String(32), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("data", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_event"),
        sa.UniqueConstraint("id", name="uq_event_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_event_at", "event", ["at"])
    op.create_table(
        "job",
        sa.Column("number", ID, nullable=False),
        sa.Column("id", sa.String(128), nullable=False),
        sa.Column("kind", sa.String(32), nullable=False),
        sa.Column("payload", sa.Text, nullable=False),
        sa.Column("actor", sa.String),
        sa.Column("at", TIME, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("handed_on", sa.Boolean, nullable=False),
        sa.Column("attempt", sa.Integer, nullable=False),
        sa.Column("tries", sa.Integer, nullable=False),
        sa.Column("open_starts", sa.Integer, nullable=False),
        sa.Column("steps", sa.Text, nullable=False),
        sa.Column("wait_s", sa.Float),
        sa.Column("wait_from", TIME),
        sa.Column("due_at", TIME),
        sa.Column("error_code", sa.String(64)),
        sa.Column("error_message", sa.Text),
        sa.Column("result", sa.Text),
        sa.Column("started_at", TIME),
        sa.Column("finished_at", TIME),
        sa.PrimaryKeyConstraint("number", name="pk_job"),
        sa.UniqueConstraint("id", name="uq_job_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_job_finished_at", "job", ["finished_at"])
    op.create_index("ix_job_handed_on_due_at", "job", ["handed_on", "due_at"])
    op.create_index("ix_job_kind_number", "job", ["kind", "number"])
    op.create_index("ix_job_state_number", "job", ["state", "number"])
    op.create_index("ix_job_wait_from", "job", ["wait_from"])
    op.create_table(
        "period",
        sa.Column("name", sa.String(64), nullable=False),
        sa.Column("number", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("name", name="pk_period"),
    )
    op.create_table(
        "webhook",
        sa.Column("number", ID, nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("url", sa.Text, nullable=False),
        sa.Column("types", sa.Text, nullable=False),
        sa.Column("sealed_secret", sa.Text, nullable=False),
        sa.Column("active", sa.Boolean, nullable=False),
        sa.Column("inactive_reason", sa.Text),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("created_by", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_webhook"),
        sa.UniqueConstraint("id", name="uq_webhook_id"),
    )
    op.create_table(
        "delivery",
        sa.Column("number", ID, nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("webhook_number", ID, nullable=False),
        sa.Column("event_number", ID, nullable=False),
        sa.Column("job", sa.String(128), nullable=False),
        sa.Column("replays", sa.Integer, nullable=False),
        sa.Column("outcome", sa.String(16)),
        sa.Column("at", TIME, nullable=False),
        sa.Column("delivered_at", TIME),
        sa.ForeignKeyConstraint(["event_number"], ["event.number"], name="fk_delivery_event_number"),
        sa.ForeignKeyConstraint(
            ["webhook_number"], ["webhook.number"], name="fk_delivery_webhook_number", ondelete="CASCADE"
        ),
        sa.PrimaryKeyConstraint("number", name="pk_delivery"),
        sa.UniqueConstraint("id", name="uq_delivery_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_delivery_event_number", "delivery", ["event_number"])
    op.create_index("ix_delivery_webhook_number_number", "delivery", ["webhook_number", "number"])
    op.create_table(
        "delivery_attempt",
        sa.Column("number", ID, nullable=False),
        sa.Column("delivery_number", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("status", sa.Integer),
        sa.Column("duration_ms", sa.Integer, nullable=False),
        sa.Column("error", sa.Text),
        sa.ForeignKeyConstraint(
            ["delivery_number"],
            ["delivery.number"],
            name="fk_delivery_attempt_delivery_number",
            ondelete="CASCADE",
        ),
        sa.PrimaryKeyConstraint("number", name="pk_delivery_attempt"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_delivery_attempt_delivery_number", "delivery_attempt", ["delivery_number"])
    op.execute(
        "INSERT INTO job (id, kind, payload, at, state, handed_on, attempt, tries, open_starts, steps) "
        "SELECT id, kind, payload, at, 'waiting', false, 1, 0, 0, '{}' FROM task ORDER BY number"
    )
    op.drop_table("task")


def downgrade() -> None:
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
    # What the queue has is handed to it again: work that was half done is done anew.
    op.execute(
        "INSERT INTO task (id, kind, payload, at) "
        "SELECT id, kind, payload, at FROM job WHERE state IN ('waiting', 'running') ORDER BY number"
    )
    op.drop_index("ix_delivery_attempt_delivery_number", table_name="delivery_attempt")
    op.drop_table("delivery_attempt")
    op.drop_index("ix_delivery_webhook_number_number", table_name="delivery")
    op.drop_index("ix_delivery_event_number", table_name="delivery")
    op.drop_table("delivery")
    op.drop_table("webhook")
    op.drop_table("period")
    op.drop_index("ix_job_wait_from", table_name="job")
    op.drop_index("ix_job_state_number", table_name="job")
    op.drop_index("ix_job_kind_number", table_name="job")
    op.drop_index("ix_job_handed_on_due_at", table_name="job")
    op.drop_index("ix_job_finished_at", table_name="job")
    op.drop_table("job")
    op.drop_index("ix_event_at", table_name="event")
    op.drop_table("event")
