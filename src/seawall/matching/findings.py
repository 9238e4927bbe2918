"""What each kind of signal found of one reference, and what is left of it once they are put together."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from seawall.matching import recommend
from seawall.model import match

ENOUGH: Final = 8.0  #: points: about what makes a match strong


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """What one kind of signal found of a reference."""

    name: str
    segments: tuple[match.Segment, ...]
    worth: tuple[float, ...]  #: points of each segment
    picture: recommend.Picture | None = None  #: the reference's, if all rests on one

    @property
    def points(self) -> float:
        """All its evidence, on the scale of `explain.score`."""
        return sum(self.worth)

    def left_by(self, others: Iterable[Finding]) -> Finding | None:
        """Only the segments whose stretches none of the others has as well; None where none is left."""
        rivals = [segment for one in others for segment in one.segments]
        return self._only([not any(_same_stretch(one, rival) for rival in rivals) for one in self.segments])

    def held_against(self, others: Iterable[Finding]) -> Finding | None:
        """Only the segments that are worth enough, or more than all others' of the same stretch."""
        rivals = [pair for one in others for pair in zip(one.segments, one.worth, strict=True)]
        return self._only(
            [
                worth >= ENOUGH
                or not any(more > worth and _same_stretch(one, rival) for rival, more in rivals)
                for one, worth in zip(self.segments, self.worth, strict=True)
            ]
        )

    def _only(self, mask: Sequence[bool]) -> Finding | None:
        kept = [
            pair for pair, held in zip(zip(self.segments, self.worth, strict=True), mask, strict=True) if held
        ]
        if not kept:
            return None
        segments, worth = zip(*kept, strict=True)
        return dataclasses.replace(self, segments=segments, worth=worth)


def reconciled(whole: Sequence[Finding], other: Sequence[Finding], seen: Sequence[Finding]) -> list[Finding]:
    """Of whole pictures, other views of them, and keypoints one for each stretch: it is the same evidence.

    Those in the order in which they stand here, unless they say little and a later kind more.
    """
    kept: list[Finding] = []
    for kind, later in ((whole, (*other, *seen)), (other, seen), (seen, ())):
        for one in sorted(kind, key=lambda finding: -finding.points):  # as it is and mirrored, say
            held = one.held_against(later)
            left = None if held is None else held.left_by(kept)
            kept += [] if left is None else [left]
    return kept


def _same_stretch(one: match.Segment, other: match.Segment) -> bool:
    """Whether at least half of the one lies, on the query, within the other."""
    length_s = one.query_end_s - one.query_start_s
    shared_s = min(one.query_end_s, other.query_end_s) - max(one.query_start_s, other.query_start_s)
    return shared_s >= length_s / 2
