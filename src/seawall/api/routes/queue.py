"""The queue: cases in the order in which they are worked on, who gets which, verdicts that copies inherit."""

from __future__ import annotations

from dataclasses import asdict
from datetime import datetime
from typing import Annotated

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, Field

from seawall import errors
from seawall.api.deps import Library, needs
from seawall.api.fields import Labels
from seawall.api.paging import Page, Paged, Paging
from seawall.api.routes.cases import Case, CaseId, Reviewer
from seawall.api.routes.decisions import Decision, Ruling, Time
from seawall.model import queue as records
from seawall.model.access import Principal, Scope
from seawall.model.decision import Basis, CaseState
from seawall.model.queue import Order, Severity
from seawall.store.queue import Place, QueueFilter
from seawall.workflows.cases import LEASE_S, MAX_LEASE_S
from seawall.workflows.queue import MAX_CASES

router = APIRouter(prefix="/v1/queue", tags=["queue"])

Reader = Annotated[Principal, Depends(needs(Scope.READ))]
Short = Annotated[str, Field(min_length=1, max_length=200)]
Id = Annotated[str, Field(min_length=1, max_length=64)]
_BEFORE = "Only with a deadline before this time."


class InQueue(BaseModel):
    """A case as the queue shows it."""

    case: Annotated[str, Field(description="Its id.")]
    state: CaseState
    basis: Basis
    value: Annotated[str, Field(description="What its items share; of one content, the SHA-256.")]
    opened_at: datetime
    due_at: Annotated[datetime | None, Field(description="Its deadline.")]
    severity: Annotated[int, Field(ge=0, le=4, description="4 comes first.", examples=[2])]
    spread: Annotated[int, Field(description="Items in it.", examples=[3])]
    uploaders: Annotated[int, Field(description="Of its items, those that are named.", examples=[2])]
    kind: Annotated[str | None, Field(examples=["video"])]
    duration_s: Annotated[float | None, Field(description="Of its first item.", examples=[31.2])]
    bank: Annotated[str | None, Field(description="Of its strongest match.", examples=["KNOWN"])]
    reference: Annotated[str | None, Field(description="Of its strongest match.")]
    score: Annotated[float | None, Field(description="Of its strongest match.", examples=[0.97])]
    reference_name: Annotated[str | None, Field(description="Null where the reference is gone.")]
    graphic: bool
    child: bool
    labels: Annotated[list[str], Field(description="Of references and banks, in lower case.")]
    uploader: Annotated[str | None, Field(description="Of its first item.", examples=["u-1841"])]
    post: Annotated[str | None, Field(description="Of its first item.", examples=["p-99213"])]
    inherits: Annotated[str | None, Field(description="The decision that it can follow.")]
    assigned_to: Annotated[str | None, Field(description="Name of a user.", examples=["ann"])]
    lease_until: datetime | None

    @classmethod
    def of(cls, known: records.Entry) -> InQueue:
        """The record as it is sent."""
        return cls.model_validate(asdict(known))


class Wanted(BaseModel):
    """Which cases are asked for; what is left out is not asked about."""

    bank: Annotated[Short | None, Field(description="Of the strongest match.")] = None
    severity: Annotated[int | None, Field(ge=0, le=4, description="At least this.")] = None
    kind: Annotated[Short | None, Field(description="Of the content.", examples=["video"])] = None
    label: Annotated[Short | None, Field(description="Of a reference or its bank.")] = None
    reference: Annotated[Id | None, Field(description="Of the strongest match.")] = None
    graphic: bool | None = None
    child: bool | None = None
    inherits: Annotated[bool | None, Field(description="Whether a verdict can be inherited.")] = None
    follows: Annotated[Id | None, Field(description="Only those that can follow this decision.")] = None
    due_before: Annotated[Time | None, Field(description=_BEFORE)] = None

    def filter(self) -> QueueFilter:
        """As the queue is asked."""
        severity = None if self.severity is None else Severity(self.severity)
        return QueueFilter(**{**dict(self), "severity": severity})


