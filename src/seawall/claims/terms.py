"""The words of a text with their offsets, and names looked up over them.

A table of names is a dict over tuples of folded words, so that looking up all names of a text takes time in
proportion to the text, however long the table is; no pattern is made of names.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from itertools import pairwise
from typing import Final, Generic, TypeVar

#: letters and digits with what joins them: "al", "Isis", "l'État". Invisible characters are part of
#: a word, or a zero-width space would cut a name in two. What French elides is a word of its own.
_WORD: Final = re.compile(
    r"(?:\b(?:[cdjlmnst]|qu)['\u2019](?=\w{2}))"
    r"|\w(?:[\w\u0300-\u036f\u064b-\u065f\u200b-\u200f\u2060\ufeff]|['\u2019.](?=\w))*",
    re.IGNORECASE,
)
_MARKS: Final = re.compile("[\u0300-\u036f\u0610-\u061a\u0640\u064b-\u065f\u0670\u200b-\u200f\u2060\ufeff]")
_ARABIC: Final = re.compile("[\u0600-\u06ff]")
#: letters that writers of Arabic interchange, each as the plainest of its kind
_ARABIC_LETTERS: Final = str.maketrans("أإآٱىئؤةگک", "اااايءءهكك")
_LATIN_LETTERS: Final = str.maketrans(
    {"\u0131": "i", "ø": "o", "ł": "l", "đ": "d", "ß": "ss", "œ": "oe", "æ": "ae"}
)
#: what parts the words of one name: a space, a hyphen that a line's break may follow, a letter written as a
#: quote
_GAP: Final = re.compile("[ \u00a0]?|[-\u2010\u2011] ?|[ -]?[\u2018\u2019\u02bf\u02be`']")
_LONGEST_INITIAL: Final = 2  #: letters: "J. Doe", "St. Louis"

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Word:
    """A word of a text."""

    start: int
    end: int
    text: str
    folded: str

    @property
    def capital(self) -> bool:
        """Whether it starts as names do. Scripts without capitals never say so."""
        return self.text[0].isupper()


@lru_cache(maxsize=65536)
def fold(text: str) -> str:
    """Text as names are compared: no case, no accents, no invisible characters, Arabic letters unified."""
    return _folded(text)


def _folded(text: str) -> str:
    folded = text.casefold()
    if folded.isascii():
        return folded.removesuffix("'s").removesuffix("'")
    if _ARABIC.search(folded):
        return _MARKS.sub("", folded).translate(_ARABIC_LETTERS)
    plain = _MARKS.sub("", unicodedata.normalize("NFKD", folded.replace("\u2019", "'")))
    return plain.translate(_LATIN_LETTERS).removesuffix("'s").removesuffix("'")


def words(text: str, start: int = 0, end: int | None = None) -> list[Word]:
    """The words of a stretch of a text, in order; hyphens part words, apostrophes and dots inside do not."""
    return [
        Word(found.start(), found.end(), found[0], fold(found[0]) if len(found[0]) < 100 else "")
        for found in _WORD.finditer(text, start, len(text) if end is None else end)
    ]


def key(name: str) -> tuple[str, ...]:
    """A name as the tables keep it."""
    return tuple(map(_folded, _WORD.findall(name)))


def listed(text: str) -> frozenset[str]:
    """The words of a list that is written as one text."""
    return frozenset(text.split())


class Names(Generic[T]):
    """Names of things, found in a text by their longest match."""

    def __init__(self, entries: Iterable[tuple[str, T]]) -> None:
        self._things: dict[tuple[str, ...], T] = {}
        self._lengths: dict[str, list[int]] = {}
        for name, thing in entries:
            at = key(name)
            if not at or at in self._things:
                continue
            self._things[at] = thing
            lengths = self._lengths.setdefault(at[0], [])
            if len(at) not in lengths:
                lengths.append(len(at))
                lengths.sort(reverse=True)

    def get(self, name: tuple[str, ...]) -> T | None:
        return self._things.get(name)

    def found(self, text: str, among: Sequence[Word]) -> Iterator[tuple[int, int, T]]:
        """Names in a text from the left, the longest first: first word, one past the last, what it names."""
        at = 0
        while at < len(among):
            length = self._length_at(text, among, at)
            if length:
                name = tuple(word.folded for word in among[at : at + length])
                yield at, at + length, self._things[name]
                at += length
            else:
                at += 1

    def _length_at(self, text: str, among: Sequence[Word], at: int) -> int:
        for length in self._lengths.get(among[at].folded, ()):
            part = among[at : at + length]
            if tuple(word.folded for word in part) in self._things and joined(text, part):
                return length
        return 0


def joined(text: str, part: Sequence[Word]) -> bool:
    """Whether words may be one name: no comma, no line's end and no sentence's end parts them."""
    return all(_joined(text, left, right) for left, right in pairwise(part))


def _joined(text: str, left: Word, right: Word) -> bool:
    gap = text[left.end : right.start]
    return bool(_GAP.fullmatch(gap)) or (gap in {".", ". "} and left.end - left.start <= _LONGEST_INITIAL)


def table(rows: Iterable[Mapping[str, str]], column: str) -> Iterator[tuple[str, Mapping[str, str]]]:
    """Each name of a column of names that are set apart by bars, with its row."""
    for row in rows:
        for name in row[column].split("|"):
            if name.strip():
                yield name.strip(), row
