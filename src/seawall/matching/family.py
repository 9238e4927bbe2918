"""Which copy could have been cut from which: a parent proposed for each, or none.

What is known of copies is what of the references they have, what was done to them and when each was first
seen. From that, B *could have been cut from* A only if

- every stretch of a reference that B has lies within what A has of it, to `TOLERANCE_S`, picture and sound
  each by itself: what A lacks cannot come from A;
- all that was done to A was done to B too: nothing is undone by copying;
- B shows no part of the reference's picture that A cuts off, to `TOLERANCE_SHARE`;
- A was not seen later than B, and where both were seen at once, A has more or is less changed.

Of all that fit, the one that had to be cut least is proposed; of those that are equal in this, one
in which B was found directly, as that copy is a reference itself; then the one that shares most of what was
done to B; then the latest. Where two are still equal, nothing says which, and none is proposed.

The limits: a copy that nobody sent for a check is not in the tree, and may be the true parent, as may the
reference. The time is that of the first check, not of the upload. A copy that was checked by hashes alone has
no sound to compare. Undoing (mirroring a mirrored copy) is possible and taken for a cut from elsewhere. So an
edge says "could have been", never that it was.

Copies that differ in none of this are one node. A tree follows: each edge goes to a node that comes strictly
before in the order of `_before`, so there is no cycle. Work and memory are bounded by the number of stretches
squared, in array operations: 5,000 copies of three stretches take less than a second.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

import numpy as np
from numpy.typing import NDArray

from seawall.model.copies import Copy, Part
from seawall.model.match import Region
from seawall.model.signal import SignalType

#: How exactly the ends of a stretch are known: queries are looked at about every half second.
TOLERANCE_S: Final = 1.0
#: How exactly the edges of a part of a picture are known, of its side.
TOLERANCE_SHARE: Final = 0.05

_EXACT: Final = frozenset({SignalType.SHA256, SignalType.MD5})
_ALL: Final = Region(0.0, 0.0, 1.0, 1.0)

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]
_Track = tuple[str, str]  #: of a reference: its id, and "picture" or "sound"
_Spans = tuple[tuple[float, float], ...]  #: in seconds of the reference, ascending, parted


class Root(StrEnum):
    """Why a copy has no parent."""

    REFERENCE = "reference"  #: it is the file of a reference itself
    NONE_FITS = "none_fits"  #: no earlier copy has all of it
    TIE = "tie"  #: several fit equally well


@dataclass(frozen=True, slots=True)
class Edge:
    """Why a copy could have been cut from another."""

    parent: int  #: a node, by its place in `Family.nodes`
    extra_s: float  #: what the parent has beside what the copy has, of the references and of other things
    added: tuple[str, ...]  #: what was done to the copy and not to the parent
    later_s: float  #: how much later the copy was first seen
    fits: int  #: how many nodes it could have been cut from
    direct: bool  #: it was found in the parent directly, which is a reference itself


@dataclass(frozen=True, slots=True)
class Node:
    """Copies that nothing tells apart."""

    copies: tuple[int, ...]  #: by `Copy.number`, in the order in which they were first seen
    edge: Edge | None
    root: Root | None  #: None where there is an edge
    children: tuple[int, ...]  #: nodes, the largest family first
    size: int  #: copies in it and in all that come from it


@dataclass(frozen=True, slots=True)
class Family:
    """All nodes, each behind its parent, and the roots, the largest family first."""

    nodes: tuple[Node, ...]
    roots: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class _Variant:
    """What is compared of copies that are one node: the first one's."""

    first: Copy
    tracks: Mapping[_Track, _Spans]
    whole: frozenset[str]  #: references of which it is the very file
    transforms: frozenset[str]
    frames: Mapping[str, Region]  #: which part of a reference's picture it shows
    total_s: float  #: of all spans
    other_s: float  #: of the copy that no reference covers
    members: list[Copy] = field(default_factory=list)


def family(
    copies: Iterable[Copy],
    parts: Mapping[int, Sequence[Part]],
    direct: Collection[tuple[int, int]] = (),
) -> Family:
    """Propose for each copy which one it could have been cut from, whatever order they are given in.

    parts: what each has of the references, by `Copy.number`.
    direct: pairs of numbers, a copy and another in which it was found as that one is a reference itself.
    """
    ordered = sorted(copies, key=lambda one: (one.first_at, one.key))
    variants = _merged([_variant(one, parts.get(one.number, ())) for one in ordered])
    if not variants:
        return Family((), ())
    found_in = _found_in(variants, direct)
    table = _Table(variants)
    edges = [_edge(table, number, found_in.get(number, frozenset())) for number in range(len(variants))]
    return _grown(variants, edges)


