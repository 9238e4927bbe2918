"""What a run of the full suite found: one record for JSON, and tables for people."""

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

    from seawall.bench import bootstrap, figures, metrics, weight

SCHEMA: Final = "seawall.bench/2"
_WORST: Final = 10  #: misses and false matches that a terminal shows; JSON has all


@dataclass(frozen=True, slots=True)
class EditRow:
    """One edit at one level."""

    edit: str
    family: str
    level: str | None
    what: str
    promised: bool  #: the documentation promises how much of it is found
    seawall: metrics.Row
    recall: Mapping[str, figures.Recall]  #: by system
    false_matches: Mapping[str, int]  #: by system


@dataclass(frozen=True, slots=True)
class LevelRow:
    """All edits of one level."""

    level: str
    recall: Mapping[str, figures.Recall]  #: by system


@dataclass(frozen=True, slots=True)
class Unrelated:
    """Queries that show nothing of the bank, by kind."""

    kind: str
    queries: int
    hours: float
    false_matches: Mapping[str, int]  #: by system


@dataclass(frozen=True, slots=True)
class Asked:
    """One query and what Seawall said."""

    query: str
    edit: str | None
    level: str | None
    chain: tuple[str, ...]
    source: str
    duration_s: float
    is_copy: bool
    recommendation: str | None  #: of the match with the source; None where there is none worth a look
    score: float | None  #: of the best match with what is true, whatever was recommended
    false_matches: int
    error: str | None
    timing_ms: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A peer that could not run."""

    name: str
    reason: str


@dataclass(frozen=True, slots=True)
class FullReport:
    """All that a run says."""

    settings: Mapping[str, object]
    corpus: report.CorpusSummary
    systems: tuple[figures.System, ...]  #: Seawall first
    peers_left_out: tuple[LeftOut, ...]
    spliced: figures.Located  #: of Seawall, over what was spliced into other footage, and unrelated queries
    compilations: figures.Located  #: the same of compilations alone
    levels: tuple[LevelRow, ...]
    edits: tuple[EditRow, ...]
    unrelated: tuple[Unrelated, ...]
    unrelated_pairs: int  #: (query, reference) pairs of which none should match
    cost: figures.Cost
    weight: weight.Weight
    false_matches: tuple[report.FalseMatch, ...]
    asked: tuple[Asked, ...]
    timings_s: Mapping[str, float]
    misses: tuple[report.PicturePair, ...] = ()
    alarms: tuple[report.PicturePair, ...] = ()

    def as_record(self) -> dict[str, object]:
        """For JSON: all but the pictures."""
        record = asdict(replace(self, misses=(), alarms=()))
        del record["misses"], record["alarms"]
        return {"schema": SCHEMA, "suite": "full", "versions": report.versions(), **record}

    def as_renderable(self) -> RenderableType:
        """For a terminal."""
        return Group(*self._heading(), self._systems(), self._edits(), *self._notes())

    def _heading(self) -> list[RenderableType]:
        corpus = self.corpus
        banked = self.settings["banked"]
        return [
            Text(f"Suite full: {corpus.clips} clips, {corpus.duration_s / 60:.1f} min; {banked} banked"),
            Text(f"{len(self.asked)} queries, {self.unrelated_pairs} unrelated pairs"),
            *(Text(f"left out: {one.name}: {one.reason}") for one in corpus.dropped),
            *(Text(f"peer left out: {one.name}: {one.reason}") for one in self.peers_left_out),
        ]

    def _systems(self) -> Table:
        table = Table(title="Systems, with 95 % intervals over source clips")
        names = ("system", "recall", "strong", "above false", "pair µAP", "at 99.9 %", "false", "false / h")
        for name in names:
            table.add_column(name, justify="left" if name == "system" else "right")
        for one in self.systems:
            table.add_row(
                one.name,
                one.recall.found.percent(),
                one.recall.strong.percent(),
                one.recall.above_false.percent(),
                one.ranked.pair_ap.percent(),
                one.ranked.recall_at_999.percent(),
                str(one.false.matches),
                one.false.per_hour.plain(),
            )
        return table

    def _edits(self) -> Table:
        table = Table(title="Recall in per cent: as each system decides / above its highest false score")
        table.add_column("edit")
        table.add_column("queries", justify="right")
        for one in self.systems:
            table.add_column(one.name, justify="right")
        for row in self.edits:
            cells = (
                f"{_short(recall.found)} / {_short(recall.above_false)}" for recall in row.recall.values()
            )
            table.add_row(row.edit, str(row.seawall.queries - row.seawall.left_out), *cells)
        return table

    def _notes(self) -> list[RenderableType]:
        located, spliced, mixed = self.systems[0].located, self.spliced, self.compilations
        assert located is not None
        seconds = ", ".join(f"{phase} {spent:.0f}" for phase, spent in self.timings_s.items())
        missed = [one for one in self.asked if one.is_copy and one.recommendation is None]
        own_false = [one for one in self.false_matches if one.system == self.systems[0].name]
        notes = [
            f"Segments: µAP {located.segment_ap.percent()}, F1 {located.f1.percent()}",
            f"  precision {located.precision.percent()}, recall {located.recall.percent()}",
            f"Spliced: µAP {spliced.segment_ap.percent()}, F1 {spliced.f1.percent()}",
            f"  of these compilations: µAP {mixed.segment_ap.percent()}, F1 {mixed.f1.percent()}",
            f"Ends off by, in s, median: {located.query_off_s[0].plain()}",
            f"  95th percentile: {located.query_off_s[1].plain()}",
            f"A check of the mix: {self.cost.mix_total_ms.plain()} ms",
            f"  added by parts, turned views, keypoints and sound: {percent(self.cost.added_share)}",
            f"  by placing pictures alone: {percent(self.cost.geometry_share)}",
            *(
                f"An hour banked, {name}: {part.codes:,.0f} codes, {part.index_bytes / 1e6:.1f} MB"
                for name, part in self.weight.an_hour.items()
            ),
            f"An hour banked, database: {self.weight.stored_bytes_an_hour / 1e6:.1f} MB",
            *(_unrelated(one) for one in self.unrelated),
            f"Missed: {len(missed)}",
            *(f"  {one.query}" for one in missed[:_WORST]),
            f"False: {len(own_false)}",
            *(f"  {one.query} as {one.reference} ({one.score:.2f})" for one in own_false[:_WORST]),
            f"Seconds: {seconds}",
        ]
        return [Text(note) for note in notes]


def _short(estimate: bootstrap.Estimate) -> str:
    return "-" if estimate.value is None else f"{100 * estimate.value:.0f}"


def percent(share: float | None) -> str:
    """For people; a dash where nothing was measured."""
    return "-" if share is None else f"{100 * share:.0f} %"


def _unrelated(row: Unrelated) -> str:
    false = ", ".join(f"{name} {count}" for name, count in row.false_matches.items())
    return f"Unrelated, {row.kind}: {row.queries} queries, {row.hours:.2f} h; false matches: {false}"
