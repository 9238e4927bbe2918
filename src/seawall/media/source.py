"""Where the bytes come from: a file or an open stream, read at any place by several readers at once.

A reader keeps its own position, so a video's pictures and its sound can be read side by side. The
first refusal of the system is kept: decoders swallow it, and `check` raises it again.
"""

from __future__ import annotations

import io
import os
import stat
import tempfile
import threading
from pathlib import Path
from typing import TYPE_CHECKING, BinaryIO, Final

from seawall import errors

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer

_NOT_FILES: Final = (
    (stat.S_ISDIR, "it is a folder"),
    (stat.S_ISFIFO, "it is a pipe"),
    (stat.S_ISSOCK, "it is a socket"),
    (stat.S_ISCHR, "it is a device"),
    (stat.S_ISBLK, "it is a device"),
)


def open_descriptor(path: str | Path, limit_bytes: int) -> int:
    """A descriptor of the regular file at `path`, to be closed by the caller. Never waits on a pipe.

    Raises errors.PathNotFound, UnreadableFile, EmptyFile and MediaTooLarge.
    """
    name = os.fspath(path)
    try:
        descriptor = os.open(name, os.O_RDONLY | os.O_NONBLOCK | os.O_CLOEXEC | os.O_NOCTTY)
    except (FileNotFoundError, NotADirectoryError) as error:
        raise errors.PathNotFound(path=name) from error
    except ValueError as error:  # a path with a zero character
        raise errors.PathNotFound(path=name) from error
    except OSError as error:
        raise errors.UnreadableFile(path=name, reason=_refusal(name, error)) from error
    try:
        check_regular(os.fstat(descriptor), name, limit_bytes)
    except BaseException:
        os.close(descriptor)
        raise
    return descriptor


def descriptor_of(data: bytes) -> int:
    """A descriptor of a file without a name that holds the data, to be closed by the caller.

    Raises errors.DiskFull and WriteFailed.
    """
    with errors.writing(tempfile.gettempdir()), tempfile.TemporaryFile() as file:
        file.write(data)
        file.flush()
        return os.dup(file.fileno())


def check_regular(status: os.stat_result, name: str, limit_bytes: int) -> None:
    """Raise unless `status` is that of a regular file of 1 to `limit_bytes` bytes."""
    for is_kind, reason in _NOT_FILES:
        if is_kind(status.st_mode):
            raise errors.UnreadableFile(path=name, reason=reason)
    check_size(status.st_size, name, limit_bytes)


def check_size(size_bytes: int, name: str, limit_bytes: int) -> None:
    """Raise errors.EmptyFile or MediaTooLarge unless there are 1 to `limit_bytes` bytes."""
    if size_bytes == 0:
        raise errors.EmptyFile(path=name)
    if size_bytes > limit_bytes:
        raise errors.MediaTooLarge(path=name, size=size_bytes, unit="bytes", limit=limit_bytes)


def _refusal(name: str, error: OSError) -> str:
    """Why the system refused, in words; opening a socket is refused with a number that says little."""
    try:
        mode = Path(name).stat().st_mode
    except OSError:
        mode = 0
    for is_kind, reason in _NOT_FILES:
        if is_kind(mode):
            return reason
    return error.strerror or type(error).__name__


class Source:
    """The bytes of one file: its own descriptor of a path, or somebody's seekable stream."""

    def __init__(self, source: str | Path | BinaryIO, name: str | None, limit_bytes: int) -> None:
        self.failure: OSError | None = None
        self._stream: BinaryIO | None = None
        self._descriptor: int | None = None
        self._lock = threading.Lock()
        if isinstance(source, str | os.PathLike):
            self.name = os.fspath(source) if name is None else name
            self._descriptor = open_descriptor(source, limit_bytes)
            self.size_bytes = os.fstat(self._descriptor).st_size
            return
        self.name = name if name is not None else str(getattr(source, "name", "<stream>"))
        if (descriptor := _descriptor_of(source)) is not None:
            status = os.fstat(descriptor)
            check_regular(status, self.name, limit_bytes)
            self.size_bytes = status.st_size
            self._descriptor = os.dup(descriptor)
            return
        self._stream = source
        try:
            self.size_bytes = source.seek(0, os.SEEK_END)
        except OSError as error:
            raise errors.UnreadableFile(path=self.name, reason=error.strerror or str(error)) from error
        check_size(self.size_bytes, self.name, limit_bytes)

    def read_at(self, position: int, size: int) -> bytes:
        """At most `size` bytes from `position`; none at the end, or after a refusal."""
        try:
            if self._descriptor is not None:
                return os.pread(self._descriptor, size, position)
            if self._stream is None:
                raise ValueError("read from a closed file")
            with self._lock:
                self._stream.seek(position)
                return self._stream.read(size)
        except OSError as error:
            self.failure = self.failure or error
            return b""

    def check(self) -> None:
        """Raise errors.UnreadableFile if the system has refused a read."""
        if self.failure is not None:
            reason = self.failure.strerror or str(self.failure)
            raise errors.UnreadableFile(path=self.name, reason=reason) from self.failure

    def reader(self) -> Reader:
        """A new reader at the first byte."""
        return Reader(self)

    def close(self) -> None:
        """Close what was opened here; somebody's stream stays open."""
        descriptor, self._descriptor, self._stream = self._descriptor, None, None
        if descriptor is not None:
            os.close(descriptor)


def _descriptor_of(stream: BinaryIO) -> int | None:
    """The descriptor of a plain file; None for a stream that makes its own bytes, such as a decompressor."""
    raw = stream.raw if isinstance(stream, io.BufferedReader) else stream
    return raw.fileno() if isinstance(raw, io.FileIO) else None


class Reader(io.RawIOBase):
    """One position in a source."""

    name = ""  #: decoders guess the format from a name where there is one

    def __init__(self, source: Source) -> None:
        self._source = source
        self._position = 0

    def read(self, size: int = -1, /) -> bytes:
        wanted = self._source.size_bytes - self._position if size < 0 else size
        data = self._source.read_at(self._position, max(0, wanted))
        self._position += len(data)
        return data

    def readinto(self, buffer: WriteableBuffer, /) -> int:
        view = memoryview(buffer).cast("B")
        data = self.read(len(view))
        view[: len(data)] = data
        return len(data)

    def seek(self, offset: int, whence: int = os.SEEK_SET, /) -> int:
        start = {os.SEEK_SET: 0, os.SEEK_CUR: self._position, os.SEEK_END: self._source.size_bytes}[whence]
        if start + offset < 0:
            raise OSError("seek before the first byte")
        self._position = start + offset
        return self._position

    def tell(self) -> int:
        return self._position

    def readable(self) -> bool:
        return True

    def seekable(self) -> bool:
        return True
