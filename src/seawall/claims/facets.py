"""What a claim is about, by a list of words and by who does what to whom in its clause.

The lists only label and sort: no clause is left out for want of a word in them. A list of violent verbs that
decides what is read looks perfect on the text that it was made for and misses most of the next one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from seawall.claims import cues, words
from seawall.claims.clauses import Clause
from seawall.model.claim import Facet, Source, SourceKind

if TYPE_CHECKING:
    from spacy.tokens import Token

_FIRST: Final = re.compile(
    r"\b(?:first(?:-ever)? (?:time|known|reported|ever|such|of its kind|documented|recorded)"
    r"|(?:deadliest|worst|biggest|largest|bloodiest)\b.*\b(?:since|in|ever|on record)|unprecedented)\b",
    re.IGNORECASE,
)
_AGE: Final = re.compile(
    r"\b(?:years? of age|years? old|aged? (?:about |around |between |just |only )?\w+|\d+-year-old)\b", re.IGNORECASE
)
_PURPOSE: Final = re.compile(r"\b(?:aimed at|intended to|designed to|meant to|in order to|so as to|in an effort to)\b")
_PLACED: Final = re.compile(r"\b(?:took|take|taken|taking) place (?:at|in|near|on|outside)\b|\b(?:located|situated)\b")
_HELD: Final = frozenset("abduct arrest capture detain imprison jail kidnap seize hostage captive prisoner custody".split())
_HARM: Final = frozenset(
    """
    abuse ambush assassinate assault attack behead beat bomb burn crash crucify decapitate demolish destroy die drown
    execute explode fire force gun hang harm hit injure kill knife lynch maim massacre mutilate murder open punch
    raid rape sever shell shoot slaughter slay slit stab storm strangle strike stone throw torture wound
    collapse capsize sink flood damage blow
    """.split()
)
_MEANS: Final = frozenset("knife gun rifle pistol bomb grenade explosive machete axe sword weapon blade poison rope".split())
_YOUNG: Final = frozenset("child boy girl schoolboy schoolgirl teenager youngster pupil baby toddler minor kid schoolchildren".split())
_RAISING: Final = frozenset("recruit enrol enroll train indoctrinate groom inculcate conscript enlist spawn".split())
_THREATS: Final = frozenset("threaten threat vow warn warning".split())
_SUFFERING: Final = frozenset("victim hostage soldier captive prisoner civilian driver".split())
_DEAD: Final = re.compile(r"\b(?:people|dead|killed|died|injured|wounded|missing|arrested|detained|displaced)\b")
_LONG: Final = re.compile(r"\b(?:in recent (?:months|years|weeks)|for (?:months|years|decades)|since \d{4}|routinely|now in its)\b")
_WHEN: Final = frozenset("happen occur begin start".split())


def facet(clause: Clause, text: str, chain: tuple[Source, ...]) -> Facet:
    """The label of a clause with those words; `Facet.OTHER` where nothing speaks for one."""
    lemmas = {clause.head.doc[i].lemma_.lower() for i in clause.own}
    if clause.kind == "subject":
        return _person(clause.head)
    if chain[0].kind is SourceKind.DIRECT_QUOTE:
        return Facet.QUOTE
    if chain[0].kind is SourceKind.PERPETRATOR_CLAIM and chain[0].cue is not None and lemmas & {"our", "we", "you"}:
        return Facet.QUOTE
    for found, is_so in _told(clause, text, lemmas):
        if is_so:
            return found
    return Facet.ACT if chain[0].kind is SourceKind.MEDIA_CONTENT else Facet.OTHER


def _told(clause: Clause, text: str, lemmas: set[str]) -> tuple[tuple[Facet, bool], ...]:
    head = clause.head.lemma_.lower()
    harm = bool(lemmas & _HARM)
    media = _is_of_media(clause.head) and bool(lemmas & cues.RELEASING or head in {"verify", "authenticate"})
    return (
        (Facet.FIRST_OF_KIND, _FIRST.search(text) is not None),
        (Facet.MEDIA, media),
        (Facet.AGE, _AGE.search(text) is not None and head in {"be", "age"} and not harm),
        (Facet.PURPOSE, _PURPOSE.search(text) is not None),
        (Facet.THREAT, bool(lemmas & _THREATS)),
        (Facet.WHERE, _PLACED.search(text) is not None),
        (Facet.WHO_CHILD, bool(lemmas & _YOUNG and lemmas & _RAISING)),
        (Facet.CAPTURE, bool(lemmas & _HELD) and head not in _HARM - {"force"}),
        (Facet.METHOD, bool(lemmas & _MEANS and lemmas & {"use", "with"})),
        (Facet.COUNT, _counts(clause) and _DEAD.search(text) is not None),
        (Facet.ACT, harm),
        (Facet.WHO_CHILD, bool(lemmas & _YOUNG) and head == "be"),
        (Facet.WHO_PERPETRATOR, "responsibility" in lemmas or bool(lemmas & cues.PERPETRATORS and head == "be")),
        (Facet.WHO_VICTIM, bool(lemmas & _SUFFERING) and head == "be"),
        (Facet.WHO_CHILD, bool(lemmas & _RAISING)),
        (Facet.WHEN, head in _WHEN and bool(re.search(r"\d|day\b", text))),
        (Facet.CONTEXT, _LONG.search(text) is not None),
    )


def _person(noun: Token) -> Facet:
    lemma = noun.lemma_.lower()
    if lemma in _YOUNG:
        return Facet.WHO_CHILD
    if lemma in cues.PERPETRATORS:
        return Facet.WHO_PERPETRATOR
    return Facet.WHO_VICTIM if lemma in _SUFFERING else Facet.OTHER


def _is_of_media(head: Token) -> bool:
    """Whether the clause's doing is done to footage, or is its own."""
    if head.lemma_.lower() in cues.MEDIA:
        return True
    return any(
        one.lemma_.lower() in cues.MEDIA
        for one in head.children
        if one.dep_ in {"nsubj", "nsubjpass", "dobj"}
    )


def _counts(clause: Clause) -> bool:
    return any(clause.head.doc[i].pos_ == "NUM" for i in clause.own)
