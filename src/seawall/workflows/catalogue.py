"""The references as a search sees them: the database's rows, and indexes that follow them.

The database is the truth. An index is built from it in the order of the references' numbers and
knows up to which number it is complete, in the same stroke as the codes themselves; so a process
that dies between the two leaves an index that is behind, never one that is wrong, and whoever
searches next brings it up to date.

References that were hashed here are indexed by their area codes, those that came as PDQ hashes in a
list by those: the two kinds of code are not compared with each other. Where only hashes of a content are
given, they are compared with the PDQ hashes of both.
"""

from __future__ import annotations

import dataclasses
import itertools
import math
import shutil
import threading
import time
from collections import OrderedDict
from collections.abc import Callable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import Final, TypeVar

import numpy as np
from numpy.typing import NDArray

from seawall.matching import HammingIndex, described, index_log, sightings, sound
from seawall.matching.candidates import POSITION_BITS, entry_ids
from seawall.matching.references import Entry, References
from seawall.model import bank, signal
from seawall.signals import audio, learned, local, pdq, video
from seawall.store.records import IndexEntry
from seawall.store.store import Store
from seawall.workflows.lineage import Lineage

_BATCH: Final = 200
_KEPT_FINGERPRINTS: Final = 256
_FRESH_CODES: Final = (
    1 << 13
)  #: of keypoints and of sound a query asks with thousands: to go through many fresh ones would be slow
_KEYPOINTS: Final = (signal.SignalType.LOCAL,)
_SOUNDS: Final = (signal.SignalType.AUDIO,)
_DESCRIPTORS: Final = (signal.SignalType.LEARNED,)
_LEARNED: Final = "learned-"  #: a network's index is named so, and by its digest
_PICTURES: Final = (signal.SignalType.VIDEO, signal.SignalType.IMAGE, signal.SignalType.PDQ)
_FINGERPRINTS: Final = (signal.SignalType.VIDEO, signal.SignalType.IMAGE)
_LISTED_QUALITY: Final = 100  #: a list that names no quality is taken at its word


Kept = TypeVar("Kept")
CodesAndIds = tuple[NDArray[np.uint8], NDArray[np.uint64]]


class _Followed:
    """An index as it was when this process last followed it."""

    def __init__(self, index: HammingIndex) -> None:
        self._index = index

    def query(
        self, codes: NDArray[np.uint8], radius: int, sure: int | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.uint64], NDArray[np.int16]]:
        """As `HammingIndex.query`."""
        return self._index.query(codes, radius, sure, refresh=False)


