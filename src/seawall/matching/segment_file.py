"""A segment: an immutable file of codes, their ids and the tables that find them, read by memory map.

Layout, little-endian: header (64 bytes) = magic (8), version (u32), reserved (u32), count N (u64),
payload bytes (u64), BLAKE2b-128 of the payload (16), CRC-32 of these fields (u32), zeros; payload =
ids (N u64), words (4 x N u64), low (16 x N u16), offsets (16 x 65,537 u32), high (16 x N u8).
That is 88 bytes a code and 4 MiB. Opening reads the header only.
"""

from __future__ import annotations

import hashlib
import mmap
import struct
import zlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, Self

import numpy as np

from seawall import errors
from seawall.matching import index_files, index_tables
from seawall.matching.index_codes import ID, WORD, WORDS, Hits, Ids, Words
from seawall.matching.index_manifest import SegmentEntry
from seawall.matching.index_tables import CHUNK, OFFSETS, TABLES, Tables

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

VERSION: Final = 1
MAX_CODES: Final = index_tables.MAX_CODES
_MAGIC: Final = b"SWSEGMNT"
_HEADER: Final = struct.Struct("<8sIIQQ16s")
_HEADER_BYTES: Final = 64
_DIGEST_BYTES: Final = 16
_OFFSET: Final = np.dtype("<u4")
_VERIFY_BYTES: Final = 2**22


class _Payload:
    """Writes arrays one after the other and digests them on the way."""

    def __init__(self, file: index_files.Sink) -> None:
        self._file = file
        self._digest = hashlib.blake2b(digest_size=_DIGEST_BYTES)
        self.size = 0

    def put(self, array: NDArray[np.generic]) -> None:
        data = np.ascontiguousarray(array).data.cast("B")
        self._digest.update(data)
        self._file.write(data)
        self.size += len(data)

    def digest(self) -> bytes:
        return self._digest.digest()


def write(path: Path, words: Words, ids: Ids) -> SegmentEntry:
    """Write a segment durably. words: (4, N); ids: (N,); N from 1 to MAX_CODES.

    Raises DiskFull, WriteFailed; then there is no file at path.
    """
    offsets: list[NDArray[np.uint32]] = []
    high: list[NDArray[np.uint8]] = []
    with index_files.new_file(path) as file:
        file.write(bytes(_HEADER_BYTES))
        payload = _Payload(file)
        payload.put(ids.astype(ID, copy=False))
        for word in words:
            payload.put(word)
        for begins, low, upper in index_tables.build(words):
            payload.put(low.astype(CHUNK, copy=False))
            offsets.append(begins.astype(_OFFSET, copy=False))
            high.append(upper)
        for offset in offsets:
            payload.put(offset)
        for third in high:
            payload.put(third)
        fields = _HEADER.pack(_MAGIC, VERSION, 0, len(ids), payload.size, payload.digest())
        file.seek(0)
        file.write(fields + struct.pack("<I", zlib.crc32(fields)))
    return SegmentEntry(path.name, len(ids), payload.digest().hex())


def payload_bytes(count: int) -> int:
    """Size of the payload of a segment of count codes."""
    per_code: int = ID.itemsize + WORDS * WORD.itemsize + TABLES * (CHUNK.itemsize + 1)
    return count * per_code + TABLES * OFFSETS * _OFFSET.itemsize


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment file, mapped. The map goes with the last array that looks into it."""

    path: Path
    entry: SegmentEntry
    ids: Ids  #: (N,)
    words: Words  #: (4, N)
    tables: Tables
    _map: mmap.mmap

    @classmethod
    def open(cls, folder: Path, entry: SegmentEntry) -> Self:
        """Map the file and check its header against the entry and its size.

        Raises IndexCorrupt; FileNotFoundError where it is gone.
        """
        path = folder / entry.name
        with path.open("rb") as file:
            header = file.read(_HEADER_BYTES)
            _check_header(path, header, entry, file.seek(0, 2))
            mapped = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        count, at = entry.count, _HEADER_BYTES
        arrays: list[NDArray[np.generic]] = []
        for kind, size in (
            (ID, count),
            (WORD, WORDS * count),
            (CHUNK, TABLES * count),
            (_OFFSET, TABLES * OFFSETS),
            (np.dtype(np.uint8), TABLES * count),
        ):
            arrays.append(np.frombuffer(mapped, kind, size, at))
            at += arrays[-1].nbytes
        ids, words, low, offsets, high = arrays
        tables = Tables(offsets, low, high)  # type: ignore[arg-type]
        return cls(path, entry, ids, words.reshape(WORDS, count), tables, mapped)  # type: ignore[arg-type]

    def search(self, queries: Words, radius: int, sure: int | None = None) -> Hits:
        """Exactly the codes within radius of each query, (4, Q). Raises IndexCorrupt where it shows."""
        try:
            return index_tables.search(self.words, self.tables, queries, radius, sure)
        except (IndexError, ValueError):  # positions or lengths that no sound table holds
            self.verify()
            raise

    def verify(self) -> None:
        """Read the whole file against its digest. Raises IndexCorrupt."""
        digest = hashlib.blake2b(digest_size=_DIGEST_BYTES)
        with memoryview(self._map) as view:
            for at in range(_HEADER_BYTES, len(view), _VERIFY_BYTES):
                digest.update(view[at : at + _VERIFY_BYTES])
        if digest.hexdigest() != self.entry.digest:
            raise errors.IndexCorrupt(path=self.path, reason="its digest does not fit")


def _check_header(path: Path, header: bytes, entry: SegmentEntry, size: int) -> None:
    fields = header[: _HEADER.size]
    if header[:8] != _MAGIC or len(header) < _HEADER_BYTES:
        raise errors.IndexCorrupt(path=path, reason="not a segment")
    if zlib.crc32(fields) != int.from_bytes(header[_HEADER.size : _HEADER.size + 4], "little"):
        raise errors.IndexCorrupt(path=path, reason="its header is damaged")
    _, version, _, count, length, digest = _HEADER.unpack(fields)
    if version != VERSION:
        raise errors.IndexCorrupt(path=path, reason=f"version {version}, this Seawall reads {VERSION}")
    if count != entry.count or digest.hex() != entry.digest:
        raise errors.IndexCorrupt(path=path, reason="not the segment that the manifest names")
    if length != payload_bytes(count) or size != _HEADER_BYTES + length:
        raise errors.IndexCorrupt(path=path, reason=f"it has {size} bytes, not {_HEADER_BYTES + length}")
