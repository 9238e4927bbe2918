"""Exact search over a growing set of 256-bit codes, on disk, for one writer and many readers at a time.

New codes go to a small log that every query scans, or that gets tables in memory for those who ask with
thousands and are content with most of the answer; when it is full it becomes a segment with tables,
and segments are merged with older ones of like size, so that each code is rewritten O(log N) times
and a search looks into O(log N) files. The folder's manifest names what counts; a crash at any byte
leaves exactly the adds that were acknowledged (and at most the one in flight, whole).
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Final, Self

import numpy as np
from numpy.typing import NDArray

from seawall import errors
from seawall.matching import (
    index_codes,
    index_files,
    index_log,
    index_manifest,
    index_tables,
    segment_file,
)
from seawall.matching.index_codes import CODE_BITS, CODE_BYTES, ID, Codes, Ids, Numbers, Words
from seawall.matching.index_log import DeltaLog
from seawall.matching.index_manifest import Manifest, ManifestReader, SegmentEntry
from seawall.matching.segment_file import Segment

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path
    from types import TracebackType

WAIT_S: Final = 5.0
MAX_MARK: Final = 2**64 - 1
#: A segment is rewritten together with what comes after it once that is more than half its size.
_GROWTH: Final = 2
#: A file that a manifest names can vanish only when a newer manifest has come; that often in one read.
_LOAD_TRIES: Final = 50

Keep = Callable[[Ids], NDArray[np.bool_]]
Run = tuple[Words, Ids]

_NO_HITS: Final = (np.zeros(0, np.int64), np.zeros(0, ID), np.zeros(0, np.int16))


class HammingIndex:
    """The index in one folder. Safe for threads; several processes may have it open at once."""

    def __init__(self, folder: Path, wait_s: float, fresh_codes: int) -> None:
        """Use HammingIndex.open."""
        self._folder = folder
        self._wait_s = wait_s
        self._fresh_codes = fresh_codes
        self._guard = threading.RLock()
        self._segments: tuple[Segment, ...] = ()
        self._reader: ManifestReader | None = None
        self._log: DeltaLog | None = None

    @classmethod
    def open(cls, path: Path, *, wait_s: float = WAIT_S, fresh_codes: int = index_log.MAX_CODES) -> Self:
        """The index in the folder at path, which is made where it is absent.

        wait_s: how long a write waits for another process's. Segments are mapped, not read.
        fresh_codes: how many may wait in the log before they become a segment.
        Raises IndexCorrupt, DiskFull, WriteFailed, StoreBusy.
        """
        index = cls(path, wait_s, fresh_codes)
        if not (path / index_manifest.NAME).exists():
            _create(path, wait_s)
        index._load()
        return index

    def add(self, codes: Codes, ids: Ids, *, mark: int | None = None, since: int | None = None) -> None:
        """Add codes, (N, 32) uint8, under ids, (N,) uint64: durable and searchable on return, all or none.

        An id is never given twice: the index does not check it. mark, a number of the caller's that
        never falls, is stored in the same stroke; N may be 0 to store only a mark. One call with
        many codes costs one sync, so collect them; a call that fills the log also merges segments.
        since: the mark that the caller went by. Where another process has moved it, nothing is added, and
        `mark` tells where to go on.
        Raises DiskFull, WriteFailed, StoreBusy, IndexCorrupt; ValueError for a wrong shape or mark.
        """
        _check_codes(codes)
        if ids.dtype != np.uint64 or ids.shape != codes.shape[:1]:
            raise ValueError(f"ids must be ({len(codes)},) uint64, not {ids.shape} {ids.dtype}")
        with self._guard, index_files.locked(self._folder, self._wait_s):
            self.refresh()
            log = self._open_log()
            if since is not None and log.mark != since:
                return
            mark = log.mark if mark is None else mark
            if not log.mark <= mark <= MAX_MARK:
                raise ValueError(f"mark {mark} is under the present one, {log.mark}, or over {MAX_MARK}")
            if len(ids) == 0 and mark == log.mark:
                return
            if log.has_room(len(ids)) and log.count + len(ids) <= self._fresh_codes:
                log.append(codes, ids, mark)
            else:
                self._fold((index_codes.as_words(codes), ids), mark)

    def query(
        self, codes: Codes, radius: int, sure: int | None = None, *, refresh: bool = True
    ) -> tuple[Numbers, Ids, NDArray[np.int16]]:
        """Every (query, code) pair within radius bits, exactly, over all that was acknowledged before.

        sure: where not all are needed, the distance to which none may be missed. Of those further away
        most are found, at a fraction of the cost. refresh: False to pass over what other processes have
        added since this one last looked.

        codes: (Q, 32) uint8; radius: 0 to 256. Returns query_no (M,) int64, ids (M,) uint64 and
        distances (M,) int16, by query and then in the order of adding. Beyond the answer and the
        map it needs some MB. Raises IndexCorrupt; ValueError for a wrong shape or radius.
        """
        _check_codes(codes)
        if not 0 <= radius <= CODE_BITS:
            raise ValueError(f"radius {radius} is not from 0 to {CODE_BITS}")
        with self._guard:
            if refresh:
                self.refresh()
            segments, log = self._segments, self._open_log()
            fresh, fresh_ids = log.codes()
            tables = None if sure is None or not log.count else log.tables()
        if not segments and not log.count:
            return _NO_HITS
        queries = index_codes.as_words(codes)
        found = [(segment.search(queries, radius, sure), segment.ids) for segment in segments]
        if tables is not None:  # who is content with most of them asks thousands: a scan would be slow
            found.append((index_tables.search(fresh, tables, queries, radius, sure), fresh_ids))
        elif log.count:
            found.append((index_codes.scan(fresh, queries, radius), fresh_ids))
        query_no = np.concatenate([hits.query_no for hits, _ in found])
        if not query_no.size:  # as nearly always
            return _NO_HITS
        ids = np.concatenate([all_ids.take(hits.position) for hits, all_ids in found])
        distance = np.concatenate([hits.distance for hits, _ in found])
        order = np.argsort(query_no, kind="stable")
        return query_no[order], ids[order].astype(np.uint64, copy=False), distance[order]

    def refresh(self) -> None:
        """Take in what other processes added: two stats where nothing changed. Raises IndexCorrupt."""
        with self._guard:
            log = self._open_log()
            if self._reader is not None and self._reader.current():
                log.refresh()
            else:
                self._load()

    def merge(self, keep: Keep | None = None) -> None:
        """Rewrite everything into as few segments as possible, for faster queries.

        keep: given ids, (N,) uint64, says which stay, (N,) bool; it is called while writers wait.
        Raises DiskFull, WriteFailed, StoreBusy, IndexCorrupt; then the index is as before.
        """
        with self._guard, index_files.locked(self._folder, self._wait_s):
            self.refresh()
            log = self._open_log()
            if keep is None and not log.count and len(self._segments) <= 1:
                return
            runs: list[Run] = [(segment.words, segment.ids) for segment in self._segments]
            runs.append(log.codes())
            self._publish((), (_kept(run, keep) for run in runs), log.mark)

    def verify(self) -> None:
        """Read every file in full against its digests. Raises IndexCorrupt."""
        with self._guard:
            self.refresh()
            for segment in self._segments:
                segment.verify()
            log, manifest = self._open_log(), self._manifest()
            again = DeltaLog(log.path, manifest.generation, manifest.mark)
            again.close()
            if again.count < log.count:
                raise errors.IndexCorrupt(path=log.path, reason="a record is damaged")

    @property
    def mark(self) -> int:
        """The mark of the last add that this process knows; 0 before the first."""
        return self._open_log().mark

    def __len__(self) -> int:
        """Codes in the index, as far as this process knows."""
        with self._guard:
            return sum(segment.entry.count for segment in self._segments) + self._open_log().count

    def close(self) -> None:
        """Let go of the files. Closing twice is harmless."""
        with self._guard:
            if self._log is not None:
                self._log.close()
            if self._reader is not None:
                self._reader.close()
            self._segments, self._reader, self._log = (), None, None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def _open_log(self) -> DeltaLog:
        if self._log is None:
            raise ValueError(f"the index {self._folder} is closed")
        return self._log

    def _manifest(self) -> Manifest:
        if self._reader is None:
            raise ValueError(f"the index {self._folder} is closed")
        return self._reader.manifest

    def _load(self) -> None:
        """Open the files that the current manifest names."""
        for attempt in range(_LOAD_TRIES):
            reader = _read_manifest(self._folder)
            try:
                segments, log = self._open_files(reader.manifest)
            except FileNotFoundError as error:
                superseded = not reader.current()
                reader.close()
                if superseded and attempt + 1 < _LOAD_TRIES:
                    continue
                raise errors.IndexCorrupt(path=error.filename, reason="it is missing") from None
            except BaseException:
                reader.close()
                raise
            self.close()
            self._segments, self._reader, self._log = segments, reader, log
            return

    def _open_files(self, manifest: Manifest) -> tuple[tuple[Segment, ...], DeltaLog]:
        known = {segment.entry: segment for segment in self._segments}
        segments = tuple(known.get(e) or Segment.open(self._folder, e) for e in manifest.segments)
        return segments, DeltaLog(self._folder / manifest.log, manifest.generation, manifest.mark)

    def _fold(self, added: Run, mark: int) -> None:
        """Turn the log and what is added into a segment, together with older ones of like size."""
        log = self._open_log()
        runs = [log.codes(), added]
        older = list(self._segments)
        size = log.count + len(added[1])
        while older and older[-1].entry.count < _GROWTH * size <= _GROWTH * segment_file.MAX_CODES:
            if older[-1].entry.count + size > segment_file.MAX_CODES:
                break
            merged = older.pop()
            runs.insert(0, (merged.words, merged.ids))
            size += merged.entry.count
        self._publish(older, runs, mark)

    def _publish(self, unchanged: Iterable[Segment], runs: Iterable[Run], mark: int) -> None:
        """Make a new generation: the unchanged segments, the runs as new ones, and an empty log."""
        generation = self._manifest().generation + 1
        entries = [segment.entry for segment in unchanged]
        log = f"delta-{generation}.log"
        made: list[SegmentEntry] = []
        try:
            for number, run in enumerate(_full_runs(runs)):
                name = f"segment-{generation}-{number}.seg"
                made.append(segment_file.write(self._folder / name, *run))
            index_log.create(self._folder / log, generation)
            Manifest(generation, mark, log, (*entries, *made)).write(self._folder)
        finally:
            self._load()
            self._clean_up()

    def _clean_up(self) -> None:
        """Remove the files that the manifest does not name: of older generations and of failed writes."""
        manifest = self._manifest()
        named = {index_manifest.NAME, manifest.log, *(entry.name for entry in manifest.segments)}
        for pattern in ("segment-*", "delta-*", "*" + index_files.TEMPORARY_SUFFIX):
            for path in self._folder.glob(pattern):
                if path.name not in named:
                    index_files.remove(path)


def _create(folder: Path, wait_s: float) -> None:
    with errors.writing(folder):
        folder.mkdir(parents=True, exist_ok=True)
    with index_files.locked(folder, wait_s):
        path = folder / index_manifest.NAME
        if path.exists():
            return
        manifest = Manifest(1, 0, "delta-1.log", ())
        for other in (*folder.glob("segment-*.seg"), *folder.glob("delta-*.log")):
            # All that a first start that was cut off can leave is its empty log.
            if other.name != manifest.log or other.stat().st_size != index_log.EMPTY_BYTES:
                raise errors.IndexCorrupt(path=path, reason=f"it is missing, though {other.name} is there")
        index_log.create(folder / manifest.log, manifest.generation)
        manifest.write(folder)


def _read_manifest(folder: Path) -> ManifestReader:
    try:
        return ManifestReader(folder)
    except FileNotFoundError as error:
        raise errors.IndexCorrupt(path=error.filename, reason="it is missing") from None


def _check_codes(codes: Codes) -> None:
    if codes.dtype != np.uint8 or codes.shape[1:] != (CODE_BYTES,):
        raise ValueError(f"codes must be (N, {CODE_BYTES}) uint8, not {codes.shape} {codes.dtype}")


def _kept(run: Run, keep: Keep | None) -> Run:
    words, ids = run
    if keep is None or not ids.size:
        return run
    kept = np.asarray(keep(ids.astype(np.uint64)))
    if kept.dtype != np.bool_ or kept.shape != ids.shape:
        raise ValueError(f"keep must return ({ids.size},) bool, not {kept.shape} {kept.dtype}")
    return words[:, kept], ids[kept]


def _full_runs(runs: Iterable[Run]) -> Iterator[Run]:
    """The same codes in as few runs as segments can hold."""
    waiting: list[Run] = []
    size = 0
    for run in runs:
        waiting.append(run)
        size += run[1].size
        while size >= segment_file.MAX_CODES:
            words, ids = _joined(waiting)
            yield words[:, : segment_file.MAX_CODES], ids[: segment_file.MAX_CODES]
            waiting = [(words[:, segment_file.MAX_CODES :], ids[segment_file.MAX_CODES :])]
            size -= segment_file.MAX_CODES
    if size:
        yield _joined(waiting)


def _joined(runs: list[Run]) -> Run:
    words = np.concatenate([words for words, _ in runs], axis=1)
    return words, np.concatenate([ids for _, ids in runs]).astype(ID, copy=False)
