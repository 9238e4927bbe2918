"""Plain text: from bytes to code points, and the little that an import changes of them.

What is changed, and nothing else: every kind of line end becomes a newline; a byte order mark at the start
goes; control characters, lone surrogates and noncharacters become U+FFFD, one for one. Zero-width and
bidirectional characters, look-alike letters, soft hyphens and odd spaces stay as they are.
"""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, replace
from typing import Final

import charset_normalizer

from seawall import errors

REPLACEMENT: Final = "\ufffd"

#: Encodings that a text may declare or be found to be in. Each is loaded here: in the sandbox, where texts
#: are decoded, there are no files to load it from later.
ENCODINGS: Final = tuple(
    codecs.lookup(name).name
    for name in (
        *("utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "utf-32", "utf-32-le", "utf-32-be"),
        *("ascii", "latin-1", "mac-roman", "koi8-r", "koi8-u", "cp437", "cp850", "cp866", "cp874"),
        *(f"cp125{page}" for page in range(9)),
        *(f"iso8859-{part}" for part in (2, 3, 4, 5, 6, 7, 8, 9, 10, 13, 14, 15, 16)),
        *(
            "gb18030",
            "gbk",
            "gb2312",
            "big5",
            "euc-jp",
            "shift-jis",
            "cp932",
            "iso2022-jp",
            "euc-kr",
            "cp949",
        ),
    )
)
#: in which a text without a mark or a declaration may be; the likeliest of equals first
_GUESSED: Final = (
    "cp1252",
    "cp1256",
    "cp1251",
    "cp1250",
    "cp1253",
    "cp1254",
    "cp1255",
    "gb18030",
    "shift_jis",
    "euc_kr",
)
#: what is written where another is declared (as WHATWG's Encoding Standard has it)
_MEANT: Final = {
    "iso8859-1": "cp1252",
    "ascii": "cp1252",
    "iso8859-9": "cp1254",
    "gb2312": "gb18030",
    "gbk": "gb18030",
}

_EQUAL: Final = 0.005  # that much of its measures tells no two encodings apart
_SEVEN_BIT: Final = ("iso2022_jp",)  # whose text is ASCII too, if one does not know

_MARKS: Final = (
    (codecs.BOM_UTF8, "utf-8"),
    (codecs.BOM_UTF32_LE, "utf-32-le"),
    (codecs.BOM_UTF32_BE, "utf-32-be"),
    (codecs.BOM_UTF16_LE, "utf-16-le"),
    (codecs.BOM_UTF16_BE, "utf-16-be"),
)
_SAMPLE_BYTES: Final = 64 << 10  # enough to tell the encoding by
_CONTROL_SHARE: Final = 0.02  # of the sample; more is no text

_LINE_ENDS: Final = re.compile("\r\n|[\r\x0b\x0c\x85\u2028\u2029]")
_UNFIT: Final = re.compile("[\x00-\x08\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
_SPACES_ONLY: Final = re.compile(rb"[\s\x00]*")


def normal(text: str) -> str:
    """The text as it is stored. Doing it again changes nothing."""
    return _UNFIT.sub(REPLACEMENT, _LINE_ENDS.sub("\n", text))


@dataclass(frozen=True, slots=True)
class Decoded:
    """A text, and what encoding it was in."""

    text: str
    encoding: str
    guessed: bool = False  #: by the frequency of letters: single letters may be wrong


def decoded(data: bytes, declared: str | None, name: str) -> Decoded:
    """The text of the bytes as it is stored.

    A byte order mark decides, else UTF-8 where it fits, for no other encoding's text looks like it by chance,
    else what the file declares where that fits, else a guess by the frequency of letters.

    Raises errors.UnknownReport for what is no text, errors.NoText.
    """
    if _SPACES_ONLY.fullmatch(data):
        raise errors.NoText(path=name, reason="it holds nothing but white space")
    found = _decoded(data, declared)
    if found is None:
        raise errors.UnknownReport(path=name, reason="its bytes are text in no encoding that Seawall knows")
    text = normal(found.text.removeprefix("\ufeff"))
    sample = text[:_SAMPLE_BYTES]
    if sample.count(REPLACEMENT) > _CONTROL_SHARE * len(sample):
        raise errors.UnknownReport(path=name, reason="it is full of characters that are no text")
    if not text.strip():
        raise errors.NoText(path=name, reason="it holds nothing but white space")
    return replace(found, text=text)


def marked(head: bytes) -> bool:
    """Whether the bytes open with a byte order mark."""
    return any(head.startswith(mark) for mark, _ in _MARKS)


def _decoded(data: bytes, declared: str | None) -> Decoded | None:
    for mark, encoding in _MARKS:
        if data.startswith(mark):
            return Decoded(data.decode(encoding, "replace"), encoding)
    meant = known(declared)
    tried = (meant, _wide(data), "utf-8") if meant in _SEVEN_BIT else (_wide(data), "utf-8", meant)
    for candidate in tried:
        if candidate is not None and (text := _strictly(data, candidate)) is not None:
            return Decoded(text, candidate)
    if _nearly_utf8(data):  # one damaged byte must not turn a whole text into another encoding's letters
        return Decoded(data.decode("utf-8", "replace"), "utf-8")
    guessed = _guessed(data)
    return None if guessed is None else Decoded(data.decode(guessed, "replace"), guessed, guessed=True)


def known(declared: str | None) -> str | None:
    """The encoding that is meant where this one is declared; None for one that is not of the table."""
    try:
        encoding = codecs.lookup((declared or "").strip()).name
    except (LookupError, ValueError):
        return None
    return _MEANT.get(encoding, encoding) if encoding in ENCODINGS else None


def _strictly(data: bytes, encoding: str) -> str | None:
    try:
        return data.decode(encoding)
    except UnicodeDecodeError:
        return None


def _wide(data: bytes) -> str | None:
    """UTF-16 without a mark, of a text with ASCII in it: every second byte is zero."""
    sample = data[:_SAMPLE_BYTES]
    even, odd = sample[::2].count(0), sample[1::2].count(0)
    if max(even, odd) < len(sample) // 8 or min(even, odd) > len(sample) // 50:
        return None
    return "utf-16-le" if odd > even else "utf-16-be"


def _nearly_utf8(data: bytes) -> bool:
    sample = data[:_SAMPLE_BYTES]
    text = sample.decode("utf-8", "replace")
    wrong = text.count(REPLACEMENT)
    right = sum(1 for letter in text if letter > "\x7f") - wrong
    return right > 4 * wrong


def _guessed(data: bytes) -> str | None:
    """The encoding whose letters make the likeliest text."""
    if 0 in data[:_SAMPLE_BYTES]:
        return None
    found = list(charset_normalizer.from_bytes(data[:_SAMPLE_BYTES], cp_isolation=list(_GUESSED)))
    if not found:
        return "cp1252" if _strictly(data, "cp1252") is not None else None
    best = found[0]
    equals = {
        name
        for match in found
        if match.chaos <= best.chaos + _EQUAL and match.coherence >= best.coherence - _EQUAL
        for name in match.could_be_from_charset
    }
    return next((encoding for encoding in _GUESSED if encoding in equals), best.encoding)
