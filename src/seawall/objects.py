"""Bytes kept under their own SHA-256: written once, whole or not at all, never changed.

A file is copied to `incoming/` first, hashed on the way, brought to the disk, and only then given
its name, so under a name there are always the right bytes. What a killed process leaves behind in
`incoming/` is never read, and is cleared away a day later.
"""

from __future__ import annotations

import hashlib
import os
import re
import tempfile
import time
from contextlib import nullcontext, suppress
from pathlib import Path
from typing import BinaryIO, Final

from seawall import errors

CHUNK_BYTES: Final = 1 << 20
ABANDONED_S: Final = 24 * 3600

_SHA256: Final = re.compile(r"[0-9a-f]{64}")


class Objects:
    """A folder of objects. Any number of threads and processes may use one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._incoming = folder / "incoming"

    def put(self, source: Path | BinaryIO, sha256: str) -> None:
        """Keep the bytes of a file or an open stream; they are on the disk when this returns.

        Does nothing where they are kept already. Raises PathNotFound or UnreadableFile for a
        source that cannot be read or whose bytes have another digest, DiskFull, WriteFailed, and
        ValueError for what is not 64 lower-case hex digits.
        """
        target = self._path(sha256)
        if target.exists():
            return
        with _opened(source) as stream, errors.writing(self._folder):
            self._make_folders(target.parent)
            self._write(stream, target)

    def open(self, sha256: str) -> BinaryIO:
        """The bytes of an object, to read. Raises PathNotFound where it is not kept."""
        target = self._path(sha256)
        try:
            return target.open("rb")
        except FileNotFoundError as error:
            raise errors.PathNotFound(path=target) from error
        except OSError as error:
            raise errors.UnreadableFile(path=target, reason=error.strerror) from error

    def has(self, sha256: str) -> bool:
        return self._path(sha256).exists()

    def try_out(self) -> None:
        """Write a little and take it away again. Raises DiskFull, WriteFailed."""
        with errors.writing(self._folder):
            self._make_folders(self._incoming)
            with tempfile.TemporaryFile(dir=self._incoming) as tried:
                tried.write(b"x")
                tried.flush()
                os.fsync(tried.fileno())

    def _path(self, sha256: str) -> Path:
        if not _SHA256.fullmatch(sha256):
            raise ValueError(f"{sha256!r} is not a SHA-256 in lower-case hex digits")
        return self._folder / sha256[:2] / sha256

    def _make_folders(self, parent: Path) -> None:
        self._incoming.mkdir(mode=0o700, parents=True, exist_ok=True)
        parent.mkdir(mode=0o700, exist_ok=True)
        for left in self._incoming.iterdir():
            with suppress(FileNotFoundError):  # its writer was quicker
                if time.time() - left.stat().st_mtime > ABANDONED_S:
                    left.unlink()

    def _write(self, stream: BinaryIO, target: Path) -> None:
        handle, name = tempfile.mkstemp(dir=self._incoming)
        temporary = Path(name)
        try:
            with os.fdopen(handle, "wb") as copy:
                if _copy(stream, copy) != target.name:
                    reason = "its bytes changed while they were copied"
                    raise errors.UnreadableFile(path=_name(stream), reason=reason)
                copy.flush()
                os.fchmod(copy.fileno(), 0o400)
                os.fsync(copy.fileno())
            temporary.rename(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        for folder in (target.parent, self._folder, self._folder.parent):
            _to_disk(folder)


def _opened(source: Path | BinaryIO) -> BinaryIO | nullcontext[BinaryIO]:
    if not isinstance(source, Path):
        return nullcontext(source)
    try:
        return source.open("rb")
    except FileNotFoundError as error:
        raise errors.PathNotFound(path=source) from error
    except OSError as error:
        raise errors.UnreadableFile(path=source, reason=error.strerror) from error


def _copy(stream: BinaryIO, copy: BinaryIO) -> str:
    """Copy all bytes; their SHA-256."""
    digest = hashlib.sha256()
    while chunk := _read(stream):
        digest.update(chunk)
        copy.write(chunk)
    return digest.hexdigest()


def _read(stream: BinaryIO) -> bytes:
    """Reading fails as the source's error, so that it is not taken for one of writing."""
    try:
        return stream.read(CHUNK_BYTES)
    except OSError as error:
        raise errors.UnreadableFile(path=_name(stream), reason=error.strerror) from error


def _name(stream: BinaryIO) -> object:
    return getattr(stream, "name", "the stream")


def _to_disk(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
