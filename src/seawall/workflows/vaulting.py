"""Originals in the vault: the kept files under keys of their own, read back before anybody relies on them."""

from __future__ import annotations

import hashlib
import os
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from pathlib import Path
from typing import BinaryIO, Final

from seawall import errors
from seawall.evidence import vault
from seawall.model.locks import Lock
from seawall.objects import Objects
from seawall.store.working import Working
from seawall.workflows import kept_files

#: What nobody puts on record by then is taken away: its writer has died.
UNCLAIMED: Final = timedelta(days=1)
_NO_END: Final = "its basis has no end to lock it until"


@dataclass(frozen=True, slots=True)
class Locked:
    """An original in the vault, and its key."""

    sha256: str  #: of the object
    key: bytes
    plain_bytes: int
    lock: Lock | str  #: that the store put on it, or why there is none


class Vault:
    """The vault of one data folder: it lies among the kept files."""

    def __init__(self, objects: Objects, working: Working, data: Path) -> None:
        self._objects = objects
        self._working = working
        self._folder = data / kept_files.FOLDER

    def receive(self, path: Path, sha256: str) -> None:
        """Keep a file until it is locked. Raises DiskFull, WriteFailed, ObjectsUnreachable."""
        self._working.hold(sha256, UNCLAIMED)
        self._objects.put(path, sha256)

    def lock(self, sha256: str, until: datetime | None) -> Locked:
        """Lock a kept file, as a new object that is safe when this returns.

        until: how long the store is to let nobody delete it, where it has such locks; None: no time is known.

        Raises MediaNotKept; BadEvidence for one whose bytes are not those that its name says; DiskFull,
        WriteFailed, ObjectsUnreachable.
        """
        key = vault.new_key()
        with errors.writing(self._folder):
            self._folder.mkdir(mode=0o700, parents=True, exist_ok=True)
            handle, name = tempfile.mkstemp(dir=self._folder)
        path = Path(name)
        try:
            with os.fdopen(handle, "wb") as target, self._opened(sha256) as source, errors.writing(path):
                made = vault.lock(source, target, key)
            if made.plain_sha256 != sha256:
                raise errors.BadEvidence(reason=f"the kept file {sha256} has other bytes than its name says")
            self._working.hold(made.sha256, UNCLAIMED)
            if until is not None:
                lock = self._objects.put_locked(path, made.sha256, until)
            else:
                self._objects.put(path, made.sha256)
                lock = _NO_END
        finally:
            path.unlink(missing_ok=True)
        return Locked(made.sha256, key, made.plain_bytes, lock)

    def take_away(self, locked_sha256: str, at: datetime) -> Lock | None:
        """Take an object away, or leave it under the lock that keeps it there at that time, which is given.

        Raises WriteFailed, ObjectsUnreachable.
        """
        lock = self._objects.lock_of(locked_sha256)
        if lock is not None and lock.holds(at):
            return lock
        self._objects.remove(locked_sha256)
        return None

    def validate(self, locked_sha256: str, key: bytes, sha256: str) -> int:
        """Read an original as it lies there, and find that it is what it should be; its bytes.

        Raises BadEvidence, also where it does not lie there; ObjectsUnreachable.
        """
        digest, size = hashlib.sha256(), 0
        for piece in self.pieces(locked_sha256, key):
            digest.update(piece)
            size += len(piece)
        if digest.hexdigest() != sha256:
            raise errors.BadEvidence(reason=f"what is in the vault is not {sha256}")
        return size

    def pieces(self, locked_sha256: str, key: bytes) -> Iterator[bytes]:
        """The bytes of an original. Raises as `validate`."""
        try:
            stream = self._objects.open(locked_sha256)
        except errors.PathNotFound as error:
            raise errors.BadEvidence(reason=f"the object {locked_sha256} is gone from the vault") from error
        with stream:
            yield from vault.unlock(stream, key)

    def _opened(self, sha256: str) -> BinaryIO:
        try:
            return self._objects.open(sha256)
        except errors.PathNotFound as error:
            raise errors.MediaNotKept(sha256=sha256) from error
