"""The family tree of copies as a page shows it: a few families at a time, each cut where it is too large."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from seawall.matching.family import Family, Node, descent
from seawall.model.copies import Copy

FAMILIES: Final = 10  #: a page
MOST_NODES: Final = 150  #: a page
MOST_DEPTH: Final = 6  #: below which a narrow window has no room
MOST_CHILDREN: Final = 12
MOST_DRAWN: Final = 40  #: nodes of a family that an overview is drawn of

_COLUMN, _LINE, _INSET = 46, 22, 14


@dataclass(frozen=True, slots=True)
class Kin:
    """A node with those below it that fit on the page."""

    node: Node
    first: Copy
    parent: Copy | None
    children: tuple[Kin, ...]
    left_out: int  #: copies below it that are on a page of their own


@dataclass(frozen=True, slots=True)
class Point:
    """A node of an overview, in pixels; the line to its parent as a path."""

    first: Copy
    x: int
    y: int
    size: int
    path: str


@dataclass(frozen=True, slots=True)
class Overview:
    """A small family as a drawing."""

    width: int
    height: int
    points: tuple[Point, ...]


@dataclass(frozen=True, slots=True)
class Kindred:
    """One family."""

    top: Kin
    size: int  #: copies
    nodes: int
    overview: Overview | None


def families(made: Family, copies: Sequence[Copy], roots: Sequence[int]) -> Iterator[Kindred]:
    """What a page shows of families, given by their roots."""
    known = {one.number: one for one in copies}
    left = MOST_NODES
    for root in roots:
        below = list(descent(made, root))
        cut = _Cut(made, known, max(left, 1))
        top = cut.kin(root, 0)
        left -= cut.shown
        overview = _overview(made, known, below) if 1 < len(below) <= MOST_DRAWN else None
        yield Kindred(top, made.nodes[root].size, len(below), overview)


def node_of(made: Family, number: int) -> int | None:
    """The node that has a copy; None where none has."""
    return next((at for at, one in enumerate(made.nodes) if number in one.copies), None)


@dataclass(slots=True)
class _Cut:
    made: Family
    known: dict[int, Copy]
    left: int
    shown: int = 0

    def kin(self, at: int, depth: int) -> Kin:
        node = self.made.nodes[at]
        self.left -= 1
        self.shown += 1
        children: list[Kin] = []
        for child in node.children[:MOST_CHILDREN] if depth + 1 < MOST_DEPTH else ():
            if self.left <= 0:
                break
            children.append(self.kin(child, depth + 1))
        shown = sum(one.node.size for one in children)
        parent = None if node.edge is None else self._first(node.edge.parent)
        left_out = node.size - len(node.copies) - shown
        return Kin(node, self._first(at), parent, tuple(children), left_out)

    def _first(self, at: int) -> Copy:
        return self.known[self.made.nodes[at].copies[0]]


def _overview(made: Family, known: dict[int, Copy], below: Sequence[tuple[int, int]]) -> Overview:
    places: dict[int, tuple[int, int]] = {}
    points = []
    for row, (at, depth) in enumerate(below):
        x, y = _INSET + depth * _COLUMN, _INSET + row * _LINE
        places[at] = (x, y)
        edge = made.nodes[at].edge
        path = ""
        if edge is not None and edge.parent in places:
            from_x, from_y = places[edge.parent]
            path = f"M{from_x} {from_y}V{y}H{x}"
        points.append(Point(known[made.nodes[at].copies[0]], x, y, len(made.nodes[at].copies), path))
    deepest = max(depth for _, depth in below)
    width = 2 * _INSET + deepest * _COLUMN + 130
    return Overview(width, 2 * _INSET + (len(below) - 1) * _LINE, tuple(points))
