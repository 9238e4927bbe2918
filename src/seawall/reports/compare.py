"""Several reports on one incident, side by side, facet by facet. Nothing is decided, and none is dropped.

Only claims of the main group are compared: what else two reports tell of, a person alone may join.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from enum import StrEnum
from itertools import combinations, product
from typing import Final

from seawall.model.claim import Facet, HedgeLevel, Span
from seawall.model.incident import MAIN, Claim, Document, PlaceChoice, Position, Revision
from seawall.model.report import PlaceCandidate, PlaceRole, Quantity
from seawall.reports import dependence, record, sentences
from seawall.reports.view import View

SCHEMA: Final = "seawall.compare/1"

#: Share of words in common from which on two claims are taken to be about the same thing.
ALIKE: Final = 0.4

_WORD: Final = re.compile(r"\w+")
_BEHIND: Final = 60  #: characters behind a count in which what is counted is named ...
_BEHIND_WORDS: Final = 2  #: ... namely in so many words
_LONGEST_NUMBER: Final = 12  #: digits
_NUMERALS: Final = {
    word: number
    for number, word in enumerate(
        ("two", "three", "four", "five", "six", "seven", "eight", "nine", "ten", "eleven", "twelve"), start=2
    )
}
_NUMBERS: Final = frozenset(
    {"one"}
    | {"dozen", "dozens", "hundred", "hundreds", "thousand", "thousands", "least", "most", "about", "than"}
    | {"more", "some", "several", "many"}
)
_SMALL: Final = frozenset(
    {"a", "an", "and", "are", "as", "at", "be", "been", "by", "for", "from", "had", "has", "have", "he"}
    | {"her", "his", "in", "is", "it", "its", "not", "of", "on", "or", "she", "that", "the", "they", "to"}
    | {"was", "were", "who", "with"}
)


class Relation(StrEnum):
    """How reports stand to each other on one facet."""

    NOT_STATED = "not_stated"
    ONE_REPORT = "one_report"
    SIDE_BY_SIDE = "side_by_side"  #: several speak of it, and nothing here tells whether they agree
    AGREEMENT = "agreement"
    CONTRADICTION = "contradiction"


@dataclass(frozen=True, slots=True)
class Finding:
    """Words of two reports that agree or contradict each other, and in what."""

    relation: Relation
    on: str  #: "age", "count", "place", "publisher", "polarity", "wording"
    documents: tuple[str, str]
    spans: tuple[Span, Span]
    note: str


@dataclass(frozen=True, slots=True)
class Row:
    """One facet over all reports."""

    facet: Facet
    relation: Relation
    claims: tuple[Revision[Claim], ...]
    findings: tuple[Finding, ...]
    outlets: int
    origins: int  #: independent ones
    position: Revision[Position] | None


@dataclass(frozen=True, slots=True)
class Comparison:
    """All facets, those that no report states too."""

    rows: tuple[Row, ...]
    dependences: tuple[dependence.Dependence, ...]
    shared: tuple[dependence.Shared, ...]  #: sources that several reports name


def compare(view: View) -> Comparison:
    """Facet by facet; rejected and withdrawn claims are left out."""
    depends = dependence.dependences(view.ledger)
    shared = tuple(dependence.shared(one.state for one in view.counted))
    return Comparison(tuple(_row(view, facet, depends) for facet in Facet), tuple(depends), shared)


def as_record(view: View, compared: Comparison) -> record.Json:
    """`seawall.compare/1`, with each claim's own sentence."""
    return {
        "schema": SCHEMA,
        "incident": view.ledger.id,
        "documents": [record.document(view, one) for one in view.ledger.documents],
        "dependences": [
            {"later": one.later, "earlier": one.earlier, "reason": one.reason, "share": one.share}
            for one in compared.dependences
        ],
        "shared_sources": [
            {"source": view.text(one.source), "documents": list(one.documents)} for one in compared.shared
        ],
        "facets": [_row_record(view, one) for one in compared.rows],
    }


