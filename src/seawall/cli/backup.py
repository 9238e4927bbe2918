"""`seawall backup`: all that the database holds in one file, and back."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from seawall import config
from seawall.cli.output import Output, verb

if TYPE_CHECKING:
    from seawall.workflows import backup as backups


@click.group()
def backup() -> None:
    """Write a backup, and put one back."""


@backup.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@click.option("--with-objects", is_flag=True, help="Kept files too, not only what is known of them.")
@verb
def create(output: Output, file: Path, *, with_objects: bool) -> None:
    """Write all that the database holds to a new file, as of one moment; others may go on working.

    The key that seals credentials is not in it: keep `secret.key` of the data folder, or what you have set
    instead, in another place.
    """
    from seawall.workflows import backup as backups  # noqa: PLC0415 - only this verb needs it all

    made = backups.create(config.load(output.data), file, with_objects=with_objects)
    _report(output, "seawall.backup-create/1", made, file, "written to")


@backup.command()
@click.argument("file", type=click.Path(path_type=Path, dir_okay=False))
@verb
def restore(output: Output, file: Path) -> None:
    """Put a backup into the database that is set, SQLite or PostgreSQL, which must be empty.

    Every byte of the file is checked first. All of it goes in, or nothing. The index is built anew.
    """
    from seawall.workflows import backup as backups  # noqa: PLC0415 - as above

    made = backups.restore(config.load(output.data), file)
    _report(output, "seawall.backup-restore/1", made, file, "restored from")


def _report(output: Output, schema: str, made: backups.Backup, file: Path, done: str) -> None:
    rows = sum(made.rows.values())
    output.line(f"{rows} rows of {len(made.rows)} tables and {made.objects} kept files {done} {file}")
    output.document({"schema": schema, "path": str(file), **made.as_record()})
