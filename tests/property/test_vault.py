"""What is locked comes back whole, and nothing else comes back at all."""

from __future__ import annotations

import hashlib
import io

import pytest
from hypothesis import given, settings, strategies as st

from seawall import errors
from seawall.evidence import vault

SIZES = [0, 1, vault.SEGMENT_BYTES - 1, vault.SEGMENT_BYTES, vault.SEGMENT_BYTES + 1, 3 * vault.SEGMENT_BYTES]
HEAD_BYTES = 16
LOCKED_SEGMENT_BYTES = vault.SEGMENT_BYTES + 16


class Trickle(io.BytesIO):
    """Gives less than it is asked for."""

    def read(self, size=-1, /):
        return super().read(min(size, 1000) if size >= 0 else 1000)


def locked(data, key, source=io.BytesIO):
    target = io.BytesIO()
    return vault.lock(source(data), target, key), target.getvalue()


def unlocked(data, key):
    return b"".join(vault.unlock(io.BytesIO(data), key))


@pytest.mark.parametrize("size", SIZES)
@pytest.mark.parametrize("source", [io.BytesIO, Trickle])
def test_bytes_come_back(size, source):
    data, key = hashlib.shake_128(b"seed").digest(size), vault.new_key()
    told, there = locked(data, key, source)
    assert unlocked(there, key) == data
    assert told == vault.Locked(
        hashlib.sha256(data).hexdigest(), size, hashlib.sha256(there).hexdigest(), len(there)
    )
    assert size < 64 or data[:64] not in there


@pytest.mark.parametrize("size", SIZES)
def test_another_key_opens_nothing(size):
    _, there = locked(bytes(size), vault.new_key())
    with pytest.raises(errors.BadEvidence):
        unlocked(there, vault.new_key())


@given(st.integers(0, 3 * LOCKED_SEGMENT_BYTES + HEAD_BYTES - 1), st.integers(0, 7))
@settings(max_examples=60)
def test_every_changed_bit_is_seen(at, bit):
    key = b"k" * vault.KEY_BYTES
    _, there = locked(bytes(3 * vault.SEGMENT_BYTES), key)
    changed = bytearray(there)
    changed[at] ^= 1 << bit
    with pytest.raises(errors.BadEvidence):
        unlocked(bytes(changed), key)


@pytest.mark.parametrize("left", [0, 5, HEAD_BYTES, HEAD_BYTES + 7, HEAD_BYTES + LOCKED_SEGMENT_BYTES, -1])
def test_a_cut_end_is_seen(left):
    key = vault.new_key()
    _, there = locked(bytes(2 * vault.SEGMENT_BYTES + 5), key)
    with pytest.raises(errors.BadEvidence):
        unlocked(there[:left], key)


def test_segments_that_are_left_out_swapped_or_added_are_seen():
    key = vault.new_key()
    _, there = locked(hashlib.shake_128(b"s").digest(3 * vault.SEGMENT_BYTES), key)
    head = there[:HEAD_BYTES]
    parts = [there[HEAD_BYTES + n * LOCKED_SEGMENT_BYTES :][:LOCKED_SEGMENT_BYTES] for n in range(3)]
    for other in ([parts[0], parts[2]], [parts[1], parts[0], parts[2]], parts[:2], [*parts, parts[2]]):
        with pytest.raises(errors.BadEvidence):
            unlocked(head + b"".join(other), key)
