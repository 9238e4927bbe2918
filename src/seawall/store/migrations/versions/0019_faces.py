"""What lay over faces in what was made to be looked at, and in what was shown.

Working copies that were made before have none, and are made anew.
"""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0019"
down_revision = "0018"
branch_labels = None
depends_on = None


def upgrade() -> None:
    op.add_column("working_copy", sa.Column("over_faces", sa.String(16)))
    op.add_column("exposure", sa.Column("over_faces", sa.String(16)))


def downgrade() -> None:
    op.drop_column("exposure", "over_faces")
    op.drop_column("working_copy", "over_faces")
