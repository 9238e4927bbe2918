"""Which words of a sentence head a clause that says something by itself.

Finite clauses, participles, verbs coordinated with another, asides between dashes, and nouns for deeds. No
verb is preferred: a list of verbs that decides what is read fits one text and misses most of the next.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from seawall.claims import cues, words

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

LONG_CHARS: Final = 90  #: two verbs of one subject that together are longer are two pieces
LEAST: Final = 4  #: words of a clause
LEAST_BARE: Final = 6  #: words of a participle without a subject
LEAST_ADDED: Final = 5  #: words of a participle that a comma sets off
LEAST_INSERTED: Final = 9  #: words of such a one between a subject and its verb
LEAST_RELATIVE: Final = 10  #: words of a relative clause that only says which one
LEAST_REDUCED: Final = 12  #: words of such a participle

_RANKS: Final = frozenset({"first", "last", "latest", "second", "third"})
NEVER: Final = 1_000_000


def heads(doc: Doc, chosen: set[int]) -> set[int]:
    """The places of the heads; `chosen` are those that frames have made heads already."""
    return chosen | {token.i for token in doc if token.i not in chosen and _is_head(token, chosen)}


def is_released(verb: Token) -> bool:
    """As in "a video released by the group"."""
    noun = verb.head
    release = verb.lemma_.lower() in cues.RELEASING
    return verb.dep_ == "acl" and noun.lemma_.lower() in cues.MEDIA and release


def _is_head(token: Token, chosen: set[int]) -> bool:
    if token.dep_ == "ROOT":
        return True
    size = sum(1 for one in token.subtree if not one.is_punct)
    if _is_aside(token) or _is_share(token):
        return size >= LEAST_ADDED
    if token.dep_ == "appos":
        first = any(one.tag_ == "JJS" or one.lower_ in _RANKS for one in (token, *token.children))
        return size >= LEAST_ADDED and (first or token.lemma_.lower() in cues.EVENTS)
    if not words.is_verbal(token):
        return _is_nominal(token, size)
    if token.dep_ == "conj":
        return _splits(token, size, chosen)
    return size >= _least(token, chosen)


def _least(verb: Token, chosen: set[int]) -> int:
    """How many words a clause needs to be a piece of its own; NEVER where it never is."""
    subject = any(one.dep_ in words.SUBJECTS for one in verb.children)
    needed = {
        "parataxis": LEAST,
        "advcl": LEAST if subject else LEAST_BARE if verb.tag_ != "VB" else NEVER,
        "xcomp": LEAST_BARE if verb.tag_ == "VBG" and verb.head.lemma_ not in cues.ASPECTS else NEVER,
        "relcl": LEAST if _is_set_off(verb) else LEAST_RELATIVE,
        "acl": LEAST_REDUCED
        if not _is_set_off(verb)
        else LEAST_INSERTED
        if _is_inserted(verb)
        else LEAST_ADDED,
    }.get(verb.dep_, NEVER)
    if verb.dep_ == "relcl" and verb.head.lemma_ in cues.WHENCE:
        return NEVER
    if verb.dep_ == "acl" and (verb.tag_ == "VB" or verb.head.i in chosen or is_released(verb)):
        return NEVER
    if verb.dep_ in {"ccomp", "dep"} and subject and verb.lemma_ != "be":
        before = verb.i < verb.head.i and (verb.head.dep_ == "ROOT" or _is_parted(verb))
        return LEAST if before else NEVER
    return needed


def _is_parted(clause: Token) -> bool:
    """Whether a semicolon or a colon ends a clause."""
    after = clause.right_edge.i + 1
    return after < len(clause.doc) and clause.doc[after].text in {";", ":"}


def _is_set_off(clause: Token) -> bool:
    """Whether a comma or a dash sets a clause off: it then tells more, and does not only say which one."""
    left = clause.left_edge.i
    return left > 0 and clause.doc[left - 1].text in {",", "("} | cues.DASHES


def _is_inserted(clause: Token) -> bool:
    """Whether the sentence goes on after the clause with the verb of what the clause is about."""
    right = clause.right_edge.i
    verb = clause.head.head
    return clause.head.dep_ in words.SUBJECTS and verb.i > right


def _is_aside(token: Token) -> bool:
    """Whether a word heads what stands between two dashes: "the incident - the first of its kind - was"."""
    doc = token.doc
    left, right = token.left_edge.i, token.right_edge.i
    if left == 0 or right + 1 >= len(doc) or token.dep_ == "ROOT":
        return False
    return doc[left - 1].text in cues.DASHES and doc[right + 1].text in cues.DASHES


def _is_share(token: Token) -> bool:
    """As in "..., among them eleven children and six women": who of those just told of."""
    among = next((one for one in token.children if one.lower_ == "among" and one.i < token.i), None)
    if among is None or among.i == 0 or token.pos_ not in {"NOUN", "PROPN", "NUM"}:
        return False
    return among.nbor(-1).text == "," and any(one.lower_ in {"them", "whom"} for one in among.children)


def _is_nominal(token: Token, size: int) -> bool:
    """As in "into carrying out the beheading of an officer": the deed, beside who was forced to it."""
    if size >= LEAST_ADDED and token.dep_ in {"pobj", "dobj"} and any(map(is_released, token.children)):
        return token.head.lemma_.lower() not in cues.RELEASING
    if token.dep_ != "dobj" or token.lemma_.lower() not in cues.EVENTS or size < LEAST:
        return False
    return token.head.lemma_ in cues.LIGHT and token.head.dep_ in {"pcomp", "xcomp", "advcl"}


def _splits(token: Token, size: int, chosen: set[int]) -> bool:
    """Whether a second verb is a piece of its own."""
    first = token.head
    subject = any(one.dep_ in words.SUBJECTS for one in token.children)
    if subject or not words.is_verbal(first):
        return subject
    if first.i in chosen and first.lemma_.lower() in cues.SPEECH:
        return True
    if token.tag_ == "VB" and any(one.lower_ == "to" for one in token.children):
        return False
    while first.dep_ == "conj" and words.is_verbal(first.head):
        first = first.head
    right = token.right_edge
    left = words.own_subject(first) or first
    return size >= LEAST and right.idx + len(right.text) - left.left_edge.idx > LONG_CHARS
