"""`seawall import` and `seawall export`: lists of hashes in and out."""

from __future__ import annotations

from pathlib import Path

import click

from seawall import errors
from seawall.cli.output import Output, verb
from seawall.workflows.lists import Form


@click.command("import")
@click.argument("bank")
@click.argument("path", type=click.Path(path_type=Path))
@verb
def import_list(output: Output, bank: str, path: Path) -> None:
    """Add the references of a list, CSV or JSON lines, to a bank.

    Malformed lines are counted, named by number and left out; the rest goes in.
    """
    with output.open() as library:
        report = library.import_list(bank, path)
    output.line(
        f"{report.rows} rows: {report.references_added} references added, "
        f"{report.references_already} already there, {report.malformed_count} malformed lines left out"
    )
    for one in report.malformed:
        output.line(f"  line {one.line}: {one.reason}")
    output.document(report.as_record())


@click.command("export")
@click.argument("bank", required=False)
@click.option("--out", "path", type=click.Path(path_type=Path, dir_okay=False), help="The file to write.")
@click.option(
    "--form", type=click.Choice([form.value for form in Form]), default=Form.CSV.value, show_default=True
)
@verb
def export_list(output: Output, bank: str | None, path: Path | None, form: str) -> None:
    """Write a bank, or all banks, as a list: to a file, or to standard output."""
    if output.as_json and path is None:
        raise errors.UsageError(
            detail="--json prints a document where the list would go: name a file with --out"
        )
    with output.open() as library:
        rows = library.export_list(bank, path, Form(form))
    if path is not None:
        output.line(f"{rows} rows written to {path}")
    output.document({"schema": "seawall.export/1", "rows": rows, "path": str(path)})
