"""Covers: a rectangle of a picture with less of it to be seen, computed from that rectangle alone.

The picture is cut first and covered then, so that nothing of what lies outside of the rectangle is in what
comes out, also not as what a blur would carry over its edge. Stylising is OpenCV's edge-preserving
filter (Gastal and Oliveira, "Domain transform for edge-aware image and video processing", 2011).
"""

from __future__ import annotations

import io
from typing import Final

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from seawall import errors
from seawall.media import still_encode
from seawall.model.match import Region
from seawall.model.viewing import Cover

SMALL_PX: Final = 320  #: the longer side of a frame as it is shown without a reason
FULL_PX: Final = 1280  #: the longer side of a frame as it is kept
QUALITY: Final = 82

BLUR_SHARE: Final = 0.012  #: sigma of the blur, as a share of the frame's width
_SMOOTH_S: Final = 40.0
_SMOOTH_R: Final = 0.5

Rgb = NDArray[np.uint8]  #: (height_px, width_px, 3)


def in_sandbox(
    data: bytes, *, cover: str, full: bool, x: float, y: float, width: float, height: float
) -> dict[str, bytes | float]:
    """A rectangle of a kept frame under a cover: `jpeg`, and `area`, its share of the frame.

    data: the frame as JPEG. full: at the size that it is kept at. Raises DamagedMedia.
    """
    frame = scaled(decoded(data), FULL_PX if full else SMALL_PX)
    part = cut(frame, Region(x, y, width, height))
    shown = covered(part, Cover(cover), frame.shape[1])
    area = part.shape[0] * part.shape[1] / (frame.shape[0] * frame.shape[1])
    return {"jpeg": still_encode.encode_jpeg(shown, quality=QUALITY), "area": area}


def cut(frame: Rgb, region: Region) -> Rgb:
    """The pixels that the region touches; at least one."""
    rows, columns = frame.shape[:2]
    left, top = (min(int(share * side), side - 1) for share, side in ((region.x, columns), (region.y, rows)))
    right = min(columns, max(left + 1, int(np.ceil((region.x + region.width) * columns - 1e-6))))
    bottom = min(rows, max(top + 1, int(np.ceil((region.y + region.height) * rows - 1e-6))))
    return np.ascontiguousarray(frame[top:bottom, left:right])


def covered(part: Rgb, cover: Cover, frame_width_px: int) -> Rgb:
    """The pixels under a cover. One that shows nothing gives one flat grey."""
    if cover is Cover.PLAIN:
        return part
    if cover is Cover.COVERED:
        return np.full_like(part, 128)
    grey: Rgb = np.asarray(cv2.cvtColor(part, cv2.COLOR_RGB2GRAY), np.uint8)
    if cover is Cover.STYLISED:
        flat = cv2.edgePreservingFilter(
            cv2.cvtColor(grey, cv2.COLOR_GRAY2BGR), flags=1, sigma_s=_SMOOTH_S, sigma_r=_SMOOTH_R
        )
        sigma = max(1.0, BLUR_SHARE * frame_width_px)
        grey = np.asarray(cv2.GaussianBlur(flat, (0, 0), sigma)[:, :, 0], np.uint8)
    return np.repeat(grey[:, :, None], 3, axis=2)


def scaled(rgb: Rgb, longest_px: int) -> Rgb:
    """The picture with no side over `longest_px`; never larger than it was."""
    height, width = rgb.shape[:2]
    share = longest_px / max(height, width)
    if share >= 1:
        return rgb
    size = (max(1, round(width * share)), max(1, round(height * share)))
    return np.asarray(cv2.resize(rgb, size, interpolation=cv2.INTER_AREA), np.uint8)


def decoded(data: bytes) -> Rgb:
    """A frame that was kept here; its form is not taken for granted. Raises DamagedMedia."""
    try:
        with Image.open(io.BytesIO(data), formats=["JPEG"]) as image:
            if max(image.size) > FULL_PX:
                raise ValueError(f"{image.size} is larger than a kept frame")
            return np.asarray(image.convert("RGB"), np.uint8)
    except (OSError, ValueError, SyntaxError) as error:
        raise errors.DamagedMedia(path="", reason=str(error)) from error
