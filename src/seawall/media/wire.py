"""Messages between the sandbox and its children: JSON for the shape, raw bytes for the arrays. No pickle.

A message is two lengths, the JSON header and the body. In the header, numbers, strings and None stand
for themselves; everything else is a list that starts with its tag: ["l", ...] a list, ["d", {...}] a
dict, ["b", offset, length] bytes in the body, ["a", dtype, shape, offset] an array in the body.

The other side is not trusted: lengths, offsets, types and shapes are checked before anything is made.
"""

from __future__ import annotations

import json
import math
import socket
import struct
import time
from collections.abc import Mapping, Sequence
from enum import StrEnum
from typing import Final, TypeAlias

import numpy as np
from numpy.typing import NDArray

Wire: TypeAlias = "bool | int | float | str | bytes | Sequence[Wire] | Mapping[str, Wire] | Array | None"
Array: TypeAlias = NDArray[np.generic]

HEADER_LIMIT_BYTES: Final = 8 << 20
BODY_LIMIT_BYTES: Final = 512 << 20

_LENGTHS: Final = struct.Struct("!IQ")
_ALIGN_BYTES: Final = 16
_DEPTH_LIMIT: Final = 32
_DTYPES: Final = frozenset(
    np.dtype(name).str for name in ("?", "u1", "i1", "u2", "i2", "u4", "i4", "u8", "i8", "f2", "f4", "f8")
)


class Given(StrEnum):
    """What a task gets of its file."""

    MEDIA = "media"  #: an opened `media.Media`
    BYTES = "bytes"  #: all of its bytes
    FILE = "file"  #: the file, to read and to seek in


class BadMessage(Exception):
    """What came is not a message of this form."""


class Closed(Exception):
    """The other side has gone."""


class Late(Exception):
    """The deadline has passed."""


def pack(value: Wire) -> bytes:
    """The message of a value. Raises TypeError for what cannot be sent."""
    body = bytearray()
    header = json.dumps(_tree(value, body, 0), separators=(",", ":")).encode("ascii")
    if len(header) > HEADER_LIMIT_BYTES or len(body) > BODY_LIMIT_BYTES:
        raise TypeError(f"value too large to send: {len(header)} + {len(body)} bytes")
    return _LENGTHS.pack(len(header), len(body)) + header + body


def unpack(header: bytes, body: bytearray) -> Wire:
    """The value of a message; arrays are views of the body. Raises BadMessage."""
    try:
        return _value(json.loads(header), body, 0)
    except (ValueError, TypeError, RecursionError, OverflowError) as error:
        raise BadMessage(str(error)) from error


def send(connection: socket.socket, message: bytes, deadline_s: float | None = None) -> None:
    """Send a whole message by a time of time.monotonic(). Raises Closed and Late."""
    left = memoryview(message)
    while left:
        try:
            connection.settimeout(_remaining_s(deadline_s))
            left = left[connection.send(left) :]
        except TimeoutError as error:
            raise Late from error
        except OSError as error:
            raise Closed from error


def receive(connection: socket.socket, deadline_s: float | None = None, begun: bytes = b"") -> Wire:
    """The next message, of which `begun` has been read. Raises BadMessage, Closed and Late."""
    lengths = begun + _exactly(connection, _LENGTHS.size - len(begun), deadline_s)
    header_bytes, body_bytes = _LENGTHS.unpack(lengths)
    if header_bytes > HEADER_LIMIT_BYTES or body_bytes > BODY_LIMIT_BYTES:
        raise BadMessage(f"message of {header_bytes} + {body_bytes} bytes")
    header = _exactly(connection, header_bytes, deadline_s)
    return unpack(bytes(header), _exactly(connection, body_bytes, deadline_s))


def _exactly(connection: socket.socket, size: int, deadline_s: float | None) -> bytearray:
    data = bytearray(size)
    left = memoryview(data)
    while left:
        try:
            connection.settimeout(_remaining_s(deadline_s))
            read = connection.recv_into(left)
        except TimeoutError as error:
            raise Late from error
        except OSError as error:
            raise Closed from error
        if not read:
            raise Closed
        left = left[read:]
    return data


def _remaining_s(deadline_s: float | None) -> float | None:
    if deadline_s is None:
        return None
    remaining_s = deadline_s - time.monotonic()
    if remaining_s <= 0:
        raise Late
    return remaining_s


def _tree(value: object, body: bytearray, depth: int) -> object:
    if depth > _DEPTH_LIMIT:
        raise TypeError("value nested too deeply to send")
    if value is None or isinstance(value, bool | int | float | str):
        return value
    if isinstance(value, bytes):
        return ["b", _append(body, value), len(value)]
    if isinstance(value, np.ndarray):
        if value.dtype.str not in _DTYPES:
            raise TypeError(f"cannot send an array of {value.dtype}")
        return ["a", value.dtype.str, list(value.shape), _append(body, np.ascontiguousarray(value).tobytes())]
    if isinstance(value, list | tuple):
        return ["l", *(_tree(item, body, depth + 1) for item in value)]
    if isinstance(value, Mapping):
        if not all(isinstance(key, str) for key in value):
            raise TypeError("cannot send a mapping whose keys are not strings")
        return ["d", {key: _tree(item, body, depth + 1) for key, item in value.items()}]
    raise TypeError(f"cannot send a {type(value).__name__}")


def _append(body: bytearray, data: bytes) -> int:
    body.extend(bytes(-len(body) % _ALIGN_BYTES))
    offset = len(body)
    body.extend(data)
    return offset


def _value(tree: object, body: bytearray, depth: int) -> Wire:
    if depth > _DEPTH_LIMIT:
        raise BadMessage("nested too deeply")
    if tree is None or isinstance(tree, bool | int | float | str):
        return tree
    match tree:
        case ["l", *items]:
            return [_value(item, body, depth + 1) for item in items]
        case ["d", dict() as items]:
            return {key: _value(item, body, depth + 1) for key, item in items.items()}
        case ["b", int() as offset, int() as length]:
            return bytes(_slice(body, offset, length))
        case ["a", str() as dtype, list() as shape, int() as offset] if dtype in _DTYPES:
            return _array(body, np.dtype(dtype), shape, offset)
    raise BadMessage("unknown tag")


def _array(body: bytearray, dtype: np.dtype[np.generic], shape: list[object], offset: int) -> Array:
    sides = [side for side in shape if type(side) is int and 0 <= side <= BODY_LIMIT_BYTES]
    if len(sides) != len(shape) or len(sides) > 8:
        raise BadMessage("bad shape")
    length = math.prod(sides) * dtype.itemsize
    return np.frombuffer(_slice(body, offset, length), dtype).reshape(sides)


def _slice(body: bytearray, offset: int, length: int) -> memoryview:
    if min(offset, length) < 0 or offset + length > len(body):
        raise BadMessage("outside of the body")
    return memoryview(body)[offset : offset + length]
