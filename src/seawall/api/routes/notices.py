"""Notices and orders: what comes in from persons and authorities."""

from __future__ import annotations

from dataclasses import asdict, replace
from datetime import datetime
from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Query, status
from pydantic import BaseModel, ConfigDict, Field

from seawall.api.deps import Library, needs
from seawall.api.fields import Sha256
from seawall.api.paging import Page, Paged
from seawall.api.routes import clocks
from seawall.api.routes.cases import Because
from seawall.api.routes.clocks import Said, Time
from seawall.model import notice as records
from seawall.model.access import Principal, Scope
from seawall.model.notice import MAX_LINE, MAX_PLACES, MAX_TEXT, MAX_URL, Channel, LinkKind, NoticeState
from seawall.model.notice_fields import NoticeKind
from seawall.store.notice_rows import NoticeFilter

router = APIRouter(prefix="/v1/notices", tags=["notices"])

Reader = Annotated[Principal, Depends(needs(Scope.READ))]
Reviewer = Annotated[Principal, Depends(needs(Scope.REVIEW))]
NoticeId = Annotated[str, Path(min_length=1, max_length=64, examples=["9c0d1e2f30415263748596a7b8c9dadb"])]
Line = Annotated[str, Field(min_length=1, max_length=MAX_LINE)]
Urls = Annotated[
    list[Annotated[str, Field(min_length=1, max_length=MAX_URL, examples=["https://example.org/p/99213"])]],
    Field(max_length=MAX_PLACES),
]
Posts = Annotated[list[Line], Field(max_length=MAX_PLACES)]
Digests = Annotated[list[Sha256], Field(max_length=MAX_PLACES)]
Text = Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]
Zone = Annotated[str, Field(min_length=1, max_length=64, examples=["Europe/Brussels"])]
Particulars = Annotated[
    dict[str, Annotated[str, Field(min_length=1, max_length=MAX_TEXT)]],
    Field(
        max_length=50,
        description="Further fields, by their names; the page on orders lists them.",
        examples=[{"law": "tco", "signed": "yes"}],
    ),
]

_EXAMPLE: Final[dict[str, Any]] = {
    "kind": "order",
    "received_at": "2026-03-04T12:00:00Z",
    "zone": "Europe/Brussels",
    "channel": "email",
    "subject": "Removal of a video",
    "sender": "The authority",
    "reference": "BE/2026/17",
    "urls": ["https://example.org/p/99213"],
    "grounds": "It recruits.",
    "particulars": {"law": "tco", "signed": "yes"},
}


class NewNotice(BaseModel):
    """What came in."""

    model_config = ConfigDict(extra="forbid", json_schema_extra={"examples": [_EXAMPLE]})

    kind: NoticeKind
    received_at: Annotated[Time, Field(description="When it came in, whenever it was seen.")]
    subject: Annotated[Line, Field(description="In a few words.")]
    zone: Annotated[Zone, Field(description="Where it came in, by the zone's name.")] = "UTC"
    channel: Annotated[Channel, Field(description="How it came in.")] = Channel.PROGRAM
    sender: Annotated[Line | None, Field(description="The authority, or the person.")] = None
    contact: Annotated[Line | None, Field(description="Where an answer goes.")] = None
    reference: Annotated[Line | None, Field(description="The sender's own.")] = None
    language: Line | None = None
    urls: Annotated[Urls, Field(description="Where the content is.")] = []
    posts: Posts = []
    sha256s: Digests = []
    file_name: Annotated[Line | None, Field(description="Of what was sent along.")] = None
    grounds: Annotated[Text | None, Field(description="As the sender gives them.")] = None
    particulars: Particulars = {}

    def read(self) -> records.Message:
        """What was sent as a record."""
        plain = self.model_dump(exclude={"particulars"})
        made: dict[str, Any] = {
            name: tuple(one) if isinstance(one, list) else one for name, one in plain.items()
        }
        return records.Message(
            **made,
            particulars=tuple(records.Particular(name, value) for name, value in self.particulars.items()),
        )


