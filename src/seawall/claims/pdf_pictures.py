"""The pictures of a PDF's pages. JPEG and JPEG 2000 come out as the bytes that they are; samples as a PNG.

What a page draws in its own stream of commands is not looked for: such pictures are small.
"""

from __future__ import annotations

import struct
import zlib
from collections.abc import Iterator, Sequence
from typing import Final

import pypdf
from pypdf.generic import DictionaryObject, IndirectObject, StreamObject

from seawall.claims import pictures, plain

_LOOKED_AT: Final = 5000  # objects of one document
_LEVELS: Final = 4  # of drawings in drawings
_SAMPLES_BYTES: Final = 64 << 20  # of one picture
_ALL_SAMPLES_BYTES: Final = 256 << 20  # of one document
_SIDE_PX: Final = 65_535  # a longer side is left out
_SEARCHED: Final = 2000  # characters in which the next line of a page is looked for
_AS_THEY_ARE: Final = ("/DCTDecode", "/DCT", "/JPXDecode", "/CCITTFaxDecode", "/CCF")
_UNTAKEN: Final = ("/JBIG2Decode",)  # what reads it is another program
_STENCIL: Final = "a stencil"
_OTHER: Final = "colours or a packing that are not handed out"
_GRAY, _RGB, _PALETTE = 0, 2, 3  # as PNG numbers them
_NAMED: Final = {"/DeviceGray": _GRAY, "/CalGray": _GRAY, "/DeviceRGB": _RGB, "/CalRGB": _RGB}
_BY_CHANNELS: Final = {1: _GRAY, 3: _RGB}
_DEPTHS: Final = {_GRAY: (1, 2, 4, 8, 16), _RGB: (8, 16), _PALETTE: (1, 2, 4, 8)}  # of PNG
_FLIPPED: Final = bytes(range(255, -1, -1))


class _LeftOut(Exception):
    """Why a picture is not handed out."""


def take(
    reader: pypdf.PdfReader,
    ends: Sequence[int],
    taken: pictures.Taken,
    faults: tuple[type[Exception], ...],
) -> None:
    """Take the pictures of each page. ends: where each page's text ends. faults: what damage may raise."""
    seen = _Seen()
    budget = _Budget()
    for page, end in zip(reader.pages, ends, strict=True):
        try:
            for one in _objects(page, seen, _LEVELS):
                budget.look()
                _take(one, end, taken, budget, faults)
        except _LeftOut:
            taken.leave_out(pictures.MANY)
            return
        except faults:
            taken.leave_out(pictures.SENSELESS)


def ends(text: str, pages: Sequence[str]) -> list[int]:
    """Where in the text the text of each page ends, looked up line by line."""
    found, at = [], 0
    for page in pages:
        for line in page.split("\n"):
            words = plain.normal(line).strip()
            start = text.find(words, at, at + len(words) + _SEARCHED) if words else -1
            at = start + len(words) if start >= 0 else at
        found.append(at)
    return found


class _Budget:
    """What one document may still cost."""

    def __init__(self) -> None:
        self._objects = _LOOKED_AT
        self._bytes = _ALL_SAMPLES_BYTES

    def look(self) -> None:
        self._objects -= 1
        if self._objects < 0:
            raise _LeftOut(pictures.MANY)

    def spend(self, size: int = 0) -> None:
        """Raises _LeftOut where too much has been spent, on this picture or on all."""
        if size > _SAMPLES_BYTES:
            raise _LeftOut(pictures.LONG)
        self._bytes -= size
        if self._bytes < 0:
            raise _LeftOut(pictures.MANY)


class _Seen:
    """What has been looked at: several pages may name the same, and drawings may name themselves."""

    def __init__(self) -> None:
        self._objects: set[int] = set()
        self._lists: dict[int, object] = {}  # kept, so that no other comes to have its number

    def is_new(self, given: object) -> bool:
        if not isinstance(given, IndirectObject):
            return True
        is_new = given.idnum not in self._objects
        self._objects.add(given.idnum)
        return is_new

    def is_new_list(self, listed: object) -> bool:
        is_new = id(listed) not in self._lists
        self._lists[id(listed)] = listed
        return is_new


def _objects(holder: DictionaryObject, seen: _Seen, levels: int) -> Iterator[StreamObject]:
    """Every picture that a page or a drawing names, once in a document."""
    resources = _got(holder.get("/Resources"))
    listed = _got(resources.get("/XObject")) if isinstance(resources, DictionaryObject) else None
    if not isinstance(listed, DictionaryObject) or not seen.is_new_list(listed):
        return
    for given in listed.values():
        if not seen.is_new(given):
            continue
        one = _got(given)
        if not isinstance(one, StreamObject):
            continue
        kind = one.get("/Subtype")
        if kind == "/Image":
            yield one
        elif kind == "/Form" and levels:
            yield from _objects(one, seen, levels - 1)


