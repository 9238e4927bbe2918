"""What whole pictures say of a reference: the query's as they are, mirrored or turned, and parts of them.

Each way of looking at the query is a `View` of its own. The index is asked in each, and what it raises is
aligned in the same manner. A view other than the plain one must say a little more, as there are several.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import Enum
from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

from seawall.matching import align, candidates, explain, findings, moving, recommend
from seawall.matching.candidates import Candidate
from seawall.matching.options import SearchOptions
from seawall.matching.references import Entry, References
from seawall.model import match
from seawall.signals import crops, panes, thumb, turns, video

CHOSEN_POINTS: Final = 1.0  #: taken off each run in a view other than the plain one
VERY_BITS: Final = 16  #: a frame at half size and JPEG quality 50 is that far from itself, at most
FAR_ALIKE: Final = 0.97  #: correlation of thumbs that a picture needs whose code is far off ...
FAR_EVENLY_ALIKE: Final = 0.87  #: ... or of thumbs evenly lit, where unrelated ones have far less in common
TURNED_MOMENTS: Final = 2  #: of so many moments of a turned video one is asked: what is turned stays so
CROP: Final = "crop"  #: the transform of what shows only a part of the reference's picture
INSET: Final = "inset"  #: the transform of what fills only a part of the query's picture
PERSPECTIVE: Final = "perspective"  #: the transform of what is seen at an angle


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """One way of looking at the query."""

    fingerprint: video.Fingerprint
    turn: turns.Turn = turns.NONE
    pane: panes.Pane | None = None  #: None for the whole picture

    @property
    def plain(self) -> bool:
        """Whether it is the whole picture as it is."""
        return self.pane is None and not self.turn

    def placed(self, segment: match.Segment) -> match.Segment:
        """The segment with what the view stands for, within the time for which it was there."""
        inset: tuple[str, ...] = () if self.pane is None else (INSET,)
        if self.pane is not None and self.pane.tilted:
            inset = (INSET, PERSPECTIVE)
        words = (*segment.transform, *self.turn.words, *inset)
        placed = dataclasses.replace(segment, transform=words)
        if self.pane is None:
            return placed
        placed = dataclasses.replace(
            placed, query_region=match.Region(*(round(at, 3) for at in self.pane.region))
        )
        return findings.within(placed, self.pane.start_s, self.pane.end_s)


@dataclass(frozen=True, slots=True, eq=False)
class Raised:
    """A reference that the index raised in one view."""

    view: View
    candidate: Candidate

    @property
    def number(self) -> int:
        """The reference's."""
        return self.candidate.number

    @property
    def bits(self) -> int:
        """How far the closest codes are apart."""
        return int(self.candidate.hits.distances.min())


def plain(fingerprint: video.Fingerprint | None) -> list[View]:
    """The one view in which a query is always looked at; none where there is nothing to see."""
    return [] if fingerprint is None else [View(fingerprint)]


def others(fingerprint: video.Fingerprint | None, parts: Sequence[panes.Pane]) -> Iterator[View]:
    """The other views: mirrored, as a negative, parts, and both. A picture is turned in all eight ways.

    Hashes alone are taken as they are: whoever hashed the picture can hash it turned, and exactly.
    """
    if fingerprint is None or fingerprint.pdq is None:
        return
    moved = turns.ALL if fingerprint.is_still else (turns.MIRRORED,)
    for pane in (None, *parts):
        seen = fingerprint if pane is None else pane.fingerprint
        if pane is not None:
            yield View(seen, pane=pane)
        for turn in (*moved, turns.NEGATIVE):
            yield View(turns.turned(seen, turn), turn, pane)


def raised(views: Sequence[View], references: References, options: SearchOptions) -> Iterator[Raised]:
    """References with a code near one of the query's, like met by like: area codes, PDQ hashes."""
    asked: dict[_Ask, list[tuple[int, video.Fingerprint]]] = {}
    for number, view in enumerate(views):
        for ask, fingerprint in _asks(view, references, options):
            asked.setdefault(ask, []).append((number, fingerprint))
    found: dict[tuple[int, bool], list[Candidate]] = {}
    indexes = {_Index.OWN: references.own, _Index.HASHES: references.hashes, _Index.LISTED: references.listed}
    for ask, some in asked.items():  # many views, and few ways to ask for them
        index = indexes[ask.where]
        assert index is not None
        each = candidates.of_each(index, [one for _, one in some], ask.radius_bits, ask.every)
        listed = ask.where is _Index.LISTED
        found.update({(number, listed): of_it for (number, _), of_it in zip(some, each, strict=True)})
    for number, view in enumerate(views):
        for listed in (False, True):
            for candidate in found.get((number, listed), [])[: options.max_candidates]:
                yield Raised(view, candidate)