class Supplement(BaseModel):
    """Fields that say something else now. What is absent stays; null, or an empty list, empties a field."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[Said, Field(examples=["the authority has sent the address"])]
    subject: Line | None = None
    zone: Zone | None = None
    channel: Channel | None = None
    sender: Line | None = None
    contact: Line | None = None
    reference: Line | None = None
    language: Line | None = None
    urls: Urls | None = None
    posts: Posts | None = None
    sha256s: Digests | None = None
    file_name: Line | None = None
    grounds: Text | None = None
    particulars: dict[str, Annotated[str, Field(min_length=1, max_length=MAX_TEXT)] | None] = {}

    def read(self) -> dict[str, object]:
        """The fields that are given, by their names."""
        plain = self.model_dump(exclude={"reason", "particulars"}, exclude_unset=True)
        lists = {name: tuple(one) if isinstance(one, list) else one for name, one in plain.items()}
        return {**lists, **self.particulars}


class NewLink(BaseModel):
    """What a notice is joined to."""

    kind: LinkKind
    id: Annotated[str, Field(min_length=1, max_length=64, examples=["0d6f2a9c4b7e4f1a8c3d5e6f7a8b9c0d"])]
    reason: Annotated[Said, Field(examples=["the post that it describes"])]


class NewAnswer(BaseModel):
    """What the sender was answered, in short."""

    words: Annotated[Said, Field(examples=["told by e-mail that access is disabled since 12:40"])]


class Missing(BaseModel):
    """A field that the kind needs and that says nothing."""

    name: Annotated[str, Field(examples=["signed"])]
    label: str
    source: Annotated[str, Field(description="The law that asks for it.")]
    checked: Annotated[bool, Field(description="That was held against the primary text.")]


class Link(BaseModel):
    """What a notice was joined to."""

    kind: LinkKind
    id: str
    at: datetime
    actor: str
    why: str


class NoticeEvent(BaseModel):
    """What happened to a notice."""

    at: datetime
    actor: str
    what: str
    reason: str


class Notice(BaseModel):
    """A notice or order on record."""

    id: str
    kind: NoticeKind
    state: NoticeState
    received_at: datetime
    zone: str
    channel: Channel
    subject: str
    sender: Annotated[str | None, Field(description="A person's name is for callers with `review` alone.")]
    contact: Annotated[str | None, Field(description="For callers with `review` alone.")]
    reference: str | None
    language: str | None
    urls: list[str]
    posts: list[str]
    sha256s: list[str]
    file_name: str | None
    grounds: str | None
    particulars: dict[str, str]
    recorded_at: datetime
    recorded_by: str
    missing: list[Missing]
    due_at: Annotated[datetime | None, Field(description="The soonest end of a clock that runs.")]
    links: list[Link]
    clocks: list[clocks.Clock]
    events: list[NoticeEvent]

    @classmethod
    def of(cls, known: records.Notice, library: Library, who: Principal) -> Notice:
        """The record as it is sent to somebody."""
        message = asdict(_shown(known.message, who))
        message["particulars"] = {one.name: one.value for one in known.message.particulars}
        missing = [
            {"name": one.name, "label": one.label, "source": need.source, "checked": need.checked}
            for one in known.missing
            if (need := one.need(known.message.kind)) is not None
        ]
        plain = {"id": known.id, "state": known.state, "due_at": known.due_at}
        recorded = {"recorded_at": known.recorded_at, "recorded_by": known.recorded_by}
        return cls.model_validate(
            {
                **message,
                **plain,
                **recorded,
                "missing": missing,
                "links": [asdict(one) for one in known.links],
                "clocks": [clocks.shown(one, library) for one in known.clocks],
                "events": [asdict(one) for one in known.events],
            }
        )


def _shown(message: records.Message, who: Principal) -> records.Message:
    """A message without the person who sent it, for who does not work on it. An authority is no person."""
    if Scope.REVIEW in who.scopes:
        return message
    sender = message.sender if message.kind is NoticeKind.ORDER else None
    return replace(message, sender=sender, contact=None)


class NoticeListed(BaseModel):
    """A notice in a list, which names no person."""

    id: str
    kind: NoticeKind
    state: NoticeState
    subject: str
    authority: Annotated[str | None, Field(description="Of an order.")]
    reference: str | None
    received_at: datetime
    zone: str
    due_at: datetime | None
    missing: Annotated[int, Field(description="How many fields.")]

    @classmethod
    def of(cls, known: records.Listed) -> NoticeListed:
        """The record as it is sent."""
        return cls.model_validate(asdict(known))


class Receipt(BaseModel):
    """An acknowledgment of receipt."""

    text: str


@router.get("", dependencies=[Depends(needs(Scope.READ))], summary="List notices and orders")
def list_(
    library: Library,
    paging: Paged,
    *,
    state: Annotated[NoticeState | None, Query(description="Only those in this state.")] = None,
    kind: Annotated[NoticeKind | None, Query(description="Only of this kind.")] = None,
    running: Annotated[
        bool | None, Query(description="Only those with a clock that runs, or without.")
    ] = None,
    overdue: Annotated[bool | None, Query(description="Only those that are overdue, or are not.")] = None,
    reference: Annotated[
        str | None, Query(max_length=MAX_LINE, description="Only with this reference of the sender.")
    ] = None,
) -> Page[NoticeListed]:
    """Notices in the order in which they were recorded, of those that are asked for."""
    wanted = NoticeFilter(state=state, kind=kind, running=running, overdue=overdue, reference=reference)
    found = library.notices.page(wanted, after=paging.number(), limit=paging.limit + 1)
    return paging.page(found, NoticeListed.of)


@router.post("", status_code=status.HTTP_201_CREATED, summary="Take a notice or order in")
def create(new: NewNotice, library: Library, who: Reviewer) -> Notice:
    """Its clocks start at its receipt; the items that it names are joined to it; what is missing is named."""
    return Notice.of(library.notices.receive(new.read()), library, who)


@router.get("/{notice}", summary="Show a notice")
def show(notice: NoticeId, library: Library, who: Reader) -> Notice:
    """One notice, with its clocks and all that happened to it."""
    return Notice.of(library.notices.get(notice), library, who)


@router.patch("/{notice}", summary="Supplement a notice")
def supplement(notice: NoticeId, new: Supplement, library: Library, who: Reviewer) -> Notice:
    """Kind and receipt do not change. What it turns out to be may start further clocks, at its receipt."""
    return Notice.of(library.notices.supplement(notice, new.read(), new.reason), library, who)


@router.get(
    "/{notice}/receipt", dependencies=[Depends(needs(Scope.READ))], summary="Acknowledge receipt of a notice"
)
def receipt(notice: NoticeId, library: Library) -> Receipt:
    """The text of an acknowledgment, to be sent to where answers go."""
    return Receipt(text=library.notices.receipt(notice))


@router.post("/{notice}/work", summary="Take up a notice")
def work(notice: NoticeId, new: Because, library: Library, who: Reviewer) -> Notice:
    """Somebody works on it."""
    return Notice.of(library.notices.take_up(notice, new.reason), library, who)


@router.post("/{notice}/links", summary="Join a notice")
def link(notice: NoticeId, new: NewLink, library: Library, who: Reviewer) -> Notice:
    """To an item, a case or an incident. Cases are due by the clocks of the notices that name them."""
    return Notice.of(library.notices.link(notice, new.kind, new.id, new.reason), library, who)


@router.post("/{notice}/unlink", summary="Take a notice off")
def unlink(notice: NoticeId, new: NewLink, library: Library, who: Reviewer) -> Notice:
    """Of what it was joined to. That it was stays on record."""
    return Notice.of(library.notices.unlink(notice, new.kind, new.id, new.reason), library, who)


@router.post("/{notice}/answer", summary="Record an answer")
def answer(notice: NoticeId, new: NewAnswer, library: Library, who: Reviewer) -> Notice:
    """That the sender was answered, and what. It ends the clocks that an answer ends."""
    return Notice.of(library.notices.answer(notice, new.words), library, who)


@router.post("/{notice}/close", summary="Close a notice")
def close(notice: NoticeId, new: Because, library: Library, who: Reviewer) -> Notice:
    """The work on it is over. Not while a clock of it has not ended by which something has to be done."""
    return Notice.of(library.notices.close(notice, new.reason), library, who)
