"""Exact digests are those of the standard tools, over the whole stream, in pieces."""

import io

import pytest

from seawall.model import signal
from seawall.signals import exact


def test_digests_of_a_known_text():
    made = exact.digest(io.BytesIO(b"abc"))
    assert made.sha256 == "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad"
    assert made.md5 == "900150983cd24fb0d6963f7d28e17f72"
    assert made.size_bytes == 3


@pytest.mark.parametrize("size", [0, 1, (1 << 20) - 1, 1 << 20, (1 << 20) + 1])
def test_a_stream_of_any_length_counts_in_full(size):
    data = bytes(size)
    made = exact.digest(io.BytesIO(data))
    assert made.size_bytes == size
    assert made == exact.digest(io.BytesIO(data))
    assert made != exact.digest(io.BytesIO(data + b"\0"))


def test_the_stored_signals_are_the_digests():
    made = exact.digest(io.BytesIO(b"abc"))
    sha256, md5 = made.signals()
    assert (sha256.type, sha256.value.hex()) == (signal.SignalType.SHA256, made.sha256)
    assert (md5.type, md5.value.hex()) == (signal.SignalType.MD5, made.md5)
