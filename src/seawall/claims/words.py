"""Small questions to a parse: who is a verb's subject, which words belong to a phrase, what is negated."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from seawall.claims import cues

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

SUBJECTS: Final = frozenset({"nsubj", "nsubjpass", "csubj", "expl"})
_VERBAL: Final = frozenset({"VERB", "AUX"})
_INHERITING: Final = frozenset({"conj", "xcomp", "advcl", "pcomp", "acl"})
#: "KHOR (News Agency) - ", with any dash
_DATELINE: Final = re.compile(
    "[A-Z][A-Z.'\u2019/-]+(?:[ ,/][^\u2014\u2013()]{0,40})?"
    r"(?:\([^()]{2,30}\))? ?"
    "(?:\u2014|\u2013|--|- ) *"
)
_PARTING: Final = cues.DASHES | {",", ":", ";", '"', "\u201c", "\u201d"}
_APART: Final = frozenset({"relcl", "parataxis", "ccomp"})


def child(token: Token, *deps: str) -> Token | None:
    """The first child of one of these relations."""
    return next((one for one in token.children if one.dep_ in deps), None)


def subtree(token: Token) -> set[int]:
    """The places in the sentence of a word and all that depends on it."""
    return {one.i for one in token.subtree}


def is_verbal(token: Token) -> bool:
    return token.pos_ in _VERBAL


def is_passive(token: Token) -> bool:
    """Whether a participle is passive: "was seen", "a man seen"; also without its auxiliary's label."""
    if child(token, "auxpass", "nsubjpass") is not None:
        return True
    return token.tag_ == "VBN" and not any(
        one.lemma_ == "have" for one in token.children if one.dep_ == "aux"
    )


def own_subject(verb: Token) -> Token | None:
    return next((one for one in verb.children if one.dep_ in SUBJECTS and one.dep_ != "expl"), None)


def subject(verb: Token) -> Token | None:
    """The subject, its own or the one that it shares: "X stopped and said", "X left, saying that"."""
    seen = 0
    while seen < 8:
        found = own_subject(verb)
        if found is not None:
            return _antecedent(verb, found)
        if verb.dep_ == "acl" and verb.head.pos_ in {"NOUN", "PROPN"}:
            return verb.head
        if verb.dep_ not in _INHERITING or not (is_verbal(verb.head) or verb.head.dep_ == "prep"):
            return None
        verb = verb.head.head if verb.head.dep_ == "prep" else verb.head
        seen += 1
    return None


def _antecedent(verb: Token, found: Token) -> Token:
    """For "which" and "who" the noun that they stand for."""
    if found.tag_ not in {"WDT", "WP"}:
        return found
    while verb.dep_ in {"ccomp", "conj", "xcomp"} and is_verbal(verb.head):
        verb = verb.head
    return verb.head if verb.dep_ == "relcl" else found


def phrase(noun: Token) -> tuple[int, int]:
    """First and last word but one of a noun's phrase, without clauses, appositions and what a comma adds."""
    within = subtree(noun)
    for one in noun.children:
        if one.dep_ in _APART or (one.dep_ == "acl" and one.i > noun.i and one.tag_ != "VBN"):
            within -= subtree(one)
    first = last = noun.i
    doc = noun.doc
    while first - 1 in within and not _parts(doc[first - 1]):
        first -= 1
    while last + 1 in within and not _parts(doc[last + 1]):
        last += 1
    while last > noun.i and (doc[last].tag_ == "POS" or (doc[last].is_punct and doc[last].text != ")")):
        last -= 1
    return first, last + 1


def negation(verb: Token) -> Token | None:
    """The word that negates a verb's clause: "not", "never", "no longer", "no charges were"."""
    for one in verb.children:
        if one.dep_ == "neg" and not _is_only(one):
            return one
        if one.dep_ in {"nsubj", "nsubjpass", "dobj", "attr"}:
            if one.lower_ in {"nobody", "none", "nothing", "neither"}:
                return one
            for word in one.children:
                if word.dep_ in {"det", "preconj"} and word.lower_ in {"no", "neither"}:
                    return word
        if one.lower_ in {"never", "neither", "nor"} and one.dep_ in {"advmod", "preconj"}:
            return one
    return None


def _parts(mark: Token) -> bool:
    """Whether a mark parts a phrase from what is added to it; a hyphen within a word does not."""
    hyphen = mark.text == "-" and mark.i > 0 and not mark.nbor(-1).whitespace_
    return mark.text in _PARTING and not hyphen


def _is_only(word: Token) -> bool:
    """As in "not only", which negates nothing."""
    return word.i + 1 < len(word.doc) and word.nbor(1).lower_ in {"only", "just", "merely"}


def is_present(verb: Token) -> bool:
    """Whether a clause's finite word is in the present tense."""
    finite = [one for one in verb.children if one.dep_ in {"aux", "auxpass"}]
    first = finite[0] if finite else verb
    return first.tag_ in {"VBZ", "VBP"}


def is_finite(verb: Token) -> bool:
    if verb.tag_ in {"VBZ", "VBP", "VBD", "MD"}:
        return True
    return any(
        one.tag_ in {"VBZ", "VBP", "VBD", "MD"} for one in verb.children if one.dep_ in {"aux", "auxpass"}
    )


def clause(verb: Token) -> set[int]:
    """The places of a verb's words without its subject, relative clauses, and verbs coordinated with it."""
    own = subtree(verb)
    for one in verb.subtree:
        beside = one.dep_ in SUBJECTS or (one.dep_ == "conj" and is_finite(one))
        if (one.dep_ == "relcl" and one.i != verb.i) or (one.head.i == verb.i and beside):
            own -= subtree(one)
    return own


def clause_of(token: Token) -> Token:
    """The verb in whose clause a word stands; the tree's root where there is none."""
    while token.dep_ != "ROOT" and (not is_verbal(token) or token.dep_ in {"aux", "auxpass"}):
        token = token.head
    return token


def chars(doc: Doc, first: int, end: int) -> tuple[int, int]:
    """Offsets in the sentence of the words from `first` to before `end`."""
    last = doc[end - 1]
    return doc[first].idx, last.idx + len(last.text)


def dateline(doc: Doc) -> int:
    """How many words at the start say where a report was written: "KHOR (News Agency) — "."""
    found = _DATELINE.match(doc.text)
    return sum(1 for token in doc if token.idx < found.end()) if found else 0