def _found_in(variants: Sequence[_Variant], direct: Collection[tuple[int, int]]) -> dict[int, frozenset[int]]:
    """For a variant, those in which one of its copies was found."""
    owner = {copy.number: at for at, one in enumerate(variants) for copy in one.members}
    pairs: dict[int, set[int]] = {}
    for child, parent in direct:
        if child in owner and parent in owner:
            pairs.setdefault(owner[child], set()).add(owner[parent])
    return {child: frozenset(parents) for child, parents in pairs.items()}


# Copies that nothing tells apart


def _merged(variants: Sequence[_Variant]) -> list[_Variant]:
    """In the order of `_before`; each copy joins the earliest one that it does not differ from."""
    made: list[_Variant] = []
    cells: dict[object, list[_Variant]] = {}
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
            min(same, key=_before).members.append(new.first)
        else:
            new.members.append(new.first)
            cells.setdefault((kind, *at), []).append(new)
            made.append(new)
    return sorted(made, key=_before)


def _variant(copy: Copy, parts: Sequence[Part]) -> _Variant:
    spans: dict[_Track, list[tuple[float, float]]] = {}
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
    return _Variant(
        first=copy,
        tracks=tracks,
        whole=frozenset(whole),
        transforms=frozenset().union(*(part.transforms for part in parts)),
        frames={part.reference: part.seen for part in parts if part.seen is not None},
        total_s=total_s,
        other_s=(copy.duration_s or 0.0) * (1.0 - covered),
    )


def _joined(spans: Iterable[tuple[float, float]]) -> _Spans:
    """Spans without overlaps; those within the tolerance of each other are one."""
    made: list[tuple[float, float]] = []
    for start, end in sorted(spans):
        if made and start <= made[-1][1] + TOLERANCE_S:
            made[-1] = (made[-1][0], max(made[-1][1], end))
        else:
            made.append((start, end))
    return tuple(made)


