"""Lines through equal landmarks: reference time = speed x query time + offset.

A line is found where the votes are densest, within some seconds of the query, and then led on to
both sides: a speed that is only known to half a percent would miss the sound a minute further on.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final, Self

import numpy as np
from numpy.typing import NDArray

from seawall.signals import audio, spectrogram
from seawall.signals.audio import View

FRAME_S: Final = spectrogram.FRAME_MS / 1000
MIDDLE_S: Final = spectrogram.MIDDLE_MS / 1000
VOTE_FRAMES: Final = 4  #: hits whose offsets differ by less vote for the same line
NEAR_S: Final = 0.1  #: a hit this close to a line lies on it
SPEED_REACH: Final = 0.07  #: a view serves speeds this far from its own
SPEED_STEP: Final = 0.005
OWN_SPEED_MARGIN: Final = 1.15  #: sound is far more often copied at its own speed than at any other
_WINDOW_S: Final = 10.0  #: of the query, in which a line is found
_FITTING_S: Final = 1.5 * FRAME_S  #: of two lines the one with more hits this close is the better
_FIT_S: Final = 2.0  #: over less, a slope says nothing
_WINDOWS: Final = 3  #: of the query, in which peaks are asked for a line where landmarks led nowhere
_PEAKS_AT_A_TIME: Final = 1 << 14  #: of a reference's, which bounds the memory that this takes
_MIN_ERRORS: Final = 6.0  #: of the best, over those beside it: one in a hundred unrelated sounds has over 5
_AROUND_FRAMES: Final = 31  #: on each side of an offset, at which about as many peaks meet by chance


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """Equal landmarks of a query and a reference."""

    views: NDArray[np.int64]  #: (m,) the number of the view that the query was asked in
    peaks: NDArray[np.int64]  #: (m,) the number of the query's first peak
    frames: NDArray[np.int64]  #: (m,) the reference's frame

    def __len__(self) -> int:
        return len(self.views)

    def where(self, mask: NDArray[np.bool_]) -> Hits:
        """Only the marked ones."""
        return Hits(self.views[mask], self.peaks[mask], self.frames[mask])

    @classmethod
    def joined(cls, parts: Sequence[Hits]) -> Self:
        """All of them, in the parts' order."""
        return cls(
            np.concatenate([part.views for part in parts]),
            np.concatenate([part.peaks for part in parts]),
            np.concatenate([part.frames for part in parts]),
        )


@dataclass(frozen=True, slots=True)
class Line:
    """Reference time = speed x query time + offset, heard in a view."""

    speed: float
    offset_s: float
    view: int
    by_peaks: bool = False  #: found by single peaks, of which some line always has the most


@dataclass(frozen=True, slots=True, eq=False)
class _Points:
    """Hits as points: times on the query and on the reference."""

    query_s: NDArray[np.float64]
    reference_s: NDArray[np.float64]

    def where(self, mask: NDArray[np.bool_]) -> _Points:
        return _Points(self.query_s[mask], self.reference_s[mask])


def best_lines(query: audio.Fingerprint, hits: Hits, views: Sequence[View], min_votes: int) -> list[Line]:
    """The line with the most votes within some seconds of the query; none where none has enough.

    A few hits tell a slope badly, and sound is seldom copied at another speed: so one of another speed comes
    with the line at its view's own speed through the same hits.
    """
    best: list[Line] = []
    best_votes = min_votes - 1.0
    for number, view in enumerate(views):
        points = _points(query, hits.where(hits.views == number))
        if len(points.query_s) <= best_votes:
            continue  # no line has more votes than there are hits
        found = _vote(points, view.speed)
        if found is not None and found[0] > best_votes:
            best_votes, speed, offset_s, start_s = found
            best = [Line(*_lead_on(points, speed, offset_s, start_s, view.speed), number)]
            if best[0].speed != view.speed:
                best.append(_own(points, speed, offset_s, start_s, view.speed, number))
    return best


