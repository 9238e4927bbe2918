"""A record as JSON: `seawall.incident/1`. Offsets count Unicode code points of the document's text."""

from __future__ import annotations

import dataclasses
from typing import Final

from seawall.model.claim import Hedge, Source, Span
from seawall.model.incident import (
    Claim,
    Document,
    MediaLink,
    PlaceChoice,
    Position,
    Revision,
    State,
    Still,
    StillMatch,
    ViolationLabel,
)
from seawall.model.names import withheld
from seawall.model.report import Medium, Person, Place, PlaceCandidate, Quantity
from seawall.reports import prose, sentences
from seawall.reports.view import View

SCHEMA: Final = "seawall.incident/1"

Json = dict[str, object]


def incident(view: View, *, with_text: bool = False) -> Json:
    """The whole record. with_text: with the documents' texts, names covered, so that spans can be checked."""
    documents = [document(view, one, with_text=with_text) for one in view.ledger.documents]
    return {
        "schema": SCHEMA,
        "incident": view.ledger.id,
        "title": view.title,
        "status": view.ledger.heading.status,
        "document": documents[0],
        "documents": documents,
        "claims": [claim(view, one) for one in view.ledger.claims],
        "groups": [{"id": one.id, "role": one.role} for one in view.ledger.groups],
        **_findings(view),
        "stills": [still(view, one) for one in view.ledger.latest(Still)],
        "positions": [
            {"group": one.state.group, "facet": one.state.facet, "claim": one.state.claim, **_who(view, one)}
            for one in view.ledger.latest(Position)
        ],
        "violations": [_violation(view, one) for one in view.ledger.latest(ViolationLabel)],
        "credits": prose.credits_of(view),
    }


def document(view: View, one: Document, *, with_text: bool = False) -> Json:
    """What is known of a document, and how it is judged."""
    citation = view.ledger.citation(one.sha256)
    text: Json = {"text": view.texts[one.sha256]} if with_text else {}
    return {
        "sha256": one.sha256,
        "chars": len(one.text),
        "published": None if one.published is None else one.published.isoformat(),
        "outlet": view.optional(one.outlet),
        "lines": [{"start": line.start, "end": line.end, "kind": line.kind} for line in one.lines],
        "author": view.optional(one.author),
        "name": view.text(one.name),
        "language": one.language,
        "retrieved_at": one.retrieved_at.isoformat(),
        "imported_by": view.text(one.imported_by),
        "source_reliability": citation.source_reliability,
        "info_credibility": citation.info_credibility,
        "origin": view.optional(citation.origin),
        **text,
    }


def claim(view: View, entry: Revision[Claim]) -> Json:
    """A claim as it stands."""
    one = entry.state
    return {
        "id": one.id,
        **span(view, one.document, one.said.span),
        "facet": one.said.facet,
        "group": one.said.group,
        "status": one.status,
        "attribution": [_source(view, one.document, link) for link in one.said.attribution],
        "hedge": _hedge(view, one.document, one.said.hedge),
        "polarity": one.said.polarity,
        "rule": view.text(one.said.rule),
        "document": one.document,
        "origin": one.origin,
        "value": view.optional(one.value),
        **_who(view, entry),
    }


def still(view: View, entry: Revision[Still]) -> Json:
    """A picture of a document, and what it was found to be."""
    one = entry.state
    return {
        "number": one.number,
        "sha256": one.sha256,
        "size_bytes": one.size_bytes,
        "offset": one.offset,
        "caption": _optional(view, one.document, one.caption),
        "medium": one.medium,
        "checked_against": one.checked_against,
        "matches": [_matched(view, match) for match in one.matches],
        "error": one.error,
        "damage": view.optional(one.damage),
        "skipped": [{"signal": part.signal, "reason": part.reason} for part in one.skipped],
        "sentence": sentences.still(view, one),
        "document": one.document,
        **_who(view, entry),
    }


def _matched(view: View, match: StillMatch) -> Json:
    return {
        "reference": match.reference,
        "bank": view.text(match.bank),
        "score": match.score,
        "recommendation": match.recommendation,
        "segments": [dataclasses.asdict(segment) for segment in match.segments],
    }


def _findings(view: View) -> Json:
    """What was found in the documents, beside the claims, each with the document that it stands in."""
    found: dict[str, list[Json]] = {}
    for one in view.ledger.documents:
        for name, records in _found_in(view, one).items():
            found.setdefault(name, []).extend({**record, "document": one.sha256} for record in records)
    return dict(found)