def _row_record(view: View, row: Row) -> record.Json:
    position = None
    if row.position is not None:
        position = {"claim": row.position.state.claim, "by": view.text(row.position.by)}
        position["reason"] = view.text(row.position.reason)
    return {
        "facet": row.facet,
        "relation": row.relation,
        "claims": [{**record.claim(view, one), "sentence": sentences.claim(view, one)} for one in row.claims],
        "findings": [
            {
                "relation": found.relation,
                "on": found.on,
                "note": view.text(found.note),
                "between": [
                    {
                        "document": sha256,
                        "start": span.start,
                        "end": span.end,
                        "text": view.words(sha256, span),
                    }
                    for sha256, span in zip(found.documents, found.spans, strict=True)
                ],
            }
            for found in row.findings
        ],
        "outlets": row.outlets,
        "independent_origins": row.origins,
        "position": position,
    }


def _row(view: View, facet: Facet, depends: Sequence[dependence.Dependence]) -> Row:
    ledger = view.ledger
    claims = tuple(
        one for one in view.counted if (one.state.said.facet, one.state.said.group) == (facet, MAIN)
    )
    by_document = {
        document.sha256: [one.state for one in claims if one.state.document == document.sha256]
        for document in ledger.documents
    }
    findings = tuple(
        finding
        for first, second in combinations(ledger.documents, 2)
        for finding in _findings(
            view, facet, (first, second), (by_document[first.sha256], by_document[second.sha256])
        )
    )
    speaking = [one for one in ledger.documents if by_document[one.sha256]]
    held = {one.state.facet: one for one in ledger.latest(Position) if one.state.group == MAIN}
    return Row(
        facet=facet,
        relation=_relation(len(speaking), findings),
        claims=claims,
        findings=findings,
        outlets=dependence.outlets(speaking),
        origins=dependence.origins(ledger, (one.state for one in claims), depends),
        position=held.get(facet),
    )


def _relation(speaking: int, findings: Sequence[Finding]) -> Relation:
    found = {one.relation for one in findings}
    if Relation.CONTRADICTION in found:
        return Relation.CONTRADICTION
    if speaking == 0 and not found:
        return Relation.NOT_STATED
    if Relation.AGREEMENT in found:
        return Relation.AGREEMENT
    return Relation.ONE_REPORT if speaking == 1 else Relation.SIDE_BY_SIDE


Pair = tuple[Document, Document]


def _findings(
    view: View, facet: Facet, pair: Pair, claims: tuple[list[Claim], list[Claim]]
) -> Iterator[Finding]:
    yield from _worded(pair, claims)
    match facet:
        case Facet.AGE:
            yield from _ages(pair)
        case Facet.COUNT:
            yield from _counts(pair)
        case Facet.WHERE:
            yield from _places(view, pair)
        case Facet.MEDIA:
            yield from _publishers(pair)


def _worded(pair: Pair, claims: tuple[list[Claim], list[Claim]]) -> Iterator[Finding]:
    """Claims in much the same words: affirmed by both, or by one and not by the other."""
    for first, second in _alike(*claims):
        spans = (first.said.span, second.said.span)
        numbers = [_numbers(span.text) for span in spans]
        if first.said.polarity is not second.said.polarity:
            note = "one report says so, the other says that it is not so"
            yield _finding(Relation.CONTRADICTION, "polarity", pair, spans, note)
        elif all(numbers) and numbers[0] != numbers[1]:
            note = "much the same words with other numbers"
            yield _finding(Relation.CONTRADICTION, "number", pair, spans, note)
        else:
            hedged = [one.said.hedge.level is not HedgeLevel.NONE for one in (first, second)]
            reserve = "" if hedged[0] is hedged[1] else ", one of them with reserve"
            yield _finding(Relation.AGREEMENT, "wording", pair, spans, f"much the same words{reserve}")


def _alike(claims: Sequence[Claim], others: Sequence[Claim]) -> Iterator[tuple[Claim, Claim]]:
    """Pairs with much the same words. Only those that share one are looked at: there may be many claims."""
    having: dict[str, list[int]] = {}
    words = [_words(one.said.span.text) for one in others]
    for number, some in enumerate(words):
        for word in some:
            having.setdefault(word, []).append(number)
    for claim in claims:
        ours = _words(claim.said.span.text)
        shared = Counter(number for word in ours for number in having.get(word, ()))
        for number, count in sorted(shared.items()):
            if count >= ALIKE * (len(ours) + len(words[number]) - count):
                yield claim, others[number]


