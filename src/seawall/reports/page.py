"""A record as one HTML page that needs nothing else: text on the left, ledger on the right, no script."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from importlib import resources
from typing import Final

from seawall.model import certainty
from seawall.model.claim import Facet, Group, HedgeLevel
from seawall.model.incident import MAIN, Claim, Position, Revision
from seawall.reports import compare, highlights, page_lists, sentences
from seawall.reports.markup import Markup, element
from seawall.reports.view import View

#: A browser that keeps to it loads and runs nothing, whatever the page holds.
_POLICY: Final = "default-src 'none'; style-src 'unsafe-inline'"


#: What is shown at the head of a claim's row.
Control = Callable[[Claim], Markup]


def _no_control(_: Claim) -> Markup:
    return Markup("")


def render(view: View) -> str:
    """The whole page. Raises NoCitation."""
    body = element(
        "main",
        element("p", "Seawall", class_="brand"),
        element("h1", view.title),
        element(
            "p",
            "What texts say, with who says so and how surely. Nothing on this page says that it is so. "
            f"Status: {view.ledger.heading.status}.",
            class_="lead",
        ),
        key(),
        element(
            "div",
            element("section", *texts(view), class_="texts", aria_label="Reports"),
            element("section", *claims(view), *lists(view), class_="ledger", aria_label="Ledger"),
            class_="sides",
        ),
        element(
            "footer",
            element("p", f"Incident {view.ledger.id}. This one file is all of the page.", class_="soft"),
        ),
    )
    style = "".join(map(sheet, ("page.css", "record.css")))
    head = element(
        "head",
        element("meta", charset="utf-8"),
        element("meta", http_equiv="Content-Security-Policy", content=_POLICY),
        element("meta", name="viewport", content="width=device-width, initial-scale=1"),
        element("meta", name="color-scheme", content="light dark"),
        element("title", f"Seawall: {view.title}"),
        element("style", Markup(style + _targets(view))),
    )
    return f"<!DOCTYPE html>\n{element('html', head, element('body', body), lang='en')}\n"


def sheet(name: str) -> str:
    """A style sheet: "record.css" is that of texts and ledger, "page.css" that of the page around them."""
    return resources.files("seawall.reports").joinpath(name).read_text(encoding="utf-8")


def _targets(view: View) -> str:
    """A claim that a link leads to is marked in all of its words, which may lie in several elements."""
    return "".join(
        f"body:has(#t-{one.state.id}:target) .s-{one.state.id} {{ background: var(--target); }}\n"
        for one in view.ledger.claims
    )


def key() -> Markup:
    """What the marks of texts and rows mean."""
    letters = (
        element(
            "li",
            element("span", letter, class_="letter"),
            f" {_named(facet)}",
            class_=f"f-{facet}",
        )
        for facet, letter in highlights.LETTERS.items()
    )
    marks = (
        element("li", element("span", "a hedge", class_="hedge")),
        element("li", element("span", "words that name a source", class_="cue")),
        element("li", element("span", "source inferred", class_="claim inferred f-other")),
    )
    return element("ul", *letters, *marks, class_="key", aria_label="What the marks mean")


def texts(view: View) -> Iterator[Markup]:
    """Each report's text, with links from its claims to their rows. Raises NoCitation."""
    for one in view.ledger.documents:
        citation = view.ledger.citation(one.sha256)
        claims = [entry.state for entry in view.counted if entry.state.document == one.sha256]
        about = (
            f"{view.text(one.name)}, {len(one.text)} characters. Source {citation.source_reliability}, "
            f"information {int(citation.info_credibility)}. "
        )
        yield element(
            "article",
            element("h2", view.outlet(one)),
            element("p", about, element("code", one.sha256), class_="soft"),
            highlights.text(view, one, claims),
            class_="source",
        )


def claims(view: View, control: Control = _no_control) -> Iterator[Markup]:
    """The claims by group and facet, those that are gone last. Raises NoCitation.

    control: what a page of more than this shows at the head of a claim's row.
    """
    for group in view.ledger.groups:
        yield from _group(view, group, control)
    gone = [one for one in view.ledger.claims if one.state.status in certainty.GONE]
    if gone:
        yield element("h2", "Rejected or withdrawn")
        yield from (_row(view, one, control) for one in gone)


