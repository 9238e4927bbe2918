"""Frames of belief: "is believed to have", "it is assumed that", "reportedly", and what somebody saw."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Final

from seawall.claims import cues, heads, words
from seawall.claims.frames import Frame, Words, source_kind
from seawall.claims.shown import is_media
from seawall.model.claim import HedgeLevel, SourceKind

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

_WHAT: Final = frozenset({"xcomp", "ccomp", "oprd", "acomp", "attr", "advcl", "dobj"})
_APART: Final = cues.CONTRASTS | {"before", "after", "while"}
_BLAMING: Final = frozenset({"blame", "accuse", "suspect"})
_REPORTED: Final = frozenset({"reported", "alleged", "purported", "supposed"})


def frames(at: Words, doc: Doc) -> Iterator[Frame]:
    """All frames of belief in a sentence: nobody is named who believes; and those of witnesses."""
    for token in doc:
        lemma = token.lemma_.lower()
        if words.is_verbal(token):
            if lemma in cues.BELIEFS and words.is_passive(token):
                yield from _believed(at, token)
            if lemma in {"see", "hear", "watch", "witness"}:
                yield from _witnessed(at, token)
        if token.lower_ in _REPORTED and token.dep_ == "amod":
            yield _reported(at, token)
        if token.lower_ in cues.HEARSAY and token.dep_ == "advmod":
            yield from _hearsay(at, token)


def _believed(at: Words, verb: Token) -> Iterator[Frame]:
    if words.child(verb, "agent") is not None:
        return
    lemma = verb.lemma_.lower()
    level = cues.BELIEFS[lemma]
    first = min((one.i for one in verb.children if one.dep_ in {"aux", "auxpass"}), default=verb.i)
    what = next((one for one in verb.children if one.dep_ in _WHAT and one.i > verb.i), None)
    noun = words.own_subject(verb)
    if noun is not None and noun.lower_ == "it" and (what is None or what.dep_ != "xcomp"):
        yield from _it_is_believed(at, verb, noun, what, level)
        return
    if lemma in _BLAMING:
        of = next((one for one in verb.children if one.lower_ in {"for", "of"} and one.i > verb.i), None)
        what = of or what
    if what is None or verb.dep_ in {"amod", "aux"}:
        return
    if noun is None and verb.dep_ not in {"acl", "advcl", "conj", "ROOT", "relcl"}:
        return
    if what.dep_ == "ccomp" and words.own_subject(what) is not None:
        return
    to = next((one for one in what.children if one.lower_ == "to" and one.i < what.i), verb)
    last = to if to.i == verb.i + 1 else verb
    yield Frame(
        SourceKind.AGENTLESS_BELIEF,
        None,
        at.span(first, last.i + 1),
        frozenset(_held(verb)),
        (),
        None,
        frozenset(),
        f"belief:{lemma}",
        None,
        level,
    )


def _held(verb: Token) -> set[int]:
    """A belief's clause, without another that stands against it or tells what came before or after it."""
    own = words.clause(verb)
    for one in verb.subtree:
        apart = one.dep_ == "advcl" and one.i > verb.i and words.own_subject(one) is not None
        if apart and any(mark.lower_ in _APART and mark.i < one.i for mark in one.children):
            own -= words.subtree(one)
    return own


def _it_is_believed(
    at: Words, verb: Token, it: Token, what: Token | None, level: HedgeLevel
) -> Iterator[Frame]:
    """As in "It is believed that", also as an aside: "The fire, it is assumed, will"."""
    cue = at.between(it, verb)
    kind = SourceKind.AGENTLESS_BELIEF
    rule = f"it-is:{verb.lemma_.lower()}"
    if what is not None and what.dep_ == "ccomp":
        content = frozenset(words.subtree(what))
        yield Frame(kind, None, cue, content, (what.i,), verb.i, frozenset(), rule, None, level)
    elif (after := words.child(verb, "conj")) is not None and words.child(verb, "cc") is None:
        content = frozenset(words.subtree(after))
        yield Frame(kind, None, cue, content, (after.i,), verb.i, frozenset(), rule, None, level)
    elif verb.dep_ in {"parataxis", "ccomp", "advcl"} and words.is_verbal(verb.head):
        own = words.subtree(verb)
        content = frozenset(words.subtree(words.clause_of(verb.head)) - own)
        yield Frame(kind, None, cue, content, (), None, frozenset(own), rule, None, level)


def _hearsay(at: Words, adverb: Token) -> Iterator[Frame]:
    verb = words.clause_of(adverb.head)
    yield Frame(
        SourceKind.AGENTLESS_BELIEF,
        None,
        at.word(adverb),
        frozenset(_held(verb)),
        (),
        None,
        frozenset(),
        f"hearsay:{adverb.lower_}",
        None,
        cues.HEARSAY[adverb.lower_],
    )


def _reported(at: Words, adjective: Token) -> Frame:
    """As in "the first reported execution of its kind": of a noun that is a piece by itself."""
    kind = SourceKind.AGENTLESS_BELIEF
    noun = frozenset({adjective.head.i}) if adjective.head.dep_ != "dobj" else frozenset[int]()
    level = cues.BEFORE_NOUNS[adjective.lower_]
    rule = f"adjective:{adjective.lower_}"
    return Frame(kind, None, at.word(adjective), noun, (), None, frozenset(), rule, None, level)


def _released(verb: Token) -> set[int]:
    found: set[int] = set()
    for one in verb.subtree:
        if heads.is_released(one):
            found |= words.subtree(one.head)
    return found


def _witnessed(at: Words, verb: Token) -> Iterator[Frame]:
    """As in "Neighbours saw a man running", "expressed shock at seeing a man running"."""
    what = next((one for one in verb.children if one.dep_ == "ccomp" and one.tag_ == "VBG"), None)
    noun = words.subject(verb)
    if what is None or noun is None or words.is_passive(verb) or words.own_subject(what) is None:
        return
    if noun.pos_ not in {"NOUN", "PROPN"} or is_media(noun):
        return
    content = words.subtree(what) - _released(what)
    yield Frame(
        source_kind(noun),
        at.phrase(noun),
        at.word(verb),
        frozenset(content),
        (what.i,),
        words.clause_of(verb.head).i if verb.dep_ == "pcomp" else verb.i,
        frozenset(words.subtree(verb.head)) - content - _released(what)
        if verb.dep_ == "pcomp"
        else frozenset(),
        "witness",
        noun.i,
        inferred=True,
    )
