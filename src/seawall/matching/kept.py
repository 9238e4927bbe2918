"""The signals of a query as bytes, to search it again later.

All that a search looks at is kept but the keypoints: of 30 s of video they take 525 kB, where the fingerprint
takes 44 kB and the sound 2 kB. A content is then found again by its pictures, their parts, and its sound.

Layout, little-endian: magic (4), version (u16), number of parts (u16); each part = name (1), size (u32) and
so many bytes.
"""

from __future__ import annotations

import struct
from collections.abc import Iterator
from typing import Final

from seawall.matching import search
from seawall.signals import audio, learned, panes, video

VERSION: Final = 1
_MAGIC: Final = b"SWQS"
_HEADER: Final = struct.Struct("<4sHH")
_PART: Final = struct.Struct("<cI")
_DURATION: Final = struct.Struct("<d")
_LENGTH, _PICTURES, _SOUND, _PANE, _LEARNED, _GLANCED = (bytes((ord(name),)) for name in "dfsplg")


def encode(query: search.Query) -> bytes:
    """As stored; digests are kept beside it. `decode` is its inverse."""
    parts = list(_parts(query))
    joined = b"".join(_PART.pack(name, len(data)) + data for name, data in parts)
    return _HEADER.pack(_MAGIC, VERSION, len(parts)) + joined


def _parts(query: search.Query) -> Iterator[tuple[bytes, bytes]]:
    if query.duration_s is not None:
        yield _LENGTH, _DURATION.pack(query.duration_s)
    if query.fingerprint is not None:
        yield _PICTURES, query.fingerprint.encode()
    if query.sound is not None:
        yield _SOUND, query.sound.encode()
    for pane in query.panes:
        yield _PANE, pane.encode()
    if query.descriptors is not None:
        yield _LEARNED, query.descriptors.encode()
    if query.glanced:
        yield _GLANCED, b""


def decode(data: bytes, sha256: str | None, md5: str | None) -> search.Query:
    """The query that `encode` wrote. Raises ValueError where the bytes are not one that can be read now."""
    if len(data) < _HEADER.size:
        raise ValueError("shorter than the header of kept signals")
    magic, version, count = _HEADER.unpack_from(data)
    if magic != _MAGIC or version != VERSION:
        raise ValueError(f"not kept signals of version {VERSION}")
    parts: dict[bytes, list[bytes]] = {}
    at = _HEADER.size
    for _ in range(count):
        if len(data) < at + _PART.size:
            raise ValueError("kept signals that end within a part")
        name, size = _PART.unpack_from(data, at)
        at += _PART.size
        if len(data) < at + size:
            raise ValueError("kept signals that end within a part")
        parts.setdefault(name, []).append(data[at : at + size])
        at += size

    def only(name: bytes) -> bytes | None:
        return parts[name][0] if name in parts else None

    length, pictures, sound, said = (only(name) for name in (_LENGTH, _PICTURES, _SOUND, _LEARNED))
    if length is not None and len(length) != _DURATION.size:
        raise ValueError("kept signals with a length of another size")
    return search.Query(
        sha256=sha256,
        md5=md5,
        duration_s=None if length is None else float(_DURATION.unpack(length)[0]),
        fingerprint=None if pictures is None else video.decode(pictures),
        sound=None if sound is None else audio.decode(sound),
        panes=tuple(panes.decode(one) for one in parts.get(_PANE, ())),
        descriptors=None if said is None else learned.decode(said),
        glanced=_GLANCED in parts,
    )
