"""A text's lines, and what each is: headline, caption, body, credit or byline. Nothing is dropped.

What a page's markup says of a line holds. Else a line's own look tells, then its neighbours: a line that
comes again, the first ones, short ones beside a repeated headline. A caption's credit and a paragraph's
dateline are lines of their own by their offsets.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Final

from seawall.claims import bylines, credit_lines
from seawall.model.report import Line, LineKind

_HEADLINE_WORDS: Final = 25
_CROSSHEAD_WORDS: Final = 10
_CAPTION_WORDS: Final = 70  # before a credit; more is a paragraph signed by an agency
_HEAD_LINES: Final = 3  # that may be headlines before the first paragraph
_SIGNED: Final = frozenset("([|\u2014\u2013-")
_ENDED: Final = re.compile("[.!?\u2026:;,\u061f\u06d4\u3002]['\"\u201d\u2019\u00bb)\\]]*$")
_STOPPED: Final = re.compile("[.\u2026;,\u06d4\u3002]['\"\u201d\u2019\u00bb)\\]]*$")
_SENTENCES: Final = re.compile(
    r"[a-z\u00df-\u00ff]{3}[.!?]['\"\u201d\u2019)\]]*\s+[A-Z\u00c0-\u00de\"'\u201c\u2018]"
)
_POST: Final = re.compile(r"\d{1,3}\s?[/.)]|[-*\u2022\u00b7>@#]|\(\d{1,3}\)|\[\d")
_SPACES: Final = re.compile(r"\s+")


@dataclass(frozen=True, slots=True)
class _Piece:
    """A line, or a part of one, on its way to a kind."""

    start: int
    end: int
    kind: LineKind | None
    block: int  #: number of the stretch without empty lines that it stands in
    whole: bool = True  #: nothing was cut off before or behind it


def lines(text: str, known: Sequence[Line] = ()) -> tuple[Line, ...]:
    """The lines of a text, in order. known: those whose kind is told by the file, not overlapping."""
    pieces = _told(_pieces(text), sorted(known, key=lambda line: line.start))
    pieces = _by_look(text, pieces)
    pieces = _by_place(text, pieces)
    return tuple(Line(piece.start, piece.end, piece.kind or LineKind.BODY) for piece in pieces)


def _pieces(text: str) -> list[_Piece]:
    """The lines that have something on them, without the white space at their ends."""
    made: list[_Piece] = []
    at, block, was_empty = 0, 0, False
    for line in text.split("\n"):
        shown = line.strip()
        if shown:
            block += was_empty
            was_empty = False
            start = at + len(line) - len(line.lstrip())
            made.append(_Piece(start, start + len(shown), None, block))
        else:
            was_empty = True
        at += len(line) + 1
    return made


def _told(pieces: list[_Piece], known: Sequence[Line]) -> list[_Piece]:
    """With the kind of the known line that each lies in."""
    starts = [line.start for line in known]
    made = []
    for piece in pieces:
        at = bisect_right(starts, piece.start) - 1
        inside = at >= 0 and piece.end <= known[at].end
        made.append(replace(piece, kind=known[at].kind) if inside else piece)
    return made


# By its own look


def _by_look(text: str, pieces: list[_Piece]) -> list[_Piece]:
    """Credits, bylines, and captions that say so; credits and datelines are parted from their lines."""
    made: list[_Piece] = []
    for piece in pieces:
        line = text[piece.start : piece.end]
        if piece.kind in (LineKind.CREDIT, LineKind.BYLINE, LineKind.HEADLINE):
            made.append(piece)
        elif piece.kind is None and credit_lines.credit(line):
            made.append(replace(piece, kind=LineKind.CREDIT))
        elif piece.kind is None and bylines.byline(line, first=not made):
            made.append(replace(piece, kind=LineKind.BYLINE))
        else:
            made += _parted(line, piece)
    return made


def _parted(line: str, piece: _Piece) -> list[_Piece]:
    found = bylines.dateline(line) if piece.kind is None else None
    if found is not None:
        ends, goes_on = found
        head = replace(piece, end=piece.start + ends, kind=LineKind.BYLINE)
        rest = replace(piece, start=piece.start + goes_on, kind=LineKind.BODY, whole=False)
        return [head, *_without_credit(line[goes_on:], rest)]
    if piece.kind is None and credit_lines.caption(line):
        piece = replace(piece, kind=LineKind.CAPTION)
    return _without_credit(line, piece)


def _without_credit(line: str, piece: _Piece) -> list[_Piece]:
    at = credit_lines.trailing(line)
    if at is None:
        return [piece]
    words = line[:at].rstrip()
    signed = line[at] in _SIGNED and _SENTENCES.search(words) is not None
    is_caption = piece.kind is None and len(words.split()) <= _CAPTION_WORDS and not signed
    before = replace(
        piece,
        end=piece.start + len(words),
        kind=LineKind.CAPTION if is_caption else piece.kind or LineKind.BODY,
        whole=False,
    )
    return [before, replace(piece, start=piece.start + at, kind=LineKind.CREDIT, whole=False)]


# By its place


def _by_place(text: str, pieces: list[_Piece]) -> list[_Piece]:
    """Headlines and captions, by what comes again and what stands where."""
    keys = [_key(text[piece.start : piece.end]) if piece.whole else "" for piece in pieces]
    times = Counter(key for key in keys if key)
    repeated = [
        bool(key) and times[key] > 1 and _is_head(text, piece)
        for key, piece in zip(keys, pieces, strict=True)
    ]
    kinds = [
        LineKind.HEADLINE if again and piece.kind is None else piece.kind
        for piece, again in zip(pieces, repeated, strict=True)
    ]
    _name_head(text, pieces, kinds)
    _name_captions(text, pieces, kinds, repeated)
    _name_crossheads(text, pieces, kinds)
    return [replace(piece, kind=kind) for piece, kind in zip(pieces, kinds, strict=True)]


def _key(line: str) -> str:
    return _SPACES.sub(" ", line).casefold() if len(line) <= 400 else ""


def _name_head(text: str, pieces: list[_Piece], kinds: list[LineKind | None]) -> None:
    """The first lines, up to the first paragraph, are headlines where they are short and end no sentence."""
    named = 0
    for at, piece in enumerate(pieces):
        if kinds[at] in (LineKind.BYLINE, LineKind.CREDIT):
            continue
        if kinds[at] is LineKind.HEADLINE:
            named += 1
            continue
        if kinds[at] is not None or named >= _HEAD_LINES or not _is_head(text, piece):
            return
        if named and _beside(pieces, kinds, at) and _comes_again(text, pieces, kinds, at):
            return
        kinds[at] = LineKind.HEADLINE
        named += 1


def _is_head(text: str, piece: _Piece) -> bool:
    line = text[piece.start : piece.end]
    return _is_short(text, piece) and _STOPPED.search(line) is None and _POST.match(line) is None


def _is_short(text: str, piece: _Piece) -> bool:
    line = text[piece.start : piece.end]
    return len(line.split()) <= _HEADLINE_WORDS and _SENTENCES.search(line) is None


def _beside(pieces: list[_Piece], kinds: list[LineKind | None], at: int) -> bool:
    """Whether a headline stands right above, without an empty line between."""
    return at > 0 and kinds[at - 1] is LineKind.HEADLINE and pieces[at - 1].block == pieces[at].block


def _comes_again(text: str, pieces: list[_Piece], kinds: list[LineKind | None], at: int) -> bool:
    """Whether the headline above is one that is repeated further down, as those over pictures are."""
    above = _key(text[pieces[at - 1].start : pieces[at - 1].end])
    return any(
        kinds[later] is LineKind.HEADLINE and _key(text[pieces[later].start : pieces[later].end]) == above
        for later in range(at + 1, len(pieces))
    )


def _name_captions(
    text: str, pieces: list[_Piece], kinds: list[LineKind | None], repeated: Sequence[bool]
) -> None:
    """Short lines right under a headline that comes again."""
    for at in range(1, len(pieces)):
        under = repeated[at - 1] and pieces[at - 1].block == pieces[at].block
        if (
            kinds[at] is None
            and under
            and len(text[pieces[at].start : pieces[at].end].split()) <= _CAPTION_WORDS
        ):
            kinds[at] = LineKind.CAPTION


def _name_crossheads(text: str, pieces: list[_Piece], kinds: list[LineKind | None]) -> None:
    """Short lines without a stop between paragraphs, right above one, or under a time of day."""
    longest = max((piece.end - piece.start for piece in pieces), default=0)
    for at, piece in enumerate(pieces[:-1]):
        line = text[piece.start : piece.end]
        if kinds[at] is not None or not piece.whole or 3 * len(line) > longest or not _is_crosshead(line):
            continue
        below = pieces[at + 1]
        apart = at == 0 or pieces[at - 1].block != piece.block
        dated = at > 0 and kinds[at - 1] is LineKind.BYLINE and not apart
        over = below.end - below.start >= 3 * len(line) and kinds[at + 1] is None
        if dated or (apart and (below.block != piece.block or over)):
            kinds[at] = LineKind.HEADLINE


def _is_crosshead(line: str) -> bool:
    short = len(line.split()) <= _CROSSHEAD_WORDS
    return short and _ENDED.search(line) is None and _POST.match(line) is None and not line[0].islower()
