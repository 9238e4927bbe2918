"""The items that were matched with a reference are found in the index alone."""

from __future__ import annotations

from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_index("ix_outcome_reference_item_number", "outcome", ["reference", "item_number"])
    op.drop_index("ix_outcome_reference", "outcome")


def downgrade() -> None:
    op.create_index("ix_outcome_reference", "outcome", ["reference"])
    op.drop_index("ix_outcome_reference_item_number", "outcome")
