"""Compression, and decompression that a header cannot talk into taking more memory than it announced."""

from __future__ import annotations

import struct
import zlib
from typing import Final

#: So few bytes would hardly be fewer compressed; to make ready for it takes longer than all else with a hash.
SHORT_BYTES: Final = 64
#: What zlib writes around bytes that it leaves as they are (RFC 1950, RFC 1951 3.2.4): its header, a last
#: block that is stored, and that block's length with its complement.
_STORED: Final = struct.Struct("<2sBHH")
_CHECK: Final = struct.Struct(">I")


def deflated(plain: bytes) -> bytes:
    """The bytes compressed; a few are only framed as such. `exactly` is its inverse."""
    size = len(plain)
    if size > SHORT_BYTES:
        return zlib.compress(plain, 6)
    return _STORED.pack(b"\x78\x9c", 1, size, size ^ 0xFFFF) + plain + _CHECK.pack(zlib.adler32(plain))


def exactly(body: bytes, expected_bytes: int) -> bytes:
    """The body decompressed. Raises ValueError where it is damaged or has another length."""
    inflater = zlib.decompressobj()
    try:
        plain = inflater.decompress(body, expected_bytes + 1)
    except zlib.error as cause:
        raise ValueError(f"damaged fingerprint: {cause}") from cause
    if len(plain) != expected_bytes or not inflater.eof or inflater.unused_data:
        raise ValueError("a fingerprint's columns have another length than its header says")
    return plain
