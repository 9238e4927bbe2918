"""How the index writes so that a crash at any byte leaves either the old state or the new one.

A file is written under a temporary name, synced, renamed, and its folder synced; nobody refers to
it before that. One writer at a time holds an advisory lock on the folder's `lock` file; the lock
goes with the process, so a killed writer leaves none behind. Needs a POSIX system (flock).
"""

from __future__ import annotations

import contextlib
import fcntl
import os
import time
from typing import TYPE_CHECKING, Final, Protocol

from seawall import errors

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

LOCK_NAME: Final = "lock"
TEMPORARY_SUFFIX: Final = ".tmp"
_LOCK_POLL_S: Final = 0.005


class Sink(Protocol):
    """Where the bytes of a new file go."""

    def write(self, data: bytes | memoryview, /) -> int:
        """Write data at the present place."""

    def seek(self, offset: int, /) -> int:
        """Go to that byte."""

    def flush(self) -> None:
        """Let others who have the file open see what was written."""

    def fileno(self) -> int:
        """The number by which the system knows the file."""


@contextlib.contextmanager
def new_file(path: Path) -> Iterator[Sink]:
    """A file that appears at path, whole and durable, when the block ends; not at all when it raises.

    Raises DiskFull and WriteFailed.
    """
    temporary = path.with_name(path.name + TEMPORARY_SUFFIX)
    with errors.writing(path):
        try:
            with temporary.open("w+b") as file:
                yield file
                file.flush()
                os.fsync(file.fileno())
            temporary.replace(path)
        except BaseException:
            remove(temporary)
            raise
        sync_folder(path.parent)


def sync_folder(folder: Path) -> None:
    """Make the names in the folder durable."""
    number = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(number)
    finally:
        os.close(number)


def remove(path: Path) -> None:
    """Remove a file that nothing refers to; one that cannot be removed now goes at the next clean-up."""
    with contextlib.suppress(OSError):
        path.unlink()


@contextlib.contextmanager
def locked(folder: Path, wait_s: float, name: str = LOCK_NAME) -> Iterator[None]:
    """Hold the folder's write lock, or that of the given name. Raises StoreBusy after wait_s, WriteFailed."""
    path = folder / name
    with errors.writing(path):
        number = os.open(path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o644)
    try:
        _wait_for_lock(number, path, wait_s)
        yield
    finally:
        os.close(number)


def _wait_for_lock(number: int, path: Path, wait_s: float) -> None:
    deadline = time.monotonic() + wait_s
    while not _try_lock(number, path):
        if time.monotonic() >= deadline:
            raise errors.StoreBusy(waited_s=wait_s)
        time.sleep(_LOCK_POLL_S)


def _try_lock(number: int, path: Path) -> bool:
    try:
        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError:
        return False
    except OSError as error:
        raise errors.WriteFailed(path=path, reason=error.strerror or str(error)) from error
    return True
