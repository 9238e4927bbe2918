"""A reference found by its keypoints: what the sightings are worth, and how the match shows them.

A sighting counts by the keypoints that agree on its placement, beyond those that chance brings, and by how
alike the two pictures are once one is laid over the other: the same table with another object on it shares
keypoints with the clip, but not the picture.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from typing import Final

import numpy as np
from numpy.typing import NDArray

from seawall.matching import explain, findings, pictures, traces
from seawall.matching.options import SearchOptions
from seawall.matching.sides import Sides
from seawall.matching.sightings import Sighting
from seawall.matching.traces import Trace
from seawall.model import match, signal
from seawall.signals import local

CHANCE_POINTS: Final = 5  #: keypoints of a frame that agree by chance ...
CHANCE_OF_STILL: Final = 7  #: ... and of a picture that was looked at closely
KEYPOINTS_A_POINT: Final = 2.5
KEYPOINTS_A_POINT_OF_STILL: Final = 2.0
CHOSEN_POINTS: Final = 1.7  #: taken off each trace: among many lines and placements, some fit by chance
OTHER_LINE_POINTS: Final = 2.0  #: taken off besides where it is played backwards, or at another speed
MOST_A_FRAME: Final = 6.0  #: points: one frame of a video is not enough to be sure
MOST_A_STILL: Final = 12.0
WEAK: Final = 3.0  #: points under which a trace is no match by itself
UNLIKE: Final = 0.3  #: correlation of thumbs at and under which a trace is worth nothing ...
LIKE: Final = 0.75  #: ... and from which it is worth all
LUMPED: Final = 0.3  #: of the spread that keypoints have where the pictures overlap: agreeing ones that are
#: less spread, such as two letters of one font, count for less
LOOKED_AT: Final = 5  #: sightings, the best, by which that is told
UNSEEN_SHARE: Final = 0.6  #: of its worth where the shared part is too small to be compared
TURNED_DEG: Final = 2.5  #: less is not told: it may be the fit's error
WHOLE_SHARE: Final = 0.93  #: of a side; a picture shown to that extent is shown whole

LOCAL_PART: Final = "local"


def points(trace: Trace, sides: Sides) -> float:
    """The evidence that a trace holds, on the scale of `explain.points`."""
    still = sides.query.is_still or sides.reference.is_still
    most = MOST_A_STILL if still else MOST_A_FRAME
    closely = sides.query.is_still
    chance = CHANCE_OF_STILL if closely else CHANCE_POINTS
    a_point = KEYPOINTS_A_POINT_OF_STILL if closely else KEYPOINTS_A_POINT
    counts = np.array([len(one.agreement) for one in trace.sightings if _alike(one, trace.best, sides)])
    worth = np.clip((counts - chance) / a_point, 0, most)
    if still:  # one picture, however long it stands
        worth = worth.max(keepdims=True)
    alike = UNSEEN_SHARE if trace.alike >= 1 else (trace.alike - UNLIKE) / (LIKE - UNLIKE)
    told = float(worth.sum() * np.clip(alike, 0, 1) * min(1.0, _spread(trace, sides) / LUMPED))
    usual = still or abs(trace.speed - 1) < findings.USUAL_SPEED
    return max(0.0, told - CHOSEN_POINTS - (0 if usual else OTHER_LINE_POINTS))


def _spread(trace: Trace, sides: Sides) -> float:
    """How widely the agreeing keypoints are spread, against all keypoints where the pictures overlap."""
    best = sorted(trace.sightings, key=lambda one: -len(one.agreement))[:LOOKED_AT]
    shares = []
    for one in best:
        frame = int(np.abs(sides.query_local.times_s - one.query_s).argmin())
        points = sides.query_local.mirrored_points if one.mirrored else sides.query_local.points
        xy = points(frame).xy
        there = one.agreement.placement.apply(xy)
        shared = ((there >= 0) & (there <= np.array(sides.reference_local.extent))).all(axis=1)
        shares.append(_area(xy[one.agreement.query_points]) / max(_area(xy[shared]), 1e-9))
    return float(np.median(shares))


def _area(xy: NDArray[np.float32]) -> float:
    """Of the ellipse of one standard deviation, but for a constant."""
    return math.sqrt(max(0.0, float(np.linalg.det(np.cov(xy.T))))) if len(xy) > 2 else 0.0


def segment(trace: Trace, trace_points: float, sides: Sides) -> match.Segment:
    """A trace as a match shows it."""
    best = trace.best
    start_s, end_s = trace.reference_span_s()
    ours, theirs = regions(best, sides.query_local, sides.reference_local)
    return match.Segment(
        signal=signal.SignalType.LOCAL,
        query_start_s=round(trace.query_start_s, 3),
        query_end_s=round(trace.query_end_s, 3),
        reference_start_s=round(start_s, 3),
        reference_end_s=round(end_s, 3),
        speed=round(abs(trace.speed), 4) or 1.0,
        transform=_transform(trace, ours, theirs),
        score=round(explain.score(trace_points), 4),
        query_region=None if _whole(ours) else ours,
        reference_region=None if _whole(theirs) else theirs,
    )


def regions(
    sighting: Sighting, query: local.Local, reference: local.Local
) -> tuple[match.Region, match.Region]:
    """Where on the query's picture the reference's is, and which part of the reference's is seen."""
    placement = sighting.agreement.placement
    on_reference = _box(placement.apply(_corners(query.extent)), reference.extent)
    on_query = _box(placement.inverse().apply(_corners(reference.extent)), query.extent)
    if sighting.mirrored:
        on_query = match.Region(1 - on_query.x - on_query.width, on_query.y, on_query.width, on_query.height)
    return _rounded(on_query), _rounded(on_reference)


