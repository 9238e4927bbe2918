"""`seawall demo`: the main job on clips made by code, with a page of what was found; or the console."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from seawall.cli import serve as serving
from seawall.cli.output import Output, verb
from seawall.demo import run, served

HOST: Final = "127.0.0.1"


@click.command()
@click.option(
    "--out",
    type=click.Path(path_type=Path, file_okay=False),
    default=Path("demo-out"),
    show_default=True,
    help="Where the clips and the page, or the data folder, go.",
)
@click.option("--serve", is_flag=True, help="Fill a data folder for every page of the console, and serve it.")
@click.option(
    "--port",
    type=click.IntRange(0, 65535),
    default=8720,
    show_default=True,
    help="Port to serve at, of this machine alone; 0: any that is free.",
)
@verb
def demo(output: Output, out: Path, port: int, *, serve: bool) -> None:
    """Make harmless clips, bank two, edit and splice them, check the edits, and show what was found.

    With --serve, a data folder is filled with banks, cases, an incident, orders and people, each with a
    password that is printed, and the console is served over it until it is told to stop.
    """
    if serve:
        _serve(output, out, port)
        return
    report = run.run(out, output.line)
    output.document(report.as_record())


def _serve(output: Output, out: Path, port: int) -> None:
    """Raises ServiceMissing before anything is made."""
    serving.needed()
    with served.opened(out) as library:
        filled = served.fill(library, out, output.line)
        output.line("")
        for name, password in filled.passwords.items():
            output.line(f"{name:<6} {served.PEOPLE[name]:<9} password {password}")
        output.line("")
        serving.answer(output, library, HOST, port)
    serving.end()
