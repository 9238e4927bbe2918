"""Which moment of which footage shows when: a time line is a row of pieces, and edits rearrange it.

Four verbs make every edit in time: cut a part out, run at another speed, turn round, and join (adding
tuples). What is true of an edited file follows from its last time line alone.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from seawall.bench import records

CLIP: Final = 0  #: the footage that an edited file is made from; others count from 1
BLACK: Final = -1  #: no footage at all

#: two times that differ by less are the same
_SAME_S: Final = 1e-6
#: shorter stretches show no whole frame that could be found
_SHORTEST_S: Final = 0.05


@dataclass(frozen=True, slots=True)
class Piece:
    """An unbroken part of one footage."""

    footage: int
    length_s: float  #: for how long it shows
    start_s: float  #: the footage's time as it begins; running backwards, the end of what it shows
    speed: float = 1.0  #: footage seconds in a second shown; below 0 backwards, 0 a standing picture

    def at(self, since_s: float) -> float:
        """The footage's time when the piece has shown for `since_s`."""
        return self.start_s + self.speed * since_s

    @property
    def end_s(self) -> float:
        """The footage's time as the piece ends."""
        return self.at(self.length_s)


Timeline = tuple[Piece, ...]


def length_s(line: Timeline) -> float:
    """How long the whole shows."""
    return sum(piece.length_s for piece in line)


def cut(line: Timeline, start_s: float, end_s: float) -> Timeline:
    """What shows from `start_s` to `end_s`."""
    kept = []
    at_s = 0.0
    for piece in line:
        first, last = max(start_s - at_s, 0.0), min(end_s - at_s, piece.length_s)
        if last - first > _SAME_S:
            kept.append(replace(piece, length_s=last - first, start_s=piece.at(first)))
        at_s += piece.length_s
    return tuple(kept)


def at_speed(line: Timeline, factor: float) -> Timeline:
    """The whole, `factor` times as fast."""
    return tuple(
        replace(piece, length_s=piece.length_s / factor, speed=piece.speed * factor) for piece in line
    )


def turned(line: Timeline) -> Timeline:
    """The whole, backwards."""
    return tuple(replace(piece, start_s=piece.end_s, speed=-piece.speed) for piece in reversed(line))


def still(line: Timeline, at_s: float, for_s: float) -> Timeline:
    """What shows at `at_s`, standing for `for_s`."""
    return tuple(replace(piece, length_s=for_s, speed=0.0) for piece in cut(line, at_s, length_s(line))[:1])


def stretches(line: Timeline, footage: int = CLIP) -> tuple[records.Stretch, ...]:
    """Where one footage lies, in order of the query; parts that run on from each other are one.

    A standing picture is of no stretch: no time of the footage passes in it.
    """
    parts: list[tuple[float, Piece]] = []  # when it begins, and what it is
    at_s = 0.0
    for piece in line:
        if piece.footage == footage and piece.speed:
            if parts and _runs_on(*parts[-1], at_s, piece):
                begun_s, before = parts.pop()
                parts.append((begun_s, replace(before, length_s=before.length_s + piece.length_s)))
            else:
                parts.append((at_s, piece))
        at_s += piece.length_s
    return tuple(_stretch(*part) for part in parts if part[1].length_s >= _SHORTEST_S)


def _runs_on(begun_s: float, before: Piece, at_s: float, piece: Piece) -> bool:
    return (
        abs(begun_s + before.length_s - at_s) < _SAME_S
        and abs(before.end_s - piece.start_s) < _SAME_S
        and abs(before.speed - piece.speed) < _SAME_S
    )


def _stretch(begun_s: float, piece: Piece) -> records.Stretch:
    return records.Stretch(
        begun_s,
        begun_s + piece.length_s,
        min(piece.start_s, piece.end_s),
        max(piece.start_s, piece.end_s),
        speed=abs(piece.speed),
        reversed=piece.speed < 0,
    )
