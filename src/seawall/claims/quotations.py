"""Quotation marks, paired: straight and curly, double and single, guillemets, German and doubled ones.

One pass over the marks of a line with a stack; apostrophes are told apart by what stands around them. A mark
that is never closed reaches to the end of its paragraph where the next one opens with the same mark, as in
speech over several paragraphs, else to the end of its sentence. One that closes nothing is left alone.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import zip_longest
from typing import Final

from seawall.claims.parsed import Quotation
from seawall.model.report import Line

_MARK: Final = re.compile(
    "``|''|[\"'\u2018\u2019\u201a\u201b\u201c\u201d\u201e\u201f\u00ab\u00bb\u2039\u203a\u300c\u300d]"
)
#: what opens, and what closes it
_CLOSED_BY: Final = {
    '"': ('"', "\u201d"),
    "``": ("''", "\u201d"),
    "''": ("''",),
    "\u201c": ("\u201d", '"'),
    "\u201f": ("\u201d",),
    "\u201e": ("\u201c", "\u201d", '"'),
    "\u00ab": ("\u00bb",),
    "\u00bb": ("\u00ab",),
    "\u2039": ("\u203a",),
    "\u203a": ("\u2039",),
    "\u300c": ("\u300d",),
    "'": ("'", "\u2019"),
    "\u2018": ("\u2019", "'"),
    "\u201b": ("\u2019",),
    "\u201a": ("\u2018", "\u2019"),
}
_SINGLE: Final = frozenset("'\u2018\u2019\u201a\u201b")
_ALWAYS_OPEN: Final = frozenset("\u00ab\u201c\u201e\u300c")  # also where white space follows, as in French
_DEEPEST: Final = 8  # marks within marks; of more, the outermost is given up
_BEFORE: Final = frozenset("([{\u2014\u2013-/:\u00ab\u201c\u2018\"'")
_AFTER: Final = frozenset(".,;:!?\u2026)]}\u2014\u2013/\"'\u201d\u2019\u00bb\u060c\u061b\u061f\u06d4")
_STOPS: Final = frozenset(".,!?;\u2026\u2014\u2013\u061f)]")
_POSSESSIVE: Final = frozenset("sSxXzZ")
#: what an apostrophe at the start of a word may stand for
_ELIDED: Final = re.compile(
    r"(?:em|til|tis|twas|cause|bout|round|n|s|cos|tween|neath|\d\ds?)\b", re.IGNORECASE
)
_SENTENCE_END: Final = re.compile(r"[.!?\u2026\u061f\u06d4](?=\s+[^\W\d_a-z]|\s*$)")
_REACH: Final = 1000  # characters in which the end of a sentence is looked for


@dataclass(frozen=True, slots=True)
class _Mark:
    """A mark of a line, and how it stands."""

    sign: str
    start: int
    end: int
    opening: bool  #: white space or a bracket before it, none behind it
    closing: bool  #: a word before it, none behind it
    possessive: bool  #: behind a letter that a possessive ends with, and no stop on either side


def quotations(text: str, lines: Sequence[Line]) -> tuple[Quotation, ...]:
    """The quotations of all lines, in order of their starts; one within another comes after it."""
    found = [one for line, after in zip_longest(lines, lines[1:]) for one in _of_line(text, line, after)]
    return tuple(sorted(found, key=lambda quotation: (quotation.start, -quotation.end)))


def _of_line(text: str, line: Line, after: Line | None) -> list[Quotation]:
    bounds: list[tuple[int, int]] = []
    opened: list[_Mark] = []
    marks = _marks(text, line)
    # Where nothing else closes single marks, one that looks like a possessive does.
    strict = any(mark.sign in _SINGLE and mark.closing and not mark.possessive for mark in marks)
    for mark in marks:
        place = _closed(opened, mark, strict=strict)
        if place is not None:
            bounds.append((opened[place].end, mark.start))
            del opened[place:]
        elif _opens(text, line, mark):
            opened.append(mark)
            del opened[:-_DEEPEST]
    bounds += _unclosed(text, line, after, opened)
    return [Quotation(*trimmed) for bound in bounds if (trimmed := _trimmed(text, *bound)) is not None]


def _marks(text: str, line: Line) -> list[_Mark]:
    made = []
    for found in _MARK.finditer(text, line.start, line.end):
        start, end = found.span()
        before = text[start - 1] if start > line.start else " "
        after = text[end] if end < line.end else " "
        closing = not before.isspace() and (after.isspace() or after in _AFTER)
        made.append(
            _Mark(
                sign=found[0],
                start=start,
                end=end,
                opening=(before.isspace() or before in _BEFORE) and not after.isspace(),
                closing=closing,
                possessive=closing and before in _POSSESSIVE and end < line.end and after not in _AFTER,
            )
        )
    return made


def _closed(opened: Sequence[_Mark], mark: _Mark, *, strict: bool) -> int | None:
    """The place of the mark that this one closes: the innermost that it can; None where it closes none."""
    if mark.sign in _SINGLE and (not mark.closing or (strict and mark.possessive)):
        return None
    if mark.sign == '"' and mark.opening and not mark.closing:
        return None
    for place in range(len(opened) - 1, -1, -1):
        if mark.sign in _CLOSED_BY[opened[place].sign]:
            return place
    return None


def _opens(text: str, line: Line, mark: _Mark) -> bool:
    if mark.sign in _ALWAYS_OPEN:
        return mark.end < line.end
    if mark.sign not in _CLOSED_BY or not mark.opening:
        return False
    return mark.sign not in _SINGLE or _ELIDED.match(text, mark.end, line.end) is None


def _unclosed(text: str, line: Line, after: Line | None, opened: Sequence[_Mark]) -> list[tuple[int, int]]:
    bounds = []
    for mark in opened:
        if mark.sign in _SINGLE:  # an apostrophe after all
            continue
        goes_on = after is not None and text.startswith(mark.sign, after.start) and mark is opened[-1]
        bounds.append((mark.end, line.end if goes_on else _sentence_end(text, mark.end, line.end)))
    return bounds


def _sentence_end(text: str, start: int, limit: int) -> int:
    reach = min(limit, start + _REACH)
    found = _SENTENCE_END.search(text, start, reach)
    return reach if found is None else found.end()


def _trimmed(text: str, start: int, end: int) -> tuple[int, int] | None:
    """The bounds without white space at their ends; None where no words are left."""
    words = text[start:end]
    start += len(words) - len(words.lstrip())
    end -= len(words) - len(words.rstrip())
    return (start, end) if start < end else None
