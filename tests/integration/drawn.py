"""A drawn face that a detector takes for one: nobody's."""

from __future__ import annotations

import importlib.util
import io

import cv2
import numpy as np
import pytest
from PIL import Image

from seawall.media import faces
from seawall.media.mosaic import Box

needs_detector = pytest.mark.skipif(
    importlib.util.find_spec(faces.PACKAGE) is None,
    reason=f"needs seawall[faces]: {faces.PACKAGE}, which has wheels for x86-64 alone, is not installed",
)

_WALL, _HAIR, _LIP = (96, 120, 150), (50, 35, 25), (170, 70, 75)


def face(side_px, skin=(224, 172, 140), size_px=(480, 640)):
    """A picture with a face of this height in its middle, and the rectangle of eyes, nose and mouth."""
    rgb = np.full((*size_px, 3), _WALL, np.uint8)
    x, y = size_px[1] // 2, size_px[0] // 2 - side_px // 25
    dark = tuple(int(value * 0.6) for value in skin)

    def oval(across, down, dx, dy, colour, angles=(0, 360), line=-1):
        axes = (max(1, int(side_px * across)), max(1, int(side_px * down)))
        centre = (x + int(side_px * dx), y + int(side_px * dy))
        cv2.ellipse(rgb, centre, axes, 0, *angles, colour, line)

    thin = max(1, side_px // 60)
    oval(0.75, 0.45, 0, 0.75, (60, 60, 90))
    oval(0.42, 0.55, 0, -0.08, _HAIR)
    oval(0.36, 0.48, 0, 0, skin)
    oval(0.34, 0.16, 0, -0.36, _HAIR, (180, 360))
    for side in (-0.15, 0.15):
        oval(0.085, 0.045, side, -0.07, (245, 245, 245))
        oval(0.04, 0.04, side, -0.07, (40, 25, 20))
        oval(0.11, 0.035, side, -0.15, _HAIR, (190, 350), 2 * thin)
    oval(0.06, 0.04, 0, 0.12, dark, (0, 180), thin)
    oval(0.13, 0.045, 0, 0.26, _LIP)
    oval(0.12, 0.01, 0, 0.26, (90, 30, 35))
    half_px = 0.3 * side_px
    made = np.asarray(cv2.GaussianBlur(rgb, (0, 0), max(0.5, side_px / 110)), np.uint8)
    return made, Box(x - half_px, y - half_px, x + half_px, y + half_px)


def encoded(rgb, form="JPEG"):
    file = io.BytesIO()
    Image.fromarray(rgb).save(file, form, quality=92)
    return file.getvalue()
