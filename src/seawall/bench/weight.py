"""What a bank weighs: codes and bytes for an hour of reference video, by what they serve."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

_SECONDS_AN_HOUR: Final = 3600.0


@dataclass(frozen=True, slots=True)
class Part:
    """One index."""

    codes: int
    index_bytes: int  #: its files, which a search reads as if they were memory


@dataclass(frozen=True, slots=True)
class PartAnHour:
    """The same for an hour of what was banked."""

    codes: float
    index_bytes: float


@dataclass(frozen=True, slots=True)
class Weight:
    """A bank's weight."""

    hours: float  #: of video in it
    an_hour: Mapping[str, PartAnHour]  #: by index
    stored_bytes_an_hour: float  #: of the database: what the codes are made from, and all records


def weight(parts: Mapping[str, Part], stored_bytes: int, duration_s: float) -> Weight:
    """What so much video weighs. duration_s: above 0."""
    hours = duration_s / _SECONDS_AN_HOUR
    return Weight(
        hours=round(hours, 4),
        an_hour={
            name: PartAnHour(round(part.codes / hours), round(part.index_bytes / hours))
            for name, part in parts.items()
        },
        stored_bytes_an_hour=round(stored_bytes / hours),
    )
