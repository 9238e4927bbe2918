"""Who writes a text: what it says of itself is no source's word but its own.

"We" outside of quotation marks is the writer. So is the name in a letterhead, where the text speaks as "we".
"""

from __future__ import annotations

import bisect
import dataclasses
import re
from collections.abc import Sequence
from typing import TYPE_CHECKING, Final

from seawall.claims.frames import SPOKEN, Frame
from seawall.model.claim import SourceKind

if TYPE_CHECKING:
    from seawall.claims.parsed import Parsed

_WORD: Final = re.compile(r"[^\W\d_]+")
_WRITERS: Final = frozenset({"we", "us", "our"})
_ARTICLES: Final = frozenset({"the", "a", "an"})
LONGEST_LETTERHEAD: Final = 8  #: words
LEAST_OWN: Final = 2  #: times that a text calls its writer "we"


def name(parsed: Parsed) -> frozenset[str]:
    """The words of the letterhead, in lower case; none where the text does not speak as "we".

    A letterhead is a first line in capitals alone.
    """
    first = parsed.text[parsed.lines[0].start : parsed.lines[0].end] if parsed.lines else ""
    said = _WORD.findall(first)
    if not first.isupper() or not 2 <= len(said) <= LONGEST_LETTERHEAD:
        return frozenset()
    own = (found.start() for found in _WORD.finditer(parsed.text) if found[0].lower() in _WRITERS)
    if sum(not _is_quoted(parsed, at) for at in own) < LEAST_OWN:
        return frozenset()
    return frozenset(word.lower() for word in said)


def without_own(parsed: Parsed, frames: Sequence[Frame], name: frozenset[str]) -> list[Frame]:
    """The frames, those of the writer's own words without a source; where they part the words they stay."""
    return [_own(frame) if _is_own(parsed, frame, name) else frame for frame in frames]


def _own(frame: Frame) -> Frame:
    nothing = frozenset[int]()
    matrix = frame.matrix if frame.roots else None
    return dataclasses.replace(
        frame,
        kind=SourceKind.OUTLET_VOICE,
        source=None,
        content=nothing,
        matrix=matrix,
        gone=nothing,
        noun=None,
    )


def _is_own(parsed: Parsed, frame: Frame, name: frozenset[str]) -> bool:
    if frame.kind not in SPOKEN or frame.source is None or _is_quoted(parsed, frame.source.start):
        return False
    said = {word.lower() for word in _WORD.findall(frame.source.text)} - _ARTICLES
    return bool(said) and (said == {"we"} or said <= name)


def _is_quoted(parsed: Parsed, at: int) -> bool:
    i = bisect.bisect_right(parsed.quotations, at, key=lambda one: one.start) - 1
    return any(one.end > at for one in parsed.quotations[max(0, i - 2) : i + 1])
