"""What people do to a picture before they post it again, on pixels.

The first rows are those of the published table of hashes that they stand beside (`perception`'s
benchmark of image hashers), with its meaning of each level: a crop takes a share off every side,
padding adds black above and below, a rotation keeps the canvas and blackens its corners, noise is
the same in all channels. Pictures come in with a longer side of at most `SIDE_PX`.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

import cv2
import numpy as np
from numpy.typing import ArrayLike, NDArray

from seawall.bench import image_frames
from seawall.media import encode

VERSION: Final = 1
SIDE_PX: Final = 640
JPEG_QUALITY: Final = 90

Rgb = NDArray[np.uint8]  #: (height_px, width_px, 3)


@dataclass(frozen=True, slots=True, eq=False)
class Subject:
    """What an edit works on."""

    rgb: Rgb
    other: Rgb  #: another picture, to put it into
    rng: np.random.Generator


Change = Callable[[Subject], Rgb]


@dataclass(frozen=True, slots=True)
class Edit:
    """One thing that is done to a picture."""

    name: str
    what: str
    change: Change
    jpeg_quality: int = JPEG_QUALITY
    hard: bool = False  #: beyond what the published table has; not part of the mean
    in_another: bool = False  #: another picture of the suite shows too


def _same(one: Subject) -> Rgb:
    return one.rgb


def _cropped(share: float) -> Change:
    def change(one: Subject) -> Rgb:
        height, width = one.rgb.shape[:2]
        top, left = round(height * share), round(width * share)
        return one.rgb[top : height - top, left : width - left]

    return change


def _crop_off_centre(one: Subject) -> Rgb:
    """Half of each side, from near one of the corners."""
    height, width = one.rgb.shape[:2]
    down, right = one.rng.choice((0.05, 0.45), 2)
    top, left = round(height * down), round(width * right)
    return one.rgb[top : top + height // 2, left : left + width // 2]


def _pad_above_and_below(one: Subject) -> Rgb:
    rows = round(one.rgb.shape[0] * 0.2)
    return np.pad(one.rgb, ((rows, rows), (0, 0), (0, 0)))


def _pad_around(one: Subject) -> Rgb:
    rows, columns = (round(side * 0.2) for side in one.rgb.shape[:2])
    return np.pad(one.rgb, ((rows, rows), (columns, columns), (0, 0)), constant_values=255)


def _rotated(degrees: float) -> Change:
    def change(one: Subject) -> Rgb:
        height, width = one.rgb.shape[:2]
        turn = cv2.getRotationMatrix2D((width / 2, height / 2), float(degrees * one.rng.choice((-1, 1))), 1.0)
        return _uint8(cv2.warpAffine(one.rgb, turn, (width, height), flags=cv2.INTER_LINEAR))

    return change


def _quarter_turn(one: Subject) -> Rgb:
    return np.rot90(one.rgb, int(one.rng.integers(1, 4)))


def _mirrored(one: Subject) -> Rgb:
    return one.rgb[:, ::-1]


def _blurred(one: Subject) -> Rgb:
    return _uint8(cv2.GaussianBlur(one.rgb, (0, 0), 2.0))


def _halved(one: Subject) -> Rgb:
    height, width = one.rgb.shape[:2]
    return encode.scaled(one.rgb, max(1, width // 2), max(1, height // 2))


def _gamma_2(one: Subject) -> Rgb:
    table = np.rint(255 * (np.arange(256) / 255) ** 2).astype(np.uint8)
    return table[one.rgb]


def _noisy(one: Subject) -> Rgb:
    noise = one.rng.normal(0, 0.2 * 255, one.rgb.shape[:2])[:, :, None]
    return np.clip(np.rint(one.rgb + noise), 0, 255).astype(np.uint8)


def _watermarked(one: Subject) -> Rgb:
    """Black letters in the lower left corner, a fifth of the width, that let a fifth shine through."""
    height, width = one.rgb.shape[:2]
    letters = np.zeros((height, width), np.uint8)
    image_frames.write(
        letters, "TEST", left_px=round(width * 0.03), base_px=round(height * 0.96), width_px=width * 0.2
    )
    cover = (letters / 255 * (200 / 255))[:, :, None]
    return np.rint(one.rgb * (1 - cover)).astype(np.uint8)


def _vignetted(one: Subject) -> Rgb:
    height, width = one.rgb.shape[:2]
    falloff = cv2.getGaussianKernel(height, height / 2) * cv2.getGaussianKernel(width, width / 2).T
    return _uint8(one.rgb * (falloff / falloff.max())[:, :, None])


def _in_another(one: Subject) -> Rgb:
    """At half of the other's sides at most, in the middle or in a corner."""
    out = one.other.copy()
    height, width = out.shape[:2]
    factor = 0.5 * min(height / one.rgb.shape[0], width / one.rgb.shape[1])
    rows, columns = max(1, round(one.rgb.shape[0] * factor)), max(1, round(one.rgb.shape[1] * factor))
    down, right = ((0.5, 0.5), (0.1, 0.1), (0.1, 0.9), (0.9, 0.1), (0.9, 0.9))[int(one.rng.integers(5))]
    top, left = round((height - rows) * down), round((width - columns) * right)
    out[top : top + rows, left : left + columns] = encode.scaled(one.rgb, columns, rows)
    return out


