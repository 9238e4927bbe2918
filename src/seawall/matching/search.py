"""The one search: signals of a query against the references. Pure: no file, no database, no clock.

The command line, the Python interface and the benchmark all come through here.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Final

import numpy as np

from seawall.matching import (
    candidates,
    described,
    explain,
    findings,
    heard,
    pictures,
    recommend,
    seen,
    sightings,
    sound,
    sound_runs,
)
from seawall.matching.options import SearchOptions
from seawall.matching.pictures import Raised
from seawall.matching.references import Entry, References
from seawall.matching.sides import Sides
from seawall.model import match, signal
from seawall.signals import audio, learned, local, panes, stages, video

DEFAULTS: Final = SearchOptions()
SOUND: Final = sound.SoundOptions()
LEARNED: Final = described.LearnedOptions()

STAGE_VIEWS: Final = "search_views"
STAGE_KEYPOINTS: Final = "search_keypoints"
STAGE_GEOMETRY: Final = "search_geometry"
STAGE_SOUND: Final = "search_sound"
#: that a search can tell the time of
STAGES: Final = (STAGE_VIEWS, STAGE_KEYPOINTS, STAGE_GEOMETRY, STAGE_SOUND)


@dataclass(frozen=True, slots=True, eq=False)
class Query:
    """What is known of the content that is checked."""

    sha256: str | None  #: None where only other hashes of it are known
    md5: str | None
    duration_s: float | None  #: None for a picture
    fingerprint: video.Fingerprint | None  #: None where no picture could be hashed
    keypoints: local.Local | None = None  #: None where there are none
    sound: audio.Fingerprint | None = None  #: None where nothing can be heard
    descriptors: learned.Descriptors | None = None  #: None where no network is set
    panes: tuple[panes.Pane, ...] = ()  #: parts of the picture that show something of their own
    glanced: bool = False  #: whether its moments lie as far apart as key frames do


@dataclass(frozen=True, slots=True, eq=False)
class _Found:
    """A match with what weighing it against others needs."""

    match: match.Match
    negative: bool
    disputed: bool
    picture: recommend.Picture | None  #: the reference's, if all rests on one


def search(
    query: Query,
    references: References,
    options: SearchOptions = DEFAULTS,
    clock: stages.Stages | None = None,
) -> list[match.Match]:
    """Every reference that reappears in the query, the surest first.

    Matches that known-good content explains away come last, with `suppressed_by` set. Negative
    references themselves are not among the matches. clock: is told what each of `STAGES` takes.
    """
    clock = clock or stages.Stages()
    if query.glanced:
        options = dataclasses.replace(options, gap_s=options.glanced_gap_s)
    exact = list(references.exact(query.sha256, query.md5))
    raised = list(pictures.raised(pictures.plain(query.fingerprint), references, options))
    with clock.timed(STAGE_VIEWS):
        others = list(pictures.others(query.fingerprint, query.panes))
        turned = list(pictures.raised(others, references, options))
    with clock.timed(STAGE_KEYPOINTS):
        leads = _leads(query, (*raised, *turned), references, options)
    with clock.timed(STAGE_SOUND):
        listened = _hear(query, references)
    numbers = {*exact, *(one.number for one in (*raised, *turned)), *leads}
    resembling = _resembling(query, references)
    numbers |= {*resembling, *(one.number for one in listened)}
    entries = references.load(sorted(numbers)) if numbers else {}
    found = {number: _exact(query, entries[number], options) for number in exact if number in entries}
    for number, entry in entries.items():
        if number in found:
            continue
        whole = pictures.compared(entry, [one for one in raised if one.number == number], options)
        with clock.timed(STAGE_VIEWS):
            other = pictures.compared(entry, [one for one in turned if one.number == number], options)
        with clock.timed(STAGE_GEOMETRY):
            placed = _seen(query, entry, leads.get(number), references, options)
        parts = findings.of_scene(findings.reconciled(whole, other, placed), (*whole, *other, *placed))
        with clock.timed(STAGE_SOUND):
            heard_of = _listened(query, [one for one in listened if one.number == number], references)
        parts += findings.ended_by(heard_of, parts, sound_runs.BEYOND_S)
        if number in resembling:
            parts += _described(query, number, entry, references, parts)
        if parts:
            found[number] = _joined(query, entry, parts, options)
    return _settle(list(found.values()), options)


def may_find(
    queries: Sequence[Query], references: References, options: SearchOptions = DEFAULTS
) -> list[bool]:
    """Whether searches could find anything. False is certain, and costs no more than a look into the index.

    Only of a content that is known by hashes alone it can be told without searching. Many at once cost less
    than one by one.
    """
    if references.hashes is None:
        return [one.fingerprint is not None or _asks_more(one) for one in queries]
    may = [_asks_more(one) for one in queries]
    asked = [number for number, more in enumerate(may) if not more]
    shown = [(number, one) for number in asked if (one := queries[number].fingerprint) is not None]
    each = [(number, one.codes[one.indexed()]) for number, one in shown]
    if each:
        whose = np.repeat([number for number, _ in each], [len(some) for _, some in each])
        codes = np.concatenate([some for _, some in each])
        for first in range(0, len(codes), candidates.ASKED):
            part = slice(first, first + candidates.ASKED)
            for index in (references.listed, references.hashes):
                met, _, _ = index.query(codes[part], options.listed_radius_bits)
                for number in np.unique(whose[part][met]).tolist():
                    may[number] = True
    return may


def _asks_more(query: Query) -> bool:
    """Whether more is known of a content than its hashes, or a digest that is to be looked up."""
    only_hashes = query.keypoints is None and query.sound is None and query.descriptors is None
    shown = query.fingerprint
    return bool(query.sha256 or query.md5 or not only_hashes or (shown is not None and shown.pdq is not None))


def _leads(
    query: Query, raised: Sequence[Raised], references: References, options: SearchOptions
) -> Mapping[int, seen.Lead]:
    """References whose keypoints are to be compared with the query's."""
    if query.fingerprint is None or query.keypoints is None:
        return {}
    met = sightings.meetings(references.keypoints, query.keypoints, options)
    return seen.leads(query.fingerprint, met, raised)