def _found_in(view: View, one: Document) -> dict[str, list[Json]]:
    chosen = {choice.state.place: choice for choice in view.ledger.latest(PlaceChoice)}
    sha256, reading = one.sha256, one.reading
    return {
        "people": [_person(view, one, person) for person in reading.people],
        "organisations": [
            {
                "id": org.id,
                "name": view.text(org.name),
                **span(view, sha256, org.span),
                "rule": view.text(org.rule),
            }
            for org in reading.organisations
        ],
        "places": [_place(view, sha256, place, chosen.get(place.id)) for place in reading.places],
        "times": [
            {
                "id": time.id,
                **span(view, sha256, time.span),
                "anchor": time.anchor,
                "earliest": None if time.earliest is None else time.earliest.isoformat(),
                "latest": None if time.latest is None else time.latest.isoformat(),
                "precision": time.precision,
            }
            for time in reading.times
        ],
        "counts": [_quantity(view, sha256, count) for count in reading.counts],
        "media": [_medium(view, sha256, medium) for medium in reading.media],
        "violations_suggested": [
            {
                "violation": suggested.violation,
                "group": suggested.group,
                "basis": _spans(view, sha256, suggested.basis),
                "rule": view.text(suggested.rule),
            }
            for suggested in reading.violations
        ],
        "discrepancies": [
            {
                "kind": noted.kind,
                "spans": _spans(view, sha256, noted.spans),
                "note": view.text(noted.note),
            }
            for noted in reading.discrepancies
        ],
        "unread": [
            {"start": gap.start, "end": gap.end, "reason": view.text(gap.reason)} for gap in reading.unread
        ],
    }


def _who(view: View, entry: Revision[State]) -> Json:
    return {"by": view.text(entry.by), "at": entry.at.isoformat(), "reason": view.text(entry.reason)}


def span(view: View, sha256: str, words: Span) -> Json:
    """Words of a document, and where they stand."""
    return {"start": words.start, "end": words.end, "text": view.words(sha256, words)}


def _optional(view: View, sha256: str, words: Span | None) -> Json | None:
    return None if words is None else span(view, sha256, words)


def _spans(view: View, sha256: str, spans: tuple[Span, ...]) -> list[Json]:
    return [span(view, sha256, words) for words in spans]


def _source(view: View, sha256: str, link: Source) -> Json:
    return {
        "kind": link.kind,
        "source": view.optional(link.source),
        "cue": _optional(view, sha256, link.cue),
        "inferred": link.inferred,
    }


def _hedge(view: View, sha256: str, hedge: Hedge) -> Json:
    return {"level": hedge.level, "cues": _spans(view, sha256, hedge.cues)}


def _quantity(view: View, sha256: str, one: Quantity) -> Json:
    return {**span(view, sha256, one.span), "operator": one.operator, "low": one.low, "high": one.high}


def _person(view: View, of: Document, person: Person) -> Json:
    return {
        "id": person.id,
        "role": person.role,
        "minor": person.minor,
        "minor_cue": _optional(view, of.sha256, person.minor_cue),
        "ages": [_quantity(view, of.sha256, age) for age in person.ages],
        "mentions": _spans(view, of.sha256, person.mentions),
        "name": _optional(view, of.sha256, person.name),
        "withheld": len([words for words in withheld(of) if words in person.withheld]),
    }


def _place(view: View, sha256: str, place: Place, choice: Revision[PlaceChoice] | None) -> Json:
    chosen: Json | None = None
    if choice is not None:
        picked = choice.state.candidate
        chosen = {
            "candidate": None if picked is None else _candidate(view, picked),
            **_who(view, choice),
        }
    return {
        "id": place.id,
        **span(view, sha256, place.span),
        "role": place.role,
        "feature": place.feature,
        "candidates": [_candidate(view, one) for one in place.candidates],
        "precision": place.precision,
        "inside": view.optional(place.inside),
        "note": view.optional(place.note),
        "chosen": chosen,
    }


def _candidate(view: View, one: PlaceCandidate) -> Json:
    record = dataclasses.asdict(one)
    return {**record, "name": view.text(one.name), "why": view.text(one.why)}


def _medium(view: View, sha256: str, medium: Medium) -> Json:
    links = [one for one in view.ledger.latest(MediaLink) if one.state.medium == medium.id]
    return {
        "id": medium.id,
        **span(view, sha256, medium.span),
        "kind": medium.kind,
        "group": medium.group,
        "platform": _optional(view, sha256, medium.platform),
        "publisher": _optional(view, sha256, medium.publisher),
        "spread_by": _optional(view, sha256, medium.spread_by),
        "references": [
            {
                "reference": one.state.reference,
                "score": one.state.score,
                "segments": [dataclasses.asdict(segment) for segment in one.state.segments],
                **_who(view, one),
            }
            for one in links
        ],
    }


def _violation(view: View, entry: Revision[ViolationLabel]) -> Json:
    return {
        "violation": entry.state.violation,
        "group": entry.state.group,
        "basis": list(entry.state.basis),
        "preconditions": {
            "armed_conflict": entry.state.armed_conflict,
            "child_under_18": entry.state.child_under_18,
            "armed_force_or_group": entry.state.armed_force_or_group,
        },
        **_who(view, entry),
    }
