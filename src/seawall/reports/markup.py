"""HTML that cannot be anything but well-formed: elements are made by a call, and every text is escaped.

What is written is XML as well, so that a strict parser can check it.
"""

from __future__ import annotations

import html
import os
import unicodedata
from typing import Final

_VOID: Final = frozenset({"meta", "link", "img", "input", "br", "rect", "line", "polygon"})


class Markup(str):
    """Text that is HTML already."""

    __slots__ = ()


def element(name: str, /, *inside: str, **attributes: str | float) -> Markup:
    """An element. Texts are escaped, Markup is not; `class_` and `aria_label` are class and aria-label."""
    named = "".join(
        f' {key.rstrip("_").replace("_", "-")}="{escaped(str(value))}"' for key, value in attributes.items()
    )
    if name in _VOID:
        return Markup(f"<{name}{named} />")
    return Markup(f"<{name}{named}>{joined(*inside)}</{name}>")


def joined(*parts: str) -> Markup:
    """The parts in a row."""
    return Markup("".join(part if isinstance(part, Markup) else escaped(part) for part in parts))


def escaped(text: str) -> str:
    """Text for HTML. What is no text, such as a byte of a file name, shows as its code."""
    return html.escape(printable(text))


def printable(text: str) -> str:
    """The text with a code in place of each character that would steer how the others are shown."""
    shown = os.fsencode(text).decode("utf-8", errors="backslashreplace")
    return "".join(one if _is_shown(one) else repr(one)[1:-1] for one in shown)


def _is_shown(character: str) -> bool:
    """Whether a page may hold it as it is. Blanks of all widths may; what steers the text's flow may not."""
    return character.isprintable() or character in "\n\t" or unicodedata.category(character) == "Zs"
