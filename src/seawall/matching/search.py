"""The one search: signals of a query against the references. Pure: no file, no database, no clock.

The command line, the Python interface and the benchmark all come through here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

from seawall.matching import align, explain, recommend
from seawall.matching.candidates import Candidate, candidates
from seawall.matching.options import SearchOptions
from seawall.matching.references import Entry, References
from seawall.model import match, signal
from seawall.signals import video

DEFAULTS: Final = SearchOptions()


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """What is known of the content that is checked."""

    sha256: str
    md5: str
    duration_s: float | None  #: None for a picture
    fingerprint: video.Fingerprint | None  #: None where no picture could be hashed


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """A match with what weighing it against others needs."""

    match: match.Match
    negative: bool
    disputed: bool
    picture: recommend.Picture | None  #: the reference's, if all rests on one


def search(query: Query, references: References, options: SearchOptions = DEFAULTS) -> list[match.Match]:
    """Every reference that reappears in the query, the surest first.

    Matches that known-good content explains away come last, with `suppressed_by` set. Negative
    references themselves are not among the matches.
    """
    exact = list(references.exact(query.sha256, query.md5))
    raised = _raise(query, references, options)
    entries = references.load(sorted({*exact, *(candidate.number for candidate in raised)}))
    found = {number: _exact(query, entries[number], options) for number in exact if number in entries}
    for candidate in raised:
        entry = entries.get(candidate.number)
        if entry is not None and candidate.number not in found:
            compared = _compare(query, entry, candidate, options)
            if compared is not None:
                found[candidate.number] = compared
    return _settle(list(found.values()), options)


def _raise(query: Query, references: References, options: SearchOptions) -> list[Candidate]:
    """References with a code near one of the query's, like met by like: area codes, PDQ hashes."""
    if query.fingerprint is None:
        return []
    own = candidates(references.own, query.fingerprint, options.radius_bits)
    listed = candidates(references.listed, query.fingerprint.as_listed(), options.listed_radius_bits)
    return own[: options.max_candidates] + listed[: options.max_candidates]


def _exact(query: Query, entry: Entry, options: SearchOptions) -> _Found:
    """The same bytes: all of one is all of the other."""
    duration_s = query.duration_s or 0.0
    whole = match.Segment(
        signal=signal.SignalType.SHA256,
        query_start_s=0.0,
        query_end_s=round(duration_s, 3),
        reference_start_s=0.0,
        reference_end_s=round(duration_s, 3),
        speed=1.0,
        transform=(),
        score=1.0,
    )
    return _Found(
        match.Match(
            reference=entry.id,
            score=1.0,
            recommendation=recommend.recommendation(1.0, options, disputed=entry.disputed),
            coverage_query=1.0,
            coverage_reference=1.0,
            parts={explain.EXACT_PART: 1.0},
            segments=(whole,),
        ),
        entry.negative,
        entry.disputed,
        None,
    )


def _compare(query: Query, entry: Entry, candidate: Candidate, options: SearchOptions) -> _Found | None:
    """The match of one raised reference, or None where its hits were chance."""
    ours, theirs = query.fingerprint, entry.fingerprint
    if ours is None or theirs is None:
        return None
    if theirs.pdq is None:
        ours = ours.as_listed()
        options = dataclasses.replace(options, radius_bits=options.listed_radius_bits)
    runs = align.align(ours, theirs, candidate.hits, options)
    weighed = [(run, explain.points(run, ours, theirs, options)) for run in runs]
    if not weighed:
        return None
    still = ours.is_still or theirs.is_still
    segments = tuple(explain.segment(run, run_points, is_image=still) for run, run_points in weighed)
    total = round(explain.score(sum(run_points for _, run_points in weighed)), 4)
    made = match.Match(
        reference=entry.id,
        score=total,
        recommendation=recommend.recommendation(total, options, disputed=entry.disputed),
        coverage_query=1.0 if ours.is_still else _covered_query(segments, ours),
        coverage_reference=1.0 if theirs.is_still else _covered_reference(segments, theirs),
        parts={explain.IMAGE_PART if still else explain.VIDEO_PART: total},
        segments=segments,
    )
    shown = theirs.codes[weighed[0][0].positions[0]]
    picture = recommend.Picture(shown, listed=theirs.pdq is None) if still else None
    return _Found(made, entry.negative, entry.disputed, picture)


def _covered_query(segments: Sequence[match.Segment], query: video.Fingerprint) -> float:
    return explain.covered(((one.query_start_s, one.query_end_s) for one in segments), query.duration_s)


def _covered_reference(segments: Sequence[match.Segment], reference: video.Fingerprint) -> float:
    return explain.covered(
        ((one.reference_start_s, one.reference_end_s) for one in segments), reference.duration_s
    )


def _settle(found: Sequence[_Found], options: SearchOptions) -> list[match.Match]:
    """Matches worth showing, weighed against each other and against known-good content."""
    shown = [one for one in found if one.match.recommendation is not match.Recommendation.NONE]
    known_good = [one.match for one in shown if one.negative and not one.disputed]
    positive = [one for one in shown if not one.negative]
    weighed = recommend.weigh_rivals(
        [one.match for one in positive], [one.picture for one in positive], options
    )
    settled = [_suppress(one, known_good, options) for one in weighed]
    return sorted(settled, key=lambda one: (one.suppressed_by is not None, -one.score, one.reference))


def _suppress(one: match.Match, known_good: Sequence[match.Match], options: SearchOptions) -> match.Match:
    """The match, marked as suppressed where one piece of known-good content explains it."""
    for good in known_good:
        if (
            _explained(one, good) >= options.suppressed_share
            and good.score >= one.score - options.ambiguous_gap
        ):
            return dataclasses.replace(
                one, suppressed_by=good.reference, recommendation=match.Recommendation.NONE
            )
    return one


def _explained(one: match.Match, good: match.Match) -> float:
    """Share of the match's time on the query that known-good content takes up too, 0..1."""
    spans = [(part.query_start_s, part.query_end_s) for part in one.segments]
    total = sum(end - start for start, end in spans)
    if total == 0:
        return 1.0
    shared = 0.0
    for start, end in spans:
        shared += sum(
            max(0.0, min(end, part.query_end_s) - max(start, part.query_start_s)) for part in good.segments
        )
    return min(1.0, shared / total)
