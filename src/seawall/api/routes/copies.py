"""Copies of an incident: each content in which its references were found, their spread, and their family."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends
from pydantic import BaseModel, Field

from seawall.api.deps import Library, needs
from seawall.api.paging import Page, Paged
from seawall.api.routes.incidents import IncidentId
from seawall.matching import family as families
from seawall.model import copies as records, spread as spreads
from seawall.model.access import Scope

router = APIRouter(prefix="/v1/incidents/{incident}", tags=["incidents"])

_READ: list[Any] = [Depends(needs(Scope.READ))]


class Stretch(BaseModel):
    """A part of a reference that a copy has, in one kind of signal."""

    signal: Annotated[str, Field(examples=["video"])]
    start_s: Annotated[float, Field(description="In the reference.")]
    end_s: float


class Part(BaseModel):
    """What a copy has of one reference, as their latest match says."""

    reference: str
    score: float
    recommendation: str
    coverage_query: float
    coverage_reference: float
    stretches: list[Stretch]
    transforms: Annotated[list[str], Field(examples=[["mirror", "speed:1.25"]])]


class Copy(BaseModel):
    """One content in which a reference of the incident was found."""

    content: Annotated[str, Field(description="Its SHA-256; where only hashes came, what it is known by.")]
    sha256: Annotated[str | None, Field(description="Null where only hashes came.")]
    kind: Annotated[str | None, Field(examples=["video"])]
    duration_s: float | None
    first_at: datetime
    last_at: datetime
    times: Annotated[int, Field(description="How often it was checked.")]
    posts: Annotated[int, Field(description="Different ones that checks named.")]
    uploaders: int
    parts: list[Part]
    items: Annotated[dict[str, int], Field(description="Items that it has under decision, by state.")]
    choices: Annotated[dict[str, int], Field(description="Decisions that stand for them, by choice.")]
    cases: list[str]

    @classmethod
    def of(cls, known: records.Detail) -> Copy:
        """The record as it is sent."""
        copy = known.copy
        return cls(
            content=copy.key,
            sha256=copy.sha256,
            kind=copy.kind,
            duration_s=copy.duration_s,
            first_at=copy.first_at,
            last_at=copy.last_at,
            times=len(copy.seen_at),
            posts=known.posts,
            uploaders=known.uploaders,
            parts=[_part(one) for one in known.parts],
            items=dict(known.standing.items),
            choices=dict(known.standing.choices),
            cases=list(known.standing.cases),
        )


def _part(one: records.Part) -> Part:
    return Part(
        reference=one.reference,
        score=one.score,
        recommendation=one.recommendation,
        coverage_query=one.coverage_query,
        coverage_reference=one.coverage_reference,
        stretches=[Stretch(signal=s.signal, start_s=s.start_s, end_s=s.end_s) for s in one.stretches],
        transforms=sorted(one.transforms),
    )


class Bin(BaseModel):
    """What came from a time on, for the length of a step."""

    start: datetime
    new: Annotated[int, Field(description="Copies that were seen for the first time.")]
    repeated: Annotated[int, Field(description="Further times that a copy was seen.")]
    checked: Annotated[bool, Field(description="Whether any check is on record; without one, none is seen.")]


class Spread(BaseModel):
    """Copies over time, from the first to the last time that one was seen."""

    step_s: float
    complete: Annotated[bool, Field(description="Whether all copies and checks could be read.")]
    bins: list[Bin]

    @classmethod
    def of(cls, known: spreads.Spread, *, complete: bool) -> Spread:
        """The record as it is sent."""
        bins = [
            Bin(start=one.start, new=one.new, repeated=one.repeated, checked=one.checked)
            for one in known.bins
        ]
        return cls(step_s=known.step.total_seconds(), complete=complete, bins=bins)


class Cut(BaseModel):
    """Why a copy could have been cut from another."""

    content: Annotated[str, Field(description="The other one.")]
    extra_s: Annotated[float, Field(description="What would have been left out at least, of all tracks.")]
    added: Annotated[list[str], Field(description="What was done to this one and not to the other.")]
    later_s: float
    fits: Annotated[int, Field(description="From how many it could have been cut.")]
    direct: Annotated[bool, Field(description="It was found in the other directly, a reference itself.")]


class Variant(BaseModel):
    """Copies that nothing tells apart, and from which others they could have been cut."""

    content: Annotated[str, Field(description="The one that was seen first.")]
    alike: Annotated[list[str], Field(description="The others.")]
    size: Annotated[int, Field(description="Copies in it and in all that could come from it.")]
    cut_from: Cut | None
    root: Annotated[families.Root | None, Field(description="Why there is none; null where there is one.")]


@router.get("/copies", dependencies=_READ, summary="List copies of an incident")
def copies(incident: IncidentId, library: Library, paging: Paged) -> Page[Copy]:
    """Contents in which the incident's references were found, in the order in which they were first seen.

    Of more than 5,000 those that were seen first.
    """
    after = paging.number()
    some = library.copies.of(incident).known.copies[after : after + paging.limit + 1]
    return paging.page(list(enumerate(library.copies.details(incident, some), after + 1)), Copy.of)


@router.get("/spread", dependencies=_READ, summary="Show how copies spread")
def spread(incident: IncidentId, library: Library) -> Spread:
    """Copies over time: new ones, and those that came again. Times in which nothing was checked are told."""
    picture = library.copies.of(incident)
    return Spread.of(library.copies.spread(picture), complete=picture.known.complete)


@router.get("/family", dependencies=_READ, summary="List which copy could have been cut from which")
def family(incident: IncidentId, library: Library, paging: Paged) -> Page[Variant]:
    """The family tree of an incident's copies, each behind the one that it could have been cut from.

    It says what could have been, never what was: no earlier copy that has all of it, or several that fit
    equally, leave a copy without one. Where thousands of copies make it slow to find out, it may be as it was
    up to a minute ago.
    """
    picture = library.copies.with_family(incident)
    keys = {one.number: one.key for one in picture.known.copies}
    made = picture.family
    after = paging.number()
    some = list(enumerate(made.nodes, 1))[after : after + paging.limit + 1]

    def shown(node: families.Node) -> Variant:
        first, *others = (keys[number] for number in node.copies)
        cut = None if node.edge is None else _cut(node.edge, keys[made.nodes[node.edge.parent].copies[0]])
        return Variant(content=first, alike=others, size=node.size, cut_from=cut, root=node.root)

    return paging.page(some, shown)


def _cut(edge: families.Edge, content: str) -> Cut:
    return Cut(
        content=content,
        extra_s=edge.extra_s,
        added=list(edge.added),
        later_s=edge.later_s,
        fits=edge.fits,
        direct=edge.direct,
    )
