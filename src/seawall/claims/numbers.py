"""Numbers in words and figures, in English and French."""

from __future__ import annotations

from typing import Final

_UNITS: Final = (
    "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen "
    "seventeen eighteen nineteen"
)
_TENS: Final = "twenty thirty forty fifty sixty seventy eighty ninety"
_FRENCH: Final = (
    "zéro un deux trois quatre cinq six sept huit neuf dix onze douze treize quatorze quinze seize"
    " dix-sept dix-huit dix-neuf vingt"
)
WORDS: Final[dict[str, int]] = {
    **{word: value for value, word in enumerate(_FRENCH.split())},
    **{word: value for value, word in enumerate(_UNITS.split())},
    **{word: value for value, word in zip(range(20, 100, 10), _TENS.split(), strict=True)},
    **{
        f"{tens}-{unit}": value + number
        for value, tens in zip(range(20, 100, 10), _TENS.split(), strict=True)
        for number, unit in enumerate(_UNITS.split()[1:10], start=1)
    },
}
#: round words for many, each with what it is at least
ROUND: Final[dict[str, int]] = {
    "tens of thousands": 20_000,
    "hundreds of thousands": 200_000,
    "dizaines de milliers": 20_000,
    "dozen": 12,
    "dozens": 24,
    "scores": 40,
    "hundred": 100,
    "hundreds": 200,
    "thousand": 1000,
    "thousands": 2000,
    "dizaine": 10,
    "dizaines": 20,
    "centaines": 200,
    "milliers": 2000,
}
_ARABIC_DIGITS: Final = str.maketrans(
    "".join(map(chr, (*range(0x660, 0x66A), *range(0x6F0, 0x6FA)))), "01234567890123456789"
)
#: a number as a pattern: figures, or words with the longer ones first
PATTERN: Final = (
    r"(?:\d{1,3}(?:[,\u202f]\d{3})+|[\d\u0660-\u0669\u06f0-\u06f9]{1,7}|"
    + "|".join(sorted((word.replace("-", "[- ]") for word in WORDS), key=len, reverse=True))
    + ")"
)


def value(written: str) -> int | None:
    """A number that PATTERN found; None for a word that is no number."""
    plain = written.casefold().translate(_ARABIC_DIGITS).replace(",", "").replace("\u202f", "")
    if plain.isascii() and plain.isdigit():
        return int(plain)
    return WORDS.get(plain, WORDS.get(plain.replace(" ", "-")))
