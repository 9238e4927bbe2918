"""What a person was shown, in seconds, and when it is time for a break.

The limits are a default that can be changed: no study gives a threshold that was validated.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Final

from seawall.model.decision import View
from seawall.model.viewing import Cover, Graphic, Medium, Reason

#: A pause of this length ends a run.
BREAK: Final = timedelta(minutes=10)

#: No run is looked for further back.
LONGEST_RUN: Final = timedelta(hours=12)


@dataclass(frozen=True, slots=True)
class Shown:
    """One thing that a person was shown."""

    case: str
    item: str
    sha256: str  #: of the content it was of: the item's or a reference's
    medium: Medium
    cover: Cover
    graphic: Graphic
    start_s: float  #: in the content
    seconds: float  #: of a still: what one counts as, times the area; of video and sound: what was sent
    area: float  #: share of the frame, 0..1; 1 for sound
    reason: Reason | None
    words: str | None


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of a person's ledger."""

    at: datetime
    shown: Shown


@dataclass(frozen=True, slots=True)
class Slice:
    """What was shown of one kind."""

    cover: Cover
    medium: Medium
    graphic: Graphic
    seconds: float
    reveals: int


@dataclass(frozen=True, slots=True)
class Sums:
    """What was shown in a time."""

    seconds: float
    weighted: float  #: each second times its graphic level
    reveals: int
    by_cover: Mapping[Cover, float]  #: seconds
    by_medium: Mapping[Medium, float]  #: seconds


@dataclass(frozen=True, slots=True)
class Limits:
    """Seconds after which a break is proposed. Nothing is refused."""

    day_s: float
    run_s: float


@dataclass(frozen=True, slots=True)
class Own:
    """Where a person stands today."""

    today: Sums  #: since midnight, UTC
    run_s: float  #: shown since the last break
    limits: Limits

    @property
    def take_a_break(self) -> bool:
        """Whether a limit is passed."""
        return self.today.seconds >= self.limits.day_s or self.run_s >= self.limits.run_s


@dataclass(frozen=True, slots=True)
class Together:
    """What all who looked were shown, without who it was."""

    people: int | None  #: None, with all below, where they are too few to be told together
    sums: Sums | None
    over_day_limit: int | None  #: person-days


@dataclass(frozen=True, slots=True)
class Saved:
    """Seconds that came in for review, and how many of them a person was shown."""

    uploaded_s: float
    shown_s: float

    @property
    def saved_s(self) -> float:
        """Seconds that nobody was shown."""
        return max(0.0, self.uploaded_s - self.shown_s)

    @property
    def share_shown(self) -> float | None:
        """None where nothing came in."""
        return self.shown_s / self.uploaded_s if self.uploaded_s else None


def summed(slices: Iterable[Slice]) -> Sums:
    """The sums of these."""
    known = list(slices)
    return Sums(
        seconds=sum(one.seconds for one in known),
        weighted=sum(one.seconds * one.graphic for one in known),
        reveals=sum(one.reveals for one in known),
        by_cover={cover: sum(one.seconds for one in known if one.cover is cover) for cover in Cover},
        by_medium={medium: sum(one.seconds for one in known if one.medium is medium) for medium in Medium},
    )


def views(shown: Iterable[Shown], sha256: str | None) -> tuple[View, ...]:
    """What of a content somebody has seen, as a decision states it: at least what is said of it in words.

    sha256: of the content; what was shown of a reference beside it is not of it.
    """
    found = {View.METADATA, *(_view(one) for one in shown if one.sha256 == sha256)}
    return tuple(one for one in View if one in found)


def _view(one: Shown) -> View:
    if one.medium is Medium.STILL:
        return View.STILLS if one.cover is Cover.PLAIN else View.STILLS_REDUCED
    return View.SOUND if one.medium is Medium.SOUND else View.FULL


def run_s(shown: Sequence[tuple[datetime, float]], now: datetime) -> float:
    """Seconds shown since the last break. shown: when and how long, the newest first."""
    total_s, next_at = 0.0, now
    for at, seconds in shown:
        if next_at - (at + timedelta(seconds=seconds)) >= BREAK:
            break
        total_s += seconds
        next_at = at
    return total_s
