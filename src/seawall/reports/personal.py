"""Personal data in words that are to leave: what looks like some is found, and a person looks at it.

Texts are read as they look: compatibility forms are made plain and invisible characters taken out first, so
that a full-width sign or a zero-width blank hides nothing. What is found is a suspicion. What is not found
may still be personal data: a name that nobody has protected and no uploader has is only a word.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Iterator, Mapping
from typing import Final

from seawall.model.names import Names
from seawall.model.submission import Finding

#: Shorter names of uploaders would be found in any text.
LEAST_NAME: Final = 3
#: Words that a name of an uploader has at most, as it is looked for.
MOST_WORDS: Final = 4

_MAIL: Final = re.compile(
    r"[\w.+%'-]+\s?(?:@|[(\[{]\s?(?:at|@)\s?[)\]}])\s?[\w-]+(?:\s?(?:\.|[(\[{]\s?(?:dot|\.)\s?[)\]}])\s?[\w-]+)+",
    re.IGNORECASE,
)
_URL: Final = re.compile(
    r"(?:\b(?:h[tx]{2}ps?|ftp|tg|magnet)\s?\[?:\]?\s?(?://|\?)|\bwww\.)\S+"
    r"|(?<![\w.@])(?:[a-z0-9-]+(?:\.|\s?\[\.\]\s?|\s?\(dot\)\s?))+(?:com|net|org|info|io|me|eu|ru|onion|to|cc|tv|gg|ly|be|de|fr|uk)"
    r"(?![\w])(?:/\S*)?",
    re.IGNORECASE,
)
#: After a letter, `@` is part of an address; alone it begins a handle.
_HANDLE: Final = re.compile(r"(?<![\w@.])@[\w.]{2,}|\b(?:u|user)/[\w-]{2,}")
_PHONE: Final = re.compile(
    r"(?<![\w.,/-])(?:(?:\+|00)?\(?\d(?:[\s().-]{0,2}\d){6,14}|0\d{1,5}\s?/\s?\d(?:[\s-]?\d){3,})(?![\w/])"
)
#: Dates and numbers in groups, which are no phone numbers.
_NONE: Final = re.compile(r"\d{4}-\d{2}-\d{2}(?:[ T]\d{2})?|\d{1,2}\.\d{1,2}\.\d{4}|\d{1,2}(?: \d{3}){2,}")
_WORD: Final = re.compile(r"[^\s,;:!?\"'\u2018\u2019\u201c\u201d()\[\]{}<>|]+")

_KINDS: Final = (("e-mail address", _MAIL), ("address", _URL), ("handle", _HANDLE), ("phone number", _PHONE))


def plain(text: str) -> str:
    """A text as it looks: without invisible characters, every character in its plainest form."""
    shown = unicodedata.normalize("NFKC", text)
    return "".join(one for one in shown if unicodedata.category(one) != "Cf")


def candidates(text: str) -> Iterator[str]:
    """What in a text could be an uploader's name: every run of up to four words, as written and lower."""
    found = [one.group().rstrip(".") for one in _WORD.finditer(plain(text))]
    for start in range(len(found)):
        for length in range(1, min(MOST_WORDS, len(found) - start) + 1):
            said = " ".join(found[start : start + length])
            for one in {said, said.lower(), said.lstrip("@")}:
                if len(one) >= LEAST_NAME:
                    yield one


def scan(
    fields: Mapping[str, str],
    *,
    uploaders: frozenset[str] = frozenset(),
    own: frozenset[str] = frozenset(),
    protected: Names = Names(()),
) -> tuple[Finding, ...]:
    """What looks like personal data in texts, by their fields.

    uploaders: those that the store knows among `candidates` of the texts. own: how the platform names who put
    the content up, and where it stands, however long. protected: names that are masked.
    """
    return tuple(
        one for field, text in fields.items() for one in _found(field, text, uploaders, own, protected)
    )


def _found(
    field: str, text: str, uploaders: frozenset[str], own: frozenset[str], protected: Names
) -> Iterator[Finding]:
    shown = plain(text)
    taken: list[tuple[int, int]] = []
    for kind, pattern in _KINDS:
        for one in pattern.finditer(shown):
            inside = any(start < one.end() and one.start() < end for start, end in taken)
            if inside or (kind == "phone number" and _NONE.fullmatch(one.group().strip())):
                continue
            taken.append(one.span())
            yield Finding(field, kind, one.group().strip())
    for name in dict.fromkeys(one for one in candidates(text) if one in uploaders):
        yield Finding(field, "uploader", name)
    for name in sorted(own - uploaders):
        if len(name) >= LEAST_NAME and _stands_in(plain(name).casefold(), shown.casefold()):
            yield Finding(field, "uploader or post", name)
    # The name itself is not repeated: where it stands says enough.
    if protected.within(text) or protected.within(shown):
        yield Finding(field, "protected name", "a name that is protected in an incident")


def _stands_in(name: str, text: str) -> bool:
    """Whether a text has a name that is no part of a longer word."""
    return re.search(rf"(?<!\w){re.escape(name)}(?!\w)", text) is not None
