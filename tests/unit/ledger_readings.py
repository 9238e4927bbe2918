"""A report that was made up, read by hand, and the tools to read another one so."""

from __future__ import annotations

import hashlib
from dataclasses import replace
from datetime import date

from seawall.model.claim import (
    UNHEDGED,
    Facet,
    Group,
    GroupRole,
    Hedge,
    HedgeLevel,
    Polarity,
    Proposal,
    Source,
    SourceKind,
    Span,
)
from seawall.model.report import (
    Anchor,
    Discrepancy,
    Feature,
    Line,
    LineKind,
    Medium,
    MediumKind,
    Minor,
    Operator,
    Organisation,
    Person,
    PersonRole,
    Place,
    PlaceCandidate,
    PlacePrecision,
    PlaceRole,
    Quantity,
    Reading,
    Time,
    TimePrecision,
    Unread,
    Violation,
    ViolationSuggestion,
)
from seawall.store import NewDocument

TEXT = """Ferry taken from the quay
A boy at the wheel Photo: Chronicle

A film has been released showing a ferry being taken from the quay of Orrin.
The boy, who is no more than twelve years of age, is named as Timo Varga. He is seen at the wheel.
The ferry is believed to have been the Petrel. According to the Harbour Watch, a rower said the crew would \
take every ferry of Ulm. It was not the first ferry to be taken.
Last week a second film appeared, apparently made by the same crew.
Der Rest ist nicht gelesen."""

OUTLET = Source(SourceKind.OUTLET_VOICE, None, None)
PUBLISHED = date(2025, 3, 14)
CHILD = "Timo Varga"


def span(text: str, words: str, nth: int = 0) -> Span:
    """The words where they stand for the nth time."""
    at = -1
    for _ in range(nth + 1):
        at = text.index(words, at + 1)
    return Span.of(text, at, at + len(words))


def proposal(
    text: str,
    words: str,
    facet: Facet = Facet.ACT,
    *,
    group: str = "main",
    chain: tuple[Source, ...] = (OUTLET,),
    hedge: Hedge = UNHEDGED,
    polarity: Polarity = Polarity.POSITIVE,
    nth: int = 0,
) -> Proposal:
    return Proposal(span(text, words, nth), facet, group, chain, hedge, polarity, "by hand")


def hedged(text: str, level: HedgeLevel, *cues: str) -> Hedge:
    return Hedge(level, tuple(span(text, cue) for cue in cues))


AGE = "no more than twelve years of age"


def proposals(text: str = TEXT, age: str = AGE) -> tuple[Proposal, ...]:
    film = Source(SourceKind.MEDIA_CONTENT, "A film", span(text, "showing"))
    seen = Source(SourceKind.MEDIA_CONTENT, None, span(text, "is seen"))
    narrated = Source(SourceKind.MEDIA_CONTENT, None, None, inferred=True)
    watch = Source(SourceKind.NAMED_SOURCE, "the Harbour Watch", span(text, "According to"))
    rower = Source(SourceKind.ANONYMOUS_SOURCE, "a rower", span(text, "said"))
    return (
        proposal(
            text,
            "A boy at the wheel",
            Facet.WHO_CHILD,
            chain=(Source(SourceKind.CAPTION, "Chronicle", None), OUTLET),
        ),
        proposal(text, "A film has been released", Facet.MEDIA),
        proposal(text, "a ferry being taken from the quay of Orrin", Facet.WHERE, chain=(film, OUTLET)),
        proposal(text, age, Facet.AGE),
        proposal(text, "is named as Timo Varga", Facet.WHO_CHILD),
        proposal(text, "He is seen at the wheel", chain=(seen, narrated, OUTLET)),
        proposal(
            text,
            "is believed to have been the Petrel",
            Facet.WHO_VICTIM,
            chain=(Source(SourceKind.AGENTLESS_BELIEF, None, span(text, "is believed to")), OUTLET),
            hedge=hedged(text, HedgeLevel.BELIEVED, "is believed to"),
        ),
        proposal(
            text,
            "the crew would take every ferry of Ulm",
            Facet.THREAT,
            group="threat-1",
            chain=(rower, watch, OUTLET),
            hedge=hedged(text, HedgeLevel.REPORTED, "would"),
        ),
        proposal(
            text,
            "It was not the first ferry to be taken",
            Facet.FIRST_OF_KIND,
            hedge=hedged(text, HedgeLevel.NEGATED, "not"),
            polarity=Polarity.NEGATIVE,
        ),
        proposal(text, "Last week a second film appeared", Facet.MEDIA, group="earlier-1"),
        proposal(
            text,
            "apparently made by the same crew",
            Facet.WHO_PERPETRATOR,
            group="earlier-1",
            hedge=hedged(text, HedgeLevel.APPARENT, "apparently"),
        ),
    )


