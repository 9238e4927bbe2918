"""Working copies: made of a kept file by a sandboxed child, kept as objects, made once.

What a child answers is not believed beyond its form: parts are counted, bounded, and begin as what they
are said to be.
"""

from __future__ import annotations

import hashlib
import io
import json
import os
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from pathlib import Path
from typing import Final

from seawall import errors, media
from seawall.media import wire
from seawall.model.faces import Faces
from seawall.model.spans import Span
from seawall.objects import Objects
from seawall.store.tasks import Json
from seawall.store.working import Copy, Wanted, Working
from seawall.workflows import kept_files

MOST_PARTS: Final = 2000


class Form(StrEnum):
    """What is made of a file."""

    STORYBOARD = "storyboard"  #: frames that tell most
    BESIDE = "beside"  #: a reference's frames at the times that a storyboard's are aligned with
    GREY = "video_grey"  #: proxy video
    PLAIN = "video_plain"
    SOUND = "sound"
    PEAKS = "peaks"  #: the outline of its sound


@dataclass(frozen=True, slots=True)
class _Recipe:
    """How a form is made. version: counted up where the same file would give another copy."""

    task: str
    version: int
    begins: bytes  #: each part's bytes, `offset` bytes on
    offset: int = 0


_RECIPES: Final[Mapping[Form, _Recipe]] = {
    Form.STORYBOARD: _Recipe("seawall.media.storyboard:in_sandbox", 1, b"\xff\xd8\xff"),
    Form.BESIDE: _Recipe("seawall.media.storyboard:at_times", 1, b"\xff\xd8\xff"),
    Form.GREY: _Recipe("seawall.media.proxy:pictures", 1, b"ftyp", 4),
    Form.PLAIN: _Recipe("seawall.media.proxy:pictures", 1, b"ftyp", 4),
    Form.SOUND: _Recipe("seawall.media.proxy:sound", 1, b"ftyp", 4),
    Form.PEAKS: _Recipe("seawall.media.peaks:in_sandbox", 1, b""),
}
_COVER: Final = "seawall.media.covers:in_sandbox"
_LEAVE: Final = "seawall.media.storyboard:as_it_leaves"


@dataclass(frozen=True, slots=True)
class Left:
    """A frame as it leaves."""

    jpeg: bytes
    over: Faces  #: what lies over faces; `whole` also where `found` was wanted and nothing here finds any
    regions: int  #: how many mosaics lie in it


def preferring(left: Sequence[Span]) -> dict[str, Json]:
    """What is asked of the maker of a storyboard, where these seconds are left to look at."""
    return {"preferred": [[one.start_s, one.end_s] for one in left]}


