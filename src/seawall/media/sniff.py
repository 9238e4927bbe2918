"""What a file is, told by its first bytes and never by its name.

Only formats of this table reach a decoder. Text that names other files or devices (playlists,
scripts) has no entry. Where one signature stands for one format the demuxer is named, so nothing
else probes the bytes; where it is shared, a short list is probed.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Final

HEAD_BYTES: Final = 4096

#: signature -> Pillow's name of the format
_PICTURES: Final[tuple[tuple[re.Pattern[bytes], str], ...]] = tuple(
    (re.compile(pattern, re.DOTALL), name)
    for pattern, name in (
        (rb"\xff\xd8\xff", "JPEG"),
        (rb"\x89PNG\r\n\x1a\n", "PNG"),
        (rb"GIF8[79]a", "GIF"),
        (rb"RIFF....WEBP", "WEBP"),
        (rb"BM.{4}.{4}.{4}[\x0c\x28\x34\x38\x40\x6c\x7c]\0\0\0", "BMP"),
        (rb"II[\x2a\x2b]\0|MM\0[\x2a\x2b]", "TIFF"),
        (rb"....ftypavi[fs]|....ftyp(?:mif1|msf1|miaf).{4}(?:....)*?avi[fs]", "AVIF"),
        (rb"P[1-6][\s#]", "PPM"),
        (rb"\0\0\0\x0cjP  \r\n\x87\n|\xff\x4f\xff\x51", "JPEG2000"),
    )
)

#: signature -> FFmpeg's demuxers that may read it, by their own names
_CONTAINERS: Final[tuple[tuple[re.Pattern[bytes], tuple[str, ...]], ...]] = tuple(
    (re.compile(pattern, re.DOTALL), names)
    for pattern, names in (
        (rb"....(?:ftyp|moov|mdat|free|skip|wide|pnot|styp|moof|sidx)", ("mov",)),
        (rb"\x1aE\xdf\xa3", ("matroska",)),
        (rb"RIFF....AVI[ X\x19]|ON2 ....ON2f", ("avi",)),
        (rb"FLV[\x01-\x09]", ("flv",)),
        (rb"OggS", ("ogg",)),
        (rb"\x30\x26\xb2\x75\x8e\x66\xcf\x11", ("asf",)),
        (rb"(?:RIFF|RF64|BW64)....WAVE", ("wav",)),
        (rb"riff\x2e\x91\xcf\x11", ("w64",)),
        (rb"fLaC", ("flac",)),
        (rb"#!AMR", ("amr",)),
        (rb"FORM....AIF[FC]", ("aiff",)),
        (rb"caff\0", ("caf",)),
        (rb"\.snd", ("au",)),
        (rb"wvpk", ("wv",)),
        (rb"\.RMF\0", ("rm",)),
        (rb"DKIF\0\0", ("ivf",)),
        (rb"\x06\x0e\x2b\x34\x02\x05\x01\x01", ("mxf",)),
        (rb"ID3[\x02-\x04]", ("mp3", "aac", "flac")),
        (rb"\0\0\0?\x01", ("h264", "hevc", "mpeg", "mpegvideo", "m4v", "vvc")),
        (rb"\xff[\xe2-\xff]", ("mp3", "aac")),
        (rb"\x0b\x77", ("ac3", "eac3")),
    )
)

_HEIF: Final = re.compile(rb"....ftyp(?:hei[cfmsx]|hev[cmsx]|mif1|msf1)", re.DOTALL)
_PACKET_BYTES: Final = (188, 192, 204)  # of a transport stream: plain, with a clock, with parity


@dataclass(frozen=True, slots=True)
class Format:
    """What may read a file: one Pillow format, or one or more FFmpeg demuxers."""

    picture: str | None = None
    demuxers: tuple[str, ...] = ()


def sniff(head: bytes) -> Format | None:
    """The format that the first `HEAD_BYTES` bytes show, or None where it is none of the table."""
    for pattern, picture in _PICTURES:
        if pattern.match(head):
            return Format(picture=picture)
    if _HEIF.match(head):
        return None
    for pattern, demuxers in _CONTAINERS:
        if pattern.match(head):
            return Format(demuxers=demuxers)
    return Format(demuxers=("mpegts",)) if _is_transport_stream(head) else None


def _is_transport_stream(head: bytes) -> bool:
    """Whether five packets in a row start with their sync byte, or all that there are."""
    for size in _PACKET_BYTES:
        for start in range(min(size, len(head))):
            syncs = head[start::size][:5]
            if len(syncs) >= 3 and syncs.count(b"G") == len(syncs):
                return True
    return False
