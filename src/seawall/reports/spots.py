"""Where on a map the places of a record may lie, and how surely: each candidate once, with its mentions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Final

from seawall.model.incident import PlaceChoice
from seawall.model.report import GEONAMES, Feature, Place, PlaceCandidate, PlacePrecision
from seawall.reports.view import View


class Sureness(StrEnum):
    """How a candidate came to be meant."""

    CHOSEN = "chosen"  #: a person says so
    LIKELIEST = "likeliest"  #: the first of the machine's candidates, confirmed by nobody
    OTHER = "other"  #: a further candidate of the same name


_ORDER: Final = tuple(Sureness)

#: Places that are an area: their point is that of their largest town, and no place of anything.
AREAS: Final = frozenset({Feature.COUNTRY, Feature.ADMIN1, Feature.ADMIN2})


@dataclass(frozen=True, slots=True)
class Mention:
    """Words that may mean the place."""

    place: str  #: its id in the record
    words: str
    role: str  #: a `report.PlaceRole`


@dataclass(frozen=True, slots=True)
class Spot:
    """One place of a gazetteer that is meant, or may be."""

    number: int  #: on the map and in its list, from 1
    name: str
    country: str | None  #: ISO 3166-1 alpha-2
    feature: Feature
    precision: PlacePrecision
    sureness: Sureness
    latitude: float
    longitude: float
    credit: bool  #: it is of GeoNames, which is to be named beside it
    rivals: int  #: candidates in all, of the mention that has most
    mentions: tuple[Mention, ...]

    @property
    def is_area(self) -> bool:
        """Whether it is known to lie somewhere within, and no more."""
        return self.feature in AREAS


@dataclass(frozen=True, slots=True)
class Unplaced:
    """A mention of which no point is known."""

    mention: Mention
    note: str


@dataclass(slots=True)
class _Gathered:
    candidate: PlaceCandidate
    feature: Feature
    precision: PlacePrecision
    sureness: Sureness
    rivals: int
    mentions: list[Mention] = field(default_factory=list)


def spots(view: View) -> tuple[tuple[Spot, ...], tuple[Unplaced, ...]]:
    """All that can be drawn, the surest first, and what cannot."""
    chosen = {one.state.place: one.state for one in view.ledger.latest(PlaceChoice)}
    gathered: dict[tuple[str, str, Feature], _Gathered] = {}
    unplaced: list[Unplaced] = []
    for document in view.ledger.documents:
        for place in document.reading.places:
            words = view.words(document.sha256, place.span)
            mention = Mention(place.id, words, place.role)
            candidates = list(_candidates(place, chosen.get(place.id)))
            if not candidates:
                note = "" if place.note is None else view.text(place.note)
                unplaced.append(Unplaced(mention, "" if place.id in chosen else note))
            for candidate, sureness in candidates:
                key = (candidate.gazetteer, candidate.id, place.feature)
                new = _Gathered(candidate, place.feature, place.precision, sureness, len(place.candidates))
                known = gathered.setdefault(key, new)
                known.sureness = min(known.sureness, sureness, key=_ORDER.index)
                known.rivals = max(known.rivals, len(place.candidates))
                known.mentions.append(mention)
    ordered = sorted(gathered.values(), key=lambda one: (_ORDER.index(one.sureness), -len(one.mentions)))
    return tuple(_spot(view, *one) for one in enumerate(ordered, 1)), tuple(unplaced)


def _candidates(place: Place, choice: PlaceChoice | None) -> Iterator[tuple[PlaceCandidate, Sureness]]:
    if choice is not None:
        if choice.candidate is not None:
            yield choice.candidate, Sureness.CHOSEN
        return
    for at, one in enumerate(place.candidates):
        yield one, Sureness.OTHER if at else Sureness.LIKELIEST


def _spot(view: View, number: int, one: _Gathered) -> Spot:
    return Spot(
        number=number,
        name=view.text(one.candidate.name),
        country=one.candidate.country,
        feature=one.feature,
        precision=one.precision,
        sureness=one.sureness,
        latitude=one.candidate.latitude,
        longitude=one.candidate.longitude,
        credit=one.candidate.gazetteer == GEONAMES,
        rivals=one.rivals,
        mentions=tuple(one.mentions),
    )