class Catalogue:
    """The references of one data folder."""

    def __init__(self, store: Store, folder: Path, model: learned.Model | None = None) -> None:
        """model: the network whose descriptors are searched; those of others are left alone."""
        self._store = store
        self._folder = folder
        self._model = model
        self._lineage = Lineage(store, folder)
        self._lineage.settle()
        self._lock = threading.Lock()
        self._followed_s = -math.inf
        self._fingerprints: OrderedDict[int, video.Fingerprint | None] = OrderedDict()
        self._locals: OrderedDict[int, local.Local | None] = OrderedDict()
        self._own, self._listed = self._open("area"), self._open("pdq")
        self._hashes = self._open("own-pdq")
        self._local = self._open("local", _FRESH_CODES)
        self._sound = self._open("audio", _FRESH_CODES)
        self._sounds: OrderedDict[int, audio.Fingerprint | None] = OrderedDict()
        self._learned = None if model is None else self._open(_index_name(model))
        self._as_followed = dataclasses.replace(
            self._references(),
            own=_Followed(self._own),
            listed=_Followed(self._listed),
            hashes=_Followed(self._hashes),
        )

    def close(self) -> None:
        """Close the indexes."""
        for index in self._indexes():
            index.close()

    def references(self) -> References:
        """All live references, up to what was acknowledged before this call."""
        self.follow()
        return self._references()

    def as_followed(self) -> References:
        """All live references, up to what was acknowledged before the last `follow`.

        Codes of pictures and hashes are asked without a look at the disk.
        """
        return self._as_followed

    def _references(self) -> References:
        return References(
            own=self._own,
            listed=self._listed,
            hashes=self._hashes,
            keypoints=self._local,
            sounds=self._sound,
            load=self._load,
            load_keypoints=self._load_local,
            load_sound=self._load_sound,
            exact=self._exact,
            learned=self._learned,
            load_learned=self._load_learned,
        )

    @property
    def behind_s(self) -> float:
        """How long ago the indexes were up to the database."""
        return time.monotonic() - self._followed_s

    def follow(self) -> None:
        """Bring the indexes up to the database."""
        with self._lock:
            asked_s = time.monotonic()
            highest = self._store.highest_seq()
            if min(index.mark for index in self._indexes()) < highest:
                self._lineage.note(highest)
            while (mark := min(index.mark for index in self._indexes())) < highest:
                entries = [one for one in self._store.entries_after(mark, _BATCH) if one.seq <= highest]
                _add(self._own, [one for one in entries if not _is_listed(one)], entries, highest)
                _add(self._listed, [one for one in entries if _is_listed(one)], entries, highest)
                _add_parts(self._hashes, entries, highest, _hash_entries)
                _add_parts(self._local, entries, highest, _keypoint_entries)
                _add_parts(self._sound, entries, highest, _sound_entries)
                if self._learned is not None:
                    _add_parts(self._learned, entries, highest, self._learned_entries)
            self._followed_s = asked_s

    def describe(self, number: int, known: learned.Descriptors) -> None:
        """Index what the network says of a reference that has been indexed without.

        To be called before it is stored: what is indexed and not stored is never found, what is stored
        and not indexed would never be looked for.
        """
        if self._learned is not None:
            self._learned.add(*described.entry_ids(number, known))

    def is_described(self, number: int) -> bool:
        """Whether nothing is left to be said of a reference: no network is set, or it has spoken."""
        return self._model is None or self._load_learned(number) is not None

    def knows_other_models(self) -> bool:
        """Whether references are described by another network than the one that is set."""
        if self._model is None or not self._others():  # whoever described something has left an index
            return False
        return self._store.has_other_version(signal.SignalType.LEARNED, self._model.version)

    def forget_removed(self) -> None:
        """Take out of the indexes what is no longer in any bank. Searches go on, and what is added stays."""
        newest, shift = np.uint64(self._store.highest_seq()), np.uint64(POSITION_BITS)
        live = np.array(self._store.live_seqs(), np.uint64)
        for index in itertools.chain(self._indexes(), self._closed()):
            index.merge(lambda ids: np.isin(ids >> shift, live) | (ids >> shift > newest))

    def counts(self) -> dict[str, int]:
        """How many codes each index holds."""
        names = ("area", "pdq", "local", "audio", "own-pdq", "learned")[: len(self._indexes())]
        return {name: len(index) for name, index in zip(names, self._indexes(), strict=True)}

    def verify(self) -> None:
        """Read every index file whole. Raises errors.IndexCorrupt."""
        for index in self._indexes():
            index.verify()

    def _indexes(self) -> tuple[HammingIndex, ...]:
        always = (self._own, self._listed, self._local, self._sound, self._hashes)
        return always if self._learned is None else (*always, self._learned)

    def _closed(self) -> Iterator[HammingIndex]:
        """The indexes of networks that are not set now, each open while it is looked at."""
        for folder in self._others():
            with HammingIndex.open(folder) as index:
                yield index

    def _others(self) -> list[Path]:
        """Where the indexes of networks are that are not set."""
        own = None if self._model is None else _index_name(self._model)
        return sorted(folder for folder in self._folder.glob(f"{_LEARNED}*") if folder.name != own)

    def _open(self, name: str, fresh_codes: int = index_log.MAX_CODES) -> HammingIndex:
        folder = self._folder / name
        index = HammingIndex.open(folder, fresh_codes=fresh_codes)
        if index.mark <= self._store.highest_seq():
            return index
        # The database is older than the index: a backup was put back. Its numbers will be used anew.
        index.close()
        for stale in {folder, *self._folder.glob(f"{_LEARNED}*")}:
            shutil.rmtree(stale)
        return HammingIndex.open(folder, fresh_codes=fresh_codes)

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
        return self._kept(
            self._fingerprints, number, lambda: _fingerprint(self._store.signals_of(number, _PICTURES))
        )

    def _load_local(self, number: int) -> local.Local | None:
        return self._kept(
            self._locals,
            number,
            lambda: _keypoints(self._store.signals_of(number, _KEYPOINTS)),
        )

    def _load_sound(self, number: int) -> audio.Fingerprint | None:
        return self._kept(self._sounds, number, lambda: _sound(self._store.signals_of(number, _SOUNDS)))

    def _load_learned(self, number: int) -> learned.Descriptors | None:
        """Not kept: another process may have described the reference meanwhile."""
        return self._said(self._store.signals_of(number, _DESCRIPTORS))

    def _learned_entries(self, entry: IndexEntry) -> Iterator[CodesAndIds]:
        known = self._said(entry.signals)
        if known is not None:
            yield described.entry_ids(entry.seq, known)

    def _said(self, signals: Sequence[signal.Signal]) -> learned.Descriptors | None:
        """What the network that is set says of a reference; None where it has not been asked."""
        for one in signals:
            if one.type is signal.SignalType.LEARNED and self._model is not None:
                known = learned.decode(one.value)
                if known.model == self._model.sha256:
                    return known
        return None

    def _kept(self, kept: OrderedDict[int, Kept], number: int, read: Callable[[], Kept]) -> Kept:
        with self._lock:
            if number in kept:
                kept.move_to_end(number)
                return kept[number]
        value = read()
        with self._lock:
            kept[number] = value
            while len(kept) > _KEPT_FINGERPRINTS:
                kept.popitem(last=False)
        return value

    def _exact(self, sha256: str | None, md5: str | None) -> Sequence[int]:
        """References with one of these digests.

        MD5 counts only where one of the two sides knows nothing better: it can be forged.
        """
        by_sha256 = self._carriers(signal.SignalType.SHA256, sha256)
        by_md5 = self._carriers(signal.SignalType.MD5, md5)
        only_md5 = [
            number
            for number in by_md5
            if sha256 is None
            or all(one.type is not signal.SignalType.SHA256 for one in self._store.signals_of(number))
        ]
        return sorted({*by_sha256, *only_md5})

    def _carriers(self, digest: signal.SignalType, value: str | None) -> Sequence[int]:
        return () if value is None else self._store.exact(digest, bytes.fromhex(value))


