"""What a person is shown of a content under decision, piece by piece, each on record before it is sent."""

from __future__ import annotations

from typing import Annotated, Any, Final

from fastapi import APIRouter, Depends, Path, Request, Response, status
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from seawall import errors
from seawall.api import forms, problems
from seawall.api.deps import Library, Recorded, needs
from seawall.api.routes.cases import CaseId
from seawall.api.routes.check import queued
from seawall.api.schemas import Queued
from seawall.model import match, viewing as records
from seawall.model.access import Principal, Scope
from seawall.model.viewing import Because, Cover, Graphic, Reason
from seawall.store.tasks import Json
from seawall.store.working import Copy
from seawall.workflows import under_review, viewing
from seawall.workflows.tasks import Kind
from seawall.workflows.working import Form

router = APIRouter(prefix="/v1/cases/{case}/items/{item}", tags=["viewing"])
said_router = APIRouter(prefix="/v1/content/{sha256}", tags=["viewing"])

ItemId = Annotated[str, Path(min_length=1, max_length=64, examples=["0d6f2a9c4b7e4f1a8c3d5e6f7a8b9c0d"])]
Sha256 = Annotated[str, Path(pattern="^[0-9a-f]{64}$", examples=["9f86d081884c7d659a2feaa0c55ad015" * 2])]
CopyId = Annotated[str, Path(min_length=1, max_length=64, examples=["4f3a2b1c0d9e8f7a6b5c4d3e2f1a0b9c"])]
Reviewer = Annotated[Principal, Depends(needs(Scope.REVIEW))]

_PROXIES: Final = {
    ("video", Cover.GREY): Form.GREY,
    ("video", Cover.PLAIN): Form.PLAIN,
    ("sound", Cover.PLAIN): Form.SOUND,
}


class Span(BaseModel):
    """Seconds of a content."""

    start_s: float
    end_s: float


class Depicted(BaseModel):
    """A reference that was found in it, in words."""

    reference: str
    bank: Annotated[str, Field(examples=["KNOWN"])]
    name: Annotated[str, Field(examples=["original.mp4"])]
    labels: Annotated[list[str], Field(examples=[["violence"]])]
    note: str | None
    incident: str | None
    score: float
    kept: Annotated[bool, Field(description="Its bytes are here.")]

    @classmethod
    def of(cls, known: under_review.Matched) -> Depicted:
        """The record as it is sent."""
        return cls(
            reference=known.reference.id,
            bank=known.reference.bank,
            name=known.reference.name,
            labels=list(known.reference.labels),
            note=known.reference.note,
            incident=known.reference.incident,
            score=known.match.score,
            kept=known.kept,
        )


class About(BaseModel):
    """What is said of a content before anything of it is shown."""

    sha256: str | None
    kind: Annotated[str | None, Field(examples=["video"])]
    duration_s: float | None
    labels: list[str]
    depicted: list[Depicted]
    graphic: Annotated[Graphic, Field(description="1 mild, 2 violent, 3 graphic; by its labels.")]
    floor: Annotated[Cover, Field(description="What may be shown without a reason.")]
    kept: Annotated[bool, Field(description="Its bytes are here.")]
    unmatched: Annotated[list[Span], Field(description="Seconds that no sure match covers.")]
    held: Annotated[bool, Field(description="The case is held by the caller.")]
    transcript: str | None

    @classmethod
    def of(cls, known: under_review.About) -> About:
        """The record as it is sent."""
        return cls(
            sha256=known.item.sha256,
            kind=known.item.kind,
            duration_s=known.item.duration_s,
            labels=list(known.labels),
            depicted=[Depicted.of(one) for one in known.matched],
            graphic=known.graphic,
            floor=known.floor,
            kept=known.kept,
            unmatched=[Span(start_s=one.start_s, end_s=one.end_s) for one in known.unmatched],
            held=known.held,
            transcript=known.transcript,
        )


class Frame(BaseModel):
    """A frame that there is."""

    number: int
    time_s: float
    width_px: int
    height_px: int
    unmatched: Annotated[bool, Field(description="It lies in seconds that no sure match covers.")]
    beside_s: Annotated[float | None, Field(description="When the reference's frame beside it is.")]


