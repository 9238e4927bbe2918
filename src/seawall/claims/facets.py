"""What a claim is about, by a list of words and by who does what to whom in its clause.

The lists only label and sort: no clause is left out for want of a word in them. A list of violent verbs that
decides what is read looks perfect on the text that it was made for and misses most of the next one.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from seawall.claims import cues, words
from seawall.claims.pieces import Clause
from seawall.model.claim import Facet, Source, SourceKind

if TYPE_CHECKING:
    from spacy.tokens import Token

_FIRST: Final = re.compile(
    r"\b(?:first(?:-ever)? (?:time|known|reported|ever|such|of its kind|documented|recorded)"
    r"|(?:deadliest|worst|biggest|largest|bloodiest)\b.*\b(?:since|in|ever|on record)|unprecedented)\b",
    re.IGNORECASE,
)
_AGE: Final = re.compile(
    r"\b(?:years? of age|years? old|aged? (?:about |around |between |just |only )?\w+|\d+-year-old)\b",
    re.IGNORECASE,
)
_PURPOSE: Final = re.compile(
    r"\b(?:aimed at|intended to|designed to|meant to|in order to|so as to|in an effort to)\b"
)
_PLACED: Final = re.compile(
    r"\b(?:took|take|taken|taking) place (?:at|in|near|on|outside)\b|\b(?:located|situated)\b"
)
_DEAD: Final = re.compile(
    r"\b(?:people|dead|killed|died|injured|wounded|missing|arrested|detained|displaced)\b"
)
_LONG: Final = re.compile(
    r"\b(?:in recent (?:months|years|weeks)|for (?:months|years|decades)|since \d{4}|routinely|now in its)\b"
)
_WHEN: Final = frozenset(["happen", "occur", "begin", "start"])


def facet(clause: Clause, text: str, chain: tuple[Source, ...]) -> Facet:
    """The label of a clause with those words; `Facet.OTHER` where nothing speaks for one."""
    lemmas = {clause.head.doc[i].lemma_.lower() for i in clause.own}
    if clause.kind == "subject":
        return _person(clause.head)
    if chain[0].kind is SourceKind.DIRECT_QUOTE:
        return Facet.QUOTE
    if (
        chain[0].kind is SourceKind.PERPETRATOR_CLAIM
        and chain[0].cue is not None
        and lemmas & {"our", "we", "you"}
    ):
        return Facet.QUOTE
    for found, is_so in _told(clause, text, lemmas):
        if is_so:
            return found
    return Facet.ACT if chain[0].kind is SourceKind.MEDIA_CONTENT else Facet.OTHER


def _told(clause: Clause, text: str, lemmas: set[str]) -> tuple[tuple[Facet, bool], ...]:
    head = clause.head.lemma_.lower()
    harm = bool(lemmas & cues.HARM)
    media = _is_of_media(clause.head) and bool(lemmas & cues.RELEASING or head in {"verify", "authenticate"})
    return (
        (Facet.FIRST_OF_KIND, _FIRST.search(text) is not None),
        (Facet.MEDIA, media),
        (Facet.AGE, _AGE.search(text) is not None and head in {"be", "age"} and not harm),
        (Facet.PURPOSE, _PURPOSE.search(text) is not None),
        (Facet.THREAT, bool(lemmas & cues.THREATS)),
        (Facet.WHERE, _PLACED.search(text) is not None),
        (Facet.WHO_CHILD, bool(lemmas & cues.YOUNG and lemmas & cues.RAISING)),
        (Facet.CAPTURE, _holds(clause, lemmas)),
        (Facet.METHOD, bool(lemmas & cues.MEANS and lemmas & {"use", "with"})),
        (Facet.COUNT, _counts(clause) and _DEAD.search(text) is not None),
        (Facet.ACT, harm),
        (Facet.WHO_CHILD, bool(lemmas & cues.YOUNG) and head == "be"),
        (
            Facet.WHO_PERPETRATOR,
            "responsibility" in lemmas or bool(lemmas & cues.PERPETRATORS and head == "be"),
        ),
        (Facet.WHO_VICTIM, bool(lemmas & cues.SUFFERING) and head == "be"),
        (Facet.WHO_CHILD, bool(lemmas & cues.RAISING)),
        (Facet.WHEN, head in _WHEN and bool(re.search(r"\d|day\b", text))),
        (Facet.CONTEXT, _LONG.search(text) is not None),
    )


def _holds(clause: Clause, lemmas: set[str]) -> bool:
    """Whether somebody is taken or held: a verb says so, or "custody" beside one that does no harm."""
    doing = {token.lemma_.lower() for i in clause.own if words.is_verbal(token := clause.head.doc[i])}
    return bool(doing & cues.HELD) or (bool(lemmas & cues.HELD) and not doing & cues.HARM)


def _person(noun: Token) -> Facet:
    lemma = noun.lemma_.lower()
    if lemma in cues.YOUNG:
        return Facet.WHO_CHILD
    if lemma in cues.PERPETRATORS:
        return Facet.WHO_PERPETRATOR
    return Facet.WHO_VICTIM if lemma in cues.SUFFERING else Facet.OTHER


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