class Next(Wanted):
    """Which case is taken next."""

    order: Order = Order.DUE
    lease_s: Annotated[float, Field(gt=0, le=MAX_LEASE_S, examples=[LEASE_S])] = LEASE_S

    def filter(self) -> QueueFilter:
        """As the queue is asked."""
        return Wanted(**self.model_dump(exclude={"order", "lease_s"})).filter()


class Taken(BaseModel):
    """What came of asking for the next case."""

    case: Annotated[Case | None, Field(description="Null where none waits for the caller.")]


class QueueCounts(BaseModel):
    """How many cases there are."""

    states: Annotated[dict[str, int], Field(examples=[{"open": 12, "assigned": 2}])]
    banks: Annotated[dict[str, int], Field(description="That wait.", examples=[{"KNOWN": 14}])]
    severities: Annotated[dict[str, int], Field(description="That wait.", examples=[{"4": 1, "2": 13}])]
    overdue: Annotated[int, Field(description="That wait, past their deadline.")]
    inherits: Annotated[int, Field(description="That wait and can follow an earlier decision.")]
    mine: Annotated[int, Field(description="That wait and are assigned to the caller.")]

    @classmethod
    def of(cls, known: records.Counts) -> QueueCounts:
        """The record as it is sent."""
        return cls(
            states={state.value: count for state, count in known.states.items()},
            banks=dict(known.banks),
            severities={str(int(one)): count for one, count in known.severities.items()},
            overdue=known.overdue,
            inherits=known.inherits,
            mine=known.mine,
        )


class Inherited(BaseModel):
    """An earlier decision that all of a case that waits can follow."""

    case: str
    items: Annotated[list[str], Field(description="Those that wait, each a full copy of the reference.")]
    reference: str
    decision: Annotated[str, Field(description="Id of the earlier one.")]
    user: Annotated[str, Field(description="Who answered for it.")]
    at: datetime
    ruling: Ruling


class Inheritance(BaseModel):
    """What a case can inherit."""

    inherited: Annotated[Inherited | None, Field(description="Null where somebody has to look.")]


class Followed(BaseModel):
    """Decisions that follow an earlier one."""

    decisions: list[Decision]


class Cases(BaseModel):
    """Cases that all inherit from one earlier decision."""

    cases: Annotated[list[Id], Field(min_length=1, max_length=MAX_CASES)]


class Away(BaseModel):
    """Labels of cases that the caller is not offered."""

    labels: Labels


@router.get("", summary="List the queue")
def list_(
    library: Library,
    paging: Paged,
    who: Reader,
    *,
    order: Annotated[Order, Query(description="What comes first.")] = Order.DUE,
    state: Annotated[CaseState | None, Query(description="Only these; none: all that wait.")] = None,
    bank: Annotated[str | None, Query(max_length=200, description="Of the strongest match.")] = None,
    severity: Annotated[int | None, Query(ge=0, le=4, description="At least this.")] = None,
    kind: Annotated[str | None, Query(max_length=200, description="Of the content.")] = None,
    label: Annotated[str | None, Query(max_length=200, description="Of a reference or its bank.")] = None,
    reference: Annotated[str | None, Query(max_length=64, description="Of the strongest match.")] = None,
    graphic: Annotated[bool | None, Query(description="Labelled so, or not.")] = None,
    child: Annotated[bool | None, Query(description="Labelled so, or not.")] = None,
    inherits: Annotated[bool | None, Query(description="Whether a verdict can be inherited.")] = None,
    follows: Annotated[str | None, Query(max_length=64, description="The decision it can follow.")] = None,
    due_before: Annotated[Time | None, Query(description=_BEFORE)] = None,
    assigned_to: Annotated[str | None, Query(max_length=128, description="Name of a user.")] = None,
    free: Annotated[bool | None, Query(description="Nobody's lease runs.")] = None,
) -> Page[InQueue]:
    """Cases in order, without those that the caller has passed on or is not to be offered."""
    wanted = QueueFilter(
        state=state,
        bank=bank,
        severity=None if severity is None else Severity(severity),
        kind=kind,
        label=label,
        reference=reference,
        graphic=graphic,
        child=child,
        inherits=inherits,
        follows=follows,
        due_before=due_before,
        assigned_to=assigned_to,
        free=free,
    )
    after = place(paging, order)
    found = library.queue.page(wanted, order, user=who.user, after=after, limit=paging.limit + 1)
    return paging.page([(told(order, at), entry) for at, entry in found], InQueue.of)


