"""Every number that decides what is a match, in one place, with where it comes from.

Distances were measured between frames of 34 clips: no two frames of unrelated clips came closer
than 70 bits, while frames of one clip, re-encoded at 240 lines, blurred, with noise or with a small
logo lie within 10 to 45 bits of their originals. `docs/explanation/matching.md` has the tables.
"""

from __future__ import annotations

from dataclasses import dataclass

from seawall.signals import pdq


@dataclass(frozen=True, slots=True)
class SearchOptions:
    """How a search decides. The defaults are what Seawall ships and benchmarks."""

    radius_bits: int = pdq.MATCH_BITS  #: the index answers codes this close
    loose_bits: int = 48  #: along an aligned run, where the position is given, a frame may be this far
    distinct_bits: int = 16  #: a frame is further evidence only once its code has moved this far
    gap_s: float = 1.0  #: a run goes on over this long without a matching frame
    speed_min: float = 0.5
    speed_max: float = 2.0
    max_segments: int = 16  #: a reference's; the strongest come first
    max_candidates: int = 64  #: references aligned for one query; those with the most hits come first
    strong_score: float = 0.86  #: one clear picture at 31 bits, or several moments at 48
    suggest_score: float = 0.5
    suppressed_share: float = 0.8  #: of a match's time that known-good content explains
    ambiguous_gap: float = 0.03  #: two pictures that differ, yet score this close, are only suggested
