"""What each kind of signal found of one reference, and what is left of it once they are put together.

Two talks of one person before the same wall share all that stands still, and none of what moves. Where what
moves does not agree along most of what was found, it is the same scene and not the same footage.
"""

from __future__ import annotations

import dataclasses
import itertools
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Final

from seawall.matching import explain, moving, recommend
from seawall.model import match

ENOUGH: Final = 8.0  #: points: about what makes a match strong
SAME_LINE_S: Final = 0.3  #: that sound and picture of one copy begin apart from each other, at most
REST_S: Final = 3.0  #: of a segment that another covers otherwise: keypoints reach on by nearly that unseen
MOVES_ALIKE: Final = 0.9  #: agreement of what moves, in the mean, under which it is only the same scene ...
MOVES_ALIKE_AT_ANY_SPEED: Final = 0.95  #: ... where the speed was free, or it is played backwards ...
MOVES_THE_SAME: Final = 0.985  #: ... and of one segment that it is the footage, unless ...
TELLING_S: Final = 3.0  #: ... it is shorter
USUAL_SPEED: Final = 0.03  #: off normal speed, at most
SCENE_POINTS: Final = 3.0  #: that the same scene is worth at most: a suggestion ...
NEARLY_POINTS: Final = 2.5  #: ... and so much more, the nearer what moves comes to agreeing ...
FAR_OFF: Final = 0.5  #: ... from this far under what it would have to


@dataclass(frozen=True, slots=True, eq=False)
class Finding:
    """What one kind of signal found of a reference."""

    name: str
    segments: tuple[match.Segment, ...]
    worth: tuple[float, ...]  #: points of each segment
    moves: tuple[float | None, ...] = ()  #: of each, how far what moves agrees; None, or nothing, if unknown
    picture: recommend.Picture | None = None  #: the reference's, if all rests on one
    very: bool = False  #: whether it is the very same picture, so that nothing else knows its place better

    @property
    def points(self) -> float:
        """All its evidence, on the scale of `explain.score`."""
        return sum(self.worth)

    def each(self) -> Iterator[tuple[match.Segment, float, float | None]]:
        """Each segment with its worth and how far what moves agrees."""
        yield from zip(
            self.segments, self.worth, self.moves or itertools.repeat(None, len(self.worth)), strict=True
        )

    def left_by(self, others: Iterable[Finding]) -> Finding | None:
        """What of the segments none of the others has as well; None where nothing is left."""
        rivals = [segment for one in others for segment in one.segments]
        return self._of(
            [
                (dataclasses.replace(piece, score=round(segment.score * share, 4)), worth * share, moves)
                for segment, worth, moves in self.each()
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
        return self._of([one for one, held in zip(self.each(), mask, strict=True) if held])

    def _of(self, kept: Sequence[tuple[match.Segment, float, float | None]]) -> Finding | None:
        if not kept:
            return None
        segments, worth, moves = zip(*kept, strict=True)
        return dataclasses.replace(self, segments=segments, worth=worth, moves=moves)


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


def of_scene(parts: Sequence[Finding], told: Iterable[Finding]) -> list[Finding]:
    """The parts, worth a suggestion at most where they show the same scene and not the same footage.

    told: all that pictures say, before it was put together. Where one take is led along another, some short
    stretch moves alike by chance, and of a copy some segment may lie on a wrong line. So a segment tells of
    itself and of its stretch only if it is long or moves the very same; of all others their mean does, by
    what they are worth. The nearer it comes, the more is left.
    """
    each = [one for part in told for one in part.each()]
    sure = [segment for segment, _, moves in each if _tells(segment, moves)]
    above = [
        (worth, max(0.0, _above(segment, moves)) if segment in sure else _above(segment, moves))
        for segment, worth, moves in each
        if moves is not None and (segment in sure or not _told_by(sure, segment))
    ]
    mean = sum(worth * more for worth, more in above) / max(sum(worth for worth, _ in above), 1e-9)
    if mean >= 0:
        return list(parts)
    doubted = sum(worth for one in parts for segment, worth, _ in one.each() if not _told_by(sure, segment))
    left = SCENE_POINTS + NEARLY_POINTS * max(0.0, 1 + mean / FAR_OFF)
    return [_worth_less(one, sure, min(1.0, left / max(doubted, 1e-9))) for one in parts]


def _told_by(sure: Iterable[match.Segment], segment: match.Segment) -> bool:
    """Whether a telling segment lies over the same stretch."""
    return any(_same_stretch(segment, one) for one in sure)


def _tells(segment: match.Segment, moves: float | None) -> bool:
    """Whether what moves in a segment tells that it is the same footage."""
    lasts_s = segment.query_end_s - segment.query_start_s
    if moves is None or lasts_s < TELLING_S:
        return False
    return moves >= min(MOVES_THE_SAME, moving.least(lasts_s, usual_speed=_usual(segment)))


def _above(segment: match.Segment, moves: float) -> float:
    """How far what moves agrees beyond what the mean has to."""
    return moves - (MOVES_ALIKE if _usual(segment) else MOVES_ALIKE_AT_ANY_SPEED)


def _usual(segment: match.Segment) -> bool:
    return abs(segment.speed - 1) < USUAL_SPEED and explain.REVERSE not in segment.transform


def _worth_less(one: Finding, sure: Sequence[match.Segment], share: float) -> Finding:
    """What no telling segment shows lowered to a share of its worth."""
    segments, worth = [], []
    for segment, points, _ in one.each():
        if not _told_by(sure, segment):
            points *= share
            score = min(segment.score, round(explain.score(points), 4))
            segment = dataclasses.replace(segment, transform=(*segment.transform, match.SCENE), score=score)
        segments.append(segment)
        worth.append(points)
    return dataclasses.replace(one, segments=tuple(segments), worth=tuple(worth))


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
