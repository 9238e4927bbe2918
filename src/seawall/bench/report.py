"""What a run of the benchmark found: one record for JSON, and tables for people."""

from __future__ import annotations

import platform
from dataclasses import asdict, dataclass
from importlib import metadata
from typing import TYPE_CHECKING, Final

from rich.console import Group
from rich.table import Table
from rich.text import Text

from seawall.signals import pdq

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import RenderableType

    from seawall.bench import metrics, records, stills
    from seawall.bench.corpus import Dropped

SCHEMA: Final = "seawall.bench/1"
_PACKAGES: Final = ("seawall", "numpy", "av", "pillow")


@dataclass(frozen=True, slots=True)
class EditRow:
    """One edit's figures, of Seawall and of the peers, on the same files."""

    edit: str
    what: str
    seawall: metrics.Row
    peers: Mapping[str, metrics.PeerRow]  #: by the rule's name
    missed: tuple[str, ...]  #: the clips that Seawall did not find


@dataclass(frozen=True, slots=True)
class Distractors:
    """Clips that were never banked, as they are: all that matches is false."""

    queries: int
    false_matches: Mapping[str, int]  #: by system
    errors: int


@dataclass(frozen=True, slots=True)
class FalseMatch:
    """One match that should not be."""

    system: str
    query: str
    reference: str
    recommendation: str | None  #: None of a system that knows none
    score: float


@dataclass(frozen=True, slots=True)
class PicturePair:
    """What was asked beside what was, or should have been, found; the pictures as JPEG files."""

    title: str
    detail: str
    query: bytes
    reference: bytes


@dataclass(frozen=True, slots=True)
class CorpusSummary:
    """What was measured on."""

    folder: str
    clips: int
    synthetic: int
    frames: int
    duration_s: float
    folds: tuple[tuple[str, ...], ...]
    dropped: tuple[Dropped, ...]
    related: tuple[records.Related, ...]


@dataclass(frozen=True, slots=True)
class BenchReport:
    """All that a run says."""

    suite: str
    settings: Mapping[str, object]
    corpus: CorpusSummary
    edits: tuple[EditRow, ...]
    distractors: Distractors
    unrelated_pairs: int  #: (query, reference) pairs of which none should match
    false_matches: tuple[FalseMatch, ...]
    stills: stills.Row
    errors: tuple[tuple[str, str], ...]  #: (query, what Seawall said) of files that it could not check
    timings_s: Mapping[str, float]  #: by phase

    def as_record(self) -> dict[str, object]:
        """For JSON."""
        return {"schema": SCHEMA, "versions": versions(), **asdict(self)}

    def as_renderable(self) -> RenderableType:
        """For a terminal."""
        return Group(*self._heading(), self._edits(), self._boundaries(), *self._notes())

    def _heading(self) -> list[RenderableType]:
        corpus = self.corpus
        return [
            Text(f"Suite {self.suite}: {corpus.clips} clips, {corpus.duration_s / 60:.1f} min"),
            Text(f"{corpus.synthetic} synthetic clips; two folds; {self.unrelated_pairs} unrelated pairs"),
            *(Text(f"left out: {one.name}: {one.reason}") for one in corpus.dropped),
            *(Text(f"related: {one.a} and {one.b}") for one in corpus.related),
        ]

    def _edits(self) -> Table:
        table = Table(title="Recall, and false matches in brackets")
        table.add_column("edit")
        table.add_column("queries", justify="right")
        table.add_column("seawall", justify="right")
        table.add_column("strong", justify="right")
        peers = list(self.edits[0].peers) if self.edits else []
        for peer in peers:
            table.add_column(peer, justify="right")
        for one in self.edits:
            table.add_row(
                one.edit,
                str(one.seawall.queries - one.seawall.left_out),
                f"{_percent(one.seawall.recall)} ({one.seawall.false_matches})",
                _percent(one.seawall.recall_strong),
                *(f"{_percent(row.recall)} ({row.false_matches})" for row in one.peers.values()),
            )
        counts = self.distractors.false_matches
        table.add_row(
            "unedited, not banked",
            str(self.distractors.queries),
            f"({counts['seawall']})",
            "",
            *(f"({counts[peer]})" for peer in peers),
        )
        return table

    def _boundaries(self) -> Table:
        table = Table(title="Where: errors of start and end in seconds, median and 95th percentile")
        table.add_column("edit")
        for name in ("in the query", "in the reference", "coverage"):
            table.add_column(name, justify="right")
        for one in self.edits:
            table.add_row(
                one.edit,
                _seconds(one.seawall.boundary_query_s),
                _seconds(one.seawall.boundary_reference_s),
                _percent(one.seawall.mean_coverage),
            )
        return table

    def _notes(self) -> list[RenderableType]:
        stills = self.stills
        seconds = ", ".join(f"{phase} {spent:.0f}" for phase, spent in self.timings_s.items())
        notes = [
            f"Stills: {_percent(stills.recall_second)} of {stills.stills} found the video and the second",
            f"        {_percent(stills.recall_video)} the video; {stills.false_matches} false matches",
            *(
                f"  {one.clip}: {len(one.unfound_s)} of {one.stills} not found, "
                f"{len(one.elsewhere_s)} elsewhere"
                for one in stills.missed
            ),
            *(f"Missed, {one.edit}: {', '.join(one.missed)}" for one in self.edits if one.missed),
            *(
                f"False, {one.system}: {one.query} as {one.reference} "
                f"({one.recommendation or 'match'}, {one.score:.2f})"
                for one in self.false_matches
            ),
            *(f"Not checked: {query}: {error}" for query, error in self.errors),
            f"Seconds: {seconds}",
        ]
        return [Text(note) for note in notes]


def versions() -> dict[str, str]:
    """Of all that the figures depend on."""
    return {
        "python": platform.python_version(),
        **{name: metadata.version(name) for name in _PACKAGES},
        "pdq": str(pdq.VERSION),
    }


def _percent(share: float | None) -> str:
    return "-" if share is None else f"{100 * share:.1f} %"


def _seconds(spread: metrics.Spread) -> str:
    return "-" if spread.median is None or spread.p95 is None else f"{spread.median:.2f}  {spread.p95:.2f}"
