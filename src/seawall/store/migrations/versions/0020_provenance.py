"""What preserved originals say of where they come from, and what of them a store does not let go of."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0020"
down_revision = "0019"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.create_table(
        "preservation_provenance",
        sa.Column("sha256", sa.String(64), primary_key=True),
        sa.Column("said", sa.Text, nullable=False),
        sa.Column("store", sa.Text),
    )
    op.create_table(
        "preservation_lingering",
        sa.Column("locked_sha256", sa.String(64), primary_key=True),
        sa.Column("until", sa.DateTime(timezone=True)),
    )


def downgrade() -> None:
    op.drop_table("preservation_lingering")
    op.drop_table("preservation_provenance")
