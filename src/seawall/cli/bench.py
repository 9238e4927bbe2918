"""`seawall bench`: how much is found after which edit or read of which text, and how much wrongly."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import cast

import click
from rich.console import Console
from rich.progress import Progress

from seawall import errors
from seawall.bench import full_suite, pages, run
from seawall.bench.edit import Level
from seawall.cli.output import Output, verb


@click.command()
@click.argument("folder", metavar="[DIR]", required=False, type=click.Path(path_type=Path))
@click.option(
    "--corpus",
    type=click.Path(path_type=Path),
    help="A folder of clips to make references of; for claims, of texts with gold ledgers. The same as DIR.",
)
@click.option("--suite", type=click.Choice(sorted(run.SUITES)), default="basic", show_default=True)
@click.option(
    "--seed", type=int, default=1, show_default=True, help="Parts the clips and draws the random choices."
)
@click.option(
    "--work", type=click.Path(path_type=Path), help="Keep the edited files here, and use those that are."
)
@click.option(
    "--html", type=click.Path(path_type=Path, file_okay=False), help="Write a page into this folder."
)
@click.option(
    "--half",
    type=click.Choice((*full_suite.HALVES, "both")),
    help="Which half of the clips is banked: `report` by default; `tune` to choose settings by.",
)
@click.option("--levels", metavar="LEVEL,...", help="Of mild, standard and severe: the last two by default.")
@click.option("--edits", metavar="NAME,...", help="Only these families of edits.")
@click.option("--clips", type=click.IntRange(min=1), help="At most this many clips of either half.")
@click.option(
    "--pictures",
    multiple=True,
    type=click.Path(path_type=Path),
    help="A folder of pictures that take part beside the clips' own. Repeatable.",
)
@verb
def bench(
    output: Output,
    folder: Path | None,
    corpus: Path | None,
    suite: str,
    seed: int,
    work: Path | None,
    html: Path | None,
    half: full_suite.Half | None,
    levels: str | None,
    edits: str | None,
    clips: int | None,
    pictures: tuple[Path, ...],
) -> None:
    """Edit clips and check the copies, or read texts, and report what was found.

    Nothing of it enters your banks or incidents.
    """
    given = corpus or folder
    if given is None or (corpus is not None and folder is not None):
        raise errors.UsageError(detail="name one folder, as DIR or with --corpus")
    choice = run.Choice(
        half=half,
        levels=None if levels is None else _levels(levels),
        edits=None if edits is None else _names(edits),
        clips=clips,
        pictures=pictures or None,
        html=html,
    )
    with Progress(console=Console(stderr=True), disable=output.quiet or not sys.stderr.isatty()) as bar:
        tasks = {}

        def progress(phase: str, done: int, of: int) -> None:
            if phase not in tasks:
                tasks[phase] = bar.add_task(phase, total=of)
            bar.update(tasks[phase], completed=done, total=of)

        report = run.run_suite(given, suite, seed, work, progress, choice)
    if html is not None:
        pages.write(report, html)
    if not output.as_json:
        Console().print(report.as_renderable())
    output.document(report.as_record())


def _names(text: str) -> tuple[str, ...]:
    return tuple(name for part in text.split(",") if (name := part.strip()))


def _levels(text: str) -> tuple[Level, ...]:
    names = _names(text)
    for name in names:
        if name not in full_suite.LEVELS:
            raise errors.UsageError(
                detail=f"there is no level {name!r}; there are: {', '.join(full_suite.LEVELS)}"
            )
    return cast("tuple[Level, ...]", names)
