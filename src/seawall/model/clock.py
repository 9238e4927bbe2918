"""Clocks: a period of law that started, may be held for a reason and go on, and ends. Nothing is counted up:
what has passed and what is left is worked out of the events, the period and the time that it is now.

A clock starts when what starts it happened, such as the receipt of an order, not when somebody saw it or
wrote it down. Every moment from the start to now lies in one of three sums, once: what counts, what was
suspended, and what was set aside because the whole period began anew.

The end of a calendar's period is fixed by the local date of the start. Time for which it is suspended moves
the end by as many elapsed seconds. An end is the beginning of a day: the first of two midnights, and of none,
the moment at which the wall jumps over it.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta, tzinfo
from enum import StrEnum
from typing import Final
from zoneinfo import ZoneInfo

from seawall import errors
from seawall.model.periods import Period, Resumed, Span, Unit, YearlyDate

_MONTHS: Final = 12


class Happened(StrEnum):
    """What happens to a clock."""

    STARTED = "started"
    SUSPENDED = "suspended"
    RESUMED = "resumed"
    EXTENDED = "extended"  #: by the length of its period
    ENDED = "ended"


class ClockState(StrEnum):
    """Where a clock stands."""

    RUNNING = "running"
    SUSPENDED = "suspended"
    ENDED = "ended"


@dataclass(frozen=True, slots=True)
class ClockEvent:
    """One thing that happened to a clock. Events are only added, in the order of their times.

    Times are kept in UTC: between two of one zone, Python counts what the wall shows and not what passed.
    """

    what: Happened
    at: datetime  #: when it happened
    recorded_at: datetime  #: when it was written down
    actor: str
    reason: str
    hold: str | None = None  #: of a suspension: id of the period's Hold

    def __post_init__(self) -> None:
        for name in ("at", "recorded_at"):
            object.__setattr__(self, name, utc(getattr(self, name)))


@dataclass(frozen=True, slots=True)
class Alarm:
    """A share of a clock's period that was reached."""

    run: int  #: 1, and one more each time that the period begins anew
    extensions: int  #: of the period at that time
    share: float
    at: datetime


@dataclass(frozen=True, slots=True)
class Reading:
    """What a clock shows. All seconds are elapsed ones."""

    state: ClockState
    started_at: datetime
    run: int  #: 1, and one more each time that the period began anew
    length_s: float
    elapsed_s: float  #: of the period
    remaining_s: float  #: below 0: so long past the end
    suspended_s: float
    set_aside_s: float  #: counted before the period began anew
    due_at: datetime | None  #: of what runs; of what has ended, when it would have been; None while suspended
    ended_at: datetime | None
    extensions: int

    @property
    def is_past(self) -> bool:
        """Whether the period is over, or was when the clock was ended."""
        return self.remaining_s < 0

    @property
    def share(self) -> float:
        """Of the period, from 0 to 1."""
        return min(1.0, max(0.0, self.elapsed_s / self.length_s))


@dataclass(frozen=True, slots=True)
class Clock:
    """A clock on record."""

    id: str
    period: str
    about: About
    zone: str  #: of the calendar that its period is counted by
    events: tuple[ClockEvent, ...]
    reading: Reading
    alarms: tuple[Alarm, ...]  #: that were raised


class AboutKind(StrEnum):
    """What a clock can be about."""

    NOTICE = "notice"
    INCIDENT = "incident"
    CASE = "case"
    PROVIDER = "provider"  #: the one who runs the service; its id is empty


@dataclass(frozen=True, slots=True)
class About:
    """What a clock is about."""

    kind: AboutKind
    id: str


@dataclass(frozen=True, slots=True)
class _Run:
    """One run of a period: when it began, and the stretches of time that count."""

    number: int
    stretches: tuple[tuple[datetime, datetime | None], ...]  #: the last may be open


def utc(at: datetime) -> datetime:
    """An aware time in UTC. Raises ValueError for one without a zone."""
    if at.tzinfo is None:
        raise ValueError(f"{at} has no time zone")
    return at.astimezone(UTC)


