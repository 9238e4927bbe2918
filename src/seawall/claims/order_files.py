"""From the bytes of an order's file to what it says: what runs inside the decoding process, and back.

What comes out of that process, which a hostile file may have taken over, is refused where it does not fit.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Final

from seawall.claims import importing, order_text, order_xml, pdf, plain
from seawall.media import wire
from seawall.model.order_form import NAMES, Entry, Found, Read, labelled

TASK: Final = "seawall.claims.order_files:in_sandbox"
_HEAD_BYTES: Final = 4096
_MOST: Final = 2000  #: values of one file
_LONGEST: Final = 20_000  #: characters of one


class Form(StrEnum):
    """What a file turned out to be, by its content."""

    XML = "xml"
    PDF = "pdf"
    TEXT = "text"


@dataclass(frozen=True, slots=True)
class OrderText:
    """What was read in a file."""

    form: Form
    read: Read


def in_sandbox(data: bytes, *, max_characters: int, labels: Mapping[str, Sequence[str]]) -> wire.Wire:
    """The sandbox's task: `read`, as a value that can cross to another process."""
    made = read(data, max_characters, labelled(labels))
    return {
        "form": made.form.value,
        "fields": [[one.name, one.value.encode(), one.where.encode()] for one in made.read.fields],
        "unread": [one.encode() for one in made.read.unread],
    }


def read(data: bytes, max_characters: int, entries: Sequence[Entry], name: str = "") -> OrderText:
    """What an order's bytes say. name: what errors call it. Raises as `importing.document` does."""
    head = data[:_HEAD_BYTES]
    if pdf.is_pdf(head):
        return OrderText(Form.PDF, order_text.read(pdf.lines(data, max_characters, name), entries))
    if order_xml.is_xml(head):
        return OrderText(Form.XML, order_xml.read(data, max_characters, name))
    text = importing.document(data, max_characters, name).text
    return OrderText(Form.TEXT, order_text.read(text.split("\n"), entries))


def parse(value: wire.Wire) -> OrderText:
    """The inverse of what `in_sandbox` answers. Raises ValueError where it is not of the expected form."""
    if not isinstance(value, Mapping):
        raise ValueError("expected a mapping")
    fields, unread = _list(value.get("fields")), _list(value.get("unread"))
    found = tuple(_found(one) for one in fields)
    return OrderText(Form(str(value.get("form"))), Read(found, tuple(_text(one) for one in unread)))


def _found(value: wire.Wire) -> Found:
    match value:
        case [str() as name, said, where] if name in NAMES:
            return Found(name, _text(said), _text(where))
    raise ValueError("expected a field")


def _list(value: wire.Wire) -> list[wire.Wire]:
    if not isinstance(value, list) or len(value) > _MOST:
        raise ValueError("expected a list")
    return value


def _text(value: wire.Wire) -> str:
    if not isinstance(value, bytes):
        raise ValueError("expected bytes")
    text = plain.normal(value.decode("utf-8"))[:_LONGEST]
    return text.strip()


def _warm_up() -> None:
    """Have the readers load what they load at first use: in the sandbox, there are no files then."""
    for sample in (b"<removal-order><country>BE</country></removal-order>", b"Reference: 1", pdf.SAMPLE):
        read(sample, 1000, labelled({}))


_warm_up()
