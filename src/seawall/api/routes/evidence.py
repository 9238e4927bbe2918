"""Evidence: what is preserved, for how long and for whom, the log of who did what to it, and what leaves."""

from __future__ import annotations

import json
from dataclasses import asdict
from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, Query, Response, status
from pydantic import BaseModel, ConfigDict, Field

from seawall.api.deps import Library, Recorded, Who, needs
from seawall.api.fields import Sha256
from seawall.api.paging import Page, Paged
from seawall.api.routes.check import queued
from seawall.api.routes.decisions import Time
from seawall.api.schemas import Queued
from seawall.model import custody, preservation as records, provenance
from seawall.model.access import Scope
from seawall.model.preservation import MAX_WORDS, Basis, PreservationState, Purpose
from seawall.store.preservations import PreservationFilter
from seawall.workflows.dossier import AboutKind
from seawall.workflows.exporting import proven
from seawall.workflows.tasks import Kind

router = APIRouter(prefix="/v1/evidence", tags=["evidence"])

PreservationId = Annotated[
    str, Path(min_length=1, max_length=64, examples=["7d8c9bafe0d1c2b3a4958677485a9b0c"])
]
HoldId = Annotated[str, Path(min_length=1, max_length=64, examples=["1a2b3c4d5e6f708192a3b4c5d6e7f809"])]
EventId = Annotated[str, Path(min_length=1, max_length=64, examples=["2b3c4d5e6f708192a3b4c5d6e7f8091a"])]
Words = Annotated[str, Field(min_length=1, max_length=MAX_WORDS)]
Size = Annotated[int, Field(ge=0)]


class Related(BaseModel):
    """Where it stood, as far as the basis allows that to be kept."""

    uploader: str | None
    post: str | None
    url: str | None
    labels: list[str]


class Provenance(BaseModel):
    """What an original says itself, in a C2PA manifest store, of where it comes from. None means nothing."""

    found: provenance.Found
    at: datetime
    reader: Annotated[str | None, Field(description="What says all of this; null where there was none.")]
    validation: Annotated[
        str | None,
        Field(description="In the reader's word, of the active manifest; the signer is not judged."),
    ]
    failures: Annotated[list[str], Field(description="Codes of C2PA of what does not hold.")]
    address: Annotated[str | None, Field(description="Of a manifest that is elsewhere; not fetched.")]
    store_sha256: Annotated[str | None, Field(description="Of the manifest store's JSON.")]
    why: Annotated[str | None, Field(description="Why there is no more.")]


class Manifests(BaseModel):
    """A C2PA manifest store, as the reader gave it."""

    sha256: str
    provenance: Provenance | None
    store: Annotated[Any, Field(description="Null where none is kept.")]


class Hold(BaseModel):
    """Somebody needs it longer."""

    id: str
    requester: str
    reference: str
    until: datetime
    set_at: datetime
    set_by: str
    lifted_at: datetime | None


class Reading(BaseModel):
    """Somebody read the original."""

    at: datetime
    user: str
    purpose: Purpose
    reason: str


class Preservation(BaseModel):
    """An original that is, or was, preserved."""

    id: str
    sha256: str
    bytes: int
    kind: str | None
    locked_sha256: Annotated[str | None, Field(description="Of the object in the vault; null once erased.")]
    at: datetime
    actor: str
    basis: Basis
    reference: Annotated[str | None, Field(description="Of the order or request that the basis is.")]
    related: Related | None
    provenance: Annotated[
        Provenance | None, Field(description="Null where nobody has looked, and once erased.")
    ]
    removed_at: Annotated[datetime | None, Field(description="When it was taken away on the platform.")]
    expires_at: datetime | None
    state: PreservationState
    holds: list[Hold]
    readings: list[Reading]

    @classmethod
    def of(cls, known: records.Preservation) -> Preservation:
        """The record as it is sent."""
        return cls.model_validate(asdict(known))


