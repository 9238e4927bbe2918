"""What keypoints say of one reference: of those that the query's met, and of those that a view of it raised.

A picture on a page full of text has most of its keypoints in the text, so that its own may raise nothing;
but the part of the page that holds it has a code near the reference's. Keypoints are then compared whole.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from seawall.matching import findings, placed, sightings, traces
from seawall.matching.options import SearchOptions
from seawall.matching.pictures import Raised
from seawall.matching.sides import Sides
from seawall.matching.sightings import Meetings, Sighting
from seawall.signals import video

LOOKED_AT: Final = 16  #: references that views raise and keypoints do not: those with the closest codes


@dataclass(frozen=True, slots=True, eq=False)
class Lead:
    """Why the keypoints of a reference are compared with the query's."""

    number: int  #: the reference's
    met: tuple[Meetings, ...] = ()  #: some met: in the picture as it is, mirrored
    raised: Raised | None = None  #: none did, but this view of the query has a code near one of its own


def leads(query: video.Fingerprint, met: Sequence[Meetings], raised: Sequence[Raised]) -> Mapping[int, Lead]:
    """By the reference's number. Views lead on of a single picture only: a moving one has other moments.

    Keypoints look different in a negative.
    """
    found: dict[int, Lead] = {}
    for one in met:
        before = found.get(one.number, Lead(one.number)).met
        found[one.number] = Lead(one.number, (*before, one))
    if not query.is_still:
        return found
    fresh = [one for one in raised if one.number not in found and not one.view.turn.negative]
    closest: dict[int, Lead] = {}
    for view in sorted(fresh, key=lambda one: (one.bits, one.number)):
        if len(closest) < LOOKED_AT:
            closest.setdefault(view.number, Lead(view.number, raised=view))
    return found | closest


def said(sides: Sides, lead: Lead, options: SearchOptions) -> list[findings.Finding]:
    """What keypoints say of one reference.

    Chance brings weak traces in the picture as it is and in the mirrored one; a copy is either.
    """
    seen = [sightings.sightings(sides.query_local, sides.reference_local, one, options) for one in lead.met]
    if lead.raised is not None:
        seen.append(_compared(sides, lead.raised, options))
    parts = [part for some in seen if (part := _placed(sides, some, options)) is not None]
    best = max(parts, key=lambda part: max(part.worth), default=None)
    told = (part if part is best else part.at_least(placed.WEAK) for part in parts)
    return [part for part in told if part is not None]


def _compared(sides: Sides, raised: Raised, options: SearchOptions) -> list[Sighting]:
    """The picture, where it shows the moment of the reference that its view was closest to."""
    hits = raised.candidate.hits
    moment = int(hits.reference[int(hits.distances.argmin())])
    # The moments of a picture are its crops, all of one time.
    time_s = 0.0 if sides.reference.is_still else float(sides.reference.times_s[moment])
    frame = int(np.abs(sides.reference_local.times_s - time_s).argmin())
    return sightings.compared(
        sides.query_local, sides.reference_local, frame, options, mirrored=raised.view.turn.mirrors
    )


def _placed(sides: Sides, seen: list[Sighting], options: SearchOptions) -> findings.Finding | None:
    """What sightings are worth, in the picture as it is or mirrored."""
    found = placed.find(sides, seen, options) if seen else []
    if not found:
        return None
    return findings.Finding(
        name=placed.LOCAL_PART,
        segments=tuple(placed.segment(trace, points, sides) for trace, points in found),
        worth=tuple(points for _, points in found),
        moves=tuple(traces.moves(sides, trace) for trace, _ in found),
    )
