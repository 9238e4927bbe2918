"""Why a match is a match: how much evidence each segment holds, and what score that makes.

Each clear and distinct picture that agrees is evidence, the more the closer it is: a code at `d`
bits counts (`UNRELATED_BITS` - d) / `BITS_A_POINT` points, less where the picture has little to
hold on to. Pictures that hardly differ from the last one counted add nothing: a standing picture is
one picture, however long it stands. The score is 1 - exp(-points / `POINTS_SCALE`).
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from typing import Final

import numpy as np
from numpy.typing import NDArray

from seawall.matching.align import Run
from seawall.matching.options import SearchOptions
from seawall.model import match, signal
from seawall.signals import pdq, thumb, video

UNRELATED_BITS: Final = 96  #: unrelated pictures lie near 128, rarely under this
BITS_A_POINT: Final = 8.0
POINTS_SCALE: Final = 4.0
DIM_SHARE: Final = 0.3  #: of a clear picture's worth that the dimmest usable one has
CLEAR_CORRELATION: Final = 0.9  #: thumbs of the same picture, whatever was done to it short of new content

EXACT_PART: Final = "exact"
IMAGE_PART: Final = "image"
VIDEO_PART: Final = "video"

REVERSE: Final = "reverse"  #: the transform of footage that is played backwards


def score(points: float) -> float:
    """0..1, comparable across kinds of signals."""
    return 1 - math.exp(-points / POINTS_SCALE)


def points(run: Run, query: video.Fingerprint, reference: video.Fingerprint, options: SearchOptions) -> float:
    """The evidence that a run holds."""
    counted = _distinct(run, query, reference, options.distinct_bits)
    clear = np.minimum(query.qualities[run.moments], reference.qualities[run.positions]) / pdq.MATCH_QUALITY
    worth = np.maximum(0, UNRELATED_BITS - run.distances) / BITS_A_POINT * np.clip(clear, DIM_SHARE, 1)
    if query.thumbs is not None and reference.thumbs is not None:
        ours, theirs = query.thumbs[run.moments], reference.thumbs[run.positions]
        alike = thumb.correlation(ours, theirs)
        if alike.min() < CLEAR_CORRELATION:
            alike = np.maximum(alike, thumb.evenly_lit_correlation(ours, theirs))
        worth = worth * np.clip(alike / CLEAR_CORRELATION, 0, 1)
    # The best moment of each standing picture, so that one bad frame does not spoil it.
    best = np.zeros(int(counted.max()) + 1)
    np.maximum.at(best, counted, worth)
    return float(best.sum() * run.share)


def _distinct(
    run: Run, query: video.Fingerprint, reference: video.Fingerprint, distinct_bits: int
) -> NDArray[np.int64]:
    """For each moment of the run, the number of the distinct picture that it shows.

    A picture is distinct once the codes of both sides have moved: noise moves that of one.
    """
    numbers = np.zeros(len(run.moments), np.int64)
    codes, known = query.codes[run.moments], reference.codes[run.positions]
    number = last = 0
    for at in range(len(run.moments)):
        moved = np.bitwise_count(np.stack([codes[at] ^ codes[last], known[at] ^ known[last]])).sum(axis=1)
        if int(moved.min()) >= distinct_bits:
            number, last = number + 1, at
        numbers[at] = number
    return numbers


def segment(run: Run, run_points: float, *, is_image: bool) -> match.Segment:
    """A run as a match shows it."""
    kind = signal.SignalType.PDQ if is_image else signal.SignalType.VIDEO
    on_still = run.line.speed == 0.0
    return match.Segment(
        signal=kind,
        query_start_s=round(run.query_start_s, 3),
        query_end_s=round(run.query_end_s, 3),
        reference_start_s=round(run.reference_start_s, 3),
        reference_end_s=round(run.reference_end_s, 3),
        speed=1.0 if on_still else round(abs(run.line.speed), 4),
        transform=(REVERSE,) if run.line.speed < 0 else (),
        score=round(score(run_points), 4),
    )


def covered(spans: Iterable[tuple[float, float]], duration_s: float | None) -> float:
    """Share of the duration that the spans cover together, 0..1."""
    if not duration_s:
        return 0.0
    total = end = 0.0
    for start_s, end_s in sorted(spans):
        total += max(0.0, end_s - max(start_s, end))
        end = max(end, end_s)
    return round(min(1.0, total / duration_s), 4)
