"""Pages: the report in one, without a paragraph, a caption or a credit of it lost.

trafilatura says where the report is: it finds main texts well, and leaves out captions, credits and short
paragraphs. So its finds are looked up among all blocks of the page, and what stands around them is taken too.
Nothing is fetched: both work on a tree that has been parsed from bytes at hand.
"""

from __future__ import annotations

import copy
import json
import re
from collections.abc import Iterator, Sequence
from typing import Final

import trafilatura
from lxml import etree, html as lxml_html  # type: ignore[import-untyped]
from trafilatura import external

from seawall import errors
from seawall.claims import documents, html_blocks, html_pictures, pictures, plain
from seawall.claims.html_blocks import Block, Element
from seawall.model.report import Line

_PARAGRAPH: Final = "Words of a page, as many as it takes to be taken for a report by what reads it. "
SAMPLE: Final = (
    "<!doctype html><html lang=en><head><title>A</title></head><body><nav>B</nav><article><h1>C</h1>"
    + f"<p>{_PARAGRAPH * 3}</p>" * 3
    + "</article></body></html>"
).encode()[:900]

_DECLARED: Final = re.compile(
    rb"""<\?xml[^>]{0,99}?encoding\s{0,9}=\s{0,9}["']([\w.:-]{1,40})|<meta[^>]{0,200}?charset\s{0,9}=\s{0,9}["']?([\w.:-]{1,40})""",
    re.IGNORECASE,
)
_XML_DECLARATION: Final = re.compile(r"\s*<\?xml[^>]{0,200}>")
_ELEMENTS_LIMIT: Final = 1_000_000
_SOUGHT_ELEMENTS: Final = (
    20_000  # of a page that trafilatura is asked about: it takes longer than linear time
)
_FOUND_LENGTH: Final = 25  # characters of a line that are looked up
_LOOSE: Final = re.compile(r"\W+")
_HEAD_BLOCKS: Final = 12  # between headline and text; more of them are a menu
_MAINS: Final = ("article", "main")
_LINKED_DATA_LIMIT: Final = 200_000  # characters of a script of linked data
_PUBLISHED: Final = (
    *("article:published_time", "og:published_time", "datepublished", "date", "dc.date", "dcterms.date"),
    *("pubdate", "publish-date", "parsely-pub-date", "sailthru.date"),
)
_AUTHOR: Final = ("author", "article:author", "dc.creator", "byl", "parsely-author", "sailthru.author")
_TITLE: Final = ("og:title", "twitter:title", "dc.title", "headline")


def declared_encoding(head: bytes) -> str | None:
    """The encoding that the first bytes of a page declare."""
    found = _DECLARED.search(head)
    if found is None:
        return None
    declared = (found[1] or found[2]).decode("ascii")
    # What could be read as ASCII is none of the wide ones.
    return None if declared.lower().startswith(("utf-16", "utf-32")) else declared


def document(
    read: plain.Decoded,
    max_characters: int,
    name: str,
    taken: pictures.Taken | None = None,
    inline: html_pictures.Inline = lambda _: None,
) -> documents.Document:
    """The document of a page. Raises errors.DamagedReport, NoText and MediaTooLarge.

    taken: takes the page's pictures for a mail, which has others too. inline: what the mail holds beside it.
    """
    page, long = html_pictures.cut(read.text)
    root = _tree(page, name)
    told = _told(root)
    found = html_blocks.blocks(root)
    chosen = _chosen(root, found)
    if not chosen:
        raise errors.NoText(path=name, reason="the page shows no text; scripts that may make it are not run")
    report, placed = _put_together(chosen)
    if len(report) > max_characters:
        raise errors.MediaTooLarge(path=name, size=len(report), unit="characters", limit=max_characters)
    own = pictures.Taken() if taken is None else taken
    html_pictures.take(root, placed, long, own, inline)
    title, author, published = told
    return documents.Document(
        text=report,
        format=documents.Format.HTML,
        encoding=read.encoding,
        guessed=read.guessed,
        title=title,
        author=author,
        published=published,
        lines=tuple(Line(one.start, one.end, one.block.kind) for one in placed if one.block.kind is not None),
        unread=own.unread(len(report)) if taken is None else (),
        pictures=own.pictures() if taken is None else (),
    )


