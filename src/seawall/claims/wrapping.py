"""Lines that were broken to fit a column are joined again, and offsets stay as they are.

A mail or a PDF breaks a paragraph into lines; a sentence then reaches over line ends. Where a text shows one
column width, a line end where the next word would not have fitted becomes a space: one character for one.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise
from typing import Final

from seawall import errors
from seawall.claims import documents, plain

_WIDEST: Final = 130  # characters; a longer line shows that lines are paragraphs
_NARROWEST: Final = 40
_FULL_SHARE: Final = 0.8  # of the column, in proportional type: a line this long may be full
_EVIDENCE: Final = 3  # line ends in a column before it counts as one
_LISTED: Final = re.compile(r"\s*(?:[-*•·>|#]|\d{1,3}[.)/])")
_SENTENCE_END: Final = re.compile("[.!?…:;؟。][\"'\u201d\u2019»)\\]]*$")


def document(
    read: plain.Decoded, form: documents.Format, max_characters: int, name: str
) -> documents.Document:
    """The document of a plain text. Raises errors.MediaTooLarge."""
    if len(read.text) > max_characters:
        raise errors.MediaTooLarge(path=name, size=len(read.text), unit="characters", limit=max_characters)
    return documents.Document(unwrapped(read.text), form, read.encoding, read.guessed)


def unwrapped(text: str) -> str:
    """The text with its column's line ends turned into spaces; the same length."""
    lines = text.split("\n")
    # An address without a space in it sticks out of any column.
    width = max((len(line.rstrip()) for line in lines if len(line.split(None, 2)) > 2), default=0)
    if not _NARROWEST <= width <= _WIDEST:
        return text
    joined = [_did_not_fit(line, after, width) for line, after in pairwise(lines)]
    broken = sum(bool(line.strip() and after.strip()) for line, after in pairwise(lines))
    if sum(joined) < max(_EVIDENCE, broken // 2):
        return text
    return _put_together(lines, joined)


def reflowed(lines: Sequence[str]) -> list[str]:
    """Paragraphs of pages in proportional type: a full line goes on in the next, and so does a sentence."""
    width = sorted(map(len, lines))[int(len(lines) * 0.9)] if lines else 0
    paragraphs: list[str] = []
    going_on = False
    for line in lines:
        if not line.strip():
            going_on = False
            continue
        if going_on and not _LISTED.match(line):
            paragraphs[-1] = f"{paragraphs[-1]} {line.strip()}"
        else:
            paragraphs.append(line.strip())
        full = len(line) >= _FULL_SHARE * width
        going_on = width >= _NARROWEST and (
            full or (len(line) >= width / 2 and not _SENTENCE_END.search(line))
        )
    return paragraphs


def _did_not_fit(line: str, after: str, width: int) -> bool:
    """Whether the first word of the line after would have made the line too long."""
    word = after.split(None, 1)
    if not line.strip() or not word or after[0].isspace() or _LISTED.match(after) or line.startswith(">"):
        return False
    return len(line.rstrip()) + 1 + len(word[0]) > width


def _put_together(lines: Sequence[str], joined: Sequence[bool]) -> str:
    parts = [lines[0]]
    for line, with_last in zip(lines[1:], joined, strict=True):
        parts += [" " if with_last else "\n", line]
    return "".join(parts)
