"""What a person is shown of a content under decision, and on what terms. All of it is decided here.

A page or a program may ask for anything; what is allowed is held to on every call: the case is held by who
asks, the floor holds, more than it needs a reason, and what is shown is on record before it is sent.
"""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import Final

from seawall import config, errors, media
from seawall.media import proxy
from seawall.model import spans, viewing
from seawall.model.access import Principal
from seawall.model.bank import Reference
from seawall.model.decision import Item
from seawall.model.exposure import Saved, Shown
from seawall.model.match import Region
from seawall.model.spans import Span
from seawall.model.viewing import Because, Cover, Medium
from seawall.objects import Objects
from seawall.store.store import Store
from seawall.store.tasks import Json
from seawall.store.working import Copy
from seawall.workflows.under_review import About, Matched, UnderReview, unmatched
from seawall.workflows.working import Form, Maker

MAX_TRANSCRIPT: Final = 200_000  #: characters
_VIDEO: Final = {Form.GREY.value: Cover.GREY, Form.PLAIN.value: Cover.PLAIN}


@dataclass(frozen=True, slots=True)
class Frame:
    """One frame of a storyboard, which is not shown yet."""

    number: int
    time_s: float
    width_px: int
    height_px: int
    unmatched: bool
    beside_s: float | None  #: when the reference's frame beside it is; None where there is none


@dataclass(frozen=True, slots=True)
class Board:
    """A storyboard: which frames there are of a content, and of a reference beside them."""

    id: str
    frames: tuple[Frame, ...]
    reference: str | None  #: whose frames stand beside


@dataclass(frozen=True, slots=True)
class Asked:
    """What is asked to be shown of one frame."""

    board: str  #: id of the storyboard
    frame: int  #: its number there
    cover: Cover
    region: Region = viewing.WHOLE
    beside: bool = False  #: of the reference's frame beside it
    full: bool = False  #: at the size that it is kept at
    because: Because | None = None


@dataclass(frozen=True, slots=True)
class Picture:
    """What is shown: a rectangle of a frame, as JPEG."""

    jpeg: bytes
    seconds: float  #: that it counts as


