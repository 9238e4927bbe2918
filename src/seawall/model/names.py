"""Names that must not leave the record: found however they are spelled, masked character for character.

A name is compared word by word after Unicode's compatibility decomposition, without marks, invisible
characters and case; and once more with letters of one script that look like those of another made one.
So `Zoë`, `ZOE`, `Z\u200boe` and a `Zoe` with a Cyrillic o are one name.
"""

from __future__ import annotations

import re
import unicodedata
from collections import deque
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final, NamedTuple

from seawall import errors
from seawall.model.claim import Span
from seawall.model.incident import Document, Ledger, Protection
from seawall.model.report import Minor

MASK: Final = "█"

#: A part of a name that is at least this long is protected alone too.
PART: Final = 3

#: Parts of names that are no names by themselves.
PARTICLES: Final = frozenset(
    {"abd", "abu", "ben", "bin", "bint", "dal", "das", "del", "della", "der", "des", "die", "dos", "ibn"}
    | {"los", "the", "umm", "van", "von"}
)

#: Letters, as they are written, that look like a Latin one: Cyrillic, then Greek, then Latin variants.
_LOOK: Final = str.maketrans(
    "АВЕЗКМНОРСТУХІЈЅԀԌԚԜҺӀавезкмнорстухіјѕԁԍԛԝһӏьгпѵΑΒΕΖΗΙΚΜΝΟΡΤΥΧϹαβεζηικμνορτυχϲγσωıȷɑɡʟɪſꞌ",
    "abe3kmhopctyxijsdgqwhlabe3kmhopctyxijsdgqwhlbrnvabezhikmnoptyxcabeznikuvoptuxcyowijaglis'",
)


#: A run that no blank and no punctuation of ASCII breaks, for which any word ends.
_TOKEN: Final = re.compile(r"[^\s\x00-/:-@\[-`{-\x7f]+")


class _Word(NamedTuple):
    start: int
    end: int
    plain: str  #: without case, marks and invisible characters
    alike: str  #: the same with letters that look alike made one


@dataclass(frozen=True, slots=True)
class Names:
    """The names that are protected in one incident."""

    names: tuple[str, ...]
    _parts: frozenset[str] = field(init=False, repr=False, compare=False)
    _whole: dict[str, set[tuple[str, ...]]] = field(init=False, repr=False, compare=False)  #: by last word
    _longest: int = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        parts: set[str] = set()
        whole: dict[str, set[tuple[str, ...]]] = {}
        for name in self.names:
            words = list(_words(name))
            for form in ([word.plain for word in words], [word.alike for word in words]):
                parts.update(part for part in form if len(part) >= PART and part not in PARTICLES)
                if form:
                    whole.setdefault(form[-1], set()).add(tuple(form))
                    parts.add("".join(reversed(form)))
                    parts.update(_run_together(form))
        object.__setattr__(self, "_parts", frozenset(parts))
        object.__setattr__(self, "_whole", whole)
        longest = max((len(one) for some in whole.values() for one in some), default=0)
        object.__setattr__(self, "_longest", longest)

    def within(self, text: str) -> list[tuple[int, int]]:
        """Where the text has one of the names, or a part of one: start and end of each word."""
        if not self._longest or not self._may_be_in(text):
            return []
        found: set[tuple[int, int]] = set()
        last: deque[_Word] = deque(maxlen=self._longest)
        for word in _words(text):
            last.append(word)
            if word.plain in self._parts or word.alike in self._parts:
                found.add((word.start, word.end))
            for name in (*self._whole.get(word.plain, ()), *self._whole.get(word.alike, ())):
                run = list(last)[-len(name) :]
                if tuple(one.plain for one in run) == name or tuple(one.alike for one in run) == name:
                    found.update((one.start, one.end) for one in run)
        return sorted(found)

    def _may_be_in(self, text: str) -> bool:
        """Whether any word of a name is there: of a long text, each word is looked at once."""
        known = self._parts.union(*(one for some in self._whole.values() for one in some))
        return any(
            word.plain in known or word.alike in known
            for token in set(_TOKEN.findall(text))
            for word in _words(token)
        )

    @staticmethod
    def can_protect(name: str) -> bool:
        """Whether a name has letters or digits to be known by."""
        return next(_words(name), None) is not None

    def mask(self, text: str) -> str:
        """The text with every letter of a protected name covered; its length is the same."""
        return cover(text, self.within(text))

    def refuse(self, field_name: str, text: str | None) -> None:
        """Raises ProtectedName for a text that has one of the names. The error does not repeat it."""
        if text is not None and self.within(text):
            raise errors.ProtectedName(field=field_name)


def cover(text: str, places: Iterable[tuple[int, int]]) -> str:
    """The text with the words between these offsets covered."""
    shown = list(text)
    for start, end in places:
        shown[start:end] = MASK * len(shown[start:end])
    return "".join(shown)


def of(ledger: Ledger) -> Names:
    """The names that readings withheld, which are protected on import, and those that people protected."""
    return Names(tuple(one.state.name for one in ledger.latest(Protection)))


def withheld(document: Document) -> tuple[Span, ...]:
    """Where a document names a child; also where a reading gave a child a name, which none may."""
    found: list[Span] = []
    for person in document.reading.people:
        found.extend(person.withheld)
        if person.name is not None and person.minor is not Minor.UNKNOWN:
            found.append(person.name)
    return tuple(found)


def shown(document: Document, names: Names) -> str:
    """The document's text as it may leave the record: as long as it was, with names covered."""
    covered = names.mask(document.text)
    return cover(covered, ((span.start, span.end) for span in withheld(document)))


def _run_together(words: Sequence[str]) -> Iterator[str]:
    """The words of a name written as one, from any word to any later one."""
    for first in range(len(words)):
        for last in range(first + 2, len(words) + 1):
            yield "".join(words[first:last])
    if len(words) == 1:
        yield words[0]


def _words(text: str) -> Iterator[_Word]:
    """Runs of letters and digits; what is invisible breaks none."""
    for found in _TOKEN.finditer(text):
        token = found.group()
        if token.isascii():  # most of most texts, which may be long
            plain = token.lower()
            yield _Word(found.start(), found.end(), plain, plain)
        else:
            yield from _parted(token, found.start())


def _parted(token: str, offset: int) -> Iterator[_Word]:
    """The words of a run without blanks, character by character."""
    start, end, plain, alike = -1, -1, "", ""
    for at, character in enumerate(token, offset):
        folded = _fold(character)
        if folded and all(one.isalnum() for one in folded):
            if start < 0:
                start, plain, alike = at, "", ""
            end = at + 1
            plain += folded.casefold()
            alike += folded.translate(_LOOK).casefold()
        elif start >= 0 and (folded or not _is_unseen(character)):
            yield _Word(start, end, plain, alike)
            start = -1
    if start >= 0:
        yield _Word(start, end, plain, alike)


def _fold(character: str) -> str:
    """A character without its marks, in its plainest form; nothing for what is invisible."""
    if character.isascii():
        return character
    decomposed = unicodedata.normalize("NFKD", character)
    return "".join(one for one in decomposed if not _is_unseen(one))


def _is_unseen(character: str) -> bool:
    """Zero-width and other formatting characters, and marks on a letter."""
    return unicodedata.category(character) in ("Cf", "Mn", "Me")
