"""A line's sentences: one pass over its full stops, each judged by the words beside it.

A sentence never reaches over a line. One that is longer than `LONGEST` is cut at white space: what reads
sentences takes time and memory that grow with their length.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from typing import Final

from seawall.claims.parsed import Sentence
from seawall.claims.tables import listed
from seawall.model.report import Line

LONGEST: Final = 2000  #: characters of a sentence

_CLOSING: Final = "'\"\u201d\u2019\u00bb\u203a)\\]}"
#: stops, with the marks that close behind them
_STOPS: Final = re.compile(
    # From the first of several stops only: from each of them would take time that grows with their square.
    rf"(?<![.!?\u2026\u061f\u06d4])(?P<stop>[.!?\u2026\u061f\u06d4]++)[{_CLOSING}]*+(?=\s|$)"
    r"|[\u3002\uff01\uff1f]+[\u300d\u300f]*"
    r"|(?<=[a-z\u00df-\u00ff]{3})\.(?=[A-Z][a-z]+\s)"
)
_TOKEN: Final = re.compile(r"\S+\Z")
_NEXT: Final = re.compile(r"\s*[\"'\u201c\u2018\u00ab\u201e(\[\u2014\u2013-]*\s*")
_NEXT_WORD: Final = re.compile(r"[^\W\d_]+")
_OPENING: Final = "\"'\u201c\u2018\u00ab\u201e(["
_BULLET: Final = re.compile(r"[-*\u2022\u00b7\u2013\u2014>]\s+")
_LOOK: Final = 40  # characters before a stop, and behind it, that are looked at

#: before which a stop ends nothing, whatever follows
_TITLES: Final = listed(
    "mr mrs ms mx dr prof gen lt col capt maj sgt cpl pte brig adm cmdr cdr sen rep gov pres hon rev fr "
    "st ste messrs mme mlle vs op ca approx e.g i.e cf "
    "viz ft mt dept supt insp det lieut amb spc pfc 1st 2nd 3rd n\u00b0"
)
#: before which a stop ends nothing where a number follows
_NUMBERED: Final = listed("no nos nr fig figs art arts sec para vol pp min ch")
#: behind which a sentence may end: it does where a word follows that opens sentences
_SHORTENED: Final = listed(
    "u.s u.k u.n u.a.e e.u u.s.a d.c a.m p.m inc ltd co corp llc bros etc al jr sr jan feb mar apr jun "
    "jul aug sep sept oct nov dec mon tue tues wed thu thur thurs fri sat sun est ave blvd rd ph.d m.d "
    "b.c a.d km cm kg hrs mins ex"
)
_OPENERS: Final = listed(
    "the a an this that these those it he she they we you i his her their its our there here in on at by "
    "for from with after before when while as if but and or so yet since although though however "
    "meanwhile one two three some many most all no not according another other earlier later what who "
    "where how why both several more"
)
_INITIAL: Final = re.compile(r"(?:[^\W\d_]\.)*[^\W\d_]", re.UNICODE)


def sentences(text: str, lines: Sequence[Line]) -> tuple[Sentence, ...]:
    """The sentences of all lines, in order, without white space at their ends; none is parsed yet."""
    return tuple(
        Sentence(start, end, line.kind, None)
        for line in lines
        for start, end in _cut(text, _of_line(text, line))
    )


def _of_line(text: str, line: Line) -> Iterator[tuple[int, int]]:
    start = line.start
    for found in _STOPS.finditer(text, line.start, line.end):
        if found.end() < line.end and _ends(text, line, start, found):
            yield start, found.end()
            start = found.end()
    yield start, line.end


def _ends(text: str, line: Line, start: int, found: re.Match[str]) -> bool:
    """Whether a sentence ends at the stop."""
    if found["stop"] is None:
        return True
    opened = _NEXT.match(text, found.end(), min(line.end, found.end() + _LOOK))
    at = found.end() if opened is None else opened.end()
    after = text[at : min(line.end, at + _LOOK)]
    if not after or after[0].islower():
        return False
    if found["stop"] != ".":
        return not after[0].islower()
    before = text[max(start, found.start() - _LOOK) : found.start()]
    return _full_stop(before, after, at_start=found.start() - len(before) <= start)


def _full_stop(before: str, after: str, *, at_start: bool) -> bool:
    """Whether a single full stop between these ends a sentence."""
    last = _TOKEN.search(before)
    token = last[0].lstrip(_OPENING).lower() if last is not None else ""
    first = at_start and last is not None and not before[: last.start()].strip()
    word = _NEXT_WORD.match(after)
    opens = word is not None and word[0].lower() in _OPENERS
    if first and (token.isdigit() or len(token) == 1):  # "1. The bridge"
        return False
    if token in _TITLES:
        return False
    if token in _NUMBERED:
        return not after[0].isdigit()
    if token in _SHORTENED or _INITIAL.fullmatch(token):
        return opens
    return True


def _cut(text: str, bounds: Iterator[tuple[int, int]]) -> Iterator[tuple[int, int]]:
    """The bounds without white space and bullets, and no stretch longer than `LONGEST`."""
    for start, end in bounds:
        start, end = _trimmed(text, start, end)
        bullet = _BULLET.match(text, start, end)
        if bullet is not None and bullet.end() < end:
            start = bullet.end()
        while end - start > LONGEST:
            at = _last_space(text, start + 1, start + LONGEST)
            yield _trimmed(text, start, at)
            start, _ = _trimmed(text, at, end)
        if start < end:
            yield start, end


def _last_space(text: str, start: int, end: int) -> int:
    """The last white space between two offsets, or the second of them."""
    for at in range(end - 1, start - 1, -1):
        if text[at].isspace():
            return at
    return end


def _trimmed(text: str, start: int, end: int) -> tuple[int, int]:
    while start < end and text[start].isspace():
        start += 1
    while end > start and text[end - 1].isspace():
        end -= 1
    return start, end
