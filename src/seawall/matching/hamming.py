"""Exact search over a growing set of 256-bit codes, on disk, for one writer and many readers at a time.

New codes go to a small log that every query scans, or that gets tables in memory for those who ask with
thousands and are content with most of the answer; when it is full it becomes a segment with tables.
Segments are merged with their neighbours in the background, so that a search looks into few files; nobody
waits for that. The folder's manifest names what counts; a crash at any byte leaves exactly the adds that
were acknowledged (and at most the one in flight, whole).
"""

from __future__ import annotations

import dataclasses
import threading
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING, Final, Self

import numpy as np
from numpy.typing import NDArray

from seawall import errors
from seawall.matching import (
    index_codes,
    index_files,
    index_folder,
    index_log,
    index_manifest,
    index_merge,
    index_tables,
    segment_file,
)
from seawall.matching.index_codes import CODE_BITS, CODE_BYTES, ID, Codes, Ids, Numbers
from seawall.matching.index_log import DeltaLog
from seawall.matching.index_manifest import Manifest, ManifestReader, SegmentEntry
from seawall.matching.index_merge import Keep
from seawall.matching.segment_file import Run, Segment

if TYPE_CHECKING:
    from pathlib import Path
    from types import TracebackType

WAIT_S: Final = 5.0
MAX_MARK: Final = 2**64 - 1
#: With more segments than that, whoever adds merges before it returns.
MOST_SEGMENTS: Final = 16
#: For whoever else merges: the largest merges take minutes.
MERGE_WAIT_S: Final = 600.0
#: A file that a manifest names can vanish only when a newer manifest has come; that often in one read.
_LOAD_TRIES: Final = 50

_NO_HITS: Final = (np.zeros(0, np.int64), np.zeros(0, ID), np.zeros(0, np.int16))