class NewHold(BaseModel):
    """For whom something is kept longer."""

    model_config = ConfigDict(extra="forbid")

    requester: Annotated[Words, Field(examples=["Regional Court of North"])]
    reference: Annotated[Words, Field(description="As they number it.", examples=["12 K 3/26"])]
    until: Time


class Lift(BaseModel):
    """Why a hold ends."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[Words, Field(examples=["the proceedings ended"])]


class NewExport(BaseModel):
    """What is to leave, and why it may."""

    model_config = ConfigDict(extra="forbid")

    kind: AboutKind
    id: Annotated[str, Field(min_length=1, max_length=64, description="Of the case or the incident.")]
    basis: Annotated[Basis, Field(description="Why the law allows it.")]
    recipient: Annotated[Words, Field(examples=["Regional Court of North"])]
    reason: Annotated[Words, Field(examples=["order of 3 March, 12 K 3/26"])]
    purpose: Annotated[
        Purpose | None, Field(description="What originals are read for; without one, none leaves.")
    ] = None
    open_faces: Annotated[
        Words | None,
        Field(description="Why faces in working copies are left open; without it, mosaics lie over them."),
    ] = None


class Head(BaseModel):
    """The head of the custody log."""

    size: Annotated[int, Field(description="Events that it is of.")]
    root: Annotated[str, Field(description="The hash of their tree, in hex.")]
    at: datetime
    checkpoint: Annotated[str, Field(description="The signed note that says so.")]


class Key(BaseModel):
    """The public key that heads are signed with."""

    key: Annotated[str, Field(description="As verifiers of signed notes take it: NAME+ID+KEY.")]


class Event(BaseModel):
    """An event of the custody log, with what of it is not erased."""

    index: int
    id: str
    at: datetime
    type: custody.CustodyType
    hashes: dict[str, str]
    said: Annotated[dict[str, Any], Field(description="What its fields say, by name.")]

    @classmethod
    def of(cls, known: custody.CustodyEvent) -> Event:
        """The record as it is sent."""
        return cls(
            index=known.index,
            id=known.id,
            at=known.at,
            type=known.type,
            hashes=dict(known.hashes),
            said={name: one.value for name, one in known.opened.items()},
        )


class Inclusion(BaseModel):
    """An event with the proof that it is in the log, as a bag has it."""

    size: int
    index: int
    id: str
    at: datetime
    type: custody.CustodyType
    hashes: dict[str, str]
    opened: Annotated[dict[str, list[Any]], Field(description="By field: its salt in hex, and its value.")]
    proof: Annotated[list[str], Field(description="Hashes beside its path, in hex (RFC 9162, 2.1.3).")]


class Consistency(BaseModel):
    """The proof that a log goes on from an earlier head."""

    first: int
    second: int
    proof: Annotated[list[str], Field(description="In hex (RFC 9162, 2.1.4).")]


@router.get("", dependencies=[Depends(needs(Scope.READ))], summary="List what is preserved")
def list_(
    library: Library,
    paging: Paged,
    sha256: Annotated[Sha256 | None, Query(description="Only of this content.")] = None,
    state: Annotated[PreservationState | None, Query(description="Only in this state.")] = None,
) -> Page[Preservation]:
    """In the order in which it was preserved. None of the bytes is shown by this."""
    wanted = PreservationFilter(sha256, state)
    found = library.preserving.page(wanted, after=paging.number(), limit=paging.limit + 1)
    return paging.page(found, Preservation.of)


@router.post(
    "/exports",
    dependencies=[Depends(needs(Scope.ADMIN))],
    status_code=status.HTTP_202_ACCEPTED,
    summary="Export a case or an incident",
    response_model=Queued,
)
def export(new: NewExport, library: Library, who: Who, trail: Recorded) -> Response:
    """A job writes a bag below `exports/` in the data folder of the machine that does it, and names it."""
    trail.details.update(open_faces=new.open_faces)
    return queued(library.tasks.put(Kind.EXPORT, {**new.model_dump(mode="json"), "user": who.user}))


@router.get("/log", dependencies=[Depends(needs(Scope.READ))], summary="Show the head of the custody log")
def head(library: Library) -> Head:
    """As it is now, signed."""
    known = library.preserving.head()
    return Head(size=known.size, root=known.root.hex(), at=known.at, checkpoint=known.published)


@router.get("/log/key", dependencies=[Depends(needs(Scope.READ))], summary="Show the custody log's key")
def key(library: Library) -> Key:
    """Who receives a bag compares it with the key there."""
    return Key(key=library.preserving.verifier().encoded())


@router.get("/log/events", dependencies=[Depends(needs(Scope.AUDIT))], summary="List custody events")
def events(
    library: Library,
    paging: Paged,
    sha256: Annotated[Sha256 | None, Query(description="Only on this object.")] = None,
    type: Annotated[  # noqa: A002 - as the field is called
        custody.CustodyType | None, Query(description="Only of this type.")
    ] = None,
) -> Page[Event]:
    """In their order."""
    found = library.preserving.events(
        sha256=sha256, type_=type, after=paging.number() - 1, limit=paging.limit + 1
    )
    return paging.page([(one.index + 1, one) for one in found], Event.of)


@router.get(
    "/log/events/{event}", dependencies=[Depends(needs(Scope.AUDIT))], summary="Prove a custody event"
)
def inclusion(
    event: EventId,
    library: Library,
    size: Annotated[
        int | None, Query(ge=1, le=1 << 62, description="Of the head; none: all of the log.")
    ] = None,
) -> Inclusion:
    """The proof that it is in the log of that size."""
    known = library.preserving.custody.event(event)
    size, proof = library.preserving.custody.inclusion(known.index, size)
    return Inclusion.model_validate({"size": size, **proven(known, proof)})


@router.get(
    "/log/consistency",
    dependencies=[Depends(needs(Scope.READ))],
    summary="Prove that the log was only added to",
)
def consistency(
    library: Library,
    first: Annotated[int, Query(ge=1, le=1 << 62, description="Size of the earlier head.")],
    second: Annotated[
        int | None, Query(ge=1, le=1 << 62, description="Of the later one; none: all of the log.")
    ] = None,
) -> Consistency:
    """The proof that one head goes on from another."""
    size, proof = library.preserving.custody.consistency(first, second)
    return Consistency(first=first, second=size, proof=[one.hex() for one in proof])


@router.get("/{preservation}", dependencies=[Depends(needs(Scope.READ))], summary="Show what is preserved")
def show(preservation: PreservationId, library: Library) -> Preservation:
    """One record. None of the bytes is shown by this."""
    return Preservation.of(library.preserving.get(preservation))


@router.get(
    "/{preservation}/manifests",
    dependencies=[Depends(needs(Scope.REVIEW))],
    summary="Show the C2PA manifest store of what is preserved",
)
def manifests(preservation: PreservationId, library: Library) -> Manifests:
    """It can name people. It is part of the original, and is erased with it."""
    known = Preservation.of(library.preserving.get(preservation))
    store = library.preserving.manifests(preservation)
    return Manifests(
        sha256=known.sha256, provenance=known.provenance, store=None if store is None else json.loads(store)
    )


@router.post(
    "/{preservation}/holds",
    dependencies=[Depends(needs(Scope.REVIEW))],
    status_code=status.HTTP_201_CREATED,
    summary="Keep something longer",
)
def hold(preservation: PreservationId, new: NewHold, library: Library) -> Preservation:
    """For somebody who needs it, until then."""
    return Preservation.of(library.preserving.hold(preservation, new.requester, new.reference, new.until))


@router.post(
    "/{preservation}/holds/{hold}/lift",
    dependencies=[Depends(needs(Scope.ADMIN))],
    summary="End a hold",
)
def lift(preservation: PreservationId, hold: HoldId, why: Lift, library: Library) -> Preservation:
    """What nobody holds is erased once its time is over."""
    return Preservation.of(library.preserving.lift(preservation, hold, why.reason))
