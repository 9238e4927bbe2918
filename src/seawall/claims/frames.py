"""Frames: the words around a claim that say who says it or what shows it.

"According to the coastguard", "police said", "the video shows", "is believed to". A frame is found in the
parse of one sentence; what it covers are that sentence's words.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from seawall.claims import cues, words
from seawall.model.claim import HedgeLevel, SourceKind, Span

if TYPE_CHECKING:
    from spacy.tokens import Token

    from seawall.claims.parsed import Parsed, Sentence


#: kinds in which somebody speaks
SPOKEN: Final = frozenset(
    {
        SourceKind.NAMED_SOURCE,
        SourceKind.ANONYMOUS_SOURCE,
        SourceKind.DIRECT_QUOTE,
        SourceKind.PERPETRATOR_CLAIM,
    }
)


@dataclass(frozen=True, slots=True, eq=False)
class Frame:
    """Who says, or what shows, some of a sentence's words."""

    kind: SourceKind
    source: Span | None
    cue: Span | None
    content: frozenset[int]  #: places of the words in the sentence
    roots: tuple[int, ...]  #: the words at the head of the content, each a claim of its own
    matrix: int | None  #: the verb whose own words are the frame and no claim
    gone: frozenset[int]  #: more words that are the frame's
    rule: str
    noun: int | None = None  #: the place of the source's head, in the sentence of the cue
    level: HedgeLevel | None = None  #: the reserve that the cue itself expresses
    inferred: bool = False
    speaker: str | None = None  #: whom a pronoun stands for


@dataclass(frozen=True, slots=True, eq=False)
class Words:
    """One sentence's parse beside the document that its offsets are to be told in."""

    parsed: Parsed
    sentence: Sentence

    def span(self, first: int, end: int) -> Span:
        assert self.sentence.doc is not None
        start, stop = words.chars(self.sentence.doc, first, end)
        return self.parsed.span(self.sentence.start + start, self.sentence.start + stop)

    def phrase(self, noun: Token) -> Span:
        return self.span(*words.phrase(noun))

    def word(self, token: Token) -> Span:
        return self.span(token.i, token.i + 1)

    def between(self, one: Token, other: Token) -> Span:
        return self.span(min(one.i, other.i), max(one.i, other.i) + 1)


@dataclass(frozen=True, slots=True, eq=False)
class Framed:
    """A parsed sentence with its frames."""

    sentence: Sentence
    frames: tuple[Frame, ...]
    footage: bool  #: whether the text is speaking of footage there
    credit: Span | None = None  #: of a caption: to whom the picture is credited


def source_kind(noun: Token) -> SourceKind:
    """What a source is by its name: a perpetrator, somebody without a name, or a named one."""
    first, end = words.phrase(noun)
    text = noun.doc[first:end].text.lower()
    if is_perpetrator(noun.lemma_.lower(), text):
        return SourceKind.PERPETRATOR_CLAIM
    named = any(one.pos_ == "PROPN" for one in noun.doc[first:end])
    if not named and (noun.lemma_.lower() in cues.NAMELESS or noun.tag_ == "CD"):
        return SourceKind.ANONYMOUS_SOURCE
    return SourceKind.NAMED_SOURCE


def is_perpetrator(lemma: str, text: str) -> bool:
    """Whether somebody acts for an armed group, by the head and the words of what he is called."""
    return lemma in cues.PERPETRATORS or any(
        name in text.split("'s ", maxsplit=1)[0] for name in cues.ARMED_GROUPS
    )
