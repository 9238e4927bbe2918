"""Places of a text: each mention with a role, the candidates of the gazetteers, and how exactly it is known.

Nothing is chosen. Candidates come with the reasons that put them where they stand; a site that no list has is
said to be not geocoded, and inside which wider place the text puts it.
"""

from __future__ import annotations

import math
import re
from collections.abc import Iterable
from typing import Final

from seawall.claims import (
    analyst_places,
    divisions,
    entries,
    place_names,
    place_roles,
    place_words,
    terms,
    towns,
)
from seawall.claims.parsed import Parsed
from seawall.claims.spans import Holders
from seawall.model.report import Feature, Place, PlaceCandidate, PlacePrecision, PlaceRole

_MOST_CANDIDATES: Final = 5
_TOWN_OF_A_SITE: Final = 15_000  #: people, from which on a site's first word may be its town
_REACH: Final = 200  #: characters of a sentence on each side of a name that are looked at
#: what parts a place from the wider one that it is put in: "in the province of", ", "
_INSIDE: Final = re.compile(
    r"\s*(?:,|\(|\[)?\s*(?:(?:in|of|inside|within|à|en|dans|près de)\s+)?(?:the\s+|l[ae]\s+|l['\u2019])?"
    r"(?:[a-zé-]+\s+){0,2}?(?:(?:province|governorate|district|region|state|city|town|village"
    r"|countryside|gouvernorat"
    r"|région|ville)\s+(?:of|de|d['\u2019])\s*)?",
    re.IGNORECASE,
)
_PRECISION: Final = {
    Feature.COUNTRY: PlacePrecision.COUNTRY,
    Feature.ADMIN1: PlacePrecision.ADMIN1,
    Feature.ADMIN2: PlacePrecision.ADMIN2,
    Feature.CITY: PlacePrecision.CITY,
    Feature.SITE: PlacePrecision.SITE,
    Feature.REGION: PlacePrecision.NONE,
}
_WIDTH: Final = (Feature.SITE, Feature.CITY, Feature.ADMIN2, Feature.ADMIN1, Feature.REGION, Feature.COUNTRY)


def places(
    parsed: Parsed,
    taken: Iterable[tuple[int, int]] = (),
    analyst: analyst_places.Places | None = None,
) -> tuple[Place, ...]:
    """All mentions of places outside of stretches that are taken (by names of organisations or of
    children).
    """
    found = place_names.find(parsed, taken, analyst)
    counted = divisions.countries_named(parsed.text)
    for one in found:
        if (country := place_names.of_one_country(one)) is not None:
            counted.setdefault(country, 1)
    ranked = [_ranked(one, counted, terms.fold(parsed.text[one.start : one.end])) for one in found]
    features = [_feature(one, ranks) for one, ranks in zip(found, ranked, strict=True)]
    inside = _inside(parsed, found, features, ranked)
    roles = _roles(parsed, found)
    return tuple(
        _place(number, parsed, one, ranked[at], features[at], inside.get(at), roles[at])
        for at, (number, one) in enumerate(enumerate(found, start=1))
    )


_Ranked = list[tuple[entries.Entry, str]]


def _ranked(found: place_names.Found, counted: dict[str, int], name: str) -> _Ranked:
    """What gazetteers know under a name, the likeliest first, each with the reasons."""
    most = max(counted.values(), default=0)
    scored: list[tuple[float, str, entries.Entry, str]] = []
    for entry in dict.fromkeys(found.entries):
        score, reasons = _weight(entry), [_kind(entry)]
        named = counted.get(entry.country or "", 0)
        if named and entry.feature is not Feature.COUNTRY:
            score += 2.0 + named / most
            reasons.append(f"{divisions.country(entry.country or '').name} is in the text")
        if terms.fold(entry.name) == name:
            score += 1.0
            reasons.append("its own name")
        if found.wanted is not None:
            fits = entry.feature is found.wanted
            score += 6.0 if fits else -2.0
            reasons.append(
                "as the words beside it call it" if fits else "not what the words beside it call it"
            )
        if found.rule == "place.transliterated":
            reasons.append("another spelling: compare the names")
        if entry.source:
            reasons.append(f"source: {entry.source}")
        scored.append((-score, entry.id, entry, "; ".join(reasons)))
    return [(entry, why) for _, _, entry, why in sorted(scored, key=lambda one: one[:2])]


def _weight(entry: entries.Entry) -> float:
    """How likely a place of that size is meant, before anything else is known."""
    if entry.gazetteer in {"analyst", "sites"} or entry.feature is Feature.COUNTRY:
        return 20.0
    if entry.feature is Feature.ADMIN1:
        return 4.5
    if entry.feature is Feature.ADMIN2:
        return 2.0
    return math.log10(entry.population + 1)


def _kind(entry: entries.Entry) -> str:
    if entry.gazetteer == "geonames":
        return f"a town of {entry.population:,} people" if entry.population else "a town"
    return f"of the analyst's list: {entry.kind}" if entry.gazetteer == "analyst" else entry.kind.lower()


