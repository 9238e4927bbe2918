"""What was checked and found: checks, matches, retro-matches, and references that are held."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query, status
from pydantic import BaseModel, Field

from seawall.api.deps import Library, needs
from seawall.api.fields import aware
from seawall.api.paging import Page, Paged
from seawall.api.schemas import Context, Queued
from seawall.model import hold, seen
from seawall.model.access import Principal, Scope
from seawall.workflows.check import match_record

router = APIRouter(prefix="/v1", tags=["matches"])


class Checked(BaseModel):
    """One check of one content."""

    id: str
    sha256: Annotated[str | None, Field(description="Null where only other hashes were given.")]
    kind: Annotated[str | None, Field(examples=["video"])]
    duration_s: float | None
    at: datetime
    actor: Annotated[str, Field(examples=["ada/uploads"])]
    context: Context

    @classmethod
    def of(cls, known: seen.Checked) -> Checked:
        """The record as it is sent."""
        context = known.context
        return cls(
            id=known.id,
            sha256=known.sha256,
            kind=known.kind,
            duration_s=known.duration_s,
            at=known.at,
            actor=known.actor,
            context=Context(
                uploader=context.uploader, post=context.post, url=context.url, labels=list(context.labels)
            ),
        )


class FoundMatch(BaseModel):
    """A match as it was found."""

    id: str
    bank: Annotated[str, Field(examples=["KNOWN"])]
    how: Annotated[seen.How, Field(description="`retro`: the reference was added after the check.")]
    at: datetime
    held: Annotated[bool, Field(description="Whether a person decides first, as the reference is held.")]
    match: Annotated[dict[str, object], Field(description="As in the answer to a check.")]

    @classmethod
    def of(cls, known: seen.RecordedMatch) -> FoundMatch:
        """The record as it is sent."""
        return cls(
            id=known.id,
            bank=known.bank,
            how=known.how,
            at=known.at,
            held=known.held,
            match=match_record(known.match),
        )


class RecordedMatch(FoundMatch):
    """A match with the check in which it was found."""

    check: Checked

    @classmethod
    def of(cls, known: seen.RecordedMatch) -> RecordedMatch:
        """The record as it is sent."""
        return cls(check=Checked.of(known.checked), **dict(FoundMatch.of(known)))


class RecordedCheck(Checked):
    """A check with what was found in it, at the time and since."""

    matches: list[FoundMatch]


class NewRetromatch(BaseModel):
    """A reference that is to be searched in what was seen."""

    reference: Annotated[str, Field(description="Its id.")]


class Counts(BaseModel):
    """What a hold rests on."""

    contents: Annotated[int, Field(description="Matched within the window.")]
    window_h: int
    limit: Annotated[int, Field(description="From which on a reference of the bank and kind is held.")]
    usual: Annotated[int, Field(description="The busiest window of all but a twentieth of the others.")]
    others: Annotated[int, Field(description="References of the bank and kind that matched anything.")]


class Hold(BaseModel):
    """A reference that is, or was, held."""

    reference: str
    bank: str
    since: datetime
    state: hold.State
    counts: Counts
    released_by: str | None
    released_at: datetime | None
    reason: str | None

    @classmethod
    def of(cls, known: hold.Hold) -> Hold:
        """The record as it is sent."""
        counts = known.counts
        return cls(
            reference=known.reference,
            bank=known.bank,
            since=known.since,
            state=known.state,
            counts=Counts(
                contents=counts.contents,
                window_h=counts.window_h,
                limit=counts.limit,
                usual=counts.usual,
                others=counts.others,
            ),
            released_by=known.released_by,
            released_at=known.released_at,
            reason=known.reason,
        )


class Release(BaseModel):
    """Why a reference may act again."""

    reason: Annotated[str, Field(min_length=1, max_length=2000)]


@router.get("/matches", dependencies=[Depends(needs(Scope.READ))])
def matches(
    library: Library,
    paging: Paged,
    *,
    bank: Annotated[str | None, Query(max_length=64, description="Only of this bank.")] = None,
    reference: Annotated[str | None, Query(max_length=64, description="Only of this reference.")] = None,
    how: Annotated[seen.How | None, Query(description="Only those that came about so.")] = None,
    held: Annotated[bool | None, Query(description="Only held ones, or only others.")] = None,
    since: Annotated[datetime | None, Query(description="With its zone; UTC where it has none.")] = None,
) -> Page[RecordedMatch]:
    """Matches that were found, the latest first."""
    found = library.seen.matches(
        bank=bank,
        reference=reference,
        how=how,
        held=held,
        since=aware(since),
        before=paging.number() or None,
        limit=paging.limit + 1,
    )
    return paging.page(found, RecordedMatch.of)


@router.get("/matches/{match}", dependencies=[Depends(needs(Scope.READ))])
def match(match: str, library: Library) -> RecordedMatch:
    """One match."""
    return RecordedMatch.of(library.seen.match(match))


@router.get("/checks/{check}", dependencies=[Depends(needs(Scope.CHECK))])
def check(check: str, library: Library) -> RecordedCheck:
    """One check, with what was found in it at the time and since."""
    known = library.seen.check(check)
    found = [FoundMatch.of(one) for one in known.matches]
    return RecordedCheck(matches=found, **dict(Checked.of(known.checked)))


@router.post(
    "/retromatches", status_code=status.HTTP_202_ACCEPTED, dependencies=[Depends(needs(Scope.ADMIN))]
)
def retromatch(new: NewRetromatch, library: Library) -> Queued:
    """Search a reference in what was seen again, as is done once by itself when it is added."""
    return Queued(job=library.retromatch_later(new.reference))


@router.get("/holds", dependencies=[Depends(needs(Scope.READ))])
def holds(
    library: Library,
    paging: Paged,
    state: Annotated[hold.State | None, Query(description="Only those in this state.")] = None,
) -> Page[Hold]:
    """References that matched far more than their kind does, and wait, or waited, for a person."""
    found = library.holds.holds(state, before=paging.number() or None, limit=paging.limit + 1)
    return paging.page(found, Hold.of)


@router.post("/holds/{reference}/release")
def release(
    reference: str, new: Release, library: Library, who: Annotated[Principal, Depends(needs(Scope.BANKS))]
) -> Hold:
    """Let a held reference act. Who finds it wrong withdraws the reference instead."""
    return Hold.of(library.holds.release(reference, who.name, new.reason))