def zone(name: str) -> ZoneInfo:
    """A time zone by its name, such as Europe/Brussels. Raises BadClock."""
    try:
        return ZoneInfo(name)
    except (ValueError, OSError, KeyError):
        raise errors.BadClock(reason=f"{name!r} is no time zone that is known here") from None


def check(period: Period, events: Sequence[ClockEvent], new: ClockEvent) -> None:
    """Whether an event may follow the others. Raises BadClock."""
    if new.at > new.recorded_at:
        raise errors.BadClock(reason="it would happen in the future")
    if not events:
        if new.what is not Happened.STARTED:
            raise errors.BadClock(reason=f"it has not started, and cannot be {new.what}")
        return
    if new.at < events[-1].at:
        raise errors.BadClock(reason=f"it was {events[-1].what} after that, at {events[-1].at.isoformat()}")
    state = _state(events)
    allowed = {
        ClockState.RUNNING: (Happened.SUSPENDED, Happened.EXTENDED, Happened.ENDED),
        ClockState.SUSPENDED: (Happened.RESUMED, Happened.EXTENDED, Happened.ENDED),
        ClockState.ENDED: (),
    }[state]
    if new.what not in allowed:
        raise errors.BadClock(reason=f"it is {state}, and cannot be {new.what}")
    if new.what is Happened.SUSPENDED and new.hold not in {one.id for one in period.holds}:
        raise errors.BadClock(reason=f"the period {period.id} is not suspended for {new.hold!r}")
    if new.what is Happened.EXTENDED and _extensions(events) >= period.extensions:
        raise errors.BadClock(reason=f"the period {period.id} can be extended {period.extensions} times")


def read(period: Period, events: Sequence[ClockEvent], now: datetime, where: tzinfo) -> Reading:
    """What a clock shows at a time. where: the zone of the calendar.

    A time before the last event is taken for the time of that event: the machine's clock was set back.
    """
    now = max(utc(now), events[-1].at)
    state = _state(events)
    until = events[-1].at if state is ClockState.ENDED else now
    runs = list(_runs(period, events))
    length_s = _length_s(period, events, where)
    elapsed_s = _counted_s(runs[-1], until)
    aside_s = sum(_counted_s(one, until) for one in runs[:-1])
    whole_s = (until - events[0].at).total_seconds()
    remaining_s = length_s - elapsed_s
    due = None if state is ClockState.SUSPENDED else until + timedelta(seconds=remaining_s)
    return Reading(
        state=state,
        started_at=events[0].at,
        run=len(runs),
        length_s=length_s,
        elapsed_s=elapsed_s,
        remaining_s=remaining_s,
        suspended_s=whole_s - elapsed_s - aside_s,
        set_aside_s=aside_s,
        due_at=due,
        ended_at=until if state is ClockState.ENDED else None,
        extensions=_extensions(events),
    )


def alarms(period: Period, events: Sequence[ClockEvent], now: datetime, where: tzinfo) -> tuple[Alarm, ...]:
    """All alarms that were due at or before a time, in their order; the same whenever it is asked again."""
    found = (one for run in _runs(period, events) for one in _alarms(run, period, events, where))
    return tuple(sorted((one for one in found if one.at <= now), key=lambda one: (one.at, one.share)))


def next_alarm(period: Period, events: Sequence[ClockEvent], now: datetime, where: tzinfo) -> datetime | None:
    """When the next alarm after a time is due if nothing else happens; None where none will be."""
    (*_, run) = _runs(period, events)
    return min((one.at for one in _alarms(run, period, events, where) if one.at > now), default=None)


def length_s(period: Period, started_at: datetime, where: tzinfo, *, extensions: int = 0) -> float:
    """How long a period is that starts at a time, in elapsed seconds."""
    times = 1 + extensions
    if isinstance(period.length, Span) and period.length.unit is Unit.HOURS:
        return 3600.0 * period.length.count * times
    last = _last_day(period.length, started_at.astimezone(where).date(), times)
    end_of_day = _begin(last + timedelta(days=1), where)
    return (end_of_day - utc(started_at)).total_seconds()


