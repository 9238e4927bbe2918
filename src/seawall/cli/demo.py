"""`seawall demo`: the main job on clips made by code, with a page that shows what was found."""

from __future__ import annotations

from pathlib import Path

import click

from seawall.cli.output import Output, verb
from seawall.demo import run


@click.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo-out"),
    show_default=True,
    help="Where the clips and the page go.",
)
@verb
def demo(output: Output, out: Path) -> None:
    """Make harmless clips, bank two, edit and splice them, check the edits, and show what was found."""
    report = run.run(out, output.line)
    output.document(report.as_record())
