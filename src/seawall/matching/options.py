"""Every number that decides what is a match, in one place, with where it comes from.

Distances were measured on frames of 34 clips: no area code of a frame came closer than 74 bits to
any of an unrelated clip (half of them not under 98), while at half size and JPEG quality 50 a frame
stays within 16 bits of itself, 1 to 6 in the mean of a clip. `docs/explanation/matching.md` has the
table.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from seawall.signals import pdq


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """How a search decides. The defaults are what Seawall ships and benchmarks."""

    radius_bits: int = 47  #: the index answers area codes this close; the most that its tables serve
    still_radius_bits: int = 72  #: and those of a single picture, which is one look-up: beyond says nothing
    keypoint_radius_bits: int = 34  #: keypoints' codes this close raise a reference ...
    keypoint_sure_bits: int = 15  #: ... of which none this close is missed, but in crowds
    keypoint_meetings: int = 3  #: of them in a frame, for a reference to be looked at
    keypoints_agreeing: int = 7  #: on one placement, for a frame to show a reference's frame
    max_local_candidates: int = 16  #: references looked at for their keypoints
    listed_radius_bits: int = pdq.MATCH_BITS  #: and PDQ hashes of lists this close, as their authors say
    loose_bits: int = 60  #: along an aligned run, where the position is given, a frame may be this far
    distinct_bits: int = 16  #: a frame is further evidence only once its code has moved this far
    run_moments: int = 2  #: that a run at the usual speed has at least: one may be chance
    gap_s: float = 1.0  #: a run goes on over this long without a matching frame ...
    glanced_gap_s: float = 6.0  #: ... and over this long where only key frames were looked at
    speed_min: float = 0.5
    speed_max: float = 2.0
    max_segments: int = 16  #: a reference's; the strongest come first
    max_candidates: int = 64  #: references aligned for one query; those with the most hits come first
    strong_score: float = 0.86  #: one clear picture at 31 bits, or several moments at 60
    suggest_score: float = 0.5
    suppressed_share: float = 0.8  #: of a match's time that known-good content explains
    ambiguous_gap: float = 0.03  #: two pictures that differ, yet score this close, are only suggested


#: What key frames alone are searched with: they lie far apart, and one of them is enough for a closer look,
#: though only some of what it shows agrees.
GLANCE: Final = SearchOptions(keypoint_meetings=2, keypoints_agreeing=5, run_moments=1, suggest_score=0.1)
