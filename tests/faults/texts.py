"""Texts that nobody writes but somebody sends: too long, without an end, not what they look like.

All are made by arithmetic, the same every time, and say nothing of anybody.
"""

from __future__ import annotations

import random
from collections.abc import Iterator
from itertools import islice

_WHO = ("Officials", "A witness", "The harbour master", "Two drivers", "The council of Tarsk", "She")
_SAID = ("said that", "denied that", "told reporters on Monday that", "wrote in March that", "believed that")
_WHAT = (
    "the bridge was closed to lorries",
    "about 40 people had left the village",
    "a video of the fire had been shared by a channel",
    "the ferry may have been late again",
    "a boy of twelve had found the dog",
    "nobody could say where the letter came from",
)
#: "a witness said", escaped: letters that look like Latin ones, and run the other way, are hard to edit
_ARABIC = "\u0642\u0627\u0644 \u0634\u0627\u0647\u062f"


def sentences(seed: int = 1) -> Iterator[str]:
    """Sentences of a report without end, none with a full stop."""
    chance = random.Random(seed)
    while True:
        yield f"{chance.choice(_WHO)} {chance.choice(_SAID)} {chance.choice(_WHAT)}"


def unstopped(count: int, between: str = " ") -> str:
    """That many sentences with nothing to end them; in one line unless `between` breaks it."""
    return between.join(islice(sentences(), count))


def long(size_bytes: int, paragraph: int = 6) -> str:
    """An ordinary report of exactly that many bytes of UTF-8, in paragraphs of so many sentences."""
    source, parts, left = sentences(), [], size_bytes
    while left > 0:
        part = ". ".join(islice(source, paragraph)) + ".\n\n"
        parts.append(part[:left])
        left -= len(part)
    return "".join(parts)


def one_word(size: int) -> str:
    """A single word of that many letters."""
    return "a" * size


def quotes(count: int) -> str:
    """Quotation marks that open in each other and never close, and one too many of each kind."""
    return (
        "\N{LEFT DOUBLE QUOTATION MARK}he said \N{LEFT SINGLE QUOTATION MARK}she wrote " * count
        + "'\"\N{RIGHT DOUBLE QUOTATION MARK}"
    )


def nested(count: int) -> str:
    """A chain of sources of that length in one sentence, and as many brackets."""
    return "(a neighbour said that " * count + "the door was open" + ")" * count + "."


def subordinate(count: int) -> str:
    """One sentence of that many clauses, each within the one before."""
    return "The man " + "who knew the man " * count + "left the town."


def disguised() -> dict[str, str]:
    """Names and numbers that do not look to a program like what a person sees; each by what is done to it."""
    zero, joiner = "\N{ZERO WIDTH SPACE}", "\N{ZERO WIDTH JOINER}"
    return {
        "zero width": f"Fighters of Isla{zero}mic Sta{zero}te took Pal{joiner}myra, off{zero}icials said.",
        "homoglyphs": "Fighters of Isl\N{CYRILLIC SMALL LETTER A}mic St\N{CYRILLIC SMALL LETTER A}te took "
        "P\N{CYRILLIC SMALL LETTER A}lmyra, offici\N{CYRILLIC SMALL LETTER A}ls said.",
        "full width": "".join(
            chr(ord(c) + 0xFEE0) if "!" <= c <= "~" else c for c in "Officials said 25 left."
        ),
        "combining": "Offi\N{COMBINING ACUTE ACCENT}cials s\N{COMBINING DIAERESIS}aid that he left.",
        "overridden": "He said that \N{RIGHT-TO-LEFT OVERRIDE}dias eh\N{POP DIRECTIONAL FORMATTING} left.",
        "isolated": "\N{RIGHT-TO-LEFT ISOLATE}Officials\N{POP DIRECTIONAL ISOLATE} said that he left.",
        "soft hyphens": "Offi\N{SOFT HYPHEN}cials said that he had left Pal\N{SOFT HYPHEN}myra.",
        "no-break spaces": "Officials\N{NO-BREAK SPACE}said that he left\N{NARROW NO-BREAK SPACE}at 5.",
        "astral": "Officials said \N{FERRY} \U0001f468\u200d\U0001f469\u200d\U0001f467 left.",
        "mixed directions": f"Officials said that the sign read {_ARABIC} in 2019.",
        "controls": "Officials\x00 said\x07 that he\x1b[31m left.\x0c",
        "lone surrogate": "Officials said that he \ud800 left.",
        "line ends": "Officials said\r\nthat he left.\rShe stayed.\N{LINE SEPARATOR}They slept.\x85",
    }


def encoded() -> dict[str, tuple[bytes, str]]:
    """Bytes by encoding, each with the text that they hold."""
    french, arabic = "L'\u00e9cole a \u00e9t\u00e9 ferm\u00e9e.", f"{_ARABIC}."
    return {
        "utf-8": (french.encode(), french),
        "utf-8-sig": (french.encode("utf-8-sig"), french),
        "utf-16": (arabic.encode("utf-16"), arabic),
        "cp1252": (french.encode("cp1252"), french),
        "cp1256": (arabic.encode("cp1256"), arabic),
        "iso8859-6": (arabic.encode("iso8859-6"), arabic),
    }


def torn() -> dict[str, bytes]:
    """Bytes that hold no text, by what is wrong with them."""
    return {
        "nothing": b"",
        "cut in a letter": "ferm\u00e9".encode()[:-1],
        "half utf-16": "left".encode("utf-16")[:-1],
        "noise": random.Random(1).randbytes(4096),
        "zeros": bytes(4096),
    }
