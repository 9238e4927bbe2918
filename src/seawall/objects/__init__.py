"""Bytes kept under their own SHA-256: written once, whole or not at all, never changed while they are kept.

They lie in a folder or in a bucket of S3, under the same names in both: `ab/abcd…`, where `ab` are the first
two digits.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from pathlib import Path
from typing import BinaryIO, Final, Protocol

from seawall import config, errors
from seawall.model.locks import Lock
from seawall.objects.folder import FolderObjects as FolderObjects

LOCK_MODES: Final = ("", "governance", "compliance")


class Objects(Protocol):
    """A place for objects. Any number of threads and processes may use one."""

    @property
    def place(self) -> str:
        """Where it is, as anybody may read it."""

    def put(self, source: Path | BinaryIO, sha256: str) -> None:
        """Keep the bytes of a file or an open stream; they are safe when this returns.

        Does nothing where they are kept already. Raises PathNotFound or UnreadableFile for a
        source that cannot be read or whose bytes have another digest, DiskFull, WriteFailed,
        ObjectsUnreachable, and ValueError for what is not 64 lower-case hex digits.
        """

    def put_locked(self, source: Path, sha256: str, until: datetime) -> Lock | str:
        """As `put`, under a lock of the store until then, where it has such.

        The lock as the store says that it is, or why there is none.
        """

    def lock_of(self, sha256: str) -> Lock | None:
        """What keeps a store from letting go of an object, if anything. Raises ObjectsUnreachable."""

    def open(self, sha256: str) -> BinaryIO:
        """The bytes of an object, to read and to seek in.

        Raises PathNotFound where it is not kept, UnreadableFile, and ObjectsUnreachable, the last also while
        it is read.
        """

    def has(self, sha256: str) -> bool:
        """Whether an object is kept. Raises ObjectsUnreachable."""

    def remove(self, sha256: str) -> None:
        """Take an object away; nothing where it is not kept. Raises WriteFailed, ObjectsUnreachable."""

    def try_out(self) -> None:
        """Write a little and take it away again. Raises DiskFull, WriteFailed, ObjectsUnreachable."""

    def every(self) -> Iterator[str]:
        """The SHA-256 of each object that is kept, in any order. Raises ObjectsUnreachable."""


def opened(settings: config.Settings) -> Objects:
    """Where the settings say that files are kept: in the data folder, or in S3. Raises BadSetting."""
    address = settings.text("objects")
    if not address:
        return FolderObjects(settings.data / "objects")
    from seawall.objects.s3 import S3Objects  # noqa: PLC0415 - only who keeps files in S3 needs its library

    return S3Objects(
        address,
        endpoint=settings.text("s3_endpoint"),
        region=settings.text("s3_region"),
        access_key=settings.text("s3_access_key"),
        secret_key=settings.text("s3_secret_key"),
        lock_mode=_lock_mode(settings),
    )


def _lock_mode(settings: config.Settings) -> str:
    """How originals are locked, as set. Raises BadSetting."""
    mode = settings.text("object_lock")
    if mode not in LOCK_MODES:
        reason = f"it has to be {' or '.join(filter(None, LOCK_MODES))}, or empty"
        raise errors.BadSetting(name="object_lock", value=mode, reason=reason)
    return mode
