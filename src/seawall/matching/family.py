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
before in the order of `variants.before`, so there is no cycle. Work is bounded by the number of stretches
squared, in array operations: 5,000 copies of three stretches take about a second.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np
from numpy.typing import NDArray

from seawall.matching.variants import (
    TOLERANCE_S,
    TOLERANCE_SHARE,
    Track,
    Variant,
    before,
    frame,
    merged,
    variant,
)
from seawall.model.copies import Copy, Part

Bools = NDArray[np.bool_]
Floats = NDArray[np.float64]
Numbers = NDArray[np.int64]


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
    variants = merged([variant(one, parts.get(one.number, ())) for one in ordered])
    if not variants:
        return Family((), ())
    found_in = _found_in(variants, direct)
    table = _Table(variants)
    edges = [_edge(table, number, found_in.get(number, frozenset())) for number in range(len(variants))]
    return _grown(variants, edges)


def _found_in(variants: Sequence[Variant], direct: Collection[tuple[int, int]]) -> dict[int, frozenset[int]]:
    """For a variant, those in which one of its copies was found."""
    owner = {copy.number: at for at, one in enumerate(variants) for copy in one.members}
    pairs: dict[int, set[int]] = {}
    for child, parent in direct:
        if child in owner and parent in owner:
            pairs.setdefault(owner[child], set()).add(owner[parent])
    return {child: frozenset(parents) for child, parents in pairs.items()}


# Which variants fit


class _Table:
    """What all variants have, in arrays that one of them is held against at once."""

    def __init__(self, variants: Sequence[Variant]) -> None:
        self.variants = variants
        self._tracks = _columns(variants)
        self._done = _bits([one.transforms for one in variants])
        names = sorted({name for one in variants for name in one.frames})
        self._frames = {name: np.array([frame(one, name) for one in variants]) for name in names}
        self._earlier = _strictly_before([before(one)[:3] for one in variants])
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

    def _holding(self, track: Track, start: float, end: float, earlier: int) -> Bools:
        """Which of the earlier variants have all of a stretch."""
        starts, ends, owners = self._tracks[track]
        past = int(np.searchsorted(owners, earlier))
        whole = self._wholes.get(track[0])
        held = np.zeros(earlier, bool) if whole is None else whole[:earlier].copy()
        have = (starts[:past] <= start + TOLERANCE_S) & (ends[:past] >= end - TOLERANCE_S)
        held[owners[:past][have]] = True
        return held


def _columns(variants: Sequence[Variant]) -> dict[Track, tuple[Floats, Floats, Numbers]]:
    """All spans of each track: where they start and end (n,), and whose they are (n,), ascending."""
    columns: dict[Track, tuple[list[float], list[float], list[int]]] = {}
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


def _grown(variants: Sequence[Variant], edges: Sequence[Edge | Root]) -> Family:
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
