"""Incidents: the reports that they were opened from, and the revisions of their ledgers."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0002"
down_revision = "0001"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "incident",
        sa.Column("seq", ID, nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.PrimaryKeyConstraint("seq", name="pk_incident"),
        sa.UniqueConstraint("id", name="uq_incident_id"),
    )
    op.create_table(
        "document",
        sa.Column("incident_seq", ID, nullable=False),
        sa.Column("position", sa.Integer, nullable=False),
        sa.Column("sha256", sa.String(64), nullable=False),
        sa.Column("text_sha256", sa.String(64), nullable=False),
        sa.Column("text", sa.Text, nullable=False),
        sa.Column("reading", sa.Text, nullable=False),
        sa.Column("name", sa.String, nullable=False),
        sa.Column("outlet", sa.String),
        sa.Column("author", sa.String),
        sa.Column("published", sa.Date),
        sa.Column("retrieved_at", TIME, nullable=False),
        sa.Column("imported_by", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("incident_seq", "position", name="pk_document"),
        sa.UniqueConstraint("incident_seq", "sha256", name="uq_document_incident_seq_sha256"),
        sa.ForeignKeyConstraint(["incident_seq"], ["incident.seq"], name="fk_document_incident_seq"),
    )
    op.create_table(
        "revision",
        sa.Column("number", ID, nullable=False),
        sa.Column("incident_seq", ID, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("subject", sa.String, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("state", sa.Text, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_revision"),
        sa.ForeignKeyConstraint(["incident_seq"], ["incident.seq"], name="fk_revision_incident_seq"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_revision_incident_seq_kind_subject", "revision", ["incident_seq", "kind", "subject"])


def downgrade() -> None:
    for table in ("revision", "document", "incident"):
        op.drop_table(table)
