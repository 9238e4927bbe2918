"""Runs: the stretches of a line along which the query holds the reference's peaks.

Each of the reference's peaks is met by one of the query's at its pitch, and then on time or nearly so, by
one half a semitone off, or by none. How often each happens where nothing was copied is measured on the
same peaks with the query slid by up to some seconds. A peak then counts log(p1 / p0) for a copy, with p1
the share of its kind in the run and p0 that by chance. A run is where the sum is largest, and ends where
it has fallen too far since. How loud the met peaks are tells more (`sound_levels`).
"""

from __future__ import annotations

import math
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from seawall.matching import sound_levels
from seawall.matching.sound_lines import FRAME_S, MIDDLE_S, Line
from seawall.signals import audio, spectrogram
from seawall.signals.audio import View

NEAR_HALF_FRAMES: Final = 2  #: a peak is met by one of the query's this near
#: By none; by a faint one in its place, which is in its band and no more than half a frame off; by one a band
#: off; by one in its band; and by one in its place.
MISSED, FAINT, BESIDE, MET, EXACT = 0, 1, 2, 3, 4
_KINDS: Final = 5
_SLIDE_FRAMES: Final = np.arange(12, 220)  #: 0.4 to 7 s: the slowest siren howls again after 6
SLIDES: Final = np.concatenate([-_SLIDE_FRAMES[::-1], _SLIDE_FRAMES])  #: frames
_REACH_S: Final = 220 * FRAME_S  #: no slide goes further
CHANCE_PERCENTILE: Final = 85  #: of the slides: notes of one key on one beat meet more often than others
LEAST_CHANCE: Final = 0.03
LEAST_MISSED: Final = 0.15  #: share by chance, however dense the query's peaks
MOST_TOGETHER: Final = 8.0  #: peaks met or missed as one, of music that is a loop: more is for what repeats
TOGETHER_POWER: Final = 0.75  #: part of how peaks go together is in the percentile already
REPEATED_ERRORS: Final = 3.5  #: standard errors under a run's share, for a slide to hint at a repetition ...
REPEATED_SHARE: Final = 0.5  #: ... of what the run has over chance so much at least ...
MOST_REPEATED: Final = 0.8  #: ... and no more need be asked, which matters where hardly a peak is missed ...
REPEATED_SELF: Final = 0.15  #: ... and of the reference's peaks that it holds itself so much later or earlier
REPEATED_WORTH: Final = 0.4  #: of one repetition
COPIED_SHARE: Final = 0.25  #: of the peaks that chance would miss, at first taken to be met in a copy ...
COPIED_KINDS: Final = np.array([-1.0, 0.1, 0.0, 0.225, 0.675])  #: ... and how
LEVELS_WORTH: Final = 0.7  #: of what the levels of the met peaks tell: neighbours are loud together
SURE_SHARE: Final = 0.02  #: no kind is taken to be rarer in a copy
DROP: Final = 10.0  #: nats that the evidence may fall by within a run: a word hides some peaks
HUSH_FRAMES: Final = round(1.5 / FRAME_S)  #: without a peak: what is slid there tells nothing of chance
MIN_PEAKS: Final = 18  #: under a second says too little
MIN_FRAMES: Final = 12  #: a run's met peaks lie in at least so many frames: two voices share a few chords ...
MIN_BANDS: Final = 5  #: ... and bands
MIN_FRAMES_BY_PEAKS: Final = 18  #: along a line that single peaks led to: a few chords agree by chance
OTHER_SPEED_NATS: Final = 3.0  #: taken off, as more lines were tried than at the sound's own speed ...
OTHER_PITCH_NATS: Final = 2.0  #: ... and pitch
EDGE_S: Final = 0.5  #: a run reaches on this far past its last peak, if the sounds do
BEYOND_S: Final = EDGE_S + MIDDLE_S  #: past its end, as a peak is found in a frame that only begins before it

