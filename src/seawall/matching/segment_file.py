"""A segment: an immutable file of codes, their ids and the tables that find them, read by memory map.

Layout, little-endian: header (64 bytes) = magic (8), version (u32), reserved (u32), count N (u64),
payload bytes (u64), BLAKE2b-128 of the payload (16), CRC-32 of these fields (u32), zeros; payload =
words (4 x N u64), ids (N u64), offsets (T x V + 1 u32), positions (T x N u32). T tables of V values each
are as `index_layouts.layout_of` has it for N codes. Opening reads the header only.
"""

from __future__ import annotations

import hashlib
import mmap
import os
import struct
import zlib
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any, Final, NamedTuple, Self

import numpy as np

from seawall import errors
from seawall.matching import index_files, index_layouts, index_tables
from seawall.matching.index_codes import ID, WORD, WORDS, Hits, Ids, Words
from seawall.matching.index_manifest import SegmentEntry
from seawall.matching.index_tables import Tables

if TYPE_CHECKING:
    from pathlib import Path

    from numpy.typing import NDArray

VERSION: Final = 2
MAX_CODES: Final = index_tables.MAX_CODES
_MAGIC: Final = b"SWSEGMNT"
_HEADER: Final = struct.Struct("<8sIIQQ16s")
_HEADER_BYTES: Final = 64
_DIGEST_BYTES: Final = 16
_NUMBER: Final = np.dtype("<u4")
_BLOCK_BYTES: Final = 2**22
_BLOCK_CODES: Final = 2**18


@dataclass(frozen=True, slots=True)
class Run:
    """Codes that go into a segment, one after the other."""

    words: Words  #: (4, N)
    ids: Ids  #: (N,)
    kept: NDArray[np.bool_] | None = None  #: (N,) which of them; None for all

    @property
    def count(self) -> int:
        """Codes that go."""
        return len(self.ids) if self.kept is None else int(np.count_nonzero(self.kept))

    def blocks(self, column: NDArray[np.uint64]) -> Iterator[NDArray[np.uint64]]:
        """What of one of the words or of the ids goes, piece by piece: no other thread waits for long."""
        for start in range(0, len(column), _BLOCK_CODES):
            some = slice(start, start + _BLOCK_CODES)
            yield column[some] if self.kept is None else column[some][self.kept[some]]


class _Places(NamedTuple):
    """Where in the file each part begins."""

    words: int
    ids: int
    offsets: int
    positions: int
    end: int


def _places(count: int) -> _Places:
    layout = index_layouts.layout_of(count)
    ids = _HEADER_BYTES + count * WORDS * WORD.itemsize
    offsets = ids + count * ID.itemsize
    positions = offsets + layout.offsets * _NUMBER.itemsize
    end = positions + layout.tables * count * _NUMBER.itemsize
    return _Places(_HEADER_BYTES, ids, offsets, positions, end)


def write(path: Path, runs: Sequence[Run], between: Callable[[], object] = lambda: None) -> SegmentEntry:
    """Write a segment of the runs, durably: from 1 to MAX_CODES codes.

    between: called after each part of the work; whatever it raises ends it. Beyond what the runs are it
    needs 24 bytes a code. Raises DiskFull, WriteFailed; then there is no file at path.
    """
    count = sum(run.count for run in runs)
    places = _places(count)
    with index_files.new_file(path) as file:
        file.seek(places.words)
        for word in range(WORDS):
            for run in runs:
                _put_all(file, run.blocks(run.words[word]))
        for run in runs:
            _put_all(file, run.blocks(run.ids))
        file.flush()
        mapped = mmap.mmap(file.fileno(), places.ids, access=mmap.ACCESS_READ)
        _write_tables(file, _array(mapped, WORD, places.words, WORDS * count).reshape(WORDS, -1), between)
        digest = _digest(file.fileno(), places.end)
        fields = _HEADER.pack(_MAGIC, VERSION, 0, count, places.end - _HEADER_BYTES, digest)
        file.seek(0)
        file.write(fields + struct.pack("<I", zlib.crc32(fields)))
    return SegmentEntry(path.name, count, digest.hex())


def _write_tables(file: index_files.Sink, words: Words, between: Callable[[], object]) -> None:
    count = words.shape[1]
    places = _places(count)
    for number, table in enumerate(index_tables.build(words)):
        file.seek(places.offsets + number * (table.offsets.nbytes - _NUMBER.itemsize))
        _put(file, table.offsets)  # the last is the next table's first
        file.seek(places.positions + number * table.positions.nbytes)
        _put(file, table.positions)
        between()
    file.flush()


def _put_all(file: index_files.Sink, arrays: Iterable[NDArray[np.uint64]]) -> None:
    for array in arrays:
        _put(file, array)


def _put(file: index_files.Sink, array: NDArray[np.generic]) -> None:
    if array.size:
        file.write(np.ascontiguousarray(array).data.cast("B"))


def _array(mapped: mmap.mmap, kind: np.dtype[Any], place: int, size: int) -> NDArray[Any]:
    return np.frombuffer(mapped, kind, size, place)


def _digest(number: int, end: int) -> bytes:
    """Of what lies between the header and the end of an open file."""
    digest = hashlib.blake2b(digest_size=_DIGEST_BYTES)
    for at in range(_HEADER_BYTES, end, _BLOCK_BYTES):
        digest.update(os.pread(number, min(_BLOCK_BYTES, end - at), at))
    return digest.digest()


def payload_bytes(count: int) -> int:
    """Size of the payload of a segment of count codes."""
    return _places(count).end - _HEADER_BYTES


@dataclass(frozen=True, slots=True)
class Segment:
    """A segment file, mapped. The map goes with the last array that looks into it."""

    path: Path
    entry: SegmentEntry
    words: Words  #: (4, N)
    ids: Ids  #: (N,)
    tables: Tables
    data: mmap.mmap  #: the whole file

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
        count, places, layout = entry.count, _places(entry.count), index_layouts.layout_of(entry.count)
        tables = Tables(
            layout,
            _array(mapped, _NUMBER, places.offsets, layout.offsets),
            _array(mapped, _NUMBER, places.positions, layout.tables * count),
        )
        words = _array(mapped, WORD, places.words, WORDS * count).reshape(WORDS, -1)
        return cls(path, entry, words, _array(mapped, ID, places.ids, count), tables, mapped)

    def run(self, kept: NDArray[np.bool_] | None = None) -> Run:
        """Its codes, or those that are kept, (N,), for another segment."""
        return Run(self.words, self.ids, kept)

    def copy(self, path: Path) -> SegmentEntry:
        """Have it at path too: under a second name where that can be done. Raises DiskFull, WriteFailed."""
        try:
            os.link(self.path, path)
            index_files.sync_folder(path.parent)
        except OSError:  # another file system; or a merge has removed it, and the map is still there
            with index_files.new_file(path) as file, memoryview(self.data) as data:
                file.write(data)
        return replace(self.entry, name=path.name)

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
        with memoryview(self.data) as view:
            for at in range(_HEADER_BYTES, len(view), _BLOCK_BYTES):
                digest.update(view[at : at + _BLOCK_BYTES])
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
