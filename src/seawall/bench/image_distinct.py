"""Whether two pictures show the same, told by other means than the search that is measured.

Two pictures are twins where any view of the one (the whole and centred crops, each also mirrored)
has a PDQ hash near that of any view of the other; or where enough SIFT points of the one, or of its
mirror image, sit in the other as one perspective allows: then one shows a part of the other, as
frames of a standing camera do.

SIFT: Lowe 2004, with square-rooted descriptors (Arandjelovic and Zisserman 2012).
"""

from __future__ import annotations

import os
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

import cv2
import numpy as np
from numpy.typing import NDArray

from seawall.bench import brute
from seawall.signals import pdq

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

VERSION: Final = 3
#: (of the height, of the width), about the centre
CROPS: Final = (
    *((1.0, 1.0), (0.9, 0.9), (0.8, 0.8), (0.65, 0.65), (0.5, 0.5)),
    *((1.0, 0.85), (0.85, 1.0), (1.0, 0.7), (0.7, 1.0)),
)
#: Wider than PDQ's own limit of 31, so that none slips through; views of different pictures stay
#: above it by far.
NEAR_BITS: Final = 48
POINTS: Final = 600
STRONGEST: Final = 128  #: of these are kept at hand for a first look
VOTERS: Final = 64  #: so many of the strongest choose the pictures that are compared in full
WIDTH: Final = 128  #: numbers in a descriptor
SIDE_PX: Final = 512  #: the longer, for SIFT
ALIKE: Final = 0.8  #: cosine from which two points may be one
RATIO: Final = 0.8  #: Lowe's: the best must be so much closer than the second
LIKELIEST: Final = 6  #: pictures with most votes are compared in full
VOTES: Final = 3  #: each votes for the pictures that have the nearest points
MIN_ALIKE: Final = 8
MIN_INLIERS: Final = 9  #: chance gives 5 or 6, seldom 8
TOLERANCE_PX: Final = 6.0


@dataclass(frozen=True, slots=True, eq=False)
class Features:
    """What tells a picture from others."""

    codes: NDArray[np.uint8]  #: (views, 32)
    points: NDArray[np.float32]  #: (n, 2) in pixels
    descriptors: NDArray[np.float16]  #: (n, 128), of length 1
    mirror_points: NDArray[np.float32]  #: of the mirror image
    mirror_descriptors: NDArray[np.float16]

    def save(self, path: Path) -> None:
        """As a file that `load` reads."""
        partial = path.with_name(f"unfinished-{os.getpid()}.npz")
        np.savez(
            partial,
            codes=self.codes,
            points=self.points,
            descriptors=self.descriptors,
            mirror_points=self.mirror_points,
            mirror_descriptors=self.mirror_descriptors,
        )
        partial.replace(path)

    @classmethod
    def load(cls, path: Path) -> Features:
        """What `save` wrote."""
        with np.load(path, allow_pickle=False) as arrays:
            return cls(**{name: arrays[name] for name in arrays.files})


@dataclass(frozen=True, slots=True)
class Twin:
    """Which picture shows the same, and how that was told."""

    number: int
    how: str


def features(rgb: NDArray[np.uint8]) -> Features:
    """Of a picture (height_px, width_px, 3)."""
    grey = np.asarray(cv2.cvtColor(rgb, cv2.COLOR_RGB2GRAY), np.uint8)
    hashes = pdq.hash_batch(list(_views(grey)))
    codes = np.frombuffer(b"".join(hashed.value for hashed in hashes), np.uint8).reshape(-1, pdq.CODE_BYTES)
    factor = SIDE_PX / max(grey.shape)
    small = np.asarray(cv2.resize(grey, None, fx=factor, fy=factor, interpolation=cv2.INTER_AREA), np.uint8)
    return Features(codes, *_sift(small), *_sift(small[:, ::-1]))


