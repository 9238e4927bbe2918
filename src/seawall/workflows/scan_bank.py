"""The snapshot of the banks that a scan searches: a data folder with no more than searching needs.

It is made once, before the plan, so that a scan that takes days searches one state of the banks from its
first file to its last. On one machine all workers open the one folder: its indexes are mapped, so they are in
memory once. To other machines it goes as one archive, named by its digest.
"""

from __future__ import annotations

import hashlib
import io
import os
import shutil
import tarfile
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from typing import BinaryIO, Final

from seawall import config, errors
from seawall.matching import index_files
from seawall.store.store import Store
from seawall.workflows import opening
from seawall.workflows.catalogue import Catalogue

NAME: Final = "bank"
PIECE_BYTES: Final = 64 << 20  #: of an archive that travels
WAIT_S: Final = 3600.0  #: for another process of the machine that is unpacking


def make(settings: config.Settings, out: Path, names: Sequence[str] | None) -> Path:
    """Write the snapshot into a scan's folder, of these banks and every negative one, or all; its folder.

    What a call that was cut off has left is written over. Raises BankNotFound, DiskFull, WriteFailed.
    """
    made, folder = out / f"{NAME}{index_files.TEMPORARY_SUFFIX}", out / NAME
    clear(out)
    with errors.writing(made):
        made.mkdir(mode=0o700)
    store = opening.store(settings)
    try:
        store.snapshot(made, names)
    finally:
        store.close()
    with Store.open(made) as copied:
        catalogue = Catalogue(copied, made / "index", opening.model(settings))
        try:
            catalogue.follow()
        finally:
            catalogue.close()
    with errors.writing(folder):
        _sync(made)
        made.replace(folder)
        index_files.sync_folder(out)
    return folder


def clear(out: Path) -> None:
    """Take the snapshot of a scan's folder away, and what was made of one."""
    for folder in (out / NAME, out / f"{NAME}{index_files.TEMPORARY_SUFFIX}"):
        shutil.rmtree(folder, ignore_errors=True)


def _sync(folder: Path) -> None:
    for path in sorted(folder.rglob("*")):
        if path.is_dir():
            index_files.sync_folder(path)
        else:
            with path.open("rb") as stream:
                os.fsync(stream.fileno())


def packed(folder: Path) -> tuple[str, BinaryIO]:
    """The snapshot as an archive, at its beginning, and the archive's SHA-256."""
    with errors.writing(tempfile.gettempdir()):
        stream = tempfile.TemporaryFile()  # noqa: SIM115 - the caller closes it
        with tarfile.open(fileobj=stream, mode="w") as archive:
            for path in sorted(folder.rglob("*")):
                archive.add(path, path.relative_to(folder).as_posix(), recursive=False)
    stream.seek(0)
    digest = hashlib.file_digest(stream, "sha256").hexdigest()
    stream.seek(0)
    return digest, stream


def pieces(stream: BinaryIO) -> Iterator[bytes]:
    """An archive, piece by piece."""
    return iter(lambda: stream.read(PIECE_BYTES), b"")


def home() -> Path:
    """The folder of this machine in which snapshots that have travelled are unpacked, for this user alone.

    Raises WriteFailed.
    """
    folder = Path(tempfile.gettempdir(), f"seawall-scan-{os.getuid()}")
    with errors.writing(folder):
        folder.mkdir(mode=0o700, exist_ok=True)
        status = folder.lstat()
    if not folder.is_dir() or status.st_uid != os.getuid() or status.st_mode & 0o077 or folder.is_symlink():
        raise errors.WriteFailed(path=folder, reason="others may write there too")
    return folder


def unpacked(digest: str, archive: Iterable[bytes]) -> Path:
    """The folder of a snapshot that has travelled; unpacked by the first of this machine who asks.

    Raises DiskFull, WriteFailed, StoreBusy.
    """
    folder = home() / digest
    with index_files.locked(folder.parent, WAIT_S):
        if not folder.is_dir():
            made = folder.with_suffix(index_files.TEMPORARY_SUFFIX)
            shutil.rmtree(made, ignore_errors=True)
            with errors.writing(made):
                made.mkdir(mode=0o700)
                with tarfile.open(fileobj=_Joined(archive), mode="r|") as source:
                    source.extractall(made, filter="data")
                made.replace(folder)
    return folder


def forget(digest: str) -> None:
    """Take an unpacked snapshot away."""
    shutil.rmtree(home() / digest, ignore_errors=True)


class _Joined(io.RawIOBase):
    """Pieces as one stream."""

    def __init__(self, archive: Iterable[bytes]) -> None:
        super().__init__()
        self._pieces = iter(archive)
        self._rest = memoryview(b"")

    def readable(self) -> bool:
        return True

    def read(self, size_bytes: int = -1, /) -> bytes:
        """At most so many bytes; none at the end."""
        if not self._rest:
            self._rest = memoryview(next(self._pieces, b""))
        taken, self._rest = self._rest[:size_bytes], self._rest[size_bytes:]
        return bytes(taken)
