"""Which page shows which suite's report."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from seawall.bench import (
    audio_page,
    audio_report,
    basic_page,
    claims_page,
    claims_report,
    full_report,
    image_page,
    image_report,
    page,
    report,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping
    from pathlib import Path

    from seawall.bench import run

#: Any: a mapping cannot say that each takes the report beside it.
_WRITERS: Final[Mapping[type, Callable[[Any, Path], None]]] = {
    report.BenchReport: basic_page.write,
    full_report.FullReport: page.write,
    image_report.ImageReport: image_page.write,
    audio_report.AudioReport: audio_page.write,
    claims_report.ClaimsReport: claims_page.write,
}


def write(told: run.Report, folder: Path) -> None:
    """Write the report's page into `folder`, which is made. Raises errors.DiskFull, errors.WriteFailed."""
    _WRITERS[type(told)](told, folder)
