"""Files that are sent, taken in piece by piece: never whole in memory, counted, removed afterwards."""

from __future__ import annotations

import os
import tempfile
import time
from collections.abc import AsyncIterator, Mapping, Sequence
from contextlib import ExitStack, asynccontextmanager, suppress
from dataclasses import dataclass, replace
from pathlib import Path, PurePath
from typing import Any, BinaryIO, Final, cast

from python_multipart.exceptions import FormParserError
from python_multipart.multipart import MultipartParser, parse_options_header
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request

from seawall import errors
from seawall.api.bodies import Body

MOST_FIELDS: Final = 100
FIELD_BYTES: Final = 64 << 10
NAMELESS: Final = "upload"
#: So much of a file waits in memory before it is written, apart from the event loop.
_WRITTEN_BYTES: Final = 256 << 10
_NAME_CHARACTERS: Final = 255
_ABANDONED_S: Final = 24 * 3600.0
_KIND: Final = b"multipart/form-data"


class Spool:
    """The folder of files on their way in."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def new(self) -> Path:
        """An empty file of a name that nobody has chosen. Raises DiskFull, WriteFailed."""
        with errors.writing(self._folder):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._folder)
            os.close(handle)
            return Path(name)

    def clear(self) -> None:
        """Take away what a killed process left behind, a day later: others may share the folder."""
        with suppress(FileNotFoundError):
            for left in self._folder.iterdir():
                with suppress(FileNotFoundError):
                    if time.time() - left.stat().st_mtime > _ABANDONED_S:
                        left.unlink()


@dataclass(frozen=True, slots=True)
class File:
    """A file that came in."""

    path: Path
    name: str  #: as its sender calls it; never a path
    size_bytes: int
    field: str = ""  #: of the form


@dataclass(frozen=True, slots=True)
class Received:
    """What came in: files, and fields beside them."""

    files: Sequence[File]
    fields: Mapping[str, list[str]]

    def field(self, name: str) -> str | None:
        """The last value of a field; None for one that is absent or empty."""
        values = self.fields.get(name)
        return (values[-1] or None) if values else None

    def one(self) -> File:
        """The file, where one is wanted. Raises BadRequest."""
        if len(self.files) != 1:
            raise errors.BadRequest(reason="one part of the form is to be a file, with a filename")
        return self.files[0]


def is_form(request: Request) -> bool:
    """Whether a call brings a form, by what it says."""
    return parse_options_header(request.headers.get("content-type", ""))[0] == _KIND


@asynccontextmanager
async def received(request: Request, *, limit_bytes: int, most_files: int = 1) -> AsyncIterator[Received]:
    """The parts of a `multipart/form-data` body. Its files are there until the block ends.

    Raises BadRequest, BodyTooLarge, BodyTooSlow, ServiceBusy, DiskFull, WriteFailed.
    """
    kind, options = parse_options_header(request.headers.get("content-type", ""))
    boundary = options.get(b"boundary")
    if kind != _KIND or not boundary:
        raise errors.BadRequest(reason="the body is to be multipart/form-data with a boundary")
    cast("Body", request.state.body).admit(limit_bytes)
    form = _Form(request.app.state.spool, most_files)
    try:
        try:
            parser = MultipartParser(boundary, cast("Any", form.callbacks()))
            async for piece in request.stream():
                parser.write(piece)
                await form.write()
            parser.finalize()
        except FormParserError as error:
            raise errors.BadRequest(reason=f"the body is no form of parts: {error}") from None
        if not form.ended:
            raise errors.BadRequest(reason="the body ends before its last boundary")
        yield Received(tuple(form.files), form.fields)
    finally:
        form.close()


class _Form:
    """What a parser says, made files and fields."""

    def __init__(self, spool: Spool, most_files: int) -> None:
        self._spool = spool
        self._most_files = most_files
        self._closing = ExitStack()
        self._headers: dict[bytes, bytes] = {}
        self._header = (b"", b"")
        self._field = ""
        self._file: BinaryIO | None = None
        self._pending = bytearray()
        self._count = 0
        self.ended = False
        self.files: list[File] = []
        self.fields: dict[str, list[str]] = {}

    def close(self) -> None:
        """Remove the files."""
        self._closing.close()

    async def write(self) -> None:
        """Bring to the disk what has come in, where that is much."""
        if self._file is not None and len(self._pending) >= _WRITTEN_BYTES:
            with errors.writing(self.files[-1].path):
                await run_in_threadpool(self._file.write, bytes(self._pending))
            self._pending.clear()

    def callbacks(self) -> Mapping[str, object]:
        """What the parser is to call."""
        return {
            "on_part_begin": self._part_begin,
            "on_header_field": self._header_field,
            "on_header_value": self._header_value,
            "on_header_end": self._header_end,
            "on_headers_finished": self._headers_finished,
            "on_part_data": self._part_data,
            "on_part_end": self._part_end,
            "on_end": self._end,
        }

    def _part_begin(self) -> None:
        self._headers = {}
        self._pending.clear()

    def _header_field(self, data: bytes, start: int, end: int) -> None:
        self._header = (self._header[0] + data[start:end], b"")

    def _header_value(self, data: bytes, start: int, end: int) -> None:
        self._header = (self._header[0], self._header[1] + data[start:end])

    def _header_end(self) -> None:
        self._headers[self._header[0].lower()] = self._header[1]
        self._header = (b"", b"")

    def _headers_finished(self) -> None:
        kind, options = parse_options_header(self._headers.get(b"content-disposition", b""))
        if kind != b"form-data" or b"name" not in options:
            raise errors.BadRequest(reason="a part of the form has no name")
        self._field = options[b"name"].decode("utf-8", "replace")
        self._count += 1
        if b"filename" not in options:
            if self._count - len(self.files) > MOST_FIELDS:
                raise errors.BadRequest(reason=f"the form has more than {MOST_FIELDS} fields")
            return
        if len(self.files) >= self._most_files:
            raise errors.BadRequest(reason=f"the form has more than {self._most_files} files")
        path = self._spool.new()
        self._closing.callback(path.unlink, missing_ok=True)
        self._file = self._closing.enter_context(path.open("wb", buffering=0))
        self.files.append(File(path, _name(options[b"filename"]), 0, self._field))

    def _part_data(self, data: bytes, start: int, end: int) -> None:
        self._pending += data[start:end]
        if self._file is None:
            if len(self._pending) > FIELD_BYTES:
                raise errors.BodyTooLarge(limit_bytes=FIELD_BYTES)
        else:
            known = self.files[-1]
            self.files[-1] = replace(known, size_bytes=known.size_bytes + end - start)

    def _part_end(self) -> None:
        if self._file is None:
            self.fields.setdefault(self._field, []).append(self._pending.decode("utf-8", "replace"))
        else:
            with errors.writing(self.files[-1].path), self._file as file:
                file.write(self._pending)
        self._file = None
        self._pending.clear()

    def _end(self) -> None:
        self.ended = True


def _name(sent: bytes) -> str:
    """A file's name as its sender gave it, without folders and what would steer a terminal."""
    last = PurePath(sent.decode("utf-8", "replace").replace("\\", "/")).name
    shown = "".join(one if one.isprintable() else "\N{REPLACEMENT CHARACTER}" for one in last)
    return shown[:_NAME_CHARACTERS] if shown.strip(".") else NAMELESS
