"""How far a verb of speech reaches: which words of its sentence are what is said."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING, Final

from seawall.claims import cues, words

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

LONGEST_ASIDE: Final = 8  #: words: "the head of the office said on Monday"
LEAST_BEFORE: Final = 5  #: words that a closing attribution is about
_NAMING: Final = frozenset({"declare", "report", "find", "rule", "mention", "pronounce", "charge", "call"})
_SCOPED: Final = frozenset(
    {"while", "after", "because", "when", "although", "though", "since", "but", "where"}
)


def mark(verb: Token) -> str | None:
    return next(
        (
            one.lower_
            for one in verb.children
            if one.dep_ == "mark"
            or (one.dep_ == "advmod" and one.i < verb.i and one.lower_ in {"as", "when"})
        ),
        None,
    )


def content(verb: Token) -> tuple[set[int], tuple[int, ...]]:
    """What is said: the verb's clause, what is coordinated with it, or the sentence that it stands in."""
    clauses = [one for one in verb.children if one.dep_ in {"ccomp", "csubjpass"} and _is_said(verb, one)]
    clauses = _of_its_own(verb, clauses) or _astray(verb)
    if not clauses:
        if verb.dep_ == "parataxis" or is_aside(verb):
            own = words.subtree(verb)
            for one in verb.children:
                if one.dep_ == "advcl" and one.i > verb.i and _is_scoped(one):
                    own -= words.subtree(one)
            above = words.clause_of(verb.head)
            if min(words.subtree(above) - own, default=0) > verb.i and above.dep_ != "ROOT":
                above = words.clause_of(above.head)  # an aside is about what stands before it, too
            return words.subtree(above) - own, ()
        return set(), ()
    said: set[int] = set()
    for one in clauses:
        said |= words.subtree(one)
    roots = [one.i for one in clauses]
    for one in verb.children:
        added = one.dep_ == "advcl" and one.i > verb.i and one.i not in said and _is_scoped(one)
        if added or (one.dep_ == "conj" and _goes_on(verb, one)):
            said |= words.subtree(one)
    return said, tuple(roots)


def _of_its_own(verb: Token, clauses: list[Token]) -> list[Token]:
    """Of "one said A, the other said B" only B, where the parse gives both to the second."""
    after = [one for one in clauses if one.i > verb.i]
    noun = words.own_subject(verb)
    leads = noun is not None and noun.i < verb.i and bool(after) and verb.nbor(1).text != ","
    quoted = any(one.is_quote for one in verb.doc[: verb.i])
    return after if leads and not quoted else clauses


def _astray(verb: Token) -> list[Token]:
    """The "that" clause which the parse hangs on a noun before it: "said in one of the messages that"."""
    for one in verb.subtree:
        if one.i <= verb.i + 1 or one.dep_ not in {"relcl", "acl", "advcl"} or one.head.i == verb.i:
            continue
        that = any(word.dep_ == "mark" and word.lower_ == "that" for word in one.children)
        within = one.head.dep_ == "pobj" and one.head.head.head.i == verb.i
        if that and (within or one.head.lemma_.lower() not in cues.CLAIM_NOUNS):
            return [one]
    return []


def _is_said(verb: Token, clause: Token) -> bool:
    """Whether a clause is what is said: not "asked if", not "declared the base open"."""
    if mark(clause) == "if" or (verb.lemma_.lower() in cues.RELEASING and mark(clause) is None):
        return False  # "the account that posted it has been deleted"
    return verb.lemma_ not in _NAMING or words.is_finite(clause)


def is_aside(verb: Token) -> bool:
    """As in "The bridge, he said, was closed", also at the end, wherever the parse hangs the aside."""
    if verb.dep_ not in {"ccomp", "parataxis", "relcl", "advcl"} or mark(verb) is not None:
        return False
    own = words.subtree(verb)
    noun = words.own_subject(verb)
    if len(own) > LONGEST_ASIDE or noun is None or noun.tag_ in {"WDT", "WP"}:
        return False
    doc = verb.doc
    left = min(i for i in own if not doc[i].is_punct)
    before = doc[left - 1].text if left else ""
    return before in {",", "\u201d", '"'} and noun.i >= left


def _goes_on(verb: Token, other: Token) -> bool:
    """Whether a clause that is coordinated with "X said" is still what X said."""
    if not words.is_verbal(other) or words.own_subject(other) is None:
        return False
    speaks = other.lemma_.lower() in cues.SPEECH and not words.is_passive(other)
    if speaks or (is_contrasted(other) and _is_same(verb, other)):
        return False
    return words.is_finite(other)


def is_contrasted(other: Token) -> bool:
    """Whether "but" joins a clause to the one before it."""
    doc = other.doc
    head = other.head
    joined = {one.lower_ for one in head.children if one.dep_ == "cc" and head.i < one.i < other.i}
    left = other.left_edge.i
    near = {doc[i].lower_ for i in (left, left - 1) if i >= 0}
    return not (joined | near).isdisjoint(cues.CONTRASTS)


def parting(doc: Doc, places: Iterable[int]) -> list[int]:
    """Of these places those of semicolons, colons and what sets one clause against another: ", but"."""
    return [i for i in sorted(places) if doc[i].text in {";", ":"} or _parts(doc[i])]


def estimated(doc: Doc, said: frozenset[int], cue: int) -> frozenset[int]:
    """Of what stands before a closing "X estimated" the part with the number: one estimates how many."""
    commas = [i for i in range(cue) if doc[i].text == "," and i + 1 in said]
    last = max(commas, default=-1)
    part = frozenset(i for i in said if i > last)
    return part if any(doc[i].pos_ == "NUM" or doc[i].like_num for i in part) else said


def _parts(token: Token) -> bool:
    if token.lower_ not in cues.CONTRASTS or token.i == 0 or token.nbor(-1).text != ",":
        return False
    return token.dep_ in {"cc", "mark"} and words.is_verbal(token.head)


def _is_same(verb: Token, other: Token) -> bool:
    """As in "She said the road was open, but she had not driven there": the writer goes on about her."""
    speaker, pronoun = words.own_subject(verb), words.own_subject(other)
    if speaker is None or pronoun is None or speaker.i > verb.i or other.i < verb.i:
        return False
    several = speaker.tag_ in {"NNS", "NNPS"} or words.child(speaker, "conj") is not None
    if speaker.pos_ == "PRON":
        return speaker.lower_ == pronoun.lower_
    return pronoun.lower_ in ({"they"} if several else {"he", "she"})


def _is_scoped(clause: Token) -> bool:
    noun = words.own_subject(clause)
    if noun is None or noun.lower_ in cues.PRONOUNS:
        return False
    return mark(clause) in _SCOPED and clause.lemma_.lower() not in cues.SPEECH


def final(verb: Token) -> set[int]:
    """The words before a closing ", the agency reported", if there is one."""
    noun = words.own_subject(verb)
    doc = verb.doc
    if noun is None or noun.i > verb.i or not words.is_finite(verb) or mark(verb) is not None:
        return set()
    left = noun.left_edge.i
    after = sum(1 for token in doc[verb.i + 1 :] if not token.is_punct)
    if left < LEAST_BEFORE or doc[left - 1].text not in {",", '"', "\u201d"} or after > LONGEST_ASIDE:
        return set()
    return set() if noun.tag_ in {"WDT", "WP"} else set(range(left - 1))
