"""A text, taken apart: what all that reads it starts from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from seawall.model.claim import Span
from seawall.model.report import Line, LineKind, Unread

if TYPE_CHECKING:
    from spacy.tokens import Doc


@dataclass(frozen=True, slots=True)
class Quotation:
    """Words within quotation marks, without the marks. One may reach over several sentences of a line."""

    start: int
    end: int


@dataclass(frozen=True, slots=True, eq=False)
class Sentence:
    """A sentence of one line. Offsets are the document's."""

    start: int
    end: int
    kind: LineKind
    doc: Doc | None  #: its parse, whose token offsets count from `start`; None where its language is not read


@dataclass(frozen=True, slots=True, eq=False)
class Parsed:
    """A document's text with its lines, quotations and sentences, each in order."""

    text: str
    language: str
    lines: tuple[Line, ...]
    quotations: tuple[Quotation, ...]
    sentences: tuple[Sentence, ...]
    unread: tuple[Unread, ...]

    def span(self, start: int, end: int) -> Span:
        """Words between two offsets, without the white space at their ends. Raises ValueError for none."""
        while start < end and self.text[start].isspace():
            start += 1
        while end > start and self.text[end - 1].isspace():
            end -= 1
        return Span.of(self.text, start, end)
