"""Whether the peaks that are met are as loud as in a copy: all of them louder or softer by one gain.

A copy is played at some volume, and what is laid over it adds to the power of some peaks and leaves that
of others. So of the peaks that a copy meets, many differ from the reference's by the same decibels. Peaks
that meet by chance differ by any. How many agree by chance is measured where the two sounds were slid past
each other, each slide with the gain that suits it best, as the stretch itself has it.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

WINDOW_DB: Final = 3  #: differences of one gain, to the decibel
CHANCE_PERCENTILE: Final = 85  #: of the slides, as for the kinds of peaks
LEAST_CHANCE: Final = 0.15
MOST_SURE: Final = 0.98  #: share of those met that is taken to agree, at most
MIN_MET: Final = 8  #: of a slide's peaks: of fewer some agree always
_RANGE_DB: Final = 256  #: differences of two levels of a byte lie within so much to either side
_KEYS: Final = 1 << 19  #: counted at a time

Levels = NDArray[np.uint8]  #: of `audio.Fingerprint`; 0 where there is no peak


@dataclass(frozen=True, slots=True, eq=False)
class Told:
    """What the levels of a stretch's peaks say."""

    agreeing: int  #: of the met peaks, how many differ by the gain that most differ by
    slid: NDArray[np.int64]  #: (slides,) the same at every slide
    evidence: float  #: nats for a copy, over what the meetings of peaks hold; never less than none


def compare(levels: Levels, heard: Levels, slid: Levels) -> Told:
    """Compare the levels of the reference's peaks, (n,), with those of what meets them.

    heard: (n,). slid: (slides, n), at every slide.
    """
    (agreeing,), by_chance = _agreeing(levels, heard[None]), _agreeing(levels, slid)
    met, counts = int(np.count_nonzero(heard)), np.count_nonzero(slid, axis=1)
    usable = counts >= MIN_MET
    if met < MIN_MET or not usable.any():
        return Told(int(agreeing), by_chance, 0.0)
    shares = by_chance[usable] / counts[usable]
    chance = max(float(np.percentile(shares, CHANCE_PERCENTILE)), LEAST_CHANCE)
    return Told(int(agreeing), by_chance, met * _nats(min(float(agreeing) / met, MOST_SURE), chance))


def _nats(share: float, chance: float) -> float:
    """Of each peak, where a share of them agrees, and by chance another."""
    if share <= chance:
        return 0.0
    return share * math.log(share / chance) + (1 - share) * math.log((1 - share) / (1 - chance))


def _agreeing(levels: Levels, heard: Levels) -> NDArray[np.int64]:
    """(slides,) how many of the met peaks differ by the gain that most differ by. heard: (slides, n)."""
    found = np.empty(len(heard), np.int64)
    step = max(1, _KEYS // heard.shape[1])
    for first in range(0, len(heard), step):
        some = heard[first : first + step]
        row, peak = np.nonzero(some)
        differences = some[row, peak].astype(np.int64) - levels[peak] + _RANGE_DB
        width = 2 * _RANGE_DB + WINDOW_DB
        counts = np.bincount(row * width + differences, minlength=len(some) * width).reshape(-1, width)
        sums = np.cumsum(np.pad(counts, ((0, 0), (1, 0))), axis=1)
        found[first : first + step] = (sums[:, WINDOW_DB:] - sums[:, :-WINDOW_DB]).max(axis=1)
    return found