Numbers = NDArray[np.int64]
Shares = NDArray[np.float64]  #: (5,) of peaks missed, met faintly, beside, met, met exactly


@dataclass(frozen=True, slots=True)
class Run:
    """A stretch of the query that sounds like a stretch of the reference."""

    query_start_s: float
    query_end_s: float
    reference_start_s: float
    reference_end_s: float
    speed: float  #: reference seconds that pass in one second of the query
    transform: tuple[str, ...]  #: what was done to the query's sound, such as "pitch:+1" (semitones)
    evidence: float  #: nats
    peaks: int  #: of the reference in the stretch
    met: int  #: of those, how many the query has too, half a semitone off at most


class Heard:
    """Where a sound has peaks, give or take a little: (half frames, bands), to be looked up."""

    def __init__(self, sound: audio.Fingerprint) -> None:
        self.duration_s = sound.duration_s
        self.last = max(0, int((sound.duration_s - 2 * MIDDLE_S) / FRAME_S * 2))  #: half frame
        self._before = 2 * int(_SLIDE_FRAMES[-1] + 1)  # so far a slide leads out, and a peak reaches
        self._below = spectrogram.BANDS  # views move bands out of the spectrogram
        rows = self.last + 1 + 2 * self._before
        self._kinds = np.zeros((rows, 3 * spectrogram.BANDS), np.uint8)
        self._levels = np.zeros_like(self._kinds)  #: of the peak that meets
        at = 2 * sound.frames.astype(np.int64) + self._before
        bands = sound.bands.astype(np.int64) + self._below
        clear, near, levels = sound.clear, NEAR_HALF_FRAMES, sound.levels
        self._mark(FAINT, at, bands, levels, 1)
        at, bands, levels = at[clear], bands[clear], levels[clear]
        for kind, aside, reach in ((BESIDE, -1, near), (BESIDE, 1, near), (MET, 0, near), (EXACT, 0, 1)):
            self._mark(kind, at, bands + aside, levels, reach)
        for table in (self._kinds, self._levels):
            table[: self._before] = table[self._before + self.last + 1 :] = MISSED
        self._hush = self._hushes(at)

    def _mark(
        self,
        kind: int,
        at: NDArray[np.int64],
        bands: NDArray[np.int64],
        levels: NDArray[np.uint8],
        reach: int,
    ) -> None:
        for later in range(-reach, reach + 1):
            self._kinds[at + later, bands] = kind
            self._levels[at + later, bands] = levels

    def _hushes(self, at: NDArray[np.int64]) -> NDArray[np.bool_]:
        """(half frames,) which lie in a hush, or outside of the sound."""
        hush = np.zeros(len(self._kinds), np.bool_)
        ends = np.array([self._before, *np.sort(at), self._before + self.last])
        for number in np.flatnonzero(np.diff(ends) >= 2 * HUSH_FRAMES):
            hush[ends[number] + 1 : ends[number + 1]] = True
        hush[: self._before] = hush[self._before + self.last + 1 :] = True
        return hush

    def half_frames(self, times_s: NDArray[np.float64]) -> NDArray[np.int64]:
        """The half frames that lie nearest to the times, from the first frame on."""
        return np.rint((times_s - MIDDLE_S) / FRAME_S * 2).astype(np.int64)

    def kinds(self, times_s: NDArray[np.float64], bands: NDArray[np.int64]) -> NDArray[np.uint8]:
        """How peaks there are met; outside of the sound, by none."""
        at = np.clip(self.half_frames(times_s) + self._before, 0, len(self._kinds) - 1)
        kinds: NDArray[np.uint8] = self._kinds[at, bands + self._below]
        return kinds

    def sounding(self, times_s: NDArray[np.float64]) -> NDArray[np.int64]:
        """(slides,) how many of the peaks come to lie in the sound, not in a hush of it, at every slide."""
        at = self.half_frames(times_s) + self._before
        return np.asarray(np.count_nonzero(~self._hush.take(at + 2 * SLIDES[:, None]), axis=1), np.int64)

    def slid(self, times_s: NDArray[np.float64], bands: NDArray[np.int64]) -> NDArray[np.uint8]:
        """(slides, n) the same at every slide. times_s: within the sound."""
        return self._slid(self._kinds, times_s, bands, SLIDES)

    def slid_levels(
        self, times_s: NDArray[np.float64], bands: NDArray[np.int64], slides: NDArray[np.int64]
    ) -> NDArray[np.uint8]:
        """(slides, n) the levels of the peaks that meet them, 0 for none. slides: frames."""
        return self._slid(self._levels, times_s, bands, slides)

    def _slid(
        self,
        table: NDArray[np.uint8],
        times_s: NDArray[np.float64],
        bands: NDArray[np.int64],
        slides: NDArray[np.int64],
    ) -> NDArray[np.uint8]:
        width = table.shape[1]
        at = (self.half_frames(times_s) + self._before) * width + bands + self._below
        found: NDArray[np.uint8] = table.ravel().take(at + (2 * slides * width)[:, None])
        return found


