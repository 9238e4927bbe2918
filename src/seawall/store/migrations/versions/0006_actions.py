"""What is done with matches: policies, outcomes, items, cases and decisions."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0006"
down_revision = "0005"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


def upgrade() -> None:
    op.create_table(
        "case_file",
        sa.Column("number", ID, nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("basis", sa.String(16), nullable=False),
        sa.Column("value", sa.String, nullable=False),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("opened_by", sa.String, nullable=False),
        sa.Column("holder", sa.String(128)),
        sa.Column("lease_until", TIME),
        sa.PrimaryKeyConstraint("number", name="pk_case_file"),
        sa.UniqueConstraint("id", name="uq_case_file_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_case_file_basis_value", "case_file", ["basis", "value"])
    op.create_table(
        "decision",
        sa.Column("number", ID, nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("user_name", sa.String(128), nullable=False),
        sa.Column("choice", sa.String(32), nullable=False),
        sa.Column("incident", sa.String(64)),
        sa.Column("reverses", sa.String(64)),
        sa.Column("ruling", sa.Text, nullable=False),
        sa.Column("policies", sa.Text, nullable=False),
        sa.Column("needs_second", sa.Boolean, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_decision"),
        sa.UniqueConstraint("id", name="uq_decision_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_decision_at", "decision", ["at"])
    op.create_index("ix_decision_incident", "decision", ["incident"])
    op.create_index("ix_decision_reverses", "decision", ["reverses"])
    op.create_table(
        "policy",
        sa.Column("number", ID, nullable=False),
        sa.Column("bank", sa.String(64), nullable=False),
        sa.Column("version", sa.Integer, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("book", sa.Text, nullable=False),
        sa.Column("author", sa.String, nullable=False),
        sa.Column("created_at", TIME, nullable=False),
        sa.Column("note", sa.String, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_policy"),
        sa.UniqueConstraint("bank", "version", name="uq_policy_bank_version"),
    )
    op.create_index("ix_policy_state", "policy", ["state"])
    op.create_table(
        "policy_signature",
        sa.Column("number", ID, nullable=False),
        sa.Column("bank", sa.String(64), nullable=False),
        sa.Column("rule", sa.String, nullable=False),
        sa.Column("digest", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(64), nullable=False),
        sa.Column("user_name", sa.String(128), nullable=False),
        sa.Column("statement", sa.String, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_policy_signature"),
    )
    op.create_index("ix_policy_signature_bank_digest", "policy_signature", ["bank", "digest"])
    op.create_table(
        "verification",
        sa.Column("number", ID, nullable=False),
        sa.Column("reference", sa.String(64), nullable=False),
        sa.Column("user_id", sa.String(64), nullable=False),
        sa.Column("user_name", sa.String(128), nullable=False),
        sa.Column("grounds", sa.String, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_verification"),
    )
    op.create_index("ix_verification_reference", "verification", ["reference"])
    op.create_table(
        "case_event",
        sa.Column("number", ID, nullable=False),
        sa.Column("case_number", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.ForeignKeyConstraint(["case_number"], ["case_file.number"], name="fk_case_event_case_number"),
        sa.PrimaryKeyConstraint("number", name="pk_case_event"),
    )
    op.create_index("ix_case_event_case_number", "case_event", ["case_number"])
    op.create_table(
        "decision_second",
        sa.Column("decision_number", ID, nullable=False),
        sa.Column("user_name", sa.String(128), nullable=False),
        sa.Column("agrees", sa.Boolean, nullable=False),
        sa.Column("note", sa.String, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_number"], ["decision.number"], name="fk_decision_second_decision_number"
        ),
        sa.PrimaryKeyConstraint("decision_number", name="pk_decision_second"),
    )
    op.create_table(
        "dry_run",
        sa.Column("number", ID, nullable=False),
        sa.Column("policy_number", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("result", sa.Text, nullable=False),
        sa.ForeignKeyConstraint(["policy_number"], ["policy.number"], name="fk_dry_run_policy_number"),
        sa.PrimaryKeyConstraint("number", name="pk_dry_run"),
    )
    op.create_index("ix_dry_run_policy_number", "dry_run", ["policy_number"])
    op.create_table(
        "item",
        sa.Column("number", ID, nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("key", sa.String(64), nullable=False),
        sa.Column("sha256", sa.String(64)),
        sa.Column("kind", sa.String(16)),
        sa.Column("duration_s", sa.Float),
        sa.Column("uploader", sa.String),
        sa.Column("context", sa.Text, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("priority", sa.Integer, nullable=False),
        sa.Column("why", sa.String, nullable=False),
        sa.Column("opened_at", TIME, nullable=False),
        sa.Column("case_number", ID),
        sa.Column("decision_number", ID),
        sa.ForeignKeyConstraint(["case_number"], ["case_file.number"], name="fk_item_case_number"),
        sa.ForeignKeyConstraint(["decision_number"], ["decision.number"], name="fk_item_decision_number"),
        sa.PrimaryKeyConstraint("number", name="pk_item"),
        sa.UniqueConstraint("id", name="uq_item_id"),
        sa.UniqueConstraint("key", name="uq_item_key"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_item_case_number", "item", ["case_number"])
    op.create_index("ix_item_decision_number", "item", ["decision_number"])
    op.create_index("ix_item_sha256", "item", ["sha256"])
    op.create_index("ix_item_state_priority", "item", ["state", "priority"])
    op.create_index("ix_item_uploader", "item", ["uploader"])
    op.create_table(
        "policy_event",
        sa.Column("number", ID, nullable=False),
        sa.Column("policy_number", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("without_dry_run", sa.String),
        sa.ForeignKeyConstraint(["policy_number"], ["policy.number"], name="fk_policy_event_policy_number"),
        sa.PrimaryKeyConstraint("number", name="pk_policy_event"),
    )
    op.create_index("ix_policy_event_policy_number", "policy_event", ["policy_number"])
    op.create_table(
        "decision_item",
        sa.Column("decision_number", ID, nullable=False),
        sa.Column("item_number", ID, nullable=False),
        sa.ForeignKeyConstraint(
            ["decision_number"], ["decision.number"], name="fk_decision_item_decision_number"
        ),
        sa.ForeignKeyConstraint(["item_number"], ["item.number"], name="fk_decision_item_item_number"),
        sa.PrimaryKeyConstraint("decision_number", "item_number", name="pk_decision_item"),
    )
    op.create_index("ix_decision_item_item_number", "decision_item", ["item_number"])
    op.create_table(
        "outcome",
        sa.Column("number", ID, nullable=False),
        sa.Column("match", sa.String(64), nullable=False),
        sa.Column("bank", sa.String(64), nullable=False),
        sa.Column("reference", sa.String(64), nullable=False),
        sa.Column("recommendation", sa.String(16), nullable=False),
        sa.Column("score", sa.Float, nullable=False),
        sa.Column("coverage_query", sa.Float, nullable=False),
        sa.Column("coverage_reference", sa.Float, nullable=False),
        sa.Column("version", sa.Integer),
        sa.Column("rule", sa.String),
        sa.Column("asked", sa.String(16), nullable=False),
        sa.Column("step", sa.String(16), nullable=False),
        sa.Column("law", sa.String(16)),
        sa.Column("why", sa.String, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("item_number", ID),
        sa.ForeignKeyConstraint(["item_number"], ["item.number"], name="fk_outcome_item_number"),
        sa.PrimaryKeyConstraint("number", name="pk_outcome"),
        sa.UniqueConstraint("match", name="uq_outcome_match"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_outcome_bank_at", "outcome", ["bank", "at"])
    op.create_index("ix_outcome_item_number", "outcome", ["item_number"])
    op.create_index("ix_outcome_reference", "outcome", ["reference"])


def downgrade() -> None:
    op.drop_index("ix_outcome_reference", table_name="outcome")
    op.drop_index("ix_outcome_item_number", table_name="outcome")
    op.drop_index("ix_outcome_bank_at", table_name="outcome")
    op.drop_table("outcome")
    op.drop_index("ix_decision_item_item_number", table_name="decision_item")
    op.drop_table("decision_item")
    op.drop_index("ix_policy_event_policy_number", table_name="policy_event")
    op.drop_table("policy_event")
    op.drop_index("ix_item_uploader", table_name="item")
    op.drop_index("ix_item_state_priority", table_name="item")
    op.drop_index("ix_item_sha256", table_name="item")
    op.drop_index("ix_item_decision_number", table_name="item")
    op.drop_index("ix_item_case_number", table_name="item")
    op.drop_table("item")
    op.drop_index("ix_dry_run_policy_number", table_name="dry_run")
    op.drop_table("dry_run")
    op.drop_table("decision_second")
    op.drop_index("ix_case_event_case_number", table_name="case_event")
    op.drop_table("case_event")
    op.drop_index("ix_verification_reference", table_name="verification")
    op.drop_table("verification")
    op.drop_index("ix_policy_signature_bank_digest", table_name="policy_signature")
    op.drop_table("policy_signature")
    op.drop_index("ix_policy_state", table_name="policy")
    op.drop_table("policy")
    op.drop_index("ix_decision_reverses", table_name="decision")
    op.drop_index("ix_decision_incident", table_name="decision")
    op.drop_index("ix_decision_at", table_name="decision")
    op.drop_table("decision")
    op.drop_index("ix_case_file_basis_value", table_name="case_file")
    op.drop_table("case_file")
