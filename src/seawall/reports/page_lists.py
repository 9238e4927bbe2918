"""What a record's page shows below the claims: places, times, media, people, violations, discrepancies."""

from __future__ import annotations

from collections.abc import Iterable, Iterator

from seawall.model.incident import MediaLink, PlaceChoice, Still, ViolationLabel
from seawall.model.report import Place
from seawall.reports import compare, prose, sentences
from seawall.reports.markup import Markup, element
from seawall.reports.view import View


def sections(view: View) -> Iterator[Markup]:
    """Every list, empty ones too: what no text states is said to be so."""
    yield from _section("Places", _places(view))
    yield from _section("Times", _times(view))
    yield from _section("People", _people(view))
    yield from _section("Organisations", _organisations(view))
    yield from _section("Media to look for", _media(view))
    yield from _section("Pictures in the report", _pictures(view), prose.NO_PICTURES)
    yield from _section("Grave violations, as people labelled them", _violations(view))
    yield from _section("Grave violations that words suggest; set by nobody", _suggested(view))
    yield from _section("Discrepancies within a report", _discrepancies(view))
    yield from _section("Not read", _unread(view))


def compared(view: View, comparison: compare.Comparison) -> Iterator[Markup]:
    """The reports side by side."""
    yield element("h2", "The reports compared")
    depends = []
    for one in comparison.dependences:
        later, earlier = (view.outlet(view.ledger.document(sha)) for sha in (one.later, one.earlier))
        depends.append(element("li", f"{later} depends on {earlier} ({one.reason})"))
    depends += [
        element("li", f"{view.text(source.source)} is a source of several: one origin")
        for source in comparison.shared
    ]
    yield element("ul", *depends)
    for row in comparison.rows:
        if not row.claims and not row.findings:
            continue
        yield element("h3", f"{row.facet.replace('_', ' ')}: {row.relation.replace('_', ' ')}")
        yield element("p", f"Outlets: {row.outlets}. Independent origins: {row.origins}.", class_="soft")
        items = [element("li", _between(view, found)) for found in row.findings]
        if row.position is not None:
            items.append(element("li", sentences.position(view, row.position)))
        yield element("ul", *items)


def _between(view: View, found: compare.Finding) -> str:
    words = [f"“{view.words(sha, span)}”" for sha, span in zip(found.documents, found.spans, strict=True)]
    return f"{found.relation} on {found.on}: {' and '.join(words)}: {view.text(found.note)}"


def _section(title: str, items: Iterable[Markup], none: str = "Not stated.") -> Iterator[Markup]:
    yield element("h2", title)
    listed = tuple(items)
    yield element("ul", *listed) if listed else element("p", none, class_="soft")


def _places(view: View) -> Iterator[Markup]:
    chosen = {one.state.place: one.state for one in view.ledger.latest(PlaceChoice)}
    for one in view.ledger.documents:
        for place in one.reading.places:
            words = f"“{view.words(one.sha256, place.span)}”, {place.role.replace('_', ' ')}: "
            yield element(
                "li",
                element("code", place.id),
                f" {words}{prose.located(view, place, chosen.get(place.id))}",
                *_candidates(view, place),
            )
    yield from (element("li", credit, class_="soft") for credit in prose.credits_of(view))


def _candidates(view: View, place: Place) -> Iterator[Markup]:
    if place.candidates:
        items = (
            element(
                "li",
                f"{view.text(one.name)}, {one.country or 'no country'}, "
                f"{one.latitude:.3f} {one.longitude:.3f} ({one.gazetteer} {one.id}): {view.text(one.why)}",
            )
            for one in place.candidates
        )
        yield element("ol", *items, class_="candidates")


def _times(view: View) -> Iterator[Markup]:
    for one in view.ledger.documents:
        for time in one.reading.times:
            when = f"{time.earliest or 'open'} to {time.latest or 'open'}"
            words = f"“{view.words(one.sha256, time.span)}”, {when}, to the {time.precision}"
            yield element("li", element("code", time.id), f" {words}, told from: {time.anchor}")


def _people(view: View) -> Iterator[Markup]:
    for one in view.ledger.documents:
        for person in one.reading.people:
            ages = ", ".join(f"“{view.words(one.sha256, age.span)}”" for age in person.ages) or "not stated"
            name = "" if person.name is None else f", named “{view.words(one.sha256, person.name)}”"
            words = f" {person.role.replace('_', ' ')}, a child: {person.minor}, age: {ages}{name}"
            yield element("li", element("code", person.id), words)


def _organisations(view: View) -> Iterator[Markup]:
    for one in view.ledger.documents:
        found: dict[str, list[str]] = {}
        for organisation in one.reading.organisations:
            words = view.words(one.sha256, organisation.span)
            found.setdefault(view.text(organisation.name), []).append(f"“{words}”")
        for name, mentions in found.items():
            yield element("li", f"{name}: {', '.join(dict.fromkeys(mentions))}")


def _media(view: View) -> Iterator[Markup]:
    links = view.ledger.latest(MediaLink)
    for one in view.ledger.documents:
        for medium in one.reading.media:
            parts = [f" {medium.kind}, “{view.words(one.sha256, medium.span)}”, {medium.group}"]
            for said, span in (
                ("platform", medium.platform),
                ("publisher", medium.publisher),
                ("spread by", medium.spread_by),
            ):
                words = "not stated" if span is None else f"“{view.words(one.sha256, span)}”"
                parts.append(f"{said}: {words}")
            known = [link.state.reference for link in links if link.state.medium == medium.id]
            parts.append(f"matches {', '.join(known)}" if known else "no match is on record")
            yield element("li", element("code", medium.id), "; ".join(parts))


def _pictures(view: View) -> Iterator[Markup]:
    """What is known of each picture. The picture itself is never shown, and not kept."""
    for entry in view.ledger.latest(Still):
        one = entry.state
        said = f"{sentences.still(view, one)} {prose.placed(view, one)}, SHA-256 "
        yield element("li", said, element("code", one.sha256))


def _violations(view: View) -> Iterator[Markup]:
    for one in view.ledger.latest(ViolationLabel):
        state = one.state
        yield element(
            "li",
            f"{state.violation.replace('_', ' ')} ({state.group}), by {view.text(one.by)}, on "
            f"{', '.join(state.basis)}; armed conflict: {state.armed_conflict}; child under 18: "
            f"{state.child_under_18}; armed force or group: {state.armed_force_or_group}; "
            f"“{view.text(one.reason)}”",
        )


def _suggested(view: View) -> Iterator[Markup]:
    for one in view.ledger.documents:
        for suggested in one.reading.violations:
            words = ", ".join(f"“{view.words(one.sha256, span)}”" for span in suggested.basis)
            yield element("li", f"{suggested.violation.replace('_', ' ')} ({suggested.group}): {words}")


def _discrepancies(view: View) -> Iterator[Markup]:
    for one in view.ledger.documents:
        for found in one.reading.discrepancies:
            words = ", ".join(f"“{view.words(one.sha256, span)}”" for span in found.spans)
            yield element("li", f"{view.text(found.note)} {words}".rstrip())


def _unread(view: View) -> Iterator[Markup]:
    for one in view.ledger.documents:
        for gap in one.reading.unread:
            yield element("li", f"characters {gap.start} to {gap.end}: {view.text(gap.reason)}")