def _last_day(length: Span | YearlyDate, today: date, times: int) -> date:
    """The day with which a calendar's period ends that starts today."""
    if isinstance(length, YearlyDate):
        end = today.replace(month=length.month, day=length.day)
        first = end if end > today else end.replace(year=end.year + 1)
        return first - timedelta(days=1)
    if length.unit is Unit.WEEKS:
        return today + timedelta(weeks=length.count * times)
    return _months_later(today, length.count * times)


def _begin(day: date, where: tzinfo) -> datetime:
    """The first moment of a day, in UTC."""
    return datetime(day.year, day.month, day.day, tzinfo=where).astimezone(UTC)


def _months_later(day: date, months: int) -> date:
    """The same date so many months later, or the last day of a month that has no such date."""
    years, month = divmod(day.month - 1 + months, _MONTHS)
    first_of_next = date(day.year + years + (month + 1) // _MONTHS, (month + 1) % _MONTHS + 1, 1)
    last = first_of_next - timedelta(days=1)
    return last.replace(day=min(day.day, last.day))


def _length_s(period: Period, events: Sequence[ClockEvent], where: tzinfo) -> float:
    """Of the run that counts: a calendar's period that begins anew is counted from that day."""
    begun = events[0].at
    if period.resumed is Resumed.ANEW:
        begun = max((one.at for one in events if one.what is Happened.RESUMED), default=begun)
    return length_s(period, begun, where, extensions=_extensions(events))


def _state(events: Sequence[ClockEvent]) -> ClockState:
    for one in reversed(events):
        match one.what:
            case Happened.ENDED:
                return ClockState.ENDED
            case Happened.SUSPENDED:
                return ClockState.SUSPENDED
            case Happened.STARTED | Happened.RESUMED:
                return ClockState.RUNNING
            case Happened.EXTENDED:
                continue
    raise ValueError("a clock begins with its start")


def _extensions(events: Sequence[ClockEvent]) -> int:
    return sum(one.what is Happened.EXTENDED for one in events)


def _runs(period: Period, events: Sequence[ClockEvent]) -> Iterator[_Run]:
    """The runs of a period, each with what counts of it."""
    number = 1
    stretches: list[tuple[datetime, datetime | None]] = []
    begun: datetime | None = None
    for one in events:
        match one.what:
            case Happened.STARTED:
                begun = one.at
            case Happened.RESUMED:
                if period.resumed is Resumed.ANEW:
                    yield _Run(number, tuple(stretches))
                    number, stretches = number + 1, []
                begun = one.at
            case Happened.SUSPENDED | Happened.ENDED:
                if begun is not None:
                    stretches.append((begun, one.at))
                    begun = None
            case Happened.EXTENDED:
                pass
    if begun is not None:
        yield _Run(number, (*stretches, (begun, None)))
    else:
        yield _Run(number, tuple(stretches))


def _counted_s(run: _Run, until: datetime) -> float:
    return sum(((end or until) - begin).total_seconds() for begin, end in run.stretches)


def _alarms(run: _Run, period: Period, events: Sequence[ClockEvent], where: tzinfo) -> Iterator[Alarm]:
    """The alarms of a run, also those that are still to come.

    A share counts of the period as long as it was at that time; once it is longer, shares come again.
    """
    (begun, _) = run.stretches[0]
    extended = [one.at for one in events if one.what is Happened.EXTENDED]
    for extensions in range(len(extended) + 1):
        whole_s = length_s(period, begun, where, extensions=extensions)
        for share in period.shares:
            at = _moment(run, share * whole_s)
            if at is not None and bisect_right(extended, at) == extensions:
                yield Alarm(run.number, extensions, share, at)


def _moment(run: _Run, wanted_s: float) -> datetime | None:
    """When so much had counted in a run; None where it ended before that."""
    for begin, end in run.stretches:
        moment = begin + timedelta(seconds=wanted_s)
        if end is None or moment <= end:
            return moment
        wanted_s -= (end - begin).total_seconds()
    return None
