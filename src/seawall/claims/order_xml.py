"""A removal order as XML of our own shape: an element a field, within `removal-order`.

    <removal-order>
      <section id="A"><country>BE</country><issued_at>2026-03-04T12:00:00+01:00</issued_at></section>
      <section id="B"><urls>https://example.org/p/1</urls><content_type>recruits</content_type></section>
    </removal-order>

Sections may be left out. A document type is refused, and with it entities; processing instructions are
ignored. Nothing is looked up, nothing grows.
"""

from __future__ import annotations

from typing import Final
from xml.parsers import expat

from seawall import errors
from seawall.model.order_form import ENTRIES, NAMES, Found, Read

ROOT: Final = "removal-order"
_SECTION: Final = "section"
_DEPTH: Final = 4
_ELEMENTS: Final = 2000
_TOLD: Final = 50  #: things that were not understood, of which more are not named
_TICKED: Final = {
    one.name: frozenset(each.value for each in ENTRIES if each.name == one.name)
    for one in ENTRIES
    if one.value is not None
}


def is_xml(head: bytes) -> bool:
    """Whether the first bytes open an order of this shape, or any XML."""
    opened = head.removeprefix(b"\xef\xbb\xbf").lstrip()
    return opened.startswith(b"<?xml") or (opened.startswith(b"<") and b"<" + ROOT.encode() in opened)


def read(data: bytes, max_characters: int, name: str) -> Read:
    """What an order says. Raises errors.DamagedReport for what is none, errors.MediaTooLarge."""
    reader = _Reader(max_characters, name)
    parser = expat.ParserCreate()
    parser.buffer_text = True
    parser.StartDoctypeDeclHandler = reader.doctype
    parser.StartElementHandler = reader.start
    parser.EndElementHandler = reader.end
    parser.CharacterDataHandler = reader.text
    try:
        parser.Parse(data, True)  # noqa: FBT003 - expat's own: it is the last of the bytes
    except expat.ExpatError as cause:
        raise reader.damaged(str(cause)) from cause
    return Read(tuple(reader.found), tuple(reader.unread[:_TOLD]))


class _Reader:
    """What the parser calls."""

    def __init__(self, max_characters: int, name: str) -> None:
        self.found: list[Found] = []
        self.unread: list[str] = []
        self._path: list[str] = []
        self._parts: list[str] = []
        self._elements = 0
        self._characters = 0
        self._most = max_characters
        self._name = name

    def damaged(self, reason: str) -> errors.DamagedReport:
        return errors.DamagedReport(path=self._name, format="XML", reason=reason[:100])

    def doctype(self, *_: object) -> None:
        raise self.damaged("it declares a document type")

    def start(self, name: str, attributes: dict[str, str]) -> None:
        self._elements += 1
        if not self._path and name != ROOT:
            raise self.damaged(f"its root is not {ROOT}")
        if len(self._path) >= _DEPTH or self._elements > _ELEMENTS:
            raise self.damaged("it is too deep, or has too many elements")
        self._path.append(name)
        self._parts = []

    def text(self, said: str) -> None:
        self._characters += len(said)
        if self._characters > self._most:
            raise errors.MediaTooLarge(
                path=self._name, size=self._characters, unit="characters", limit=self._most
            )
        self._parts.append(said)

    def end(self, name: str) -> None:
        said = "".join(self._parts).strip()
        self._parts = []
        self._path.pop()
        if name in (ROOT, _SECTION):
            if said:
                self.unread.append(f"words outside of any field: {said[:80]!r}")
        elif name not in NAMES:
            self.unread.append(f"no field is called {name[:80]!r}")
        elif name in _TICKED and said not in _TICKED[name]:
            self.unread.append(f"{name} cannot say {said[:80]!r}")
        elif said:
            self.found.append(Found(name, said, name))
