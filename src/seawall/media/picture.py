"""Pictures through Pillow: still ones, and moving ones of the picture formats.

Every mode becomes 8-bit red, green, blue: what is transparent lies on white, 16-bit grey loses its
lower 8 bits, other numbers are spread over 0..255 by their own range if they do not lie in it.
"""

from __future__ import annotations

import io
import threading
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from itertools import count
from typing import Final

import numpy as np
from numpy.typing import NDArray
from PIL import (
    AvifImagePlugin,
    BmpImagePlugin,
    GifImagePlugin,
    Image,
    ImageFile,
    Jpeg2KImagePlugin,
    JpegImagePlugin,
    MpoImagePlugin,
    PngImagePlugin,
    PpmImagePlugin,
    TiffImagePlugin,
    UnidentifiedImageError,
    WebPImagePlugin,
)

from seawall import errors
from seawall.media import luma, orient, source
from seawall.media.limits import Limits
from seawall.model import content

#: Loading a plug-in makes its format known to Pillow; no other is ever asked.
_PLUGINS: Final = (
    *(AvifImagePlugin, BmpImagePlugin, GifImagePlugin, Jpeg2KImagePlugin, JpegImagePlugin, MpoImagePlugin),
    *(PngImagePlugin, PpmImagePlugin, TiffImagePlugin, WebPImagePlugin),
)
_MOVING: Final = ("GIF", "WEBP", "PNG", "AVIF")
_EXIF_ORIENTATION: Final = 0x0112
_SHORTEST_MS: Final = 20  # players show a frame that asks for less, or for nothing, for _USUAL_MS
_USUAL_MS: Final = 100
_BUFFER_BYTES: Final = 1 << 16
_WHITE: Final = (255, 255, 255)

#: Pillow's strictness and its own size limit are global: one picture at a time in a process
_PILLOW: Final = threading.RLock()


@dataclass(frozen=True, slots=True)
class Picture:
    """A still picture, upright, on white."""

    rgb: NDArray[np.uint8]  #: (H, W, 3)

    def luma(self) -> NDArray[np.float32]:
        """(H, W), 0 to 255, as 0.299 R + 0.587 G + 0.114 B."""
        return luma.from_rgb(self.rgb)


@dataclass(frozen=True, slots=True)
class Shown:
    """One picture of a moving one."""

    time_s: float
    duration_s: float
    rgb: NDArray[np.uint8]  #: (H, W, 3), upright, on white


class _DamagedError(Exception):
    """Pillow cannot read on; the reason in one line."""


class PictureFile:
    """One file of a picture format.

    Raises errors.DamagedMedia where Pillow makes nothing of its head, errors.MediaTooLarge.
    """

    def __init__(self, bytes_from: source.Source, picture_format: str, limits: Limits) -> None:
        self._source = bytes_from
        self._limits = limits
        self._pillow_format = picture_format
        self.damage: str | None = None
        self.read_s: float | None = None  #: how far a moving picture was read
        self._image = self._open_at_all()
        self.format = picture_format.lower()
        self.moving = picture_format in _MOVING and self._has_second_picture()
        size = self._image.size
        self.width_px, self.height_px = size[::-1] if self._orientation().swaps_sides else size

    def read(self) -> NDArray[np.uint8]:
        """(H, W, 3) of the still picture, or of the first of a moving one.

        Raises errors.DamagedMedia where no two pixels that could be read differ.
        """
        try:
            return self._pixels(lenient=False)
        except _DamagedError as error:
            self.damage = str(error)
        self._source.check()
        try:
            pixels = self._pixels(lenient=True)
        except _DamagedError as error:
            raise self._nothing(str(error)) from error
        if np.array_equal(pixels, np.broadcast_to(pixels[:1, :1], pixels.shape)):
            raise self._nothing(self.damage)
        return pixels

    def read_moving(self) -> Iterator[Shown]:
        """The pictures in turn; damage ends them, and is noted."""
        image = self._open_at_all()
        skipped = 1 if image.info.get("default_image") else 0  # shown only where nothing moves
        self.read_s = 0.0
        for number in count():
            try:
                shown = self._show(image, number + skipped, self.read_s)
            except _DamagedError as error:
                self.damage = str(error)
                break
            if shown is None:
                break
            self._check_length(number + 1, self.read_s + shown.duration_s)
            self.read_s += shown.duration_s
            yield shown
        self._source.check()
        if not self.read_s:
            rgb = self.read()
            self.read_s = _USUAL_MS / 1000
            yield Shown(0.0, self.read_s, rgb)

    def partial(self) -> content.Partial | None:
        """What was passed over so far."""
        if self.damage is None:
            return None
        return content.Partial(self.read_s, None, damaged_packets=0, reason=self.damage)

    def _show(self, image: Image.Image, number: int, time_s: float) -> Shown | None:
        """One picture of a moving one; None behind the last."""
        with _pillow(lenient=False):
            try:
                image.seek(number)
            except EOFError:
                return None
            image.load()
            duration_ms = image.info.get("duration")
            if not isinstance(duration_ms, int | float) or duration_ms < _SHORTEST_MS:
                duration_ms = _USUAL_MS
            return Shown(time_s, duration_ms / 1000, self._orientation().apply(to_rgb(image)))

    def _pixels(self, *, lenient: bool) -> NDArray[np.uint8]:
        with _pillow(lenient=lenient):
            image = self._open()
            image.load()
            return self._orientation().apply(to_rgb(image))

    def _open_at_all(self) -> Image.Image:
        try:
            with _pillow(lenient=False):
                return self._open()
        except _DamagedError as error:
            self.damage = str(error)
        self._source.check()
        try:
            with _pillow(lenient=True):
                return self._open()
        except _DamagedError as error:
            raise self._nothing(self.damage) from error

    def _open(self) -> Image.Image:
        reader = io.BufferedReader(self._source.reader(), _BUFFER_BYTES)
        image = Image.open(reader, formats=(self._pillow_format,))
        width, height = image.size
        if width * height > self._limits.pixels:
            raise self._too_large(width * height, "pixels", self._limits.pixels)
        return image

    def _has_second_picture(self) -> bool:
        try:
            with _pillow(lenient=False):
                return bool(getattr(self._open(), "is_animated", False))
        except _DamagedError:
            return False

    def _orientation(self) -> orient.Orientation:
        if self._pillow_format == "TIFF":  # Pillow turns these itself
            return orient.UPRIGHT
        try:
            with _pillow(lenient=False):
                return orient.from_exif(self._image.getexif().get(_EXIF_ORIENTATION))
        except _DamagedError:
            return orient.UPRIGHT  # damaged EXIF turns nothing

    def _check_length(self, frames: int, duration_s: float) -> None:
        if frames > self._limits.frames:
            raise self._too_large(frames, "frames", self._limits.frames)
        if duration_s > self._limits.duration_s:
            raise self._too_large(round(duration_s, 3), "seconds", self._limits.duration_s)

    def _nothing(self, reason: str) -> errors.DamagedMedia:
        return errors.DamagedMedia(path=self._source.name, reason=reason)

    def _too_large(self, size: float, unit: str, limit: float) -> errors.MediaTooLarge:
        return errors.MediaTooLarge(path=self._source.name, size=size, unit=unit, limit=limit)


