"""The pictures that a report's file carries, handed out as they lie in it: bounded, and none decoded here.

What is left out is counted by its reason, so that a record can say so.
"""

from __future__ import annotations

import hashlib
import struct
from collections import Counter
from dataclasses import dataclass
from typing import Final

from seawall.media import sniff
from seawall.model.report import Line, Unread

PICTURES: Final = 32  #: of one report
PICTURE_BYTES: Final = 16 << 20  #: of one picture
ALL_BYTES: Final = 64 << 20  #: of all of a report's together
SIDE_PX: Final = 64  #: a side that is shorter is an icon's, a line's or a tracking pixel's

SMALL: Final = f"a side of less than {SIDE_PX} pixels"
LONG: Final = f"more than {PICTURE_BYTES >> 20} MiB"
MANY: Final = f"more than {PICTURES} in one report, or {ALL_BYTES >> 20} MiB together"
MOVING: Final = "a film or a sound"
DRAWN: Final = "a drawing of lines"
SENSELESS: Final = "its bytes make no sense"

_SEGMENTS: Final = 500  # of a JPEG that are gone through for its size
_WITHOUT_LENGTH: Final = frozenset({0x01, *range(0xD0, 0xD9)})  # markers of a JPEG
_FRAMES: Final = frozenset(range(0xC0, 0xD0)) - {0xC4, 0xC8, 0xCC}


@dataclass(frozen=True, slots=True)
class Picture:
    """A picture of a report: bytes that nobody has looked into yet."""

    data: bytes
    at: int  #: the offset in the text where it stands; the text's end where the format does not tell
    caption: Line | None = None  #: where the format tells


class Taken:
    """The pictures of one report as they are found, within the limits. The same picture counts once."""

    def __init__(self) -> None:
        self._pictures: list[Picture] = []
        self._seen: set[bytes] = set()
        self._bytes = 0
        self._left: Counter[str] = Counter()

    @property
    def is_full(self) -> bool:
        """Whether no other picture is taken."""
        return len(self._pictures) >= PICTURES or self._bytes >= ALL_BYTES

    def take(self, data: bytes, at: int, caption: Line | None = None) -> None:
        """Take a picture, or count why it is left out."""
        digest = hashlib.sha256(data).digest()
        if digest in self._seen:
            return
        self._seen.add(digest)
        reason = self._why_not(data)
        if reason is not None:
            self.leave_out(reason)
            return
        self._pictures.append(Picture(data, at, caption))
        self._bytes += len(data)

    def leave_out(self, reason: str) -> None:
        """Count a picture that cannot be handed out, or is not worth it."""
        self._left[reason] += 1

    def pictures(self) -> tuple[Picture, ...]:
        """Those that were taken, in the text's order."""
        return tuple(sorted(self._pictures, key=lambda one: one.at))

    def unread(self, end: int) -> tuple[Unread, ...]:
        """What was left out, as said at the end of the text."""
        return tuple(
            Unread(end, end, f"{count} picture{'s are' if count > 1 else ' is'} left out: {reason}")
            for reason, count in self._left.items()
        )

    def _why_not(self, data: bytes) -> str | None:
        if not data:
            return SENSELESS
        if len(data) > PICTURE_BYTES:
            return LONG
        if data[:256].lstrip().startswith((b"<?xml", b"<svg", b"<!--")):
            return DRAWN
        form = sniff.sniff(data[: sniff.HEAD_BYTES])
        if form is not None and form.demuxers:
            return MOVING
        sides = size_px(data)
        if sides is not None and min(sides) < SIDE_PX:
            return SMALL
        full = len(self._pictures) >= PICTURES or self._bytes + len(data) > ALL_BYTES
        return MANY if full else None


def size_px(data: bytes) -> tuple[int, int] | None:
    """Width and height as the header of a picture says; None where it does not say so plainly."""
    try:
        if data.startswith(b"\x89PNG\r\n\x1a\n"):
            return struct.unpack_from(">II", data, 16)
        if data.startswith((b"GIF87a", b"GIF89a")):
            return struct.unpack_from("<HH", data, 6)
        if data.startswith(b"\xff\xd8"):
            return _size_of_jpeg(data)
        if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
            return _size_of_webp(data)
    except struct.error:
        return None
    return None


def _size_of_jpeg(data: bytes) -> tuple[int, int] | None:
    at = 2
    for _ in range(_SEGMENTS):
        mark, kind = struct.unpack_from(">BB", data, at)
        if mark != 0xFF:
            return None
        if kind == 0xFF:
            at += 1
        elif kind in _WITHOUT_LENGTH:
            at += 2
        elif kind in _FRAMES:
            height, width = struct.unpack_from(">HH", data, at + 5)
            return width, height
        else:
            at += 2 + int(struct.unpack_from(">H", data, at + 2)[0])
    return None


def _size_of_webp(data: bytes) -> tuple[int, int] | None:
    form = data[12:16]
    if form == b"VP8X":
        low_w, high_w, low_h, high_h = struct.unpack_from("<HBHB", data, 24)
        return 1 + low_w + (high_w << 16), 1 + low_h + (high_h << 16)
    if form == b"VP8 ":
        width, height = struct.unpack_from("<HH", data, 26)
        return width & 0x3FFF, height & 0x3FFF
    if form == b"VP8L":
        (bits,) = struct.unpack_from("<I", data, 21)
        return 1 + (bits & 0x3FFF), 1 + (bits >> 14 & 0x3FFF)
    return None
