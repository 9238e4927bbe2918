"""The forms of pages, as a browser would send them: found by reading the pages, so that none is passed by."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from html.parser import HTMLParser

#: Of fields in which a person writes what they like.
WRITTEN = frozenset(
    {"text", "search", "textarea", "url", "password", "number", "date", "datetime-local", "email"}
)


@dataclass
class Field:
    """One field, with what stands in it and what else may."""

    name: str
    kind: str
    value: str
    ticked: bool = False


@dataclass
class Form:
    """One form."""

    method: str
    action: str
    fields: list[Field] = field(default_factory=list)

    def filled(self, words: str) -> list[tuple[str, str]]:
        """What is sent where these words are written in all fields and of choices the first is made."""
        sent: dict[str, str] = {}
        for one in self.fields:
            if one.kind in WRITTEN:
                sent[one.name] = words
            elif one.kind != "file" and (one.ticked or one.name not in sent):
                sent[one.name] = one.value
        return list(sent.items())


class _Reader(HTMLParser):
    def __init__(self, path: str) -> None:
        super().__init__()
        self.path = path
        self.forms: list[Form] = []
        self.open: Form | None = None
        self.select: Field | None = None
        self.apart: dict[str, Form] = {}  # by id: fields may stand elsewhere on the page

    def handle_starttag(self, tag: str, attributes: list[tuple[str, str | None]]) -> None:
        said = {name: value or "" for name, value in attributes}
        if tag == "form":
            self.open = Form(said.get("method", "get"), said.get("action", self.path))
            self.forms.append(self.open)
            self.apart[said.get("id", "")] = self.open
            return
        form = self.apart.get(said.get("form", ""), None) if "form" in said else self.open
        if form is None:
            return
        if tag == "option" and self.select is not None:
            if not self.select.value or "selected" in said:
                self.select.value = said.get("value", "")
        elif tag in ("input", "textarea", "select", "button") and said.get("name"):
            kind = said.get("type", "text") if tag == "input" else tag
            made = Field(said["name"], kind, said.get("value", ""), "checked" in said)
            form.fields.append(made)
            if tag == "select":
                self.select = made

    def handle_endtag(self, tag: str) -> None:
        if tag == "form":
            self.open = None
        elif tag == "select":
            self.select = None


def forms(page: str, path: str) -> Iterator[Form]:
    """All forms of a page. path: of the page itself, to which a form without an action leads."""
    reader = _Reader(path)
    reader.feed(page)
    yield from reader.forms