def _sift(grey: NDArray[np.uint8]) -> tuple[NDArray[np.float32], NDArray[np.float16]]:
    """The points of a picture (height_px, width_px), strongest first, and their descriptors."""
    found, described = cv2.SIFT.create(nfeatures=POINTS).detectAndCompute(np.ascontiguousarray(grey), None)
    if not found:
        return np.empty((0, 2), np.float32), np.empty((0, WIDTH), np.float16)
    order = np.argsort([-point.response for point in found], kind="stable")[:POINTS]
    points = np.array([found[number].pt for number in order], np.float32)
    sums = np.maximum(described[order].sum(axis=1, keepdims=True), 1e-6)
    return points, np.sqrt(described[order] / sums).astype(np.float16)


def _views(grey: NDArray[np.uint8]) -> Iterator[NDArray[np.uint8]]:
    height, width = grey.shape
    for rows, columns in CROPS:
        top, left = round(height * (1 - rows) / 2), round(width * (1 - columns) / 2)
        part = grey[top : height - top, left : width - left]
        yield part
        yield part[:, ::-1]


class Gallery:
    """Pictures of which no two show the same."""

    def __init__(self) -> None:
        self._kept: list[Features] = []
        self._codes = np.empty((0, pdq.CODE_BYTES), np.uint8)
        #: of all pictures one below the other, STRONGEST rows each, those that a picture lacks zero
        self._descriptors = np.empty((0, WIDTH), np.float32)

    def add(self, one: Features) -> None:
        """Compare later ones with this one too."""
        rows = np.zeros((STRONGEST, WIDTH), np.float32)
        rows[: len(one.descriptors)] = one.descriptors[:STRONGEST]
        self._kept.append(one)
        self._codes = np.concatenate([self._codes, one.codes])
        self._descriptors = np.concatenate([self._descriptors, rows])

    def twin(self, one: Features) -> Twin | None:
        """One that shows the same."""
        if not self._kept:
            return None
        near = (brute.distances(one.codes, self._codes) <= NEAR_BITS).any(axis=0)
        by_code = near.reshape(len(self._kept), -1).any(axis=1)
        if by_code.any():
            return Twin(int(by_code.argmax()), "looks like")
        numbers = [
            self._sharing(one.points, one.descriptors),
            self._sharing(one.mirror_points, one.mirror_descriptors),
        ]
        found = [number for number in numbers if number is not None]
        return Twin(min(found), "shares content with") if found else None

    def _sharing(self, points: NDArray[np.float32], descriptors: NDArray[np.float16]) -> int | None:
        """A picture in which enough of the points sit."""
        ours = descriptors.astype(np.float32)
        cosines = ours[:VOTERS] @ self._descriptors.T
        nearness = cosines.reshape(len(cosines), len(self._kept), STRONGEST).max(axis=2)
        voted = np.argsort(-nearness, axis=1)[:, :VOTES]
        votes = np.bincount(voted.ravel(), minlength=len(self._kept))
        for number in np.argsort(-votes, kind="stable")[:LIKELIEST]:
            kept = self._kept[number]
            if _inliers(points, kept.points, ours @ kept.descriptors.astype(np.float32).T) >= MIN_INLIERS:
                return int(number)
        return None


def _inliers(points: NDArray[np.float32], others: NDArray[np.float32], cosines: NDArray[np.float32]) -> int:
    """How many points agree on how one picture lies in the other; cosines: (points, others)."""
    if min(cosines.shape) < MIN_ALIKE:
        return 0
    best = cosines.argmax(axis=1)
    highest = cosines.max(axis=1)
    second = np.partition(cosines, -2, axis=1)[:, -2]
    # Between vectors of length 1 the squared distance is 2 - 2 cos.
    pairs = np.flatnonzero((highest >= ALIKE) & (1 - highest < RATIO**2 * (1 - second)))
    if len(pairs) < MIN_ALIKE:
        return 0
    _, agreed = cv2.findHomography(points[pairs], others[best[pairs]], cv2.RANSAC, TOLERANCE_PX, maxIters=500)
    used = pairs[np.flatnonzero(agreed)] if np.ndim(agreed) else pairs[:0]
    # Many points of the one that fall on few of the other agree on nothing.
    return len(np.unique(best[used]))
