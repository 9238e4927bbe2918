"""A document's text with what was found in it marked: claims, hedges, and words that name a source."""

from __future__ import annotations

from bisect import bisect_left
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Final

from seawall.model.claim import Facet, Span
from seawall.model.incident import Claim, Document
from seawall.reports.markup import Markup, element, joined
from seawall.reports.view import View

#: A letter for each facet, so that colour is never alone.
LETTERS: Final = {
    Facet.WHO_PERPETRATOR: "P",
    Facet.WHO_VICTIM: "V",
    Facet.WHO_CHILD: "C",
    Facet.ACT: "A",
    Facet.METHOD: "M",
    Facet.WHERE: "L",
    Facet.WHEN: "T",
    Facet.CAPTURE: "K",
    Facet.AGE: "G",
    Facet.COUNT: "N",
    Facet.MEDIA: "F",
    Facet.THREAT: "X",
    Facet.QUOTE: "Q",
    Facet.PURPOSE: "U",
    Facet.FIRST_OF_KIND: "B",
    Facet.CONTEXT: "Z",
    Facet.OTHER: "O",
}


@dataclass(frozen=True, slots=True)
class _Mark:
    """A stretch of the text that is to look otherwise."""

    start: int
    end: int
    classes: tuple[str, ...]


def is_inferred(claim: Claim) -> bool:
    """Whether a link of its chain is stated by no words."""
    return any(link.inferred for link in claim.said.attribution)


def text(view: View, document: Document, claims: Sequence[Claim]) -> Markup:
    """The text, line by line, with a link at the start of each claim to its row."""
    marks = sorted(_marks(claims), key=lambda mark: mark.start)
    starts: dict[int, list[Claim]] = {}
    for claim in claims:
        starts.setdefault(claim.said.span.start, []).append(claim)
    begins = [mark.start for mark in marks]
    shown = view.texts[document.sha256]
    parts = []
    at = 0
    for line in document.lines:
        while at < len(marks) and marks[at].end <= line.start:
            at += 1
        near = [mark for mark in marks[at : bisect_left(begins, line.end)] if mark.end > line.start]
        inside = joined(*_line(shown, line.start, line.end, near, starts))
        parts.append(element("p", inside, class_=f"line {line.kind}", dir="auto"))
    return element("div", *parts, class_="text", lang=document.language)


def _marks(claims: Sequence[Claim]) -> Iterator[_Mark]:
    for claim in claims:
        said = claim.said
        classes = (
            "claim",
            f"s-{claim.id}",
            f"f-{said.facet}",
            *(("inferred",) if is_inferred(claim) else ()),
        )
        yield _Mark(said.span.start, said.span.end, classes)
        yield from (_cue(cue, "hedge") for cue in said.hedge.cues)
        yield from (_cue(link.cue, "cue") for link in said.attribution if link.cue is not None)


def _cue(span: Span, name: str) -> _Mark:
    return _Mark(span.start, span.end, (name,))


def _line(
    shown: str, start: int, end: int, marks: Sequence[_Mark], starts: dict[int, list[Claim]]
) -> Iterator[Markup]:
    """The line in pieces, none of which a mark begins or ends within."""
    edges = {start, end}
    for mark in marks:
        edges.update((max(start, mark.start), min(end, mark.end)))
    ordered = sorted(edges)
    for first, last in pairwise(ordered):
        yield from (_anchor(claim) for claim in starts.get(first, ()))
        covering = [mark for mark in marks if mark.start <= first and last <= mark.end]
        # The shortest claim is on top: it comes last, and its facet's colour wins.
        covering.sort(key=lambda mark: mark.start - mark.end)
        classes = [name for mark in covering for name in mark.classes if not name.startswith("f-")]
        facets = [name for mark in covering for name in mark.classes if name.startswith("f-")]
        piece = shown[first:last]
        names = " ".join(dict.fromkeys([*classes, *facets[-1:]]))
        yield element("span", piece, class_=names) if names else joined(piece)


def _anchor(claim: Claim) -> Markup:
    """Where a row's link leads, with a link back to the row."""
    letter = LETTERS[claim.said.facet]
    label = f"Claim {claim.id}, {claim.said.facet.replace('_', ' ')}"
    tag = element("a", f"{letter}{claim.id[1:]}", href=f"#{claim.id}", aria_label=label)
    return element("sup", tag, id=f"t-{claim.id}", class_=f"tag f-{claim.said.facet}")
