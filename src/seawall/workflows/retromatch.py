"""A new reference searched in what was seen: what a check would have said, had the reference been known.

The index of what was seen raises contents that share a moment with the reference, as it is, mirrored, turned
or a negative. Each is then searched as at its check: in all references, so that known-good content and rivals
have their say. Where only a moment or two is shared, which may be chance, the new references alone are
searched first, which tells most of these apart at little cost. Keypoints are not kept, so what only they
would find is not found here.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

import numpy as np

from seawall.matching import few, kept, search
from seawall.matching.references import Entry, References
from seawall.model.hold import Rule
from seawall.model.seen import RecordedMatch
from seawall.model.signal import SignalType
from seawall.signals import pdq, turns, video
from seawall.store.batches import batches
from seawall.store.recording import NewFinding
from seawall.store.seen import Kept
from seawall.store.store import Store
from seawall.workflows import pool
from seawall.workflows.catalogue import Catalogue
from seawall.workflows.check import Checker
from seawall.workflows.seen_index import Codes, Hits, Numbers, SeenIndex

#: Of a moving reference's thousands of moments, one that is this near is surely raised; of those up to the
#: radius of a check most are, at a fraction of the cost, and a copy has several moments.
SURE_BITS: Final = 31
TURNED_MOMENTS: Final = 2  #: of so many moments of a moving reference one is asked turned
MOST: Final = 5000  #: contents that are searched for one call; those that share the most come first
FEW_HITS: Final = 4  #: with fewer moments shared than this, it is as likely to be chance
BATCH: Final = 100  #: contents that are read, and whose matches are written, at a time


@dataclass(frozen=True, slots=True)
class _Candidate:
    """A content that may hold some of the references."""

    content: Kept
    owners: frozenset[int]  #: those references, by their numbers
    likely: bool  #: rather than by chance


@dataclass(slots=True)
class _Raised:
    """Contents that may hold some of the references."""

    by_number: dict[int, dict[int, int]] = field(default_factory=dict)  #: kept number: reference: hits
    exact: list[_Candidate] = field(default_factory=list)

    def add(self, hits: Hits, owners: Numbers) -> None:
        """Take in which codes met what; owners: (n,) the reference of each code that was asked."""
        pairs = np.stack([hits.numbers, owners[hits.asked]], axis=1)
        found, counts = np.unique(pairs, axis=0, return_counts=True)
        for (number, owner), count in zip(found.tolist(), counts.tolist(), strict=True):
            of_it = self.by_number.setdefault(number, {})
            of_it[owner] = of_it.get(owner, 0) + count

    def likeliest(self) -> list[int]:
        """The kept numbers that share the most, at most so many as are searched."""
        ranked = sorted(self.by_number, key=lambda one: (-max(self.by_number[one].values()), one))
        return ranked[:MOST]


class Retromatch:
    """Searches references in what was seen."""

    def __init__(
        self, store: Store, catalogue: Catalogue, checker: Checker, index: SeenIndex, rule: Rule, workers: int
    ) -> None:
        self._store = store
        self._catalogue = catalogue
        self._checker = checker
        self._index = index
        self._rule = rule
        self._workers = workers

    def run(self, reference_ids: Collection[str]) -> list[RecordedMatch]:
        """Search these references, and keep what is found and was not known.

        Those that are gone are left out. Raises what the store and the index raise; what was found by then
        is kept, and not found again.
        """
        everything = self._catalogue.references()
        numbers = sorted(self._store.numbers(reference_ids).values())
        entries = {number: one for number, one in everything.load(numbers).items() if not one.negative}
        if not entries:
            return []
        self._index.follow()
        raised = self._raise(entries, everything)
        known = self._store.seen.found_pairs(one.id for one in entries.values())
        judge = _Judge(everything, self._checker, known, entries)
        recorded: list[RecordedMatch] = []
        judged = pool.in_order(judge.findings, self._contents(raised), self._workers)
        for batch in batches(judged, BATCH):
            news = [finding for some in batch for finding in some]
            if news:
                recorded += self._store.seen.record_later(news, self._rule)
        return recorded

    def _contents(self, raised: _Raised) -> Iterator[_Candidate]:
        yield from raised.exact
        for batch in batches(raised.likeliest(), BATCH):
            for one in self._store.seen.kept(batch):
                assert one.number is not None
                hits = raised.by_number[one.number]
                yield _Candidate(one, frozenset(hits), max(hits.values()) >= FEW_HITS)

    def _raise(self, entries: Mapping[int, Entry], everything: References) -> _Raised:
        raised = _Raised()
        shown = [(number, one.fingerprint) for number, one in entries.items() if one.fingerprint is not None]
        options = search.DEFAULTS
        for still in (True, False):
            own = [(number, one) for number, one in shown if one.pdq is not None and one.is_still is still]
            codes, owners = _asked(own)
            sure_bits = options.radius_bits if still else SURE_BITS
            raised.add(self._index.area(codes, options.radius_bits, sure_bits), owners)
        codes, owners = _asked([(number, one) for number, one in shown if one.pdq is None])
        raised.add(self._index.hashes(codes, options.listed_radius_bits), owners)
        # Of what only hashes were given, a check does not turn.
        codes, owners = _asked([(number, one.as_listed()) for number, one in shown], turned=False)
        raised.add(self._index.given(codes, options.listed_radius_bits), owners)
        self._raise_sounds(entries, everything, raised)
        raised.exact += self._exact(entries)
        return raised

    def _raise_sounds(self, entries: Iterable[int], everything: References, raised: _Raised) -> None:
        """Contents that are sound alone, at the pitches at which a check listens."""
        for number in entries:
            known = everything.load_sound(number)
            for view in search.SOUND.views if known is not None else ():
                assert known is not None
                landmarks = known.asked(view)
                frames = known.frames[landmarks.peaks].astype(np.int64)
                owners = np.full(len(frames), number)
                raised.add(self._index.heard(landmarks.codes, frames, owners), owners)

    def _exact(self, entries: Mapping[int, Entry]) -> Iterator[_Candidate]:
        """Contents of the very bytes of some of the references."""
        owners: dict[str, set[int]] = {}
        digests: dict[SignalType, list[str]] = {SignalType.SHA256: [], SignalType.MD5: []}
        for number in entries:
            for one in self._store.signals_of(number, digests):
                digests[one.type].append(one.value.hex())
                owners.setdefault(one.value.hex(), set()).add(number)
        for seen in self._store.seen.with_digests(*digests.values()):
            of_it = owners.get(seen.sha256 or "", set()) | owners.get(seen.md5 or "", set())
            yield _Candidate(seen, frozenset(of_it), likely=True)


class _Judge:
    """Says what a check would have found."""

    def __init__(
        self,
        everything: References,
        checker: Checker,
        known: Collection[tuple[int, str]],
        entries: Mapping[int, Entry],
    ) -> None:
        self._everything = everything
        self._checker = checker
        self._known = known
        self._entries = entries
        self._only: tuple[frozenset[int], References] | None = None

    def findings(self, candidate: _Candidate) -> list[NewFinding]:
        """The references that are in a content, of those that may be and are not known to be."""
        one = candidate.content
        fresh = {n: self._entries[n].id for n in candidate.owners}
        fresh = {n: name for n, name in fresh.items() if (one.seen_number, name) not in self._known}
        if not fresh:
            return []
        query, found = _query(one), set(fresh.values())
        if not candidate.likely:
            found = {made.reference for made in search.search(query, self._of(frozenset(fresh)))}
        if not found:
            return []
        told = [made for made in search.search(query, self._everything) if made.reference in found]
        return [
            NewFinding(one.seen_number, named.reference.bank, named.match)
            for named in self._checker.name(told)
            if named.match.suppressed_by is None
        ]

    def _of(self, numbers: frozenset[int]) -> References:
        """Only these references; the last ones are kept, as the same few are raised again and again."""
        last = self._only
        if last is None or last[0] != numbers:
            self._only = last = (numbers, few.only(self._everything, sorted(numbers)))
        return last[1]


def _query(one: Kept) -> search.Query:
    """What is known of a content: its signals, or its digests where those are gone or of another version."""
    if one.signals is not None:
        try:
            return kept.decode(one.signals, one.sha256, one.md5)
        except ValueError:
            pass
    return search.Query(one.sha256, one.md5, one.duration_s, None)


def _asked(shown: Iterable[tuple[int, video.Fingerprint]], *, turned: bool = True) -> tuple[Codes, Numbers]:
    """The codes (n, 32) that references are looked up by, and whose each is (n,)."""
    codes = [np.zeros((0, pdq.CODE_BYTES), np.uint8)]
    owners = [np.zeros(0, np.int64)]
    for number, one in shown:
        for some in _views(one) if turned else [one.codes[one.indexed()]]:
            codes.append(some)
            owners.append(np.full(len(some), number, np.int64))
    return np.concatenate(codes), np.concatenate(owners)


def _views(fingerprint: video.Fingerprint) -> Iterator[Codes]:
    """A reference's codes as a content may show it: undoing each turn of the content turns the reference."""
    codes = fingerprint.codes[fingerprint.indexed()]
    yield codes
    moved = turns.ALL if fingerprint.is_still else (turns.MIRRORED,)
    fewer = codes if fingerprint.is_still else codes[::TURNED_MOMENTS]
    for turn in (*moved, turns.NEGATIVE):
        yield turns.codes(fewer, turn)
