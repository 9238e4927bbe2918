"""What a page of the benchmark loads, and whether it stands alone."""

from __future__ import annotations

import re
from html.parser import HTMLParser


class Links(HTMLParser):
    """What a page loads, which elements it has, and which of them were left open."""

    VOID = frozenset({"meta", "img", "br"})

    def __init__(self):
        super().__init__()
        self.loads, self.open, self.tags = [], [], []

    def handle_starttag(self, tag, attrs):
        self.tags.append(tag)
        self.loads += [value for name, value in attrs if name in {"src", "href"}]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag):
        assert self.open.pop() == tag

    def handle_startendtag(self, tag, attrs):
        self.tags.append(tag)


def read(text):
    """The page's elements, once it is certain that it runs nothing and asks nobody."""
    links = Links()
    links.feed(text)
    assert links.open == []
    assert "script" not in links.tags
    assert not re.search(r"(?:https?:)?//|@import|url\(", text)
    return links


def rows(text, title):
    """The cells of each row of the section's first table, as text without markup."""
    section = text.partition(f"<h2>{title}</h2>")[2].partition("</section>")[0]
    table = section.partition("<tbody>")[2].partition("</tbody>")[0]
    found = re.findall(r"<tr>(.*?)</tr>", table)
    return [
        [re.sub(r"<[^>]*>", " ", cell).strip() for cell in re.findall(r"<td[^>]*>(.*?)</td>", row)]
        for row in found
    ]
