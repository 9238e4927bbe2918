"""The edits of the basic suite: what an uploader does to a file, one small record each.

An edit says which part of a clip it keeps, at what size, frame rate and quality it is encoded, and what
happens to the pixels. Sources over 480 lines are first scaled to 480, except where the edit is about
resolution: those two start from the source's own lines.
"""

from __future__ import annotations

from typing import Final

import numpy as np
from numpy.typing import NDArray

from seawall.bench import catalogue, chains
from seawall.bench.edit import Change, Edit as Edit
from seawall.media import encode

#: Counted up when an edit's outcome changes, so that files kept from an earlier run are made again.
VERSION: Final = 1
#: The same for the full suite's.
FULL_VERSION: Final = 1

LOGO_AREA: Final = 0.03
NOISE_SIGMA: Final = 10.0  #: of 255
CONTRAST: Final = 1.3

_LIMITED_MIN, _LIMITED_MAX, _LIMITED_SPAN = 16, 235, 219
_GREY: Final = 128
_NOISE_POOL: Final = 1 << 21  #: values drawn once a file; each frame starts at another of them
_LOGO_CELLS: Final = 8

Plane = NDArray[np.uint8]


def grey_contrast(rng: np.random.Generator, height_px: int, width_px: int) -> Change:  # noqa: ARG001
    """No colour, and contrast about mid-grey."""
    middle = (_LIMITED_MIN + _LIMITED_MAX) / 2
    table = np.clip((np.arange(256) - middle) * CONTRAST + middle, _LIMITED_MIN, _LIMITED_MAX)
    table = np.rint(table).astype(np.uint8)
    grey = np.full((height_px // 2, width_px // 2), _GREY, np.uint8)
    return lambda picture: encode.Planes(table[picture.y], grey, grey)


def noise_blur(rng: np.random.Generator, height_px: int, width_px: int) -> Change:
    """A blur over three pixels, then Gaussian noise of NOISE_SIGMA on the luma, new in every frame."""
    size = height_px * width_px
    sigma = NOISE_SIGMA * _LIMITED_SPAN / 255
    pool = np.rint(rng.normal(0, sigma, _NOISE_POOL + size)).astype(np.int16)

    def change(picture: encode.Planes) -> encode.Planes:
        first = rng.integers(_NOISE_POOL)
        noisy = _blurred(picture.y) + pool[first : first + size].reshape(height_px, width_px)
        luma = np.clip(noisy, _LIMITED_MIN, _LIMITED_MAX).astype(np.uint8)
        return encode.Planes(luma, picture.u, picture.v)

    return change


def small_logo(rng: np.random.Generator, height_px: int, width_px: int) -> Change:
    """An opaque patterned rectangle over LOGO_AREA of the picture, near its lower right corner."""
    side = LOGO_AREA**0.5
    height, width = (encode.even(round(length * side)) for length in (height_px, width_px))
    top, left = (
        encode.even(round(length * 0.98)) - side_px
        for length, side_px in ((height_px, height), (width_px, width))
    )
    luma, blue, red = (_pattern(rng, height // part, width // part) for part in (1, 2, 2))

    def change(picture: encode.Planes) -> encode.Planes:
        return encode.Planes(
            _pasted(picture.y, luma, top, left),
            _pasted(picture.u, blue, top // 2, left // 2),
            _pasted(picture.v, red, top // 2, left // 2),
        )

    return change


BASIC: Final = (
    Edit("reencode_crf36_240p", "encoded again at 240 lines, crf 36", lines=240, own_lines=True, crf=36),
    Edit("resize_half", "half the width and height", scale=0.5, own_lines=True),
    Edit("frame_rate_10", "10 frames a second", rate_hz=10.0),
    Edit("grey_contrast", "grey, contrast x1.3", prepare=grey_contrast),
    Edit("noise_blur", "blur over 3 pixels and noise of sigma 10", prepare=noise_blur),
    Edit("small_logo", "an opaque logo over 3 % of the picture", prepare=small_logo),
    Edit("trim_25_start", "the first quarter cut off", start_share=0.25),
    Edit("trim_25_end", "the last quarter cut off", end_share=0.75),
    Edit("trim_25_both", "a quarter cut off at each end", start_share=0.25, end_share=0.75),
)

#: single edits at three levels, then chains of them
FULL: Final = (*catalogue.SINGLES, *chains.CHAINS)


def _blurred(plane: Plane) -> NDArray[np.int16]:
    """Weights 1 2 1 down and across."""
    padded = np.pad(plane, 1, mode="edge").astype(np.int16)
    rows = padded[:-2] + 2 * padded[1:-1] + padded[2:]
    blurred: NDArray[np.int16] = (rows[:, :-2] + 2 * rows[:, 1:-1] + rows[:, 2:] + 8) >> 4
    return blurred


def _pattern(rng: np.random.Generator, height_px: int, width_px: int) -> Plane:
    cells = rng.integers(_LIMITED_MIN, _LIMITED_MAX, (_LOGO_CELLS, _LOGO_CELLS), dtype=np.uint8)
    rows, columns = (np.arange(side) * _LOGO_CELLS // side for side in (height_px, width_px))
    pattern: Plane = cells[rows[:, None], columns]
    return pattern


def _pasted(plane: Plane, patch: Plane, top: int, left: int) -> Plane:
    pasted = plane.copy()
    pasted[top : top + patch.shape[0], left : left + patch.shape[1]] = patch
    return pasted
