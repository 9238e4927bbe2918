"""Clocks as pages show them: in words, as a bar, and with all that happened. A script lets them tick."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Final

from babel import units
from starlette.requests import HTTPConnection

from seawall.console import pages
from seawall.console.catalogue import Catalogue
from seawall.model.clock import AboutKind, Clock, ClockState
from seawall.model.periods import Bound, Period, Resumed
from seawall.workflows.library import Seawall

_UNITS: Final = (("day", 86400), ("hour", 3600), ("minute", 60), ("second", 1))


@dataclass(frozen=True, slots=True)
class Shown:
    """One clock on a page."""

    clock: Clock
    period: Period
    words: str  #: what is left, or how long it is overdue
    tone: str  #: of the words: `bad`, `warn`, `good` or ``
    tick: str  #: `down` where a script may count on; else ``
    due_ms: int | None
    length_ms: int
    path: str  #: of the page where it is worked on

    @property
    def share(self) -> float:
        """Of the period that has passed, from 0 to 1."""
        return round(self.clock.reading.share, 4)


def concerning(shared: Seawall, call: HTTPConnection, kind: AboutKind, target: str) -> list[Shown]:
    """The clocks of an incident or a case, and of the notices that name it: what `clocks.html` is given."""
    return shown(shared, call, shared.clocks.concerning(kind, target))


def shown(shared: Seawall, call: HTTPConnection, clocks: Iterable[Clock]) -> list[Shown]:
    """Clocks for a page, in the language of who looks at it."""
    texts = pages.visitor(call).texts
    return [_shown(texts, one, shared.clocks.wording[one.period]) for one in clocks]


def span(texts: Catalogue, seconds: float) -> str:
    """A time span in its two largest units, so that it says no more than there is."""
    left = int(abs(seconds))
    parts: list[str] = []
    for unit, unit_s in _UNITS:
        count, left = divmod(left, unit_s)
        if count or parts or unit == "second":
            parts.append(units.format_unit(count, unit, "long", locale=texts.locale))
        if len(parts) == 2:
            break
    return " ".join(parts)


def _shown(texts: Catalogue, clock: Clock, period: Period) -> Shown:
    seen = clock.reading
    return Shown(
        clock=clock,
        period=period,
        words=texts.text(_key(clock, period), span=span(texts, _said_s(clock))),
        tone=_tone(clock, period),
        tick="down" if seen.state is ClockState.RUNNING else "",
        due_ms=None if seen.due_at is None else _ms(seen.due_at),
        length_ms=round(1000 * seen.length_s),
        path=_path(clock),
    )


def _key(clock: Clock, period: Period) -> str:
    seen, waits = clock.reading, period.bound is Bound.UNTIL
    match seen.state:
        case ClockState.SUSPENDED:
            anew = period.resumed is Resumed.ANEW
            return "inbox.clock.held_anew" if anew else "inbox.clock.held"
        case ClockState.ENDED:
            if waits:
                return "inbox.clock.ended"
            return "inbox.clock.ended_late" if seen.is_past else "inbox.clock.ended_in_time"
        case ClockState.RUNNING:
            if waits:
                return "inbox.clock.over" if seen.is_past else "inbox.clock.waits"
            return "inbox.clock.late" if seen.is_past else "inbox.clock.left"


def _said_s(clock: Clock) -> float:
    """The seconds that the words are about: of what ended in time, how long it took."""
    seen = clock.reading
    return seen.elapsed_s if seen.state is ClockState.ENDED and not seen.is_past else seen.remaining_s


def _tone(clock: Clock, period: Period) -> str:
    seen = clock.reading
    if period.bound is Bound.UNTIL or (seen.state is ClockState.ENDED and not seen.is_past):
        return ""
    if seen.is_past:
        return "bad"
    if seen.state is ClockState.SUSPENDED:
        return ""
    return "warn" if seen.share >= min(period.shares) else "good"


def _path(clock: Clock) -> str:
    if clock.about.kind is AboutKind.NOTICE:
        return f"/console/inbox/{clock.about.id}"
    return f"/console/clocks/{clock.id}"


def _ms(at: datetime) -> int:
    return round(1000 * at.timestamp())
