"""Who says what: the frames of every sentence, with quotations over sentences and lines, captions.

Stated attributions come from words in the text and have a cue. Those without one are marked inferred. The
chain of a claim runs from the innermost speaker to the outlet, which is always its end.
"""

from __future__ import annotations

import bisect
import dataclasses
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Final

from seawall.claims import antecedents, asides, beliefs, cues, publisher, quotes, scopes, shown, speech, words
from seawall.claims.antecedents import Antecedents
from seawall.claims.frames import SPOKEN, Frame, Framed, Words
from seawall.model.claim import Source, SourceKind, Span
from seawall.model.report import LineKind

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

    from seawall.claims.parsed import Parsed, Sentence

OUTLET: Final = Source(SourceKind.OUTLET_VOICE, None, None)
_GENERALLY: Final = frozenset(
    {"already", "now", "currently", "still", "often", "usually", "always", "never", "regularly"}
)
_SEEN_OF_ONE: Final = frozenset({"face", "hand", "eye", "head"})


@dataclass(slots=True)
class _Passage:
    """What the text has spoken of just before."""

    writer: frozenset[str] = frozenset()  #: the words of the writer's name
    footage: bool = False
    speaking: bool = False  #: whether somebody outside of footage has spoken in the sentence before
    named: Antecedents = field(default_factory=Antecedents)


def framed(parsed: Parsed) -> tuple[Framed, ...]:
    """Every parsed sentence with its frames, in the text's order."""
    passage = _Passage(writer=publisher.name(parsed))
    found = [_framed(parsed, one, passage) for one in parsed.sentences if one.doc is not None]
    return quotes.spoken(parsed, tuple(found))


def _framed(parsed: Parsed, sentence: Sentence, passage: _Passage) -> Framed:
    doc = sentence.doc
    assert doc is not None
    at = Words(parsed, sentence)
    footage = passage.footage or any(shown.is_media(token) for token in doc)
    spoken = list(speech.frames(at, doc))
    spoken += asides.frames(at, doc, spoken)
    frames = [*spoken, *shown.frames(at, doc, footage=footage), *beliefs.frames(at, doc)]
    frames = publisher.without_own(parsed, frames, passage.writer)
    if passage.footage and not passage.speaking:
        frames = [shown.heard(frame, doc, sentence.start) for frame in frames]
    frames = _with_antecedents(at, doc, frames, passage.named)
    within = (_within_segment(frame, doc, sentence.start) for frame in frames)
    frames = [frame for frame in within if frame is not None]
    result = Framed(sentence, tuple(frames), footage=passage.footage, credit=_credit(parsed, sentence))
    if sentence.kind is LineKind.BODY:
        passage.footage = _stays_on_footage(doc, frames, footage=footage, before=passage.footage)
        passage.speaking = any(frame.kind in SPOKEN for frame in frames)
    return result


def _within_segment(frame: Frame, doc: Doc, start: int) -> Frame | None:
    """A closing "X said" reaches back to a semicolon or a contrast and no further, an aside on to the next.

    None where nothing is left that it could be about.
    """
    if frame.kind not in SPOKEN or frame.cue is None or not frame.content:
        return frame
    cue = next((token.i for token in doc if start + token.idx >= frame.cue.start), 0)
    if min(frame.content) > cue:
        return frame
    within = range(min(frame.content), max(*frame.content, cue) + 1)
    parted = scopes.parting(doc, (i for i in within if i not in frame.gone))
    closes = all(i <= cue + 3 or doc[i].is_punct for i in frame.content)
    first = max((i for i in parted if i < cue), default=-1) if closes else -1
    last = min((i for i in parted if i > cue), default=len(doc))
    kept = frozenset(i for i in frame.content if first < i < last)
    if closes and frame.rule.endswith(":estimate"):
        kept = scopes.estimated(doc, kept, cue)
    if not any(words.is_verbal(doc[i]) or doc[i].pos_ in {"NOUN", "PROPN"} for i in kept):
        return None
    return dataclasses.replace(frame, content=kept)


def _with_antecedents(at: Words, doc: Doc, frames: Sequence[Frame], named: Antecedents) -> list[Frame]:
    """The frames with those for whom "he" and "it" stand."""
    named.sentence += 1
    topic = antecedents.about(doc)
    in_order = sorted(frames, key=lambda one: one.cue.start if one.cue else 0)
    if topic is not None and any(_is_within(frame, doc) for frame in frames):
        # "the group released a film that it said shows": before the pronoun, and not around it
        named.note(at.phrase(topic).text, topic, is_source=False)
    found = [_with_antecedent(frame, doc, named) for frame in in_order]
    if topic is not None:
        named.note(at.phrase(topic).text, topic, is_source=False)
    return found