def _take(
    one: StreamObject,
    end: int,
    taken: pictures.Taken,
    budget: _Budget,
    faults: tuple[type[Exception], ...],
) -> None:
    try:
        width, height = int(_got(one.get("/Width"))), int(_got(one.get("/Height")))  # type: ignore[call-overload]
        if min(width, height) < pictures.SIDE_PX:
            raise _LeftOut(pictures.SMALL)
        if max(width, height) > _SIDE_PX:
            raise _LeftOut(pictures.LONG)
        if _got(one.get("/ImageMask")):
            raise _LeftOut(_STENCIL)
        if taken.is_full:
            raise _LeftOut(pictures.MANY)
        taken.take(_bytes(one, width, height, budget), end)
    except _LeftOut as why:
        taken.leave_out(str(why))
    except faults:
        taken.leave_out(pictures.SENSELESS)


def _bytes(one: StreamObject, width: int, height: int, budget: _Budget) -> bytes:
    given = _got(one.get("/Filter"))
    filters = [str(_got(name)) for name in (given if isinstance(given, list) else [given])]
    if any(name in _UNTAKEN for name in filters):
        raise _LeftOut(_OTHER)
    if filters[-1] in _AS_THEY_ARE:
        budget.spend()
        data = bytes(one.get_data())
        budget.spend(len(data))
        return data
    colours, palette = _colours(_got(one.get("/ColorSpace")))
    depth = int(_got(one.get("/BitsPerComponent")) or 8)  # type: ignore[call-overload]
    if depth not in _DEPTHS[colours]:
        raise _LeftOut(_OTHER)
    row = -(-width * depth * (3 if colours == _RGB else 1) // 8)
    budget.spend(row * height)
    samples = bytes(one.get_data())[: row * height]
    decode = _got(one.get("/Decode"))
    if colours != _PALETTE and isinstance(decode, list) and len(decode) > 1 and decode[0] > decode[1]:
        samples = samples.translate(_FLIPPED)
    return _png(samples, row, (width, height, depth, colours), palette)


def _colours(space: object) -> tuple[int, bytes | None]:
    """How PNG calls a PDF's colours, and their palette if they have one."""
    if isinstance(space, str):
        if space in _NAMED:
            return _NAMED[space], None
    elif isinstance(space, list) and space:
        name = _got(space[0])
        if name in _NAMED:
            return _NAMED[str(name)], None
        if name == "/ICCBased":
            profile = _got(space[1])
            channels = _got(profile.get("/N")) if isinstance(profile, DictionaryObject) else None
            if channels in _BY_CHANNELS:
                return _BY_CHANNELS[channels], None
        if name == "/Indexed":
            return _PALETTE, _palette(space)
    raise _LeftOut(_OTHER)


def _palette(space: Sequence[object]) -> bytes:
    base, _ = _colours(_got(space[1]))
    given = _got(space[3])
    if isinstance(given, StreamObject):
        entries = bytes(given.get_data())
    else:
        entries = bytes(getattr(given, "original_bytes", b""))
    if base == _GRAY:
        entries = bytes(value for value in entries[:256] for _ in range(3))
    if base == _PALETTE or len(entries) < 3:
        raise _LeftOut(_OTHER)
    return entries[: min(768, len(entries) // 3 * 3)]


def _png(samples: bytes, row: int, head: tuple[int, int, int, int], palette: bytes | None) -> bytes:
    """Rows of samples as a PNG: both formats lay them out alike. Missing rows stay missing."""
    packer = zlib.compressobj(1)
    packed = bytearray()
    for at in range(0, len(samples), row):
        packed += packer.compress(b"\0" + samples[at : at + row])
    packed += packer.flush()
    chunks = [(b"IHDR", struct.pack(">IIBBBBB", *head, 0, 0, 0))]
    chunks += [] if palette is None else [(b"PLTE", palette)]
    chunks += [(b"IDAT", bytes(packed)), (b"IEND", b"")]
    made = b"\x89PNG\r\n\x1a\n"
    for name, data in chunks:
        made += struct.pack(">I", len(data)) + name + data + struct.pack(">I", zlib.crc32(name + data))
    return made


def _got(given: object) -> object:
    """What an indirect object stands for."""
    return given.get_object() if isinstance(given, IndirectObject) else given
