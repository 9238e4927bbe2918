"""What was seen: by key, with its signals in a table of their own; matches that are held, and holds."""

from __future__ import annotations

import sqlalchemy as sa
from alembic import op

revision = "0005"
down_revision = "0004"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)
HOUR_S = 3600


def upgrade() -> None:
    op.create_table(
        "hold",
        sa.Column("number", ID, nullable=False),
        sa.Column("reference", sa.String(64), nullable=False),
        sa.Column("bank", sa.String(64), nullable=False),
        sa.Column("since", TIME, nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("counts", sa.Text, nullable=False),
        sa.Column("released_by", sa.String),
        sa.Column("released_at", TIME),
        sa.Column("released_contents", sa.Integer),
        sa.Column("reason", sa.String),
        sa.PrimaryKeyConstraint("number", name="pk_hold"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_hold_reference_number", "hold", ["reference", "number"])
    op.create_index("ix_hold_state", "hold", ["state"])
    op.create_table(
        "kept",
        sa.Column("number", ID, nullable=False),
        sa.Column("seen_number", ID, nullable=False),
        sa.Column("query", sa.LargeBinary, nullable=False),
        sa.Column("expires_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["seen_number"], ["seen.number"], name="fk_kept_seen_number"),
        sa.PrimaryKeyConstraint("number", name="pk_kept"),
        sa.UniqueConstraint("seen_number", name="uq_kept_seen_number"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_kept_expires_at", "kept", ["expires_at"])
    op.drop_index("ix_seen_expires_at", table_name="seen")
    with op.batch_alter_table("seen", table_kwargs={"sqlite_autoincrement": True}) as seen:
        seen.add_column(sa.Column("key", sa.String(64)))
        seen.add_column(sa.Column("md5", sa.String(32)))
        seen.drop_constraint("uq_seen_sha256", type_="unique")
        seen.drop_column("query")
        seen.drop_column("expires_at")
    # What has no digest was kept once for every check: each is a content of its own.
    op.execute("UPDATE seen SET key = coalesce(sha256, 'unnamed-' || number)")
    with op.batch_alter_table("seen", table_kwargs={"sqlite_autoincrement": True}) as seen:
        seen.alter_column("key", existing_type=sa.String(64), nullable=False)
        seen.create_unique_constraint("uq_seen_key", ["key"])
        seen.create_index("ix_seen_md5", ["md5"])
    op.drop_index("ix_found_reference_at", table_name="found")
    op.drop_index("ix_found_bank_at", table_name="found")
    with op.batch_alter_table("found", table_kwargs={"sqlite_autoincrement": True}) as found:
        found.add_column(sa.Column("hour", sa.Integer))
        found.add_column(sa.Column("held", sa.Boolean))
    _fill_hours()
    with op.batch_alter_table("found", table_kwargs={"sqlite_autoincrement": True}) as found:
        found.alter_column("hour", existing_type=sa.Integer, nullable=False)
        found.alter_column("held", existing_type=sa.Boolean, nullable=False)
        found.create_index("ix_found_hour", ["hour"])
        found.create_index("ix_found_bank_hour", ["bank", "hour"])
        found.create_index("ix_found_reference_hour", ["reference", "hour"])


def _fill_hours() -> None:
    """The hours of matches that are there, counted from 1970 as the databases do it."""
    if op.get_bind().dialect.name == "sqlite":
        hour = f"CAST(strftime('%s', at) AS INTEGER) / {HOUR_S}"
    else:
        hour = f"CAST(floor(extract(epoch from at) / {HOUR_S}) AS INTEGER)"
    op.execute(f"UPDATE found SET hour = {hour}, held = {_false()}")  # noqa: S608 - no value from outside


def _false() -> str:
    return "0" if op.get_bind().dialect.name == "sqlite" else "false"


def downgrade() -> None:
    op.drop_index("ix_found_reference_hour", table_name="found")
    op.drop_index("ix_found_bank_hour", table_name="found")
    op.drop_index("ix_found_hour", table_name="found")
    with op.batch_alter_table("found", table_kwargs={"sqlite_autoincrement": True}) as found:
        found.drop_column("held")
        found.drop_column("hour")
        found.create_index("ix_found_bank_at", ["bank", "at"])
        found.create_index("ix_found_reference_at", ["reference", "at"])
    op.drop_index("ix_seen_md5", table_name="seen")
    with op.batch_alter_table("seen", table_kwargs={"sqlite_autoincrement": True}) as seen:
        seen.add_column(sa.Column("query", sa.LargeBinary))
        seen.add_column(sa.Column("expires_at", TIME))
        seen.drop_constraint("uq_seen_key", type_="unique")
        seen.drop_column("md5")
        seen.drop_column("key")
        seen.create_unique_constraint("uq_seen_sha256", ["sha256"])
        seen.create_index("ix_seen_expires_at", ["expires_at"])
    op.drop_index("ix_kept_expires_at", table_name="kept")
    op.drop_table("kept")
    op.drop_index("ix_hold_state", table_name="hold")
    op.drop_index("ix_hold_reference_number", table_name="hold")
    op.drop_table("hold")
