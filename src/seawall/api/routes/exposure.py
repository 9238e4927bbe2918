"""What people were shown: one's own ledger, and what is told of all together."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import AfterValidator, BaseModel, Field

from seawall.api.deps import Library, needs
from seawall.api.paging import Page, Paged
from seawall.model import exposure as records
from seawall.model.access import Principal, Scope
from seawall.model.viewing import Cover, Graphic, Medium, Reason

router = APIRouter(prefix="/v1/exposure", tags=["exposure"])

Reviewer = Annotated[Principal, Depends(needs(Scope.REVIEW))]
Time = Annotated[
    datetime,
    AfterValidator(lambda at: at.replace(tzinfo=UTC) if at.tzinfo is None else at),
    Query(description="A time; UTC where it names no zone.", examples=["2026-03-01T00:00:00Z"]),
]


class Sums(BaseModel):
    """What was shown in a time."""

    seconds: Annotated[float, Field(description="A still counts as the setting `still_s`, times its area.")]
    weighted: Annotated[float, Field(description="Each second times its graphic level.")]
    reveals: int
    by_cover: dict[Cover, float]
    by_medium: dict[Medium, float]

    @classmethod
    def of(cls, known: records.Sums) -> Sums:
        """The record as it is sent."""
        return cls.model_validate(asdict(known))


class Own(BaseModel):
    """Where the caller stands."""

    today: Annotated[Sums, Field(description="Since midnight, UTC.")]
    run_s: Annotated[float, Field(description="Seconds since the last break of ten minutes.")]
    day_limit_s: float
    run_limit_s: float
    take_a_break: Annotated[bool, Field(description="A limit is passed. Nothing is refused.")]
    floor: Annotated[Cover | None, Field(description="The caller's own; null: the organisation's.")]


class Entry(BaseModel):
    """One thing that the caller was shown."""

    at: datetime
    case: str
    item: str
    sha256: str
    medium: Medium
    cover: Cover
    graphic: Graphic
    start_s: float
    seconds: float
    area: float
    reason: Reason | None
    words: str | None

    @classmethod
    def of(cls, known: records.Entry) -> Entry:
        """The record as it is sent."""
        return cls.model_validate({"at": known.at, **asdict(known.shown)})


class Floor(BaseModel):
    """What may be shown without a reason."""

    cover: Annotated[Cover, Field(examples=["covered"])]


class Together(BaseModel):
    """What all who looked were shown. No figure is of one person."""

    people: Annotated[
        int | None, Field(description="Null, with the figures of people, where they are too few.")
    ]
    sums: Sums | None
    over_day_limit: Annotated[int | None, Field(description="Days of a person over the limit of a day.")]
    uploaded_s: Annotated[float, Field(description="Seconds of contents that came in for review.")]
    share_shown: Annotated[float | None, Field(description="Seconds shown, of those that came in.")]


@router.get("", summary="Show my exposure")
def own(library: Library, who: Reviewer) -> Own:
    """What the caller was shown today, and the limits. Nobody else can ask for it."""
    known = library.exposure.own(who.user)
    return Own(
        today=Sums.of(known.today),
        run_s=known.run_s,
        day_limit_s=known.limits.day_s,
        run_limit_s=known.limits.run_s,
        take_a_break=known.take_a_break,
        floor=library.exposure.floor(who.user),
    )


@router.get("/ledger", summary="Read my ledger")
def ledger(library: Library, paging: Paged, who: Reviewer) -> Page[Entry]:
    """All that the caller was shown, the newest first. Nobody else can ask for it."""
    before = paging.after(int)
    assert before is None or isinstance(before, int)
    return paging.page(library.exposure.entries(who.user, before=before, limit=paging.limit + 1), Entry.of)


@router.put("/floor", summary="Set my floor")
def floor(wanted: Floor, library: Library, who: Reviewer) -> Floor:
    """Have less shown without a reason than the organisation allows. Its own floor cannot be lowered."""
    library.exposure.set_floor(who.user, wanted.cover)
    return wanted


@router.get("/together", summary="Show what all were shown", dependencies=[Depends(needs(Scope.ADMIN))])
def together(library: Library, since: Time, until: Time) -> Together:
    """Figures of all who looked from one time to before another, at most 92 days: no names and no ranking."""
    told = library.exposure.together(since, until)
    saved = library.viewing.saved(since, until)
    return Together(
        people=told.people,
        sums=None if told.sums is None else Sums.of(told.sums),
        over_day_limit=told.over_day_limit,
        uploaded_s=saved.uploaded_s,
        share_shown=None if told.people is None else saved.share_shown,
    )
