"""`seawall bench`: how much is found after which edit, how much is found wrongly, beside a peer."""

from __future__ import annotations

import sys
from pathlib import Path

import click
from rich.console import Console
from rich.progress import Progress

from seawall.bench import run
from seawall.cli.output import Output, verb


@click.command()
@click.option(
    "--corpus",
    required=True,
    type=click.Path(path_type=Path),
    help="A folder of clips to make references of.",
)
@click.option("--suite", type=click.Choice(sorted(run.SUITES)), default="basic", show_default=True)
@click.option("--seed", type=int, default=1, show_default=True, help="Draws the edits' random choices.")
@click.option(
    "--work", type=click.Path(path_type=Path), help="Keep the edited files here, and use those that are."
)
@verb
def bench(output: Output, corpus: Path, suite: str, seed: int, work: Path | None) -> None:
    """Edit clips, check the copies, and report what was found. Nothing of it enters your banks."""
    with Progress(console=Console(stderr=True), disable=output.quiet or not sys.stderr.isatty()) as bar:
        tasks = {}

        def progress(phase: str, done: int, of: int) -> None:
            if phase not in tasks:
                tasks[phase] = bar.add_task(phase, total=of)
            bar.update(tasks[phase], completed=done, total=of)

        report = run.run_suite(corpus, suite, seed, work, progress)
    if not output.as_json:
        Console().print(report.as_renderable())
    output.document(report.as_record())
