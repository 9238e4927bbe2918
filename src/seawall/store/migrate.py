"""Runs the steps of `migrations` on a connection: no configuration file, no logging set up."""

from __future__ import annotations

from pathlib import Path

from alembic import command
from alembic.config import Config
from alembic.script import ScriptDirectory
from sqlalchemy import Connection

MIGRATIONS = Path(__file__).with_name("migrations")


def config(connection: Connection | None = None) -> Config:
    """Alembic's settings. `migrations/env.py` runs in the connection's open transaction."""
    made = Config()
    made.set_main_option("script_location", str(MIGRATIONS).replace("%", "%%"))
    made.set_main_option("path_separator", "newline")  # else a blank in the path would end it
    made.attributes["connection"] = connection
    return made


def knows(revision: str) -> bool:
    """Whether this Seawall has the step that leads to a revision."""
    return any(step.revision == revision for step in ScriptDirectory.from_config(config()).walk_revisions())


def upgrade(connection: Connection, revision: str = "head") -> None:
    command.upgrade(config(connection), revision)


def downgrade(connection: Connection, revision: str) -> None:
    command.downgrade(config(connection), revision)