def _feature(found: place_names.Found, ranked: _Ranked) -> Feature:
    if found.site is not None:
        return Feature.SITE
    if ranked:
        return ranked[0][0].feature
    return found.wanted or Feature.SITE


def _candidates(ranked: _Ranked) -> tuple[PlaceCandidate, ...]:
    """The first few that have a point; a country's or a province's is that of its largest town, and says
    so.
    """
    candidates: list[PlaceCandidate] = []
    for entry, why in ranked:
        point = entry.point
        if point is None and (town := _standing_in(entry)) is not None and town.point is not None:
            point, why = town.point, f"{why}; the point is {town.name}'s, its largest town"
        if point is not None:
            candidates.append(
                PlaceCandidate(entry.gazetteer, entry.id, entry.name, entry.country, *point, why)
            )
        if len(candidates) == _MOST_CANDIDATES:
            break
    return tuple(candidates)


def _standing_in(entry: entries.Entry) -> entries.Entry | None:
    """The largest town of a country or of its first-level part; districts have none that is known."""
    if entry.feature is Feature.COUNTRY and entry.country:
        return towns.load().largest(entry.country)
    if entry.feature is Feature.ADMIN1 and entry.admin1:
        return towns.load().largest(entry.admin1)
    return None


def _inside(
    parsed: Parsed, found: list[place_names.Found], features: list[Feature], ranked: list[_Ranked]
) -> dict[int, str]:
    """For each place that the text puts in a wider one named right after it: the wider one's name."""
    inside: dict[int, str] = {}
    for at in range(len(found) - 2, -1, -1):
        here, there = found[at], found[at + 1]
        wider = _WIDTH.index(features[at + 1]) > _WIDTH.index(features[at])
        if wider and _INSIDE.fullmatch(parsed.text, here.end, there.start) and there.start - here.end < 80:
            inside[at] = _called(parsed, there, features[at + 1], ranked[at + 1])
    for at, here in enumerate(found):
        if here.site is not None and at not in inside and (town := _in_own_name(parsed, here)):
            inside[at] = town
    return inside


def _called(parsed: Parsed, found: place_names.Found, feature: Feature, ranked: _Ranked) -> str:
    """How the record calls a wider place: "Homs governorate"."""
    words = parsed.text[found.start : found.end]
    if feature is not Feature.ADMIN1 or not ranked:
        return words
    name = ranked[0][0].name.split(" ")
    return (
        " ".join([*name[:-1], name[-1].lower()]) if len(name) > 1 else f"{words} {ranked[0][0].kind.lower()}"
    )


def _in_own_name(parsed: Parsed, found: place_names.Found) -> str | None:
    """The town that a site's own name begins with: "Mosul" of "Mosul airport"."""
    if found.entries:
        return None
    words = parsed.text[found.start : found.end].split()
    name = words[0]
    known = towns.load().named(name) if name[0].isupper() else []
    return name if known and max(entry.population for entry in known) >= _TOWN_OF_A_SITE else None


def _roles(parsed: Parsed, found: list[place_names.Found]) -> list[PlaceRole]:
    sentences, quotations = Holders(parsed.sentences), Holders(parsed.quotations)
    lines = Holders(parsed.lines)
    roles: list[PlaceRole] = []
    for one in found:
        line = lines.bounds(one.start, (one.start, one.end))
        start, end = sentences.bounds(one.start, line)
        quoted = quotations.of(one.start)
        said = None if quoted is None else parsed.text[slice(*quotations.bounds(one.start, (0, 0)))]
        around = place_roles.Surroundings(
            parsed.text[max(start, one.start - _REACH) : one.start],
            parsed.text[one.end : min(max(end, one.end), one.end + _REACH)],
            one.start == line[0],
            said,
        )
        roles.append(place_roles.role(around)[0])
    return roles


def _place(
    number: int,
    parsed: Parsed,
    found: place_names.Found,
    ranked: _Ranked,
    feature: Feature,
    inside: str | None,
    role: PlaceRole,
) -> Place:
    candidates = _candidates(ranked)
    precision, note = _PRECISION[feature], None
    if feature is Feature.SITE:
        listed = next((entry.within for entry, _ in ranked if entry.within), None)
        within = inside or listed
        named = f"named site inside {within}" if within else "named site"
        if candidates:
            note = f"{named}; the point is a list's"
        else:
            note = f"not geocoded, {named}"
            precision = _PRECISION[_sort(within)] if within else PlacePrecision.NONE
    elif not candidates:
        precision, note = PlacePrecision.NONE, "not geocoded, no point is known"
    elif len({candidate.country for candidate in candidates}) > 1:
        note = "places of several countries bear the name"
    span = parsed.span(found.start, found.end)
    return Place(f"place-{number}", span, role, feature, candidates, precision, inside, note)


def _sort(within: str) -> Feature:
    """What sort of place a site is inside of, by the word that its name ends with."""
    last = within.rsplit(" ", maxsplit=1)[-1].lower()
    if last in place_words.ADMIN1 or last in place_words.STATE or last == "division":
        return Feature.ADMIN1
    if last in place_words.ADMIN2:
        return Feature.ADMIN2
    return Feature.COUNTRY if divisions.countries().get(terms.key(within)) else Feature.CITY
