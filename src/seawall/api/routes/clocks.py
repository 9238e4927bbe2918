"""Clocks: periods of law that run, and the periods themselves."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Path, Query, status
from pydantic import AwareDatetime, BaseModel, Field

from seawall.api.deps import Library, needs
from seawall.api.paging import Page, Paged
from seawall.model import clock as records, periods
from seawall.model.access import Scope
from seawall.model.clock import AboutKind, ClockState, Happened
from seawall.model.periods import Bound, EndedBy, Resumed, Unit
from seawall.store.clocks import ClockFilter
from seawall.workflows.words import MAX_SAID

router = APIRouter(prefix="/v1", tags=["clocks"])

ClockId = Annotated[str, Path(min_length=1, max_length=64, examples=["4e5f60718293a4b5c6d7e8f901122334"])]
Said = Annotated[str, Field(min_length=1, max_length=MAX_SAID)]
#: Beyond these years, a time in one zone may be none in another.
Time = Annotated[
    AwareDatetime,
    Field(ge=datetime(1970, 1, 1, tzinfo=UTC), le=datetime(9000, 1, 1, tzinfo=UTC)),
]
_When = Annotated[Time | None, Field(description="When it happened; none: now.")]


class PeriodHold(BaseModel):
    """A reason for which a period may be suspended."""

    id: Annotated[str, Field(examples=["unclear"])]
    words: str
    source: str
    checked: Annotated[bool, Field(description="It was held against the primary text.")]


class Period(BaseModel):
    """A period of law."""

    id: Annotated[str, Field(examples=["tco_removal"])]
    duty: Annotated[str, Field(description="What has to be done before it ends, or holds until then.")]
    source: str
    starts: Annotated[str, Field(description="The event that it runs from.")]
    count: Annotated[int | None, Field(description="So many of the unit; none for a yearly date.")]
    unit: Unit | None
    month: Annotated[int | None, Field(description="Of a yearly date, before which it ends.")]
    day: int | None
    bound: Annotated[
        Bound, Field(description="Whether the duty is to be done before its end, or holds until then.")
    ]
    holds: list[PeriodHold]
    resumed: Annotated[Resumed, Field(description="What is left of it after a suspension.")]
    extensions: int
    shares: Annotated[list[float], Field(description="Of its length, at which an alarm is raised.")]
    ended_by: EndedBy
    checked: Annotated[bool, Field(description="Words and length were held against the primary text.")]

    @classmethod
    def of(cls, known: periods.Period) -> Period:
        """The record as it is sent."""
        length = known.length
        span = length if isinstance(length, periods.Span) else None
        date = length if isinstance(length, periods.YearlyDate) else None
        plain = {name: value for name, value in asdict(known).items() if name not in ("trigger", "length")}
        return cls.model_validate(
            {
                **plain,
                "count": None if span is None else span.count,
                "unit": None if span is None else span.unit,
                "month": None if date is None else date.month,
                "day": None if date is None else date.day,
            }
        )


class Periods(BaseModel):
    """All periods of law that clocks measure."""

    items: list[Period]


class About(BaseModel):
    """What a clock is about."""

    kind: AboutKind
    id: Annotated[
        str,
        Field(
            max_length=64,
            description="Empty for the provider.",
            examples=["9c0d1e2f30415263748596a7b8c9dadb"],
        ),
    ] = ""


class NewClock(BaseModel):
    """A clock to start."""

    period: Annotated[str, Field(min_length=1, max_length=32, examples=["tco_preservation"])]
    about: About
    at: _When = None
    reason: Annotated[Said, Field(examples=["the video was removed"])]


class ClockChange(BaseModel):
    """What happens to a clock."""

    reason: Annotated[Said, Field(examples=["the authority has sent the address"])]
    at: _When = None


class Suspension(ClockChange):
    """Why a clock is held."""

    hold: Annotated[
        str, Field(min_length=1, max_length=32, description="Of the period's.", examples=["unclear"])
    ]


class ClockEvent(BaseModel):
    """What happened to a clock."""

    what: Happened
    at: datetime
    recorded_at: datetime
    actor: str
    reason: str
    hold: str | None


class Alarm(BaseModel):
    """A share of the period that was reached, and told of."""

    run: int
    extensions: int
    share: float
    at: datetime


class Clock(BaseModel):
    """A clock. Its seconds are those of the moment of the answer."""

    id: str
    period: str
    duty: str
    source: str
    bound: Bound
    about: About
    zone: Annotated[str, Field(description="Of the calendar that weeks and months are counted by.")]
    state: ClockState
    started_at: datetime
    due_at: Annotated[datetime | None, Field(description="None while it is suspended.")]
    ended_at: datetime | None
    length_s: float
    elapsed_s: float
    remaining_s: Annotated[float, Field(description="Below 0: so long past the end.")]
    suspended_s: float
    set_aside_s: Annotated[float, Field(description="Counted before the period began anew.")]
    is_past: bool
    run: Annotated[int, Field(description="1, and one more each time that it began anew.")]
    extensions: int
    events: list[ClockEvent]
    alarms: list[Alarm]

    @classmethod
    def of(cls, known: records.Clock, wording: Mapping[str, periods.Period]) -> Clock:
        """The record as it is sent."""
        period = wording[known.period]
        words = {"duty": period.duty, "source": period.source, "bound": period.bound}
        plain = asdict(known)
        reading = plain.pop("reading")
        return cls.model_validate({**plain, **words, **reading, "is_past": known.reading.is_past})


def shown(known: records.Clock, library: Library) -> Clock:
    """A clock in the words of an installation."""
    return Clock.of(known, library.clocks.wording)


@router.get("/periods", dependencies=[Depends(needs(Scope.READ))], summary="List the periods of law")
def periods_(library: Library) -> Periods:
    """What clocks can measure, each with its source, and whether that was held against the primary text."""
    return Periods(items=[Period.of(one) for one in library.clocks.wording.values()])


@router.get("/clocks", dependencies=[Depends(needs(Scope.READ))], summary="List clocks")
def list_(
    library: Library,
    paging: Paged,
    state: Annotated[ClockState | None, Query(description="Only those in this state.")] = None,
    period: Annotated[str | None, Query(max_length=32, description="Only of this period.")] = None,
    about_kind: Annotated[AboutKind | None, Query(description="Only about this, with `about`.")] = None,
    about: Annotated[str, Query(max_length=64, description="Id of what they are about.")] = "",
) -> Page[Clock]:
    """Clocks in the order in which they were started, of those that are asked for."""
    of_what = None if about_kind is None else records.About(about_kind, about)
    wanted = ClockFilter(state=state, about=of_what, period=period)
    found = library.clocks.page(wanted, after=paging.number(), limit=paging.limit + 1)
    return paging.page(found, lambda one: shown(one, library))


@router.post(
    "/clocks",
    status_code=status.HTTP_201_CREATED,
    dependencies=[Depends(needs(Scope.REVIEW))],
    summary="Start a clock",
)
def create(new: NewClock, library: Library) -> Clock:
    """From when what starts the period happened. Those of a notice's receipt are started with the notice."""
    about = records.About(new.about.kind, new.about.id)
    return shown(library.clocks.start(new.period, about, at=new.at, reason=new.reason), library)