def met_lines(query: audio.Fingerprint, reference: audio.Fingerprint, hits: Hits) -> list[Line]:
    """Lines along which more peaks meet than along those beside, in the windows with the most hits.

    Under a voice hardly a landmark is left whole, but more single peaks. Only at the sound's own speed and
    pitch, which bounds the lines to try.
    """
    windows, counts = np.unique(query.times_s[hits.peaks] // _WINDOW_S, return_counts=True)
    asked = windows[np.argsort(-counts, kind="stable")][:_WINDOWS]
    lines = (_met_line(query, reference, float(window) * _WINDOW_S) for window in asked)
    return [line for line in lines if line is not None]


def _met_line(query: audio.Fingerprint, reference: audio.Fingerprint, start_s: float) -> Line | None:
    """The line along which most peaks of the query's window meet one of the reference in their band."""
    within = slice(*np.searchsorted(query.times_s, (start_s, start_s + _WINDOW_S)))
    order = np.argsort(query.bands[within], kind="stable")
    frames, bands = query.frames[within][order].astype(np.int64), query.bands[within][order]
    last = int(frames.max(initial=0))
    single = np.zeros(int(reference.frames[-1]) + last + 2, np.int64)
    for part in range(0, len(reference), _PEAKS_AT_A_TIME):
        taken = slice(part, part + _PEAKS_AT_A_TIME)
        begins = np.searchsorted(bands, reference.bands[taken])
        counts = np.searchsorted(bands, reference.bands[taken], side="right") - begins
        first = np.repeat(np.cumsum(counts) - counts, counts)
        met = np.repeat(begins, counts) + np.arange(len(first)) - first
        offsets = np.repeat(reference.frames[taken].astype(np.int64), counts) - frames[met]
        single += np.bincount(offsets + last, minlength=len(single))
    votes = single[:-1] + single[1:]
    width = 2 * _AROUND_FRAMES + 1
    sums = np.cumsum(np.pad(votes.astype(np.float64), (_AROUND_FRAMES + 1, _AROUND_FRAMES)))
    usual = (sums[width:] - sums[:-width]) / width
    errors = (votes - usual) / np.sqrt(usual + 1)
    best = int(np.argmax(errors))
    if errors[best] < _MIN_ERRORS:
        return None
    later = float(single[best + 1] / votes[best])
    return Line(1.0, (best - last + later) * FRAME_S, 0, by_peaks=True)


def _own(points: _Points, speed: float, offset_s: float, start_s: float, own_speed: float, view: int) -> Line:
    """The line at that very speed through the hits that another line found in its window."""
    within = (points.query_s >= start_s) & (points.query_s <= start_s + _WINDOW_S)
    near = points.where(within & _near(points, speed, offset_s, NEAR_S))
    offsets = near.reference_s - own_speed * near.query_s
    return Line(own_speed, float(np.median(offsets)), view)


def on_line(query: audio.Fingerprint, hits: Hits, line: Line) -> NDArray[np.bool_]:
    """(m,) which hits the line explains, in whatever view."""
    points = _points(query, hits)
    return _near(points, line.speed, line.offset_s, 2 * NEAR_S)


def _points(query: audio.Fingerprint, hits: Hits) -> _Points:
    """The hits' times on both sides."""
    return _Points(query.times_s[hits.peaks], hits.frames.astype(np.float64) * FRAME_S + MIDDLE_S)


def _near(points: _Points, speed: float, offset_s: float, reach_s: float) -> NDArray[np.bool_]:
    near: NDArray[np.bool_] = np.abs(points.reference_s - speed * points.query_s - offset_s) <= reach_s
    return near


def _vote(points: _Points, own_speed: float) -> tuple[float, float, float, float] | None:
    """Votes, speed, offset and the start of the window, of the densest line at speeds around a view's.

    Votes fall into steps of half the width, and two neighbours count together.
    """
    if len(points.query_s) == 0:
        return None
    reach = round(SPEED_REACH / SPEED_STEP)
    steps = np.array(sorted(range(-reach, reach + 1), key=abs), np.float64)
    speeds = own_speed * (1 + steps * SPEED_STEP)
    offsets = points.reference_s - speeds[:, None] * points.query_s
    bins = np.floor((offsets - offsets.min()) / (VOTE_FRAMES * FRAME_S / 2)).astype(np.int64)
    windows = np.floor(points.query_s / (_WINDOW_S / 2)).astype(np.int64)
    # Each hit votes in the two windows that overlap on it.
    both = np.stack([windows - 1, windows])
    span, last = int(bins.max()) + 2, int(windows.max()) + 2
    keys = ((np.arange(len(speeds))[:, None, None] * last + both + 1) * span + bins[:, None, :]).ravel()
    taken, counts = np.unique(keys, return_counts=True)
    votes = counts.astype(np.float64)
    votes[:-1] += np.where(np.diff(taken) == 1, counts[1:], 0)
    speed_numbers, rest = np.divmod(taken, last * span)
    top = int(np.argmax(votes / np.where(speed_numbers == 0, 1.0, OWN_SPEED_MARGIN)))
    window, low = divmod(int(rest[top]), span)
    at = int(speed_numbers[top])
    inside = (bins[at] >= low) & (bins[at] <= low + 1) & (both == window - 1).any(axis=0)
    return (
        float(len(np.unique(points.query_s[inside]))),
        float(speeds[at]),
        float(np.median(offsets[at][inside])),
        (window - 1) * _WINDOW_S / 2,
    )


def _lead_on(
    points: _Points, speed: float, offset_s: float, start_s: float, own_speed: float
) -> tuple[float, float]:
    """The line fitted to the hits on it, over ever more of the query."""
    low_s, high_s = start_s, start_s + _WINDOW_S
    first_s, last_s = float(points.query_s.min()), float(points.query_s.max())
    while True:
        within = (points.query_s >= low_s) & (points.query_s <= high_s)
        speed, offset_s = _fit(points.where(within), speed, offset_s, own_speed)
        if low_s <= first_s and high_s >= last_s:
            return speed, offset_s
        width_s = high_s - low_s
        low_s, high_s = low_s - width_s / 2, high_s + width_s / 2


def _fit(points: _Points, speed: float, offset_s: float, own_speed: float) -> tuple[float, float]:
    """Least squares through the hits on the line; the view's own speed where that serves as well."""
    near = points.where(_near(points, speed, offset_s, NEAR_S))
    if len(near.query_s) < 3:
        return speed, offset_s
    # The mean: where the frames of both sides fall half way between each other, the hits take turns.
    own_offset_s = float(np.mean(near.reference_s - own_speed * near.query_s))
    own = int(_near(near, own_speed, own_offset_s, _FITTING_S).sum())
    fitted = speed, offset_s
    if float(np.ptp(near.query_s)) >= _FIT_S:
        slope, intercept = np.polyfit(near.query_s, near.reference_s, 1)
        if abs(slope / speed - 1) <= SPEED_STEP * 3:
            fitted = float(slope), float(intercept)
    if own * OWN_SPEED_MARGIN >= int(_near(near, *fitted, _FITTING_S).sum()):
        return own_speed, own_offset_s
    return fitted