def _is_within(frame: Frame, doc: Doc) -> bool:
    return frame.noun is not None and doc[frame.noun].lower_ == "it" and doc[frame.noun].head.dep_ == "relcl"


def _with_antecedent(frame: Frame, doc: Doc, named: Antecedents) -> Frame:
    if frame.source is None or frame.noun is None:
        return frame
    pronoun = frame.source.text.lower()
    if pronoun in cues.PRONOUNS:
        return dataclasses.replace(frame, speaker=named.of(pronoun))
    named.note(frame.source.text, doc[frame.noun], is_source=True)
    return frame


def _stays_on_footage(doc: Iterable[Token], frames: Sequence[Frame], *, footage: bool, before: bool) -> bool:
    """Whether the next sentence may still tell what footage shows."""
    if any(frame.kind is SourceKind.MEDIA_CONTENT for frame in frames):
        return True
    root = next((token for token in doc if token.dep_ == "ROOT"), None)
    if root is None:
        return before
    if footage and not before:
        return any(shown.is_media(token) for token in doc)
    return before and words.is_verbal(root) and words.is_present(root)


def _credit(parsed: Parsed, sentence: Sentence) -> Span | None:
    if sentence.kind is not LineKind.CAPTION:
        return None
    after = bisect.bisect_left(parsed.lines, sentence.end, key=lambda line: line.start)
    line = parsed.lines[after] if after < len(parsed.lines) else None
    return parsed.span(line.start, line.end) if line is not None and line.kind is LineKind.CREDIT else None


def chain(framed: Framed, head: Token) -> tuple[tuple[Source, ...], tuple[Frame, ...]]:
    """The chain of the claim that a word heads, and the frames that it comes from, innermost first."""
    covering = [frame for frame in framed.frames if head.i in frame.content]
    covering.sort(key=lambda frame: len(frame.content))
    stated = [frame for frame in covering if frame.kind in SPOKEN]
    links: list[Source] = []
    used: list[Frame] = []
    for frame in covering:
        if frame.kind is SourceKind.AGENTLESS_BELIEF and (
            stated or any(one.kind is frame.kind for one in links)
        ):
            used.append(frame)  # its reserve stays, and somebody does say so
            continue
        if frame.kind is SourceKind.MEDIA_CONTENT and any(one.kind is frame.kind for one in links):
            continue
        source = Source(frame.kind, _name(frame), frame.cue, frame.inferred)
        if any(one.source == source.source and one.cue == source.cue for one in links):
            continue
        links.append(source)
        used.append(frame)
    if not links and _is_caption(framed, head):
        credit = framed.credit
        links.append(Source(SourceKind.CAPTION, credit.text if credit else None, credit))
    elif not links and framed.footage and framed.sentence.kind is LineKind.BODY and _is_narrative(head):
        links.append(Source(SourceKind.MEDIA_CONTENT, None, None, inferred=True))
    return (*links, OUTLET), tuple(used)


def _name(frame: Frame) -> str | None:
    if frame.source is None:
        return None
    if frame.speaker is not None:
        return f"{frame.source.text.lower()} ({frame.speaker})"
    return frame.source.text


def _is_caption(framed: Framed, head: Token) -> bool:
    """A caption describes its picture in the present tense; what it tells in the past is the outlet's."""
    if framed.sentence.kind is not LineKind.CAPTION:
        return False
    return not words.is_verbal(head) or not words.is_finite(head) or words.is_present(head)


def _is_narrative(verb: Token) -> bool:
    """As in "He then turns to the camera": the narrative present, and no general statement."""
    finite = words.is_verbal(verb) and words.is_finite(verb) and words.is_present(verb)
    if not finite or words.negation(verb) is not None:
        return False
    if _is_one_of_them(verb):
        return True
    if verb.lemma_.lower() in cues.STATIVE:
        return False
    general = any(
        one.lower_ in _GENERALLY or one.tag_ == "MD" or (one.dep_ == "aux" and one.lemma_ in {"have", "do"})
        for one in verb.children
    )
    noun = words.subject(verb)
    stated = noun is not None and words.own_subject(verb) in {noun, None}
    return stated and noun is not None and not general and _is_in_picture(noun)


def _is_one_of_them(verb: Token) -> bool:
    """As in "One of the captives has a bandage": somebody of those just seen, so no general statement."""
    noun = words.own_subject(verb)
    return noun is not None and noun.i < verb.i and noun.lower_ in {"one", "another"}


def _is_in_picture(noun: Token) -> bool:
    """Whether footage may show it: "his face", and not "their onslaught" nor the footage itself."""
    if noun.lower_ in {"he", "she", "they", "one", "another"}:
        return True
    owned = any(one.dep_ == "poss" for one in noun.children) and noun.lemma_ not in _SEEN_OF_ONE
    return noun.pos_ in {"NOUN", "PROPN"} and not owned and not shown.is_media(noun)
