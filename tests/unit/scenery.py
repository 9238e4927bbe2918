"""Pictures full of shapes, by number: no two alike, none of them of anything."""

from __future__ import annotations

import cv2
import numpy as np
from numpy.typing import NDArray

HEIGHT_PX, WIDTH_PX = 270, 480


def picture(seed: int, height_px: int = HEIGHT_PX, width_px: int = WIDTH_PX) -> NDArray[np.uint8]:
    """(height_px, width_px) of soft ground with hard shapes on it."""
    random = np.random.default_rng(seed)
    ground = random.integers(40, 216, (6, 9)).astype(np.uint8)
    made = cv2.resize(ground, (width_px, height_px), interpolation=cv2.INTER_CUBIC)
    for _ in range(60):
        centre = (int(random.integers(width_px)), int(random.integers(height_px)))
        size = (int(random.integers(5, 40)), int(random.integers(5, 40)))
        shade = int(random.integers(0, 256))
        if random.random() < 0.5:
            cv2.ellipse(made, centre, size, float(random.uniform(0, 180)), 0, 360, shade, -1)
        else:
            box = cv2.boxPoints((centre, size, float(random.uniform(0, 90))))
            cv2.fillPoly(made, [np.rint(box).astype(np.int32)], shade)
    return np.asarray(cv2.GaussianBlur(made, (0, 0), 0.8), np.uint8)