class Board(BaseModel):
    """Which frames there are of a content. None of them is shown by this."""

    id: str
    frames: list[Frame]
    reference: Annotated[str | None, Field(description="Whose frames stand beside.")]

    @classmethod
    def of(cls, known: viewing.Board) -> Board:
        """The record as it is sent."""
        frames = [
            Frame(
                number=one.number,
                time_s=one.time_s,
                width_px=one.width_px,
                height_px=one.height_px,
                unmatched=one.unmatched,
                beside_s=one.beside_s,
            )
            for one in known.frames
        ]
        return cls(id=known.id, frames=frames, reference=known.reference)


class Region(BaseModel):
    """A rectangle of a frame, in shares of its sides, from the upper left corner."""

    x: Annotated[float, Field(ge=0, le=1, examples=[0.25])] = 0.0
    y: Annotated[float, Field(ge=0, le=1, examples=[0.25])] = 0.0
    width: Annotated[float, Field(gt=0, le=1, examples=[0.3])] = 1.0
    height: Annotated[float, Field(gt=0, le=1, examples=[0.3])] = 1.0


class Why(BaseModel):
    """A reason, with words of one's own."""

    reason: Annotated[Reason, Field(examples=["context"])]
    words: Annotated[
        str, Field(min_length=1, max_length=records.MAX_WORDS, examples=["is it a news report?"])
    ]

    def record(self) -> Because:
        """As it is put on record."""
        return Because(self.reason, self.words)


class Reveal(BaseModel):
    """What is asked to be shown of one frame."""

    board: Annotated[str, Field(min_length=1, max_length=64, description="Id of the storyboard.")]
    frame: Annotated[int, Field(ge=0, le=1000, description="Its number there.")]
    cover: Annotated[Cover, Field(description="What is to lie over it.", examples=["stylised"])]
    region: Region = Region()
    beside: Annotated[bool, Field(description="Of the reference's frame beside it.")] = False
    full: Annotated[bool, Field(description="At the size that it is kept at.")] = False
    why: Annotated[Why | None, Field(description="Needed for more than the floor allows.")] = None

    def record(self) -> viewing.Asked:
        """As it is held to the rules."""
        part = self.region
        return viewing.Asked(
            board=self.board,
            frame=self.frame,
            cover=self.cover,
            region=match.Region(part.x, part.y, part.width, part.height),
            beside=self.beside,
            full=self.full,
            because=None if self.why is None else self.why.record(),
        )


class WantedProxy(Why):
    """A proxy that is asked for."""

    medium: Annotated[str, Field(pattern="^(video|sound)$", examples=["video"])] = "video"
    cover: Annotated[Cover, Field(description="Of a video: `grey` or `plain`.")] = Cover.GREY
    whole: Annotated[bool, Field(description="Also the seconds that are known from a reference.")] = False
    from_s: Annotated[float, Field(ge=0, le=1e6, description="Where it begins, of a long one.")] = 0.0


class Piece(BaseModel):
    """A piece of a proxy, which is sent alone."""

    number: int
    start_s: float
    end_s: float


class Proxy(BaseModel):
    """A proxy that was made."""

    id: str
    pieces: list[Piece]

    @classmethod
    def of(cls, known: Copy) -> Proxy:
        """The record as it is sent."""
        pieces = [
            Piece.model_validate({"number": number, "start_s": part["start_s"], "end_s": part["end_s"]})
            for number, part in enumerate(known.parts)
        ]
        return cls(id=known.id, pieces=pieces)


class Peaks(BaseModel):
    """How loud a content is over time."""

    peaks: Annotated[list[int], Field(description="0 to 100 each; none where there is no sound.")]
    step_s: Annotated[float, Field(description="Seconds of one.")]


class Transcript(BaseModel):
    """What is said in a content."""

    text: Annotated[str, Field(max_length=viewing.MAX_TRANSCRIPT, examples=["(music)"])]


_LATER: dict[int | str, dict[str, Any]] = {
    status.HTTP_202_ACCEPTED: {
        "model": Queued,
        "description": "It takes long, and a job makes it: ask again when that is done.",
    }
}


def _bytes(kind: str, what: str) -> dict[int | str, dict[str, Any]]:
    content = {kind: {"schema": {"type": "string", "format": "binary"}}}
    return {status.HTTP_200_OK: {"description": what, "content": content}}


