"""Objects in a folder.

A file is copied to `incoming/` first, hashed on the way, brought to the disk, and only then given
its name, so under a name there are always the right bytes. What a killed process leaves behind in
`incoming/` is never read, and is cleared away a day later.
"""

from __future__ import annotations

import hashlib
import os
import tempfile
import time
from collections.abc import Iterator
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final

from seawall import errors
from seawall.model.locks import Lock
from seawall.objects import source as sources

ABANDONED_S: Final = 24 * 3600


class FolderObjects:
    """A folder of objects. Any number of threads and processes may use one."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._incoming = folder / "incoming"

    @property
    def place(self) -> str:
        """The folder's path."""
        return str(self._folder)

    def put(self, source: Path | BinaryIO, sha256: str) -> None:
        """As `Objects.put`."""
        target = self._path(sha256)
        if target.exists():
            return
        with sources.opened(source) as stream, errors.writing(self._folder):
            self._make_folders(target.parent)
            self._write(stream, target)

    def put_locked(self, source: Path, sha256: str, until: datetime) -> Lock | str:
        """As `Objects.put_locked`."""
        self.put(source, sha256)
        return "a folder locks nothing"

    def lock_of(self, sha256: str) -> Lock | None:
        """As `Objects.lock_of`."""
        return None

    def open(self, sha256: str) -> BinaryIO:
        """As `Objects.open`."""
        target = self._path(sha256)
        try:
            return target.open("rb")
        except FileNotFoundError as error:
            raise errors.PathNotFound(path=target) from error
        except OSError as error:
            raise errors.UnreadableFile(path=target, reason=error.strerror) from error

    def has(self, sha256: str) -> bool:
        """Whether an object is kept."""
        return self._path(sha256).exists()

    def remove(self, sha256: str) -> None:
        """As `Objects.remove`."""
        target = self._path(sha256)
        with errors.writing(target):
            target.unlink(missing_ok=True)

    def try_out(self) -> None:
        """As `Objects.try_out`."""
        with errors.writing(self._folder):
            self._make_folders(self._incoming)
            with tempfile.TemporaryFile(dir=self._incoming) as tried:
                tried.write(b"x")
                tried.flush()
                os.fsync(tried.fileno())

    def every(self) -> Iterator[str]:
        """As `Objects.every`."""
        for path in self._folder.glob("[0-9a-f][0-9a-f]/*"):
            sha256 = sources.sha256_of(path.relative_to(self._folder).as_posix())
            if sha256 is not None:
                yield sha256

    def _path(self, sha256: str) -> Path:
        return self._folder / sources.key(sha256)

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
                    raise sources.changed(stream)
                copy.flush()
                os.fchmod(copy.fileno(), 0o400)
                os.fsync(copy.fileno())
            temporary.rename(target)
        except BaseException:
            temporary.unlink(missing_ok=True)
            raise
        for folder in (target.parent, self._folder, self._folder.parent):
            _to_disk(folder)


def _copy(stream: BinaryIO, copy: BinaryIO) -> str:
    """Copy all bytes; their SHA-256."""
    digest = hashlib.sha256()
    while chunk := sources.read(stream):
        digest.update(chunk)
        copy.write(chunk)
    return digest.hexdigest()


def _to_disk(folder: Path) -> None:
    """Bring the names in a folder to the disk."""
    handle = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