class HammingIndex:
    """The index in one folder. Safe for threads; several processes may have it open at once."""

    def __init__(self, folder: Path, wait_s: float, fresh_codes: int) -> None:
        """Use HammingIndex.open."""
        self._folder = folder
        self._wait_s = wait_s
        self._fresh_codes = fresh_codes
        self._guard = threading.RLock()  #: of what follows, held for moments; writers hold the folder's lock
        self._segments: tuple[Segment, ...] = ()
        self._reader: ManifestReader | None = None
        self._log: DeltaLog | None = None
        self._merger = index_merge.Merger(self._merge_once)

    @classmethod
    def open(cls, path: Path, *, wait_s: float = WAIT_S, fresh_codes: int = index_log.MAX_CODES) -> Self:
        """The index in the folder at path, which is made where it is absent.

        wait_s: how long a write waits for another process's. Segments are mapped, not read.
        fresh_codes: how many may wait in the log before they become a segment.
        Raises IndexCorrupt, DiskFull, WriteFailed, StoreBusy.
        """
        index = cls(path, wait_s, fresh_codes)
        if not (path / index_manifest.NAME).exists():
            index_folder.create(path, wait_s)
        index._load()
        return index

    def add(self, codes: Codes, ids: Ids, *, mark: int | None = None, since: int | None = None) -> None:
        """Add codes, (N, 32) uint8, under ids, (N,) uint64: durable and searchable on return, all or none.

        An id is never given twice: the index does not check it. mark, a number of the caller's that
        never falls, is stored in the same stroke; N may be 0 to store only a mark. One call with
        many codes costs one sync, so collect them. What fills the log is merged in the background.
        since: the mark that the caller went by. Where another process has moved it, nothing is added, and
        `mark` tells where to go on.
        Raises DiskFull, WriteFailed, StoreBusy, IndexCorrupt; ValueError for a wrong shape or mark.
        """
        _check_codes(codes)
        if ids.dtype != np.uint64 or ids.shape != codes.shape[:1]:
            raise ValueError(f"ids must be ({len(codes)},) uint64, not {ids.shape} {ids.dtype}")
        with index_files.locked(self._folder, self._wait_s):
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
                with self._guard:
                    record = log.record(codes, ids, mark)
                log.write(record)
                self.refresh()
                return
            self._fold([Run(index_codes.as_words(codes), ids)], mark)
        self._tidy()

    def query(
        self, codes: Codes, radius: int, sure: int | None = None, *, refresh: bool = True
    ) -> tuple[Numbers, Ids, NDArray[np.int16]]:
        """Every (query, code) pair within radius bits, exactly, over all that was acknowledged before.

        sure: where not all are needed, the distance to which none may be missed. Of those further away
        most are found, at a fraction of the cost; in a crowd, of which only a part is looked at, fewer, and
        none is missed that is equal. refresh: False to pass over what other processes have added since this
        one last looked.

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
            tables = None if sure is None or not fresh_ids.size else log.tables()
        if not segments and not fresh_ids.size:
            return _NO_HITS
        queries = index_codes.as_words(codes)
        found = [(segment.search(queries, radius, sure), segment.ids) for segment in segments]
        if tables is not None:  # who is content with most of them asks thousands: a scan would be slow
            found.append((index_tables.search(fresh, tables, queries, radius, sure), fresh_ids))
        elif fresh_ids.size:
            found.append((index_codes.scan(fresh, queries, radius), fresh_ids))
        return _joined(found, len(codes))

    def refresh(self) -> None:
        """Take in what other processes added: two stats where nothing changed. Raises IndexCorrupt."""
        with self._guard:
            log = self._open_log()
            if self._reader is not None and self._reader.current():
                log.refresh()
            else:
                self._load()

    def merge(self, keep: Keep | None = None) -> None:
        """Rewrite everything into as few segments as possible, for faster queries; others go on meanwhile.

        keep: given ids, (N,) uint64, says which stay, (N,) bool. It is asked for all that was there when
        this was called, part by part; what is added meanwhile stays.
        Raises DiskFull, WriteFailed, StoreBusy, IndexCorrupt; then the index holds what it held.
        """
        with index_files.locked(self._folder, MERGE_WAIT_S, index_merge.LOCK_NAME):
            with index_files.locked(self._folder, self._wait_s):
                self.refresh()
                if self._open_log().count:
                    self._fold([], self._open_log().mark)
            segments = self._segments
            for group in index_merge.grouped([one.entry.count for one in segments], segment_file.MAX_CODES):
                old = segments[group]
                runs = [one.run(index_merge.kept(one.ids, keep)) for one in old]
                if len(old) > 1 or runs[0].count < old[0].entry.count:
                    self._replace(old, runs, lambda: None)

    def snapshot(self, folder: Path) -> None:
        """Make a copy in a folder that is not there yet: an index of its own, as this one was at some moment.

        Segments are linked where that can be done, which takes no time and no room; otherwise copied. Others
        go on meanwhile. Raises DiskFull, WriteFailed, StoreBusy, IndexCorrupt.
        """
        with errors.writing(folder):
            folder.mkdir(parents=True)
        with index_files.locked(self._folder, self._wait_s), self._guard:
            self.refresh()
            segments, manifest, image = self._segments, self._manifest(), self._open_log().image()
        for segment in segments:
            segment.copy(folder / segment.path.name)
        with index_files.new_file(folder / manifest.log) as file:
            file.write(image)
        manifest.write(folder)

    def restore(self, folder: Path) -> None:
        """Hold what the snapshot in that folder holds, and nothing else, with its mark; others go on.

        Raises DiskFull, WriteFailed, StoreBusy, IndexCorrupt; then the index holds what it held.
        """
        reader = index_folder.read_manifest(folder)
        reader.close()
        segments, fresh = index_folder.opened(folder, reader.manifest)
        fresh.close()
        with index_files.locked(self._folder, MERGE_WAIT_S, index_merge.LOCK_NAME):
            self.refresh()
            entries: list[SegmentEntry] = []
            try:
                for number, segment in enumerate(segments):
                    name = f"merged-{self._manifest().generation}-{number}.seg"
                    entries.append(segment.copy(self._folder / name))
                with index_files.locked(self._folder, self._wait_s):
                    self.refresh()
                    self._publish(entries, [Run(*fresh.codes())], fresh.mark)
            finally:
                self._clean_up("merged-*")

    def verify(self) -> None:
        """Read every file in full against its digests. Raises IndexCorrupt."""
        with self._guard:
            self.refresh()
            for segment in self._segments:
                segment.verify()
            log, manifest = self._open_log(), self._manifest()
            again = DeltaLog(log.path, manifest.log_generation, manifest.mark)
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
        """Let go of the files, and of a merge that is under way. Closing twice is harmless."""
        self._merger.stop()
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
            reader = index_folder.read_manifest(self._folder)
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
            if self._reader is not None:
                self._reader.close()
            if self._log is not None and log is not self._log:
                self._log.close()
            self._segments, self._reader, self._log = segments, reader, log
            return

    def _open_files(self, manifest: Manifest) -> tuple[tuple[Segment, ...], DeltaLog]:
        """Those files, as far as they are not open already."""
        known = {segment.entry: segment for segment in self._segments}
        segments = tuple(known.get(e) or Segment.open(self._folder, e) for e in manifest.segments)
        log = self._log
        if log is None or (log.path.name, log.generation) != (manifest.log, manifest.log_generation):
            log = DeltaLog(self._folder / manifest.log, manifest.log_generation, manifest.mark)
        log.refresh()
        return segments, log

    def _fold(self, added: Sequence[Run], mark: int) -> None:
        """Turn the log and what is added into a segment. The caller holds the write lock."""
        with self._guard:
            runs = [Run(*self._open_log().codes()), *added]
            entries = self._manifest().segments
        self._publish(entries, runs, mark)

    def _publish(self, entries: Sequence[SegmentEntry], runs: Sequence[Run], mark: int) -> None:
        """Make a new generation: those segments, the runs as one more, and an empty log."""
        generation = self._manifest().generation + 1
        log = f"delta-{generation}.log"
        try:
            made = [run for run in runs if run.count]
            if made:
                path = self._folder / f"segment-{generation}.seg"
                entries = (*entries, segment_file.write(path, made))
            index_log.create(self._folder / log, generation)
            Manifest(generation, mark, log, generation, tuple(entries)).write(self._folder)
        finally:
            with self._guard:
                self._load()
            self._clean_up("segment-*", "delta-*", index_manifest.NAME + index_files.TEMPORARY_SUFFIX)

    def _tidy(self) -> None:
        """Have segments merged in the background; or now, where that has fallen behind."""
        if len(self._segments) <= MOST_SEGMENTS:
            self._merger.wake()
            return
        with index_files.locked(self._folder, MERGE_WAIT_S, index_merge.LOCK_NAME):
            self._merge_chosen(lambda: None)

    def _merge_once(self, go_on: Callable[[], None]) -> bool:
        with index_files.locked(self._folder, 0, index_merge.LOCK_NAME):
            return self._merge_chosen(go_on)

    def _merge_chosen(self, go_on: Callable[[], None]) -> bool:
        """Merge what there is most reason to; whether there was anything. The caller holds that lock."""
        self.refresh()
        segments = self._segments
        chosen = index_merge.chosen([one.entry.count for one in segments], segment_file.MAX_CODES)
        if chosen is None:
            return False
        self._replace(segments[chosen], [one.run() for one in segments[chosen]], go_on)
        return True

    def _replace(self, old: Sequence[Segment], runs: Sequence[Run], go_on: Callable[[], None]) -> None:
        """Put one segment of the runs in place of old ones. The caller holds the merging lock."""
        path = self._folder / f"merged-{self._manifest().generation}.seg"
        try:
            made = [segment_file.write(path, runs, go_on)] if any(run.count for run in runs) else []
            with index_files.locked(self._folder, MERGE_WAIT_S):
                self.refresh()
                manifest = self._manifest()
                first = manifest.segments.index(old[0].entry)
                segments = (*manifest.segments[:first], *made, *manifest.segments[first + len(old) :])
                generation = manifest.generation + 1
                dataclasses.replace(manifest, generation=generation, segments=segments).write(self._folder)
                self.refresh()
                self._clean_up("segment-*")
        finally:
            self._clean_up("merged-*")

    def _clean_up(self, *patterns: str) -> None:
        """Remove the files that the manifest does not name: of older generations and of failed writes.

        Under the write lock it is for what writers make, under the merging lock for what merges make.
        """
        manifest = self._manifest()
        named = {manifest.log, *(entry.name for entry in manifest.segments)}
        for pattern in patterns:
            for path in self._folder.glob(pattern):
                if path.name not in named:
                    index_files.remove(path)


def _joined(
    found: Sequence[tuple[index_codes.Hits, Ids]], asked: int
) -> tuple[Numbers, Ids, NDArray[np.int16]]:
    """What was found by so many queries in each part, (M,), by query and then in the order of the parts."""
    if len(found) == asked == 1:
        ((hits, all_ids),) = found
        return hits.query_no, all_ids.take(hits.position).astype(np.uint64, copy=False), hits.distance
    query_no = np.concatenate([hits.query_no for hits, _ in found])
    if not query_no.size:  # as nearly always
        return _NO_HITS
    ids = np.concatenate([all_ids.take(hits.position) for hits, all_ids in found])
    distance = np.concatenate([hits.distance for hits, _ in found])
    order = np.argsort(query_no, kind="stable")
    return query_no[order], ids[order].astype(np.uint64, copy=False), distance[order]


def _check_codes(codes: Codes) -> None:
    if codes.dtype != np.uint8 or codes.shape[1:] != (CODE_BYTES,):
        raise ValueError(f"codes must be (N, {CODE_BYTES}) uint8, not {codes.shape} {codes.dtype}")
