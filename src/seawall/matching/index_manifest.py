"""The manifest names the files that make up the index; replacing it is the moment a change becomes true.

Layout: magic (8), version (u32), body length (u32), BLAKE2b-128 of the body (16), body. The body is
JSON, so that a person can read it; all numbers in the binary parts are little-endian.
"""

from __future__ import annotations

import hashlib
import json
import os
import struct
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Final, Self

from seawall import errors
from seawall.matching import index_files

if TYPE_CHECKING:
    from pathlib import Path

NAME: Final = "manifest"
VERSION: Final = 2
_MAGIC: Final = b"SWMANIFT"
_HEADER: Final = struct.Struct("<8sII16s")


@dataclass(frozen=True, slots=True)
class SegmentEntry:
    """One segment file, as the manifest knows it."""

    name: str
    count: int  #: codes in it
    digest: str  #: BLAKE2b-128 of its payload, hex


@dataclass(frozen=True, slots=True)
class Manifest:
    """The files of one generation of the index, oldest segment first."""

    generation: int
    mark: int  #: the caller's mark when this generation began; the log may hold a later one
    log: str
    log_generation: int  #: in which the log was begun
    segments: tuple[SegmentEntry, ...]

    def write(self, folder: Path) -> None:
        """Make this generation the current one, durably. Raises DiskFull, WriteFailed."""
        body = json.dumps(asdict(self), sort_keys=True).encode()
        with index_files.new_file(folder / NAME) as file:
            file.write(_HEADER.pack(_MAGIC, VERSION, len(body), _digest(body)) + body)

    @classmethod
    def parse(cls, data: bytes, path: Path) -> Self:
        """The manifest in data, which was read at path. Raises IndexCorrupt."""
        if len(data) < _HEADER.size:
            raise errors.IndexCorrupt(path=path, reason="shorter than its header")
        magic, version, length, digest = _HEADER.unpack_from(data)
        body = data[_HEADER.size :]
        if magic != _MAGIC:
            raise errors.IndexCorrupt(path=path, reason="not a manifest")
        if version != VERSION:
            raise errors.IndexCorrupt(path=path, reason=f"version {version}, this Seawall reads {VERSION}")
        if len(body) != length or _digest(body) != digest:
            raise errors.IndexCorrupt(path=path, reason="its digest does not fit")
        fields = json.loads(body)
        entries = tuple(SegmentEntry(**entry) for entry in fields.pop("segments"))
        return cls(segments=entries, **fields)


class ManifestReader:
    """The manifest as last read, and whether it is still the one in the folder.

    Its file stays open: as long as it does, its inode number is given to no other file, so one stat
    of the name tells a replacement for certain.
    """

    def __init__(self, folder: Path) -> None:
        self._path = folder / NAME
        self._file = self._path.open("rb", buffering=0)
        try:
            self._inode = _inode(os.fstat(self._file.fileno()))
            self.manifest = Manifest.parse(self._file.read(), self._path)
        except BaseException:
            self._file.close()
            raise

    def current(self) -> bool:
        """Whether no writer has replaced it. Raises IndexCorrupt where the file is gone."""
        try:
            return _inode(self._path.stat()) == self._inode
        except FileNotFoundError:
            raise errors.IndexCorrupt(path=self._path, reason="it is missing") from None

    def close(self) -> None:
        """Let go of the file."""
        self._file.close()


def _inode(status: os.stat_result) -> tuple[int, int]:
    return status.st_dev, status.st_ino


def _digest(body: bytes) -> bytes:
    return hashlib.blake2b(body, digest_size=16).digest()