def take_pictures(text: str, at: int, taken: pictures.Taken, inline: html_pictures.Inline, name: str) -> None:
    """Take the pictures of a page of which the text is not shown. Raises errors.DamagedReport."""
    page, long = html_pictures.cut(text)
    html_pictures.take(_tree(page, name), (), long, taken, inline, at)


def _tree(text: str, name: str) -> Element:
    # libxml2 stops at 256 levels without `huge_tree`, and says so in its log.
    parser = lxml_html.HTMLParser(encoding="utf-8", no_network=True, huge_tree=False)
    try:
        root: Element = lxml_html.document_fromstring(_without_declaration(text), parser=parser)
    except (etree.LxmlError, ValueError, AssertionError) as cause:
        raise _damaged(name, " ".join(str(cause).split())[:100]) from cause
    for entry in parser.error_log.filter_from_fatals():
        if entry.type_name == "ERR_RESOURCE_LIMIT":
            raise _damaged(name, "its elements are nested deeper than 256 levels, or one is too long")
    if sum(1 for _, _ in zip(root.iter(), range(_ELEMENTS_LIMIT + 1), strict=False)) > _ELEMENTS_LIMIT:
        raise _damaged(name, f"it has more than {_ELEMENTS_LIMIT} elements")
    return root


def _without_declaration(text: str) -> bytes:
    """The page in UTF-8, without a first line that says that it is in something else."""
    found = _XML_DECLARATION.match(text)
    return (text if found is None else text[found.end() :]).encode("utf-8")


def _damaged(name: str, reason: str) -> errors.DamagedReport:
    return errors.DamagedReport(path=name, format="HTML", reason=reason)


# Which blocks are the report


def warm_up() -> None:
    """Load the lists of words that trafilatura reads from files when it first needs them."""
    external.jt_stoplist_init()


def _chosen(root: Element, found: Sequence[Block]) -> list[Block]:
    """The blocks of the report: all that stand in the elements that hold it, and its headline."""
    inside = [block for block in found if not block.around]
    mains = _located(root, inside) or [_main(root, inside)]
    members = {element for main in mains for element in main.iter()}
    within = any(main.tag in ("nav", "footer") for main in mains)  # the report stands where others do not
    chosen = [block for block in found if block.element in members and (within or not block.around)]
    if chosen:
        chosen = [*_above(inside, chosen[0]), *chosen]
    return chosen or inside or list(found)


def _located(root: Element, inside: Sequence[Block]) -> list[Element]:
    """The smallest element that holds what trafilatura takes for the main text, and those like it.

    None where it finds nothing.
    """
    if sum(1 for _, _ in zip(root.iter(), range(_SOUGHT_ELEMENTS + 1), strict=False)) > _SOUGHT_ELEMENTS:
        return []
    try:
        main = trafilatura.bare_extraction(
            copy.deepcopy(root), favor_recall=True, include_comments=False, with_metadata=False
        )
    except (etree.LxmlError, ValueError, TypeError, LookupError, AttributeError, OSError, RecursionError):
        return []  # a page that it stumbles over has a main element, or a body
    said = "" if main is None else getattr(main, "text", None) or ""
    wanted = {key for line in said.split("\n") if (key := _key(line))}
    hits = [block for block in inside if (key := _key(block.text)) and key in wanted]
    return _alike(_holder(hits)) if hits else []


def _alike(element: Element) -> list[Element]:
    """The element with its siblings of the same tag and class: a report that is parted by something else."""
    around = element.getparent()
    if around is None or not element.get("class"):
        return [element]
    named = (element.tag, element.get("class"))
    return [
        sibling
        for sibling in around.iter(str(element.tag))
        if sibling.getparent() is around and (sibling.tag, sibling.get("class")) == named
    ]


def _key(line: str) -> str:
    """By what a line is known again: its letters at the beginning."""
    letters = _LOOSE.sub("", line)[: 4 * _FOUND_LENGTH].lower()
    return letters if len(letters) >= _FOUND_LENGTH else ""


def _holder(hits: Sequence[Block]) -> Element:
    """The smallest element that holds most of the found text: a stray find elsewhere does not widen it."""
    total = sum(len(block.text) for block in hits)
    weights = _weights(hits)
    holders = [element for element, weight in weights.items() if weight >= 0.9 * total]
    smallest = max(holders, key=lambda element: sum(1 for _ in element.iterancestors()))
    return _widened(smallest)