def _index_name(model: learned.Model) -> str:
    return _LEARNED + model.sha256.hex()[:32]


def _is_listed(entry: IndexEntry) -> bool:
    """Whether a reference came in a list as PDQ hashes, rather than being hashed here."""
    own = next((one for one in entry.signals if one.type in _FINGERPRINTS), None)
    return own is None or video.is_listed(own.value)


def _add(
    index: HammingIndex, chosen: Sequence[IndexEntry], entries: Sequence[IndexEntry], highest: int
) -> None:
    """Add the chosen of these entries that the index has not got, and move its mark past all of them."""
    mark, known = entries[-1].seq if entries else highest, index.mark
    if mark <= known:
        return
    fresh = [one for one in chosen if one.seq > known]
    codes, ids = _single_hashes(fresh)
    for entry in fresh:
        fingerprint = None if _single_hash(entry) else _fingerprint(entry.signals)
        if fingerprint is not None:
            entry_codes, entry_numbers = entry_ids(entry.seq, fingerprint)
            codes.append(entry_codes)
            ids.append(entry_numbers)
    index.add(np.concatenate(codes), np.concatenate(ids), mark=mark, since=known)


def _add_parts(
    index: HammingIndex,
    entries: Sequence[IndexEntry],
    highest: int,
    entered: Callable[[IndexEntry], Iterator[CodesAndIds]],
) -> None:
    """Add what is `entered` of those entries that the index has not got, and move its mark past all."""
    mark, known = entries[-1].seq if entries else highest, index.mark
    if mark <= known:
        return
    codes, ids = [np.zeros((0, pdq.CODE_BYTES), np.uint8)], [np.zeros(0, np.uint64)]
    for entry in entries:
        for entry_codes, entry_numbers in entered(entry) if entry.seq > known else ():
            codes.append(entry_codes)
            ids.append(entry_numbers)
    index.add(np.concatenate(codes), np.concatenate(ids), mark=mark, since=known)


def _hash_entries(entry: IndexEntry) -> Iterator[CodesAndIds]:
    """The PDQ hashes of what was hashed here."""
    made = None if _is_listed(entry) else _fingerprint(entry.signals)
    if made is not None:
        yield entry_ids(entry.seq, made.as_listed())


def _keypoint_entries(entry: IndexEntry) -> Iterator[CodesAndIds]:
    points = _keypoints(entry.signals)
    if points is not None:
        yield sightings.entry_ids(entry.seq, points)


def _sound_entries(entry: IndexEntry) -> Iterator[CodesAndIds]:
    heard = _sound(entry.signals)
    if heard is not None:
        yield sound.entry_ids(entry.seq, heard)


def _sound(signals: Sequence[signal.Signal]) -> audio.Fingerprint | None:
    """A reference's sound; None where there is none, or only of another version."""
    for one in signals:
        if one.type is signal.SignalType.AUDIO and one.version == audio.VERSION:
            return audio.decode(one.value)
    return None


def _keypoints(signals: Sequence[signal.Signal]) -> local.Local | None:
    """A reference's keypoints; None where there are none, or only of another version."""
    for one in signals:
        if one.type is signal.SignalType.LOCAL and one.version == local.VERSION:
            return local.decode(one.value)
    return None


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
