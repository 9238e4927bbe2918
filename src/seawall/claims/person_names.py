"""Names of people: stretches of capitalised words, and the words that lead to one or follow one."""

from __future__ import annotations

import bisect
import re
from collections.abc import Iterable, Sequence
from datetime import date
from typing import Final

from seawall.claims import divisions, minor_words, terms, towns, vocabulary
from seawall.claims.parsed import Parsed
from seawall.claims.spans import Intervals
from seawall.model.report import Quantity

_MOST_STEPS: Final = 10  #: words between what makes somebody a child and the name
_LONGEST_NAME: Final = 6  #: words
_NAMES_BEGIN: Final = terms.listed("al el abu abou umm um abd abdul bin ibn bint ould ben ait mac van de")
#: what may part words that lead to a name: spaces, one comma, a quote or bracket
_LEADS: Final = re.compile(
    "[ \u00a0]?[,:(\u2018\u201c\"'\u2013\u2014-]?[ \u00a0]?[(\u2018\u201c\"']?|[)\u2019\u201d\"']?,? ?"
)
_LISTS: Final = re.compile(
    r",? ?(?:\(?\d{1,2}\)?,?)? ?(?:and|et|as)? ?|\s?\(\d{1,2}\),? ?(?:and |et )?", re.IGNORECASE
)
_NICKNAME: Final = re.compile("[ ]?[\u2018\u201c\"'(][ ]?")
_WITHIN: Final = terms.listed("in at near inside outside around across throughout")
_BY_PLACES: Final = terms.listed("from leaving")


class Names:
    """Reads names of people off the words of one text, from a word on or up to one."""

    def __init__(
        self,
        parsed: Parsed,
        ages: Sequence[Quantity],
        taken: Iterable[tuple[int, int]],
        published: date | None,
    ) -> None:
        self._parsed = parsed
        self._text = parsed.text
        self._words = terms.words(parsed.text)
        self._starts = [word.start for word in self._words]
        self._ages = ages
        self._numbers: dict[str, list[int]] = {}
        for number, word in enumerate(self._words):
            if word.capital:
                self._numbers.setdefault(word.folded, []).append(number)
        self._taken = Intervals(taken)
        self._published = published

    # -- names

    def _at(self, offset: int) -> int:
        """The number of the first word from an offset on."""
        return bisect.bisect_left(self._starts, offset)

    def _is_name(self, at: int) -> bool:
        """Whether a word may be part of a person's name."""
        word = self._words[at]
        return (
            word.capital
            and word.folded not in minor_words.NO_NAME
            and word.folded not in vocabulary.CALENDAR
            and not self._taken.meets(word.start, word.end)
            and divisions.demonyms().get((word.folded,)) is None
            and divisions.countries().get((word.folded,)) is None
        )

    def _gap(self, at: int) -> str:
        """What stands between a word and the one before it."""
        return self._text[self._words[at - 1].end : self._words[at].start]

    def _joins(self, at: int) -> bool:
        """Whether a word goes on a name with the word before it."""
        return terms.joined(self._text, self._words[at - 1 : at + 1])

    def _name_from(self, at: int) -> int | None:
        """One past the last word of the name that begins at a word; None where none does."""
        first = at
        while at < len(self._words) and self._words[at].folded in _NAMES_BEGIN and at - first < 2:
            at += 1
        if at >= len(self._words) or not self._is_name(at):
            return None
        past = at + 1
        while past < len(self._words) and past - first < _LONGEST_NAME:
            end = past
            while (
                end < len(self._words)
                and end - past < 2
                and self._words[end].folded in minor_words.PARTICLES
                and self._joins(end)
            ):
                end += 1
            if end >= len(self._words) or not self._joins(end) or not self._is_name(end):
                break
            past = end + 1
        return past

    def _name_to(self, past: int) -> int | None:
        """The first word of the name that ends before a word; None where none does."""
        at = past - 1
        if at < 0 or not self._is_name(at):
            return None
        first = at
        while first > 0 and past - first < _LONGEST_NAME and self._joins(first):
            before = self._words[first - 1].folded
            if self._is_name(first - 1) or before in minor_words.PARTICLES:
                first -= 1
            else:
                break
        while first < at and not self._words[first].capital and self._words[first].folded not in _NAMES_BEGIN:
            first += 1
        return first

    def _forwards(self, at: int, *, many: bool = False) -> list[tuple[int, int]]:
        """Names that follow, past words that lead to a name and no others."""
        naming = False
        for step in range(_MOST_STEPS):
            number = at + step
            if number >= len(self._words) or (number and not _LEADS.fullmatch(self._gap(number))):
                return []
            word = self._words[number]
            if (past := self._name_from(number)) is not None and (word.capital or past > number + 1):
                return self._list(number, past) if many else self._with_second(number, past)
            if naming and word.text[0].islower() and word.folded not in minor_words.LEADING:
                return [(number, number + 1)]  # "a boy named ahmed"
            if naming and word.folded == "the":
                return []  # "dubbed the Cubs"
            naming = word.folded in minor_words.NAMING or (naming and word.folded in {"as", "only"})
            leads = word.folded in minor_words.LEADING or word.folded in minor_words.NOUNS
            if not leads and divisions.demonyms().get((word.folded,)) is None:
                return []
        return []

    def _with_second(self, first: int, past: int) -> list[tuple[int, int]]:
        """A name, and another one that "or", "also known as" or a nickname's quotes add to it."""
        found = [(first, past)]
        if past < len(self._words) and _NICKNAME.fullmatch(self._gap(past)):
            end = self._name_from(past)
            found += [] if end is None else [(past, end)]
        return found

    def _list(self, first: int, past: int) -> list[tuple[int, int]]:
        """Names that commas and "and" set beside the first."""
        found = [(first, past)]
        while past < len(self._words) and len(found) < 50:
            at = past
            if self._words[at].folded.isdigit() and at + 1 < len(self._words):
                at += 1
            if self._words[at].folded in {"and", "et", "as"} and at + 1 < len(self._words):
                at += 1
            if not _LISTS.fullmatch(self._text[self._words[past - 1].end : self._words[at].start]):
                break
            end = self._name_from(at)
            if end is None:
                break
            found.append((at, end))
            past = end
        return found

    def _backwards(self, at: int, *, plain: bool = False) -> list[tuple[int, int]]:
        """The name before a word, past words that may stand between it and an age or "a schoolboy"."""
        for past in range(at, max(0, at - _MOST_STEPS), -1):
            end = self._words[past].start if past < len(self._words) else len(self._text)
            if not _LEADS.fullmatch(self._text[self._words[past - 1].end : end][:6].rstrip("\n")):
                return []
            if (first := self._name_to(past)) is not None:
                return [] if self._is_placed(first, past) and not plain else [(first, past)]
            if self._words[past - 1].folded not in minor_words.BETWEEN:
                return []
        return []

    def _is_placed(self, first: int, past: int) -> bool:
        """Whether a name is a place's: "in Palmyra, a boy"."""
        before = self._words[first - 1].folded if first else ""
        if before in _WITHIN:
            return True
        written = self._text[self._words[first].start : self._words[past - 1].end]
        return before in _BY_PLACES and bool(towns.load().named(written))
