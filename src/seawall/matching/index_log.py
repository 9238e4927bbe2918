"""The delta log: what was added since the last segment, one checksummed record an add.

An add is acknowledged once its record is synced, so only the last record can be torn. Each record's
CRC-32 takes up the one before it: a record counts only in the chain it was written in. A tail that
is no whole record is ignored by readers and cut off by the next writer; a damaged record with
others after it is not a torn write, and is reported.

Layout, little-endian: header = magic (8), version (u32), generation (u64), CRC (u32); record =
magic (4), count (u32), mark (u64), chained CRC (u32), CRC of these fields (u32), ids, codes.

Known limit: a last record that decays on disk after its add cannot be told from a torn one.
"""

from __future__ import annotations

import contextlib
import os
import struct
import zlib
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from seawall import errors
from seawall.matching import index_files, index_tables
from seawall.matching.index_codes import (
    CODE_BYTES,
    ID,
    WORD,
    WORDS,
    Codes,
    Ids,
    Words,
    as_words,
    no_words,
)
from seawall.matching.index_tables import Tables

if TYPE_CHECKING:
    from pathlib import Path

VERSION: Final = 1
#: Scanned in full by every query, so its size bounds what it costs (about 0.2 ms a query when full).
MAX_CODES: Final = 65_536
MAX_BYTES: Final = 8 * 2**20
_MAGIC: Final = b"SWDELTA\0"
_HEADER: Final = struct.Struct("<8sIQ")
_HEADER_BYTES: Final = _HEADER.size + 4
EMPTY_BYTES: Final = _HEADER_BYTES  #: size of a log without records
_RECORD_MAGIC: Final = b"SWad"
_FIELDS: Final = struct.Struct("<4sIQ")
_CHECKS: Final = struct.Struct("<II")
_RECORD_BYTES: Final = _FIELDS.size + _CHECKS.size
_ITEM_BYTES: Final = CODE_BYTES + ID.itemsize


def create(path: Path, generation: int) -> None:
    """Write an empty log. Raises DiskFull, WriteFailed."""
    with index_files.new_file(path) as file:
        file.write(_header(generation))


class Record(NamedTuple):
    """Bytes of one add, and where in the file they go."""

    place: int
    data: bytes