@router.get("/clocks/{clock}", dependencies=[Depends(needs(Scope.READ))], summary="Show a clock")
def show(clock: ClockId, library: Library) -> Clock:
    """One clock, with all that happened to it."""
    return shown(library.clocks.get(clock), library)


@router.post(
    "/clocks/{clock}/suspend", dependencies=[Depends(needs(Scope.REVIEW))], summary="Suspend a clock"
)
def suspend(clock: ClockId, new: Suspension, library: Library) -> Clock:
    """For a reason that the period knows. Time does not count until the clock is resumed."""
    return shown(library.clocks.suspend(clock, new.hold, reason=new.reason, at=new.at), library)


@router.post("/clocks/{clock}/resume", dependencies=[Depends(needs(Scope.REVIEW))], summary="Resume a clock")
def resume(clock: ClockId, new: ClockChange, library: Library) -> Clock:
    """With what was left, or with the whole period, as the period says."""
    return shown(library.clocks.resume(clock, reason=new.reason, at=new.at), library)


@router.post("/clocks/{clock}/extend", dependencies=[Depends(needs(Scope.REVIEW))], summary="Extend a clock")
def extend(clock: ClockId, new: ClockChange, library: Library) -> Clock:
    """By the length of its period, as often as the period allows."""
    return shown(library.clocks.extend(clock, reason=new.reason, at=new.at), library)


@router.post("/clocks/{clock}/end", dependencies=[Depends(needs(Scope.REVIEW))], summary="End a clock")
def end(clock: ClockId, new: ClockChange, library: Library) -> Clock:
    """What it is there for is done, or is no more. Whether that was in time stays on record."""
    return shown(library.clocks.end(clock, reason=new.reason, at=new.at), library)
