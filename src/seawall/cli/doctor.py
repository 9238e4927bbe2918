"""`seawall doctor`: what works here, tried out rather than assumed."""

from __future__ import annotations

import platform
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from importlib import metadata
from typing import Final

import click

import seawall
from seawall import errors
from seawall.cli.output import Output, verb
from seawall.media import faces

LIBRARIES: Final = ("av", "numpy", "pillow", "sqlalchemy", "alembic")


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at."""

    name: str
    detail: str
    ok: bool = True


@click.command()
@verb
def doctor(output: Output) -> int:
    """Say what works here: versions, the data folder, the index, what keeps decoders in."""
    findings = list(_findings(output))
    for one in findings:
        output.line(f"{'ok' if one.ok else 'MISSING':8} {one.name:12} {one.detail}")
    output.document(
        {
            "schema": "seawall.doctor/1",
            "findings": [{"name": one.name, "ok": one.ok, "detail": one.detail} for one in findings],
        }
    )
    return 0 if all(one.ok for one in findings) else errors.OutsideError.exit_code


def _findings(output: Output) -> Iterator[Finding]:
    yield Finding("seawall", seawall.__version__)
    yield Finding("python", f"{platform.python_version()} on {platform.system()} {platform.machine()}")
    for name in LIBRARIES:
        yield Finding(name, metadata.version(name))
    try:
        with output.open() as library:
            yield Finding("data", str(library.settings.data))
            yield Finding("banks", f"{len(library.banks())}")
            yield _tried("index", lambda: _index(library))
            yield Finding("faces", faces.tool() or "not found here: what leaves is covered as a whole")
            yield from _protections(library)
    except errors.SeawallError as error:
        yield Finding("data", f"{error.message}. {error.remedy}", ok=False)


def _tried(name: str, look: Callable[[], str]) -> Finding:
    try:
        return Finding(name, look())
    except errors.SeawallError as error:
        return Finding(name, f"{error.message}. {error.remedy}", ok=False)


def _index(library: seawall.Seawall) -> str:
    library.verify()
    counts = library.index_counts()
    return ", ".join(f"{count} {kind} codes" for kind, count in counts.items())


def _protections(library: seawall.Seawall) -> Iterator[Finding]:
    """What a decoding process cannot do, each tried out in one."""
    try:
        for one in library.protections():
            yield Finding(f"no {one.name}", one.detail, ok=one.active)
    except errors.SeawallError as error:
        yield Finding("sandbox", f"{error.message}. {error.remedy}", ok=False)
