"""Exchanges: lists that others keep, followed into banks; and opinions on what they hold."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Path, status
from pydantic import BaseModel, Field

from seawall.api.deps import Library, Recorded, needs
from seawall.api.fields import Labels, ReferenceId
from seawall.api.paging import Page, Paged
from seawall.exchange import sources
from seawall.model import exchange
from seawall.model.access import Scope
from seawall.model.exchange import Sending, Stance

router = APIRouter(prefix="/v1", tags=["exchanges"])

_READ: list[Any] = [Depends(needs(Scope.READ))]
_CHANGE: list[Any] = [Depends(needs(Scope.EXCHANGES))]
_BANKS: list[Any] = [Depends(needs(Scope.BANKS))]

Name = Annotated[str, Path(description="The exchange's name.", max_length=64, examples=["partner"])]
Told = Annotated[dict[str, str], Field(max_length=20, examples=[{"url": "https://example.org/list.csv"}])]
Every = Annotated[float, Field(ge=60, le=30 * 86400, description="Seconds between runs.", examples=[3600])]


class AdapterField(BaseModel):
    """One thing that an adapter is told."""

    name: Annotated[str, Field(examples=["url"])]
    help: str
    required: bool
    secret: Annotated[bool, Field(description="It is sealed before it is kept, and never shown.")]


class Adapter(BaseModel):
    """A kind of exchange."""

    name: Annotated[str, Field(examples=["list"])]
    about: str
    fields: list[AdapterField]


class Adapters(BaseModel):
    """All kinds of exchange."""

    adapters: list[Adapter]


class NewExchange(BaseModel):
    """A list to follow."""

    name: Annotated[str, Field(max_length=64, examples=["partner"])]
    adapter: Annotated[str, Field(max_length=64, examples=["list"])]
    bank: Annotated[str, Field(max_length=64, examples=["KNOWN"])]
    fields: Told
    every_s: Every = 3600.0


class Change(BaseModel):
    """What to change of an exchange; what is left out stays."""

    enabled: bool | None = None
    every_s: Every | None = None
    secrets: Annotated[Told | None, Field(description="New values of all secret fields.")] = None
    from_start: Annotated[bool, Field(description="Read the list anew from its start.")] = False


class Exchange(BaseModel):
    """A list that is followed."""

    id: str
    name: Annotated[str, Field(examples=["partner"])]
    adapter: Annotated[str, Field(examples=["list"])]
    bank: Annotated[str, Field(examples=["KNOWN"])]
    fields: dict[str, Any]
    has_credentials: bool
    enabled: bool
    every_s: float
    created_at: datetime
    created_by: str

    @classmethod
    def of(cls, known: exchange.Exchange) -> Exchange:
        """The record as it is sent."""
        return cls(
            id=known.id,
            name=known.name,
            adapter=known.adapter,
            bank=known.bank,
            fields=dict(known.config),
            has_credentials=known.has_credentials,
            enabled=known.enabled,
            every_s=known.every_s,
            created_at=known.created_at,
            created_by=known.created_by,
        )


class LeftOut(BaseModel):
    """An item that could not be used."""

    key: str
    reason: Annotated[str, Field(examples=["a pdq value has 64 hex digits, not 10"])]


class Run(BaseModel):
    """One time that a list was fetched."""

    run: int
    started_at: datetime
    ended_at: datetime | None
    pages: int
    added: int
    changed: int
    deleted: int
    unchanged: int
    bad_count: int
    bad: Annotated[list[LeftOut], Field(description="The first hundred.")]
    error: dict[str, Any] | None

    @classmethod
    def of(cls, known: exchange.Run) -> Run:
        """The record as it is sent."""
        tally = known.tally
        return cls(
            run=known.number,
            started_at=known.started_at,
            ended_at=known.ended_at,
            pages=tally.pages,
            added=tally.added,
            changed=tally.changed,
            deleted=tally.deleted,
            unchanged=tally.unchanged,
            bad_count=tally.bad,
            bad=[LeftOut(key=one.key, reason=one.reason) for one in known.bad],
            error=None if known.error is None else dict(known.error),
        )


class Queued(BaseModel):
    """A job that was made."""

    job: Annotated[str, Field(examples=["5f0c6f9e2b7a4d1c8e3f5a6b7c8d9e0f"])]


class NewOpinion(BaseModel):
    """What we think of a reference."""

    stance: Stance
    labels: Labels = []
    note: Annotated[str | None, Field(max_length=2000)] = None


class Opinion(BaseModel):
    """One opinion on a reference."""

    owner: Annotated[str, Field(description="The member of a list; empty for ours.")]
    mine: bool
    stance: Stance
    labels: list[str]
    by: str | None
    at: datetime
    note: str | None
    sending: Annotated[Sending | None, Field(description="What became of ours; null for those of others.")]

    @classmethod
    def of(cls, known: exchange.HeldOpinion) -> Opinion:
        """The record as it is sent."""
        return cls(
            owner=known.opinion.owner,
            mine=known.mine,
            stance=known.opinion.stance,
            labels=list(known.opinion.labels),
            by=known.by,
            at=known.at,
            note=known.note,
            sending=known.sending,
        )


class Opinions(BaseModel):
    """All opinions on a reference: ours first."""

    opinions: list[Opinion]


@router.get("/exchanges/adapters", dependencies=_READ, summary="List kinds of exchange")
def adapters() -> Adapters:
    """What each kind of exchange must be told."""
    return Adapters(
        adapters=[
            Adapter(
                name=source.name,
                about=source.about,
                fields=[
                    AdapterField(name=one.name, help=one.help, required=one.required, secret=one.secret)
                    for one in source.fields
                ],
            )
            for source in sources.SOURCES.values()
        ]
    )


@router.get("/exchanges", dependencies=_READ, summary="List exchanges")
def list_(library: Library, paging: Paged) -> Page[Exchange]:
    """All exchanges, by name, a page at a time."""
    after = paging.after(str)
    found = [(one.name, one) for one in library.exchanges.every() if after is None or one.name > str(after)]
    return paging.page(found, Exchange.of)


@router.post("/exchanges", status_code=status.HTTP_201_CREATED, dependencies=_CHANGE, summary="Follow a list")
def add(new: NewExchange, library: Library, trail: Recorded) -> Exchange:
    """Follow a list into a bank that is there. Secret fields are sealed before they are kept."""
    trail.subject = new.name
    made = library.exchanges.add(new.name, new.adapter, new.bank, new.fields, every_s=new.every_s)
    return Exchange.of(made)


@router.get("/exchanges/{name}", dependencies=_READ, summary="Show an exchange")
def show(name: Name, library: Library) -> Exchange:
    """One exchange, without its credentials."""
    return Exchange.of(library.exchanges.get(name))


@router.patch("/exchanges/{name}", dependencies=_CHANGE, summary="Change an exchange")
def change(name: Name, new: Change, library: Library) -> Exchange:
    """Switch it on or off, fetch it more or less often, give it new credentials, or begin anew."""
    changed = library.exchanges.change(
        name,
        enabled=new.enabled,
        every_s=new.every_s,
        credentials=new.secrets,
        from_start=new.from_start,
    )
    return Exchange.of(changed)


@router.delete(
    "/exchanges/{name}",
    status_code=status.HTTP_204_NO_CONTENT,
    dependencies=_CHANGE,
    summary="Follow a list no longer",
)
def remove(name: Name, library: Library) -> None:
    """What it brought stays in its bank."""
    library.exchanges.remove(name)


@router.post(
    "/exchanges/{name}/fetch",
    status_code=status.HTTP_202_ACCEPTED,
    dependencies=_CHANGE,
    summary="Fetch a list now",
)
def fetch(name: Name, library: Library) -> Queued:
    """Have a job fetch it, from where the last run stopped."""
    return Queued(job=library.exchanges.fetch_later(name))


@router.get("/exchanges/{name}/runs", dependencies=_READ, summary="List runs of an exchange")
def runs(name: Name, library: Library, paging: Paged) -> Page[Run]:
    """When it was fetched and what came of it, the newest first."""
    below = paging.number() or None
    found = library.exchanges.runs(name, below=below, limit=paging.limit + 1)
    return paging.page([(one.number, one) for one in found], Run.of)


@router.get("/references/{reference}/opinions", dependencies=_READ, summary="List opinions on a reference")
def opinions(reference: ReferenceId, library: Library) -> Opinions:
    """Ours and those of the members of lists."""
    known = library.reference(reference)
    return Opinions(opinions=[Opinion.of(one) for one in library.exchanges.opinions(known.id)])


@router.post("/references/{reference}/opinions", dependencies=_BANKS, summary="Give our opinion")
def opine(reference: ReferenceId, new: NewOpinion, library: Library) -> Opinion:
    """Ours takes the place of an older one, and goes out to the lists that have the item.

    A negative opinion disputes the reference.
    """
    known = library.reference(reference)
    return Opinion.of(library.exchanges.opine(known, new.stance, tuple(new.labels), new.note))