def to_rgb(image: Image.Image) -> NDArray[np.uint8]:
    """(H, W, 3) of a loaded picture of any mode, as stored (not turned)."""
    if image.mode.startswith("I;16"):
        return _grey(np.asarray(np.asarray(image) >> 8, np.uint8))
    if image.mode == "I" and image.format == "PPM":  # which Pillow stretches to 16 bits
        return _grey(np.asarray(np.asarray(image) >> 8, np.uint8))
    if image.mode in ("I", "F"):
        return _grey(_by_range(np.asarray(image, np.float64), unit_range=image.mode == "F"))
    if image.has_transparency_data:
        layer = image if image.mode == "RGBA" else image.convert("RGBA")
        image = Image.new("RGB", layer.size, _WHITE)
        image.paste(layer, mask=layer)
        del layer  # it may hold 400 MB
    return np.array(image if image.mode == "RGB" else image.convert("RGB"))


def _grey(values: NDArray[np.uint8]) -> NDArray[np.uint8]:
    return np.repeat(values[:, :, None], 3, axis=2)


def _by_range(values: NDArray[np.float64], *, unit_range: bool) -> NDArray[np.uint8]:
    """Numbers without a declared range, as 0..255.

    What lies in 0..255 stays, except that floats of 0..1 are stretched; others are by their own range.
    """
    numbers = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    low, high = float(numbers.min()), float(numbers.max())
    if low < 0 or high > 255:
        numbers = (numbers - low) / (high - low) * 255
    elif unit_range and high <= 1:
        numbers = numbers * 255
    return np.rint(numbers).astype(np.uint8)


@contextmanager
def _pillow(*, lenient: bool) -> Iterator[None]:
    """Pillow with its global switches set: lenient with damage or not, no size limit but Seawall's own.

    Its plug-ins meet hostile bytes with every kind of exception: all become `_DamagedError`.
    """
    with _PILLOW, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        before = ImageFile.LOAD_TRUNCATED_IMAGES, Image.MAX_IMAGE_PIXELS
        ImageFile.LOAD_TRUNCATED_IMAGES, Image.MAX_IMAGE_PIXELS = lenient, None
        try:
            yield
        except (MemoryError, errors.SeawallError, _DamagedError):
            raise
        except UnidentifiedImageError as error:  # its words name a Python object
            raise _DamagedError("its head cannot be read") from error
        except Exception as error:
            raise _DamagedError(" ".join(str(error).split())[:200] or type(error).__name__) from error
        finally:
            ImageFile.LOAD_TRUNCATED_IMAGES, Image.MAX_IMAGE_PIXELS = before