@dataclass(frozen=True, slots=True, eq=False)
class _Along:
    """The reference's peaks that the query reaches along a line."""

    times_s: NDArray[np.float64]  #: on the query
    bands: NDArray[np.int64]  #: as the query would have them
    levels: NDArray[np.uint8]
    kinds: NDArray[np.uint8]

    def part(self, first: int, last: int) -> _Along:
        """From one peak to another, both included."""
        taken = slice(first, last + 1)
        return _Along(self.times_s[taken], self.bands[taken], self.levels[taken], self.kinds[taken])

    def shares(self) -> Shares:
        """As they are here; with a little of every kind."""
        return _adjusted(np.bincount(self.kinds, minlength=_KINDS) / len(self.kinds), SURE_SHARE)


def runs(heard: Heard, reference: audio.Fingerprint, line: Line, view: View) -> Iterator[Run]:
    """Every stretch of the line that holds more than chance would bring."""
    times_s = (reference.times_s - line.offset_s) / line.speed
    within = np.flatnonzero((times_s >= MIDDLE_S) & (times_s <= heard.duration_s - MIDDLE_S))
    if len(within) < MIN_PEAKS:
        return
    bands = reference.bands[within].astype(np.int64) - view.bands
    kinds = heard.kinds(times_s[within], bands)
    along = _Along(times_s[within], bands, reference.levels[within], kinds)
    chance = _slid(heard, along).chance()
    copied = chance + COPIED_SHARE * chance[MISSED] * COPIED_KINDS
    for rough in _stretches(_gains(along, copied, chance)):
        part = along.part(*rough)
        if len(part.kinds) < MIN_PEAKS:
            continue
        chance = _slid(heard, part).chance()
        for first, last in _stretches(_gains(part, part.shares(), chance)):
            run = _run(heard, reference, line, view, part.part(first, last))
            if run is not None:
                yield run


