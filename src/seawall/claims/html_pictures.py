"""The pictures that a page carries in itself: `data:` addresses, and what a mail holds beside its page.

Any other address names something elsewhere, and nothing is fetched.
"""

from __future__ import annotations

import base64
import binascii
import re
from bisect import bisect_right
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import accumulate
from typing import Final

from seawall.claims import pictures
from seawall.claims.html_blocks import Block, Element
from seawall.model.report import Line, LineKind

#: Gives the bytes of what a mail holds under a content id, if it holds it.
Inline = Callable[[str], bytes | None]

_ATTRIBUTES: Final = ("src", "srcset", "poster", "data", "href", "xlink:href")
_ELSEWHERE: Final = frozenset({"a", "link", "base"})  # what their addresses name is not shown
_DATA: Final = "data:image/"
#: The parser refuses a page with an attribute of 10 million characters; a text of that length is refused too.
_LONG: Final = re.compile(r"data:image/[^,\"'<>\s]{1,99},[A-Za-z0-9+/=%_\s-]{1000000,}", re.IGNORECASE)
_STAND_IN: Final = "data:image/long,"
_ESCAPED: Final = re.compile(rb"%([0-9A-Fa-f]{2})")
_LOOKED_AT: Final = 1000  # pictures, and captions
_LEVELS: Final = 4  # from a picture up to what holds its caption too
_HOLDERS: Final = frozenset({"article", "main", "section", "body", "html"})  # hold more than one picture


@dataclass(frozen=True, slots=True)
class Placed:
    """A block of the report, and where its text stands in it."""

    block: Block
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class _Shown:
    """An element that shows a picture, and how many elements stand before it."""

    element: Element
    order: int
    address: str


def cut(page: str) -> tuple[str, tuple[str, ...]]:
    """The page with short stand-ins for its longest addresses, and those."""
    found: list[str] = []

    def stand_in(match: re.Match[str]) -> str:
        found.append(match[0])
        return f"{_STAND_IN}{len(found) - 1}"

    return _LONG.sub(stand_in, page), tuple(found)


def take(
    root: Element,
    placed: Sequence[Placed],
    long: Sequence[str],
    taken: pictures.Taken,
    inline: Inline,
    end: int = 0,
) -> None:
    """Take the pictures of a page, those of the report before those around it.

    end: where all stand of a page that shows no block of the report.
    """
    wanted = {one.block.element for one in placed}
    order: dict[Element, int] = {}
    shown: list[_Shown] = []
    for number, element in enumerate(root.iter()):
        if element in wanted:
            order[element] = number
        address = _address(element)
        if address is None:
            continue
        if len(shown) == _LOOKED_AT:
            taken.leave_out(pictures.MANY)
        else:
            shown.append(_Shown(element, number, address))
    first, last = min(order.values(), default=0), max(order.values(), default=0)
    captions = _captions(shown, placed)
    places = _Places(placed, order, end)
    seen: set[str] = set()
    for one in sorted(shown, key=lambda one: not first <= one.order <= last):
        if taken.is_full:
            taken.leave_out(pictures.MANY)
            continue
        if one.address in seen:
            continue
        seen.add(one.address)
        data = _data(one.address, long, inline)
        if isinstance(data, str):
            taken.leave_out(data)
        elif data is not None:
            taken.take(data, places.of(one), captions.get(one.order))


def _address(element: Element) -> str | None:
    """What an element shows that the file itself may hold."""
    if not isinstance(element.tag, str) or element.tag in _ELSEWHERE:
        return None
    for name in _ATTRIBUTES:
        said = (element.get(name) or "").lstrip()
        if said[:20].lower().startswith((_DATA, "cid:")):
            return said.split()[0] if name == "srcset" else said
    return None


def _data(address: str, long: Sequence[str], inline: Inline) -> bytes | str | None:
    """The bytes that an address holds; why they are left out; None for what the file does not hold."""
    if address[:4].lower() == "cid:":
        return inline(_unescaped(address[4:].strip()).decode("utf-8", "replace"))
    if address.startswith(_STAND_IN):
        number = address.removeprefix(_STAND_IN)
        if number not in map(str, range(len(long))):
            return pictures.SENSELESS
        address = long[int(number)]
    head, _, said = address.partition(",")
    if len(said) > 4 * pictures.PICTURE_BYTES:
        return pictures.LONG
    if not head.lower().endswith(";base64"):
        return _unescaped(said)
    try:
        return base64.b64decode(_unescaped(said) + b"==")
    except binascii.Error:
        return pictures.SENSELESS


def _unescaped(said: str) -> bytes:
    """What an address says: characters that it may not have stand in it as their numbers."""
    return _ESCAPED.sub(lambda match: bytes((int(match[1], 16),)), said.encode("utf-8", "replace"))


class _Places:
    """Where pictures stand in the report."""

    def __init__(self, placed: Sequence[Placed], order: Mapping[Element, int], end: int) -> None:
        # A block may stand before what its element holds: the highest so far can be searched.
        self._orders = list(accumulate((order.get(line.block.element, -1) for line in placed), max))
        self._placed = placed
        self._end = placed[-1].end if placed else end

    def of(self, one: _Shown) -> int:
        """Where the next line of the report starts; its end behind the last one."""
        after = bisect_right(self._orders, one.order)
        return self._placed[after].start if after < len(self._placed) else self._end


def _captions(shown: Sequence[_Shown], placed: Sequence[Placed]) -> dict[int, Line]:
    """The caption of each picture that stands alone with one in something, by the picture's order."""
    held: dict[Element, Line] = {}
    lines = [one for one in placed if one.block.kind is LineKind.CAPTION][:_LOOKED_AT]
    for line in lines:
        for holder in (line.block.element, *line.block.element.iterancestors()):
            held.setdefault(holder, Line(line.start, line.end, LineKind.CAPTION))
    holders = [list(_around(one.element)) for one in shown]
    counted: dict[Element, int] = {}
    for around in holders:
        for holder in around:
            counted[holder] = counted.get(holder, 0) + 1
    found = {}
    for one, around in zip(shown, holders, strict=True):
        alone = [holder for holder in around if counted[holder] == 1 and holder in held]
        if alone:
            found[one.order] = held[alone[0]]
    return found


def _around(element: Element) -> Iterator[Element]:
    for _, holder in zip(range(_LEVELS), element.iterancestors(), strict=False):
        if holder.tag in _HOLDERS:
            return
        yield holder
