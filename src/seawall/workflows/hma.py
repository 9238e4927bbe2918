"""What clients of Hasher-Matcher-Actioner ask, answered from the same banks and indexes."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import numpy as np
from numpy.typing import NDArray

from seawall import errors
from seawall.matching import index_codes
from seawall.matching.candidates import ASKED, POSITION_BITS
from seawall.model import bank, content, signal
from seawall.signals import exact, pdq, vpdq_text
from seawall.signals.vpdq_text import Timed
from seawall.store.store import Store
from seawall.workflows import hma_signals, uploads
from seawall.workflows.catalogue import Catalogue
from seawall.workflows.hashing import HashResult
from seawall.workflows.hma_signals import (
    DIGESTS,
    LEAST_QUALITY,
    RADIUS_BITS,
    TYPES,
    ContentType,
    Given,
    SignalType,
)

if TYPE_CHECKING:
    from seawall.workflows.library import Seawall

#: Videos match where so much of one of them is in the other.
MATCHING_SHARE: Final = 0.8
#: Of videos that share frames, those that share the most are compared whole: two of hours take half a second.
MOST_COMPARED: Final = 50
NO_DISTANCE: Final = "-"
_POSITION: Final = np.uint64((1 << POSITION_BITS) - 1)


@dataclass(frozen=True, slots=True)
class Hit:
    """A content that was found."""

    number: int
    reference: bank.Reference
    distance: str  #: bits, shares of query and content, or "-" of an exact match


@dataclass(frozen=True, slots=True)
class Shares:
    """How much of each of two videos is in the other, 0 to 1."""

    query: float
    compared: float

    @property
    def matching(self) -> bool:
        """Whether one is in the other."""
        return max(self.query, self.compared) >= MATCHING_SHARE

    def __str__(self) -> str:
        return f"{100 * self.query:.0f}%[{100 * self.compared:.0f}%]"


class Finder:
    """Finds contents by the hashes that clients of Hasher-Matcher-Actioner send."""

    def __init__(self, store: Store, catalogue: Catalogue) -> None:
        self._store = store
        self._catalogue = catalogue

    def find(self, given: Given) -> list[Hit]:
        """The contents that match a hash, the closest first; those of negative banks are left out."""
        if given.type is SignalType.PDQ:
            return self._pictures(given.value)
        if given.type is SignalType.VPDQ:
            return self._videos(given.frames)
        return self._exact(given.type, given.value)

    def texts(self, number: int, kind: str) -> dict[SignalType, str]:
        """A content's hashes, as clients know them."""
        return hma_signals.texts(self._store.signals_of(number), kind)

    def sizes(self) -> dict[SignalType, int]:
        """Of how many contents there are hashes of each type."""
        counts = self._store.hma.counts()
        videos = {ours: count for (ours, kind), count in counts.items() if kind != content.Kind.IMAGE}
        made = {name: videos.get(ours, 0) for name, ours in DIGESTS.items()}
        photos = counts.get((signal.SignalType.PDQ, content.Kind.IMAGE.value), 0)
        return {SignalType.PDQ: photos, **made, SignalType.VPDQ: videos.get(signal.SignalType.VIDEO, 0)}

    def _exact(self, kind: SignalType, value: bytes) -> list[Hit]:
        known = self._live(self._store.exact(DIGESTS[kind], value))
        return [
            Hit(number, one, NO_DISTANCE)
            for number, one in sorted(known.items())
            if one.kind != content.Kind.IMAGE
        ]

    def _pictures(self, code: bytes) -> list[Hit]:
        near = list(self._near(_codes([code])))
        known = self._live({number for number, _, _ in near})
        closest: dict[int, int] = {}
        for number, position, distance in near:
            whole = position == 0 or (number in known and known[number].kind != content.Kind.IMAGE)
            if number in known and whole:  # the other moments of a picture are those of its crops
                closest[number] = min(distance, closest.get(number, distance))
        order = sorted(closest, key=lambda number: (closest[number], number))
        return [Hit(number, known[number], str(closest[number])) for number in order]

    def _videos(self, frames: Sequence[Timed]) -> list[Hit]:
        asked = _telling(frames)
        met = Counter(number for number, _, _ in self._near(asked))
        live = self._live(met).items()
        known = {number: one for number, one in live if one.kind == content.Kind.VIDEO}
        if len(known) > MOST_COMPARED:
            closest = sorted(known, key=lambda number: (-met[number], number))[:MOST_COMPARED]
            known = {number: known[number] for number in closest}
        entries = self._catalogue.references().load(sorted(known))
        found: list[tuple[Shares, int]] = []
        for number, entry in entries.items():
            if number in known and entry.fingerprint is not None:
                listed = entry.fingerprint.as_listed()
                theirs = _unique(listed.codes[listed.qualities >= LEAST_QUALITY])
                said = shares(asked, theirs)
                if said.matching:
                    found.append((said, number))
        found.sort(key=lambda one: (-one[0].query, -one[0].compared, one[1]))
        return [Hit(number, known[number], str(said)) for said, number in found]

    def _near(self, codes: NDArray[np.uint8]) -> Iterator[tuple[int, int, int]]:
        """The number, the position and the distance of each moment that is close to one of these."""
        references = self._catalogue.references()
        for index in (references.listed, references.hashes):
            for at in range(0, len(codes) if index is not None else 0, ASKED):
                assert index is not None
                _, ids, distances = index.query(codes[at : at + ASKED], RADIUS_BITS)
                numbers, positions = ids >> np.uint64(POSITION_BITS), ids & _POSITION
                yield from zip(numbers.tolist(), positions.tolist(), distances.tolist(), strict=True)

    def _live(self, numbers: Iterable[int]) -> dict[int, bank.Reference]:
        found = self._store.live(asked) if (asked := sorted(set(numbers))) else {}
        return {number: one for number, one in found.items() if not one.negative}


