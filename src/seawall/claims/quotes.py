"""Who speaks the words in quotation marks, also over several sentences and from one line to the next."""

from __future__ import annotations

import bisect
import dataclasses
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from seawall.claims import cues, shown, speakers, words
from seawall.claims.frames import SPOKEN, Frame, Framed, Words, source_kind
from seawall.model.claim import SourceKind

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

    from seawall.claims.parsed import Parsed, Quotation

LEAST_WORDS: Final = 3  #: of a quotation that says something; fewer are a term in quotation marks
LONGEST_TITLE: Final = 8  #: words, all with capitals: a film's or a book's name


@dataclasses.dataclass(frozen=True, slots=True, eq=False)
class _Voice:
    """A speaker, and those who report what he says."""

    frame: Frame
    outer: tuple[Frame, ...] = ()


def spoken(parsed: Parsed, framed: tuple[Framed, ...]) -> tuple[Framed, ...]:
    """The same sentences with frames for what is in quotation marks."""
    pairs = [(quote, _sentences(quote, framed)) for quote in parsed.quotations]
    pairs = [(quote, at) for quote, at in pairs if at and _says_something(parsed, quote)]
    result = list(framed)
    last: _Voice | None = None
    last_at = -2
    for quote, at in pairs:
        if any(_is_heard(quote, result[i]) for i in at):
            continue
        voice = _within(parsed, quote, at, result)
        if (
            voice is None
            and last is not None
            and at[0] - last_at <= 1
            and _same_line(parsed, result, last_at, at[0])
        ):
            voice = last
        if voice is None:
            voice = _before(parsed, at[0], result)
        if voice is None and last is not None and at[0] - last_at <= 1:
            voice = _Voice(dataclasses.replace(last.frame, inferred=True), last.outer)
        for i in at:
            result[i] = _with(quote, result[i], voice)
        if voice is not None:
            last = voice
            last_at = at[-1]
    return tuple(result)


def _sentences(quote: Quotation, framed: Sequence[Framed]) -> list[int]:
    """The numbers of the sentences over which a quotation reaches."""
    first = bisect.bisect_right(framed, quote.start, key=lambda one: one.sentence.end)
    last = bisect.bisect_left(framed, quote.end, key=lambda one: one.sentence.start)
    return list(range(first, last))


def _says_something(parsed: Parsed, quote: Quotation) -> bool:
    text = parsed.text[quote.start : quote.end].strip()
    if text.endswith(","):
        return True  # as in: "The risk," said the clerk, "is small."
    said = text.split()
    titled = sum(1 for word in said if word[:1].isupper() or len(word) < 4)
    return len(said) >= LEAST_WORDS and (titled < len(said) or len(said) > LONGEST_TITLE)


def _is_heard(quote: Quotation, framed: Framed) -> bool:
    """Whether somebody in the footage that the text describes says the words."""
    inside = _inside(quote, framed)
    return any(frame.rule == shown.HEARD and frame.content & inside for frame in framed.frames)


def _inside(quote: Quotation, framed: Framed) -> frozenset[int]:
    doc = framed.sentence.doc
    assert doc is not None
    start = framed.sentence.start
    return frozenset(
        token.i for token in doc if quote.start <= start + token.idx and start + token.idx < quote.end
    )


def _within(parsed: Parsed, quote: Quotation, at: Sequence[int], framed: Sequence[Framed]) -> _Voice | None:
    """The speaker that the quotation's own sentences name."""
    for i in at:
        inside = _inside(quote, framed[i])
        outside = [
            frame
            for frame in framed[i].frames
            if frame.kind in SPOKEN
            and frame.cue is not None
            and not quote.start <= frame.cue.start < quote.end
        ]
        holding = [
            frame for frame in outside if frame.content & inside and not frame.rule.startswith("according")
        ]
        if holding:
            first = min(holding, key=lambda frame: len(frame.content))
            others = [one for one in outside if one is not first and one.content & inside]
            return _Voice(first, tuple(one for one in others if len(one.content) >= len(first.content)))
        verb = _speaking(framed[i], inside)
        if verb is not None:
            return _Voice(_frame(Words(parsed, framed[i].sentence), *verb, inside))
    return None


def _speaking(framed: Framed, inside: frozenset[int]) -> tuple[Token, Token] | None:
    """A verb of speech outside of the quotation marks, with its subject."""
    doc = framed.sentence.doc
    assert doc is not None
    for verb in doc:
        lemma = verb.lemma_.lower()
        if verb.i in inside or not words.is_verbal(verb) or lemma not in cues.SPEECH | cues.QUOTING:
            continue
        if lemma in {"find", "rule", "show", "verify"}:
            continue
        noun = _torn(verb, inside) or speakers.speaker(verb)
        if verb.dep_ in {"amod", "compound"}:
            # "..., fumed the shop's owner", read as if the owner were fumed
            after = verb.i > 0 and verb.nbor(-1).text in cues.CLOSING
            noun = _whole(verb.head) if after and verb.head.i > verb.i else None
        if noun is not None and noun.i not in inside and noun.pos_ != "ADP":
            return verb, noun
    return None


