"""What every peer offers, so that the runner asks all of them alike."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol

from numpy.typing import NDArray

Prepared = NDArray[Any]  #: all that a peer keeps of a file; what is in it is the peer's own affair


@dataclass(frozen=True, slots=True)
class Said:
    """What a peer says of two files by one of its rules."""

    score: float  #: up is closer; comparable within the rule
    match: bool  #: as the published rule decides


class Peer(Protocol):
    """One published way to find copies."""

    @property
    def name(self) -> str:
        """Names its kept files."""

    @property
    def rules(self) -> tuple[tuple[str, str], ...]:
        """(name, what it is) of each of its rules; the name stands in reports."""

    @property
    def file_version(self) -> int:
        """Counted up when `prepare` gives something else, so that kept files are made again."""

    def lacks(self) -> str | None:
        """Why it cannot run here; None where it can."""

    def prepare(self, path: Path, rate_hz: float) -> Prepared:
        """Read a file once. rate_hz: its frames a second on average. Raises errors.MediaError."""

    def compare(self, query: Prepared, reference: Prepared) -> tuple[Said, ...]:
        """One answer for each rule, in their order."""
