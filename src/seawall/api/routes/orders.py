"""Orders that come as files, the answers to authorities, scrutiny across borders, and reinstatement."""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

from fastapi import APIRouter, Depends, Path, Query, Request, Response, status
from fastapi.responses import JSONResponse
from pydantic import BaseModel, ConfigDict, Field

from seawall.api import forms
from seawall.api.deps import Library, Recorded, needs
from seawall.api.receiving import File, received
from seawall.api.routes.clocks import Clock, Said, Time, shown
from seawall.api.routes.decisions import Decision, DecisionId, Id, Reviewer, Words
from seawall.api.routes.notices import Line, NoticeId, Supplement, Zone
from seawall.model.access import Scope
from seawall.model.decision import MAX_FACTS, MAX_ITEMS, Origin, View
from seawall.model.notice import Channel
from seawall.reports import annexes
from seawall.reports.annexes import Annex
from seawall.store.order_files import OrderFile as Kept
from seawall.workflows import order_files
from seawall.workflows.cases import MAX_UNDO_S
from seawall.workflows.library import Seawall
from seawall.workflows.orders import Back

router = APIRouter(prefix="/v1", tags=["orders"])

_REVIEW: list[Any] = [Depends(needs(Scope.REVIEW))]
FileId = Annotated[str, Path(min_length=1, max_length=64, examples=["8c1d2e3f405162738495a6b7c8d9eafb"])]


class NewOrderFile(BaseModel):
    """How the file of an order came in."""

    received_at: Annotated[Time, Field(description="When it came in, whenever it was seen.")]
    zone: Annotated[Zone, Field(description="Where it came in, by the zone's name.")] = "UTC"
    channel: Channel = Channel.PROGRAM
    subject: Annotated[Line | None, Field(description="None: named after its file.")] = None


class Found(BaseModel):
    """What was read of a field."""

    name: Annotated[str, Field(examples=["reference"])]
    value: str
    where: Annotated[str, Field(description="The label or element that it stood at.")]


class OrderFile(BaseModel):
    """What was read in the file of an order. It is a proposal: nothing of it holds before it is confirmed."""

    id: str
    notice: Annotated[str, Field(description="The order, on record since, whose clocks run.")]
    sha256: str
    name: str
    form: Literal["xml", "pdf", "text"]
    fields: list[Found]
    contradicted: Annotated[list[str], Field(description="Fields of which it says two things.")]
    unread: Annotated[list[str], Field(description="What was not understood.")]
    at: datetime
    actor: str
    settled: Literal["confirmed", "put_aside"] | None
    settled_at: datetime | None
    settled_by: str | None

    @classmethod
    def of(cls, known: Kept) -> OrderFile:
        """The record as it is sent."""
        return cls.model_validate(
            {
                **{name: getattr(known, name) for name in cls.model_fields if hasattr(known, name)},
                "fields": [
                    {"name": one.name, "value": one.value, "where": one.where} for one in known.read.fields
                ],
                "contradicted": list(order_files.contradicted(known.read)),
                "unread": list(known.read.unread),
            }
        )


