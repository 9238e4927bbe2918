"""Decompression that a header cannot talk into taking more memory than it announced."""

from __future__ import annotations

import zlib


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
