"""A document's text, taken apart: lines, quotations, sentences, and what of it nobody reads."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from seawall.claims import languages, lines as _lines, quotations, sentences
from seawall.claims.parsed import Parsed
from seawall.model.report import Line, Unread


def prepared(
    text: str,
    known: Sequence[Line] = (),
    unread: Sequence[Unread] = (),
    read: Collection[str] = (languages.ENGLISH,),
) -> Parsed:
    """The text taken apart, its sentences without a parse.

    known: lines whose kind the file told. unread: what an import has left out. read: the languages of which
    more is read than where lines and sentences end; what is in another is named in `Parsed.unread`.
    """
    language = languages.of(text)
    found = _lines.lines(text, known)
    return Parsed(
        text=text,
        language=language,
        lines=found,
        quotations=quotations.quotations(text, found),
        sentences=sentences.sentences(text, found),
        unread=(*_unread(text, found, language, read), *unread),
    )


def _unread(text: str, lines: Sequence[Line], language: str, read: Collection[str]) -> list[Unread]:
    """Stretches in languages that are not read, neighbouring lines of one language as one."""
    made: list[Unread] = []
    last = ""
    for line, of_line in zip(lines, languages.by_line(text, lines, language), strict=True):
        if of_line in read:
            last = ""
        elif of_line == last:
            made[-1] = Unread(made[-1].start, line.end, made[-1].reason)
        else:
            made.append(Unread(line.start, line.end, _reason(of_line)))
            last = of_line
    return made


def _reason(language: str) -> str:
    name = languages.named(language)
    return f"attribution and hedges of text in {name} are not read"
