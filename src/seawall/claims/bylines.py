"""Lines that say who wrote a report, where and when: bylines, dates, and datelines at a paragraph's start."""

from __future__ import annotations

import re
from typing import Final

from seawall.claims.tables import listed

_LONGEST: Final = 200  # characters
_MOST_WORDS: Final = 14
_SIGNED_WORDS: Final = 8

CAPITAL: Final = "A-Z\u00c0-\u00de\u0391-\u03a9\u0410-\u042f"
NAME: Final = rf"[{CAPITAL}][\w\u2019'.-]*+"

_LETTERS: Final = re.compile(r"[^\W\d_]+")
_WORD: Final = re.compile(r"[^\W\d_][\w\u2019'.-]*")
_DATE_WORDS: Final = listed(
    "january february march april may june july august september october november december jan feb mar "
    "apr jun jul aug sep sept oct nov dec monday tuesday wednesday thursday friday saturday sunday mon "
    "tue tues wed thu thur thurs fri sat sun am pm a p m gmt utc bst cet cest est edt pst pdt ist z t h "
    "st nd rd th janvier f\u00e9vrier mars avril mai juin juillet ao\u00fbt septembre octobre novembre "
    "d\u00e9cembre lundi mardi mercredi jeudi vendredi samedi dimanche le \u00e0 at on of the ago hour "
    "hours minute minutes min mins day days read first last updated published posted modified publi\u00e9 "
    "mis jour modifi\u00e9 date issued released filed created \u0646\u0634\u0631 \u0641\u064a "
    "\u062a\u0627\u0631\u064a\u062e \u0627\u0644\u0646\u0634\u0631"
)
#: how a byline opens, in lower case; some open sentences too
_OPENERS: Final = (
    *("by ", "from ", "words by ", "story by ", "text by ", "written by ", "reported by ", "reporting by "),
    *("additional reporting by ", "with reporting by ", "edited by ", "editing by ", "compiled by "),
    *("translated by ", "writing by ", "par ", "propos recueillis par "),
    *("\u0628\u0642\u0644\u0645 ", "\u0628\u0642\u0644\u0645:"),
    *("\u0643\u062a\u0628 ", "\u0643\u062a\u0628\u062a "),
)
_JOINING: Final = listed(
    "and in at for of the with by editing reporting writing additional our a an special own foreign local "
    "news notre nos envoy\u00e9 envoy\u00e9e sp\u00e9cial sp\u00e9ciale "
    "de du la et \u00e0 al el bin ibn van von"
)
#: a time or a date in figures alone
_FIGURES: Final = re.compile(r"\d{1,2}[:.h]\d{2}|\d{1,4}[./-]\d{1,2}[./-]\d{1,4}")
_HANDLE: Final = re.compile(r"(@\w{2,30})\b")
_ROLES: Final = re.compile(
    r"\b(?:correspondent|correspondante?|reporter|editor|bureau|chief|staff|writer|desk|r\u00e9daction)s?\b",
    re.IGNORECASE,
)
_NAMES_FIRST: Final = re.compile(rf"{NAME}(?: {NAME}){{1,2}} (?:in|at) {NAME}(?:,? {NAME}){{0,2}}$")
_NOT_NAMES: Final = listed("the this that then now all day night noon dawn dusk")

_SHOUTED: Final = rf"[{CAPITAL}][{CAPITAL}'\u2019.-]++(?:[ /][{CAPITAL}][{CAPITAL}'\u2019.-]*+){{0,4}}+"
_SPOKEN: Final = rf"{NAME}(?: {NAME}){{0,3}}"
_MORE: Final = r"(?:, ?[\w.'\u2019 -]{1,40}){0,2}"
_AGENCY: Final = r" ?\([^()]{2,40}\)"
_DATELINE: Final = re.compile(
    rf"(?P<place>{_SHOUTED}{_MORE}(?:{_AGENCY})?|{_SPOKEN}{_MORE}{_AGENCY})\s*(?P<stop>--|[\u2014\u2013:-])\s*(?=\S)"
)
_ARABIC: Final = "\u0620-\u065f"
_ARABIC_DATELINE: Final = re.compile(
    rf"(?P<place>[{_ARABIC}]++(?: [{_ARABIC}]++){{0,2}}{_AGENCY}|[{_ARABIC}]++)"
    r"(?:\s+| ?(?=:))(?P<stop>[\u2014\u2013:-])\s+(?=\S)"
)
_DATELINE_CHARACTERS: Final = 120
_LEAST_AFTER: Final = 5  # words of the paragraph itself
_LOWER: Final = re.compile(r"[a-z\u00df-\u00ff]")