def _in_perspective(one: Subject) -> Rgb:
    """As filmed off a screen: each corner moves by up to 7 % of the sides, dark around."""
    height, width = one.rgb.shape[:2]
    corners = np.array([[0, 0], [width, 0], [width, height], [0, height]], np.float32)
    inwards = np.array([[1, 1], [-1, 1], [-1, -1], [1, -1]], np.float32)
    moved = corners + inwards * one.rng.uniform(0, 0.07, (4, 2)).astype(np.float32) * (width, height)
    view = cv2.getPerspectiveTransform(corners, moved.astype(np.float32))
    return _uint8(cv2.warpPerspective(one.rgb, view, (width, height), borderValue=(24, 24, 28)))


def _uint8(picture: ArrayLike) -> Rgb:
    return np.asarray(picture, np.uint8)


def made(edit: Edit, one: Subject) -> Rgb:
    """The edited picture."""
    return np.ascontiguousarray(edit.change(one))


def _captioned(one: Subject) -> Rgb:
    return image_frames.captioned(one.rgb, one.rng)


def _screenshot(one: Subject) -> Rgb:
    return image_frames.screenshot(one.rgb, one.rng)


EDITS: Final = (
    Edit("unedited", "JPEG quality 90", _same),
    Edit("crop 5 %", "5 % off each side", _cropped(0.05)),
    Edit("crop 25 %", "25 % off each side: a quarter of the area stays", _cropped(0.25)),
    Edit("pad 20 %", "20 % of the height in black above and below", _pad_above_and_below),
    Edit("rotate 4°", "4° either way, same canvas, black corners", _rotated(4)),
    Edit("mirror", "left for right", _mirrored),
    Edit("caption bar", "text on a bar above, below or over the lower part", _captioned),
    Edit("screenshot", "shown in a telephone's app or in a window on a desktop", _screenshot),
    Edit("blur s=2", "Gaussian blur of 2 pixels", _blurred),
    Edit("resize 0.5", "half of each side", _halved),
    Edit("JPEG 30", "JPEG quality 30", _same, jpeg_quality=30),
    Edit("gamma 2", "squared brightness", _gamma_2),
    Edit("noise 0.2", "Gaussian noise of 51 grey levels, the same in all channels", _noisy),
    Edit("watermark", "black letters over a fifth of the width", _watermarked),
    Edit("vignette", "Gaussian falloff, half of each side", _vignetted),
    Edit("rotate 10°", "10° either way, same canvas, black corners", _rotated(10), hard=True),
    Edit("quarter turn", "90°, 180° or 270°", _quarter_turn, hard=True),
    Edit("pad 20 % around", "20 % of each side in white on all four sides", _pad_around, hard=True),
    Edit(
        "in another 0.5",
        "half as high or wide as another picture, in it",
        _in_another,
        hard=True,
        in_another=True,
    ),
    Edit("perspective 7 %", "corners up to 7 % inwards, dark around", _in_perspective, hard=True),
    Edit("crop off centre 50 %", "half of each side, near a corner", _crop_off_centre, hard=True),
)