def lists(view: View) -> Iterator[Markup]:
    """All that was read beside the claims, and the reports compared."""
    yield from page_lists.sections(view)
    if len(view.ledger.documents) > 1:
        yield from page_lists.compared(view, compare.compare(view))


def _group(view: View, group: Group, control: Control) -> Iterator[Markup]:
    is_main = group.id == MAIN
    yield element("h2", "The incident" if is_main else f"Apart from it: {group.role} ({group.id})")
    mine = [one for one in view.counted if one.state.said.group == group.id]
    for facet in Facet:
        entries = [one for one in mine if one.state.said.facet is facet]
        if entries or is_main:
            yield _facet(facet, stated=bool(entries))
            yield from (_row(view, one, control) for one in entries)


def _named(facet: Facet) -> str:
    """In words; of who is who, without the question."""
    return facet.removeprefix("who_").replace("_", " ")


def _facet(facet: Facet, *, stated: bool) -> Markup:
    name = _named(facet)
    return element(
        "h3",
        element("span", highlights.LETTERS[facet], class_="letter"),
        element("span", name),
        *(() if stated else (element("span", "not stated", class_="nothing"),)),
        class_=f"facet f-{facet}",
    )


def _row(view: View, entry: Revision[Claim], control: Control) -> Markup:
    one = entry.state
    is_gone = one.status in certainty.GONE
    label = element("strong", one.id) if is_gone else element("a", one.id, href=f"#t-{one.id}")
    classes = ["entry", f"f-{one.said.facet}"]
    classes += ["inferred"] if highlights.is_inferred(one) else []
    classes += ["gone"] if is_gone else []
    return element(
        "article",
        element("p", control(one), label, " ", element("span", one.status, class_=f"status {one.status}")),
        element("blockquote", "“", view.words(one.document, one.said.span), "”", dir="auto"),
        _chain(view, one),
        *_hedge(view, one),
        *_value(view, entry),
        element("p", sentences.claim(view, entry), class_="sentence"),
        *_decided(view, entry),
        id=one.id,
        class_=" ".join(classes),
    )


def _chain(view: View, one: Claim) -> Markup:
    links = []
    for link in one.said.attribution:
        source = "" if link.source is None else f": {view.text(link.source)}"
        cue = "" if link.cue is None else f" “{view.words(one.document, link.cue)}”"
        words = f"{link.kind.replace('_', ' ')}{source}{cue}"
        links.append(
            element("span", f"{words} (inferred)", class_="guess")
            if link.inferred
            else element("span", words)
        )
    separated = [part for link in links for part in (Markup(" → "), link)][1:]
    return element("p", "Who says so: ", *separated, class_="chain")


def _hedge(view: View, one: Claim) -> Iterator[Markup]:
    hedge = one.said.hedge
    if hedge.level is not HedgeLevel.NONE or hedge.cues:
        cues = (element("span", view.words(one.document, cue), class_="hedge") for cue in hedge.cues)
        yield element("p", f"{hedge.level}: ", *(part for cue in cues for part in (cue, Markup(" "))))
    if one.said.polarity != "positive":
        yield element("p", "In the negative: its words say that something is not so.")


def _value(view: View, entry: Revision[Claim]) -> Iterator[Markup]:
    if entry.state.value is not None:
        yield element("p", f"Noted by {view.text(entry.by)}: {view.text(entry.state.value)}")


def _decided(view: View, entry: Revision[Claim]) -> Iterator[Markup]:
    when, reason = entry.at.date().isoformat(), view.text(entry.reason).rstrip(".")
    words = f"{view.text(entry.by)}, {when}: {reason}. Rule: {view.text(entry.state.said.rule)}."
    yield element("p", words, class_="sentence")
    for held in view.ledger.latest(Position):
        if held.state.claim == entry.state.id:
            yield element("p", sentences.position(view, held))
