"""Copies by what tells them apart: those that nothing does are one variant."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from seawall.model.copies import Copy, Part
from seawall.model.match import Region
from seawall.model.signal import SignalType

#: How exactly the ends of a stretch are known: queries are looked at about every half second.
TOLERANCE_S: Final = 1.0
#: How exactly the edges of a part of a picture are known, of its side.
TOLERANCE_SHARE: Final = 0.05

_EXACT: Final = frozenset({SignalType.SHA256, SignalType.MD5})
ALL: Final = Region(0.0, 0.0, 1.0, 1.0)

Track = tuple[str, str]  #: of a reference: its id, and "picture" or "sound"
Spans = tuple[tuple[float, float], ...]  #: in seconds of the reference, ascending, parted


@dataclass(frozen=True, slots=True)
class Variant:
    """What is compared of copies that are one node: the first one's."""

    first: Copy
    tracks: Mapping[Track, Spans]
    whole: frozenset[str]  #: references of which it is the very file
    transforms: frozenset[str]
    frames: Mapping[str, Region]  #: which part of a reference's picture it shows
    total_s: float  #: of all spans
    other_s: float  #: of the copy that no reference covers
    members: list[Copy] = field(default_factory=list)


def merged(variants: Sequence[Variant]) -> list[Variant]:
    """In the order of `before`; each copy joins the earliest one that it does not differ from."""
    made: list[Variant] = []
    cells: dict[object, list[Variant]] = {}
    for new in variants:
        kind, at = _cell(new)
        near = (
            known
            for first in (at[0] - 1, at[0], at[0] + 1)
            for last in (at[1] - 1, at[1], at[1] + 1)
            for known in cells.get((kind, first, last), ())
        )
        same = [known for known in near if _alike(known, new)]
        if same:
            min(same, key=before).members.append(new.first)
        else:
            new.members.append(new.first)
            cells.setdefault((kind, *at), []).append(new)
            made.append(new)
    return sorted(made, key=before)


def variant(copy: Copy, parts: Sequence[Part]) -> Variant:
    """What a copy has and what was done to it, for comparison."""
    spans: dict[Track, list[tuple[float, float]]] = {}
    whole: set[str] = set()
    total_s = 0.0
    for part in parts:
        for one in part.stretches:
            if one.signal in _EXACT:
                whole.add(part.reference)
                total_s += one.end_s
            else:
                track = "sound" if one.signal is SignalType.AUDIO else "picture"
                spans.setdefault((part.reference, track), []).append((one.start_s, one.end_s))
    tracks = {track: _joined(some) for track, some in sorted(spans.items())}
    total_s += sum(end - start for some in tracks.values() for start, end in some)
    covered = max((part.coverage_query for part in parts), default=0.0)
    return Variant(
        first=copy,
        tracks=tracks,
        whole=frozenset(whole),
        transforms=frozenset().union(*(part.transforms for part in parts)),
        frames={part.reference: part.seen for part in parts if part.seen is not None},
        total_s=total_s,
        other_s=(copy.duration_s or 0.0) * (1.0 - covered),
    )


def _joined(spans: Iterable[tuple[float, float]]) -> Spans:
    """Spans without overlaps; those within the tolerance of each other are one."""
    made: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if made and start <= made[-1][1] + TOLERANCE_S:
            made[-1] = (made[-1][0], max(made[-1][1], end))
        else:
            made.append((start, end))
    return tuple(made)


def _cell(one: Variant) -> tuple[object, tuple[int, int]]:
    """What copies that are alike have the same, and where about the first track begins and ends."""
    counts = tuple((track, len(spans)) for track, spans in one.tracks.items())
    kind = (counts, one.whole, one.transforms, one.first.kind)
    spans = next(iter(one.tracks.values()), ((0.0, 0.0),))
    return kind, (int(spans[0][0] // TOLERANCE_S), int(spans[-1][1] // TOLERANCE_S))


def _alike(one: Variant, other: Variant) -> bool:
    """Whether two of the same cell have the same stretches of the same length, to the tolerance."""
    for track, spans in one.tracks.items():
        for (start, end), (from_s, to_s) in zip(spans, other.tracks[track], strict=True):
            if max(abs(start - from_s), abs(end - to_s)) > TOLERANCE_S:
                return False
    lengths = (one.first.duration_s or 0.0), (other.first.duration_s or 0.0)
    if abs(lengths[0] - lengths[1]) > TOLERANCE_S:
        return False
    references = {*one.frames, *other.frames}
    return all(
        max(abs(a - b) for a, b in zip(frame(one, name), frame(other, name), strict=True)) <= TOLERANCE_SHARE
        for name in references
    )


def frame(one: Variant, reference: str) -> Region:
    """Which part of a reference's picture it shows; all of it where nothing else is known."""
    return one.frames.get(reference, ALL)


def before(one: Variant) -> tuple[float, float, int, str]:
    """A parent comes strictly before its children in this, the key at the end left aside."""
    return one.first.first_at.timestamp(), -one.total_s, len(one.transforms), one.first.key
