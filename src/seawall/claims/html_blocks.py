"""A page as blocks of text in reading order, each with what its markup says that it is.

Every block that a reader sees is listed; what the page runs, loads or hides is not. Which of the blocks are
the report is not decided here.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Final, Protocol

from seawall.claims.tables import listed
from seawall.model.report import LineKind

#: what holds no text of the page: code, what is loaded from elsewhere and its stand-ins, forms
_UNSEEN: Final = listed(
    "applet audio button canvas colgroup datalist dialog frameset head iframe map math meter noembed "
    "noframes noscript object optgroup option portal progress script select style svg template textarea video"
)
#: what a page has around its report
_AROUND: Final = frozenset({"nav", "footer", "menu", "search"})
_AROUND_ROLES: Final = frozenset(
    {"navigation", "search", "contentinfo", "complementary", "banner", "menu", "dialog"}
)
_BLOCKS: Final = listed(
    "address article aside blockquote body caption center dd details div dl dt fieldset figcaption figure "
    "footer form h1 h2 h3 h4 h5 h6 header hgroup hr html legend li main menu nav ol p pre search section "
    "summary table tbody tfoot thead time tr ul"
)
_HEADINGS: Final = frozenset({"h1", "h2", "h3", "h4", "h5", "h6"})
_WORDS: Final = re.compile(r"[a-z0-9]+")
_CREDIT_WORDS: Final = frozenset(
    {"credit", "credits", "copyright", "attribution", "imagecredit", "photocredit"}
)
_CAPTION_WORDS: Final = frozenset({"caption", "figcaption", "legend", "imagecaption", "imgcaption"})
_BYLINE_WORDS: Final = frozenset(
    {"byline", "author", "authors", "dateline", "timestamp", "pubdate", "published"}
)
_COMMENT_WORDS: Final = frozenset({"comments", "disqus", "respond", "commentlist"})
_HEADING_WORDS: Final = frozenset({"headline", "subheadline", "standfirst", "dek"})
_HIDDEN: Final = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_SPACES: Final = re.compile(r"[ \t\r\n\f]+")
_SMALL: Final = 300  # characters: a byline or a credit is no longer


class Element(Protocol):
    """An element of lxml's, as far as it is used; a comment's tag is no text."""

    tag: object
    text: str | None
    tail: str | None

    def get(self, name: str) -> str | None: ...
    def iter(self, tag: str | None = None) -> Iterator[Element]: ...
    def iterancestors(self) -> Iterator[Element]: ...
    def getparent(self) -> Element | None: ...
    def getprevious(self) -> Element | None: ...
    def findtext(self, path: str) -> str | None: ...
    def __reversed__(self) -> Iterator[Element]: ...


@dataclass(slots=True, eq=False)
class Block:
    """A line of the page."""

    element: Element  #: the nearest block around the text
    parts: list[str] = field(default_factory=list)
    linked: int = 0  #: characters of it that are links
    kind: LineKind | None = None
    around: bool = False  #: it stands in what a page has around its report

    @property
    def text(self) -> str:
        """Its words, white space as a browser shows it."""
        return "".join(self.parts).strip(" \n")


@dataclass(slots=True)
class _Place:
    """What holds at one point of the walk."""

    element: Element
    kind: LineKind | None
    around: bool
    linked: bool
    kept: bool  #: white space counts, as in <pre>
    figure: bool
    article: bool = False


def is_headline(element: Element) -> bool:
    """Whether it is the headline of a page."""
    return element.tag == "h1" or "headline" in _named(element)


def blocks(root: Element) -> list[Block]:
    """The blocks of a page, in order, none of them empty."""
    made: list[Block] = []
    current: Block | None = None
    for place, text in _texts(root):
        if text is None:
            current = None
            continue
        if current is None:
            current = Block(place.element, kind=place.kind, around=place.around)
            made.append(current)
        _add(current, place, text)
    return [_judged(block) for block in made if block.text]


def _add(block: Block, place: _Place, text: str) -> None:
    shown = text if place.kept else _SPACES.sub(" ", text)
    if (
        not place.kept
        and shown.startswith(" ")
        and (not block.parts or block.parts[-1].endswith((" ", "\n")))
    ):
        shown = shown[1:]
    if shown:
        block.parts.append(shown)
        block.linked += len(shown) if place.linked else 0


def _judged(block: Block) -> Block:
    """Without a kind that its length belies; lists of links are like share bars."""
    length = len(block.text)
    if block.kind in (LineKind.BYLINE, LineKind.CREDIT, LineKind.HEADLINE) and length > _SMALL:
        block.kind = None
    if block.kind is None and block.linked >= 0.9 * length:
        block.kind = LineKind.CREDIT
    return block


def _texts(root: Element) -> Iterator[tuple[_Place, str | None]]:
    """Each piece of text with its place; None where a block starts or ends. Without recursion."""
    start = _Place(root, None, around=False, linked=False, kept=False, figure=False)
    stack: list[tuple[Element, _Place, bool]] = [(root, start, True)]
    while stack:
        element, outer, entering = stack.pop()
        breaks = _breaks(element, outer)
        if not entering:
            if breaks:
                yield outer, None
            if element.tail and element is not root:
                yield outer, element.tail
            continue
        stack.append((element, outer, False))
        if not isinstance(element.tag, str) or _is_unseen(element):
            continue
        if element.tag == "br":
            yield outer, None
            continue
        place = _inside(element, outer, breaks=breaks)
        if breaks:
            yield place, None
        elif element.tag in ("td", "th") and element.getprevious() is not None:
            yield _Place(outer.element, outer.kind, outer.around, linked=False, kept=True, figure=False), "\t"
        if element.text:
            yield place, element.text
        stack.extend((child, place, True) for child in reversed(element))


def _breaks(element: Element, outer: _Place) -> bool:
    if not isinstance(element.tag, str):
        return False
    if element.tag in _BLOCKS:
        return True
    words = _named(element)
    return bool(words & _CAPTION_WORDS) or (outer.figure and bool(words & _CREDIT_WORDS))


def _is_unseen(element: Element) -> bool:
    if element.tag in _UNSEEN or element.get("hidden") is not None or element.get("aria-hidden") == "true":
        return True
    style = element.get("style")
    return bool(style and _HIDDEN.search(style)) or bool(_named(element) & _COMMENT_WORDS)


def _inside(element: Element, outer: _Place, *, breaks: bool) -> _Place:
    tag = str(element.tag)
    return _Place(
        element=element if breaks else outer.element,
        kind=_kind(element, tag, outer) if breaks else outer.kind,
        around=outer.around or _is_around(element, tag, outer),
        article=outer.article or tag in ("article", "main"),
        linked=outer.linked or (tag == "a" and element.get("href") is not None),
        kept=outer.kept or tag == "pre",
        figure=outer.figure or tag in ("figure", "figcaption") or bool(_named(element) & _CAPTION_WORDS),
    )


def _is_around(element: Element, tag: str, outer: _Place) -> bool:
    """Whether it is what a page has around its report; the foot of the report itself is not."""
    return (tag in _AROUND and not (tag == "footer" and outer.article)) or element.get(
        "role"
    ) in _AROUND_ROLES


def _kind(element: Element, tag: str, outer: _Place) -> LineKind | None:
    """What the markup calls a block; what is inside of it is called so too."""
    words = _named(element)
    if tag in _HEADINGS or words & _HEADING_WORDS:
        return LineKind.HEADLINE
    if words & _CREDIT_WORDS:
        return LineKind.CREDIT
    if tag == "figcaption" or words & _CAPTION_WORDS:
        return LineKind.CAPTION
    if tag in ("address", "time") or words & _BYLINE_WORDS or element.get("rel") == "author":
        return LineKind.BYLINE
    return outer.kind


def _named(element: Element) -> set[str]:
    """The words of its class, id and microdata."""
    names = " ".join(filter(None, (element.get("class"), element.get("id"), element.get("itemprop"))))
    return set(_WORDS.findall(names[:_SMALL].lower())) if names else set()
