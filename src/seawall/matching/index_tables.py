"""Multi-index hashing: finds the codes near a query without looking at all of them.

A code is cut into 16 chunks of 16 bits, each with a table from the chunk's value to the codes that
hold it. If every table i is asked for the values within t_i bits of the query's own, and the t_i + 1
sum to radius + 1, a code that is missed by all tables differs in at least t_i + 1 bits in each
chunk, hence in more than radius bits: the search is exact. Which tables get the larger t_i is free,
so each query gives them to its emptiest neighbourhoods. Where the tables list so many candidates
that a scan is cheaper (crowded buckets, large radii) the scan is taken.

Source: Norouzi, Punjani, Fleet, "Fast exact search in Hamming space with multi-index hashing"
(TPAMI 2014); the uneven thresholds are its "tight" pigeonhole bound.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import combinations
from typing import TYPE_CHECKING, Final

import numpy as np

from seawall.matching import index_codes
from seawall.matching.index_codes import CODE_BITS, WORD, Hits, Numbers, Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

TABLES: Final = 16
CHUNK_BITS: Final = CODE_BITS // TABLES
CHUNK: Final = np.dtype("<u2")
VALUES: Final = 1 << CHUNK_BITS
OFFSETS: Final = VALUES + 1  #: entries of one table's row of offsets
MAX_CODES: Final = 1 << 24  #: a position in a table has three bytes

_MAX_RING: Final = 2  #: asking for values 3 bits away already lists a sixth of all codes
_DISTANCE_BITS: Final = CODE_BITS.bit_length()
_CHUNKS_PER_WORD: Final = WORD.itemsize // CHUNK.itemsize
_TABLE_NO: Final = np.arange(TABLES)

# Costs in units of one code scanned (2.3 ns where they were measured), to choose between ways that
# give the same answer.
_CALL_COST: Final = 80_000  #: of going through the tables at all, whatever the number of queries
_PROBE_COST: Final = 6
_CANDIDATE_COST: Final = 16

#: So many probes, and so many candidates, are worked on at a time: their arrays stay in the cache, and for
#: those of candidates the system need not be asked for memory each time.
_PROBES: Final = 1 << 17
_CANDIDATES: Final = 1 << 13


def _ring(bits: int) -> NDArray[np.uint16]:
    """All values of a chunk with that many bits set."""
    masks = [sum(1 << bit for bit in chosen) for chosen in combinations(range(CHUNK_BITS), bits)]
    return np.array(masks, np.uint16)


_RINGS: Final = tuple(_ring(bits) for bits in range(_MAX_RING + 1))
_BALLS: Final = tuple(np.concatenate(_RINGS[:count]) for count in range(1, len(_RINGS) + 1))


@dataclass(frozen=True, slots=True)
class Tables:
    """For each chunk, the positions of the codes sorted by the chunk's value."""

    offsets: NDArray[np.uint32]  #: (16 * 65,537,): where each value's positions begin, table by table
    low: NDArray[np.uint16]  #: (16 * N,) the lower two bytes of the positions
    high: NDArray[np.uint8]  #: (16 * N,) their third byte


@dataclass(frozen=True, slots=True)
class _Ranges:
    """Stretches of the tables' positions that queries ask for, (R, Q) each.

    Table by table, and of each what all queries ask: what they look up then stays in the cache.
    """

    start: Numbers
    length: Numbers


def build(words: Words) -> Iterator[tuple[NDArray[np.uint32], NDArray[np.uint16], NDArray[np.uint8]]]:
    """Offsets (65,537,), low (N,) and high (N,) of one table after the other. words: (4, N)."""
    for table in range(TABLES):
        value = _chunk(words, table)
        offsets = np.zeros(OFFSETS, np.uint32)
        np.cumsum(np.bincount(value, minlength=VALUES), out=offsets[1:])
        order = np.argsort(value, kind="stable")
        yield offsets, order.astype(np.uint16), (order >> 16).astype(np.uint8)


def joined(
    parts: Iterable[tuple[NDArray[np.uint32], NDArray[np.uint16], NDArray[np.uint8]]],
) -> Tables:
    """What `build` gives, as tables in memory."""
    offsets, low, high = zip(*parts, strict=True)
    return Tables(np.concatenate(offsets), np.concatenate(low), np.concatenate(high))


