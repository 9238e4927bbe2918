"""Notices and orders, and clocks; items are found by their post and address, and cases are due."""

from __future__ import annotations

import json

import sqlalchemy as sa
from alembic import op

revision = "0014"
down_revision = "0013"
branch_labels = None
depends_on = None

ID = sa.BigInteger().with_variant(sa.Integer(), "sqlite")
TIME = sa.DateTime(timezone=True)


FOUND_BY = 256
BATCH = 1000


def upgrade() -> None:
    for name in ("post", "url"):
        op.add_column("item", sa.Column(name, sa.String))
    _fill_items()
    for name in ("post", "url"):
        op.create_index(f"ix_item_{name}", "item", [name])
    op.execute("UPDATE webhook SET types = REPLACE(types, 'clock.warning', 'clock.alarm')")
    _create_notices()
    _create_clocks()


def _fill_items() -> None:
    """Take what items are found by out of their context."""
    connection = op.get_bind()
    item = sa.table(
        "item",
        sa.column("number", ID),
        sa.column("context", sa.Text),
        sa.column("post", sa.String),
        sa.column("url", sa.String),
    )
    number = 0
    while True:
        query = sa.select(item.c.number, item.c.context).where(item.c.number > number)
        rows = connection.execute(query.order_by(item.c.number).limit(BATCH)).all()
        if not rows:
            return
        for row in rows:
            where = json.loads(row.context)
            said = {name: where[name][:FOUND_BY] for name in ("post", "url") if where.get(name) is not None}
            if said:
                connection.execute(sa.update(item).where(item.c.number == row.number).values(said))
        number = rows[-1].number


def _create_notices() -> None:
    op.create_table(
        "notice",
        sa.Column("number", ID, nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("received_at", TIME, nullable=False),
        sa.Column("recorded_at", TIME, nullable=False),
        sa.Column("recorded_by", sa.String, nullable=False),
        sa.Column("reference", sa.String),
        sa.Column("message", sa.Text, nullable=False),
        sa.Column("due_at", TIME),
        sa.Column("looked_to", ID, nullable=False),
        sa.PrimaryKeyConstraint("number", name="pk_notice"),
        sa.UniqueConstraint("id", name="uq_notice_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_notice_reference", "notice", ["reference"])
    op.create_index("ix_notice_state_due_at", "notice", ["state", "due_at"])
    op.create_table(
        "notice_place",
        sa.Column("notice_number", ID, nullable=False),
        sa.Column("kind", sa.String(8), nullable=False),
        sa.Column("value", sa.String, nullable=False),
        sa.ForeignKeyConstraint(["notice_number"], ["notice.number"], name="fk_notice_place_notice_number"),
        sa.PrimaryKeyConstraint("notice_number", "kind", "value", name="pk_notice_place"),
    )
    op.create_index("ix_notice_place_kind_value", "notice_place", ["kind", "value"])
    op.create_table(
        "notice_link",
        sa.Column("notice_number", ID, nullable=False),
        sa.Column("kind", sa.String(16), nullable=False),
        sa.Column("target", sa.String(64), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("why", sa.String, nullable=False),
        sa.ForeignKeyConstraint(["notice_number"], ["notice.number"], name="fk_notice_link_notice_number"),
        sa.PrimaryKeyConstraint("notice_number", "kind", "target", name="pk_notice_link"),
    )
    op.create_index("ix_notice_link_kind_target", "notice_link", ["kind", "target"])
    op.create_table(
        "notice_event",
        sa.Column("number", ID, nullable=False),
        sa.Column("notice_number", ID, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.ForeignKeyConstraint(["notice_number"], ["notice.number"], name="fk_notice_event_notice_number"),
        sa.PrimaryKeyConstraint("number", name="pk_notice_event"),
    )
    op.create_index("ix_notice_event_notice_number", "notice_event", ["notice_number"])


def _create_clocks() -> None:
    op.create_table(
        "clock",
        sa.Column("number", ID, nullable=False),
        sa.Column("id", sa.String(64), nullable=False),
        sa.Column("period", sa.String(32), nullable=False),
        sa.Column("about_kind", sa.String(16), nullable=False),
        sa.Column("about_id", sa.String(64), nullable=False),
        sa.Column("zone", sa.String(64), nullable=False),
        sa.Column("state", sa.String(16), nullable=False),
        sa.Column("bound", sa.String(8), nullable=False),
        sa.Column("due_at", TIME),
        sa.Column("next_alarm_at", TIME),
        sa.PrimaryKeyConstraint("number", name="pk_clock"),
        sa.UniqueConstraint("id", name="uq_clock_id"),
        sqlite_autoincrement=True,
    )
    op.create_index("ix_clock_about_kind_about_id", "clock", ["about_kind", "about_id"])
    op.create_index("ix_clock_next_alarm_at", "clock", ["next_alarm_at"])
    op.create_index("ix_clock_state_due_at", "clock", ["state", "due_at"])
    op.create_table(
        "clock_event",
        sa.Column("number", ID, nullable=False),
        sa.Column("clock_number", ID, nullable=False),
        sa.Column("what", sa.String(16), nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("recorded_at", TIME, nullable=False),
        sa.Column("actor", sa.String, nullable=False),
        sa.Column("reason", sa.String, nullable=False),
        sa.Column("hold", sa.String(32)),
        sa.ForeignKeyConstraint(["clock_number"], ["clock.number"], name="fk_clock_event_clock_number"),
        sa.PrimaryKeyConstraint("number", name="pk_clock_event"),
    )
    op.create_index("ix_clock_event_clock_number", "clock_event", ["clock_number"])
    op.create_table(
        "clock_alarm",
        sa.Column("number", ID, nullable=False),
        sa.Column("clock_number", ID, nullable=False),
        sa.Column("run", sa.Integer, nullable=False),
        sa.Column("extensions", sa.Integer, nullable=False),
        sa.Column("share", sa.Float, nullable=False),
        sa.Column("at", TIME, nullable=False),
        sa.Column("raised_at", TIME, nullable=False),
        sa.ForeignKeyConstraint(["clock_number"], ["clock.number"], name="fk_clock_alarm_clock_number"),
        sa.PrimaryKeyConstraint("number", name="pk_clock_alarm"),
        sa.UniqueConstraint(
            "clock_number",
            "run",
            "extensions",
            "share",
            name="uq_clock_alarm_clock_number_run_extensions_share",
        ),
    )


def downgrade() -> None:
    for table in ("clock_alarm", "clock_event", "clock"):
        op.drop_table(table)
    for table in ("notice_event", "notice_link", "notice_place", "notice"):
        op.drop_table(table)
    op.execute("UPDATE webhook SET types = REPLACE(types, 'clock.alarm', 'clock.warning')")
    for name in ("post", "url"):
        op.drop_index(f"ix_item_{name}", table_name="item")
    with op.batch_alter_table("item") as batch:
        batch.drop_column("url")
        batch.drop_column("post")
