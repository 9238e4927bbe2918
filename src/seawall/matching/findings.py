"""What each kind of signal found of one reference, and what is left of it once they are put together."""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final

from seawall.matching import explain, recommend
from seawall.model import match

ENOUGH: Final = 8.0  #: points: about what makes a match strong
SAME_LINE_S: Final = 0.3  #: that sound and picture of one copy begin apart from each other, at most
REST_S: Final = 3.0  #: of a segment that another covers otherwise: keypoints reach on by nearly that unseen


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """What one kind of signal found of a reference."""

    name: str
    segments: tuple[match.Segment, ...]
    worth: tuple[float, ...]  #: points of each segment
    picture: recommend.Picture | None = None  #: the reference's, if all rests on one
    very: bool = False  #: whether it is the very same picture, so that nothing else knows its place better

    @property
    def points(self) -> float:
        """All its evidence, on the scale of `explain.score`."""
        return sum(self.worth)

    def left_by(self, others: Iterable[Finding]) -> Finding | None:
        """What of the segments none of the others has as well; None where nothing is left."""
        rivals = [segment for one in others for segment in one.segments]
        return self._of(
            [
                (dataclasses.replace(piece, score=round(segment.score * share, 4)), worth * share)
                for segment, worth in zip(self.segments, self.worth, strict=True)
                for piece, share in _outside(segment, rivals)
            ]
        )

    def held_against(self, others: Iterable[Finding]) -> Finding | None:
        """Only the segments that are worth enough, or more than all others' of the same stretch.

        The very same picture is kept where it is, and is worth as much as others say of it.
        """
        rivals = [pair for one in others for pair in zip(one.segments, one.worth, strict=True)]
        if self.very:
            most = max((more for _, more in rivals), default=0.0)
            return dataclasses.replace(self, worth=tuple(max(worth, most) for worth in self.worth))
        return self._only(
            [
                worth >= ENOUGH
                or not any(more > worth and _same_stretch(one, rival) for rival, more in rivals)
                for one, worth in zip(self.segments, self.worth, strict=True)
            ]
        )

    def at_least(self, points: float) -> Finding | None:
        """Only the segments that are worth so much; None where none is."""
        return self._only([worth >= points for worth in self.worth])

    def _only(self, mask: Sequence[bool]) -> Finding | None:
        pairs = zip(self.segments, self.worth, strict=True)
        return self._of([pair for pair, held in zip(pairs, mask, strict=True) if held])

    def _of(self, kept: Sequence[tuple[match.Segment, float]]) -> Finding | None:
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


def ended_by(sounds: Sequence[Finding], seen: Sequence[Finding], reach_s: float) -> list[Finding]:
    """What was heard, ended where what is seen of the same ends, if it reaches on by no more than that.

    So far sound is taken to go on past what tells it, as its peaks are some way apart; pictures know better.
    """
    ends = [segment for one in seen for segment in one.segments]
    return [
        dataclasses.replace(one, segments=tuple(_ended(segment, ends, reach_s) for segment in one.segments))
        for one in sounds
    ]


def _ended(heard: match.Segment, seen: Iterable[match.Segment], reach_s: float) -> match.Segment:
    for one in seen:
        off_s = (heard.query_start_s - one.query_start_s) - (heard.reference_start_s - one.reference_start_s)
        if explain.REVERSE in one.transform or abs(off_s) > SAME_LINE_S:
            continue
        if 0 < one.query_start_s - heard.query_start_s <= reach_s:
            heard = within(heard, one.query_start_s, heard.query_end_s)
        if 0 < heard.query_end_s - one.query_end_s <= reach_s:
            heard = within(heard, heard.query_start_s, one.query_end_s)
    return heard


def _same_stretch(one: match.Segment, other: match.Segment) -> bool:
    """Whether at least half of the one lies, on the query, within the other."""
    length_s = one.query_end_s - one.query_start_s
    shared_s = min(one.query_end_s, other.query_end_s) - max(one.query_start_s, other.query_start_s)
    return shared_s >= length_s / 2


def _outside(segment: match.Segment, rivals: Iterable[match.Segment]) -> list[tuple[match.Segment, float]]:
    """A segment, or the long enough rests of it around those that have it too; each with its share of it."""
    rivals = [one for one in rivals if _same_stretch(segment, one)]
    if not rivals:
        return [(segment, 1.0)]
    length_s = segment.query_end_s - segment.query_start_s
    ends = (segment.query_start_s, segment.query_end_s)
    spans = sorted((one.query_start_s, one.query_end_s) for one in rivals)
    starts, stops = zip((ends[0], ends[0]), *spans, (ends[1], ends[1]), strict=True)
    rests = []
    for at, next_start_s in enumerate(starts[1:]):
        start_s = max(ends[0], *stops[: at + 1])
        end_s = min(ends[1], next_start_s)
        if end_s - start_s >= REST_S:
            rests.append((within(segment, start_s, end_s), (end_s - start_s) / length_s))
    return rests


def within(segment: match.Segment, start_s: float, end_s: float) -> match.Segment:
    """As much of a segment as lies between two times of the query."""
    late_s = max(0.0, start_s - segment.query_start_s)
    early_s = max(0.0, segment.query_end_s - end_s)
    if segment.reference_start_s == segment.reference_end_s:  # a still's
        first_s = last_s = 0.0
    elif explain.REVERSE in segment.transform:
        first_s, last_s = early_s * segment.speed, late_s * segment.speed
    else:
        first_s, last_s = late_s * segment.speed, early_s * segment.speed
    return dataclasses.replace(
        segment,
        query_start_s=round(segment.query_start_s + late_s, 3),
        query_end_s=round(segment.query_end_s - early_s, 3),
        reference_start_s=round(segment.reference_start_s + first_s, 3),
        reference_end_s=round(segment.reference_end_s - last_s, 3),
    )