class Maker:
    """Makes working copies, and gives their parts. Any number of threads may use it."""

    def __init__(self, working: Working, objects: Objects, sandbox: media.Sandbox, data: Path) -> None:
        self._working = working
        self._objects = objects
        self._sandbox = sandbox
        self._data = data

    def made(self, form: Form, sha256: str, asked: Mapping[str, Json]) -> Copy | None:
        """The working copy, if it was made."""
        return self._working.find(_wanted(form, sha256, asked))

    def make(self, form: Form, sha256: str, asked: Mapping[str, Json]) -> Copy:
        """The working copy, made where it is not there yet.

        Raises MediaNotKept, and the MediaError of a file that cannot be read.
        """
        known = self.made(form, sha256, asked)
        if known is not None and self._objects.has(known.object):
            return known
        if not self._objects.has(sha256):
            raise errors.MediaNotKept(sha256=sha256)
        recipe = _RECIPES[form]
        with kept_files.as_file(self._objects, self._data, sha256) as path:
            try:
                answer = self._sandbox.run(path, recipe.task, dict(asked))
            except errors.MediaError as error:
                # The file is called by what it is known by: it lies under no name that would say anything.
                raise type(error)(**{**error.fields, "path": sha256}) from error
        parts, data = _taken(sha256, answer, recipe)
        made = hashlib.sha256(data).hexdigest()
        self._objects.put(io.BytesIO(data), made)
        return self._working.put(_wanted(form, sha256, asked), made, parts)

    def part(self, copy: Copy, number: int) -> bytes:
        """The bytes of a part of a working copy. Raises NothingToShow, MediaNotKept."""
        if not 0 <= number < len(copy.parts):
            raise errors.NothingToShow(reason=f"it has {len(copy.parts)} parts, and none of number {number}")
        known = copy.parts[number]
        offset, size = known["offset"], known["bytes"]
        assert isinstance(offset, int)
        assert isinstance(size, int)
        try:
            with self._objects.open(copy.object) as stream:
                stream.seek(offset)
                return stream.read(size)
        except errors.PathNotFound as error:
            raise errors.MediaNotKept(sha256=copy.sha256) from error

    def covered(
        self, jpeg: bytes, name: str, *, cover: str, full: bool, region: tuple[float, ...]
    ) -> tuple[bytes, float]:
        """A rectangle of a kept frame under a cover, as JPEG, and its share of the frame. Made in a child."""
        x, y, width, height = region
        asked: dict[str, wire.Wire] = {
            "cover": cover,
            "full": full,
            "x": x,
            "y": y,
            "width": width,
            "height": height,
        }
        match self._sandbox.run_bytes(jpeg, name, _COVER, asked):
            case {"jpeg": bytes() as made, "area": float() as area} if (
                made.startswith(b"\xff\xd8\xff") and 0 < area <= 1
            ):
                return made, area
        raise _no_answer(name)

    def leaving(self, jpeg: bytes, name: str, over: Faces) -> Left:
        """A kept frame as it leaves. Made in a child. Raises the MediaError of one that cannot be read."""
        match self._sandbox.run_bytes(jpeg, name, _LEAVE, {"over": over.value}):
            case {"jpeg": bytes() as made, "over": str() as lies, "regions": int() as regions} if (
                made.startswith(b"\xff\xd8\xff") and lies in {over, Faces.WHOLE} and regions >= 0
            ):
                return Left(made, Faces(lies), regions)
        raise _no_answer(name)


def _wanted(form: Form, sha256: str, asked: Mapping[str, Json]) -> Wanted:
    said = json.dumps(dict(asked), sort_keys=True, separators=(",", ":"))
    key = hashlib.sha256(said.encode()).hexdigest()
    return Wanted(sha256, form.value, _RECIPES[form].version, key)


def _taken(sha256: str, answer: wire.Wire, recipe: _Recipe) -> tuple[list[Mapping[str, Json]], bytes]:
    """A child's parts, each with where its bytes lie in all of them together. Raises DecoderCrashed."""
    parts: list[Mapping[str, Json]] = []
    data = bytearray()
    match answer:
        case {"parts": list() as rows} if len(rows) <= MOST_PARTS:
            for row in rows:
                numbers, piece = _part(sha256, row, recipe)
                parts.append({**numbers, "offset": len(data), "bytes": len(piece)})
                data += piece
            return parts, bytes(data)
    raise _no_answer(sha256)


def _part(sha256: str, row: wire.Wire, recipe: _Recipe) -> tuple[dict[str, Json], bytes]:
    """One part's numbers and bytes. Raises DecoderCrashed."""
    match row:
        case {"data": bytes() as piece, **rest} if piece.startswith(recipe.begins, recipe.offset):
            numbers: dict[str, Json] = {
                str(name): value for name, value in rest.items() if isinstance(value, int | float)
            }
            if len(numbers) == len(rest):
                return numbers, piece
    raise _no_answer(sha256)


def _no_answer(sha256: str) -> errors.DecoderCrashed:
    return errors.DecoderCrashed(path=os.fspath(sha256), cause="its answer is of no known form")
