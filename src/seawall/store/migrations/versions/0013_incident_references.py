"""The references of an incident are found without reading all of them."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0013"
down_revision = "0012"
branch_labels = None
depends_on = None

IS_OF_INCIDENT = sa.text("length(incident) <= 64")


def upgrade() -> None:
    op.create_index(
        "ix_reference_incident",
        "reference",
        ["incident"],
        sqlite_where=IS_OF_INCIDENT,
        postgresql_where=IS_OF_INCIDENT,
    )


def downgrade() -> None:
    op.drop_index("ix_reference_incident", table_name="reference")
