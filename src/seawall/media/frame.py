"""Frames: one picture of a video with its time, whose pixels are made only when they are asked for."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from enum import StrEnum
from functools import lru_cache
from typing import Final, Protocol

import av
import numpy as np
from av.video.reformatter import Colorspace, VideoReformatter
from numpy.typing import NDArray

from seawall.media import luma, orient

Luma = NDArray[np.uint8] | NDArray[np.float32]

_LIMITED: Final = 1  # AVCOL_RANGE_MPEG
_FULL: Final = 2  # AVCOL_RANGE_JPEG
_KNOWN_COLOURS: Final = frozenset({1, 2, 4, 5, 6, 7, 9})  # AVCOL_SPC_*; FFmpeg refuses to convert others
_EIGHT_BITS: Final = re.compile(r"yuvj?4\d\dp|yuva4\d\dp|nv12|nv21|nv16|nv24|nv42|gray")
_MORE_BITS: Final = re.compile(r"(?:yuva?4\d\dp|gray|nv2|p[0-4])(?P<bits>9|0|1[0-6])(?P<order>[lb]e)")


class LumaSource(StrEnum):
    """Where a frame's luma comes from."""

    PLANE = "plane"  #: the decoder's own luma plane, upright: fast, and what Seawall's own signals use
    RGB = "rgb"  #: red, green, blue at the coded size, as stored: as vPDQ does, for exchange with it


class Pixels(Protocol):
    """What a frame needs of the decoder that made it."""

    def plane(self) -> NDArray[np.uint8]:
        """(H, W) luma, upright, 0..255."""

    def stored_rgb(self) -> NDArray[np.uint8]:
        """(H, W, 3) as stored; by BT.601 whatever the file says, as vPDQ converts."""

    def upright_rgb(self) -> NDArray[np.uint8]:
        """(H, W, 3) upright."""


@dataclass(frozen=True, slots=True)
class Frame:
    """One picture of a video."""

    time_s: float  #: when it is shown; 0 is the start of the presentation
    number: int  #: 0 for the first that is shown
    pixels: Pixels = field(repr=False)
    source: LumaSource = LumaSource.PLANE

    def luma(self) -> Luma:
        """(H, W) in 0..255. PLANE: uint8, upright, maybe read-only. RGB: float32, not turned."""
        if self.source is LumaSource.PLANE:
            return self.pixels.plane()
        return luma.from_rgb(self.pixels.stored_rgb())

    def rgb(self) -> NDArray[np.uint8]:
        """(H, W, 3) red, green, blue, upright."""
        return self.pixels.upright_rgb()


@dataclass(frozen=True, slots=True)
class RgbPixels:
    """Pixels of a picture format: red, green, blue, upright already."""

    rgb: NDArray[np.uint8]

    def plane(self) -> NDArray[np.uint8]:
        return luma.round_to_bytes(luma.from_rgb(self.rgb))

    def stored_rgb(self) -> NDArray[np.uint8]:
        return self.rgb

    def upright_rgb(self) -> NDArray[np.uint8]:
        return self.rgb


@dataclass(frozen=True, slots=True)
class VideoPixels:
    """Pixels of a video's frame, in the decoder's own buffers until asked for."""

    frame: av.VideoFrame
    orientation: orient.Orientation
    reformatter: VideoReformatter  #: shared by a video's frames: it keeps its tables

    def plane(self) -> NDArray[np.uint8]:
        bits = _plane_bits(self.frame.format.name)
        if bits is None or self.frame.planes[0].line_size <= 0:
            return luma.round_to_bytes(luma.from_rgb(self.upright_rgb()))
        rows = _rows(self.frame, bits)
        if not _is_full_range(self.frame):
            rows = luma.spread(rows)
        return self.orientation.apply(rows[: self.frame.height, : self.frame.width])

    def stored_rgb(self) -> NDArray[np.uint8]:
        return self._rgb(Colorspace.ITU601)

    def upright_rgb(self) -> NDArray[np.uint8]:
        known = self.frame.colorspace in _KNOWN_COLOURS
        return self.orientation.apply(self._rgb(None if known else Colorspace.ITU601))

    def _rgb(self, colours: Colorspace | None) -> NDArray[np.uint8]:
        """(H, W, 3) as stored, by the given coefficients or by those that the frame names."""
        converted = self.reformatter.reformat(
            self.frame,
            format="rgb24",
            interpolation="AREA",
            src_colorspace=colours,
            dst_colorspace=colours,
            threads=1,
        )
        return np.asarray(converted.to_ndarray(), np.uint8)


@lru_cache(maxsize=256)
def _plane_bits(pixel_format: str) -> int | None:
    """Bits of the luma plane by the format's name; None where luma has no plane of its own.

    The formats that fill 16 bits from the top (p010 and its kin) count as 16.
    """
    if _EIGHT_BITS.fullmatch(pixel_format):
        return 8
    found = _MORE_BITS.fullmatch(pixel_format)
    if found is None:
        return None
    if pixel_format.startswith("p"):
        return 16
    return 10 if pixel_format.startswith("nv") else int(found["bits"])


def _rows(frame: av.VideoFrame, bits: int) -> NDArray[np.uint8]:
    """The luma plane with its padding, (H, padded W), in 8 bits."""
    plane = frame.planes[0]
    stored = np.frombuffer(memoryview(plane), np.uint8).reshape(-1, plane.line_size)
    if bits == 8:
        return stored
    wide = stored.view(">u2" if frame.format.is_big_endian else "<u2")
    return np.asarray(wide >> (bits - 8), np.uint8)


def _is_full_range(frame: av.VideoFrame) -> bool:
    name = frame.format.name
    if name.startswith("gray"):
        return frame.color_range != _LIMITED
    return name.startswith("yuvj") or frame.color_range == _FULL
