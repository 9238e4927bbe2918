"""References: what banks hold, and which of it may act."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query, status
from pydantic import BaseModel, Field

from seawall.api.calls import Trail
from seawall.api.deps import Library, Recorded, needs
from seawall.api.fields import Label, Labels, Reason, ReasonQuery, ReferenceId
from seawall.api.paging import Page, Paged
from seawall.api.schemas import Reference
from seawall.model.access import Scope
from seawall.model.bank import ReferenceState
from seawall.model.content import Kind
from seawall.store.lookup import Wanted
from seawall.store.records import ReferenceEvent
from seawall.workflows.library import Seawall

router = APIRouter(prefix="/v1/references", tags=["references"])

_READ: list[Any] = [Depends(needs(Scope.READ))]
_BANKS: list[Any] = [Depends(needs(Scope.BANKS))]


class Event(BaseModel):
    """One change of a reference's state."""

    at: datetime
    actor: Annotated[str, Field(examples=["ada/upload path"])]
    from_state: ReferenceState
    to_state: ReferenceState
    reason: Annotated[str, Field(examples=["a news report of it"])]

    @classmethod
    def of(cls, known: ReferenceEvent) -> Event:
        """The record as it is sent."""
        return cls(
            at=known.at,
            actor=known.actor,
            from_state=known.from_state,
            to_state=known.to_state,
            reason=known.reason,
        )


class Events(BaseModel):
    """All changes of a reference's state, in order."""

    events: list[Event]


class NewLabels(BaseModel):
    """Labels to give."""

    labels: Labels


@router.get("", dependencies=_READ, summary="List references")
def list_(
    library: Library,
    paging: Paged,
    bank: Annotated[str | None, Query(description="Only of this bank.", max_length=64)] = None,
    state: Annotated[ReferenceState | None, Query(description="Only those in this state.")] = None,
    kind: Annotated[Kind | None, Query(description="Only contents of this kind.")] = None,
    label: Annotated[str | None, Query(description="Only those with this label.")] = None,
    incident: Annotated[str | None, Query(description="Only those of this incident.")] = None,
    sha256: Annotated[str | None, Query(description="Only this content.", pattern="^[0-9a-f]{64}$")] = None,
) -> Page[Reference]:
    """References of all banks, the oldest first; those that every given condition holds for."""
    if bank is not None:
        library.bank(bank)
    wanted = Wanted(bank=bank, state=state, kind=kind, label=label, incident=incident, sha256=sha256)
    found = library.lookup.references(wanted, after=paging.number(), limit=paging.limit + 1)
    return paging.page(found, Reference.of)


@router.get("/{reference}", dependencies=_READ, summary="Show a reference")
def show(reference: ReferenceId, library: Library) -> Reference:
    """One reference."""
    return Reference.of(library.reference(reference))


@router.get("/{reference}/events", dependencies=_READ, summary="Show what was done to a reference")
def events(reference: ReferenceId, library: Library) -> Events:
    """All changes of its state, with who made them and why; also after it was taken out."""
    return Events(events=[Event.of(one) for one in library.reference_events(reference)])


@router.post("/{reference}/labels", dependencies=_BANKS, summary="Label a reference")
def add_labels(reference: ReferenceId, new: NewLabels, library: Library, trail: Recorded) -> Reference:
    """Give a reference labels beside those that it has."""
    trail.details["labels"] = new.labels
    return Reference.of(library.reference_labels(reference, add=new.labels))


@router.delete("/{reference}/labels", dependencies=_BANKS, summary="Take a label off a reference")
def drop_label(
    reference: ReferenceId,
    label: Annotated[Label, Query(description="Which.", examples=["manifesto"])],
    library: Library,
    trail: Recorded,
) -> Reference:
    """Take a label off; nothing happens where the reference has it not."""
    trail.details["label"] = label
    return Reference.of(library.reference_labels(reference, drop=[label]))


@router.post("/{reference}/dispute", dependencies=_BANKS, summary="Dispute a reference")
def dispute(reference: ReferenceId, given: Reason, library: Library, trail: Recorded) -> Reference:
    """Mark a reference as disputed: it is still matched, and never more than suggested."""
    return _set_state(library, trail, reference, ReferenceState.DISPUTED, given.reason)


@router.post("/{reference}/clear", dependencies=_BANKS, summary="Settle a dispute")
def clear(reference: ReferenceId, given: Reason, library: Library, trail: Recorded) -> Reference:
    """Settle a dispute in the reference's favour: it is active again."""
    return _set_state(library, trail, reference, ReferenceState.ACTIVE, given.reason)


@router.post("/{reference}/withdraw", dependencies=_BANKS, summary="Withdraw a reference")
def withdraw(reference: ReferenceId, given: Reason, library: Library, trail: Recorded) -> Reference:
    """Withdraw a reference: it is not matched any more. Adding its file again brings it back."""
    return _set_state(library, trail, reference, ReferenceState.WITHDRAWN, given.reason)


@router.delete(
    "/{reference}",
    status_code=status.HTTP_204_NO_CONTENT,
    dependencies=_BANKS,
    summary="Take a reference out",
)
def remove(reference: ReferenceId, reason: ReasonQuery, library: Library, trail: Recorded) -> None:
    """Take a reference out of its bank. A record of it stays."""
    trail.details["reason"] = reason
    library.reference_remove(reference, reason)


def _set_state(
    library: Seawall, trail: Trail, reference: str, state: ReferenceState, reason: str
) -> Reference:
    trail.details["reason"] = reason
    return Reference.of(library.reference_set_state(reference, state, reason))