def _widened(element: Element) -> Element:
    """The article around it where there is one: its head has the headline, its foot the credits."""
    for outer in (element, *element.iterancestors()):
        if outer.tag in ("article", "main") or outer.get("itemprop") == "articleBody":
            return outer
    if element.tag in (
        "p",
        "blockquote",
        "figure",
        "figcaption",
        "li",
        "ul",
        "ol",
        "td",
        "tr",
        "tbody",
        "pre",
    ):
        parent = element.getparent()
        return element if parent is None else parent
    return element


def _main(root: Element, inside: Sequence[Block]) -> Element:
    """The longest article, or the main element, where it holds most of the page's text; else all of it."""
    weights = _weights(inside)
    for tag in _MAINS:
        held = max((one for one in weights if one.tag == tag), key=weights.__getitem__, default=root)
        if 2 * weights.get(held, 0) >= weights.get(root, 0):
            return held
    return root


def _weights(blocks: Sequence[Block]) -> dict[Element, int]:
    """How much of the blocks' text each element holds."""
    weights: dict[Element, int] = {}
    for block in blocks:
        for element in (block.element, *block.element.iterancestors()):
            weights[element] = weights.get(element, 0) + len(block.text)
    return weights


def _above(inside: Sequence[Block], first: Block) -> Sequence[Block]:
    """The page's headline where it stands above the report, and what is between: byline, date, picture."""
    before = inside[: inside.index(first)] if first in inside else []
    at = next((at for at, block in enumerate(before) if html_blocks.is_headline(block.element)), None)
    if at is None:
        return []
    return before[at:] if len(before) - at <= _HEAD_BLOCKS else before[at : at + 1]


def _put_together(chosen: Sequence[Block]) -> tuple[str, list[html_pictures.Placed]]:
    """Blocks with empty lines between them, and where each of them stands."""
    parts: list[str] = []
    placed: list[html_pictures.Placed] = []
    at = 0
    for block in chosen:
        text = plain.normal(block.text).strip("\n")
        if not text.strip():
            continue
        if parts:
            parts.append("\n\n")
            at += 2
        placed.append(html_pictures.Placed(block, at, at + len(text)))
        parts.append(text)
        at += len(text)
    return "".join(parts), placed


# What the page says of itself


def _told(root: Element) -> tuple[str | None, str | None, str | None]:
    """Title, author and date: of its linked data, else of its meta elements, else of its markup."""
    data = dict(_linked_data(root))
    metas = dict(_metas(root))
    title = data.get("headline") or _first(metas, _TITLE) or root.findtext(".//title")
    author = data.get("author") or _first(metas, _AUTHOR)
    published = data.get("datePublished") or _first(metas, _PUBLISHED) or _time(root)
    return documents.hint(title), documents.hint(author), documents.hint(published)


def _metas(root: Element) -> Iterator[tuple[str, str]]:
    for meta in reversed(list(root.iter("meta"))):  # the first of a name is the last that is put in
        said = meta.get("content")
        for name in (meta.get("property"), meta.get("name"), meta.get("itemprop")):
            if name and said and said.strip():
                yield name.lower(), said


def _first(metas: dict[str, str], names: Sequence[str]) -> str | None:
    return next((metas[name] for name in names if name in metas), None)


def _time(root: Element) -> str | None:
    return next((said for element in root.iter("time") if (said := element.get("datetime"))), None)


def _linked_data(root: Element) -> Iterator[tuple[str, str]]:
    """Headline, author and date of the first article that the page describes as JSON-LD."""
    for script in root.iter("script"):
        if script.get("type") != "application/ld+json" or not script.text:
            continue
        try:
            said = json.loads(script.text[:_LINKED_DATA_LIMIT])
        except (ValueError, RecursionError):
            continue
        for entry in _entries(said):
            if "datePublished" in entry or "headline" in entry:
                for field in ("headline", "datePublished"):
                    if isinstance(entry.get(field), str):
                        yield field, str(entry[field])
                author = _author(entry.get("author"))
                if author:
                    yield "author", author
                return


def _entries(said: object) -> list[dict[str, object]]:
    graph = said.get("@graph") if isinstance(said, dict) else None
    listed = said if isinstance(said, list) else graph if isinstance(graph, list) else [said]
    return [entry for entry in listed if isinstance(entry, dict)]


def _author(said: object) -> str | None:
    listed = said if isinstance(said, list) else [said]
    names = [one.get("name") if isinstance(one, dict) else one for one in listed]
    return ", ".join(name for name in names if isinstance(name, str)) or None
