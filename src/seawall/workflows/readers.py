"""From a report's bytes to its text, and from the text to what it says: what opening an incident calls."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import Protocol

from seawall import errors
from seawall.model.claim import Group, GroupRole
from seawall.model.incident import MAIN
from seawall.model.report import Line, LineKind, Reading, Unread


@dataclass(frozen=True, slots=True)
class Text:
    """A report's text as it is to be stored, and what its lines are."""

    text: str
    lines: tuple[Line, ...]


class Reader(Protocol):
    """Reads reports. One is made for many of them, so that what it loads is loaded once."""

    def text(self, data: bytes, name: str) -> Text:
        """The text of a file. Raises MediaError."""

    def read(self, text: Text, published: date | None) -> Reading:
        """All that is found in a text. Spans are the text's own words."""


class Plain:
    """Takes plain text in UTF-8, and reads nothing in it: every claim is then a person's."""

    def text(self, data: bytes, name: str) -> Text:
        try:
            text = data.decode("utf-8-sig")
        except UnicodeDecodeError as error:
            reason = f"its byte {error.start} is not UTF-8"
            raise errors.UnsupportedFormat(path=name, reason=reason) from error
        return Text(text, tuple(_lines(text)))

    def read(self, text: Text, published: date | None) -> Reading:
        return Reading(
            language="und",
            lines=text.lines,
            proposals=(),
            groups=(Group(MAIN, GroupRole.MAIN),),
            people=(),
            organisations=(),
            places=(),
            times=(),
            media=(),
            violations=(),
            discrepancies=(),
            unread=(Unread(0, len(text.text), "no reader of reports is set"),),
        )


def standard() -> Reader:
    """The reader that Seawall uses."""
    return Plain()


def _lines(text: str) -> list[Line]:
    found, at = [], 0
    for line in text.splitlines(keepends=True):
        if stripped := line.strip():
            start = at + line.index(stripped)
            found.append(Line(start, start + len(stripped), LineKind.BODY))
        at += len(line)
    return found