class Viewing:
    """What is shown of the contents of one data folder."""

    def __init__(
        self, store: Store, objects: Objects, sandbox: media.Sandbox, settings: config.Settings
    ) -> None:
        self._store = store
        self._objects = objects
        self._maker = Maker(store.working, objects, sandbox, settings.data)
        self._keep = timedelta(days=settings.number("keep_review_days"))
        self._keep_jobs = timedelta(days=max(1.0, settings.number("keep_jobs_days")))
        self._still_s = settings.number("still_s")
        self._sync_bytes = settings.whole("max_sync_bytes")
        #: what the organisation has set
        self.rules = viewing.rules(
            settings.text("view_floor"),
            settings.text("graphic_labels"),
            settings.whole("graphic_unlabelled"),
        )
        self._under = UnderReview(store, objects, self.rules)
        self.make = self._maker.make

    # Originals

    def keep(self, path: Path, sha256: str) -> None:
        """Keep a file that a person is to look at, for as long as is set; once this returns, it is safe."""
        if self._keep and not self._store.referrals.holds(sha256):
            self._store.working.hold(sha256, self._keep)
            self._objects.put(path, sha256)

    def keep_for_job(self, path: Path, sha256: str) -> None:
        """Keep a file for a job, for as long as what ends of jobs is kept."""
        self._store.working.hold(sha256, self._keep_jobs)
        self._objects.put(path, sha256)

    def forget(self, limit: int) -> int:
        """Take away at most so many originals and working copies whose time is over; how many."""
        return self._store.working.forget(limit, self._keep, self._objects.remove)

    # Before anything is shown

    def about(self, case_id: str, item_id: str, who: Principal) -> About:
        """What is known of a content and what may be shown of it. Raises RecordNotFound."""
        return self._under.about(case_id, item_id, who)

    def storyboard(self, case_id: str, item_id: str) -> Board:
        """Which frames there are: nothing of them is shown by this.

        Raises RecordNotFound, MediaNotKept, and the MediaError of a file that cannot be read.
        """
        item = self._under.item(case_id, item_id)
        matched = self._under.matched(item)
        left = unmatched(item, matched)
        copy = self._maker.make(Form.STORYBOARD, self._under.kept(item), _storyboard(left))
        beside = _beside(copy, matched)
        if beside is not None:
            self._maker.make(Form.BESIDE, beside.sha256, beside.asked())
        frames = tuple(
            Frame(
                number=number,
                time_s=_number(part, "time_s"),
                width_px=int(_number(part, "width_px")),
                height_px=int(_number(part, "height_px")),
                unmatched=spans.covers(left, _number(part, "time_s")),
                beside_s=None if beside is None else beside.times.get(number),
            )
            for number, part in enumerate(copy.parts)
        )
        return Board(copy.id, frames, None if beside is None else beside.reference.id)

    def is_large(self, case_id: str, item_id: str) -> bool:
        """Whether its storyboard takes longer than a person waits. Raises RecordNotFound, MediaNotKept."""
        item = self._under.item(case_id, item_id)
        files = [self._under.kept(item)]
        files += [
            one.reference.sha256 for one in self._under.matched(item) if one.kept and one.reference.sha256
        ]
        return max(map(self._size_bytes, files)) > self._sync_bytes

    def has_storyboard(self, case_id: str, item_id: str) -> bool:
        """Whether its storyboard was made. Raises as `is_large`."""
        item = self._under.item(case_id, item_id)
        asked = _storyboard(unmatched(item, self._under.matched(item)))
        return self._maker.made(Form.STORYBOARD, self._under.kept(item), asked) is not None

    def _size_bytes(self, sha256: str) -> int:
        with self._objects.open(sha256) as stream:
            return stream.seek(0, os.SEEK_END)

    def peaks(self, case_id: str, item_id: str) -> tuple[list[int], float]:
        """The outline of a content's sound: 0 to 100 each, and the seconds of one. Raises as `storyboard`."""
        copy = self._maker.make(Form.PEAKS, self._under.kept(self._under.item(case_id, item_id)), {})
        if not copy.parts:
            return [], 0.0
        return list(self._maker.part(copy, 0)), _number(copy.parts[0], "step_s")

    def set_transcript(self, sha256: str, text: str, *, actor: str) -> None:
        """Keep what is said in a file, as somebody has written it down. Raises BadRequest."""
        if len(text) > MAX_TRANSCRIPT:
            raise errors.BadRequest(reason=f"text: it has more than {MAX_TRANSCRIPT} characters")
        self._store.working.set_transcript(sha256, text, actor=actor)

    # What is shown

    def reveal(self, case_id: str, item_id: str, asked: Asked, who: Principal, request: str) -> Picture:
        """A rectangle of a frame, on record before it is given. request: the call's id.

        Raises BadRequest, RecordNotFound, RevealNotAllowed, BelowFloor, NothingToShow, MediaNotKept.
        """
        viewing.check_region(asked.region)
        if asked.cover is Cover.COVERED:
            raise errors.BadRequest(reason="cover: what is covered is not shown")
        item = self._under.held(case_id, item_id, who)
        matched = self._under.matched(item)
        graphic = self._under.graphic(item, matched)
        floor = self._under.floor(graphic, who.user)
        more = asked.cover is Cover.PLAIN or asked.full or asked.cover.shows > floor.shows
        if more and asked.because is None:
            raise errors.BelowFloor(cover=asked.cover, floor=floor)
        copy, number = self._frame(item, matched, asked)
        jpeg, area = self._maker.covered(
            self._maker.part(copy, number),
            copy.sha256,
            cover=asked.cover.value,
            full=asked.full,
            region=asked.region,
        )
        shown = Shown(
            case=case_id,
            item=item_id,
            sha256=copy.sha256,
            medium=Medium.STILL,
            cover=asked.cover,
            graphic=graphic,
            start_s=_number(copy.parts[number], "time_s"),
            seconds=self._still_s * area,
            area=area,
            reason=None if asked.because is None else asked.because.reason,
            words=None if asked.because is None else asked.because.words,
        )
        self._put_on_record(who, request, shown, full=asked.full, region=asked.region)
        return Picture(jpeg, shown.seconds)

    def proxy(
        self, case_id: str, item_id: str, form: Form, who: Principal, *, whole: bool, from_s: float
    ) -> tuple[Copy | None, dict[str, Json]]:
        """A proxy of the seconds without a match, or of all, if it was made; and the task that makes it.

        Raises RecordNotFound, RevealNotAllowed, MediaNotKept, NothingToShow where no such second is left.
        """
        item = self._under.held(case_id, item_id, who)
        sha256 = self._under.kept(item)
        everything = (Span(0.0, item.duration_s or 0.0),)
        wanted = everything if whole else unmatched(item, self._under.matched(item))
        cut = spans.first(wanted, from_s=from_s, most_s=proxy.LONGEST_S)
        if not cut:
            raise errors.NothingToShow(reason="no second of it is left that nothing is matched in")
        asked: dict[str, Json] = {"spans": [[one.start_s, one.end_s] for one in cut]}
        if form.value in _VIDEO:
            asked["cover"] = _VIDEO[form.value].value
        task: dict[str, Json] = {"form": form.value, "sha256": sha256, "asked": asked}
        return self._maker.made(form, sha256, asked), task

    def piece(
        self,
        case_id: str,
        item_id: str,
        copy_id: str,
        number: int,
        because: Because,
        who: Principal,
        request: str,
    ) -> bytes:
        """A piece of a proxy, as MP4, on record before it is given. Raises as `reveal`."""
        item = self._under.held(case_id, item_id, who)
        copy = self._store.working.get(copy_id)
        if copy.sha256 != item.sha256 or copy.form not in (*_VIDEO, Form.SOUND.value):
            raise errors.RecordNotFound(kind="working copy", id=copy_id)
        data = self._maker.part(copy, number)
        start_s, end_s = (_number(copy.parts[number], name) for name in ("start_s", "end_s"))
        is_sound = copy.form == Form.SOUND.value
        shown = Shown(
            case=case_id,
            item=item_id,
            sha256=copy.sha256,
            medium=Medium.SOUND if is_sound else Medium.VIDEO,
            cover=Cover.PLAIN if is_sound else _VIDEO[copy.form],
            graphic=self._under.graphic(item, self._under.matched(item)),
            start_s=start_s,
            seconds=end_s - start_s,
            area=1.0,
            reason=because.reason,
            words=because.words,
        )
        self._put_on_record(who, request, shown)
        return data

    def saved(self, since: datetime, until: datetime) -> Saved:
        """Seconds that came in for review from one time to before another, and how many were shown."""
        shown = self._store.exposures.slices(since, until)
        uploaded_s = self._store.exposures.uploaded_s(since, until, self._still_s)
        return Saved(uploaded_s, sum(one.seconds for one in shown))

    def _frame(self, item: Item, matched: Sequence[Matched], asked: Asked) -> tuple[Copy, int]:
        """The working copy that a frame is in, and its number there. Raises RecordNotFound, NothingToShow."""
        copy = self._store.working.get(asked.board)
        if copy.sha256 != item.sha256 or copy.form != Form.STORYBOARD:
            raise errors.RecordNotFound(kind="working copy", id=asked.board)
        if not asked.beside:
            return copy, asked.frame
        beside = _beside(copy, matched)
        if beside is None or asked.frame not in beside.times:
            raise errors.NothingToShow(reason=f"no frame of a reference stands beside frame {asked.frame}")
        made = self._maker.made(Form.BESIDE, beside.sha256, beside.asked())
        if made is None:
            raise errors.NothingToShow(reason="the storyboard has changed since")
        return made, min(beside.order().index(asked.frame), len(made.parts) - 1)

    def _put_on_record(self, who: Principal, request: str, shown: Shown, **more: object) -> None:
        details = {
            "sha256": shown.sha256,
            "medium": shown.medium.value,
            "cover": shown.cover.value,
            "start_s": round(shown.start_s, 3),
            "seconds": round(shown.seconds, 3),
            "area": round(shown.area, 4),
            "reason": None if shown.reason is None else shown.reason.value,
            "words": shown.words,
            **more,
        }
        self._store.exposures.add(who, request, shown, details)


