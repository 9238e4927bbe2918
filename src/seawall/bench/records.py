"""What the benchmark asks and what is true: frozen records, and their form in JSON."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


@dataclass(frozen=True, slots=True)
class Stretch:
    """From when to when of the query lies from when to when of the reference. An end is exclusive."""

    query_start_s: float
    query_end_s: float
    reference_start_s: float
    reference_end_s: float
    speed: float = 1.0  #: reference seconds that pass in one second of the query
    reversed: bool = False  #: the query's start shows the reference's end


@dataclass(frozen=True, slots=True)
class Truth:
    """This reference lies in the query, there."""

    reference: str  #: a clip's name
    stretch: Stretch


@dataclass(frozen=True, slots=True)
class Query:
    """One file that is checked, and what should come out."""

    path: Path
    name: str  #: how the report calls it
    edit: str | None  #: the edit's name; None for a clip as it is
    clips: tuple[str, ...]  #: every clip that shows in it, the source first
    duration_s: float
    rate_hz: float
    truth: tuple[Truth, ...] = ()
    level: str | None = None  #: mild, standard or severe; None for an edit without levels
    chain: tuple[str, ...] = ()  #: what was done, one step after the other, with the values drawn

    @property
    def source(self) -> str:
        """The clip it was made from."""
        return self.clips[0]


@dataclass(frozen=True, slots=True)
class Found:
    """One match as Seawall reported it."""

    reference: str  #: a clip's name
    recommendation: str
    score: float
    coverage_query: float
    coverage_reference: float
    stretches: tuple[Stretch, ...]


@dataclass(frozen=True, slots=True)
class Answer:
    """What Seawall said to one query: its matches worth a look, best first, or why it said nothing."""

    found: tuple[Found, ...] = ()
    error: str | None = None  #: the error's code and message


@dataclass(frozen=True, slots=True)
class Related:
    """Two clips that show the same: neither is a miss or a false match where the other is asked."""

    a: str
    b: str
    share_a: float = field(default=1.0)  #: share of a's frames that are near a frame of b
    share_b: float = field(default=1.0)

    def as_record(self) -> dict[str, str | float]:
        """For JSON."""
        return asdict(self)
