"""Messages to and from the sandbox's children: what goes in comes out, and nonsense is refused."""

from __future__ import annotations

import json
import math
import socket
import struct
import threading
import time
from contextlib import suppress

import numpy as np
import pytest
from hypothesis import given, strategies as st
from hypothesis.extra import numpy as arrays

from seawall.media import wire

numbers = st.integers() | st.floats(allow_nan=False)
leaves = st.none() | st.booleans() | numbers | st.text() | st.binary()
some_arrays = arrays.arrays(
    st.sampled_from([np.uint8, np.int64, np.float32, np.bool_]), arrays.array_shapes(min_dims=0, min_side=0)
)
values = st.recursive(
    leaves | some_arrays,
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
    max_leaves=12,
)


def same(first: object, second: object) -> bool:
    if isinstance(first, np.ndarray) and isinstance(second, np.ndarray):
        equal = np.array_equal(first, second, equal_nan=first.dtype.kind == "f")
        return first.dtype == second.dtype and first.shape == second.shape and equal
    if isinstance(first, list) and isinstance(second, list):
        return len(first) == len(second) and all(map(same, first, second))
    if isinstance(first, dict) and isinstance(second, dict):
        return first.keys() == second.keys() and all(same(first[key], second[key]) for key in first)
    return type(first) is type(second) and first == second


def unpack(message: bytes) -> wire.Wire:
    header, body = struct.unpack_from("!IQ", message)
    assert len(message) == 12 + header + body
    return wire.unpack(message[12 : 12 + header], bytearray(message[12 + header :]))


@given(values)
def test_what_goes_in_comes_out(value: wire.Wire) -> None:
    assert same(unpack(wire.pack(value)), value)


def test_numbers_beyond_all_bounds_survive() -> None:
    back = unpack(wire.pack([math.inf, -math.inf, math.nan, 10**40]))
    assert isinstance(back, list)
    assert back[:2] == [math.inf, -math.inf]
    assert math.isnan(back[2])
    assert back[3] == 10**40


@pytest.mark.parametrize(
    "value", [object(), {1: 2}, {1, 2}, np.array(["x"]), np.array([object()]), np.zeros(2, "datetime64[s]")]
)
def test_what_has_no_form_is_not_sent(value: object) -> None:
    with pytest.raises(TypeError):
        wire.pack(value)  # type: ignore[arg-type]


def test_nesting_has_a_limit_on_both_sides() -> None:
    value: wire.Wire = 0
    for _ in range(60):
        value = [value]
    with pytest.raises(TypeError):
        wire.pack(value)
    for depth in (60, 100_000):
        with pytest.raises(wire.BadMessage):
            wire.unpack(b'["l",' * depth + b"0" + b"]" * depth, bytearray())


@pytest.mark.parametrize(
    "tree",
    [
        [],
        {},
        {"a": 1},
        ["z", 1],
        ["l", ["y"]],
        ["d", []],
        ["b", 0, 17],
        ["b", -1, 2],
        ["b", 2, -1],
        ["b", "0", 1],
        ["a", "|u1", [17], 0],
        ["a", "|u1", [-1], 0],
        ["a", "|u1", [1e3], 0],
        ["a", "|u1", [True], 0],
        ["a", "|u1", [2**62, 2**62], 0],
        ["a", "|u1", [1] * 20, 0],
        ["a", "|O8", [1], 0],
        ["a", "<f8", [3], 0],
        ["a", "<f8", [1], 12],
    ],
)
def test_nonsense_is_refused(tree: object) -> None:
    with pytest.raises(wire.BadMessage):
        wire.unpack(json.dumps(tree).encode(), bytearray(16))


@given(st.binary(max_size=60), st.binary(max_size=40))
def test_any_bytes_give_a_value_or_are_refused(header: bytes, body: bytes) -> None:
    with suppress(wire.BadMessage):
        wire.unpack(header, bytearray(body))


def test_a_message_crosses_a_socket_in_pieces() -> None:
    here, there = socket.socketpair()
    with here, there:
        message = wire.pack({"array": np.arange(300_000)})

        def trickle() -> None:
            for first in range(0, len(message), 100_003):
                wire.send(there, message[first : first + 100_003])

        sender = threading.Thread(target=trickle)
        sender.start()
        got = wire.receive(here, time.monotonic() + 20)
        sender.join()
    assert isinstance(got, dict)
    assert np.array_equal(got["array"], np.arange(300_000))


def test_a_declared_size_beyond_the_limit_is_not_believed() -> None:
    here, there = socket.socketpair()
    with here, there:
        there.sendall(struct.pack("!IQ", 10, 1 << 60))
        with pytest.raises(wire.BadMessage):
            wire.receive(here, time.monotonic() + 5)


def test_silence_ends_at_the_deadline_and_a_closed_end_at_once() -> None:
    here, there = socket.socketpair()
    with here, there:
        there.sendall(b"\0\0")
        with pytest.raises(wire.Late):
            wire.receive(here, time.monotonic() + 0.05)
        there.close()
        with pytest.raises(wire.Closed):
            wire.receive(here, time.monotonic() + 20)