@router.get("/viewing", summary="Show what is known before anything is shown")
def about(case: CaseId, item: ItemId, library: Library, who: Reviewer) -> About:
    """Labels and notes in words, what is left to look at, and what may be shown without a reason."""
    return About.of(library.viewing.about(case, item, who))


@router.post("/storyboard", summary="Make a storyboard", response_model=Board, responses=_LATER)
async def storyboard(case: CaseId, item: ItemId, request: Request, library: Library, _: Reviewer) -> Response:
    """Which frames there are, at most 16. None is shown by this. That of a large file is made by a job."""

    def make() -> Board | str:
        if library.viewing.is_large(case, item) and not library.viewing.has_storyboard(case, item):
            task: dict[str, Json] = {"case": case, "item": item}
            return library.tasks.put(Kind.PROXY, task)
        return Board.of(library.viewing.storyboard(case, item))

    return _made(await forms.working(forms.at_a_time(request, "files"), make))


@router.post(
    "/reveal",
    summary="Reveal a part of a frame",
    response_class=Response,
    responses=_bytes("image/jpeg", "That rectangle and nothing else of the frame."),
)
async def reveal(
    case: CaseId,
    item: ItemId,
    wanted: Reveal,
    request: Request,
    library: Library,
    who: Reviewer,
    trail: Recorded,
) -> Response:
    """A rectangle of a frame under a cover. It is on record before it is sent."""

    def show() -> bytes:
        asked, call = wanted.record(), problems.request_id(request)
        return library.viewing.reveal(case, item, asked, who, call).jpeg

    shown = await forms.working(forms.at_a_time(request, "files"), show)
    trail.recorded = True
    return Response(shown, media_type="image/jpeg")


@router.post("/proxy", summary="Ask for a proxy", response_model=Proxy, responses=_LATER)
def proxy(
    case: CaseId, item: ItemId, wanted: WantedProxy, library: Library, who: Reviewer, trail: Recorded
) -> Response:
    """A small video without sound, or the sound alone, of the seconds that no sure match covers; in pieces.

    A job makes it. Nothing of it is shown by this.
    """
    form = _PROXIES.get((wanted.medium, Cover.PLAIN if wanted.medium == "sound" else wanted.cover))
    if form is None:
        raise errors.BadRequest(reason="cover: a video is made grey or plain")
    because = wanted.record()
    trail.details.update(form=form.value, reason=because.reason.value, words=because.words)
    made, task = library.viewing.proxy(case, item, form, who, whole=wanted.whole, from_s=wanted.from_s)
    return _made(library.tasks.put(Kind.PROXY, task) if made is None else Proxy.of(made))


@router.post(
    "/proxy/{copy}/{piece}",
    summary="Play a piece of a proxy",
    response_class=Response,
    responses=_bytes("video/mp4", "A file of its own, of some seconds."),
)
def piece(
    case: CaseId,
    item: ItemId,
    copy: CopyId,
    piece: Annotated[int, Path(ge=0, le=10_000, examples=[0])],
    why: Why,
    request: Request,
    library: Library,
    who: Reviewer,
    trail: Recorded,
) -> Response:
    """Its seconds are in the caller's ledger and in the audit log before they are sent."""
    call = problems.request_id(request)
    shown = library.viewing.piece(case, item, copy, piece, why.record(), who, call)
    trail.recorded = True
    return Response(shown, media_type="video/mp4")


@router.get("/peaks", summary="Show how loud it is", dependencies=[Depends(needs(Scope.REVIEW))])
def peaks(case: CaseId, item: ItemId, library: Library) -> Peaks:
    """The outline of its sound, for a look before anything is heard."""
    found, step_s = library.viewing.peaks(case, item)
    return Peaks(peaks=found, step_s=step_s)


@said_router.put(
    "/transcript", summary="Give what is said in a content", dependencies=[Depends(needs(Scope.REVIEW))]
)
def transcript(sha256: Sha256, said: Transcript, library: Library) -> Transcript:
    """Words that a person or a program has written down, to be read before anything is heard."""
    library.viewing.set_transcript(sha256, said.text, actor=library.actor)
    return said


def _made(made: BaseModel | str) -> Response:
    """What was made, or the job that makes it."""
    return queued(made) if isinstance(made, str) else JSONResponse(made.model_dump(mode="json"))
