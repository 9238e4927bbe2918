"""Organisations by the names of a curated table: armed groups on official lists, their media, monitors,
agencies.

Every alias leads to one id, so that "Isis", "ISIS fighters" and "Daesh" are one. A short alias that is also a
common word ("IS") counts only with words beside it that make it a group. What only describes a group ("the
terror group") names none: which group is meant is for a person to say.
"""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cache
from typing import Final

from seawall.claims import packaged, terms
from seawall.claims.parsed import Parsed
from seawall.model.report import Organisation

_NOUNS: Final = (
    r"(?:fighters?|militants?|jihadis?ts?|group|supporters?|members?|forces|gunmen|commanders?"
    r"|terrorists?|leaders?"
    r"|propaganda|affiliates?|cells?|sympathisers?|sympathizers?|recruits?|territory|caliphate"
    r"|flag|video|footage"
    r"|militia|men|troops|branch|media|spokes\w+|attack\w*|extremists?|officials?|brigades?"
    r"|rebels?|insurgents?)"
)
_AFTER: Final = re.compile(
    rf"['\u2019]?s?\s+(?:\w+\s+)?{_NOUNS}\b|\s+(?:has|have|had|said|claimed|released|seized)\b"
)
_BEFORE: Final = re.compile(
    r"(?:\b(?:by|with|from|to|of|against|joined?|the|called|group|organisation|organization"
    r"|militants?|fighters?|le"
    r"|groupe|organisation|jihadistes|combattants|تنظيم|مقاتلي|عناصر|حركة)\s+|\()['\"\u2018\u201c]?$",
    re.IGNORECASE,
)
_GENITIVE: Final = re.compile("['\u2019]s$")
#: acronyms that are words of other languages
_OF_LANGUAGE: Final = {"IS": "en", "UN": "en", "EI": "fr", "AP": "en"}
_SHORTEST_ANY_CASE: Final = 4  #: letters from which on an acronym may be written "Isis"
_NEAR: Final = 40  #: characters before and after a short name that are looked at


@dataclass(frozen=True, slots=True)
class _Name:
    spelling: str
    id: str
    name: str
    kind: str
    needs_context: bool


@cache
def _names() -> terms.Names[_Name]:
    rows = packaged.rows("organisations.csv")
    sure = [(alias, _name(alias, row, needs_context=False)) for alias, row in terms.table(rows, "aliases")]
    unsure = [(alias, _name(alias, row, needs_context=True)) for alias, row in terms.table(rows, "context")]
    return terms.Names(sure + unsure)


def _name(alias: str, row: Mapping[str, str], *, needs_context: bool) -> _Name:
    return _Name(alias, row["id"], row["name"], row["kind"], needs_context)


def organisations(parsed: Parsed) -> tuple[Organisation, ...]:
    """All mentions by name, in the text's order; media arms and monitors are organisations of their own."""
    found: list[Organisation] = []
    for line in parsed.lines:
        among = terms.words(parsed.text, line.start, line.end)
        for first, past, name in _names().found(parsed.text, among):
            part = among[first:past]
            if _spelt(part, name, parsed.language) and (not name.needs_context or _meant(parsed.text, part)):
                end = part[-1].end - (2 if _GENITIVE.search(part[-1].text) else 0)
                rule = "org.context" if name.needs_context else "org.alias"
                found.append(Organisation(name.id, name.name, parsed.span(part[0].start, end), rule))
    return tuple(found)


def _spelt(part: Sequence[terms.Word], name: _Name, language: str) -> bool:
    """Whether it is written as the name is: with its capitals, short acronyms with all of them."""
    letters = name.spelling.replace(".", "")
    if letters.isascii() and letters.isupper() and len(part) == 1:
        if _OF_LANGUAGE.get(letters, language) != language:
            return False
        written = part[0].text.replace(".", "").removesuffix("'s").removesuffix("\u2019s")
        return written == letters or (len(letters) >= _SHORTEST_ANY_CASE and written == letters.capitalize())
    own = terms.words(name.spelling)
    return all(word.capital or not known.capital for word, known in zip(part, own, strict=True))


def _meant(text: str, part: Sequence[terms.Word]) -> bool:
    """Whether the words beside a name that is also a common word make it a group's."""
    start, end = part[0].start, part[-1].end
    return bool(_AFTER.match(text[end : end + _NEAR]) or _BEFORE.search(text[max(0, start - _NEAR) : start]))


@cache
def kinds() -> Mapping[str, str]:
    """What each organisation of the table is: "armed_group", "media_arm", "monitor", "un", "agency"..."""
    return {row["id"]: row["kind"] for row in packaged.rows("organisations.csv")}


def armed(found: Sequence[Organisation]) -> bool:
    """Whether an armed group or its media are among them."""
    return any(kinds().get(one.id) in {"armed_group", "media_arm"} for one in found)