class _Index(Enum):
    """One of those of `References` that hold pictures."""

    OWN = "own"
    HASHES = "hashes"
    LISTED = "listed"


class _Ask(NamedTuple):
    """A way to ask for a view; all views that are asked for in the same are asked for at once."""

    where: _Index
    radius_bits: int
    every: int  #: of so many moments one


def _asks(
    view: View, references: References, options: SearchOptions
) -> Iterator[tuple[_Ask, video.Fingerprint]]:
    """How a view is asked for, and by which codes."""
    every = TURNED_MOMENTS if view.turn else 1
    as_listed = view.fingerprint.as_listed()
    if view.fingerprint.pdq is not None:
        single = view.fingerprint.is_still and not view.turn
        radius_bits = options.still_radius_bits if single else options.radius_bits
        yield _Ask(_Index.OWN, radius_bits, every), view.fingerprint
    elif references.hashes is not None:
        yield _Ask(_Index.HASHES, options.listed_radius_bits, every), as_listed
    yield _Ask(_Index.LISTED, options.listed_radius_bits, every), as_listed


def compared(entry: Entry, of_it: Sequence[Raised], options: SearchOptions) -> list[findings.Finding]:
    """What the views say of one reference; nothing where all of it was chance."""
    parts = (_compared(one.view, entry, one.candidate, options) for one in of_it)
    return [part for part in parts if part is not None]


def _compared(
    view: View, entry: Entry, candidate: Candidate, options: SearchOptions
) -> findings.Finding | None:
    ours, theirs = view.fingerprint, entry.fingerprint
    if theirs is None:
        return None
    if theirs.pdq is None or ours.pdq is None:
        ours, theirs = ours.as_listed(), theirs.as_listed()
        options = dataclasses.replace(options, radius_bits=options.listed_radius_bits)
    runs = [
        run
        for run in align.align(ours, theirs, candidate.hits, options)
        if _holds(run, ours, theirs, options)
    ]
    weighed = [(run, explain.points(run, ours, theirs, options)) for run in runs]
    crop = _crop(theirs, runs)
    if crop is not None or not view.plain:
        weighed = [(run, worth - CHOSEN_POINTS) for run, worth in weighed if worth > CHOSEN_POINTS]
    if not weighed:
        return None
    still = ours.is_still or theirs.is_still
    segments = (view.placed(explain.segment(run, worth, is_image=still)) for run, worth in weighed)
    shown = theirs.codes[weighed[0][0].positions[0]]
    return findings.Finding(
        name=explain.IMAGE_PART if still else explain.VIDEO_PART,
        segments=tuple(segments if crop is None else (_cropped(one, crop) for one in segments)),
        worth=tuple(worth for _, worth in weighed),
        moves=tuple(None if still else _moves(run, ours, theirs) for run, _ in weighed),
        picture=recommend.Picture(shown, listed=theirs.pdq is None) if still else None,
        very=ours.is_still and int(runs[0].distances[0]) <= VERY_BITS,
    )


def _holds(
    run: align.Run, ours: video.Fingerprint, theirs: video.Fingerprint, options: SearchOptions
) -> bool:
    """Whether a picture whose code is further off than a moment's may be looks the same in grey."""
    if not ours.is_still or run.distances[0] <= options.radius_bits:
        return True
    if ours.thumbs is None or theirs.thumbs is None:
        return False
    one, other = ours.thumbs[run.moments[:1]], theirs.thumbs[run.positions[:1]]
    if thumb.correlation(one, other)[0] >= FAR_ALIKE:
        return True
    return bool(thumb.evenly_lit_correlation(one, other)[0] >= FAR_EVENLY_ALIKE)


def _moves(run: align.Run, ours: video.Fingerprint, theirs: video.Fingerprint) -> float | None:
    """How far what moves agrees along a run."""
    if ours.thumbs is None or theirs.thumbs is None:
        return None
    return moving.agreement(_grey(ours.thumbs[run.moments]), _grey(theirs.thumbs[run.positions]))


def _grey(thumbs: NDArray[np.int16]) -> NDArray[np.float32]:
    return thumbs.astype(np.float32) / np.float32(thumb.STEPS_PER_GREY_LEVEL)


def _crop(theirs: video.Fingerprint, runs: Sequence[align.Run]) -> match.Region | None:
    """The crop of the reference's picture that a picture was aligned with; None where it is whole."""
    if not theirs.is_still or not runs or runs[0].positions[0] == 0:
        return None
    return crops.REGIONS[int(runs[0].positions[0])]


def _cropped(segment: match.Segment, crop: match.Region) -> match.Segment:
    words = (*segment.transform, CROP)
    return dataclasses.replace(segment, transform=words, reference_region=crop)
