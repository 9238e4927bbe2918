"""What the image suite found: one record for JSON, and a table for people."""

from __future__ import annotations

from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Final

from rich.console import Group
from rich.table import Table
from rich.text import Text

from seawall.bench import report

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import RenderableType

    from seawall.bench import image_metrics

SCHEMA: Final = "seawall.bench-image/1"
_NAMES_SHOWN: Final = 8


@dataclass(frozen=True, slots=True)
class EditRow:
    """One edit's figures, or those of several together, of all systems on the same files."""

    edit: str
    what: str
    hard: bool
    queries: int  #: whose picture is banked
    distractors: int  #: whose picture is not
    systems: Mapping[str, image_metrics.Figures]  #: "seawall" and "pdq"


@dataclass(frozen=True, slots=True)
class FalseMatch:
    """One match that should not be, at the loosest threshold that Seawall ships."""

    query: str
    edit: str
    reference: str
    recommendation: str
    score: float


@dataclass(frozen=True, slots=True)
class ImageReport:
    """All that a run says."""

    settings: Mapping[str, object]
    pictures: Mapping[str, object]  #: how many, from where, what was left out and why
    measured: int  #: pictures of the halves that were run
    halves: tuple[str, ...]
    unrelated_pairs: int  #: (query, reference) pairs of which none should match
    edits: tuple[EditRow, ...]
    together: EditRow  #: all but the hard ones, with one threshold for all
    false_matches: tuple[FalseMatch, ...]
    errors: tuple[tuple[str, str], ...]  #: (query, what Seawall said) of files that it could not check
    timings_s: Mapping[str, float]  #: by phase
    misses: tuple[report.PicturePair, ...] = ()
    alarms: tuple[report.PicturePair, ...] = ()

    def as_record(self) -> dict[str, object]:
        """For JSON: all but the pictures."""
        record = asdict(replace(self, misses=(), alarms=()))
        del record["misses"], record["alarms"]
        return {"schema": SCHEMA, "suite": "image", "versions": report.versions(), **record}

    def as_renderable(self) -> RenderableType:
        """For a terminal."""
        return Group(*self._heading(), self._table(), *self._notes())

    def _heading(self) -> list[RenderableType]:
        return [
            Text(
                f"Suite image: {self.pictures['pictures']} distinct pictures, {self.pictures['frames']} of "
                f"them frames of clips; {self.measured} measured ({' and '.join(self.halves)} half)"
            ),
            Text(
                "Each is once banked and once not, beside half of its half; "
                f"{self.unrelated_pairs} unrelated pairs"
            ),
        ]

    def _table(self) -> Table:
        table = Table(
            title="Recall, and false matches in brackets",
            caption="at 99.99 %: threshold chosen for each row at that precision; "
            "shipped: Seawall's own suggest and strong, PDQ's own 31 bits",
        )
        for name in ("edit", "queries"):
            table.add_column(name)
        for name in (
            *("seawall at 99.99 %", "suggest", "strong"),
            *("PDQ at 99.99 %", "bits", "PDQ at 31"),
        ):
            table.add_column(name, justify="right")
        for one in (*self.edits, self.together):
            table.add_row(*_cells(one), end_section=one is self.edits[-1])
        return table

    def _notes(self) -> list[RenderableType]:
        spent = ", ".join(f"{phase} {seconds:.0f}" for phase, seconds in self.timings_s.items())
        notes = [
            *(
                f"Missed, {one.edit}: {_some(one.systems['seawall'].missed)}"
                for one in self.edits
                if one.systems["seawall"].missed
            ),
            *(
                f"False: {one.query}, {one.edit}, as {one.reference} ({one.recommendation}, {one.score:.2f})"
                for one in self.false_matches
            ),
            *(f"Not checked: {query}: {error}" for query, error in self.errors),
            f"Seconds: {spent}",
        ]
        return [Text(note) for note in notes]


def _some(names: tuple[str, ...]) -> str:
    more = len(names) - _NAMES_SHOWN
    return ", ".join(names[:_NAMES_SHOWN]) + (f" and {more} more" if more > 0 else "")


def _cells(row: EditRow) -> list[str]:
    ours, pdq = row.systems["seawall"], row.systems["pdq"]
    threshold = pdq.at_precision.threshold
    return [
        f"{row.edit} *" if row.hard else row.edit,
        str(row.queries),
        _recall(ours.at_precision),
        *(_recall(shipped) for shipped in ours.shipped),
        _recall(pdq.at_precision),
        "-" if threshold is None else f"{-threshold:.0f}",
        *(_recall(shipped) for shipped in pdq.shipped),
    ]


def _recall(one: image_metrics.AtThreshold) -> str:
    if one.recall.value is None:
        return "-"
    return f"{100 * one.recall.value:.1f} ({one.false_matches})"