@dataclass(frozen=True, slots=True)
class _Beside:
    """The reference whose frames stand beside a storyboard's, and when each is, by the frame's number."""

    reference: Reference
    sha256: str
    times: Mapping[int, float]

    def order(self) -> list[int]:
        """The numbers of the storyboard's frames in the order of the reference's time."""
        return sorted(self.times, key=lambda number: (self.times[number], number))

    def asked(self) -> dict[str, Json]:
        """What is asked of the maker."""
        return {"times": [self.times[number] for number in self.order()]}


def _beside(copy: Copy, matched: Sequence[Matched]) -> _Beside | None:
    """Of the best reference whose bytes are kept and that is aligned with a frame; None where none is."""
    for one in matched:
        times = {
            number: time_s
            for number, part in enumerate(copy.parts)
            if (time_s := spans.in_reference(one.segments, _number(part, "time_s"))) is not None
        }
        if one.kept and one.reference.sha256 is not None and times:
            return _Beside(one.reference, one.reference.sha256, times)
    return None


def _storyboard(left: Sequence[Span]) -> dict[str, Json]:
    """What is asked of the maker, where these seconds are left to look at."""
    return {"preferred": [[one.start_s, one.end_s] for one in left]}


def _number(part: Mapping[str, Json], name: str) -> float:
    value = part[name]
    assert isinstance(value, int | float)
    return value
