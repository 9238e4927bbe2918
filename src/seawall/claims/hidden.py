"""Characters that do not show, or look like others: kept in the text, and told to who reads it.

They can hide words from a search, turn the order of what is shown round, or make one name look like another.
Those that a script needs are ordinary there and not told: joiners between Arabic letters or within emoji.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterable
from typing import Final

from seawall.model.claim import Span
from seawall.model.report import Discrepancy

BIDI: Final = "bidi_controls"
INVISIBLE: Final = "invisible_characters"
LOOKALIKES: Final = "lookalike_letters"

_SHOWN: Final = 20  # spans of each kind; the note counts them all
_BIDI: Final = re.compile("[\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069]")
_INVISIBLE: Final = re.compile(
    "[\u00ad\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180e\u200b-\u200d\u2060-\u2064\u3164\ufeff\uffa0\U000e0000-\U000e007f]"
)
_JOINERS: Final = "\u200c\u200d"
#: between these a joiner is part of the writing: Arabic, Syriac, the scripts of India, emoji
_JOINED: Final = re.compile(
    "[\u0600-\u06ff\u0700-\u074f\u0750-\u077f\u0900-\u0dff\u2600-\u27bf\ufe0f\U0001f000-\U0001faff]"
)
_LATIN: Final = "A-Za-z\u00c0-\u024f"
_LIKE_LATIN: Final = "\u0370-\u03ff\u0400-\u04ff\u0530-\u058f\u13a0-\u13fd\uff21-\uff3a\uff41-\uff5a"
_MIXED: Final = re.compile(f"[{_LATIN}](?=[{_LIKE_LATIN}])|[{_LIKE_LATIN}](?=[{_LATIN}])")
_WORD: Final = re.compile(r"\w+")


def characters(text: str) -> tuple[Discrepancy, ...]:
    """What of a text does not show or looks like something else, one finding for each sort."""
    invisible = (found for found in _INVISIBLE.finditer(text) if not _is_writing(text, found.start()))
    return (
        *_finding(BIDI, "characters that change the direction of what is shown", text, _BIDI.finditer(text)),
        *_finding(INVISIBLE, "characters that do not show", text, invisible),
        *_finding(LOOKALIKES, "words of Latin letters and of others that look like them", text, _mixed(text)),
    )


def _is_writing(text: str, at: int) -> bool:
    return text[at] in _JOINERS and at > 0 and _JOINED.match(text[at - 1]) is not None


def _mixed(text: str) -> Iterable[re.Match[str]]:
    """Words of more than one script whose letters look alike."""
    done = 0
    for found in _MIXED.finditer(text):
        if found.start() >= done:
            word = _WORD.match(text, _start_of_word(text, found.start()))
            if word is not None:
                done = word.end()
                yield word


def _start_of_word(text: str, at: int) -> int:
    while at > 0 and (text[at - 1].isalnum() or text[at - 1] == "_"):
        at -= 1
    return at


def _finding(kind: str, what: str, text: str, found: Iterable[re.Match[str]]) -> tuple[Discrepancy, ...]:
    spans: list[Span] = []
    names: set[str] = set()
    count = 0
    for match in found:
        count += 1
        if len(spans) < _SHOWN:
            spans.append(Span.of(text, match.start(), match.end()))
            if kind != LOOKALIKES:
                names.add(unicodedata.name(match[0], f"U+{ord(match[0]):04X}").lower())
    if not count:
        return ()
    listed = f": {', '.join(sorted(names))}" if names else ""
    return (Discrepancy(kind, tuple(spans), f"{count} {what}{listed}"),)