def _ages(pair: Pair) -> Iterator[Finding]:
    """Ages of people in the same role."""
    for first, second in product(pair[0].reading.people, pair[1].reading.people):
        if first.role is second.role:
            for one, other in product(first.ages, second.ages):
                yield _meeting("age", pair, one, other)


def _counts(pair: Pair) -> Iterator[Finding]:
    """Numbers of people that are called by the same word."""
    for one, other in product(pair[0].reading.counts, pair[1].reading.counts):
        if _counted(pair[0], one) & _counted(pair[1], other):
            yield _meeting("count", pair, one, other)


def _counted(document: Document, quantity: Quantity) -> set[str]:
    """The words of a count and the few behind it, which say of what it is one."""
    behind = _WORD.findall(document.text[quantity.span.end : quantity.span.end + _BEHIND])[:_BEHIND_WORDS]
    return _words(" ".join((quantity.span.text, *behind))) - _NUMBERS - _NUMERALS.keys()


def _numbers(text: str) -> set[int]:
    """The whole numbers of a text, in digits or in words."""
    words = _WORD.findall(text.casefold())
    digits = {int(word) for word in words if word.isdecimal() and len(word) <= _LONGEST_NUMBER}
    return digits | {_NUMERALS[word] for word in words if word in _NUMERALS}


def _meeting(on: str, pair: Pair, one: Quantity, other: Quantity) -> Finding:
    low = max(one.low if one.low is not None else 0, other.low if other.low is not None else 0)
    highs = [high for high in (one.high, other.high) if high is not None]
    meet = not highs or low <= min(highs)
    relation = Relation.AGREEMENT if meet else Relation.CONTRADICTION
    note = f"{_interval(one)} and {_interval(other)} " + ("can both be so" if meet else "cannot both be so")
    return _finding(relation, on, pair, (one.span, other.span), note)


def _interval(one: Quantity) -> str:
    if one.low is not None and one.low == one.high:
        return str(one.low)
    low = "" if one.low is None else f"from {one.low}"
    high = "" if one.high is None else f"up to {one.high}"
    return f"{low} {high}".strip() or "any number"


def _places(view: View, pair: Pair) -> Iterator[Finding]:
    """Where the reports put the incident: the place that a person chose, else the likeliest one."""
    chosen = {one.state.place: one.state.candidate for one in view.ledger.latest(PlaceChoice)}
    sites: list[list[tuple[Span, PlaceCandidate]]] = []
    for document in pair:
        found = []
        for place in document.reading.places:
            likeliest = place.candidates[0] if place.candidates else None
            meant = chosen.get(place.id, likeliest)
            if place.role is PlaceRole.INCIDENT_SITE and meant is not None:
                found.append((place.span, meant))
        sites.append(found)
    for (span, one), (other_span, other) in product(*sites):
        same = (one.gazetteer, one.id) == (other.gazetteer, other.id)
        relation = Relation.AGREEMENT if same else Relation.CONTRADICTION
        note = "the same place" if same else f"{one.name} and {other.name}; one may lie within the other"
        yield _finding(relation, "place", pair, (span, other_span), note)


def _publishers(pair: Pair) -> Iterator[Finding]:
    """Who is said to have released the incident's media; two names of one organisation are one."""
    for one, other in product(pair[0].reading.media, pair[1].reading.media):
        if one.group == other.group == MAIN and one.publisher is not None and other.publisher is not None:
            names = (_publisher(pair[0], one.publisher), _publisher(pair[1], other.publisher))
            relation = Relation.AGREEMENT if names[0] == names[1] else Relation.CONTRADICTION
            note = "the same publisher" if names[0] == names[1] else "two publishers"
            yield _finding(relation, "publisher", pair, (one.publisher, other.publisher), note)


def _publisher(document: Document, span: Span) -> str:
    for organisation in document.reading.organisations:
        if organisation.span.start < span.end and span.start < organisation.span.end:
            return organisation.id
    return " ".join(sorted(_words(span.text)))


def _finding(relation: Relation, on: str, pair: Pair, spans: tuple[Span, Span], note: str) -> Finding:
    return Finding(relation, on, (pair[0].sha256, pair[1].sha256), spans, note)


def _words(text: str) -> set[str]:
    return {word for word in _WORD.findall(text.casefold()) if word not in _SMALL and not word.isdigit()}
