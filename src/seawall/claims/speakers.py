"""Whose words a verb of speech tells: its subject, also where the parse does not call it that."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from seawall.claims import cues, words

if TYPE_CHECKING:
    from spacy.tokens import Token

_NOUNS: Final = frozenset({"NOUN", "PROPN"})
_INVERTED: Final = frozenset({"dobj", "attr", "oprd", "npadvmod", "nsubj"})
_SKIPPED: Final = frozenset({"aux", "advmod", "punct", "neg", "npadvmod"})
_PAPERS: Final = frozenset({"statement", "tweet", "letter", "message", "post", "email", "release"})


def speaker(verb: Token) -> Token | None:
    """The subject of a verb of speech; after a quotation also the noun that follows: ", added a farmer"."""
    noun = words.own_subject(verb)
    if noun is None and verb.tag_ == "VBG" and verb.dep_ == "advcl":
        return words.subject(_outermost(verb.head))
    if noun is None and verb.i and verb.nbor(-1).text in cues.CLOSING:
        noun = next((one for one in verb.children if one.i > verb.i and one.dep_ in _INVERTED), None)
    if noun is None or noun.i < verb.i:
        noun = words.subject(verb)
    if noun is None and words.is_finite(verb):
        noun = _before(verb)
    return None if noun is None else _author(_outside(noun, verb), verb)


def _before(verb: Token) -> Token | None:
    """The noun right before the verb: "As part of his plea, Jon Peder, 44, said"."""
    i = verb.i - 1
    while i >= 0 and verb.doc[i].dep_ in _SKIPPED:
        i -= 1
    if i < 0:
        return None
    noun = verb.doc[i]
    if noun.pos_ == "NUM":
        noun = noun.head
    while noun.dep_ in {"conj", "compound"} and noun.head.i < noun.i:
        noun = noun.head
    return noun if noun.pos_ in _NOUNS and noun.i < verb.i else None


def _outside(noun: Token, verb: Token) -> Token:
    """Not the place where a report was written, nor what stands in brackets after a name."""
    dateline = words.dateline(noun.doc)
    if noun.i < dateline:
        named = (one for one in noun.subtree if dateline <= one.i < verb.i and one.pos_ in _NOUNS)
        return next((one for one in named if one.head.i < dateline or one.head.i == noun.i), noun)
    left = noun.left_edge.i
    first = next((i for i in range(noun.i, max(left, 1) - 1, -1) if noun.doc[i].text == "("), None)
    if first is not None and first > 0 and noun.doc[first - 1].pos_ in _NOUNS:
        return noun.doc[first - 1]
    return noun


def _author(noun: Token, verb: Token) -> Token:
    """Of "the group issued a statement saying" the group."""
    if noun.lemma_.lower() in _PAPERS and noun.dep_ == "dobj" and verb.dep_ in {"acl", "relcl"}:
        return words.own_subject(noun.head) or noun
    return noun


def _outermost(verb: Token) -> Token:
    """Of "X wrote that Y knew, saying", where the parse hangs "saying" on what Y does, the writing."""
    above = verb
    while above.dep_ in {"ccomp", "conj", "advcl", "xcomp"} and words.is_verbal(above.head):
        above = above.head
        if above.lemma_.lower() in cues.SPEECH:
            return above
    return verb
