"""Decisions: what was chosen, by whom, on which grounds, having seen what."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, status
from pydantic import AwareDatetime, BaseModel, ConfigDict, Field

from seawall.api.deps import Library, needs
from seawall.api.paging import Page, Paged
from seawall.model import decision as records
from seawall.model.access import Principal, Scope
from seawall.model.decision import (
    MAX_EXPLANATION,
    MAX_FACTS,
    MAX_ITEMS,
    MAX_WORDS,
    TERRITORY,
    Automation,
    Choice,
    GroundKind,
    Origin,
    Purpose,
    Redress,
    Stage,
    Verdict,
    View,
)
from seawall.store.decision_rows import DecisionFilter
from seawall.workflows.cases import MAX_UNDO_S

router = APIRouter(prefix="/v1/decisions", tags=["decisions"])

DecisionId = Annotated[str, Path(min_length=1, max_length=64, examples=["c2b3a4958677485a9b0c1d2e3f405162"])]
Id = Annotated[str, Field(min_length=1, max_length=64)]
Words = Annotated[str, Field(min_length=1, max_length=MAX_WORDS)]
#: Beyond these years, a time in one zone may be none in another.
Time = Annotated[
    AwareDatetime,
    Field(ge=datetime(1970, 1, 1, tzinfo=UTC), le=datetime(9000, 1, 1, tzinfo=UTC)),
]
Reader = Annotated[Principal, Depends(needs(Scope.READ))]
Reviewer = Annotated[Principal, Depends(needs(Scope.REVIEW))]

_EXAMPLE: Final[dict[str, Any]] = {
    "items": ["0d6f2a9c4b7e4f1a8c3d5e6f7a8b9c0d"],
    "choice": "remove",
    "facts": "The upload is a full copy of footage that its makers published to recruit.",
    "origin": "own_initiative",
    "automated_detection": True,
    "automated_decision": "none",
    "views": ["metadata", "stills_reduced"],
    "grounds": [
        {
            "kind": "contractual",
            "source": "Terms of use, 4.2",
            "explanation": "4.2 bars material that recruits for violent groups.",
        }
    ],
    "territory": ["WORLD"],
    "redress": ["internal_complaint", "out_of_court", "court"],
    "purpose": "none",
    "not_preserved": "only its hash was sent; the platform keeps the upload itself",
}


class Ground(BaseModel):
    """What is broken, and why."""

    model_config = ConfigDict(extra="forbid")

    kind: GroundKind
    source: Annotated[Words, Field(description="The law with its article, or the clause of the terms.")]
    explanation: Annotated[str, Field(min_length=1, max_length=MAX_EXPLANATION)]


class Feedback(BaseModel):
    """A verdict on a reference that an item was matched with."""

    model_config = ConfigDict(extra="forbid")

    reference: Id
    verdict: Verdict
    dispute: Annotated[bool, Field(description="Dispute the reference, unless the verdict is `right`.")] = (
        False
    )


class Ruling(BaseModel):
    """A decision to put on record."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    items: Annotated[list[Id], Field(min_length=1, max_length=MAX_ITEMS)]
    choice: Choice
    facts: Annotated[
        str, Field(min_length=1, max_length=MAX_FACTS, description="Relied on, without personal data.")
    ]
    origin: Origin
    automated_detection: Annotated[bool, Field(description="Machines brought the content up.")]
    automated_decision: Annotated[Automation, Field(description="`fully` where a policy has acted.")]
    views: Annotated[list[View], Field(min_length=1, max_length=20, description="What was seen of it.")]
    grounds: Annotated[list[Ground], Field(max_length=20)] = []
    territory: Annotated[
        list[Annotated[str, Field(pattern=f"^({TERRITORY.pattern})$")]],
        Field(max_length=300, description="Countries by two letters, EU, EEA or WORLD."),
    ] = []
    starts_at: Annotated[Time | None, Field(description="None: when it is decided.")] = None
    ends_at: Annotated[Time | None, Field(description="None: for good.")] = None
    redress: Annotated[list[Redress], Field(max_length=10)] = []
    purpose: Annotated[
        Purpose | None, Field(description="What the content is there for; asked before a removal.")
    ] = None
    notice: Annotated[Words | None, Field(description="Id of the notice or order that it follows.")] = None
    preservation: Annotated[
        Words | None, Field(description="Id of what is preserved; none where it is kept here.")
    ] = None
    not_preserved: Annotated[Words | None, Field(description="Why nothing could be preserved.")] = None
    incident: Id | None = None
    feedback: Annotated[list[Feedback], Field(max_length=MAX_ITEMS)] = []
    reverses: Annotated[Id | None, Field(description="The decision whose place it takes.")] = None
    reason: Annotated[Words | None, Field(description="Why that one is reversed.")] = None
    follows: Annotated[
        Id | None, Field(description="The decision on a full copy whose verdict it inherits.")
    ] = None

    def read(self) -> records.Ruling:
        """What was sent as a record."""
        plain = self.model_dump(exclude={"grounds", "feedback"})
        made: dict[str, Any] = {
            name: tuple(one) if isinstance(one, list) else one for name, one in plain.items()
        }
        return records.Ruling(
            **made,
            grounds=tuple(records.Ground(**dict(one)) for one in self.grounds),
            feedback=tuple(records.Feedback(**dict(one)) for one in self.feedback),
        )


