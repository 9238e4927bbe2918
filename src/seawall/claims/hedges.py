"""Reserve: which words say how surely a claim is meant, in the claim's own clause.

The result is a kind of reserve and the words; there is no number, for words have none. A hedge holds for its
clause and not for the sentence: in "he is believed to have fled and was arrested" the arrest has none.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import TYPE_CHECKING, Final

from seawall.claims import cues, words
from seawall.claims.frames import Frame, Words
from seawall.claims.pieces import Clause
from seawall.model.claim import UNHEDGED, Hedge, HedgeLevel, Polarity, Span

if TYPE_CHECKING:
    from spacy.tokens import Token

#: of two reserves on one claim the one that is named: what leaves more open
STRENGTH: Final = (
    HedgeLevel.DENIED,
    HedgeLevel.NEGATED,
    HedgeLevel.ALLEGED,
    HedgeLevel.POSSIBLE,
    HedgeLevel.REPORTED,
    HedgeLevel.BELIEVED,
    HedgeLevel.APPARENT,
)
_LACKING: Final = frozenset({"evidence", "proof", "sign", "indication", "confirmation", "suggestion"})
_REFERRING: Final = frozenset(
    {"this", "that", "it", "which", "claim", "report", "account", "statement", "allegation", "figure", "toll"}
)
_PROVING: Final = frozenset({"find", "suggest", "indicate", "support", "point", "prove", "show", "emerge"})
_POINTING: Final = frozenset({"suggest", "indicate", "imply"})
_INTENT: Final = frozenset({"plan", "intend"})
_OPEN: Final = frozenset({"clear", "certain", "sure"})

_Found = tuple[HedgeLevel, Span]


def hedge(at: Words, clause: Clause, used: Sequence[Frame]) -> tuple[Hedge, Polarity]:
    """The reserve of one claim, from the frames that it comes with and from its own words."""
    found: list[_Found] = [
        (frame.level, frame.cue) for frame in used if frame.level is not None and frame.cue is not None
    ]
    found.extend(_own(at, clause))
    polarity = _polarity(clause, used)
    if not found:
        return UNHEDGED, polarity
    level = min((one for one, _ in found), key=STRENGTH.index)
    spans = sorted({span for _, span in found}, key=lambda span: (span.start, span.end))
    return Hedge(level, tuple(spans)), polarity


def doubted(at: Words, clause: Clause) -> Span | None:
    """The words by which a clause leaves open what another one says: "this could not be verified"."""
    noun = words.own_subject(clause.head)
    if noun is None or noun.lemma_.lower() not in _REFERRING:
        return None
    return next((span for level, span in _unverified(at, clause.head)), None)


def _own(at: Words, clause: Clause) -> Iterator[_Found]:
    doc = clause.head.doc
    for i in sorted(clause.own):
        yield from _word(at, doc[i])
    yield from _condition(at, clause.head)


def _word(at: Words, token: Token) -> Iterator[_Found]:
    """What a single word says of it: adverbs, adjectives, modals."""
    lower = token.lower_
    if lower in cues.HEARSAY:
        yield cues.HEARSAY[lower], at.word(token)
    elif lower in cues.RESERVES and _is_reserve(token):
        yield cues.RESERVES[lower], at.word(token)
    elif lower in cues.BEFORE_NOUNS and token.dep_ == "amod":
        yield cues.BEFORE_NOUNS[lower], at.word(token)
    elif lower in cues.MODALS and token.tag_ == "MD" and token.dep_ == "aux" and not _is_ability(token):
        yield HedgeLevel.POSSIBLE, at.word(token)
    elif _is_suspected(token):
        yield HedgeLevel.ALLEGED, at.word(token)
    else:
        yield from _with_complement(at, token)


def _with_complement(at: Words, token: Token) -> Iterator[_Found]:
    """What a word says of it together with what depends on it: "appears to", "no evidence", "not clear"."""
    lemma = token.lemma_.lower()
    verbal = words.is_verbal(token)
    if verbal and lemma in cues.SEEMING:
        what = words.child(token, "xcomp", "oprd", "acomp")
        if what is not None and (lemma != "look" or what.pos_ == "VERB"):
            to = words.child(what, "aux")
            last = to if to is not None and to.i == token.i + 1 else token
            yield HedgeLevel.APPARENT, at.between(token, last)
    elif verbal and lemma in _INTENT and words.child(token, "xcomp") is not None:
        yield HedgeLevel.POSSIBLE, at.word(token)
    elif verbal and lemma in cues.CHECKING:
        yield from _unverified(at, token)
    elif verbal and (found := _held_back(token)) is not None:
        level, first, last = found
        yield level, at.between(first, last)
    elif lemma in _LACKING:
        no = next((one for one in token.children if one.lower_ == "no"), None)
        if no is not None and any(one.dep_ in {"acl", "prep", "ccomp", "relcl"} for one in token.children):
            yield HedgeLevel.POSSIBLE, at.between(no, token)
    elif token.lower_ in _OPEN and token.dep_ == "acomp":
        no = words.negation(token.head)
        clauses = (*token.children, *token.head.children)
        if no is not None and any(one.dep_ in {"ccomp", "xcomp", "csubj"} for one in clauses):
            yield HedgeLevel.POSSIBLE, at.between(no, token)


def _held_back(verb: Token) -> tuple[HedgeLevel, Token, Token] | None:
    """What a verb with its subject or object leaves open: the reserve, and its first and last word."""
    lemma = verb.lemma_.lower()
    noun = words.own_subject(verb)
    no = words.negation(verb)
    if lemma == "expect" and words.is_passive(verb) and verb.dep_ not in {"amod", "acl"}:
        what = words.child(verb, "xcomp")
        to = words.child(what, "aux") if what is not None else None
        last = to if to is not None and to.i == verb.i + 1 else verb
        return HedgeLevel.POSSIBLE, words.child(verb, "auxpass") or verb, last
    if lemma in cues.HELD_OPEN and noun is not None and noun.lower_ in {"i", "we"}:
        return HedgeLevel.BELIEVED, no or noun, verb
    if lemma == "rule" and no is not None and (out := words.child(verb, "prt")) is not None:
        return HedgeLevel.POSSIBLE, no, out
    if lemma == "say" and no is not None and _is_asked(verb):
        return HedgeLevel.POSSIBLE, no, verb
    return _nothing(verb, noun) or (_pointing(verb) if no is None else None)


def _nothing(verb: Token, noun: Token | None) -> tuple[HedgeLevel, Token, Token] | None:
    """As in "nothing has been found that supports it", "there is nothing to suggest that"."""
    if verb.dep_ == "relcl" and verb.head.lower_ == "nothing":
        noun = verb.head
    if noun is None or noun.lower_ != "nothing" or verb.lemma_.lower() not in _PROVING:
        return None
    return HedgeLevel.POSSIBLE, noun, verb


def _pointing(verb: Token) -> tuple[HedgeLevel, Token, Token] | None:
    """As in "the marks suggest a mortar", "bears the hallmarks of", "are consistent with": signs."""
    lemma = verb.lemma_.lower()
    to = next((one for one in verb.children if one.lower_ == "to" and one.dep_ == "prep"), None)
    mark = words.child(verb, "dobj") if lemma == "bear" else None
    like = words.child(verb, "acomp") if lemma == "be" else None
    if lemma in _POINTING and words.child(verb, "dobj", "ccomp") is not None:
        return HedgeLevel.APPARENT, verb, verb
    if lemma == "point" and to is not None and words.own_subject(verb) is not None:
        return HedgeLevel.APPARENT, verb, to
    if mark is not None and mark.lemma_ in {"mark", "hallmark", "sign"}:
        return HedgeLevel.APPARENT, verb, mark
    if like is not None and like.lower_ == "consistent" and words.child(like, "prep") is not None:
        return HedgeLevel.APPARENT, verb, like
    return None


def _is_asked(verb: Token) -> bool:
    """As in "cannot say who fired": somebody leaves a question open that he was asked."""
    able = any(one.lower_ in {"can", "could", "ca"} for one in verb.children if one.dep_ == "aux")
    return able and any(
        one.dep_ in {"ccomp", "advcl", "xcomp", "dobj", "nsubj"}
        and one.left_edge.lower_ in {"who", "what", "how", "why", "where", "when", "whether", "which", "if"}
        for one in verb.children
    )


def _is_suspected(token: Token) -> bool:
    """As in "arrested on suspicion of murder", "is accused of murder"."""
    if token.lower_ == "suspicion":
        return token.head.lower_ == "on"
    return token.lower_ == "accused" and words.is_verbal(token) and words.is_passive(token)


def _is_reserve(token: Token) -> bool:
    if token.lower_ in {"possible", "unclear", "unconfirmed", "unverified"}:
        return not _compares(token) and token.dep_ in {"acomp", "oprd", "ccomp", "ROOT"}
    return token.dep_ not in {"amod", "compound"} and not _compares(token)


def _compares(token: Token) -> bool:
    """As in "as likely as": no reserve."""
    return (
        token.i > 0
        and token.nbor(-1).lower_ in {"as", "more", "less"}
        and token.lower_ in {"likely", "possible"}
    )


def _is_ability(modal: Token) -> bool:
    """As in "could not see", "could only watch", "can be heard": an ability."""
    verb = modal.head
    if modal.lower_ != "could":
        return False
    if verb.lemma_.lower() in {"see", "hear", "watch", "smell", "feel", "tell", "reach", "afford"}:
        return True
    return words.negation(verb) is not None or any(
        one.lower_ in {"only", "hardly", "barely"} for one in verb.children
    )


def _unverified(at: Words, verb: Token) -> Iterator[_Found]:
    """As in "could not be verified", "was unable to confirm"; not "he did not confirm"."""
    if verb.lemma_.lower() not in cues.CHECKING:
        return
    above = verb
    for _ in range(3):
        no = words.negation(above) or _yet(above)
        if no is not None:
            able = above is not verb or any(one.tag_ == "MD" for one in above.children)
            if able or words.is_passive(verb):
                yield HedgeLevel.POSSIBLE, at.between(no, verb)
            return
        if above.dep_ not in {"xcomp", "acomp", "ccomp"}:
            return
        above = above.head


def _yet(verb: Token) -> Token | None:
    """As in "have yet to be confirmed": a negation."""
    return next((one for one in verb.children if one.lower_ == "yet" and verb.lemma_ in {"have", "be"}), None)


def _condition(at: Words, head: Token) -> Iterator[_Found]:
    """As in "if confirmed, it would be", and a clause that itself stands under "if"."""
    for one in head.children:
        if one.dep_ == "mark" and one.lower_ in {"if", "whether", "unless"}:
            yield HedgeLevel.POSSIBLE, at.word(one)
        elif one.dep_ in {"advcl", "prep"}:
            mark = next((word for word in one.children if word.lower_ == "if"), None)
            if mark is not None and not any(word.lower_ in {"even", "as"} for word in one.children):
                yield HedgeLevel.POSSIBLE, at.word(mark)


def _polarity(clause: Clause, used: Sequence[Frame]) -> Polarity:
    head = clause.head
    denied = any(frame.level is HedgeLevel.DENIED and frame.matrix is not None for frame in used)
    no = words.negation(head) if words.is_verbal(head) else None
    lacking = no is not None and no.head.lemma_.lower() in _LACKING
    negative = no is not None and not lacking and head.lemma_.lower() not in cues.CHECKING
    return Polarity.NEGATIVE if negative != denied else Polarity.POSITIVE