def lines(text: str) -> tuple[Line, ...]:
    found, at = [], 0
    for number, line in enumerate(text.split("\n")):
        kind = (LineKind.HEADLINE, LineKind.CAPTION)[number] if number < 2 else LineKind.BODY
        if line:
            found.append(Line(at, at + len(line), kind))
        at += len(line) + 1
    return tuple(found)


def reading(text: str = TEXT, age: str = AGE, years: tuple[int | None, int | None] = (None, 12)) -> Reading:
    """Of `TEXT`, or of a longer text that holds it; its age may be put in other words."""
    orrin = PlaceCandidate("geonames", "1", "Orrin", "NO", 60.25, 5.5, "the only one of that name")
    other = PlaceCandidate("geonames", "2", "Orrin Bridge", "GB", 57.5, -4.5, "a part of its name")
    quantity = Quantity(span(text, age), Operator.LE, *years)
    return Reading(
        language="en",
        lines=lines(text),
        proposals=proposals(text, age),
        groups=(
            Group("main", GroupRole.MAIN),
            Group("threat-1", GroupRole.THREAT),
            Group("earlier-1", GroupRole.EARLIER),
        ),
        people=(
            Person(
                "child-1",
                PersonRole.CHILD_USED,
                Minor.STATED,
                span(text, age),
                (quantity,),
                (span(text, "The boy"),),
                withheld=(span(text, CHILD),),
            ),
            Person("source-1", PersonRole.SOURCE, Minor.UNKNOWN, None, (), (span(text, "a rower"),)),
        ),
        organisations=(
            Organisation("org:harbour-watch", "Harbour Watch", span(text, "the Harbour Watch"), "table"),
        ),
        places=(
            Place(
                "p1",
                span(text, "Orrin"),
                PlaceRole.INCIDENT_SITE,
                Feature.CITY,
                (orrin, other),
                PlacePrecision.CITY,
                None,
                None,
            ),
            Place(
                "p2",
                span(text, "Ulm"),
                PlaceRole.THREAT_TARGET,
                Feature.CITY,
                (),
                PlacePrecision.NONE,
                None,
                "not geocoded",
            ),
        ),
        times=(
            Time(
                "t1",
                span(text, "Last week"),
                Anchor.PUBLISHED,
                date(2025, 3, 3),
                date(2025, 3, 20),
                TimePrecision.WEEK,
            ),
        ),
        media=(
            Medium("m1", span(text, "A film"), MediumKind.VIDEO, "main", None, None, None),
            Medium(
                "m2",
                span(text, "a second film"),
                MediumKind.VIDEO,
                "earlier-1",
                None,
                span(text, "the same crew"),
                None,
            ),
        ),
        violations=(
            ViolationSuggestion(
                Violation.RECRUITMENT_USE, "main", (span(text, "A boy at the wheel"),), "use"
            ),
        ),
        discrepancies=(
            Discrepancy("no_date", (), "The text gives no date."),
            Discrepancy("role", (span(text, "the crew"), span(text, "the same crew")), "Two crews, or one."),
        ),
        unread=(Unread(text.index("Der Rest"), len(text), "language"),),
    )


def document(text: str = TEXT, **fields: object) -> NewDocument:
    read = fields.pop("reading", None)
    made = NewDocument(
        sha256=hashlib.sha256(text.encode()).hexdigest(),
        text=text,
        reading=reading(text) if read is None else read,
        name="report.txt",
        outlet="The Chronicle",
        published=PUBLISHED,
    )
    return replace(made, **fields)