def compared(left: Given, right: Given) -> tuple[bool, dict[str, object]]:
    """Whether two hashes of one type match, and how far apart they are."""
    if left.type is SignalType.PDQ:
        distance = pdq.Pdq(left.value, 0).distance(pdq.Pdq(right.value, 0))
        return distance <= RADIUS_BITS, {"distance": distance}
    if left.type is SignalType.VPDQ:
        said = shares(_telling(left.frames), _telling(right.frames))
        percents = {
            "query_match_percent": 100 * said.query,
            "compared_match_percent": 100 * said.compared,
        }
        return said.matching, dict(percents)
    return left.value == right.value, {}


def shares(query: NDArray[np.uint8], other: NDArray[np.uint8]) -> Shares:
    """How many of these codes (n, 32) have one of those within the radius, and the reverse."""
    if not len(query) or not len(other):
        return Shares(0.0, 0.0)
    words = index_codes.as_words(other)
    met = np.zeros(len(query), np.bool_)
    meeting = np.zeros(len(other), np.bool_)
    for at in range(0, len(query), ASKED):
        hits = index_codes.scan(words, index_codes.as_words(query[at : at + ASKED]), RADIUS_BITS)
        met[at + hits.query_no] = True
        meeting[hits.position] = True
    return Shares(float(met.mean()), float(meeting.mean()))


def _telling(frames: Sequence[Timed]) -> NDArray[np.uint8]:
    """The codes (n, 32) of frames that hold enough to be matched, each once."""
    return _unique(_codes([code.value for code, _ in frames if code.quality >= LEAST_QUALITY]))


def _codes(values: Sequence[bytes]) -> NDArray[np.uint8]:
    return np.frombuffer(b"".join(values), np.uint8).reshape(-1, pdq.CODE_BYTES)


