"""Distances between codes without any index: slow, and plain enough to be right."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray


def distances(a: NDArray[np.uint8], b: NDArray[np.uint8]) -> NDArray[np.uint16]:
    """(n, 32) and (m, 32) codes -> (n, m) bits that differ, by brute force."""
    left, right = (np.ascontiguousarray(codes).view(np.uint64) for codes in (a, b))
    total = np.zeros((len(a), len(b)), np.uint16)
    for word in range(left.shape[1]):
        total += np.bitwise_count(left[:, word, None] ^ right[None, :, word])
    return total
