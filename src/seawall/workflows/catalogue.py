"""The references as a search sees them: the database's rows, and two indexes that follow them.

The database is the truth. An index is built from it in the order of the references' numbers and
knows up to which number it is complete, in the same stroke as the codes themselves; so a process
that dies between the two leaves an index that is behind, never one that is wrong, and whoever
searches next brings it up to date.

References that were hashed here are indexed by their area codes, those that came as PDQ hashes in a
list by those: the two kinds of code are not compared with each other.
"""

from __future__ import annotations

import shutil
import threading
from collections import OrderedDict
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from seawall.matching import HammingIndex
from seawall.matching.candidates import POSITION_BITS, entry_ids
from seawall.matching.references import Entry, References
from seawall.model import bank, signal
from seawall.signals import pdq, video
from seawall.store.records import IndexEntry
from seawall.store.store import Store

_BATCH: Final = 2000
_KEPT_FINGERPRINTS: Final = 256
_FINGERPRINTS: Final = (signal.SignalType.VIDEO, signal.SignalType.IMAGE)
_LISTED_QUALITY: Final = 100  #: a list that names no quality is taken at its word


class Catalogue:
    """The references of one data folder."""

    def __init__(self, store: Store, folder: Path) -> None:
        self._store = store
        self._folder = folder
        self._lock = threading.Lock()
        self._fingerprints: OrderedDict[int, video.Fingerprint | None] = OrderedDict()
        self._own, self._listed = self._open("area"), self._open("pdq")

    def close(self) -> None:
        """Close the indexes."""
        self._own.close()
        self._listed.close()

    def references(self) -> References:
        """All live references, up to what was acknowledged before this call."""
        self.follow()
        return References(own=self._own, listed=self._listed, load=self._load, exact=self._exact)

    def follow(self) -> None:
        """Bring the indexes up to the database."""
        with self._lock:
            highest = self._store.highest_seq()
            while (mark := min(self._own.mark, self._listed.mark)) < highest:
                entries = self._store.entries_after(mark, _BATCH)
                _add(self._own, [one for one in entries if not _is_listed(one)], entries, highest)
                _add(self._listed, [one for one in entries if _is_listed(one)], entries, highest)

    def forget_removed(self) -> None:
        """Take out of the indexes what is no longer in any bank."""
        with self._lock:
            live = np.array(self._store.live_seqs(), np.uint64)
            for index in (self._own, self._listed):
                index.merge(lambda ids: np.isin(ids >> np.uint64(POSITION_BITS), live))

    def counts(self) -> dict[str, int]:
        """How many codes each index holds."""
        return {"area": len(self._own), "pdq": len(self._listed)}

    def verify(self) -> None:
        """Read every index file whole. Raises errors.IndexCorrupt."""
        self._own.verify()
        self._listed.verify()

    def _open(self, name: str) -> HammingIndex:
        folder = self._folder / name
        index = HammingIndex.open(folder)
        if index.mark <= self._store.highest_seq():
            return index
        # The database is older than the index: a backup was put back. Its numbers will be used anew.
        index.close()
        shutil.rmtree(folder)
        return HammingIndex.open(folder)

    def _load(self, numbers: Sequence[int]) -> Mapping[int, Entry]:
        live = self._store.live(numbers)
        return {number: self._entry(number, reference) for number, reference in live.items()}

    def _entry(self, number: int, reference: bank.Reference) -> Entry:
        return Entry(
            id=reference.id,
            negative=reference.negative,
            disputed=reference.state is bank.ReferenceState.DISPUTED,
            duration_s=reference.duration_s,
            fingerprint=self._kept_fingerprint(number),
        )

    def _kept_fingerprint(self, number: int) -> video.Fingerprint | None:
        """A reference's fingerprint; the last used ones stay in memory, since they never change."""
        with self._lock:
            if number in self._fingerprints:
                self._fingerprints.move_to_end(number)
                return self._fingerprints[number]
        fingerprint = _fingerprint(self._store.signals_of(number))
        with self._lock:
            self._fingerprints[number] = fingerprint
            while len(self._fingerprints) > _KEPT_FINGERPRINTS:
                self._fingerprints.popitem(last=False)
        return fingerprint

    def _exact(self, sha256: str, md5: str) -> Sequence[int]:
        """References with these digests. MD5 counts only where nothing better is known: it can be forged."""
        by_sha256 = self._store.exact(signal.SignalType.SHA256, bytes.fromhex(sha256))
        by_md5 = self._store.exact(signal.SignalType.MD5, bytes.fromhex(md5))
        only_md5 = [
            number
            for number in by_md5
            if all(one.type is not signal.SignalType.SHA256 for one in self._store.signals_of(number))
        ]
        return sorted({*by_sha256, *only_md5})


def _is_listed(entry: IndexEntry) -> bool:
    """Whether a reference came in a list as PDQ hashes, rather than being hashed here."""
    own = next((one for one in entry.signals if one.type in _FINGERPRINTS), None)
    return own is None or video.is_listed(own.value)


def _add(
    index: HammingIndex, chosen: Sequence[IndexEntry], entries: Sequence[IndexEntry], highest: int
) -> None:
    """Add the chosen of these entries that the index has not got, and move its mark past all of them."""
    mark = entries[-1].seq if entries else highest
    if mark <= index.mark:
        return
    fresh = [one for one in chosen if one.seq > index.mark]
    codes, ids = _single_hashes(fresh)
    for entry in fresh:
        fingerprint = None if _single_hash(entry) else _fingerprint(entry.signals)
        if fingerprint is not None:
            entry_codes, entry_numbers = entry_ids(entry.seq, fingerprint)
            codes.append(entry_codes)
            ids.append(entry_numbers)
    index.add(np.concatenate(codes), np.concatenate(ids), mark=mark)


def _single_hash(entry: IndexEntry) -> signal.Signal | None:
    """The one hash of a picture that a list brought: most of most lists."""
    only = entry.signals[0] if len(entry.signals) == 1 else None
    return only if only is not None and only.type is signal.SignalType.PDQ else None


def _single_hashes(entries: Sequence[IndexEntry]) -> tuple[list[NDArray[np.uint8]], list[NDArray[np.uint64]]]:
    """Their codes (n, 32) and index ids (n,), all at once: what `entry_ids` gives one by one."""
    found = [(entry.seq, hashed) for entry in entries if (hashed := _single_hash(entry))]
    usable = [(seq, hashed) for seq, hashed in found if _quality(hashed) >= video.MIN_QUALITY]
    codes = np.frombuffer(b"".join(hashed.value for _, hashed in usable), np.uint8)
    numbers = np.array([seq for seq, _ in usable], np.uint64)
    return [codes.reshape(-1, pdq.CODE_BYTES)], [numbers << np.uint64(POSITION_BITS)]


def _quality(hashed: signal.Signal) -> int:
    return _LISTED_QUALITY if hashed.quality is None else hashed.quality


def _fingerprint(signals: Sequence[signal.Signal]) -> video.Fingerprint | None:
    """What to search a reference by: its own fingerprint, or the one hash that a list brought."""
    by_type = {one.type: one for one in signals}
    for own in _FINGERPRINTS:
        if own in by_type and by_type[own].version == video.VERSION:
            return video.decode(by_type[own].value)
    if signal.SignalType.PDQ in by_type:
        hashed = by_type[signal.SignalType.PDQ]
        return video.listed([pdq.Pdq(hashed.value, _quality(hashed))], [0.0], 0.0)
    return None
