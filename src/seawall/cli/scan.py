"""`seawall scan`: an archive's signals and matches, as Parquet files."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from seawall import config
from seawall.cli.output import Output, bars, seconds, verb
from seawall.workflows import scan_plan

if TYPE_CHECKING:
    from seawall.workflows.scan import Step, Summary

_EVERY_S: Final = 30.0  #: between two lines of a log


@click.command()
@click.argument("source")
@click.option(
    "--out",
    required=True,
    type=click.Path(path_type=Path, file_okay=False),
    help="Folder of the results; of the same call that was cut off, to go on.",
)
@click.option(
    "--against", metavar="BANK,...", help="Search these banks, and every negative one; all by default."
)
@click.option("--signals-only", is_flag=True, help="Search nothing.")
@click.option(
    "--address",
    metavar="RAY",
    help="Work in the Ray cluster at this address; `local` starts one on this machine.",
)
@click.option(
    "--workers",
    type=click.IntRange(min=1),
    help="Files that are worked at a time; one a processor by default.",
)
@click.option(
    "--batch",
    type=click.IntRange(min=1, max=10_000),
    default=scan_plan.BATCH,
    show_default=True,
    help="Files that are worked, and kept, together.",
)
@verb
def scan(
    output: Output,
    source: str,
    out: Path,
    against: str | None,
    *,
    signals_only: bool,
    address: str | None,
    workers: int | None,
    batch: int,
) -> None:
    """Scan an archive: a folder, a list of paths or addresses, or s3://BUCKET/PREFIX.

    A list has one path or address a line; `-` reads it from standard input. Signals, matches and errors are
    written as Parquet files. A scan that was cut off goes on when it is called again, and no file is in its
    results twice. A file that cannot be used is a row of the errors.
    """
    # What scans comes with an extra, and is loaded when it is asked for.
    from seawall.workflows import scan as scanning  # noqa: PLC0415

    wish = scanning.Wish(
        source,
        out,
        against=None if against is None else tuple(name for name in against.split(",") if name),
        signals_only=signals_only,
        address=address,
        workers=workers,
        batch=batch,
    )
    with _progress(output) as progress:
        summary = scanning.scan(config.load(output.data), wish, progress)
    _show(output, summary)
    output.document(summary.as_record())


def _show(output: Output, summary: Summary) -> None:
    counts = summary.counts
    output.line(f"scanned   {counts.files} files in {summary.batches} batches")
    output.line(f"matched   {counts.matched} files, {counts.matches} matches, {counts.suppressed} suppressed")
    output.line(f"failed    {counts.errors} files")
    output.line(f"results   {summary.out}")


@contextmanager
def _progress(output: Output) -> Iterator[Callable[[Step], None]]:
    """What shows steps: a bar where somebody watches, and else a line now and then."""
    if not output.shows_bars():
        yield _silent if output.quiet else _Log()
        return
    with bars() as bar:
        task = bar.add_task("scanning", total=None, rate="")
        started_s = time.monotonic()

        def show(step: Step) -> None:
            rate = step.fresh / max(time.monotonic() - started_s, 0.001)
            bar.update(task, completed=step.files, total=step.of, rate=f"{rate:.1f}/s" if step.fresh else "")

        yield show


def _silent(step: Step) -> None:
    """Say nothing."""


class _Log:
    """Says now and then, and at the end, how far a scan is."""

    def __init__(self) -> None:
        self._started_s = self._said_s = time.monotonic()

    def __call__(self, step: Step) -> None:
        now_s = time.monotonic()
        if not step.fresh:  # the beginning: what came before was no scanning
            self._started_s = self._said_s = now_s
        if not step.fresh or (now_s - self._said_s < _EVERY_S and step.files < step.of):
            return
        self._said_s = now_s
        rate = step.fresh / max(now_s - self._started_s, 0.001)
        left = seconds((step.of - step.files) / rate)
        click.echo(f"scanned {step.files} of {step.of} files, {rate:.1f}/s, {left} left", file=sys.stderr)
