"""A picture's 16 x 16 area means: too coarse to recognise anyone, fine enough to tell moments apart.

A code keeps only signs of coefficients, so two frames a second apart in front of a fixed camera
have the same code. Their area means still differ by fractions of a grey level, and area means
hardly move when a picture is resized or compressed. On stills at half size and JPEG quality 50,
taken from 34 clips, they raise the share placed within half a second from 83 % to 99 %.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from seawall.signals import shrink

SIDE: Final = 16
PIXELS: Final = SIDE * SIDE
STEPS_PER_GREY_LEVEL: Final = 4  #: whole levels would lose what tells a fixed camera's frames apart

_NEAR: Final = 2  #: so many means on each side are a mean's surroundings
WHITE: Final = 255 * STEPS_PER_GREY_LEVEL

Thumb = NDArray[np.int16]  #: (256,) in quarters of a grey level
Thumbs = NDArray[np.int16]  #: (n, 256)
Levels = NDArray[np.int16] | NDArray[np.float32]  #: (n, parts) of whatever parts, in any unit


def thumb(means: shrink.Small) -> Thumb:
    """(64, 64) of `shrink.area` -> (256,) area means, row by row, in quarter grey levels."""
    first: Thumb = thumbs(means[None])[0]
    return first


def thumbs(means: NDArray[np.float32]) -> Thumbs:
    """(n, 64, 64) -> (n, 256): those of several pictures at once."""
    block = shrink.SIDE // SIDE
    coarse = means.reshape(-1, SIDE, block, SIDE, block).mean(axis=(2, 4))
    quarters: Thumbs = np.rint(coarse * STEPS_PER_GREY_LEVEL).astype(np.int16).reshape(-1, PIXELS)
    return quarters


def correlation(a: Levels, b: Levels) -> NDArray[np.float32]:
    """(n, parts) twice -> (n,) from -1 to 1: how alike pictures are but for brightness and contrast.

    A picture without contrast correlates with nothing: 0.
    """
    left, right = _centred(a), _centred(b)
    norms = np.sqrt((left * left).sum(axis=-1) * (right * right).sum(axis=-1))
    products = (left * right).sum(axis=-1)
    result: NDArray[np.float32] = np.where(norms > 0, products / np.maximum(norms, 1e-9), 0).astype(
        np.float32
    )
    return result


def evenly_lit_correlation(a: Thumbs, b: Thumbs) -> NDArray[np.float32]:
    """(n, 256) twice -> (n,): how alike pictures are by how far each mean is off its surroundings'.

    A vignette, a lamp's glare or a screen seen from the side change the light slowly over the picture. That
    can outweigh what it shows, but hardly between a mean and those around it.
    """
    return correlation(_evenly_lit(a), _evenly_lit(b))


def _evenly_lit(many: Thumbs) -> NDArray[np.float32]:
    """(n, 256) -> (n, 256) in quarters of a grey level."""
    pictures = np.pad(
        many.reshape(-1, SIDE, SIDE).astype(np.float32), ((0, 0), (_NEAR, _NEAR), (_NEAR, _NEAR)), "edge"
    )
    wide = 2 * _NEAR + 1
    rows = np.lib.stride_tricks.sliding_window_view(pictures, wide, axis=1).mean(axis=-1)
    around = np.lib.stride_tricks.sliding_window_view(rows, wide, axis=2).mean(axis=-1)
    off: NDArray[np.float32] = many - around.reshape(-1, PIXELS)
    return off


def mean_square_difference(one: Thumb, many: Thumbs) -> NDArray[np.float32]:
    """(256,), (n, 256) -> (n,) in squared grey levels, overall brightness left out."""
    difference = (_centred(many) - _centred(one[None])) / STEPS_PER_GREY_LEVEL
    result: NDArray[np.float32] = (difference * difference).mean(axis=1)
    return result


def _centred(thumbs: Levels) -> NDArray[np.float32]:
    values = thumbs.astype(np.float32)
    centred: NDArray[np.float32] = values - values.mean(axis=-1, keepdims=True)
    return centred
