"""All that a text speaks of besides what its clauses claim: one call, in the order in which each needs the
other.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date

from seawall.claims import (
    analyst_places,
    discrepancies,
    groups,
    media_mentions,
    minors,
    organisations,
    people,
    places,
    quantities,
    times,
    violations,
)
from seawall.claims.groups import Grouped
from seawall.claims.parsed import Parsed
from seawall.claims.spans import Intervals
from seawall.model.claim import Group, GroupRole, Proposal, Span
from seawall.model.report import (
    Discrepancy,
    Medium,
    Organisation,
    Person,
    Place,
    PlaceRole,
    Quantity,
    Time,
    ViolationSuggestion,
)


@dataclass(frozen=True, slots=True)
class Entities:
    """What a reading needs besides lines, language and what was not read."""

    proposals: tuple[Proposal, ...]  #: as given, each with its group
    groups: tuple[Group, ...]  #: "main" first
    people: tuple[Person, ...]
    organisations: tuple[Organisation, ...]
    places: tuple[Place, ...]
    times: tuple[Time, ...]
    media: tuple[Medium, ...]
    violations: tuple[ViolationSuggestion, ...]
    discrepancies: tuple[Discrepancy, ...]
    counts: tuple[Quantity, ...]


def entities(
    parsed: Parsed,
    proposals: Sequence[Proposal],
    published: date | None = None,
    analyst: analyst_places.Places | None = None,
) -> Entities:
    """Reads people, places, times and the rest. `published` is the day of publication, None where unknown.

    No field but `Person.withheld` holds the words of a name that is withheld; proposals are the caller's, and
    are masked by those spans wherever they leave the record.
    """
    orgs = organisations.organisations(parsed)
    of_orgs = [(one.span.start, one.span.end) for one in orgs]
    ages = tuple(one.quantity for one in quantities.ages(parsed))
    named = minors.named(parsed, ages, of_orgs, published)
    hidden = _Hidden([span for one in named for span in one.spans])
    where = places.places(parsed, [*of_orgs, *hidden.stretches], analyst)
    when = tuple(one.time for one in times.times(parsed, published) if hidden.spares(one.time.span))
    mentioned = media_mentions.mentions(parsed)
    grouped = groups.groups(parsed, where, when)
    placed = grouped.placed(proposals)
    taken = [*of_orgs, *((place.span.start, place.span.end) for place in where)]
    who = tuple(hidden.clear_person(one) for one in people.people(parsed, grouped, ages, named, taken))
    counts = tuple(one.quantity for one in quantities.counts(parsed) if hidden.spares(one.quantity.span))
    orgs = tuple(one for one in orgs if hidden.spares(one.span))
    of_groups = tuple(grouped.of(one.medium.span.start) for one in mentioned)
    found = discrepancies.discrepancies(
        parsed, grouped, placed, who, orgs, when, mentioned, counts, published
    )
    return Entities(
        placed,
        grouped.groups,
        who,
        orgs,
        _settled(where, grouped),
        when,
        tuple(filter(None, map(hidden.clear_medium, media_mentions.distinct(mentioned, of_groups)))),
        tuple(filter(None, map(hidden.clear_violation, violations.suggested(parsed, grouped, orgs)))),
        tuple(map(hidden.clear_discrepancy, found)),
        counts,
    )


def _settled(found: Sequence[Place], grouped: Grouped) -> tuple[Place, ...]:
    """Places with the roles that their group leaves them: the incident's site is one of the main group's."""
    sites = {PlaceRole.INCIDENT_SITE, PlaceRole.CAPTURE_SITE}
    settled: list[Place] = []
    for place in found:
        role = grouped.role(place.span.start)
        if role is GroupRole.THREAT and place.role in {*sites, PlaceRole.CONTEXT}:
            place = replace(place, role=PlaceRole.THREAT_TARGET)
        elif role is not GroupRole.MAIN and place.role in sites:
            place = replace(place, role=PlaceRole.CONTEXT)
        settled.append(place)
    return tuple(settled)


class _Hidden:
    """Keeps the words of withheld names out of all other fields."""

    def __init__(self, spans: Sequence[Span]) -> None:
        self.stretches = [(span.start, span.end) for span in spans]
        self._over = Intervals(self.stretches)
        self._sorted = sorted(self.stretches)

    def spares(self, span: Span) -> bool:
        return not self._over.meets(span.start, span.end)

    def clear(self, span: Span | None) -> Span | None:
        """The longest part of a span that no name is in; None where nothing is left."""
        if span is None or self.spares(span):
            return span
        pieces, at = [], span.start
        for start, end in self._sorted:
            if start < span.end and end > span.start:
                pieces.append((at, start))
                at = max(at, end)
        pieces.append((at, span.end))
        start, end = max(pieces, key=lambda piece: piece[1] - piece[0])
        words = span.text[max(0, start - span.start) : max(0, end - span.start)]
        bare = words.strip(" ,;:()'\"\u2019-")
        if not bare:
            return None
        first = start + words.index(bare)
        return Span(first, first + len(bare), bare)

    def clear_all(self, spans: Sequence[Span]) -> tuple[Span, ...]:
        return tuple(clear for span in spans if (clear := self.clear(span)) is not None)

    def clear_person(self, person: Person) -> Person:
        return replace(
            person,
            minor_cue=self.clear(person.minor_cue),
            ages=tuple(age for age in person.ages if self.spares(age.span)),
            mentions=self.clear_all(person.mentions),
            name=person.name if person.name is not None and self.spares(person.name) else None,
        )

    def clear_medium(self, medium: Medium) -> Medium | None:
        span = self.clear(medium.span)
        if span is None:
            return None
        return replace(
            medium,
            span=span,
            platform=self.clear(medium.platform),
            publisher=self.clear(medium.publisher),
            spread_by=self.clear(medium.spread_by),
        )

    def clear_violation(self, suggestion: ViolationSuggestion) -> ViolationSuggestion | None:
        basis = self.clear_all(suggestion.basis)
        return replace(suggestion, basis=basis) if basis else None

    def clear_discrepancy(self, found: Discrepancy) -> Discrepancy:
        return replace(found, spans=self.clear_all(found.spans))