@router.get("/counts", summary="Count the queue")
def counts(library: Library, who: Reader) -> QueueCounts:
    """How many cases there are, by state, bank and severity. It is made to be asked for often."""
    return QueueCounts.of(library.queue.counts(who.user))


@router.post("/next", summary="Take the next case")
def take_next(new: Next, library: Library, who: Reviewer) -> Taken:
    """The first case that nobody works on. Of two who ask at once, no two get the same one."""
    case = library.queue.take_next(new.filter(), new.order, user=who.user, lease_s=new.lease_s)
    return Taken(case=None if case is None else Case.of(case))


@router.post("/inherit", summary="Decide cases as an earlier copy")
def bulk(new: Cases, library: Library, who: Reviewer) -> Followed:
    """Cases that all inherit from one earlier decision; nothing of their media is seen."""
    return Followed(decisions=[Decision.of(one, who) for one in library.queue.bulk(new.cases, user=who.user)])


@router.get("/labels", summary="Show the labels that one is not offered")
def labels(library: Library, who: Reader) -> Away:
    """The caller's own; nobody else can ask for them."""
    return Away(labels=list(library.queue.opted_out(who.user)))


@router.put("/labels", summary="Set the labels that one is not offered")
def set_labels(new: Away, library: Library, who: Reader) -> Away:
    """The caller's own setting, without a reason. It is not in the audit log, where others would read it."""
    return Away(labels=list(library.queue.opt_out(who.user, new.labels)))


@router.get("/{case}", dependencies=[Depends(needs(Scope.READ))], summary="Show a case in the queue")
def show(case: CaseId, library: Library) -> InQueue:
    """One case as the queue shows it."""
    return InQueue.of(library.queue.entry(case))


@router.post("/{case}/not-me", summary="Pass a case on")
def not_me(case: CaseId, library: Library, who: Reader) -> InQueue:
    """Give a case back, if the caller has it, and never be offered it again.

    It needs no reason, has no price, and is not in the audit log, where others would count it.
    """
    library.queue.not_me(case, user=who.user)
    return InQueue.of(library.queue.entry(case))


@router.get(
    "/{case}/inherited", dependencies=[Depends(needs(Scope.READ))], summary="Show what a case can inherit"
)
def inherited(case: CaseId, library: Library) -> Inheritance:
    """The earlier decision that all of the case that waits can follow."""
    found = library.queue.inherited(case)
    return Inheritance(inherited=None if found is None else Inherited.model_validate(asdict(found)))


@router.post("/{case}/inherit", summary="Decide a case as an earlier copy")
def inherit(case: CaseId, library: Library, who: Reviewer) -> Followed:
    """All of it that waits, by the decision that it inherits from; nothing of the media is seen."""
    return Followed(decisions=[Decision.of(one, who) for one in library.queue.inherit(case, user=who.user)])


def told(order: Order, at: Place) -> str:
    """A place as a cursor holds it."""
    return f"{order}:{at.rank}:{at.number}"


def place(paging: Paging, order: Order) -> Place | None:
    """The place that a cursor of the same order holds. Raises BadCursor."""
    after = paging.after(str)
    if after is None:
        return None
    said, _, rest = str(after).partition(":")
    rank, _, number = rest.partition(":")
    if said != order or not (rank.isdecimal() and number.isdecimal()) or len(rest) > len("9" * 38):
        raise errors.BadCursor(cursor=str(paging.cursor)[:64])
    found = Place(int(rank), int(number))
    if max(found.rank, found.number) >= 1 << 63:
        raise errors.BadCursor(cursor=str(paging.cursor)[:64])
    return found
