"""What the sound suite found: one record for JSON, and a table for people."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final

from rich.console import Group
from rich.table import Table
from rich.text import Text

from seawall.bench import bootstrap, metrics, report

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import RenderableType

SCHEMA: Final = "seawall.bench-audio/1"


@dataclass(frozen=True, slots=True)
class Row:
    """One edit's figures at one length of excerpts."""

    edit: str
    what: str
    hard: bool
    excerpt_s: float
    queries: int  #: with a source in the bank
    distractors: int  #: without one
    recall: bootstrap.Estimate  #: found, at least suggested
    recall_strong: bootstrap.Estimate
    placed: bootstrap.Estimate  #: found within `NEAR_S` of where it is
    offset_s: metrics.Spread  #: how far off the found ones are
    false_matches: int
    false_strong: int
    missed: tuple[str, ...]
    chromaprint: bootstrap.Estimate  #: its recall
    chromaprint_false: int


@dataclass(frozen=True, slots=True)
class FalseMatch:
    """One match that should not be."""

    query: str
    edit: str
    reference: str
    recommendation: str
    score: float


@dataclass(frozen=True, slots=True)
class AudioReport:
    """All that a run says."""

    settings: Mapping[str, object]
    sounds: int
    measured: int  #: sounds of the halves that were run
    measured_s: float
    halves: tuple[str, ...]
    dropped: tuple[tuple[str, str], ...]  #: files of the folder that take no part, and why
    silent: int  #: excerpts that were left out, as they are mostly silent
    unrelated_pairs: int  #: (query, reference) pairs of which none should match
    rows: tuple[Row, ...]
    false_matches: tuple[FalseMatch, ...]
    errors: tuple[tuple[str, str], ...]  #: (query, what Seawall said) of files that it could not check
    check_ms_per_s: Mapping[str, float]  #: of wall time a second of sound, by stage
    timings_s: Mapping[str, float]  #: by phase

    def as_record(self) -> dict[str, object]:
        """For JSON."""
        return {"schema": SCHEMA, "suite": "audio", "versions": report.versions(), **asdict(self)}

    def as_renderable(self) -> RenderableType:
        """For a terminal."""
        return Group(*self._heading(), self._table(), *self._notes())

    def _heading(self) -> list[RenderableType]:
        return [
            Text(
                f"Suite audio: {self.sounds} sounds, {self.measured} measured "
                f"({' and '.join(self.halves)} half), {self.measured_s:.0f} s of sound banked"
            ),
            Text(
                f"{self.unrelated_pairs} unrelated pairs; {self.silent} excerpts left out, "
                "as they are mostly silent"
            ),
        ]

    def _table(self) -> Table:
        table = Table(
            title="Recall at Seawall's own thresholds, and false matches",
            caption="placed: found within 0.1 s of where it is; *: beyond what the fingerprint is made for",
        )
        for name in ("edit", "excerpt", "queries"):
            table.add_column(name)
        for name in ("suggest", "strong", "placed", "off by, p95", "false", "chromaprint", "false"):
            table.add_column(name, justify="right")
        for row in self.rows:
            table.add_row(*_cells(row))
        return table

    def _notes(self) -> list[RenderableType]:
        stages = ", ".join(f"{stage} {value:.1f}" for stage, value in self.check_ms_per_s.items())
        spent = ", ".join(f"{phase} {seconds:.0f}" for phase, seconds in self.timings_s.items())
        notes = [
            *(
                f"Missed, {row.edit}, {row.excerpt_s:g} s: {', '.join(row.missed)}"
                for row in self.rows
                if row.missed
            ),
            *(
                f"False: {one.query}, {one.edit}, as {one.reference} ({one.recommendation}, {one.score:.2f})"
                for one in self.false_matches
            ),
            *(f"Not checked: {query}: {error}" for query, error in self.errors),
            *(f"Left out: {name}: {reason}" for name, reason in self.dropped),
            f"Milliseconds of a check for a second of sound: {stages}",
            f"Seconds: {spent}",
        ]
        return [Text(note) for note in notes]


def _cells(row: Row) -> list[str]:
    return [
        f"{row.edit} *" if row.hard else row.edit,
        f"{row.excerpt_s:g} s",
        str(row.queries),
        *(_percent(one) for one in (row.recall, row.recall_strong, row.placed)),
        "-" if row.offset_s.p95 is None else f"{row.offset_s.p95:.3f} s",
        str(row.false_matches),
        _percent(row.chromaprint),
        str(row.chromaprint_false),
    ]


def _percent(one: bootstrap.Estimate) -> str:
    return "-" if one.value is None else f"{100 * one.value:.1f}"
