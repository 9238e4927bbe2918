"""256-bit codes as four columns of 64-bit words, and the linear scan over them.

The scan is exact for every radius. It counts the differing bits of two words of all pairs, then of a
third and a fourth, but goes on with single pairs as soon as few are still within the radius:
unrelated codes differ in about 64 bits over two words, so up to a radius of 45 half the work is saved.
At radius 0 there is nothing to count: codes are looked up among the sorted queries.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

CODE_BITS: Final = 256
CODE_BYTES: Final = CODE_BITS // 8
WORD_BITS: Final = 64
WORDS: Final = CODE_BITS // WORD_BITS
WORD: Final = np.dtype("<u8")
ID: Final = np.dtype("<u8")

Codes = NDArray[np.uint8]  #: (N, 32), most significant bit first as everywhere in Seawall
Words = NDArray[np.uint64]  #: (4, N): column-wise, so that a scan reads one word of many codes
Ids = NDArray[np.uint64]  #: (N,)
Numbers = NDArray[np.int64]
Distances = NDArray[np.int16]  #: bits
SmallDistances = NDArray[np.uint8]  #: bits, over three words at most: 256 would not fit

#: Pairs of a query and a code that are compared at a time: a word of each fits the second-level cache.
_PAIRS: Final = 65_536
#: One pair in so many costs as much to pick out as all cost to compare in one more word.
_FEW: Final = 32


class Hits(NamedTuple):
    """Pairs within the radius; those of one query are in order of position."""

    query_no: Numbers  #: (M,)
    position: Numbers  #: (M,)
    distance: Distances  #: (M,)


def as_words(codes: Codes) -> Words:
    """(N, 32) codes -> (4, N) words."""
    return np.ascontiguousarray(np.ascontiguousarray(codes).view(WORD).T)


def no_words() -> Words:
    """(4, 0) words."""
    return np.empty((WORDS, 0), WORD)


def join(parts: list[Hits]) -> Hits:
    """All hits of the parts, in their order."""
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return Hits(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int16))
    return Hits(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def scan(words: Words, queries: Words, radius: int) -> Hits:
    """Compare every query with every code. words: (4, N); queries: (4, Q); radius in bits."""
    if radius == 0:
        return _equal(words, queries)
    count, query_count = words.shape[1], queries.shape[1]
    parts: list[Hits] = []
    block = max(1, min(count, _PAIRS))
    group = _PAIRS // block
    for start in range(0, count, block):
        codes = words[:, start : start + block]
        for first in range(0, query_count, group):
            near = _near(codes, queries[:, first : first + group], radius)
            if near.query_no.size:
                parts.append(Hits(near.query_no + first, near.position + start, near.distance))
    return join(parts)


def _equal(words: Words, queries: Words) -> Hits:
    """All pairs of equal codes: those of one first word, and of them those that are alike in all."""
    if queries.shape[1] == 0:
        return join([])
    order = np.argsort(queries[0], kind="stable")
    asked = queries[0][order]
    first = np.searchsorted(asked, words[0])
    met = np.flatnonzero(asked.take(first, mode="clip") == words[0])  # hardly any
    first = first[met]
    counts = np.searchsorted(asked, words[0][met], side="right") - first
    position = np.repeat(met, counts)
    within = np.arange(len(position)) - np.repeat(np.cumsum(counts) - counts, counts)
    query_no = order[np.repeat(first, counts) + within]
    return measure(words, position, queries, query_no, 0)


def measure(words: Words, position: Numbers, queries: Words, query_no: Numbers, radius: int) -> Hits:
    """Those of the given pairs that are within the radius. Raises IndexError for a position that is none."""
    check_positions(words, position)
    half = _of_pairs(words[:2], position, queries[:2], query_no)
    within = np.flatnonzero(half <= radius)
    position, query_no = position[within], query_no[within]
    rest = _of_pairs(words[2:], position, queries[2:], query_no)
    distance = half[within].astype(np.int16) + rest
    within = np.flatnonzero(distance <= radius)
    return Hits(query_no[within], position[within], distance[within])


def measure_all(words: Words, position: Numbers, query: Words, radius: int) -> Hits:
    """Those of the codes at the given positions, (M,), that are within the radius of one query, (4, 1)."""
    parts = [
        measure(words, some, query, np.zeros(some.size, np.int64), radius)
        for some in (position[at : at + _PAIRS] for at in range(0, position.size, _PAIRS))
    ]
    return join(parts)


def check_positions(words: Words, position: Numbers) -> None:
    """Raises IndexError for a position that is none: they are then looked up without a look at each."""
    if position.size and position.max() >= words.shape[1]:
        raise IndexError("a position beyond the codes")


def _of_pairs(words: Words, position: Numbers, queries: Words, query_no: Numbers) -> SmallDistances:
    """(M,) differing bits of each pair over the given words, of which there are fewer than four."""
    distance = np.zeros(position.shape, np.uint8)
    for code, query in zip(words, queries, strict=True):
        # Checked as a whole: to check each would take a third of the time.
        distance += np.bitwise_count(code.take(position, mode="clip") ^ query.take(query_no, mode="clip"))
    return distance


def _near(codes: Words, queries: Words, radius: int) -> Hits:
    """Compare a block of codes with a group of queries."""
    distance = _of_block(codes[0], queries[0])
    for word in (1, 2):
        distance += _of_block(codes[word], queries[word])
        near = np.flatnonzero(distance <= radius)
        if near.size * _FEW < distance.size:
            query_no, position = np.divmod(near, codes.shape[1])
            return measure(codes, position, queries, query_no, radius)
    full = distance.astype(np.int16).ravel() + _of_block(codes[3], queries[3]).ravel()
    near = np.flatnonzero(full <= radius)
    query_no, position = np.divmod(near, codes.shape[1])
    return Hits(query_no, position, full[near])


def _of_block(word: NDArray[np.uint64], query: NDArray[np.uint64]) -> SmallDistances:
    """(Q, N) differing bits of all pairs in one word."""
    differing: SmallDistances = np.bitwise_count(word ^ query[:, None])
    return differing
