"""A report's file to its document: taken apart in a sandbox of its own, with limits that fit a text."""

from __future__ import annotations

import os
from importlib.util import find_spec
from pathlib import Path
from typing import Final

from seawall import config, errors, media
from seawall.claims import documents
from seawall.media import wire

_NEEDED: Final = ("charset_normalizer", "lxml", "pypdf", "trafilatura")
_WALL_TIMES: Final = 2.0  # as long on the clock as on the processor: other work goes on beside it


def sandbox(settings: config.Settings, workers: int = 1) -> media.Sandbox:
    """A pool of processes that take reports apart. Raises errors.ExtraMissing where a package is missing."""
    missing = [name for name in _NEEDED if find_spec(name) is None]
    if missing:
        raise errors.ExtraMissing(name=missing[0])
    return media.Sandbox(
        workers,
        media.Limits(
            bytes=settings.whole("max_report_bytes"),
            cpu_s=settings.number("max_report_s"),
            wall_s=_WALL_TIMES * settings.number("max_report_s"),
            memory_bytes=settings.whole("max_memory_bytes"),
        ),
    )


def imported(path: Path, pool: media.Sandbox, max_characters: int) -> documents.Document:
    """The document of a report's file.

    Raises PathNotFound; MediaError, of it ReportError, where no text can be had of the file.
    """
    answer = pool.run(path, documents.TASK, {"max_characters": max_characters}, given=wire.Given.BYTES)
    return _parsed(answer, os.fspath(path), max_characters)


def imported_bytes(data: bytes, name: str, pool: media.Sandbox, max_characters: int) -> documents.Document:
    """The document of a report's bytes. name: what errors call them. Raises as `imported` does."""
    answer = pool.run_bytes(data, name, documents.TASK, {"max_characters": max_characters})
    return _parsed(answer, name, max_characters)


def _parsed(answer: wire.Wire, name: str, max_characters: int) -> documents.Document:
    try:
        return documents.parse(answer, max_characters)
    except ValueError as cause:
        raise errors.DecoderCrashed(path=name, cause=f"its answer makes no sense: {cause}") from cause
