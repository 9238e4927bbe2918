"""For whom "he said" stands: the last source or subject that the pronoun can mean.

No more than recency and number: nobody's sex is guessed, and beyond a few sentences nobody is taken.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from enum import Enum, auto
from typing import TYPE_CHECKING, Final

from seawall.claims import cues, words

if TYPE_CHECKING:
    from spacy.tokens import Doc, Token

REACH: Final = 3  #: sentences
LONGEST: Final = 10  #: words of what somebody is called
_GROUPS: Final = frozenset({"ORG", "GPE", "NORP", "LOC", "FAC"})


class _Sort(Enum):
    PERSON = auto()
    SEVERAL = auto()
    THING = auto()
    ANY = auto()


_MEANT: Final = {
    "he": {_Sort.PERSON, _Sort.ANY},
    "she": {_Sort.PERSON, _Sort.ANY},
    "it": {_Sort.THING, _Sort.ANY},
    "they": {_Sort.SEVERAL, _Sort.THING},
}


@dataclass(frozen=True, slots=True)
class _Candidate:
    text: str
    sort: _Sort
    sentence: int
    is_source: bool


@dataclass(slots=True)
class Antecedents:
    """Those whom the text has named so far, the latest last."""

    sentence: int = 0
    candidates: list[_Candidate] = field(default_factory=list)

    def note(self, text: str, noun: Token, *, is_source: bool) -> None:
        """Somebody was named, as a source or as what a sentence is about."""
        if noun.pos_ == "PRON" or noun.lower_ in cues.PRONOUNS or len(text.split()) > LONGEST:
            return
        self.candidates.append(_Candidate(text, _sort(noun), self.sentence, is_source))
        del self.candidates[:-8]

    def of(self, pronoun: str) -> str | None:
        """Whom the pronoun means; None where nobody near fits."""
        meant = _MEANT.get(pronoun.lower())
        if meant is None:
            return None
        near = [one for one in self.candidates if self.sentence - one.sentence <= REACH and one.sort in meant]
        people = pronoun.lower() in {"he", "she"}
        sources = [one for one in near if one.is_source]
        return (sources if people and sources else near)[-1].text if near else None


def about(doc: Doc) -> Token | None:
    """What a sentence is about: the subject of its main clause."""
    root = next((token for token in doc if token.dep_ == "ROOT"), None)
    return words.own_subject(root) if root is not None and words.is_verbal(root) else None


def _sort(noun: Token) -> _Sort:
    lemma = noun.lemma_.lower()
    if noun.tag_ in {"NNS", "NNPS"} or any(one.dep_ == "conj" for one in noun.children) or lemma == "police":
        return _Sort.SEVERAL
    if noun.ent_type_ == "PERSON" or lemma in cues.OFFICES or lemma in cues.NAMELESS:
        return _Sort.PERSON
    if noun.pos_ == "NOUN" or (noun.ent_type_ in _GROUPS and _is_institution(noun)):
        return _Sort.THING
    return _Sort.ANY


def _is_institution(name: Token) -> bool:
    """With an article or all in capitals: the model takes many a surname for a town."""
    return name.is_upper or any(one.dep_ == "det" for one in name.children)
