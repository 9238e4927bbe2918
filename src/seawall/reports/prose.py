"""A record as Markdown: what the texts say, each sentence with its source, and what none of them states."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from seawall.model.claim import Facet, Group
from seawall.model.incident import MAIN, MediaLink, PlaceChoice, Position, Still, ViolationLabel
from seawall.model.report import GEONAMES, GEONAMES_CREDIT, Place
from seawall.reports import compare, markup, sentences
from seawall.reports.view import View

#: Said where there is nothing to check.
NO_PICTURES: Final = "No report's file carries a picture."

#: Characters that Markdown would read as its own.
_SPECIAL: Final = frozenset("\\`*_{}[]<>#|!~&")


def incident(view: View) -> str:
    """The whole record as a page. Raises NoCitation."""
    return "\n".join(_lines(view)) + "\n"


def comparison(view: View, compared: compare.Comparison) -> Iterator[str]:
    """What reports agree on, and what not, line by line."""
    for one in compared.dependences:
        later, earlier = (view.outlet(view.ledger.document(sha)) for sha in (one.later, one.earlier))
        share = f", {one.share:.0%} of its wording" if one.share else ""
        yield f"- {_plain(later)} depends on {_plain(earlier)} ({one.reason}{share})"
    for source in compared.shared:
        named = ", ".join(view.outlet(view.ledger.document(sha)) for sha in source.documents)
        yield f"- {_plain(f'{view.text(source.source)} is a source of {named}: one origin')}"
    for row in compared.rows:
        relation = row.relation.replace("_", " ")
        yield ""
        yield f"### {row.facet.replace('_', ' ')}: {relation}"
        if row.claims:
            yield ""
            yield f"{_many(row.outlets, 'outlet')}, {_many(row.origins, 'independent origin')}."
            yield ""
            yield from (f"- {_plain(sentences.claim(view, one))}" for one in row.claims)
        for found in row.findings:
            words = [
                f"“{view.words(sha, span)}”" for sha, span in zip(found.documents, found.spans, strict=True)
            ]
            text = f"{found.relation} on {found.on}: {' and '.join(words)}: {view.text(found.note)}"
            yield f"- {_plain(text)}"
        if row.position is not None:
            yield f"- {_plain(sentences.position(view, row.position))}"


def _lines(view: View) -> Iterator[str]:
    ledger = view.ledger
    yield f"# {_plain(view.title)}"
    yield ""
    yield (
        "What texts say, with who says so and how surely. Nothing on this page says that it is so. "
        f"Status: {ledger.heading.status}."
    )
    yield from _documents(view)
    for group in ledger.groups:
        yield from _group(view, group)
    yield from _places(view)
    yield from _times(view)
    yield from _watch_list(view)
    yield from _pictures(view)
    yield from _violations(view)
    yield from _discrepancies(view)
    if len(ledger.documents) > 1:
        yield from ("", "## The reports compared", "")
        yield from comparison(view, compare.compare(view))


def _documents(view: View) -> Iterator[str]:
    yield from ("", "## Reports", "")
    for one in view.ledger.documents:
        citation = view.ledger.citation(one.sha256)
        rests = f"; rests on {view.text(citation.origin)}" if citation.origin else ""
        text = (
            f"{view.outlet(one)}: {view.text(one.name)}, {len(one.text)} characters, SHA-256 {one.sha256}; "
            f"source {citation.source_reliability}, information {int(citation.info_credibility)}{rests}"
        )
        yield f"- {_plain(text)}"


def _group(view: View, group: Group) -> Iterator[str]:
    title = "The incident" if group.id == MAIN else f"Apart from it: {group.role} ({group.id})"
    yield from ("", f"## {_plain(title)}", "")
    mine = [one for one in view.counted if one.state.said.group == group.id]
    held = {one.state.claim: one for one in view.ledger.latest(Position)}
    for facet in Facet:
        entries = [one for one in mine if one.state.said.facet is facet]
        name = facet.replace("_", " ")
        if not entries:
            if group.id == MAIN:
                yield f"- **{name}**: not stated"
            continue
        yield f"- **{name}**"
        for one in entries:
            yield f"    - {_plain(sentences.claim(view, one))}"
            if one.state.id in held:
                yield f"    - {_plain(sentences.position(view, held[one.state.id]))}"


def _places(view: View) -> Iterator[str]:
    yield from ("", "## Places", "")
    chosen = {one.state.place: one.state for one in view.ledger.latest(PlaceChoice)}
    for one in view.ledger.documents:
        for place in one.reading.places:
            words = view.words(one.sha256, place.span)
            role = place.role.replace("_", " ")
            text = f"{place.id}: “{words}”, {role}: {located(view, place, chosen.get(place.id))}"
            yield f"- {_plain(text)}"
    yield from _none(view.ledger.places)
    yield from (line for credit in credits_of(view) for line in ("", _plain(credit)))


def credits_of(view: View) -> list[str]:
    """What has to stand beside the candidates for places."""
    gazetteers = {one.gazetteer for place in view.ledger.places for one in place.candidates}
    return [GEONAMES_CREDIT] if GEONAMES in gazetteers else []


def located(view: View, place: Place, choice: PlaceChoice | None) -> str:
    """Where a place is: as a person chose, else the candidates."""
    if choice is not None:
        if choice.candidate is None:
            return "none of the candidates, as chosen by a person"
        return f"{view.text(choice.candidate.name)}, as chosen by a person"
    note = "" if place.note is None else f" ({view.text(place.note)})"
    if not place.candidates:
        return f"not located{note}"
    names = ", ".join(f"{view.text(one.name)} ({view.text(one.why)})" for one in place.candidates)
    return f"may be {names}{note}"


def _times(view: View) -> Iterator[str]:
    yield from ("", "## Times", "")
    for one in view.ledger.documents:
        for time in one.reading.times:
            words = view.words(one.sha256, time.span)
            when = f"{time.earliest or 'open'} to {time.latest or 'open'}"
            text = f"{time.id}: “{words}”, {when}, {time.precision}"
            yield f"- {_plain(text)}"
    yield from _none([time for one in view.ledger.documents for time in one.reading.times])


def _watch_list(view: View) -> Iterator[str]:
    yield from ("", "## Media to look for", "")
    links = view.ledger.latest(MediaLink)
    for one in view.ledger.documents:
        for medium in one.reading.media:
            known = [link.state.reference for link in links if link.state.medium == medium.id]
            state = f"matches {', '.join(known)}" if known else "no match is on record"
            words = view.words(one.sha256, medium.span)
            yield f"- {_plain(f'{medium.id}: {medium.kind}, “{words}”, {medium.group}: {state}')}"
    yield from _none(view.ledger.media)


def _pictures(view: View) -> Iterator[str]:
    yield from ("", "## Pictures in the report", "")
    stills = view.ledger.latest(Still)
    for entry in stills:
        one = entry.state
        text = f"{sentences.still(view, one)} SHA-256 {one.sha256}, {placed(view, one)}"
        yield f"- {_plain(text)}"
    if not stills:
        yield NO_PICTURES


def placed(view: View, one: Still) -> str:
    """How large a picture is, and where in the text it stands."""
    where = f"{one.size_bytes} bytes, at character {one.offset}"
    return where if one.caption is None else f"{where}, caption “{view.words(one.document, one.caption)}”"


def _violations(view: View) -> Iterator[str]:
    yield from ("", "## Grave violations, as people labelled them", "")
    labels = view.ledger.latest(ViolationLabel)
    for one in labels:
        state = one.state
        text = (
            f"{state.violation} ({state.group}), by {view.text(one.by)}, on {', '.join(state.basis)}; "
            f"armed conflict: {state.armed_conflict}; child under 18: {state.child_under_18}; "
            f"armed force or group: {state.armed_force_or_group}; “{view.text(one.reason)}”"
        )
        yield f"- {_plain(text)}"
    yield from _none(labels)
    for document in view.ledger.documents:
        for suggested in document.reading.violations:
            words = ", ".join(f"“{view.words(document.sha256, span)}”" for span in suggested.basis)
            text = f"suggested, set by nobody: {suggested.violation} ({suggested.group}): {words}"
            yield f"- {_plain(text)}"


def _discrepancies(view: View) -> Iterator[str]:
    yield from ("", "## Discrepancies within a report", "")
    noted = [(one, found) for one in view.ledger.documents for found in one.reading.discrepancies]
    for one, found in noted:
        words = ", ".join(f"“{view.words(one.sha256, span)}”" for span in found.spans)
        yield f"- {_plain(f'{view.text(found.note)} {words}'.rstrip())}"
    yield from _none(noted)


def _none(things: object) -> Iterator[str]:
    if not things:
        yield "Not stated."


def _many(count: int, what: str) -> str:
    return f"{count} {what}{'' if count == 1 else 's'}"


def _plain(text: str) -> str:
    """A text of the record on one line, with nothing in it that Markdown or HTML would take for its own."""
    line = markup.printable(" ".join(text.split()))
    return "".join(f"\\{one}" if one in _SPECIAL else one for one in line)