@dataclass(frozen=True, slots=True, eq=False)
class _Slid:
    """The same peaks with the query slid by seconds, where nothing was copied."""

    frames: NDArray[np.int64]  #: (s,) slides at which enough of the peaks stay on the query
    shares: NDArray[np.float64]  #: (s, 5) of the kinds
    counts: NDArray[np.int64]  #: (s,) of the peaks that a share is of

    @property
    def peaks(self) -> float:
        """That a share is of, in the mean."""
        return float(self.counts.mean())

    def chance(self) -> Shares:
        """The shares that chance brings."""
        shares = np.percentile(self.shares, CHANCE_PERCENTILE, axis=0)
        shares[MISSED] = max(1 - float(shares[FAINT:].sum()), LEAST_MISSED)
        return _adjusted(shares, LEAST_CHANCE)

    def together(self, met: float) -> float:
        """How many peaks are met or missed as one: the overtones of a note, the notes on a beat.

        The shares of independent peaks would scatter as a coin's; these scatter so much more, those at
        which the sound comes again left out.
        """
        shares = 1 - self.shares[:, MISSED]
        shares = shares[shares < self._again(met, shares)]
        if len(shares) == 0:
            return 1.0
        usual = float(shares.mean())
        scattered = float(shares.var()) * self.peaks / max(usual * (1 - usual), LEAST_CHANCE)
        return min(max(1.0, scattered), MOST_TOGETHER)

    def repetitions_s(self, met: float) -> NDArray[np.float64]:
        """After how long the sound may come again, where a share of `met` is met."""
        return self._after_s(met, 1 - self.shares[:, MISSED])

    def as_loud_again_s(self, told: sound_levels.Told, peaks: int) -> float:
        """After how long at least it may come again as loud as well; infinite if never."""
        found = self._after_s(told.agreeing / peaks, told.slid / np.maximum(self.counts, 1))
        return float(found.min(initial=math.inf))

    def _after_s(self, here: float, shares: NDArray[np.float64]) -> NDArray[np.float64]:
        return FRAME_S * np.unique(np.abs(self.frames[shares >= self._again(here, shares)]))

    def _again(self, here: float, shares: NDArray[np.float64]) -> float:
        """The share from which on a slide shows the same sound: not surely less than there is here."""
        usual = float(np.median(shares))
        error = math.sqrt(here * (1 - here) / self.peaks)
        likely = min(here - REPEATED_ERRORS * error, usual + MOST_REPEATED * (here - usual))
        return max(likely, usual + REPEATED_SHARE * (here - usual))