def search(words: Words, tables: Tables, queries: Words, radius: int, sure: int | None = None) -> Hits:
    """Exactly the codes within radius of each query. words: (4, N); queries: (4, Q).

    sure: with less than the radius, surely those within `sure` and only most of the others: those that
    the tables give for `sure`.
    """
    count = words.shape[1]
    asked = radius if sure is None else min(sure, radius)
    if not _worth_probing(count, queries.shape[1], asked):
        return index_codes.scan(words, queries, radius)
    parts: list[Hits] = []
    step = max(1, _PROBES // _probe_count(asked))
    for first in range(0, queries.shape[1], step):
        chunk = queries[:, first : first + step]
        found = _search_chunk(words, tables, chunk, radius, asked)
        parts.extend(hits._replace(query_no=hits.query_no + first) for hits in found)
    return index_codes.join(parts)


def _search_chunk(words: Words, tables: Tables, queries: Words, radius: int, asked: int) -> Iterator[Hits]:
    ranges = _probe(tables, queries, words.shape[1], asked)
    near_bits = _near_bits(radius) if asked == radius else None
    by_table = ranges.length.sum(axis=0) * _CANDIDATE_COST < words.shape[1]
    if by_table.all():  # as nearly always
        yield _look_up(words, tables, ranges, np.ascontiguousarray(queries), radius, near_bits)
        return
    scanned = np.flatnonzero(~by_table)
    hits = index_codes.scan(words, np.ascontiguousarray(queries[:, scanned]), radius)
    yield hits._replace(query_no=scanned[hits.query_no])
    probed = np.flatnonzero(by_table)
    if probed.size:
        ranges = _Ranges(ranges.start[:, probed], ranges.length[:, probed])
        hits = _look_up(words, tables, ranges, np.ascontiguousarray(queries[:, probed]), radius, near_bits)
        yield hits._replace(query_no=probed[hits.query_no])


def _worth_probing(count: int, query_count: int, radius: int) -> bool:
    """Whether tables would be cheaper than the scan if the codes were spread evenly."""
    share, rest = divmod(radius + 1, TABLES)
    if not query_count or share + (rest > 0) > len(_RINGS):
        return False
    looked_up = rest * _ball(share) + (TABLES - rest) * _ball(share - 1)
    candidates = looked_up * count / VALUES
    each = _probe_count(radius) * _PROBE_COST + candidates * _CANDIDATE_COST
    return count > _CALL_COST / query_count + each


def _ball(bits: int) -> int:
    """How many values of a chunk lie within that many bits."""
    return sum(len(ring) for ring in _RINGS[: bits + 1])


def _probe_count(radius: int) -> int:
    """How many values a query looks up the sizes of."""
    share, rest = divmod(radius + 1, TABLES)
    return TABLES * _ball(share if rest else share - 1)


def _near_bits(radius: int) -> int:
    """How far a code within radius may be off in the word of one of the tables that list it, at most.

    A word has four of the chunks. What the tables of a word ask for, t_i + 1 over its chunks, sums to
    radius + 1 over all words: by the same reasoning as for chunks, a code within radius is within one less
    than that sum in some word, and is listed by one of that word's tables. So of a candidate only the word
    has to be looked at that its table is of, and hardly a code of another content passes.
    """
    share, rest = divmod(radius + 1, TABLES)
    return share * _CHUNKS_PER_WORD + min(rest, _CHUNKS_PER_WORD) - 1


def _probe(tables: Tables, queries: Words, count: int, radius: int) -> _Ranges:
    """The stretches that together hold every code within radius of each query."""
    share, rest = divmod(radius + 1, TABLES)
    value = np.ascontiguousarray(np.ascontiguousarray(queries.T).view(CHUNK).T)  # (16, Q)
    found = [_ranges(tables, value, count, _BALLS[share - 1])] if share else []
    if rest:
        ring = _ranges(tables, value, count, _RINGS[share])
        emptiest = np.argsort(ring.length.sum(axis=1).T, axis=1).T[:rest, None]
        found.append(
            _Ranges(
                np.take_along_axis(ring.start, emptiest, axis=0),
                np.take_along_axis(ring.length, emptiest, axis=0),
            )
        )
    return _Ranges(
        np.concatenate([each.start.reshape(-1, value.shape[1]) for each in found]),
        np.concatenate([each.length.reshape(-1, value.shape[1]) for each in found]),
    )


def _ranges(tables: Tables, value: NDArray[np.uint16], count: int, ring: NDArray[np.uint16]) -> _Ranges:
    """(16, len(ring), Q): where each table keeps the values at the ring's distance from value, (16, Q)."""
    asked = (value[:, None] ^ ring[:, None]).astype(np.int64)
    asked += (_TABLE_NO * OFFSETS)[:, None, None]
    start = tables.offsets.take(asked).astype(np.int64)
    length = tables.offsets[1:].take(asked) - start
    start += (_TABLE_NO * count)[:, None, None]
    return _Ranges(start, length)


def _look_up(
    words: Words, tables: Tables, ranges: _Ranges, queries: Words, radius: int, near_bits: int | None
) -> Hits:
    """Measure the candidates in the ranges and keep each hit once.

    near_bits: as `_near_bits` has it; None to measure all candidates.
    """
    count = words.shape[1]
    filled = np.flatnonzero(ranges.length)
    query_no = filled % ranges.length.shape[1]
    start, length = ranges.start.ravel()[filled], ranges.length.ravel()[filled]
    ends = np.cumsum(length)
    shift = start - (ends - length)  # from a candidate to where it is kept
    word_no = start // (_CHUNKS_PER_WORD * count)
    asked, base = queries[word_no, query_no], word_no * count
    parts: list[Hits] = []
    first = 0
    while first < length.size:
        done = int(ends[first - 1]) if first else 0
        last = max(first + 1, int(np.searchsorted(ends, done + _CANDIDATES, side="right")))
        some, of_each = slice(first, last), length[first:last]
        _fetch(tables, start[some], of_each)
        at = np.repeat(shift[some], of_each)
        at += np.arange(done, int(ends[last - 1]))
        position = tables.high.take(at).astype(np.int64)
        position <<= 16
        position |= tables.low.take(at)
        if near_bits is None:
            numbers = np.repeat(query_no[some], of_each)
        else:
            index_codes.check_positions(words, position)
            word = words.reshape(-1).take(position + np.repeat(base[some], of_each), mode="clip")
            near = np.flatnonzero(np.bitwise_count(word ^ np.repeat(asked[some], of_each)) <= near_bits)
            position = position[near]
            numbers = query_no[np.searchsorted(ends, done + near, side="right")]
        if position.size:  # hardly ever
            parts.append(index_codes.measure(words, position, queries, numbers, radius))
        first = last
    return _once(index_codes.join(parts), count)


def _fetch(tables: Tables, start: Numbers, length: Numbers) -> None:
    """Have stretches of the tables in the cache: all of them are waited for at once, and not one by one."""
    for ends in (start, start + length - 1):
        tables.low.take(ends)
        tables.high.take(ends)


def _once(hits: Hits, count: int) -> Hits:
    """Each pair once, in order of query and position: several tables find the same code."""
    # Pair and distance in one number: sorting plain integers is many times as fast as sorting with them.
    if not hits.query_no.size:
        return hits
    packed = ((hits.query_no * count + hits.position) << _DISTANCE_BITS) | hits.distance
    packed.sort()
    first = np.ones(packed.size, np.bool_)
    np.not_equal(packed[1:], packed[:-1], out=first[1:])
    packed = packed[first]
    query_no, position = np.divmod(packed >> _DISTANCE_BITS, count)
    return Hits(query_no, position, (packed & ((1 << _DISTANCE_BITS) - 1)).astype(np.int16))


def _chunk(words: Words, table: int) -> NDArray[np.uint16]:
    """(N,) value of one chunk of every code."""
    word, part = divmod(table, _CHUNKS_PER_WORD)
    return np.ascontiguousarray(words[word]).view(CHUNK)[part::_CHUNKS_PER_WORD]
