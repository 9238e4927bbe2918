"""PDQ, the 256-bit perceptual hash of a picture, as small linear maps.

Tent filter, decimation and DCT are all linear, so a picture's coefficients are

    C = D · (A_h · luma · A_wᵀ) · Dᵀ

with A_n (64, n) the filter-and-decimate map of a side of n pixels (`shrink.tent`) and D (16, 64)
the DCT's rows 1 to 16. The hash is one bit a coefficient: whether it is above their median.

`hash_luma` is PDQ as others compute it. Seawall's own matching hashes the picture's area means
instead (`hash_small` of `shrink.area`): the same map from 64 x 64 on, but steady when a picture
changes its size. On frames of 34 clips, half size and JPEG quality 50 moved a PDQ hash by 3 to 27
bits (mean of a clip) and an area code by 1 to 6.

Source: facebook/ThreatExchange, pdq/ (reference implementation); equal to pdqhash 0.2.8 bit for
bit on full-resolution pictures. Where a coefficient ties with the median to the last digit of a
float, as in flat pictures, the bit is a matter of rounding: quality tells such pictures apart.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final

import numpy as np
from numpy.typing import NDArray

from seawall.signals import shrink

VERSION: Final = 1
FREQUENCIES: Final = 16
BITS: Final = FREQUENCIES * FREQUENCIES
CODE_BYTES: Final = BITS // 8
MIN_SIDE_PX: Final = 5
LOWER_MEDIAN: Final = BITS // 2 - 1
QUALITY_DIVISOR: Final = 90
MAX_QUALITY: Final = 100

#: Published by PDQ's authors: match at this distance or below, ignore hashes below this quality.
MATCH_BITS: Final = 31
MATCH_QUALITY: Final = 50

Codes = NDArray[np.uint8]  #: (n, 32)

_DCT: Final = (
    np.sqrt(2 / shrink.SIDE)
    * np.cos(
        np.pi / (2 * shrink.SIDE) * np.arange(1, FREQUENCIES + 1)[:, None] * (2 * np.arange(shrink.SIDE) + 1)
    )
).astype(np.float32)


@dataclass(frozen=True, slots=True)
class Pdq:
    """A PDQ hash and how much the picture gave it to hold on to."""

    value: bytes  #: 32 bytes, most significant bit first
    quality: int  #: 0 (flat) to 100

    def distance(self, other: Pdq) -> int:
        """Hamming distance in bits, 0 to 256; unrelated pictures lie near 128."""
        return (int.from_bytes(self.value) ^ int.from_bytes(other.value)).bit_count()


def hash_luma(luma: shrink.Luma) -> Pdq:
    """Hash one picture.

    luma: (height_px, width_px), 0 to 255, as 0.299 R + 0.587 G + 0.114 B.
    Raises ValueError where a side is under 5 pixels: such a picture has no PDQ hash.
    """
    return hash_small(shrink.tent(checked(luma)))


def hash_batch(lumas: Iterable[shrink.Luma]) -> list[Pdq]:
    """Hash pictures: an array (n, height_px, width_px), or pictures of any sizes one by one."""
    small = [shrink.tent(checked(luma)) for luma in lumas]
    if not small:
        return []
    return hash_smalls(np.stack(small))


def hash_smalls(smalls: NDArray[np.float32]) -> list[Pdq]:
    """Hash pictures of which the (n, 64, 64) are already made."""
    codes, qualities = _hash(smalls)
    return [Pdq(code.tobytes(), int(quality)) for code, quality in zip(codes, qualities, strict=True)]


def hash_small(small: shrink.Small) -> Pdq:
    """Hash a picture of which the (64, 64) is already made."""
    codes, qualities = _hash(small[None])
    return Pdq(codes[0].tobytes(), int(qualities[0]))


def checked(luma: shrink.Luma) -> shrink.Luma:
    """The same picture. Raises ValueError where a side is under 5 pixels."""
    height, width = luma.shape
    if min(height, width) < MIN_SIDE_PX:
        raise ValueError(f"{width}x{height} pixels: PDQ needs at least {MIN_SIDE_PX} on each side")
    return luma


def _hash(small: NDArray[np.float32]) -> tuple[Codes, NDArray[np.uint8]]:
    """(n, 64, 64) -> codes (n, 32), qualities (n,)."""
    coefficients = (_DCT @ small @ _DCT.T).reshape(len(small), BITS)
    medians = np.partition(coefficients, LOWER_MEDIAN, axis=1)[:, LOWER_MEDIAN, None]
    bits = coefficients > medians
    return np.packbits(bits[:, ::-1], axis=1), _qualities(small)


def _qualities(small: NDArray[np.float32]) -> NDArray[np.uint8]:
    """Sum of each 64 x 64 picture's gradients, in whole hundredths of the full range, over 90."""
    total = np.zeros(len(small), np.float32)
    for axis in (1, 2):
        steps = np.diff(small, axis=axis) * np.float32(100) / np.float32(255)
        total += np.abs(np.trunc(steps)).sum(axis=(1, 2))
    return np.minimum(MAX_QUALITY, total // QUALITY_DIVISOR).astype(np.uint8)
