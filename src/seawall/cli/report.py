"""`seawall report`: the yearly report, and the rows behind each of its numbers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Final

import click

from seawall import errors
from seawall.cli.output import Output, verb
from seawall.model.yearly import FIRST_YEAR, LAST_YEAR
from seawall.reports import yearly

_PAGE: Final = 1000
_YEAR: Final = click.argument("year", type=click.IntRange(FIRST_YEAR, LAST_YEAR))


@click.group()
def report() -> None:
    """What is reported of a year, counted from the log."""


@report.command("year")
@_YEAR
@click.option(
    "--format",
    "form",
    type=click.Choice(["html", "csv", "json"]),
    default="json",
    show_default=True,
    help="A page with charts, a table, or JSON.",
)
@click.option("--out", type=click.Path(path_type=Path, dir_okay=False), help="A new file to write it to.")
@verb
def year_(output: Output, year: int, *, form: str, out: Path | None) -> None:
    """Report on a calendar year (Regulation (EU) 2021/784, Article 7(3); 2022/2065, Articles 15 and 24)."""
    if output.as_json and out is None and form != "json":
        raise errors.UsageError(detail=f"--json prints JSON: name a file for the {form} with --out")
    if out is not None and out.exists():
        raise errors.UsageError(detail=f"{out} is there already: name a new file")
    with output.open() as library:
        made = library.yearly.report(year)
    record = yearly.record(made, yearly.rows_at(f"/v1/reports/{year}/rows"))
    if form == "html":
        text = yearly.page(made, None)
    else:
        text = yearly.table(made) if form == "csv" else json.dumps(record, indent=1) + "\n"
    if out is not None:
        with errors.writing(out), out.open("x", encoding="utf-8", newline="") as file:
            file.write(text)
        output.line(f"written   {out}")
    elif not output.as_json:
        click.echo(text, nl=False)
    output.document(record)


@report.command()
@_YEAR
@click.argument("figure")
@click.option("--part", help="Only of this part.")
@click.option("--month", type=click.IntRange(1, 12), help="Only of this month.")
@verb
def rows(output: Output, year: int, figure: str, *, part: str | None, month: int | None) -> None:
    """List what a figure has counted; as many rows as it says."""
    made: list[dict[str, object]] = []
    with output.open() as library:
        while page := library.yearly.rows(year, figure, part=part, month=month, skip=len(made), limit=_PAGE):
            for one in page:
                made.append(yearly.row(one))
                decided = "" if one.decision is None else f"  decision {one.decision}"
                output.line(f"{one.at.isoformat(timespec='seconds')}  {one.subject} {one.id}{decided}")
    output.document({"schema": "seawall.report.rows/1", "figure": figure, "rows": made})