def byline(line: str, *, first: bool = False) -> bool:
    """Whether a line says who wrote it, or when, and nothing else.

    first: it is the first of its text, where capitals make a headline and no name.
    """
    if len(line) > _LONGEST or len(line.split()) > _MOST_WORDS:
        return False
    if line.startswith("(") and line.endswith(")"):
        line = line[1:-1]
    return _is_date(line) or _is_opened(line) or _is_posted(line) or (not first and _is_signed(line))


def _is_date(line: str) -> bool:
    if _FIGURES.fullmatch(line):
        return True
    words = _LETTERS.findall(line.lower())
    return any(map(str.isdigit, line)) and bool(words) and all(word in _DATE_WORDS for word in words)


def _is_posted(line: str) -> bool:
    """Such as "Ann Bee @annbee, 3h": the head of a post."""
    name, handle, rest = _HANDLE.split(line, maxsplit=1) if _HANDLE.search(line) else ("", None, "")
    if handle is None or any(word[0].islower() for word in _WORD.findall(name)) or name[:1].isdigit():
        return False
    return all(word in _DATE_WORDS for word in _LETTERS.findall(rest.lower()))


def _is_opened(line: str) -> bool:
    """Such as "By Ann Bee in Northtown", not "By Monday, the town had fallen."."""
    lower = line.lower()
    if not lower.startswith(_OPENERS):
        return False
    opener = next(opener for opener in _OPENERS if lower.startswith(opener))
    words = _WORD.findall(line[len(opener) :].rstrip(";."))
    if not words:
        return False
    if opener in ("by ", "from ", "par ") and (
        line.endswith((".", "!", "?")) or words[0].lower() in _NOT_NAMES | _DATE_WORDS
    ):
        return False
    return all(not word[0].islower() or word.lower() in _JOINING or _ROLES.fullmatch(word) for word in words)


def _is_signed(line: str) -> bool:
    """Such as "Ann Bee, Middle East correspondent", "Ann Bee in Northtown", "Our correspondent"."""
    words = _WORD.findall(line)
    if not words or line.endswith((".", "!", "?")) or len(words) > _SIGNED_WORDS:
        return False
    if not all(not word[0].islower() or word in _JOINING or _ROLES.fullmatch(word) for word in words[1:]):
        return False
    return _ROLES.search(line) is not None or _NAMES_FIRST.match(line) is not None


def dateline(line: str) -> tuple[int, int] | None:
    """Where the dateline at the start of a paragraph ends, and where the paragraph goes on.

    A place in capitals, or a place with an agency in brackets behind it, up to a dash. A colon will do behind
    capitals and an agency: "Ann Bee (councillor): ..." is somebody who speaks.
    """
    head = line[:_DATELINE_CHARACTERS]
    found = _ARABIC_DATELINE.match(head) or _DATELINE.match(head)
    if found is None or len(line[found.end() :].split()) < _LEAST_AFTER:
        return None
    place, agency, _ = found["place"].partition("(")
    if found["stop"] == ":" and not (agency and place.isupper()):
        return None
    if not agency and place.isupper() and not _LOWER.search(line, found.end()):
        return None  # all in capitals: only an agency tells a place from a headline's first words
    if not agency and line[found.end("place")] == "-":
        return None  # a hyphen within a word
    return found.end("stop"), found.end()
