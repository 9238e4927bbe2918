"""`seawall check`: which known item reappears in each file, and where."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import click

from seawall import errors
from seawall.cli.output import Interrupted, Output, exit_code, seconds, verb
from seawall.model.match import Segment
from seawall.model.signal import SignalType
from seawall.workflows.check import CheckResult, Named

SCHEMA: Final = "seawall.check/1"

_CHANGED: Final = {
    "reverse": "backwards",
    "mirror": "mirrored",
    "negative": "as a negative",
    "rotate": "turned by {} degrees",
    "crop": "cropped",
    "inset": "set into another picture",
    "perspective": "filmed off a screen",
    "pitch": "{} semitones off",
    "scene": "the same scene, but something else moves in it",
}


@click.command()
@click.argument("paths", nargs=-1, required=True, type=click.Path(path_type=Path))
@verb
def check(output: Output, paths: tuple[Path, ...]) -> int:
    """Check files, and those in folders, against every bank.

    No match is not an error. A file that cannot be read is reported, and the others go on.
    """
    results: list[CheckResult] = []
    stopped: errors.SeawallError | None = None
    with output.open() as library:
        try:
            for result in output.progress(library.check(paths), "checking", paths):
                results.append(result)
                _show(output, result)
        except (errors.OutsideError, errors.CorruptionError) as error:
            stopped = error
    document: dict[str, object] = {"schema": SCHEMA, "results": [result.as_record() for result in results]}
    if stopped is not None:
        document["error"] = stopped.as_record()
    output.document(document)
    if stopped is not None:
        raise Interrupted(stopped)
    return exit_code(None if result.matches else result.error for result in results)


def _show(output: Output, result: CheckResult) -> None:
    if result.error is not None:
        output.failed(result.path, result.error)
    elif not result.matches:
        output.line(f"no match  {result.path}")
    else:
        output.line(f"match     {result.path}")
    for one in result.matches:
        output.line(
            f"  {one.match.recommendation:8} {one.match.score:.2f}  {one.reference.bank}/{one.reference.name}"
        )
        for segment in one.match.segments:
            output.line(f"           {_where(segment)}")
    for one in result.suppressed:
        output.line(f"  known-good: {_named(one)} is explained by {_suppressor(one)}")
    for skipped in result.skipped:
        output.line(f"  {skipped.signal}: skipped, {skipped.reason}")
    if result.partial is not None:
        output.line(f"  damaged: {result.partial.reason}")


def _where(segment: Segment) -> str:
    ours = _span(segment.query_start_s, segment.query_end_s)
    theirs = _span(segment.reference_start_s, segment.reference_end_s)
    pace = abs(segment.speed)
    speed = "" if pace == 1.0 else f", at {pace:g} times its speed"
    changed = "".join(f", {_changed(one)}" for one in segment.transform)
    by = ", by a learned descriptor" if segment.signal is SignalType.LEARNED else ""
    return f"{ours} is its {theirs}{speed}{changed}{by}"


def _changed(transform: str) -> str:
    """A transform in words; `reference/json.md` tells them."""
    name, _, amount = transform.partition(":")
    return _CHANGED[name].format(amount) if name in _CHANGED else transform


def _span(start_s: float, end_s: float) -> str:
    return seconds(start_s) if start_s == end_s else f"{seconds(start_s)} to {seconds(end_s)}"


def _named(one: Named) -> str:
    return f"{one.reference.bank}/{one.reference.name}"


def _suppressor(one: Named) -> str:
    return "" if one.suppressed_by is None else f"{one.suppressed_by.bank}/{one.suppressed_by.name}"
