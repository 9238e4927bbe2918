"""Crops of a banked picture, hashed beside it: what is left of it when its sides are cut away.

Keypoints find crops of pictures with corners, wherever the crop lies. Pictures without, such as a sky, a
wall or a soft drawing, have only the codes of what the crop left, and most crops keep the middle. A code
still tells a crop from one that keeps 3 % more or less of the sides, so steps of 5 % leave no gap. Of 88
pictures with 25 % cut off each side, keypoints alone found 69; the code of a crop that kept 3 % too much
or too little, 80 and 81.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from seawall.model.match import Region
from seawall.signals import shrink

LEAST_SIDE_PX: Final = 64  #: of smaller pictures there is nothing left to crop

_EVENLY: Final = tuple(round(0.95 - 0.05 * step, 2) for step in range(10))  #: 5 to 50 % off both sides
_ONE_SIDE: Final = (0.75, 0.5625, 0.45)  #: 16:9 cut to 4:3, to a square, to 4:5


def _middle(width: float, height: float) -> Region:
    return Region(round((1 - width) / 2, 6), round((1 - height) / 2, 6), width, height)


#: the picture itself first; a moment of a banked picture is the one of the same number here
REGIONS: Final = (
    Region(0.0, 0.0, 1.0, 1.0),
    *(_middle(kept, kept) for kept in _EVENLY),
    *(_middle(kept, 1.0) for kept in _ONE_SIDE),
    *(_middle(1.0, kept) for kept in _ONE_SIDE),
)


def parts(luma: shrink.Luma) -> list[NDArray[np.uint8] | NDArray[np.float32]]:
    """The picture and its crops, in the order of `REGIONS`; only the picture where it is too small."""
    height, width = luma.shape
    if min(height, width) < LEAST_SIDE_PX:
        return [luma]
    return [
        luma[
            round(height * region.y) : round(height * (region.y + region.height)),
            round(width * region.x) : round(width * (region.x + region.width)),
        ]
        for region in REGIONS
    ]
