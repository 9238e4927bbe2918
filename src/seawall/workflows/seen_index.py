"""An index of what was seen, asked by every new reference.

It follows the kept signals as the catalogue follows the references, in the order of their numbers, and knows
up to which it is complete. Few moments of a content are enough: a reference is sampled densely, so that one
of its moments is near any moment of a copy, and what is raised is then judged whole. Four indexes hold the
codes, which are not all comparable: area codes of files, for references that were hashed here; PDQ hashes of
files, for those of lists; PDQ hashes of contents of which only those were given, for both; and landmarks of
sound, which need far more of a content, of those that have nothing else to be found by.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import numpy as np
from numpy.typing import NDArray

from seawall import errors
from seawall.matching import HammingIndex, index_files, kept, search, sound, sound_lines
from seawall.matching.candidates import POSITION_BITS
from seawall.signals import pdq, spectrogram, video
from seawall.store.seen import Kept, Seen

GAP_S: Final = 2.0  #: between two moments of a content that are indexed, at least, ...
LEAST: Final = 4  #: ... but of a short one about so many are, evenly spread
MOST: Final = 1024  #: and of a long one no more, of it and of each of its panes
BATCH: Final = 250  #: contents that are indexed at a time
WAIT_S: Final = 60.0  #: for another process that brings the index up to date
PAUSE_S: Final = 2.0  #: between two looks at what has come, in the background ...
BREATH_S: Final = 0.08  #: ... and between the batches of one, so that calls that come meanwhile are answered
MARKED: Final = 8  #: batches after which an index notes, at the latest, that they held nothing for it

MOST_HEARD: Final = 1024  #: landmarks of a sound, in whole seconds that are evenly spread
AGREEING: Final = 3  #: landmarks at one offset, for a sound to be raised
_NONE: Final = (np.zeros((0, pdq.CODE_BYTES), np.uint8), np.zeros(0, np.uint64))
_POSITION: Final = np.uint64((1 << POSITION_BITS) - 1)
NAMES: Final = ("area", "pdq", "given", "sound")

Codes = NDArray[np.uint8]
Ids = NDArray[np.uint64]
Numbers = NDArray[np.int64]


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """Which of the asked codes met which kept signals, by their numbers."""

    asked: Numbers  #: (m,)
    numbers: Numbers  #: (m,)


class SeenIndex:
    """The index in one folder, opened when it is first used."""

    def __init__(self, seen: Seen, folder: Path) -> None:
        self._seen = seen
        self._folder = folder
        self._lock = threading.Lock()
        self._following = threading.Lock()
        self._opened: tuple[HammingIndex, ...] = ()
        self._read_to = 0  #: the number up to which all is in the indexes, whether they have noted it or not
        self._unmarked = 0  #: batches since they have
        self._follower: _Follower | None = None

    def close(self) -> None:
        """End what goes on in the background, and close the files."""
        with self._lock:
            follower, self._follower = self._follower, None
        if follower is not None:
            follower.close()
        with self._lock:
            opened, self._opened = self._opened, ()
            self._read_to = self._unmarked = 0
        for index in opened:
            index.close()

    def follow(self, breath_s: float = 0.0) -> None:
        """Bring the index up to the database. breath_s: how long others have the process in between."""
        highest = self._seen.highest_kept()
        indexes = self._indexes()
        while self._follow_on(indexes, highest):
            time.sleep(breath_s)

    def _follow_on(self, indexes: Sequence[HammingIndex], highest: int) -> bool:
        """Take in the next batch, unless all up to the highest is there; whether there was one."""
        with self._following:
            for index in indexes:
                index.refresh()
            if min(index.mark for index in indexes) >= highest:
                return False
            with index_files.locked(self._folder, WAIT_S):
                return self._follow(indexes, highest)

    def follow_soon(self) -> None:
        """The same in the background, before long; whoever adds does not wait."""
        if (follower := self._follower) is None:
            with self._lock:
                follower = self._follower = self._follower or _Follower(self)
        follower.wake()

    def area(self, codes: Codes, radius_bits: int, sure_bits: int) -> Hits:
        """Files with an area code near one of these, (n, 32)."""
        return _ask(self._indexes()[0], codes, radius_bits, sure_bits)

    def hashes(self, codes: Codes, radius_bits: int) -> Hits:
        """Files with a PDQ hash near one of these, (n, 32)."""
        return _ask(self._indexes()[1], codes, radius_bits, radius_bits)

    def given(self, codes: Codes, radius_bits: int) -> Hits:
        """Contents of which only hashes were given, with one near one of these, (n, 32)."""
        return _ask(self._indexes()[2], codes, radius_bits, radius_bits)

    def heard(self, codes: Codes, frames: Numbers, owners: Numbers) -> Hits:
        """Sounds with landmarks of one reference that agree on an offset.

        codes: (n, 32) landmarks; frames: (n,) when each begins; owners: (n,) of which reference.
        """
        asked, ids, _ = self._indexes()[3].query(codes, 0)
        numbers = (ids >> np.uint64(POSITION_BITS)).astype(np.int64)
        theirs = (ids & _POSITION) >> np.uint64(sound.ORDINAL_BITS)
        offsets = (frames[asked] - theirs.astype(np.int64)) // sound_lines.VOTE_FRAMES
        votes = np.stack([numbers, owners[asked], offsets], axis=1)
        _, which, counts = np.unique(votes, axis=0, return_inverse=True, return_counts=True)
        agreeing = counts[which.ravel()] >= AGREEING
        return Hits(asked[agreeing], numbers[agreeing])

    def forget_expired(self) -> None:
        """Take out what is not kept any more."""
        self.follow()
        newest = np.uint64(self._seen.highest_kept())  # what is indexed beyond it comes meanwhile, and stays
        live = np.array(self._seen.kept_numbers(), np.uint64)
        for index in self._indexes():
            index.merge(lambda ids: _are_live(ids, live, newest))

    def counts(self) -> dict[str, int]:
        """How many codes each index holds."""
        return {name: len(index) for name, index in zip(NAMES, self._indexes(), strict=True)}

    def _indexes(self) -> tuple[HammingIndex, ...]:
        with self._lock:
            if not self._opened:
                self._opened = tuple(HammingIndex.open(self._folder / name, wait_s=WAIT_S) for name in NAMES)
            return self._opened

    def _follow(self, indexes: Sequence[HammingIndex], highest: int) -> bool:
        """To note a number costs a sync as codes do, so an index without codes notes that of many batches."""
        for index in indexes:
            index.refresh()
        start = max(self._read_to, min(index.mark for index in indexes))
        batch = self._seen.kept_after(start, BATCH)
        read = [(one.number, _query(one)) for one in batch if one.number is not None]
        if read:
            mark = max(number for number, _ in read)
            for index, entry in zip(indexes, (_area, _hashes, _given, _heard), strict=True):
                _add(index, [entry(number, query) for number, query in read if number > index.mark], mark)
            self._read_to = mark
            self._unmarked += 1
        if not read or self._read_to >= highest or self._unmarked >= MARKED:
            for index in indexes:
                if index.mark < self._read_to:
                    index.add(*_NONE, mark=self._read_to)
            self._unmarked = 0
        return bool(read)


class _Follower:
    """Brings an index up to date in a thread of its own, each time that it is woken."""

    def __init__(self, index: SeenIndex) -> None:
        self._index = index
        self._woken = threading.Event()
        self._ended = threading.Event()
        self._thread = threading.Thread(target=self._run, name="seawall-seen", daemon=True)
        self._thread.start()

    def wake(self) -> None:
        if not self._woken.is_set():
            self._woken.set()

    def close(self) -> None:
        self._ended.set()
        self._woken.set()
        self._thread.join()

    def _run(self) -> None:
        while self._woken.wait() and not self._ended.wait(PAUSE_S):
            self._woken.clear()
            with contextlib.suppress(errors.OutsideError):  # it is tried again with the next, or by a search
                self._index.follow(BREATH_S)


def moments(fingerprint: video.Fingerprint) -> Numbers:
    """Which moments of a content are indexed: a few that are well spread."""
    positions = fingerprint.indexed()
    if len(positions) <= 1:
        return positions
    gap_s = max(min(GAP_S, fingerprint.duration_s / LEAST), fingerprint.duration_s / MOST)
    chosen: list[int] = []
    next_s = 0.0
    for position, time_s in zip(positions.tolist(), fingerprint.times_s[positions].tolist(), strict=True):
        if time_s >= next_s:
            chosen.append(position)
            next_s = time_s + gap_s
    return np.array(chosen, np.int64)


def _query(one: Kept) -> search.Query | None:
    """The signals; None where they are of another version, which nothing can be compared with."""
    assert one.signals is not None
    try:
        return kept.decode(one.signals, one.sha256, one.md5)
    except ValueError:
        return None


def _shown(query: search.Query | None) -> Iterator[video.Fingerprint]:
    """All pictures of a content: it as a whole, and its panes."""
    if query is None:
        return
    if query.fingerprint is not None:
        yield query.fingerprint
    yield from (pane.fingerprint for pane in query.panes)


def _area(number: int, query: search.Query | None) -> tuple[Codes, Ids]:
    return _entries(number, [one for one in _shown(query) if one.pdq is not None])


def _hashes(number: int, query: search.Query | None) -> tuple[Codes, Ids]:
    return _entries(number, [one.as_listed() for one in _shown(query) if one.pdq is not None])


def _given(number: int, query: search.Query | None) -> tuple[Codes, Ids]:
    return _entries(number, [one for one in _shown(query) if one.pdq is None])


def _entries(number: int, shown: Sequence[video.Fingerprint]) -> tuple[Codes, Ids]:
    """The codes (n, 32) and ids (n,) under which a content's pictures enter an index."""
    if not shown:
        return _NONE
    codes = np.concatenate([one.codes[moments(one)] for one in shown])
    return codes, (np.uint64(number) << np.uint64(POSITION_BITS)) | np.arange(len(codes), dtype=np.uint64)