class DeltaLog:
    """A log open for reading, with all its codes in memory. Not safe for threads: its owner locks."""

    def __init__(self, path: Path, generation: int, mark: int) -> None:
        """Read the log whole; mark is the one that holds before its first record.

        Raises IndexCorrupt, FileNotFoundError.
        """
        self.path = path
        self.generation = generation
        self._first_mark = mark
        self._file = path.open("rb", buffering=0)
        try:
            self._check_header(_header(generation))
            self._chain_start = zlib.crc32(_header(generation))
            self._forget()
            self.refresh()
        except BaseException:
            self._file.close()
            raise

    def _check_header(self, expected: bytes) -> None:
        if self._file.read(_HEADER_BYTES) != expected:
            raise errors.IndexCorrupt(path=self.path, reason="its header is not that of this log")

    def _forget(self) -> None:
        self.mark = self._first_mark
        self.count = 0
        self._end = _HEADER_BYTES
        self._torn_tail = b""
        self._chain = self._chain_start
        self._words: Words = no_words()
        self._ids: Ids = np.empty(0, ID)
        self._tables: Tables | None = None

    def codes(self) -> tuple[Words, Ids]:
        """(4, N) words and (N,) ids; they stay as they are while the log goes on growing."""
        return self._words[:, : self.count], self._ids[: self.count]

    def tables(self) -> Tables:
        """Tables over the codes, in memory: made in a few ms for the first who asks since the last add."""
        if self._tables is None:
            self._tables = index_tables.joined(index_tables.build(self._words[:, : self.count]), self.count)
        return self._tables

    def has_room(self, count: int) -> bool:
        """Whether a record of count codes should go here rather than into a segment."""
        size = self._end + _RECORD_BYTES + count * _ITEM_BYTES
        return self.count + count <= MAX_CODES and size <= MAX_BYTES

    def refresh(self) -> None:
        """Take in what was written since. Raises IndexCorrupt."""
        size = os.fstat(self._file.fileno()).st_size
        if size == self._end:
            return
        if size < self._end:  # a failed add was seen by this reader before its writer took it back
            self._forget()
        tail = self._read_to(size)
        if tail == self._torn_tail:
            return
        if self.count and not _is_unfinished(tail):
            self._forget()  # perhaps the same, and another record has come in its place
            tail = self._read_to(size)
        self._check_torn(tail)
        self._torn_tail = tail

    def record(self, codes: Codes, ids: Ids, mark: int) -> Record:
        """What is to be written to add these. The caller holds the write lock and has refreshed."""
        fields = _FIELDS.pack(_RECORD_MAGIC, len(ids), mark)
        body = ids.astype(ID).tobytes() + codes.tobytes()
        chain = zlib.crc32(body, zlib.crc32(fields, self._chain))
        return Record(self._end, fields + _CHECKS.pack(chain, zlib.crc32(fields)) + body)

    def write(self, record: Record) -> None:
        """Write a record durably; others may read the log meanwhile, and have it with their next refresh.

        The caller still holds the write lock. Raises DiskFull, WriteFailed; then nothing of it remains.
        """
        with errors.writing(self.path):
            number = os.open(self.path, os.O_WRONLY | os.O_CLOEXEC)
            try:
                os.ftruncate(number, record.place)  # a torn record of a writer that died
                _write_synced(number, record.data, record.place)
            except OSError:
                with contextlib.suppress(OSError):
                    os.ftruncate(number, record.place)
                raise
            finally:
                os.close(number)

    def image(self) -> bytes:
        """The file, up to the last record that was taken in."""
        return _pread(self._file.fileno(), self._end, 0)

    def close(self) -> None:
        """Let go of the file; the codes stay."""
        self._file.close()

    def _read_to(self, size: int) -> bytes:
        """Take in the whole records up to size; return what follows them."""
        data = _pread(self._file.fileno(), size - self._end, self._end)
        ids: list[bytes] = []
        codes: list[bytes] = []
        at = 0
        while (count := self._whole_record(data, at)) is not None:
            ids_at = at + _RECORD_BYTES
            codes_at = ids_at + count * ID.itemsize
            _, _, self.mark = _FIELDS.unpack_from(data, at)
            self._chain, _ = _CHECKS.unpack_from(data, at + _FIELDS.size)
            at = ids_at + count * _ITEM_BYTES
            ids.append(data[ids_at:codes_at])
            codes.append(data[codes_at:at])
        self._extend(
            np.frombuffer(b"".join(codes), np.uint8).reshape(-1, CODE_BYTES),
            np.frombuffer(b"".join(ids), ID),
        )
        self._end += at
        return data[at:]

    def _whole_record(self, data: bytes, at: int) -> int | None:
        """How many codes the record at that byte holds; None where it is not whole."""
        count = _record_count(data, at)
        if count is None:
            return None
        body_at = at + _RECORD_BYTES
        body_end = body_at + count * _ITEM_BYTES
        if body_end > len(data):
            return None
        chain = zlib.crc32(data[body_at:body_end], zlib.crc32(data[at : at + _FIELDS.size], self._chain))
        return count if chain == _CHECKS.unpack_from(data, at + _FIELDS.size)[0] else None

    def _check_torn(self, tail: bytes) -> None:
        """Raise IndexCorrupt where the tail is more than one record that was not finished."""
        count = _record_count(tail, 0)
        if _has_record(tail) if count is None else _RECORD_BYTES + count * _ITEM_BYTES < len(tail):
            raise errors.IndexCorrupt(path=self.path, reason=f"the record at byte {self._end} is damaged")

    def _extend(self, codes: Codes, ids: Ids) -> None:
        """Append to the arrays; views that were given out keep their length and content."""
        count = self.count + len(ids)
        if count > self._ids.size:
            room = max(1024, 2 * count)
            words, all_ids = np.empty((WORDS, room), WORD), np.empty(room, ID)
            words[:, : self.count], all_ids[: self.count] = self.codes()
            self._words, self._ids = words, all_ids
        self._words[:, self.count : count] = as_words(codes)
        self._ids[self.count : count] = ids
        self.count = count
        self._tables = None


def _header(generation: int) -> bytes:
    fields = _HEADER.pack(_MAGIC, VERSION, generation)
    return fields + struct.pack("<I", zlib.crc32(fields))


def _record_count(data: bytes, at: int) -> int | None:
    """The count of codes that a sound record header at that byte announces, or None."""
    if at + _RECORD_BYTES > len(data):
        return None
    magic, count, _ = _FIELDS.unpack_from(data, at)
    sound = zlib.crc32(data[at : at + _FIELDS.size]) == _CHECKS.unpack_from(data, at + _FIELDS.size)[1]
    return int(count) if magic == _RECORD_MAGIC and sound else None


def _is_unfinished(tail: bytes) -> bool:
    """Whether the tail is a record whose end is still to come (or nothing at all)."""
    count = _record_count(tail, 0)
    if count is None:
        return len(tail) < _RECORD_BYTES
    return len(tail) < _RECORD_BYTES + count * _ITEM_BYTES


def _has_record(data: bytes) -> bool:
    at = data.find(_RECORD_MAGIC)
    while at >= 0:
        if _record_count(data, at) is not None:
            return True
        at = data.find(_RECORD_MAGIC, at + 1)
    return False


def _pread(number: int, size: int, offset: int) -> bytes:
    parts: list[bytes] = []
    while size > 0 and (part := os.pread(number, size, offset)):
        parts.append(part)
        size -= len(part)
        offset += len(part)
    return b"".join(parts)


def _write_synced(number: int, data: bytes, offset: int) -> None:
    view = memoryview(data)
    while view:
        written = os.pwrite(number, view, offset)
        view = view[written:]
        offset += written
    os.fsync(number)
