"""Local features: 256-bit codes of patches around corners, the same wherever a copy puts the picture.

A copy that is cropped, turned, framed or set into another picture shares no global hash with its source,
but most of its corners look as they did. Corners are found and oriented by OpenCV's ORB detector
(Rublee et al., "ORB: an efficient alternative to SIFT or SURF", ICCV 2011). The code of the patch around
each is our own, made so that the index for picture hashes serves for it: the patch is turned upright,
sampled on a 16 x 16 grid, windowed and taken through a DCT like a small picture; its 63 lowest
coefficients are scaled to unit length, whitened, and give the signs of 256 projections (random hyperplane
hashing, Charikar, "Similarity estimation techniques from rounding algorithms", STOC 2002). Measured on
20,000 corners of 34 clips, half of the unrelated ones have no other-clip neighbour within 60 bits, and
corners of a copy cropped to half its sides are 29 bits off in the median; ORB's own codes: 54 and 30.

A mirrored patch differs from the patch by the sign of its odd rows, so the codes of the mirrored picture
cost a product and no second look at the picture.
"""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Final, NamedTuple

import cv2
import numpy as np
from numpy.typing import NDArray

from seawall.media.luma import round_to_bytes
from seawall.signals import grain, keypoint_tables, shrink

LONG_SIDE_PX: Final = 512  #: pictures are brought to this size, so that coarse and fine copies meet
FINE_SIDE_PX: Final = 768  #: and to this one too, where a small part of the picture may be all that is known
MAX_ENLARGED: Final = 2.0
CODE_BYTES: Final = 32
ANGLE_STEPS: Final = 256  #: of a full turn

_OCTAVES: Final = 8
_OCTAVE_STEP: Final = 1.2
_EDGE_PX: Final = 20
_LEAST_PX: Final = 2 * _EDGE_PX + 8  #: a narrower picture is all edge
_CORNER_PX: Final = 31  #: the detector's patch at octave 0
_LEAST_CONTRAST: Final = 8  #: grey levels; dark and soft footage has few corners above ORB's usual 20, and
#: those of 4 look alike everywhere
_FEW: Final = 0.5  #: of the corners wanted: with fewer, weaker ones are looked for after all
_RICH_SHARE: Final = 0.31  #: of the cells: where so many have stronger ones, weak ones are not looked for
_LETTERS: Final = 2.0  #: times as strong as in the usual cell: a caption's, whose cells do not count
_POSITION_BITS: Final = 20  #: for the number of a corner: there are thousands
_CELLS: Final = 8  #: the picture is cut into so many cells a side, and each gives its best in turn

_GRID: Final = 16
_GRID_STEP_PX: Final = 1.0  #: at a quarter of the octave's resolution
_LEVEL_SCALE: Final = 0.25
_LEVEL_MARGIN_PX: Final = 12  #: more than a patch reaches beyond its corner, whatever its turn
_LEVEL_BLUR_PX: Final = 0.45  #: beyond what the means over areas smooth
_COEFFICIENTS: Final = 8  #: a side of the low frequencies that are kept, their mean left out

#: (n, 256) grey levels
_Patches = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Keypoints:
    """The corners of one picture, strongest first within turns over its cells."""

    xy: NDArray[np.float32]  #: (n, 2) in the picture's own pixels, from its upper left corner
    sizes: NDArray[np.float32]  #: (n,) diameter of the patch that was found, in the picture's pixels
    angles: NDArray[np.uint8]  #: (n,) orientation in 256ths of a turn, clockwise from the x axis
    codes: NDArray[np.uint8]  #: (n, 32)
    mirrored: NDArray[np.uint8]  #: (n, 32) the codes that the same corners have in the mirrored picture

    def __len__(self) -> int:
        return len(self.codes)


class _Look(NamedTuple):
    """How closely a picture is looked at."""

    surplus: int  #: so many times the corners wanted are found, to choose well spread ones
    at_a_turn: int  #: that a cell gives before the others' next
    weak: bool  #: whether weak corners are looked for too, where strong ones abound


_PICTURE: Final = _Look(surplus=3, at_a_turn=1, weak=True)
#: Strong corners are found again in more copies than weak ones of cells that have no better. Letters are the
#: strongest of all: many are found, and a caption on a third of the cells leaves others a third.
_FRAME: Final = _Look(surplus=12, at_a_turn=5, weak=False)
#: Of pictures full of text.
_CLOSE: Final = _Look(surplus=20, at_a_turn=1, weak=True)