def _heard(number: int, query: search.Query | None) -> tuple[Codes, Ids]:
    """Those of the sound of a content that shows nothing."""
    if query is None or query.sound is None or any(True for _ in _shown(query)):
        return _NONE
    codes, ids = sound.entry_ids(number, query.sound)
    frames = (ids & _POSITION) >> np.uint64(sound.ORDINAL_BITS)
    second = frames * np.uint64(spectrogram.FRAME_MS) // np.uint64(1000)
    chosen = second % np.uint64(-(-len(codes) // MOST_HEARD) or 1) == 0
    return codes[chosen], ids[chosen]


def _add(index: HammingIndex, entries: Sequence[tuple[Codes, Ids]], mark: int) -> None:
    codes, ids = zip(_NONE, *entries, strict=True)
    if any(map(len, ids)):
        index.add(np.concatenate(codes), np.concatenate(ids), mark=mark)


def _ask(index: HammingIndex, codes: Codes, radius_bits: int, sure_bits: int) -> Hits:
    asked, ids, _ = index.query(codes, radius_bits, sure_bits)
    return Hits(asked, (ids >> np.uint64(POSITION_BITS)).astype(np.int64))


def _are_live(ids: NDArray[np.uint64], live: NDArray[np.uint64], newest: np.uint64) -> NDArray[np.bool_]:
    numbers = ids >> np.uint64(POSITION_BITS)
    return np.isin(numbers, live) | (numbers > newest)
