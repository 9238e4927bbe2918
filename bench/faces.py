"""Measures how many known faces are covered: `python bench/faces.py FOLDER [--lfw lfw_subset.npy]`.

FOLDER holds pictures and `faces.json`: for each picture's name the rectangles of its faces, as shares of its
sides [left, top, right, bottom], checked by eye. lfw_subset.npy is scikit-image's: 200 crops of 25 x 25
pixels of which the first 100 are a face each. Every picture of the folder is also looked at in variants: what
was made of a face that is known is a known face too, but not another person's: both are counted.

A face counts as covered where at least 90 % of its rectangle lies under mosaics. One JSON document on
standard output.
"""

from __future__ import annotations

import argparse
import io
import json
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import cv2
import numpy as np
from numpy.typing import NDArray
from PIL import Image

from seawall.media import covers, faces, mosaic
from seawall.media.mosaic import Box

Rgb = NDArray[np.uint8]
COVERED = 0.9  #: of a face's rectangle


def same(rgb: Rgb) -> Rgb:
    return rgb


def scaled(share: float) -> Callable[[Rgb], Rgb]:
    return lambda rgb: np.asarray(cv2.resize(rgb, None, fx=share, fy=share, interpolation=cv2.INTER_AREA))


def jpeg(quality: int) -> Callable[[Rgb], Rgb]:
    def made(rgb: Rgb) -> Rgb:
        file = io.BytesIO()
        Image.fromarray(rgb).save(file, "JPEG", quality=quality)
        return np.asarray(Image.open(file).convert("RGB"))

    return made


def noisy(rgb: Rgb) -> Rgb:
    noise = np.random.default_rng(1).normal(0, 25, rgb.shape)
    return np.clip(rgb + noise, 0, 255).astype(np.uint8)


def grey(rgb: Rgb) -> Rgb:
    return np.repeat(np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY))[:, :, None], 3, axis=2)


#: variants that leave every pixel where it was
PIXELS: dict[str, Callable[[Rgb], Rgb]] = {
    "as it is": same,
    "half the size": scaled(0.5),
    "quarter of the size": scaled(0.25),
    "eighth of the size": scaled(0.125),
    "quarter of the light": lambda rgb: (rgb // 4).astype(np.uint8),
    "JPEG quality 10": jpeg(10),
    "noise": noisy,
    "grey": grey,
}

#: variants by degrees counter-clockwise, and whether mirrored first
TURNED: dict[str, tuple[float, bool]] = {
    "mirrored": (0, True),
    "turned by 30": (30, False),
    "turned by 60": (60, False),
    "turned by 90": (90, False),
    "turned by 180": (180, False),
    "turned by 315": (315, False),
}


def turned(rgb: Rgb, known: list[Box], degrees: float, *, mirrored: bool) -> tuple[Rgb, list[Box]]:
    """The picture on a canvas that holds all of it, and squares around its faces there."""
    height, width = rgb.shape[:2]
    side = int(np.ceil(np.hypot(height, width)))
    if mirrored:
        rgb = np.ascontiguousarray(rgb[:, ::-1])
        known = [Box(width - one.right, one.top, width - one.left, one.bottom) for one in known]
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1.0)
    matrix[:, 2] += ((side - width) / 2, (side - height) / 2)
    made = np.asarray(cv2.warpAffine(rgb, matrix, (side, side)), np.uint8)
    found = []
    for one in known:
        x, y = matrix @ ((one.left + one.right) / 2, (one.top + one.bottom) / 2, 1.0)
        half = (
            min(one.right - one.left, one.bottom - one.top) / 2
        )  # what lies in the face however it is turned
        found.append(Box(x - half, y - half, x + half, y + half))
    return made, found


def variants(rgb: Rgb, shares: list[list[float]]) -> Iterator[tuple[str, Rgb, list[Box]]]:
    """Each variant's name, picture, and faces."""
    for name, make in PIXELS.items():
        made = make(rgb)
        rows, columns = made.shape[:2]
        boxes = [Box(one[0] * columns, one[1] * rows, one[2] * columns, one[3] * rows) for one in shares]
        yield name, made, boxes
        if name == "as it is":
            for turn, how in TURNED.items():
                yield turn, *turned(rgb, boxes, how[0], mirrored=how[1])


def covered(shape: tuple[int, ...], known: Box, boxes: list[Box]) -> bool:
    """Whether mosaics lie over the face."""
    mask = np.zeros(shape[:2], np.uint8)
    for box in boxes:
        left, top = max(0, int(box.left)), max(0, int(box.top))
        mask[top : max(0, int(np.ceil(box.bottom))), left : max(0, int(np.ceil(box.right)))] = 1
    part = mask[
        max(0, round(known.top)) : max(1, round(known.bottom)),
        max(0, round(known.left)) : max(1, round(known.right)),
    ]
    return part.size > 0 and float(part.mean()) >= COVERED


class Tally:
    """Figures of one variant."""

    def __init__(self) -> None:
        self.pictures = self.faces = self.covered = self.again = self.area = 0.0
        self.small: list[float] = []
        self.spent_s = 0.0

    def look(self, rgb: Rgb, known: list[Box], *, again: bool) -> None:
        start_s = time.process_time()
        boxes = faces.found(rgb) or []
        self.spent_s += time.process_time() - start_s
        self.pictures += 1
        made = rgb.copy()
        mosaic.cover(made, boxes)
        self.area += float((made != rgb).any(axis=2).mean())
        left = (faces.found(made) or []) if again else []
        for one in known:
            self.faces += 1
            if covered(rgb.shape, one, boxes):
                self.covered += 1
                self.again += any(one.shared_with(other) > 0.8 for other in left)
            else:
                self.small.append(round(min(one.right - one.left, one.bottom - one.top)))

    def record(self) -> dict[str, object]:
        return {
            "pictures": int(self.pictures),
            "faces": int(self.faces),
            "covered": int(self.covered),
            "share": round(self.covered / max(1, self.faces), 4),
            "missed_sides_px": sorted(self.small),
            "found_again_under_mosaics": int(self.again),
            "area_touched": round(self.area / max(1, self.pictures), 3),
            "cpu_ms_a_picture": round(1000 * self.spent_s / max(1, self.pictures)),
        }


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("--lfw", type=Path)
    asked = parser.parse_args()
    if faces.tool() is None:
        parser.error("it needs seawall[faces]")
    known = json.loads((asked.folder / "faces.json").read_text())
    tallies: dict[str, Tally] = {}
    for name, shares in known.items():
        with Image.open(asked.folder / name) as image:
            rgb = covers.scaled(np.asarray(image.convert("RGB")), covers.FULL_PX)
        for variant, made, boxes in variants(rgb, shares):
            tally = tallies.setdefault(f"pictures, {variant}", Tally())
            tally.look(made, boxes, again=variant == "as it is")
        print(name, file=sys.stderr)
    if asked.lfw:
        crops = (np.load(asked.lfw) * 255).astype(np.uint8)
        for kind, part in (("faces", crops[:100]), ("no faces", crops[100:])):
            inner = [Box(3.75, 3.75, 21.25, 21.25)] if kind == "faces" else []
            for crop in part:
                rgb = np.repeat(crop[:, :, None], 3, axis=2)
                tallies.setdefault(f"crops of {kind}", Tally()).look(rgb, inner, again=False)
    print(
        json.dumps(
            {"detector": faces.tool(), **{name: one.record() for name, one in tallies.items()}}, indent=1
        )
    )


if __name__ == "__main__":
    main()