class NewRuling(Ruling):
    """A decision to put on record, and when it goes out."""

    undo_s: Annotated[
        float | None,
        Field(
            ge=0,
            le=MAX_UNDO_S,
            description="Seconds in which it can be undone before it goes out; 0: none. "
            "None: as the setting `undo_s` says.",
            examples=[0],
        ),
    ] = None

    def read(self) -> records.Ruling:
        """What was sent as a record."""
        return Ruling(**self.model_dump(exclude={"undo_s"})).read()


class PolicyUsed(BaseModel):
    """A policy that brought an item up."""

    bank: str
    version: Annotated[int | None, Field(description="None: what holds without a policy.")]


class Second(BaseModel):
    """What the second person said."""

    user: str
    agrees: bool
    note: str
    at: datetime
    choice: Annotated[
        Choice | None,
        Field(
            description="Their own, made before they saw the first; None: of an old record, they saw that."
        ),
    ]
    third: Annotated[bool, Field(description="A third person is to decide, neither of the two.")]


class Decision(BaseModel):
    """A decision on record. It never changes; another one may take its place."""

    id: str
    at: datetime
    actor: str
    user: Annotated[str, Field(description="Name of the user who answers for it.")]
    items: Annotated[list[str], Field(description="What it is about.")]
    ruling: Annotated[
        Ruling | None,
        Field(description="None to all but its maker, until a second person has chosen not knowing it."),
    ]
    policies: list[PolicyUsed]
    needs_second: Annotated[bool, Field(description="It goes out once a second person agrees.")]
    second: Second | None
    stage: Annotated[
        Stage, Field(description="`second` and `due` can be undone; only what is `out` has effect.")
    ]
    out_at: Annotated[datetime | None, Field(description="When it goes out, or went.")]
    undone_at: datetime | None
    stands_for: Annotated[list[str], Field(description="Items that stand as it says.")]
    reversed_by: Annotated[list[str], Field(description="Decisions that took its place.")]

    @classmethod
    def of(cls, known: records.Decision, who: Principal) -> Decision:
        """The record as it is sent to somebody."""
        shown = asdict(known) | {"items": known.ruling.items}
        return cls.model_validate(shown | ({"ruling": None} if known.hides(who.user) else {}))


class BlindSecond(BaseModel):
    """What a second person chooses who does not know the decision."""

    choice: Choice
    note: Annotated[Words, Field(examples=["seen the stills, same footage"])]
    third: Annotated[
        bool, Field(description="Where the two differ, a third person decides, and neither of them.")
    ] = False


@router.get("", summary="List decisions")
def list_(
    library: Library,
    paging: Paged,
    who: Reader,
    *,
    item: Annotated[str | None, Query(max_length=64, description="Only on this item.")] = None,
    choice: Annotated[
        Choice | None, Query(description="Only those that chose this, of which the ruling is shown.")
    ] = None,
    user: Annotated[str | None, Query(max_length=128, description="Only those of this user.")] = None,
    incident: Annotated[str | None, Query(max_length=64, description="Only of this incident.")] = None,
    awaits_second: Annotated[
        bool | None, Query(description="Only those that wait for a second person, or that do not.")
    ] = None,
    since: Annotated[Time | None, Query(description="Made at or after this time.")] = None,
) -> Page[Decision]:
    """Decisions in the order in which they were made, of those that are asked for."""
    wanted = DecisionFilter(item, choice, user, incident, awaits_second, since, reader=who.user)
    found = library.cases.decisions(wanted, after=paging.number(), limit=paging.limit + 1)
    return paging.page(found, lambda known: Decision.of(known, who))


@router.post("", status_code=status.HTTP_201_CREATED, summary="Decide")
def create(new: NewRuling, library: Library, who: Reviewer) -> Decision:
    """A decision on items. What a statement of reasons needs must be there for any restriction."""
    return Decision.of(library.cases.decide(new.read(), user=who.user, undo_s=new.undo_s), who)


@router.get("/{decision}", summary="Show a decision")
def show(decision: DecisionId, library: Library, who: Reader) -> Decision:
    """One decision. While a second person is to choose without knowing it, only its maker sees what it is."""
    return Decision.of(library.cases.decision(decision), who)


@router.post("/{decision}/undo", summary="Undo a decision")
def undo(decision: DecisionId, library: Library, who: Reviewer) -> Decision:
    """Only who made it can, and only before it goes out. Its items are what they were."""
    return Decision.of(library.cases.undo(decision, user=who.user), who)


@router.post("/{decision}/second-blind", summary="Decide as the second person, without knowing the first")
def second_blind(decision: DecisionId, new: BlindSecond, library: Library, who: Reviewer) -> Decision:
    """They agree where they choose the same: only then does a decision go out that needs two.

    The first person cannot be the second. What the first chose, the answer shows.
    """
    made = library.cases.second_blind(decision, new.choice, note=new.note, user=who.user, third=new.third)
    return Decision.of(made, who)