def _whole(noun: Token) -> Token:
    """The head of the name that a word is part of."""
    while noun.dep_ == "compound" and noun.head.i > noun.i:
        noun = noun.head
    return noun


def _torn(verb: Token, inside: frozenset[int]) -> Token | None:
    """The noun between the quotation and the verb, where the parse gives it to what is quoted."""
    start = max((i for i in inside if i < verb.i), default=-1) + 1
    if start == 0:
        return None
    for token in verb.doc[start : verb.i]:
        if token.pos_ in {"NOUN", "PROPN"} and token.head.i in inside:
            return token
    return None


def _frame(at: Words, verb: Token, noun: Token, content: frozenset[int]) -> Frame:
    matrix = verb.i if verb.i not in content else None
    gone: frozenset[int] = frozenset()
    roots: tuple[int, ...] = ()
    if verb.dep_ in {"amod", "compound"}:
        matrix = noun.i
        gone = frozenset(range(verb.i, len(verb.doc))) - content
        roots = tuple(i for i in sorted(content) if verb.doc[i].head.i not in content)[:1]
    elif noun.head.i in content:
        gone = frozenset(words.subtree(noun)) - content
    first, end = words.phrase(noun)
    first = verb.i + 1 if first <= verb.i < noun.i else first
    return Frame(
        source_kind(noun),
        at.span(first, end),
        at.word(verb),
        content,
        roots,
        matrix,
        gone,
        "quotation",
        noun.i,
    )


def _same_line(parsed: Parsed, framed: Sequence[Framed], one: int, other: int) -> bool:
    between = parsed.text[framed[one].sentence.end : framed[other].sentence.start]
    return "\n" not in between


def _before(parsed: Parsed, first: int, framed: Sequence[Framed]) -> _Voice | None:
    """The speaker whom the sentence before announces: "He told reporters:", "makes a threat to the West."."""
    if first == 0:
        return None
    before = framed[first - 1]
    doc = before.sentence.doc
    assert doc is not None
    announced = _announced(doc)
    if announced is None:
        return None
    verb, noun = announced
    at = Words(parsed, before.sentence)
    frame = _frame(at, verb, noun, frozenset())
    outer = tuple(one for one in before.frames if verb.i in one.content and one.kind in SPOKEN)
    colon = doc.text.rstrip().endswith(":")
    return _Voice(dataclasses.replace(frame, inferred=not colon, rule="quotation-continued"), outer)


def _announced(doc: Doc) -> tuple[Token, Token] | None:
    colon = doc.text.rstrip().endswith(":")
    for token in reversed(list(doc)):
        lemma = token.lemma_.lower()
        if (lemma in cues.UTTERANCES and token.dep_ in {"dobj", "nsubjpass"}) or (
            colon and lemma in cues.SPEECH | cues.QUOTING
        ):
            verb = token if words.is_verbal(token) else token.head
            noun = words.subject(verb) if words.is_verbal(verb) else None
            if noun is not None and noun.lemma_.lower() not in cues.UTTERANCES:
                return verb, noun
    return None


def _is_self(frame: Frame, quote: Quotation) -> bool:
    """As in "I told them that" within the marks: the speaker is whoever speaks the whole."""
    if frame.source is None or frame.cue is None or frame.source.text.lower() not in {"i", "we", "you"}:
        return False
    return quote.start <= frame.cue.start < quote.end


def _with(quote: Quotation, framed: Framed, voice: _Voice | None) -> Framed:
    """The sentence with the frames of what is within the quotation marks."""
    inside = _inside(quote, framed)
    if voice is None:
        if len(inside) < LEAST_WORDS + 3:
            return framed
        kind = SourceKind.MEDIA_CONTENT if framed.footage else SourceKind.DIRECT_QUOTE
        anonymous = Frame(
            kind, None, None, inside, (), None, frozenset(), "quotation", inferred=framed.footage
        )
        return dataclasses.replace(framed, frames=(*framed.frames, anonymous))
    frame = voice.frame
    kind = frame.kind if frame.kind is SourceKind.PERPETRATOR_CLAIM else SourceKind.DIRECT_QUOTE
    here = frame.cue is not None and framed.sentence.start <= frame.cue.start < framed.sentence.end
    kept = tuple(one for one in framed.frames if one is not frame and not _is_self(one, quote))
    if here:
        # what the speaker says outside of the marks stays as it was
        said = dataclasses.replace(frame, content=frame.content | inside)
        quoted = dataclasses.replace(
            frame, kind=kind, content=inside, roots=(), matrix=frame.matrix, level=None
        )
        return dataclasses.replace(framed, frames=(*kept, quoted, said))
    quoted = dataclasses.replace(
        frame, kind=kind, content=inside, roots=(), matrix=None, gone=frozenset(), level=None
    )
    outer = tuple(
        dataclasses.replace(one, content=inside, roots=(), matrix=None, gone=frozenset())
        for one in voice.outer
    )
    return dataclasses.replace(framed, frames=(*kept, quoted, *outer))