def _unique(codes: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.unique(codes, axis=0) if len(codes) else codes


# Files


def chosen(kind: ContentType, types: str | None) -> tuple[SignalType, ...]:
    """The signal types that a client asks for, with commas between. Raises BadRequest."""
    if types is None:
        return TYPES[kind]
    names = [name.strip() for name in types.split(",") if name.strip()]
    if not names:
        raise errors.BadRequest(reason="empty signal type selection")
    for name in names:
        if name not in TYPES[kind]:
            raise errors.BadRequest(reason=f"a {kind} has no signal type {name[:40]!r}")
    return tuple(SignalType(name) for name in dict.fromkeys(names))


def kind_of(library: Seawall, path: Path) -> ContentType:
    """What a file is, by its bytes. Raises MediaError."""
    return ContentType.PHOTO if _hashed(library, path).kind is content.Kind.IMAGE else ContentType.VIDEO


def hashes(library: Seawall, path: Path, kind: ContentType, types: Sequence[SignalType]) -> dict[str, str]:
    """The hashes of a file; an empty one where its pictures are too flat to be hashed. Raises MediaError.

    Of a video that cannot be decoded there are digests.
    """
    if kind is ContentType.PHOTO:
        return {SignalType.PDQ: _photo(_hashed(library, path))}
    made: dict[str, str] = {}
    with path.open("rb") as stream:
        digests = exact.digest(stream)
    values = {SignalType.VIDEO_MD5: digests.md5, SignalType.VIDEO_SHA256: digests.sha256}
    for name in types:
        made[name] = values[name] if name in values else _frames(library, path)
    return made


def _photo(hashed: HashResult) -> str:
    if not hashed.hashes or hashed.hashes[0][0].quality < LEAST_QUALITY:
        return ""
    return hashed.hashes[0][0].value.hex()


def _frames(library: Seawall, path: Path) -> str:
    hashed = next(library.hash([path], every_frame=True))
    return hma_signals.frames_text(hashed.hashes)


def _hashed(library: Seawall, path: Path) -> HashResult:
    hashed = next(library.hash([path]))
    if hashed.error is not None:
        raise hashed.error
    return hashed


def find_file(
    library: Seawall, path: Path, kind: ContentType, types: Sequence[SignalType]
) -> dict[str, list[Hit]]:
    """What is found of a file, by each signal type. Raises MediaError."""
    given: dict[SignalType, Given] = {}
    if SignalType.VPDQ in types:
        sampled = [(code, time_s or 0.0) for code, time_s in next(library.hash([path])).hashes]
        given[SignalType.VPDQ] = Given(SignalType.VPDQ, frames=tuple(vpdq_text.one_a_second(sampled)))
    plain = [name for name in types if name is not SignalType.VPDQ]
    for name, text in hashes(library, path, kind, plain).items() if plain else ():
        if text:
            given[SignalType(name)] = hma_signals.read(SignalType(name), text)
    return {name: library.hma.find(given[name]) if name in given else [] for name in types}


@dataclass(frozen=True, slots=True)
class Added:
    """A content as it is in its bank now."""

    number: int
    signals: Mapping[str, str]


def add_file(
    library: Seawall,
    bank_name: str,
    path: Path,
    kind: ContentType,
    types: Sequence[SignalType],
    about: uploads.About,
) -> Added:
    """Make a file a content of a bank. Raises BankNotFound, BadRequest, MediaError.

    Of a video that cannot be decoded its digests are added.
    """
    if kind is ContentType.PHOTO:
        made = hashes(library, path, kind, types)
        if not made[SignalType.PDQ]:
            raise errors.BadRequest(reason="Invalid pdq signal: the picture is too flat to be hashed")
        added = uploads.added(library, bank_name, path, about)
        return Added(_number(library, added.reference), made)
    try:
        added = uploads.added(library, bank_name, path, about)
    except (errors.UnsupportedFormat, errors.DamagedMedia):
        digests = tuple(name for name in TYPES[kind] if name in DIGESTS)
        made = hashes(library, path, kind, digests)
        return add_hashes(library, bank_name, [hma_signals.read(name, made[name]) for name in digests], about)
    number = _number(library, added.reference)
    stored = library.hma.texts(number, content.Kind.VIDEO)
    return Added(number, {name: text for name, text in stored.items() if name in types})


def add_hashes(library: Seawall, bank_name: str, given: Sequence[Given], about: uploads.About) -> Added:
    """Make a content of a bank of its hashes alone. Raises BankNotFound, BadRequest, StateConflict."""
    names = {one.type for one in given}
    if {SignalType.PDQ, SignalType.VPDQ} <= names:
        raise errors.BadRequest(reason="pdq is of a photo, vpdq of a video: they are two contents")
    rows = [row for one in given for row in one.rows()]
    if not rows:
        raise errors.BadRequest(reason="Invalid vpdq signal: no frame holds enough to be matched")
    added = library.reference_add_hashes(bank_name, rows, about)
    if added.state is bank.ReferenceState.WITHDRAWN:
        raise errors.StateConflict(reference=added.id, state=added.state, wanted=bank.ReferenceState.ACTIVE)
    return Added(added.seq, {one.type.value: one.text() for one in given})


def _number(library: Seawall, reference_id: str | None) -> int:
    number = library.curated.number(reference_id or "")
    if number is None:  # taken out meanwhile
        raise errors.ReferenceNotFound(reference=reference_id or "")
    return number
