"""A removal order as lines of text: fields are found by their labels, choices by their ticked boxes.

A label stands at the beginning of its line, before a colon, or alone over what it is the label of. What
follows belongs to it up to the next line that is known: another label, a box, a section's heading, or a blank
line.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from seawall.model.order_form import Entry, Found, Read

_BOX: Final = re.compile(r"\s*(?:\[\s*(?P<ascii>[xX✓✔]?)\s*\]|(?P<drawn>[☐☒☑✓✔]))\s*(?P<said>.*)")
_TICKED: Final = frozenset("xX✓✔☒☑")
_LETTER: Final = re.compile(r"\([a-z]\)\s*|[a-z]\)\s*", re.IGNORECASE)
_HEADING: Final = re.compile(r"\s*section\s+[a-g]\b.*", re.IGNORECASE)
_URL: Final = re.compile(r"https?://[^\s<>\"]+", re.IGNORECASE)
_LONG: Final = frozenset({"grounds", "urls"})  #: blank lines do not end these
_TOLD: Final = 50


def read(lines: Iterable[str], entries: Sequence[Entry]) -> Read:
    """What the lines of an order say of fields, and what stands in boxes that are not known."""
    boxes = _by_length((label, one) for one in entries if one.value is not None for label in one.labels)
    labels = _by_length((label, one) for one in entries if one.value is None for label in one.labels)
    found: list[Found] = []
    unread: list[str] = []
    under: tuple[Entry, str, list[str]] | None = None
    for line in lines:
        box = _BOX.fullmatch(line)
        label = None if box else _label(line, labels)
        if box or label or _HEADING.fullmatch(line) or (not line.strip() and _ends(under)):
            found += _closed(under)
            under = None
        if box:
            _tick(box, boxes, found, unread)
        elif label:
            entry, shown, rest = label
            under = (entry, shown, [rest] if rest else [])
        elif under is not None and line.strip():
            under[2].append(line.strip())
    found += _closed(under)
    return Read(tuple(found), tuple(unread[:_TOLD]))


def _by_length(labels: Iterable[tuple[str, Entry]]) -> list[tuple[str, Entry]]:
    """The longest first: `contact point` before `contact`."""
    return sorted(labels, key=lambda one: -len(one[0]))


def _label(line: str, labels: Sequence[tuple[str, Entry]]) -> tuple[Entry, str, str] | None:
    said = line.strip()
    head, colon, rest = said.partition(":")
    plain = " ".join(head.lower().split())
    for label, entry in labels:
        if plain == label and (colon or not rest):
            return entry, head.strip(), rest.strip()
    return None


def _ends(under: tuple[Entry, str, list[str]] | None) -> bool:
    return under is not None and bool(under[2]) and under[0].name not in _LONG


def _closed(under: tuple[Entry, str, list[str]] | None) -> list[Found]:
    if under is None:
        return []
    entry, shown, parts = under
    if entry.name == "urls":
        return [Found("urls", one.rstrip(".,;)"), shown) for part in parts for one in _URL.findall(part)]
    said = ("\n" if entry.name == "grounds" else " ").join(parts).strip()
    return [Found(entry.name, said, shown)] if said else []


def _tick(
    box: re.Match[str], boxes: Sequence[tuple[str, Entry]], found: list[Found], unread: list[str]
) -> None:
    if not _TICKED & set((box["ascii"] or "") + (box["drawn"] or "")):
        return
    said = box["said"].strip()
    plain = " ".join(_LETTER.sub("", said.lower(), count=1).split())
    whole = " ".join(said.lower().split())
    for label, entry in boxes:
        if plain.startswith(label) or whole.startswith(label):
            found.append(Found(entry.name, str(entry.value), said[:200]))
            return
    unread.append(f"a ticked box that is not known: {said[:80]!r}")
