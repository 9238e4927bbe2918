"""Tiny ONNX networks as bytes, written field by field: enough for tests, without a package for it.

The network shrinks a picture to 8 x 8 means a channel and takes their overall mean off, which is a
copy descriptor of a kind: near for a picture that was resized or compressed, far for another one.
"""

from __future__ import annotations

import struct

FLOAT, UINT8, INT64 = 1, 2, 7
SIDE_PX = 64
WIDTH = 3 * 8 * 8


def varint(value: int) -> bytes:
    out = bytearray()
    while value > 0x7F:
        out.append(value & 0x7F | 0x80)
        value >>= 7
    return bytes([*out, value])


def field(number: int, value: int | bytes | str) -> bytes:
    """One field of a protobuf message: a number, or bytes."""
    if isinstance(value, int):
        return varint(number << 3) + varint(value)
    data = value.encode() if isinstance(value, str) else value
    return varint(number << 3 | 2) + varint(len(data)) + data


def attribute(name: str, value: int | list[int]) -> bytes:
    if isinstance(value, int):
        return field(1, name) + field(3, value) + field(20, 2)
    return field(1, name) + b"".join(field(8, one) for one in value) + field(20, 7)


def node(kind: str, taken: list[str], given: str, **attributes: int | list[int]) -> bytes:
    inputs = b"".join(field(1, name) for name in taken)
    settings = b"".join(field(5, attribute(name, value)) for name, value in attributes.items())
    return inputs + field(2, given) + field(4, kind) + settings


def port(name: str, element: int, shape: list[int | str]) -> bytes:
    sides = b"".join(field(1, field(2, one) if isinstance(one, str) else field(1, one)) for one in shape)
    tensor = field(1, element) + field(2, sides)
    return field(1, name) + field(2, field(1, tensor))


def constant(name: str, values: list[float]) -> bytes:
    data = struct.pack(f"<{len(values)}f", *values)
    return field(1, len(values)) + field(2, FLOAT) + field(8, name) + field(9, data)


def model(nodes: list[bytes], taken: bytes, given: bytes, constants: list[bytes] | None = None) -> bytes:
    graph = b"".join(field(1, one) for one in nodes) + field(2, "tiny")
    graph += b"".join(field(5, one) for one in constants or [])
    graph += field(11, taken) + field(12, given)
    return field(1, 8) + field(7, graph) + field(8, field(2, 13))


def _shrunk(planes: str) -> list[bytes]:
    eighth = [SIDE_PX // 8, SIDE_PX // 8]
    return [
        node("AveragePool", [planes], "means", kernel_shape=eighth, strides=eighth),
        node("Flatten", ["means"], "flat", axis=1),
        node("ReduceMean", ["flat"], "level", axes=[1], keepdims=1),
        node("Sub", ["flat", "level"], "descriptor"),
    ]


def of_pixels(side: int | str = SIDE_PX, *, channels: int = 3) -> bytes:
    """Takes uint8 (n, side, side, 3)."""
    nodes = [
        node("Cast", ["image"], "numbers", to=FLOAT),
        node("Transpose", ["numbers"], "planes", perm=[0, 3, 1, 2]),
        *_shrunk("planes"),
    ]
    return model(
        nodes, port("image", UINT8, ["n", side, side, channels]), port("descriptor", FLOAT, ["n", "d"])
    )


def of_planes() -> bytes:
    """Takes float (1, 3, side, side)."""
    taken = port("image", FLOAT, [1, 3, SIDE_PX, SIDE_PX])
    return model(_shrunk("image"), taken, port("descriptor", FLOAT, [1, "d"]))


def of_nothing() -> bytes:
    """Answers with zeros, whatever it sees."""
    nodes = [
        *_shrunk("image")[:2],
        node("Mul", ["flat", "zero"], "descriptor"),
    ]
    taken = port("image", FLOAT, [1, 3, SIDE_PX, SIDE_PX])
    return model(nodes, taken, port("descriptor", FLOAT, [1, "d"]), [constant("zero", [0.0])])


def of_narrow() -> bytes:
    """A descriptor of three numbers."""
    nodes = [
        node("GlobalAveragePool", ["image"], "means"),
        node("Flatten", ["means"], "descriptor", axis=1),
    ]
    return model(nodes, port("image", FLOAT, [1, 3, SIDE_PX, SIDE_PX]), port("descriptor", FLOAT, [1, "d"]))