def _corners(extent: tuple[float, float]) -> NDArray[np.float64]:
    width, height = extent
    return np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float64)


def _box(corners: NDArray[np.float64], extent: tuple[float, float]) -> match.Region:
    """The upright rectangle about the corners, as far as it lies in the picture, in shares of its sides."""
    shares = np.clip(corners / np.array(extent), 0, 1)
    low, high = shares.min(axis=0), shares.max(axis=0)
    return match.Region(float(low[0]), float(low[1]), float(high[0] - low[0]), float(high[1] - low[1]))


def _rounded(region: match.Region) -> match.Region:
    return match.Region(*(round(max(0.0, value), 3) for value in region))


def _whole(region: match.Region) -> bool:
    return min(region.width, region.height) >= WHOLE_SHARE


def _transform(trace: Trace, ours: match.Region, theirs: match.Region) -> tuple[str, ...]:
    found = [explain.REVERSE] if trace.speed < 0 else []
    if trace.best.mirrored:
        found.append("mirror")
    turn_deg = trace.best.agreement.placement.turn_deg
    if abs(turn_deg) >= TURNED_DEG:
        found.append(f"rotate:{round(turn_deg)}")
    if not _whole(theirs):
        found.append(pictures.CROP)
    if not _whole(ours):
        found.append(pictures.INSET)
    return tuple(found)


def find(sides: Sides, seen: Sequence[Sighting], options: SearchOptions) -> list[tuple[Trace, float]]:
    """The traces of one reference with what each is worth, those worth nothing left out.

    One that is weak must lie in the picture where the best lies: chance brings several, each elsewhere.
    """
    found = [(one, points(one, sides)) for one in traces.traces(sides, seen, options)]
    best = max(found, key=lambda one: one[1], default=None)
    if best is None:
        return []
    return [
        (one, worth)
        for one, worth in found
        if worth > 0 and (worth >= WEAK or _alike(one.best, best[0].best, sides))
    ]


def _alike(ours: Sighting, theirs: Sighting, sides: Sides) -> bool:
    """Whether both place the picture alike. A scene filmed again by hand lies elsewhere in each frame."""
    extent = sides.query_local.extent
    return ours.mirrored == theirs.mirrored and ours.agreement.placement.alike(
        theirs.agreement.placement, extent
    )
