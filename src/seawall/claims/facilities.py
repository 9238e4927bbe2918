"""Names of facilities: capitalised words before "palace", "checkpoint" and the like, or behind "Camp"."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Final

from seawall.claims import place_words as near, sites, terms

_LONGEST_BEHIND: Final = 3  #: words of a name behind "Camp"
_LONGEST_BEFORE: Final = 8  #: words before "palace" that are looked at

#: Whether a word is no name of a facility: "Syrian", "north", what an organisation's name takes
NamesNone = Callable[[terms.Word], bool]


def behind(text: str, among: Sequence[terms.Word], at: int, names_none: NamesNone) -> int:
    """One past the last word of "Camp Oskar"; one past the word at that place where no name follows it."""
    past = at + 1
    if among[at].folded not in sites.LEADING or not among[at].capital:
        return past
    while (
        past < len(among)
        and past - at <= _LONGEST_BEHIND
        and among[past].capital
        and terms.joined(text, among[past - 1 : past + 1])
        and not names_none(among[past])
        and among[past].folded not in sites.FACILITIES
    ):
        past += 1
    return past


def before(text: str, among: Sequence[terms.Word], at: int, names_none: NamesNone) -> int | None:
    """The first word of the name that a facility bears; None where the word is none, or bears none."""
    if among[at].folded not in sites.FACILITIES:
        return None
    first = at
    while first > 0 and at - first < _LONGEST_BEFORE and terms.joined(text, among[first - 1 : first + 1]):
        word = among[first - 1]
        modifies = word.folded in sites.MODIFIERS and not word.capital
        if not (word.capital or modifies or word.folded in near.ARTICLES):
            break
        first -= 1
    while first < at and (among[first].folded in near.ORDINARY or not among[first].capital):
        first += 1
    own = [word for word in among[first:at] if word.folded not in sites.MODIFIERS]
    return None if not own or all(map(names_none, own)) else first
