"""Where a text has a name that must not leave it: whole, in parts, spelt otherwise, in handles and
addresses.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Iterable, Sequence
from typing import Final

from seawall.claims import entries, minor_words, terms
from seawall.model.claim import Span

#: what holds names without spaces: handles, tags, addresses
_HANDLE: Final = re.compile(r"[^\s,;()]+")
_OF_HANDLES: Final = frozenset("#@/_=")
_MOST_COMPARED: Final = 1_000_000  #: handles looked into, over all names
_SHORTEST_IN_HANDLE: Final = 3
_SHORTEST_ALIKE: Final = 4
_LIKENESS: Final = 0.75
_SHORTEST_SMALL: Final = 4  #: letters from which on a part counts without a capital, next to another part
_ARABIC: Final = re.compile("[\u0600-\u06ff]")
_JOINED: Final = ("و", "ب", "ل", "ف", "ك")


class Occurrences:
    """Looks for names in the words of one text."""

    def __init__(self, text: str, words: Sequence[terms.Word]) -> None:
        self._text = text
        self._words = words
        self._folded: dict[str, list[int]] = {}
        self._bones: dict[str, set[str]] = {}
        for number, word in enumerate(words):
            self._folded.setdefault(word.folded, []).append(number)
        for folded in self._folded:
            if len(folded) >= _SHORTEST_ALIKE:
                self._bones.setdefault(folded[0] + entries.bones(folded), set()).add(folded)
        self._handles = [
            (found.start(), found.end(), terms.fold(found[0]))
            for found in _HANDLE.finditer(text)
            if _OF_HANDLES.intersection(found[0])
        ]
        self._compared = 0

    def of(self, parts: Iterable[str], own: Iterable[tuple[int, int]]) -> tuple[Span, ...]:
        """All stretches with a name of these parts; `own` are words that are the name for certain."""
        parts = set(parts)
        numbers = {number for first, past in own for number in range(first, past)}
        for part in parts:
            for spelling in self._spellings(part):
                numbers.update(n for n in self._folded.get(spelling, ()) if self._counts(n, part))
        stretches = self._stretches(numbers)
        self._compared += len(self._handles)
        if self._compared > _MOST_COMPARED:  # too many to look into: none of them may leave
            stretches += [(start, end) for start, end, _ in self._handles]
            self._handles = []
        for start, end, folded in self._handles:
            if any(len(part) >= _SHORTEST_IN_HANDLE and _holds(folded, part) for part in parts):
                stretches.append((start, end))
        return tuple(Span.of(self._text, start, end) for start, end in _merged(stretches))

    def _spellings(self, part: str) -> set[str]:
        """The part itself and other transliterations of it that the text has."""
        found = {part}
        if _ARABIC.search(part):
            return found | {joined + part for joined in _JOINED}
        if len(part) >= _SHORTEST_ALIKE:
            for other in self._bones.get(part[0] + entries.bones(part), ()):
                if difflib.SequenceMatcher(None, part, other).ratio() >= _LIKENESS:
                    found.add(other)
        return found

    def _counts(self, number: int, part: str) -> bool:
        """Whether a word is the name: with a capital, or in a script without any."""
        word = self._words[number]
        return not word.text[0].islower() and (word.folded == part or len(word.folded) >= _SHORTEST_ALIKE)

    def _stretches(self, numbers: set[int]) -> list[tuple[int, int]]:
        """Words as stretches, with the particles and initials that join them to their neighbours."""
        found: list[tuple[int, int]] = []
        for number in sorted(numbers):
            first = past = number
            while first > 0 and first > number - 2 and self._belongs(first - 1, first):
                first -= 1
            while past + 1 < len(self._words) and past < number + 2 and self._belongs(past + 1, past + 1):
                past += 1
            start, end = self._words[first].start, self._words[past].end
            found.append((start, end - 2 if self._words[past].text.endswith(("'s", "\u2019s")) else end))
        return found

    def _belongs(self, number: int, later: int) -> bool:
        """Whether a particle or an initial is part of the name beside it."""
        word = self._words[number]
        if not terms.joined(self._text, self._words[later - 1 : later + 1]):
            return False
        initial = len(word.text) == 1 and word.text.isupper()
        particle = word.folded in minor_words.PARTICLES and number < later and word.folded in _OF_NAMES
        return initial or particle


_OF_NAMES: Final = terms.listed(
    "al el abu abou umm um abd abdul abdel bin ibn bint ould ben ait mac van von de"
)


def _holds(folded: str, part: str) -> bool:
    """Whether a handle has a part: anywhere when it is long, set apart when it is short."""
    if len(part) >= _SHORTEST_SMALL:
        return part in folded
    return re.search(rf"(?<![^\W_\d]){re.escape(part)}(?![^\W_\d])", folded) is not None


def _merged(stretches: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Stretches in order, those that meet or that one space or hyphen parts as one."""
    merged: list[tuple[int, int]] = []
    for start, end in sorted(stretches):
        if merged and start <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(merged[-1][1], end))
        else:
            merged.append((start, end))
    return merged
