"""`seawall hash`: a file's signals, for other programs."""

from __future__ import annotations

from pathlib import Path

import click

from seawall.cli.output import Output, exit_code, verb
from seawall.signals import vpdq_text
from seawall.workflows.hashing import HashResult


@click.command("hash")
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@click.option("--every-frame", is_flag=True, help="Of videos, every frame's hash, as vPDQ computes it.")
@click.option("--vpdq", is_flag=True, help="Print every frame's hash of videos as lines of a vPDQ file.")
@verb
def hash_files(output: Output, paths: tuple[Path, ...], *, every_frame: bool, vpdq: bool) -> int:
    """Print the signals of files, and of those in folders. Nothing is stored."""
    results: list[HashResult] = []
    with output.open() as library:
        for result in output.progress(library.hash(paths, every_frame=every_frame or vpdq), "hashing", paths):
            results.append(result)
            if vpdq and result.error is None:
                _show_frames(output, result)
            else:
                _show(output, result)
    output.document({"schema": "seawall.hash/1", "results": [result.as_record() for result in results]})
    return exit_code(result.error for result in results)


def _show_frames(output: Output, result: HashResult) -> None:
    for line in vpdq_text.to_lines((code, offset_s or 0.0) for code, offset_s in result.hashes):
        output.line(line)


def _show(output: Output, result: HashResult) -> None:
    if result.error is not None:
        output.failed(result.path, result.error)
        return
    output.line(f"sha256    {result.sha256}  {result.path}")
    for code, offset_s in result.hashes:
        at = "" if offset_s is None else f"  {offset_s:.3f}"
        output.line(f"pdq       {code.value.hex()}  {code.quality}{at}")
    for skipped in result.skipped:
        output.line(f"          {skipped.signal}: skipped, {skipped.reason}")
