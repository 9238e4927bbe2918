"""What only clients of Hasher-Matcher-Actioner set of banks and references."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0009"
down_revision = "0008"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")


def upgrade() -> None:
    op.create_table(
        "hma_bank",
        sa.Column("bank_id", ID, nullable=False),
        sa.Column("enabled_ratio", sa.Float, nullable=False),
        sa.ForeignKeyConstraint(["bank_id"], ["bank.id"], name="fk_hma_bank_bank_id", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("bank_id", name="pk_hma_bank"),
    )
    op.create_table(
        "hma_content",
        sa.Column("seq", ID, nullable=False),
        sa.Column("disable_until_ts", ID, nullable=False),
        sa.Column("metadata", sa.Text),
        sa.ForeignKeyConstraint(["seq"], ["reference.seq"], name="fk_hma_content_seq", ondelete="CASCADE"),
        sa.PrimaryKeyConstraint("seq", name="pk_hma_content"),
    )


def downgrade() -> None:
    op.drop_table("hma_content")
    op.drop_table("hma_bank")
