"""What is deflated comes back, short or long, and any program that knows zlib reads it."""

from __future__ import annotations

import zlib

import pytest
from hypothesis import given, strategies as st

from seawall.signals import inflate


@given(st.binary(max_size=3 * inflate.SHORT_BYTES))
def test_there_and_back(plain):
    body = inflate.deflated(plain)
    assert zlib.decompress(body) == plain
    assert inflate.exactly(body, len(plain)) == plain
    with pytest.raises(ValueError, match="length"):
        inflate.exactly(body, len(plain) + 1)


@given(st.binary(min_size=1, max_size=inflate.SHORT_BYTES), st.data())
def test_what_was_damaged_on_the_way_is_refused(plain, data):
    body = bytearray(inflate.deflated(plain))
    at = body.index(plain) + data.draw(st.integers(0, len(plain) - 1))
    body[at] ^= data.draw(st.integers(1, 255))
    with pytest.raises(ValueError, match="damaged"):
        inflate.exactly(bytes(body), len(plain))
