"""A report as it came in: its text, and what the file says of itself.

The bytes are taken apart in the sandbox: `TASK` names the task, and `parse` turns what came out of that
process, which a hostile file may have taken over, back into a record and refuses anything that does not fit.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from seawall.claims import pictures, plain
from seawall.media import wire
from seawall.model.report import Line, LineKind, Unread

TASK: Final = "seawall.claims.importing:in_sandbox"

_HINT_LIMIT: Final = 500  # characters of a title, an author or a date
_ENTRY_LIMIT: Final = 100_000  # lines that a page may name the kind of


class Format(StrEnum):
    """What a report's file turned out to be, by its content."""

    TEXT = "text"
    HTML = "html"
    PDF = "pdf"
    MAIL = "mail"


@dataclass(frozen=True, slots=True)
class Document:
    """A report's text, which never changes any more: all offsets count its code points.

    What the file says of its title, author and date is a hint and no more: as it stands there, unchecked.
    """

    text: str
    format: Format
    encoding: str  #: that the text was in, as Python names it
    guessed: bool = False  #: the encoding, by the frequency of letters: single letters may be wrong
    title: str | None = None
    author: str | None = None
    published: str | None = None
    lines: tuple[Line, ...] = ()  #: whose kind the file itself tells: headings, captions, credits, bylines
    unread: tuple[Unread, ...] = ()  #: what the file holds beside the text; such an entry has no width
    pictures: tuple[pictures.Picture, ...] = ()  #: that the file carries, in the text's order


def packed(document: Document) -> wire.Wire:
    """The document as a value that can cross to another process."""
    return {
        # As bytes: a message's header, where texts go, is small and spells out all but ASCII.
        "text": document.text.encode("utf-8"),
        "format": document.format.value,
        "encoding": document.encoding,
        "guessed": document.guessed,
        "title": document.title,
        "author": document.author,
        "published": document.published,
        "lines": [[line.start, line.end, line.kind.value] for line in document.lines],
        "unread": [[part.start, part.end, part.reason] for part in document.unread],
        "pictures": [_packed_picture(one) for one in document.pictures],
    }


def parse(value: wire.Wire, max_characters: int) -> Document:
    """The inverse of `packed`. Raises ValueError where a value is not of the expected form."""
    if not isinstance(value, Mapping):
        raise ValueError("expected a mapping")
    encoded = value.get("text")
    if not isinstance(encoded, bytes):
        raise ValueError("expected bytes")
    text = encoded.decode("utf-8")
    if not text.strip() or len(text) > max_characters or plain.normal(text) != text:
        raise ValueError("a text that cannot have come from an import")
    return Document(
        text=text,
        format=Format(_text(value.get("format"))),
        encoding=_text(value.get("encoding")),
        guessed=value.get("guessed") is True,
        title=_hint(value.get("title")),
        author=_hint(value.get("author")),
        published=_hint(value.get("published")),
        lines=tuple(_line(entry, text) for entry in _entries(value.get("lines"))),
        unread=tuple(_unread(entry, text) for entry in _entries(value.get("unread"))),
        pictures=_pictures(value.get("pictures"), text),
    )


def hint(said: str | None) -> str | None:
    """What a file says of itself, as one short line; None where it says nothing."""
    line = " ".join(plain.normal(said or "").split())[:_HINT_LIMIT]
    return line or None


def _entries(value: wire.Wire) -> list[wire.Wire]:
    if not isinstance(value, list) or len(value) > _ENTRY_LIMIT:
        raise ValueError("expected a list")
    return value


def _line(entry: wire.Wire, text: str) -> Line:
    match entry:
        case [int() as start, int() as end, str() as kind] if 0 <= start < end <= len(text):
            return Line(start, end, LineKind(kind))
    raise ValueError("expected a line of the text")


def _unread(entry: wire.Wire, text: str) -> Unread:
    match entry:
        case [int() as start, int() as end, str() as reason] if 0 <= start <= end <= len(text):
            return Unread(start, end, hint(reason) or "not read")
    raise ValueError("expected a stretch of the text")


def _packed_picture(one: pictures.Picture) -> wire.Wire:
    caption = None if one.caption is None else [one.caption.start, one.caption.end, one.caption.kind.value]
    return [one.data, one.at, caption]


def _pictures(value: wire.Wire, text: str) -> tuple[pictures.Picture, ...]:
    entries = _entries(value)
    made = tuple(_picture(entry, text) for entry in entries)
    if len(made) > pictures.PICTURES or sum(len(one.data) for one in made) > pictures.ALL_BYTES:
        raise ValueError("more pictures than an import hands out")
    return made


def _picture(entry: wire.Wire, text: str) -> pictures.Picture:
    match entry:
        case [bytes() as data, int() as at, caption] if 0 <= at <= len(text):
            if 0 < len(data) <= pictures.PICTURE_BYTES:
                return pictures.Picture(data, at, None if caption is None else _line(caption, text))
    raise ValueError("expected a picture of the text")


def _hint(value: wire.Wire) -> str | None:
    return None if value is None else hint(_text(value))


def _text(value: wire.Wire) -> str:
    if not isinstance(value, str):
        raise ValueError("expected a text")
    return value
