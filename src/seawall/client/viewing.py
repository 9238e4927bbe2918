"""What a person is shown of a content under decision, and the record of what was shown."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TypeVar

from seawall.client.call import Call, given
from seawall.client.group import Group
from seawall.client.jobs import Jobs
from seawall.client.transport import Transport

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Seconds:
    """From one time of a content to a later one."""

    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Depicted:
    """A reference that was found in a content, in words."""

    reference: str
    bank: str
    name: str
    labels: tuple[str, ...]
    note: str | None
    incident: str | None
    score: float
    kept: bool


@dataclass(frozen=True, slots=True)
class About:
    """What is said of a content before anything of it is shown."""

    sha256: str | None
    kind: str | None
    duration_s: float | None
    labels: tuple[str, ...]
    depicted: tuple[Depicted, ...]
    graphic: int  #: 1 mild, 2 violent, 3 graphic
    floor: str  #: covered, stylised, grey
    kept: bool
    unmatched: tuple[Seconds, ...]
    held: bool
    transcript: str | None


@dataclass(frozen=True, slots=True)
class Frame:
    """A frame that there is."""

    number: int
    time_s: float
    width_px: int
    height_px: int
    unmatched: bool
    beside_s: float | None  #: when the reference's frame beside it is


@dataclass(frozen=True, slots=True)
class Board:
    """Which frames there are of a content."""

    id: str
    frames: tuple[Frame, ...]
    reference: str | None


@dataclass(frozen=True, slots=True)
class Piece:
    """A piece of a proxy."""

    number: int
    start_s: float
    end_s: float


@dataclass(frozen=True, slots=True)
class Proxy:
    """A proxy that was made."""

    id: str
    pieces: tuple[Piece, ...]


@dataclass(frozen=True, slots=True)
class Peaks:
    """How loud a content is over time: 0 to 100 each, of `step_s` seconds."""

    peaks: tuple[int, ...]
    step_s: float


@dataclass(frozen=True, slots=True)
class Sums:
    """What was shown in a time."""

    seconds: float
    weighted: float
    reveals: int
    by_cover: Mapping[str, float]
    by_medium: Mapping[str, float]


@dataclass(frozen=True, slots=True)
class Own:
    """Where the caller stands."""

    today: Sums
    run_s: float
    day_limit_s: float
    run_limit_s: float
    take_a_break: bool
    floor: str | None


@dataclass(frozen=True, slots=True)
class Shown:
    """One thing that the caller was shown."""

    at: datetime
    case: str
    item: str
    sha256: str
    medium: str  #: still, video, sound
    cover: str
    graphic: int
    start_s: float
    seconds: float
    area: float
    reason: str | None
    words: str | None


@dataclass(frozen=True, slots=True)
class Together:
    """What all who looked were shown; None where they are too few."""

    people: int | None
    sums: Sums | None
    over_day_limit: int | None
    uploaded_s: float
    share_shown: float | None


class Viewing(Group):
    """What is shown of a content. What shows something needs the case to be taken, and is on record."""

    def __init__(self, transport: Transport, jobs: Jobs) -> None:
        super().__init__(transport)
        self._jobs = jobs

    def about(self, case: str, item: str) -> About:
        """What is known before anything is shown. Raises RecordNotFound."""
        path = "/v1/cases/{case}/items/{item}/viewing"
        return self._read(About, Call("GET", path, {"case": case, "item": item}))

    def storyboard(self, case: str, item: str, *, wait_s: float = 600.0) -> Board:
        """Which frames there are. Where a job makes it, it is waited for. Raises MediaNotKept."""
        path = "/v1/cases/{case}/items/{item}/storyboard"
        return self._read_made(Board, Call("POST", path, {"case": case, "item": item}), wait_s)

    def reveal(
        self,
        case: str,
        item: str,
        board: str,
        frame: int,
        *,
        cover: str = "stylised",
        region: tuple[float, float, float, float] = (0.0, 0.0, 1.0, 1.0),
        beside: bool = False,
        full: bool = False,
        reason: str | None = None,
        words: str | None = None,
    ) -> bytes:
        """A rectangle of a frame, as JPEG. Raises BelowFloor, RevealNotAllowed, NothingToShow.

        Args:
            case: that the caller has taken.
            item: of the case.
            board: id of a storyboard.
            frame: its number there.
            cover: stylised, grey or plain.
            region: x, y, width and height in shares of the frame's sides.
            beside: of the reference's frame beside it.
            full: at the size that it is kept at.
            reason: needed for more than the floor allows.
            words: one's own, with the reason.
        """
        x, y, width, height = region
        body = given(
            board=board,
            frame=frame,
            cover=cover,
            region={"x": x, "y": y, "width": width, "height": height},
            beside=beside,
            full=full,
            why=None if reason is None else given(reason=reason, words=words),
        )
        path = "/v1/cases/{case}/items/{item}/reveal"
        return self._transport.bytes(Call("POST", path, {"case": case, "item": item}, json=body))

    def proxy(
        self,
        case: str,
        item: str,
        *,
        reason: str,
        words: str,
        medium: str = "video",
        cover: str = "grey",
        whole: bool = False,
        from_s: float = 0.0,
        wait_s: float = 600.0,
    ) -> Proxy:
        """A small video, or the sound, in pieces. Where a job makes it, it is waited for."""
        body = given(reason=reason, words=words, medium=medium, cover=cover, whole=whole, from_s=from_s)
        path = "/v1/cases/{case}/items/{item}/proxy"
        return self._read_made(Proxy, Call("POST", path, {"case": case, "item": item}, json=body), wait_s)

    def piece(self, case: str, item: str, proxy: str, piece: int, *, reason: str, words: str) -> bytes:
        """A piece of a proxy, as MP4. Raises as `reveal`."""
        at = {"case": case, "item": item, "copy": proxy, "piece": piece}
        path = "/v1/cases/{case}/items/{item}/proxy/{copy}/{piece}"
        return self._transport.bytes(Call("POST", path, at, json=given(reason=reason, words=words)))

    def peaks(self, case: str, item: str) -> Peaks:
        """How loud it is. Raises MediaNotKept."""
        path = "/v1/cases/{case}/items/{item}/peaks"
        return self._read(Peaks, Call("GET", path, {"case": case, "item": item}))

    def set_transcript(self, sha256: str, text: str) -> None:
        """Give what is said in a content."""
        path = "/v1/content/{sha256}/transcript"
        self._ask(Call("PUT", path, {"sha256": sha256}, json={"text": text}))

    def _read_made(self, kind: type[T], call: Call, wait_s: float) -> T:
        answer = self._ask(call)
        if "job" in answer:
            self._jobs.result(str(answer["job"]), wait_s)
            answer = self._ask(call)
        return self._made(kind, answer)


class Exposure(Group):
    """The record of what was shown: the caller's own, and sums of all."""

    def own(self) -> Own:
        """What the caller was shown today, and the limits."""
        return self._read(Own, Call("GET", "/v1/exposure"))

    def ledger(self) -> Iterator[Shown]:
        """All that the caller was shown, the newest first."""
        return self._listed(Shown, Call("GET", "/v1/exposure/ledger"))

    def set_floor(self, cover: str) -> None:
        """Have less shown without a reason: covered, stylised or grey. Raises BelowFloor."""
        self._ask(Call("PUT", "/v1/exposure/floor", json={"cover": cover}))

    def together(self, since: datetime, until: datetime) -> Together:
        """What all who looked were shown, without who it was."""
        wanted = {"since": since, "until": until}
        return self._read(Together, Call("GET", "/v1/exposure/together", query=wanted))