class Asked(BaseModel):
    """That scrutiny is asked for."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[Said, Field(examples=["the uploader has asked for it"])]
    at: Annotated[Time | None, Field(description="When it was; none: now.")] = None


class Scrutinised(Asked):
    """What the authority has decided."""

    infringes: Annotated[bool, Field(description="The order infringes the regulation or basic rights.")]


class Decisions(BaseModel):
    """Decisions that follow."""

    items: list[Decision]


class Reinstatement(BaseModel):
    """Why something is to be there again."""

    model_config = ConfigDict(extra="forbid")

    reason: Annotated[Words, Field(examples=["it is a news report"])]
    facts: Annotated[str, Field(min_length=1, max_length=MAX_FACTS)]
    views: Annotated[list[View], Field(min_length=1, max_length=20, description="What was seen of it.")] = [
        View.METADATA
    ]
    origin: Origin = Origin.OTHER_NOTICE
    notice: Annotated[Words | None, Field(description="Id of the complaint or order that it follows.")] = None
    items: Annotated[list[Id], Field(max_length=MAX_ITEMS, description="None: all that stand so.")] = []
    undo_s: Annotated[float | None, Field(ge=0, le=MAX_UNDO_S, description="As of a decision.")] = None

    def read(self) -> Back:
        """What was sent as a record."""
        return Back(self.reason, self.facts, tuple(self.views), self.origin, self.notice, tuple(self.items))


@router.post(
    "/orders/files",
    status_code=status.HTTP_201_CREATED,
    dependencies=_REVIEW,
    summary="Take in an order that is a file",
    response_model=OrderFile,
    openapi_extra=forms.described(form=NewOrderFile),
)
async def take(request: Request, library: Library, trail: Recorded) -> OrderFile:
    """XML of our shape, PDF or text. The order is on record at once; a person confirms what it says."""
    async with received(request, limit_bytes=library.settings.whole("max_report_bytes")) as form:
        sent, given = form.one(), forms.of_form(form, NewOrderFile)
        made = await forms.working_on(sent, forms.at_a_time(request, "reports"), _take, library, sent, given)
    trail.subject = made.notice
    return OrderFile.of(made)


def _take(library: Seawall, sent: File, given: NewOrderFile) -> Kept:
    came = order_files.Came(given.received_at, given.zone, given.channel, given.subject, sent.name)
    return library.order_files.take(sent.path, came)


@router.get("/orders/files/{file}", dependencies=_REVIEW, summary="Show what was read in an order")
def show_file(file: FileId, library: Library) -> OrderFile:
    """What was read, where, and what was not understood."""
    return OrderFile.of(library.order_files.get(file))


@router.post("/orders/files/{file}/confirm", dependencies=_REVIEW, summary="Confirm what an order says")
def confirm(file: FileId, new: Supplement, library: Library) -> OrderFile:
    """Fields that a person has compared with the file. What is not given stays unsaid."""
    return OrderFile.of(library.order_files.confirm(file, new.read(), new.reason))


@router.post("/orders/files/{file}/put-aside", dependencies=_REVIEW, summary="Put aside what was read")
def put_aside(file: FileId, library: Library) -> OrderFile:
    """Nothing of it holds. The order stays on record."""
    return OrderFile.of(library.order_files.put_aside(file))


@router.get(
    "/notices/{notice}/annexes/{annex}",
    dependencies=_REVIEW,
    summary="Fill in the answer to an order",
    response_model=dict[str, Any],
)
def annex(
    notice: NoticeId,
    annex: Annotated[Annex, Path(description="`ii`: it is done; `iii`: it cannot be.")],
    library: Library,
    signatory: Annotated[str, Query(max_length=500, description="Who signs.")] = "",
) -> Response:
    """Annex II or III, with what is known, the time since receipt, and each suspension."""
    return JSONResponse(annexes.record(library.orders.annex(notice, annex, signatory=signatory)))


@router.post("/notices/{notice}/scrutiny", dependencies=_REVIEW, summary="Ask for scrutiny of an order")
def ask_scrutiny(notice: NoticeId, new: Asked, library: Library) -> Clock:
    """Of a cross-border order, within 48 hours. The clock of the authority's decision runs."""
    return shown(library.orders.ask_scrutiny(notice, new.reason, at=new.at), library)


@router.post("/notices/{notice}/scrutiny/outcome", summary="Record the outcome of scrutiny")
def scrutinised(notice: NoticeId, new: Scrutinised, library: Library, who: Reviewer) -> Decisions:
    """Where the order infringes, what it took away is reinstated at once."""
    made = library.orders.scrutinised(notice, new.reason, infringes=new.infringes, user=who.user, at=new.at)
    return Decisions(items=[Decision.of(one, who) for one in made])


@router.post(
    "/decisions/{decision}/reinstate", status_code=status.HTTP_201_CREATED, summary="Reinstate content"
)
def reinstate(decision: DecisionId, new: Reinstatement, library: Library, who: Reviewer) -> Decision:
    """A decision of its own, which takes that one's place and goes out like any."""
    made = library.orders.reinstate(decision, new.read(), user=who.user, undo_s=new.undo_s)
    return Decision.of(made, who)