def find(luma: shrink.Luma, most: int) -> Keypoints:
    """At most so many corners of a picture, (H, W) from 0 to 255, spread over it."""
    return _found(round_to_bytes(luma), most, LONG_SIDE_PX, _PICTURE)


def find_in_frame(luma: shrink.Luma, most: int) -> Keypoints:
    """The same of one of many frames: strong ones, at five sixths of the cost."""
    return _found(round_to_bytes(luma), most, LONG_SIDE_PX, _FRAME)


def find_closely(luma: shrink.Luma, most: int) -> Keypoints:
    """The same at two sizes, so many of each, in letters and grain too: at some four times the cost."""
    whole = grain.smoothed(round_to_bytes(luma))
    coarse, fine = (_found(whole, most, side_px, _CLOSE) for side_px in (LONG_SIDE_PX, FINE_SIDE_PX))
    order = np.argsort(np.concatenate([np.arange(len(coarse)), np.arange(len(fine))]), kind="stable")
    columns = ((getattr(coarse, name), getattr(fine, name)) for name in Keypoints.__slots__)
    return Keypoints(*(np.concatenate(pair)[order] for pair in columns))


def _found(whole: NDArray[np.uint8], most: int, long_side_px: int, look: _Look) -> Keypoints:
    picture, scale = _resized(whole, long_side_px)
    if min(picture.shape) < _LEAST_PX:
        return _NONE
    coarse = _shrunk(picture, _scaled(picture.shape, _LEVEL_SCALE))
    contrast = _LEAST_CONTRAST if look.weak else _contrast(coarse)
    table = _corners(picture, most, look, contrast)
    while len(table) < _FEW * most and contrast > _LEAST_CONTRAST:  # as seldom
        contrast = max(_LEAST_CONTRAST, contrast // 2)
        table = _corners(picture, most, look, contrast)
    if len(table) == 0:
        return _NONE
    angles = np.rint(table[:, 3] * (ANGLE_STEPS / 360)).astype(np.int64) % ANGLE_STEPS
    by_octave = np.argsort(table[:, 4], kind="stable")
    codes, mirrored = _codes(_patches(picture, coarse, table[by_octave]))
    back = np.argsort(by_octave)
    xy, sizes = table[:, :2] / scale, table[:, 2] / scale
    return Keypoints(xy, sizes, angles.astype(np.uint8), codes[back], mirrored[back])


def _corners(picture: NDArray[np.uint8], most: int, look: _Look, contrast: int) -> NDArray[np.float32]:
    """(n, 5) corners, strong and spread over the picture: x, y, size, angle in degrees, octave.

    contrast: in grey levels, of the weakest that are looked for.
    """
    detector = cv2.ORB.create(
        nfeatures=most * look.surplus,
        scaleFactor=_OCTAVE_STEP,
        nlevels=_OCTAVES,
        edgeThreshold=_EDGE_PX,
        patchSize=_CORNER_PX,
        fastThreshold=contrast,
        scoreType=cv2.ORB_FAST_SCORE,  # puts corners first that are found again more often than by Harris's
    )
    found = detector.detect(picture, None)
    xy, strengths = _places(found)
    chosen = _spread(xy, strengths, picture.shape, most, look.at_a_turn)
    # Most are not chosen, and to ask each for what it knows is slow.
    told = [found[at] for at in chosen.tolist()]
    table = np.empty((len(chosen), 5), np.float32)
    table[:, :2] = xy[chosen]
    table[:, 2] = [one.size for one in told]
    table[:, 3] = [one.angle for one in told]
    table[:, 4] = [one.octave for one in told]
    return table


def _contrast(coarse: NDArray[np.uint8]) -> int:
    """How strong the weakest corners are that are worth looking for in a picture, told from a small one.

    To find the weak ones takes most of the time, and hardly any would be chosen.
    """
    xy, strengths = _places(cv2.FastFeatureDetector.create(_LEAST_CONTRAST).detect(coarse, None))
    best = np.zeros(_CELLS * _CELLS, np.float32)
    np.maximum.at(best, _cells(xy, coarse.shape), strengths)
    best.sort()
    others = best[best <= _LETTERS * best[len(best) // 2]]
    return max(_LEAST_CONTRAST, int(others[-1 - int(len(others) * _RICH_SHARE)]))


def _places(found: Sequence[cv2.KeyPoint]) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """(n, 2) where corners are, and (n,) how strong."""
    xy = np.asarray(cv2.KeyPoint.convert(found), np.float32).reshape(-1, 2)
    return xy, np.array([one.response for one in found], np.float32)


def _resized(whole: NDArray[np.uint8], long_side_px: int) -> tuple[NDArray[np.uint8], NDArray[np.float32]]:
    """The picture in working size, and (2,) by how much its width and height changed."""
    height, width = whole.shape
    factor = min(long_side_px / max(height, width), MAX_ENLARGED)
    size = (max(1, round(width * factor)), max(1, round(height * factor)))
    resized = _shrunk(whole, size) if factor < 1 else cv2.resize(whole, size, interpolation=cv2.INTER_LINEAR)
    return np.asarray(resized, np.uint8), np.array([size[0] / width, size[1] / height], np.float32).mean()


def _shrunk(picture: NDArray[np.uint8], size: tuple[int, int]) -> NDArray[np.uint8]:
    """Brought to (width, height) by halves as far as that goes, which is far faster, then by the rest.

    A picture that loses less than half of its sides needs no means over areas.
    """
    height, width = picture.shape
    while width % 2 == height % 2 == 0 and width >= 2 * size[0] and height >= 2 * size[1]:
        height, width = height // 2, width // 2
        picture = np.asarray(cv2.resize(picture, (width, height), interpolation=cv2.INTER_AREA), np.uint8)
    way = cv2.INTER_AREA if width > 2 * size[0] else cv2.INTER_LINEAR
    return np.asarray(cv2.resize(picture, size, interpolation=way), np.uint8)


def _spread(
    xy: NDArray[np.float32], strengths: NDArray[np.float32], shape: tuple[int, ...], most: int, at_a_turn: int
) -> NDArray[np.int64]:
    """Positions of at most so many corners: so many of every cell at a turn, the strongest first."""
    cell, in_cells = _by_cell(_cells(xy, shape), strengths)
    place = np.arange(len(in_cells)) - np.searchsorted(cell, np.arange(_CELLS * _CELLS))[cell]
    turn = place // at_a_turn
    last = np.searchsorted(np.cumsum(np.bincount(turn)), most)  # the turn in which there are enough
    taken = np.flatnonzero(turn <= last)
    order = np.lexsort((-strengths[in_cells[taken]], turn[taken]))
    return in_cells[taken[order[:most]]]


def _cells(xy: NDArray[np.float32], shape: tuple[int, ...]) -> NDArray[np.int64]:
    """(n,) the cell of the picture that each corner lies in."""
    height, width = shape[:2]
    column = np.minimum(xy[:, 0] * _CELLS / width, _CELLS - 1).astype(np.int64)
    row = np.minimum(xy[:, 1] * _CELLS / height, _CELLS - 1).astype(np.int64)
    return row * _CELLS + column


def _by_cell(
    cell: NDArray[np.int64], strengths: NDArray[np.float32]
) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Corners by cell, the strongest of each first: their cells, and their positions, which settle a tie.

    All three are made one number, as plain numbers are sorted many times as fast.
    """
    bits = (
        (strengths + np.float32(0)).view(np.int32).astype(np.int64)
    )  # which makes no zero less than another
    rising = bits ^ ((bits >> 31) & 0x7FFF_FFFF)  # as the floats do
    packed = (cell << 52) | ((0x7FFF_FFFF - rising) << _POSITION_BITS) | np.arange(len(cell))
    packed.sort()
    return packed >> 52, packed & ((1 << _POSITION_BITS) - 1)


def _patches(picture: NDArray[np.uint8], coarse: NDArray[np.uint8], table: NDArray[np.float32]) -> _Patches:
    """(n, 256) what lies around each corner, turned upright, on a grid as wide as the octave is coarse.

    coarse: the picture at `_LEVEL_SCALE` of its sides. table: in the order of its octaves.
    """
    octaves = table[:, 4].astype(np.int64)
    scales = _LEVEL_SCALE * _OCTAVE_STEP ** -octaves.astype(np.float32)
    turns = np.deg2rad(table[:, 3])
    centres = (table[:, :2] + np.float32(0.5)) * scales[:, None] + np.float32(_LEVEL_MARGIN_PX - 0.5)
    columns = np.column_stack([np.cos(turns), -np.sin(turns), centres[:, 0]]) @ _grid()
    rows = np.column_stack([np.sin(turns), np.cos(turns), centres[:, 1]]) @ _grid()
    patches = np.empty((len(table), _GRID * _GRID), np.float32)
    starts = np.searchsorted(octaves, np.arange(_OCTAVES + 1)).tolist()
    for octave, (first, last) in enumerate(itertools.pairwise(starts)):
        if first == last:
            continue
        here = slice(first, last)
        size = _scaled(picture.shape, _LEVEL_SCALE * _OCTAVE_STEP**-octave)
        level = cv2.resize(coarse, size, interpolation=cv2.INTER_AREA).astype(np.float32)
        smooth = cv2.GaussianBlur(level, (3, 3), _LEVEL_BLUR_PX)
        # Samples within the picture are come by four times as fast as those beyond its edge.
        margin = _LEVEL_MARGIN_PX
        wide = cv2.copyMakeBorder(smooth, margin, margin, margin, margin, cv2.BORDER_REFLECT_101)
        cv2.remap(wide, columns[here], rows[here], cv2.INTER_LINEAR, dst=patches[here])
    return patches


def _scaled(shape: tuple[int, ...], scale: float) -> tuple[int, int]:
    """Width and height of a picture of that shape, at that scale."""
    return max(1, round(shape[1] * scale)), max(1, round(shape[0] * scale))


@lru_cache(maxsize=1)
def _grid() -> NDArray[np.float32]:
    """(3, 256): how far right and how far down of the corner each sample lies, and ones."""
    steps = (np.arange(_GRID) - (_GRID - 1) / 2) * _GRID_STEP_PX
    down, across = np.meshgrid(steps, steps, indexing="ij")
    return np.stack([across.ravel(), down.ravel(), np.ones(_GRID * _GRID)]).astype(np.float32)


def _codes(patches: _Patches) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """(n, 256) -> (n, 32) the codes, and (n, 32) those of the mirrored patches."""
    terms = patches @ _transform()
    terms[:, -1] = np.sqrt(np.einsum("ij,ij->i", terms, terms))
    turning, staying = _hyperplanes()
    same = terms[:, len(turning) :] @ staying
    turned = terms[:, : len(turning)] @ turning
    return np.packbits(same > -turned, axis=1), np.packbits(same > turned, axis=1)


def _turning() -> NDArray[np.bool_]:
    """(63,) the coefficients that change their sign when the patch is mirrored: those of odd rows."""
    return np.asarray(np.arange(1, _COEFFICIENTS**2) // _COEFFICIENTS % 2 == 1, np.bool_)


@lru_cache(maxsize=1)
def _transform() -> NDArray[np.float32]:
    """(256, 64): takes a patch's mean away, windows it, and gives its low DCT coefficients.

    First those of `_turning`; at last there is a place for the length of them all.
    """
    samples = np.arange(_GRID)
    rows = np.sqrt(2 / _GRID) * np.cos(
        np.pi / (2 * _GRID) * np.arange(_COEFFICIENTS)[:, None] * (2 * samples + 1)
    )
    window = np.sin(np.pi * (samples + 3) / (_GRID + 5)) ** 2
    basis = np.einsum("ui,vj->uvij", rows * window, rows * window).reshape(_COEFFICIENTS**2, -1)[1:]
    centred = basis - basis.mean(axis=1, keepdims=True)
    ordered = np.concatenate([centred[_turning()], centred[~_turning()], np.zeros_like(centred[:1])])
    return np.ascontiguousarray(ordered.T).astype(np.float32)


@lru_cache(maxsize=1)
def _hyperplanes() -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Projections of what `_transform` gives, whitening folded in: of what turns, and of the rest: (32, 256).

    The rest's last row says where zero lies. Four Hadamard matrices, each with rows negated at random,
    are as good as random rotations.
    """
    hadamard = np.ones((1, 1))
    while len(hadamard) < _COEFFICIENTS**2:
        hadamard = np.block([[hadamard, hadamard], [hadamard, -hadamard]])
    signs = np.unpackbits(np.frombuffer(keypoint_tables.SIGNS, np.uint8)).reshape(4, -1) * 2.0 - 1
    rotations = np.concatenate([row[1:, None] * hadamard[1:] for row in signs], axis=1)
    whitened = rotations / np.array(keypoint_tables.SPREADS)[:, None]
    whitened = whitened[:, np.frombuffer(keypoint_tables.ORDER, np.uint8)]
    offsets = np.array(keypoint_tables.MEANS) @ whitened
    staying = np.concatenate([whitened[~_turning()], -offsets[None]])
    return whitened[_turning()].astype(np.float32), staying.astype(np.float32)


_NONE: Final = Keypoints(
    np.zeros((0, 2), np.float32),
    np.zeros(0, np.float32),
    np.zeros(0, np.uint8),
    np.zeros((0, CODE_BYTES), np.uint8),
    np.zeros((0, CODE_BYTES), np.uint8),
)
