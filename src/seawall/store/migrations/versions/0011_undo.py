"""Decisions go out some time after they are made; what was decided before has gone out already."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0011"
down_revision = "0010"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)

GONE_OUT = """
INSERT INTO decision_out (decision_number, at)
SELECT decision.number, COALESCE(decision_second.at, decision.at)
FROM decision LEFT JOIN decision_second ON decision_second.decision_number = decision.number
WHERE NOT decision.needs_second OR decision_second.agrees
"""


def upgrade() -> None:
    for name in ("decision_out", "decision_undone"):
        op.create_table(
            name,
            sa.Column("decision_number", ID, autoincrement=False, nullable=False),
            sa.Column("at", TIME, nullable=False),
            sa.ForeignKeyConstraint(
                ["decision_number"], ["decision.number"], name=f"fk_{name}_decision_number"
            ),
            sa.PrimaryKeyConstraint("decision_number", name=f"pk_{name}"),
        )
    op.add_column("decision", sa.Column("undo_s", sa.Float, nullable=False, server_default="0"))
    op.add_column("decision_second", sa.Column("choice", sa.String(32)))
    op.add_column(
        "decision_second", sa.Column("third", sa.Boolean, nullable=False, server_default=sa.false())
    )
    op.execute(GONE_OUT)


def downgrade() -> None:
    op.drop_column("decision_second", "third")
    op.drop_column("decision_second", "choice")
    op.drop_column("decision", "undo_s")
    op.drop_table("decision_undone")
    op.drop_table("decision_out")
