"""From a report's bytes to its text, and from the text to what it says: what opening an incident calls."""

from __future__ import annotations

import contextlib
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Protocol

from seawall import config, errors, media
from seawall.claims import analyst_places, documents
from seawall.claims.pictures import Picture
from seawall.model.report import Line, Reading, Unread
from seawall.workflows import reports

_DAY = len("2025-01-31")


@dataclass(frozen=True, slots=True)
class Text:
    """A report's text as it is to be stored, and what its file tells of it."""

    text: str
    lines: tuple[Line, ...] = ()  #: whose kind the file tells
    unread: tuple[Unread, ...] = ()  #: what the file holds beside the text
    published: date | None = None  #: the day that a page says it was published
    pictures: tuple[Picture, ...] = ()  #: that the file carries


class Reader(Protocol):
    """Reads reports. One is made for many of them, so that what it loads is loaded once."""

    def text(self, data: bytes, name: str) -> Text:
        """The text of a file. Raises MediaError."""

    def read(self, text: Text, published: date | None) -> Reading:
        """All that is found in a text. Spans are the text's own words."""

    def close(self) -> None:
        """End what it holds."""


class Standard:
    """The reader that Seawall uses. Files are taken apart in a sandbox; `claims.reading` reads texts."""

    def __init__(self, settings: config.Settings) -> None:
        """Raises ExtraMissing where a package that reads reports is not installed, BadGazetteer."""
        self._places = _own_places(settings.text("places"))
        self._characters = settings.whole("max_report_characters")
        self._pool: media.Sandbox = reports.sandbox(settings)

    def text(self, data: bytes, name: str) -> Text:
        found = reports.imported_bytes(data, name, self._pool, self._characters)
        return Text(found.text, found.lines, found.unread, _published(found), found.pictures)

    def read(self, text: Text, published: date | None) -> Reading:
        from seawall.claims import reading  # noqa: PLC0415 - loads the language model's library: only to read

        return reading.read(text.text, published, known=text.lines, unread=text.unread, places=self._places)

    def close(self) -> None:
        self._pool.close()


def _own_places(path: str) -> analyst_places.Places | None:
    """Those of the file that is set. Raises BadGazetteer."""
    if not path:
        return None
    try:
        text = Path(path).read_text("utf-8")
    except (OSError, UnicodeDecodeError) as cause:
        raise errors.BadGazetteer(path=path, reason=f"it cannot be read: {cause}") from cause
    return analyst_places.read(text, path)


def _published(found: documents.Document) -> date | None:
    """What a page says of its day; a mail's or a PDF's is that of the mail or of the file."""
    if found.format is documents.Format.HTML and found.published is not None:
        with contextlib.suppress(ValueError):
            return date.fromisoformat(found.published.strip()[:_DAY])
    return None
