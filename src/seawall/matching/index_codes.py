"""256-bit codes as rows of four 64-bit words, and the linear scan over them.

A row is half a cache line, so that to look at one code anywhere is one trip to memory. The scan turns
blocks of rows into columns, and is exact for every radius. It counts the differing bits of two words of
all pairs, then of a third and a fourth, but goes on with single pairs as soon as few are still within the
radius: unrelated codes differ in about 64 bits over two words, so up to a radius of 45 half the work is
saved. At radius 0 there is nothing to count: codes are looked up among the sorted queries.
"""

from __future__ import annotations

from typing import Final, NamedTuple

import numpy as np
from numpy.typing import NDArray

CODE_BITS: Final = 256
CODE_BYTES: Final = CODE_BITS // 8
WORDS: Final = CODE_BITS // 64
WORD: Final = np.dtype("<u8")
ID: Final = np.dtype("<u8")

Codes = NDArray[np.uint8]  #: (N, 32), most significant bit first as everywhere in Seawall
Words = NDArray[np.uint64]  #: (N, 4)
Columns = NDArray[np.uint64]  #: (4, N): one word of many codes lies together
Ids = NDArray[np.uint64]  #: (N,)
Numbers = NDArray[np.int64]
Distances = NDArray[np.int16]  #: bits
SmallDistances = NDArray[np.uint8]  #: bits, over three words at most: 256 would not fit

#: Pairs of a query and a code that are compared at a time: a word of each fits the second-level cache.
_PAIRS: Final = 65_536
#: One pair in so many costs as much to pick out as all cost to compare in one more word.
_FEW: Final = 32
_COUNTS: Final = np.dtype("<u4")
_TWO_BYTES, _LOWER_HALF = np.uint32(0x00FF00FF), np.uint32(0xFFFF)
_BYTE, _HALF = np.uint32(8), np.uint32(16)


class Hits(NamedTuple):
    """Pairs within the radius; those of one query are in order of position."""

    query_no: Numbers  #: (M,)
    position: Numbers  #: (M,)
    distance: Distances  #: (M,)


def as_words(codes: Codes) -> Words:
    """(N, 32) codes -> (N, 4) words, without a copy where the codes lie together."""
    return np.ascontiguousarray(codes).view(WORD)


def no_words() -> Words:
    """(0, 4) words."""
    return np.empty((0, WORDS), WORD)


def join(parts: list[Hits]) -> Hits:
    """All hits of the parts, in their order."""
    if len(parts) == 1:
        return parts[0]
    if not parts:
        return Hits(np.empty(0, np.int64), np.empty(0, np.int64), np.empty(0, np.int16))
    return Hits(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def scan(words: Words, queries: Words, radius: int) -> Hits:
    """Compare every query with every code. words: (N, 4); queries: (Q, 4); radius in bits."""
    if radius == 0:
        return _equal(words, queries)
    count, query_count = len(words), len(queries)
    asked = np.ascontiguousarray(queries.T)
    parts: list[Hits] = []
    block = max(1, min(count, _PAIRS))
    group = _PAIRS // block
    for start in range(0, count if query_count else 0, block):
        rows = words[start : start + block]
        columns = np.ascontiguousarray(rows.T)
        for first in range(0, query_count, group):
            some = slice(first, first + group)
            near = _near(rows, columns, queries[some], asked[:, some], radius)
            if near.query_no.size:
                parts.append(Hits(near.query_no + first, near.position + start, near.distance))
    return join(parts)


def _equal(words: Words, queries: Words) -> Hits:
    """All pairs of equal codes: those of one first word, and of them those that are alike in all."""
    order = np.argsort(queries[:, 0], kind="stable")
    asked = queries[order, 0]
    first = np.searchsorted(asked, words[:, 0])
    counts = np.searchsorted(asked, words[:, 0], side="right") - first
    position = np.repeat(np.arange(len(words)), counts)
    within = np.arange(len(position)) - np.repeat(np.cumsum(counts) - counts, counts)
    query_no = order[np.repeat(first, counts) + within]
    return measure(words, position, queries, query_no, 0)


def measure(words: Words, position: Numbers, queries: Words, query_no: Numbers, radius: int) -> Hits:
    """Those of the given pairs that are within the radius. Raises IndexError for a position that is none."""
    differing = words.take(position, axis=0)
    differing ^= queries.take(query_no, axis=0, mode="clip")  # they are of our own making
    # Four counts of up to 64 lie in the bytes of one number: they are added two by two, for 256 to fit.
    counts = np.bitwise_count(differing).view(_COUNTS).ravel()
    halves = (counts & _TWO_BYTES) + (counts >> _BYTE & _TWO_BYTES)
    distance = (halves >> _HALF) + (halves & _LOWER_HALF)
    (within,) = (distance <= radius).nonzero()
    return Hits(query_no[within], position[within], distance[within].astype(np.int16))


def measure_all(words: Words, position: Numbers, query: Words, radius: int) -> Hits:
    """Those of the codes at the given positions, (M,), that are within the radius of one query, (4,)."""
    parts = [
        measure(words, some, query[None], np.zeros(some.size, np.int64), radius)
        for some in (position[at : at + _PAIRS] for at in range(0, position.size, _PAIRS))
    ]
    return join(parts)


def _near(rows: Words, codes: Columns, queries: Words, asked: Columns, radius: int) -> Hits:
    """Compare a block of codes with a group of queries; both are given both ways."""
    distance = _of_block(codes[0], asked[0])
    for word in (1, 2):
        distance += _of_block(codes[word], asked[word])
        near = np.flatnonzero(distance <= radius)
        if near.size * _FEW < distance.size:
            query_no, position = np.divmod(near, len(rows))
            return measure(rows, position, queries, query_no, radius)
    full = distance.astype(np.int16).ravel() + _of_block(codes[3], asked[3]).ravel()
    near = np.flatnonzero(full <= radius)
    query_no, position = np.divmod(near, len(rows))
    return Hits(query_no, position, full[near])


def _of_block(word: NDArray[np.uint64], query: NDArray[np.uint64]) -> SmallDistances:
    """(Q, N) differing bits of all pairs in one word."""
    differing: SmallDistances = np.bitwise_count(word ^ query[:, None])
    return differing