def _slid(heard: Heard, along: _Along) -> _Slid:
    counts = heard.sounding(along.times_s)
    enough = counts >= min(max(MIN_PEAKS, len(along.times_s) // 3), counts.max())
    kinds = heard.slid(along.times_s, along.bands)
    met = [np.count_nonzero(kinds == kind, axis=1) / np.maximum(counts, 1) for kind in range(1, _KINDS)]
    shares = np.stack([1 - sum(met), *met], axis=1)
    return _Slid(SLIDES[enough], shares[enough], counts[enough])


def _levels(heard: Heard, part: _Along, slid: _Slid) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """(n,) levels of what meets the peaks, and (s, n) of what does at every slide."""
    (here,) = heard.slid_levels(part.times_s, part.bands, np.zeros(1, np.int64))
    return here, heard.slid_levels(part.times_s, part.bands, slid.frames)


def _adjusted(shares: Shares, least: float) -> Shares:
    """The shares, none under the least, their sum 1."""
    raised: Shares = np.maximum(shares, least)
    adjusted: Shares = raised / raised.sum()
    return adjusted


def _gains(along: _Along, copied: Shares, chance: Shares) -> NDArray[np.float64]:
    """(n,) nats that each peak adds for a copy."""
    gains: NDArray[np.float64] = np.log(copied / chance)[along.kinds]
    return gains


def _stretches(gains: NDArray[np.float64]) -> list[tuple[int, int]]:
    """First and last of every stretch whose sum is largest and does not fall by `DROP` on the way."""
    found: list[tuple[int, int]] = []
    values = gains.tolist()
    at = 0
    while at < len(values):
        if values[at] <= 0:
            at += 1
            continue
        total = best = 0.0
        first = last = at
        while at < len(values):
            total += values[at]
            if total > best:
                best, last = total, at
            elif total <= 0 or total < best - DROP:
                break
            at += 1
        found.append((first, last))
        at = last + 1
    return found


def _run(heard: Heard, reference: audio.Fingerprint, line: Line, view: View, part: _Along) -> Run | None:
    """The run of these peaks, or None where they are too few or too much alike to say anything."""
    met = np.flatnonzero(part.kinds)
    if len(part.kinds) < MIN_PEAKS or len(np.unique(part.bands[met])) < MIN_BANDS:
        return None
    slid, shares = _slid(heard, part), part.shares()
    chance = slid.chance()
    min_frames = MIN_FRAMES_BY_PEAKS if line.by_peaks else MIN_FRAMES
    if len(np.unique(part.times_s[met])) < min_frames or shares[MET:].sum() <= chance[MET:].sum():
        return None
    known = 1 - float(shares[MISSED])
    after_s = slid.repetitions_s(known)
    if line.by_peaks:  # of all lines one was chosen, so a hint at a repetition is enough
        again_s = float(after_s.min(initial=math.inf))
    else:
        again_s = _again_s(reference, line, view, part, after_s)
    told = sound_levels.compare(part.levels, *_levels(heard, part, slid))
    as_loud_s = slid.as_loud_again_s(told, len(part.levels))
    worth = min(_once(min(again_s, as_loud_s), part), slid.together(known) ** -TOGETHER_POWER)
    louder = LEVELS_WORTH * _once(as_loud_s, part) * told.evidence
    begins_s, ends_s = -line.offset_s / line.speed, (reference.duration_s - line.offset_s) / line.speed
    start_s = max(0.0, begins_s, float(part.times_s[0]) - EDGE_S)
    end_s = min(float(part.times_s[-1]) + EDGE_S, ends_s, heard.duration_s)
    return Run(
        query_start_s=start_s,
        query_end_s=end_s,
        reference_start_s=max(0.0, line.speed * start_s + line.offset_s),
        reference_end_s=min(reference.duration_s, line.speed * end_s + line.offset_s),
        speed=line.speed,
        transform=() if view.bands == 0 else (f"pitch:{-view.bands / 2:+g}",),
        evidence=worth * float(_gains(part, shares, chance).sum()) + louder - _tried(line, view),
        peaks=len(part.kinds),
        met=len(met),
    )


def _again_s(
    reference: audio.Fingerprint, line: Line, view: View, part: _Along, after_s: NDArray[np.float64]
) -> float:
    """The first of the times after which the reference comes again indeed; infinite if after none.

    A query that little is left of is met as often at some slides by chance. The reference is whole.
    """
    if len(after_s) == 0:
        return math.inf
    times_s = line.speed * part.times_s + line.offset_s
    first, last = np.searchsorted(reference.times_s, (times_s[0] - _REACH_S, times_s[-1] + _REACH_S))
    begins = int(reference.frames[first])
    frames = reference.frames[first:last] - np.uint32(begins)
    duration_ms = int(frames[-1]) * spectrogram.FRAME_MS + 2 * spectrogram.MIDDLE_MS
    around = Heard(
        audio.Fingerprint(
            frames,
            reference.bands[first:last],
            reference.qualities[first:last],
            reference.levels[first:last],
            duration_ms,
            reference.role,
        )
    )
    steps_s = line.speed * np.stack([after_s, -after_s], axis=1)[:, :, None]
    slid_s = times_s - begins * FRAME_S + steps_s
    kinds = around.kinds(slid_s, np.broadcast_to(part.bands + view.bands, slid_s.shape))
    inside = (slid_s >= MIDDLE_S) & (slid_s <= around.duration_s - MIDDLE_S)
    shares = np.count_nonzero(kinds, axis=(1, 2)) / np.maximum(np.count_nonzero(inside, axis=(1, 2)), 1)
    return float(after_s[shares >= REPEATED_SELF].min(initial=math.inf))


def _once(again_s: float, part: _Along) -> float:
    """The share that counts of what comes again after so long.

    What comes again and again is heard once: a siren's second howl adds nothing to its first. And what
    comes again in one sound is likely to come again in another.
    """
    told_s = float(part.times_s[-1] - part.times_s[0])
    return 1.0 if again_s == math.inf else REPEATED_WORTH * min(1.0, again_s / told_s)


def _tried(line: Line, view: View) -> float:
    """What a run's evidence loses for the freedom that its line had."""
    other_speed, other_pitch = line.speed != 1.0, view.bands != 0
    return other_speed * OTHER_SPEED_NATS + other_pitch * OTHER_PITCH_NATS
