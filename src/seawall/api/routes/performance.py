"""How we are doing."""

from __future__ import annotations

import datetime as dt
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from seawall.api.deps import Library, needs
from seawall.model import performance
from seawall.model.access import Scope
from seawall.workflows.performance import MOST_DAYS

router = APIRouter(prefix="/v1/performance", tags=["performance"])


class Day(BaseModel):
    """What came in and was done on one day, in UTC."""

    day: dt.date
    checks: int
    matches: int
    items: Annotated[int, Field(description="That were opened for review.")]
    decisions: int


class Times(BaseModel):
    """From when an item was opened until a decision on it had effect."""

    count: int
    median_s: float | None
    p90_s: Annotated[float | None, Field(description="What nine of ten do not exceed.")]


class Rate(BaseModel):
    """How many of how many, with the interval in which the true share lies 95 times of 100."""

    part: int
    whole: int
    share: Annotated[float | None, Field(description="Null, as the interval, of nothing.", examples=[0.04])]
    interval: Annotated[tuple[float, float] | None, Field(description="Wilson's.", examples=[[0.01, 0.11]])]

    @classmethod
    def of(cls, known: performance.Rate) -> Rate:
        """The record as it is sent."""
        return cls(part=known.part, whole=known.whole, share=known.share, interval=known.interval)


class Performance(BaseModel):
    """The figures of some days, of all people together."""

    since: dt.datetime
    until: dt.datetime
    days: list[Day]
    to_decision: Times
    second_reads: Annotated[Rate, Field(description="In which the second person did not agree.")]
    appeals: Annotated[Rate, Field(description="That were decided otherwise than before.")]
    unseen: Annotated[Rate, Field(description="Decisions for which nobody looked or listened.")]
    complete: Annotated[bool, Field(description="Whether all decisions count, or the latest 20,000.")]
    saved_s: Annotated[
        float | None, Field(description="Seconds of media that nobody had to be shown; null: not measured.")
    ]


@router.get("", dependencies=[Depends(needs(Scope.READ))], summary="Show how we are doing")
def show(
    library: Library,
    days: Annotated[int, Query(ge=1, le=MOST_DAYS, description="The last of which is today.")] = 30,
) -> Performance:
    """Volumes, times and rates of some days. There are no figures of single persons."""
    made = library.performance(days)
    return Performance(
        since=made.since,
        until=made.until,
        days=[
            Day(
                day=one.day,
                checks=one.checks,
                matches=one.matches,
                items=one.items,
                decisions=one.decisions,
            )
            for one in made.days
        ],
        to_decision=Times(
            count=made.to_decision.count,
            median_s=made.to_decision.median_s,
            p90_s=made.to_decision.p90_s,
        ),
        second_reads=Rate.of(made.second_reads),
        appeals=Rate.of(made.appeals),
        unseen=Rate.of(made.unseen),
        complete=made.complete,
        saved_s=made.saved_s,
    )