def _seen(
    query: Query, entry: Entry, lead: seen.Lead | None, references: References, options: SearchOptions
) -> list[findings.Finding]:
    """What keypoints say of one reference."""
    if lead is None or query.fingerprint is None or query.keypoints is None or entry.fingerprint is None:
        return []
    known = references.load_keypoints(lead.number)
    if known is None:
        return []
    sides = Sides(query.fingerprint, query.keypoints, entry.fingerprint.uncropped(), known)
    return seen.said(sides, lead, options)


def _hear(query: Query, references: References) -> list[sound.Candidate]:
    """References that share landmarks of sound with the query."""
    if query.sound is None:
        return []
    return sound.candidates(references.sounds, query.sound, SOUND)


def _listened(
    query: Query, heard_of: Sequence[sound.Candidate], references: References
) -> list[findings.Finding]:
    """What the sound of one reference says."""
    parts = (_listen(query, one, references) for one in heard_of)
    return [part for part in parts if part is not None]


def _listen(query: Query, candidate: sound.Candidate, references: References) -> findings.Finding | None:
    known = references.load_sound(candidate.number)
    if query.sound is None or known is None:
        return None
    weighed = [(run, sound.points(run)) for run in sound.align(query.sound, known, candidate.hits, SOUND)]
    telling = [(run, points) for run, points in weighed if points > 0]
    if not telling:
        return None
    return findings.Finding(
        name=heard.AUDIO_PART,
        segments=tuple(heard.segment(run) for run, _ in telling),
        worth=tuple(points for _, points in telling),
    )


def _resembling(query: Query, references: References) -> list[int]:
    """References that a network may hold for the query's like."""
    if query.descriptors is None or references.learned is None:
        return []
    return described.candidates(references.learned, query.descriptors, LEARNED)


def _described(
    query: Query, number: int, entry: Entry, references: References, told: Sequence[findings.Finding]
) -> list[findings.Finding]:
    """What a network says of one reference beyond what is told already."""
    known = references.load_learned(number)
    if query.descriptors is None or known is None:
        return []
    still = query.duration_s is None or entry.duration_s is None
    found = described.stretches(query.descriptors, known, still=still, options=LEARNED)
    fresh = described.fresh(found, [one for part in told for one in part.segments])
    if not fresh:
        return []
    segments = tuple(described.segment(one) for one in fresh)
    return [findings.Finding(described.LEARNED_PART, segments, tuple(one.points for one in fresh))]


def _joined(query: Query, entry: Entry, parts: Sequence[findings.Finding], options: SearchOptions) -> _Found:
    """One explained match of all that was found of a reference: evidence of different kinds adds up."""
    segments = sorted(
        (one for part in parts for one in part.segments),
        key=lambda one: (one.query_start_s, one.reference_start_s, one.signal),
    )
    worth: dict[str, float] = {}
    for part in parts:
        worth[part.name] = worth.get(part.name, 0.0) + part.points
    said = worth.get(described.LEARNED_PART, 0.0)
    points = described.total(sum(worth.values()) - said, said, options.strong_score)
    total = round(explain.score(points), 4)
    pictures = [part.picture for part in parts]
    made = match.Match(
        reference=entry.id,
        score=total,
        recommendation=recommend.recommendation(total, options, disputed=entry.disputed),
        coverage_query=_covered(((one.query_start_s, one.query_end_s) for one in segments), query.duration_s),
        coverage_reference=_covered(
            ((one.reference_start_s, one.reference_end_s) for one in segments), entry.duration_s
        ),
        parts={name: round(explain.score(part), 4) for name, part in worth.items()},
        segments=tuple(segments),
    )
    return _Found(made, entry.negative, entry.disputed, pictures[0] if len(pictures) == 1 else None)


def _covered(spans: Iterable[tuple[float, float]], duration_s: float | None) -> float:
    """Share of one side that the segments cover; all of a picture."""
    return explain.covered(spans, duration_s) if duration_s else 1.0


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