def _cell(one: _Variant) -> tuple[object, tuple[int, int]]:
    """What copies that are alike have the same, and where about the first track begins and ends."""
    counts = tuple((track, len(spans)) for track, spans in one.tracks.items())
    kind = (counts, one.whole, one.transforms, one.first.kind)
    spans = next(iter(one.tracks.values()), ((0.0, 0.0),))
    return kind, (int(spans[0][0] // TOLERANCE_S), int(spans[-1][1] // TOLERANCE_S))


def _alike(one: _Variant, other: _Variant) -> bool:
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
        max(abs(a - b) for a, b in zip(_frame(one, name), _frame(other, name), strict=True))
        <= TOLERANCE_SHARE
        for name in references
    )


def _frame(one: _Variant, reference: str) -> Region:
    return one.frames.get(reference, _ALL)


def _before(one: _Variant) -> tuple[float, float, int, str]:
    """A parent comes strictly before its children in this, the key at the end left aside."""
    return one.first.first_at.timestamp(), -one.total_s, len(one.transforms), one.first.key


# Which variants fit


class _Table:
    """What all variants have, in arrays that one of them is held against at once."""

    def __init__(self, variants: Sequence[_Variant]) -> None:
        self.variants = variants
        self._tracks = _columns(variants)
        self._done = _bits([one.transforms for one in variants])
        names = sorted({name for one in variants for name in one.frames})
        self._frames = {name: np.array([_frame(one, name) for one in variants]) for name in names}
        self._earlier = _strictly_before([_before(one)[:3] for one in variants])
        self._wholes = {
            name: np.array([name in one.whole for one in variants])
            for name in sorted({name for one in variants for name in one.whole})
        }
        self.total_s = np.array([one.total_s for one in variants])
        self.other_s = np.array([one.other_s for one in variants])
        self.changes = np.array([len(one.transforms) for one in variants])
        self.first_s = np.array([one.first.first_at.timestamp() for one in variants])

    def fitting(self, number: int) -> Numbers:
        """The variants that one could have been cut from, ascending."""
        one = self.variants[number]
        earlier = self._earlier[number]
        if one.whole or not one.tracks or not earlier:
            return np.zeros(0, np.int64)
        fits = _within(self._done[:, :earlier], self._done[:, number])
        for track, spans in one.tracks.items():
            for start, end in spans:
                fits &= self._holding(track, start, end, earlier)
        for reference in {track[0] for track in one.tracks} & self._frames.keys():
            fits &= _frames_hold(self._frames[reference][:earlier], self._frames[reference][number])
        return np.flatnonzero(fits)

    def _holding(self, track: _Track, start: float, end: float, earlier: int) -> Bools:
        """Which of the earlier variants have all of a stretch."""
        starts, ends, owners = self._tracks[track]
        past = int(np.searchsorted(owners, earlier))
        whole = self._wholes.get(track[0])
        held = np.zeros(earlier, bool) if whole is None else whole[:earlier].copy()
        have = (starts[:past] <= start + TOLERANCE_S) & (ends[:past] >= end - TOLERANCE_S)
        held[owners[:past][have]] = True
        return held


def _columns(variants: Sequence[_Variant]) -> dict[_Track, tuple[Floats, Floats, Numbers]]:
    """All spans of each track: where they start and end (n,), and whose they are (n,), ascending."""
    columns: dict[_Track, tuple[list[float], list[float], list[int]]] = {}
    for number, one in enumerate(variants):
        for track, spans in one.tracks.items():
            starts, ends, owners = columns.setdefault(track, ([], [], []))
            for start, end in spans:
                starts.append(start)
                ends.append(end)
                owners.append(number)
    return {
        track: (np.array(starts), np.array(ends), np.array(owners, np.int64))
        for track, (starts, ends, owners) in columns.items()
    }


def _bits(sets: Sequence[frozenset[str]]) -> Numbers:
    """Sets as bits (words, n): a row for every 62 names that are in any."""
    names = sorted(frozenset().union(*sets))
    at = {name: divmod(number, 62) for number, name in enumerate(names)}
    bits = np.zeros((len(names) // 62 + 1, len(sets)), np.int64)
    for number, one in enumerate(sets):
        for name in one:
            word, bit = at[name]
            bits[word, number] |= 1 << bit
    return bits


def _within(parts: Numbers, whole: Numbers) -> Bools:
    """Which of the sets (words, n) are within one (words,)."""
    outside = np.zeros(parts.shape[1], np.int64)
    for word, has in zip(parts, whole, strict=True):
        outside |= word & ~has
    return np.asarray(outside == 0)


def _strictly_before(orders: Sequence[tuple[float, float, int]]) -> list[int]:
    """For each of a sorted list, how many come strictly before."""
    made: list[int] = []
    for at, one in enumerate(orders):
        made.append(made[-1] if at and orders[at - 1] == one else at)
    return made


def _frames_hold(frames: Floats, one: Floats) -> Bools:
    """Which regions (n, 4) hold one (4,)."""
    x, y, width, height = one
    slack = TOLERANCE_SHARE
    return np.asarray(
        (frames[:, 0] <= x + slack)
        & (frames[:, 1] <= y + slack)
        & (frames[:, 0] + frames[:, 2] >= x + width - slack)
        & (frames[:, 1] + frames[:, 3] >= y + height - slack)
    )


# Which of those is proposed


def _edge(table: _Table, number: int, found_in: frozenset[int]) -> Edge | Root:
    one = table.variants[number]
    if one.whole:
        return Root.REFERENCE
    fitting = table.fitting(number)
    if not len(fitting):
        return Root.NONE_FITS
    # What had to be cut off at least, in seconds of all tracks.
    extra = np.maximum(0.0, table.total_s[fitting] - one.total_s)
    extra += np.maximum(0.0, table.other_s[fitting] - one.other_s)
    near = fitting[extra <= extra.min() + TOLERANCE_S]
    chosen = _best(table, near, found_in)
    if chosen is None:
        return Root.TIE
    parent = table.variants[chosen]
    return Edge(
        parent=chosen,
        extra_s=round(float(extra[int(np.searchsorted(fitting, chosen))]), 3),
        added=tuple(sorted(one.transforms - parent.transforms)),
        later_s=(one.first.first_at - parent.first.first_at).total_seconds(),
        fits=len(fitting),
        direct=chosen in found_in,
    )


def _best(table: _Table, near: Numbers, found_in: frozenset[int]) -> int | None:
    """One of variants of which equally little is cut off; None where nothing tells them apart."""
    direct = np.isin(near, list(found_in))
    if direct.any():
        near = near[direct]
    for merit in (table.changes, table.first_s):
        near = near[merit[near] == merit[near].max()]
    return int(near[0]) if len(near) == 1 else None


# The tree


def _grown(variants: Sequence[_Variant], edges: Sequence[Edge | Root]) -> Family:
    children: dict[int, list[int]] = {}
    sizes = [len(one.members) for one in variants]
    for at in range(len(variants) - 1, -1, -1):
        edge = edges[at]
        if isinstance(edge, Edge):
            children.setdefault(edge.parent, []).append(at)
            sizes[edge.parent] += sizes[at]

    def largest_first(some: Iterable[int]) -> tuple[int, ...]:
        return tuple(sorted(some, key=lambda at: (-sizes[at], at)))

    nodes = tuple(
        Node(
            copies=tuple(copy.number for copy in one.members),
            edge=edge if isinstance(edge, Edge) else None,
            root=None if isinstance(edge, Edge) else edge,
            children=largest_first(children.get(at, ())),
            size=sizes[at],
        )
        for at, (one, edge) in enumerate(zip(variants, edges, strict=True))
    )
    return Family(nodes, largest_first(at for at, one in enumerate(nodes) if one.edge is None))


def descent(made: Family, root: int) -> Iterator[tuple[int, int]]:
    """The nodes of one family with their depth, each before its children."""
    waiting = [(root, 0)]
    while waiting:
        at, depth = waiting.pop()
        yield at, depth
        waiting.extend((child, depth + 1) for child in reversed(made.nodes[at].children))
