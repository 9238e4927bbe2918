"""Closing and inserted attributions that the parse hides: ", local media report.", ", added the mayor.".

A comma, a noun phrase, a finite verb of speech, and then the sentence's end or the next comma: what stands
before it is said, whatever tree the parse has made of it. It takes "report" for a noun, or the last word of
what is said for the speaker.
"""

from __future__ import annotations

from collections.abc import Collection, Iterator
from typing import TYPE_CHECKING, Final

from seawall.claims import cues, words
from seawall.claims.frames import SPOKEN, Frame, Words, source_kind

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

LEAST_BEFORE: Final = 4  #: words and marks
LONGEST_SPEAKER: Final = 12  #: words
LONGEST_TAIL: Final = 8  #: words after the verb: "on Monday in a statement"
_NAMING: Final = frozenset({"NOUN", "PROPN"})
_OF_PHRASES: Final = _NAMING | {"DET", "ADJ", "NUM", "ADP", "PART", "PRON", "CCONJ", "ADV"}
_FINITE: Final = frozenset({"VBD", "VBZ", "VBP", "VBN"})
#: forms that are nouns as well, in lower case as written
_ALSO_NOUNS: Final = frozenset({"report", "reports", "estimate", "estimates", "notes", "claims", "states"})
_EDGES: Final = cues.CLOSING | {","}


def frames(at: Words, doc: Doc, found: Collection[Frame]) -> Iterator[Frame]:
    """The frames that are not among those found already."""
    known = {frame.matrix for frame in found if frame.kind in SPOKEN}
    said = frozenset[int]().union(*(frame.gone for frame in found if frame.kind in SPOKEN))
    for verb in doc:
        if verb.i < LEAST_BEFORE or verb.i in known | said or not _speaks(verb):
            continue
        end = _tail(verb)
        edge = _edge(verb)
        finite = verb.tag_ != "VBN" or _has_aux(verb)
        noun = _before(verb, edge) if end is not None and edge is not None and finite else None
        first = verb.i
        if noun is not None and edge is not None:
            first = edge + 1
        elif verb.tag_ in _FINITE:
            edge, noun, end = _inverted(verb)
        if noun is None or edge is None or end is None or not _tells(doc, edge):
            continue
        yield _frame(at, verb, noun, range(first, end))


def _speaks(verb: Token) -> bool:
    if verb.tag_ in _FINITE:
        return verb.lemma_.lower() in cues.SPEECH and verb.dep_ not in {"amod", "compound"}
    return verb.lower_ in _ALSO_NOUNS and words.child(verb, "prep") is None


def _has_aux(verb: Token) -> bool:
    return verb.nbor(-1).lemma_.lower() == "have" or verb.nbor(-2).lemma_.lower() == "have"


def _tail(verb: Token) -> int | None:
    """The place after the attribution; None where the sentence goes on with what it is about."""
    doc = verb.doc
    for i in range(verb.i + 1, len(doc)):
        if doc[i].text == "," or (doc[i].is_punct and i == len(doc) - 1):
            return i
        if i - verb.i > LONGEST_TAIL or words.is_verbal(doc[i]) or doc[i].lower_ == "that" or doc[i].is_quote:
            return None
    return len(doc)


def _edge(verb: Token) -> int | None:
    """The comma before the speaker, where nothing but a noun phrase stands between."""
    doc = verb.doc
    for i in range(verb.i - 1, max(-1, verb.i - LONGEST_SPEAKER - 2), -1):
        if doc[i].text in _EDGES and doc[i].text != "'":
            return i
        before = doc[i].lemma_.lower() == "have" and i >= verb.i - 2
        if not before and doc[i].pos_ not in _OF_PHRASES:
            return None
    return None


def _before(verb: Token, edge: int) -> Token | None:
    """The head of the noun phrase between the comma and the verb."""
    phrase = [
        token for token in verb.doc[edge + 1 : verb.i] if not words.is_verbal(token) and token.pos_ != "ADV"
    ]
    if not phrase or phrase[0].pos_ in {"ADP", "CCONJ", "PART"} or phrase[-1].pos_ not in _NAMING:
        return None
    if any(one.tag_ in {"WDT", "WP", "WRB"} for one in phrase) or any(map(_begins, phrase[1:])):
        return None
    head: Token | None = None
    for token in phrase:
        if token.pos_ == "ADP" and head is not None:
            break
        if token.pos_ in _NAMING:
            head = token
    return head


def _begins(word: Token) -> bool:
    """Whether a second noun phrase begins at a word: "a charge the owners deny" is about the charge."""
    article = word.pos_ == "DET" or word.tag_ == "PRP$"
    return article and word.nbor(-1).pos_ not in {"ADP", "CCONJ", "PUNCT"}


def _inverted(verb: Token) -> tuple[int | None, Token | None, int | None]:
    """As in ", affirmed for his part a local official": comma, speaker, and where the attribution ends."""
    doc = verb.doc
    left = verb.i - 1
    while left > 0 and doc[left].lemma_.lower() == "have":
        left -= 1
    after = (one for one in verb.children if one.i > verb.i and one.dep_ in {"agent", "ccomp"})
    if doc[left].text not in _EDGES or words.own_subject(verb) is not None or any(after):
        return None, None, None
    noun = words.child(verb, "dobj", "attr", "oprd")
    if noun is None or noun.pos_ not in _NAMING or noun.i < verb.i:
        return None, None, None
    end = next((i for i in range(noun.i, len(doc)) if doc[i].text in {",", "."}), len(doc))
    return left, noun, end


def _tells(doc: Doc, edge: int) -> bool:
    """Whether a clause, and no mere name or list, stands before the comma."""
    before = doc[:edge]
    return any(
        words.is_verbal(one) and words.is_finite(one) and one.dep_ not in {"relcl", "aux", "auxpass"}
        for one in before
    )


def _frame(at: Words, verb: Token, noun: Token, own: range) -> Frame:
    doc = verb.doc
    content = frozenset(range(len(doc))) - frozenset(own)
    first, last = (own.start, verb.i) if noun.i < verb.i else words.phrase(noun)
    while last - 1 > noun.i and doc[last - 1].pos_ in {"AUX", "ADV", "VERB"}:
        last -= 1
    roots = tuple(one.i for one in verb.children if one.dep_ == "ccomp" and one.i in content)
    return Frame(
        source_kind(noun),
        at.span(first, last),
        at.word(verb),
        content,
        roots,
        verb.i,
        frozenset(own),
        f"closing:{verb.lemma_.lower()}",
        noun.i,
        cues.DISTANCING.get(verb.lemma_.lower()),
    )
