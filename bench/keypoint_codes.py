"""Keypoints as pictures have them, as many as are asked: those of a folder of clips, each a little changed.

Keypoints crowd more than whole pictures do: edges and letters look the same everywhere. A copula of their
bits loses most of that, so they are drawn from real ones. A made clip draws from one real clip; each bit is
turned with a chance of 2**-5, and each keypoint put somewhere. Keypoints of six other clips met in such a
bank, under a value of 16 bits, 84 to 91 % of what they met in a bank of the clips themselves; under a value
of 20 bits 74 to 83 %.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

from seawall import errors, media
from seawall.signals import compute, local, roles

if TYPE_CHECKING:
    from collections.abc import Sequence
    from pathlib import Path

    from numpy.typing import NDArray

TURNED: Final = 5  #: a bit is turned with a chance of 2**-5
WORDS: Final = local.CODE_BYTES // 8
SIZE_STEPS: Final = (60, 130)  #: what keypoints' diameters are, as `local` writes them
GAP_MS: Final = 400  #: between two frames


def of_clips(paths: Sequence[Path]) -> list[NDArray[np.uint8]]:
    """(N, 32) of each clip that has keypoints, as it would be banked."""
    found = []
    for path in paths:
        try:
            with media.open(path) as opened:
                made = compute.compute(opened, roles.Role.REFERENCE).keypoints
        except errors.SeawallError:
            continue
        if made is not None:
            found.append(made.codes)
    return found


class Keypoints:
    """Draws keypoints."""

    def __init__(self, clips: Sequence[NDArray[np.uint8]], seed: int) -> None:
        self.random = np.random.default_rng(seed)
        self._clips = [np.ascontiguousarray(codes).view(np.uint64) for codes in clips]

    def clip(self, frames: int, points: int) -> local.Local:
        """What a banked clip would have of so many frames with so many points each."""
        source = self._clips[self.random.integers(len(self._clips))]
        count = frames * points
        drawn = source[self.random.integers(len(source), size=count)] ^ self._turned(count)
        return local.Local(
            times_ms=np.arange(frames, dtype=np.uint32) * GAP_MS,
            starts=np.arange(frames + 1, dtype=np.int64) * points,
            positions=self.random.integers(0, local.POSITION_STEPS, (count, 2), np.uint16),
            sizes=self.random.integers(*SIZE_STEPS, count, np.uint8),
            angles=self.random.integers(0, 256, count, np.uint8),
            codes=drawn.view(np.uint8),
            mirrored=None,
            width=local.POSITION_STEPS,
            height=local.POSITION_STEPS * 9 // 16,
        )

    def _turned(self, count: int) -> NDArray[np.uint64]:
        turned = self.random.integers(0, 2**64, (count, WORDS), np.uint64)
        for _ in range(TURNED - 1):
            turned &= self.random.integers(0, 2**64, (count, WORDS), np.uint64)
        return turned
