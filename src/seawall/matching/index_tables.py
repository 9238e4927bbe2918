"""Multi-index hashing: finds the codes near a query without looking at all of them.

A code is cut into chunks, each with a table from the value of some of the chunk's bits to the codes that
hold it. If every table i is asked for the values within t_i bits of the query's own, and the t_i + 1
sum to radius + 1, a code that is missed by all tables differs in at least t_i + 1 bits in each
chunk, hence in more than radius bits: the search is exact. Which tables get the larger t_i is free,
so each query gives them to its emptiest neighbourhoods. Where the tables list so many candidates
that a scan is cheaper (crowded buckets, large radii) the scan is taken.

The more codes there are, the fewer and longer are the chunks: few codes then share a value, and what
tables cost to keep is shared by more codes (`LAYOUTS`).

Source: Norouzi, Punjani, Fleet, "Fast exact search in Hamming space with multi-index hashing"
(TPAMI 2014); the uneven thresholds are its "tight" pigeonhole bound.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from itertools import combinations
from math import comb
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from seawall.matching import index_codes
from seawall.matching.index_codes import CODE_BITS, WORDS, Hits, Numbers, Words

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

MAX_CODES: Final = 1 << 32  #: a position has four bytes
_WORD_BITS: Final = 64
_LAST_BIT: Final = _WORD_BITS - 1
_ONE: Final = np.uint64(1)
_MAX_RING: Final = 4  #: asking for values further away costs more than a scan
_DISTANCE_BITS: Final = CODE_BITS.bit_length()
#: Where not all are asked for, so many of the furthest that count are found, were the bits even.
_MOST: Final = 0.8

# Costs in units of one code scanned (3 ns where they were measured), to choose between ways that
# give the same answer.
_CALL_COST: Final = 40_000  #: of going through the tables at all, whatever the number of queries
_PROBE_COST: Final = 8
_CANDIDATE_COST: Final = 14

#: So many probes, and so many candidates, are worked on at a time: their arrays stay in the cache.
_PROBES: Final = 1 << 17
_CANDIDATES: Final = 1 << 15
#: From so many candidates of one query on, they are sorted before they are looked at: most are there twice.
_CROWD: Final = 1 << 14
_KEYS: Final = 1 << 20  #: are cut out of codes at a time
_POSITION_BITS: Final = np.uint64(32)


class Layout(NamedTuple):
    """How codes are cut."""

    tables: int
    bits: int  #: of each chunk that its table goes by

    @property
    def values(self) -> int:
        """Of one table."""
        return 1 << self.bits

    @property
    def offsets(self) -> int:
        """Entries of one table's row of offsets."""
        return self.values + 1

    def first_bit(self, table: int) -> int:
        """Where a table's chunk begins: they share all bits as evenly as they can."""
        size, longer = divmod(CODE_BITS, self.tables)
        return table * size + min(table, longer)


#: From how many codes on which layout serves: chosen by the work of a query at 31 bits on codes of pictures,
#: for some 100 bytes a code, and for less the more there are.
LAYOUTS: Final = (
    (0, Layout(16, 16)),
    (1_000_000, Layout(13, 18)),
    (2_500_000, Layout(12, 20)),
    (8_000_000, Layout(11, 22)),
    (32_000_000, Layout(11, 23)),
)


def layout_of(count: int) -> Layout:
    """How so many codes are cut."""
    return next(layout for least, layout in reversed(LAYOUTS) if count >= least)


@functools.cache
def _rings(bits: int, least: int, most: int) -> NDArray[np.int64]:
    """All numbers of so many bits with from least to most bits set, the fewest first."""
    rings = (some for n in range(least, most + 1) for some in combinations(range(bits), n))
    return np.array([sum(1 << bit for bit in some) for some in rings], np.int64)


class Table(NamedTuple):
    """The positions of all codes in the order of one chunk's value."""

    offsets: NDArray[np.uint32]  #: (values + 1,): where each value's positions begin
    positions: NDArray[np.uint32]  #: (N,)


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of all chunks, one behind the other."""

    layout: Layout
    offsets: NDArray[np.uint32]  #: (tables * (values + 1),)
    positions: NDArray[np.uint32]  #: (tables * N,)


class _Ranges(NamedTuple):
    """Stretches of the tables' positions that queries ask for, (R, Q) each.

    Table by table, and of each what all queries ask: what they look up then stays in the cache.
    """

    start: Numbers
    length: Numbers


def build(words: Words) -> Iterator[Table]:
    """One table after the other, over (N, 4) words.

    Beyond the table it needs 16 bytes a code, and keeps no other thread waiting for long.
    """
    count = len(words)
    layout = layout_of(count)
    for table in range(layout.tables):
        # Value and position in one number: to sort those is many times as fast as to sort by the values.
        packed = np.empty(count, np.uint64)
        for start in range(0, count, _KEYS):
            part = packed[start : start + _KEYS]
            part[:] = _values(words[start : start + _KEYS], layout, slice(table, table + 1))[:, 0]
            part <<= _POSITION_BITS
            part |= np.arange(start, start + len(part), dtype=np.uint64)
        packed.sort()
        positions = packed.astype(np.uint32)  # the lower half
        packed >>= _POSITION_BITS
        yield Table(_offsets(packed.astype(np.uint32), layout), positions)


def _offsets(values: NDArray[np.uint32], layout: Layout) -> NDArray[np.uint32]:
    """(values + 1,): how many of the sorted values are smaller than each."""
    ends = np.append(np.flatnonzero(values[1:] != values[:-1]) + 1, len(values)).astype(np.uint32)
    offsets = np.zeros(layout.offsets, np.uint32)
    offsets[values[ends - 1] + np.uint32(1)] = np.diff(ends, prepend=np.uint32(0))
    return np.cumsum(offsets, dtype=np.uint32, out=offsets)


@functools.cache
def _cuts(layout: Layout) -> tuple[Numbers, NDArray[np.uint64], Numbers, NDArray[np.uint64]]:
    """Of each table's chunk, (T,), in which word and at which bit of it it begins, and how it goes on.

    That is the next word, and by how much its bits go up, less one: a shift by a whole word would be none.
    """
    word, shift = np.divmod([layout.first_bit(table) for table in range(layout.tables)], _WORD_BITS)
    up = (_LAST_BIT - shift).astype(np.uint64)
    return word, shift.astype(np.uint64), np.minimum(word + 1, WORDS - 1), up


def _values(words: Words, layout: Layout, tables: slice = slice(None)) -> Numbers:
    """(N, T) value of each chunk of every code."""
    word, shift, after, up = _cuts(layout)
    value = words[:, word[tables]] >> shift[tables]
    value |= words[:, after[tables]] << up[tables] << _ONE  # what is not of the chunk lands above its bits
    value &= np.uint64(layout.values - 1)
    return value.view(np.int64)


def joined(parts: Iterable[Table], count: int) -> Tables:
    """What `build` gives for so many codes, as tables in memory."""
    offsets, positions = zip(*parts, strict=True)
    return Tables(layout_of(count), np.concatenate(offsets), np.concatenate(positions))


def search(words: Words, tables: Tables, queries: Words, radius: int, sure: int | None = None) -> Hits:
    """Exactly the codes within radius of each query. words: (N, 4); queries: (Q, 4).

    sure: with less than the radius, surely those within `sure` and only most of the others.
    """
    count, layout = len(words), tables.layout
    asked = radius if sure is None else _asked(layout, radius, sure)
    if not _worth_probing(count, layout, len(queries), asked):
        return index_codes.scan(words, queries, radius)
    parts: list[Hits] = []
    step = max(1, _PROBES // _probe_count(layout, asked))
    for first in range(0, len(queries), step):
        found = _search_chunk(words, tables, queries[first : first + step], radius, asked)
        parts.extend(hits._replace(query_no=hits.query_no + first) for hits in found)
    return index_codes.join(parts)


@functools.cache
def _asked(layout: Layout, radius: int, sure: int) -> int:
    """The least radius from `sure` on for which the tables give most of what is `radius` away."""
    for asked in range(min(sure, radius), radius):
        share, rest = divmod(asked + 1, layout.tables)
        missed = _missed(layout.bits, share, radius) ** rest
        missed *= _missed(layout.bits, share - 1, radius) ** (layout.tables - rest)
        if missed <= 1 - _MOST:
            return asked
    return radius


def _missed(bits: int, within: int, distance: int) -> float:
    """The chance that of so many bits more than `within` differ, where of all bits `distance` do."""
    share = distance / CODE_BITS
    return 1 - sum(comb(bits, n) * share**n * (1 - share) ** (bits - n) for n in range(within + 1))


def _search_chunk(words: Words, tables: Tables, queries: Words, radius: int, asked: int) -> Iterator[Hits]:
    ranges = _probe(tables, queries, len(words), asked)
    candidates = ranges.length.sum(axis=0)
    most = int(candidates.max())
    if most <= _CROWD and most * _CANDIDATE_COST < len(words):  # as nearly always
        yield _look_up(words, tables, ranges, queries, radius)
        return
    scanned = candidates * _CANDIDATE_COST >= len(words)
    crowded = ~scanned & (candidates > _CROWD)
    plain = ~(scanned | crowded)
    if plain.any():
        numbers = np.flatnonzero(plain)
        some = _Ranges(ranges.start[:, plain], ranges.length[:, plain])
        hits = _look_up(words, tables, some, queries[plain], radius)
        yield hits._replace(query_no=numbers[hits.query_no])
    for number in np.flatnonzero(crowded):
        position = _distinct(tables, ranges.start[:, number], ranges.length[:, number])
        hits = index_codes.measure_all(words, position, queries[number], radius)
        yield hits._replace(query_no=hits.query_no + number)
    if scanned.any():
        numbers = np.flatnonzero(scanned)
        hits = index_codes.scan(words, queries[numbers], radius)
        yield hits._replace(query_no=numbers[hits.query_no])


def _distinct(tables: Tables, start: Numbers, length: Numbers) -> Numbers:
    """The positions in some stretches, each once, in their order: those of a crowd are in many."""
    ends = np.cumsum(length)
    at = np.repeat(start - (ends - length), length)
    at += np.arange(at.size)
    position = tables.positions.take(at)
    position.sort()
    first = np.ones(position.size, np.bool_)
    np.not_equal(position[1:], position[:-1], out=first[1:])
    return position[first].astype(np.int64)


@functools.lru_cache
def _worth_probing(count: int, layout: Layout, query_count: int, radius: int) -> bool:
    """Whether tables would be cheaper than the scan if the codes were spread evenly."""
    share, rest = divmod(radius + 1, layout.tables)
    if not query_count or share - (rest == 0) > _MAX_RING:
        return False
    looked_up = rest * _ball(layout.bits, share) + (layout.tables - rest) * _ball(layout.bits, share - 1)
    candidates = looked_up * count / layout.values
    each = _probe_count(layout, radius) * _PROBE_COST + candidates * _CANDIDATE_COST
    return count > _CALL_COST / query_count + each


def _ball(bits: int, within: int) -> int:
    """How many values of a chunk lie within so many bits."""
    return sum(comb(bits, ring) for ring in range(within + 1))


def _probe_count(layout: Layout, radius: int) -> int:
    """How many values a query looks up the sizes of."""
    share, rest = divmod(radius + 1, layout.tables)
    inner = layout.tables * _ball(layout.bits, max(0, share - 1))
    return inner + rest * comb(layout.bits, share)


def _probe(tables: Tables, queries: Words, count: int, radius: int) -> _Ranges:
    """The stretches that together hold every code within radius of each query."""
    layout = tables.layout
    share, rest = divmod(radius + 1, layout.tables)
    value = np.ascontiguousarray(_values(queries, layout).T)
    table_no = np.arange(layout.tables)[:, None]
    inner = _ranges(tables, value, table_no, count, _rings(layout.bits, 0, max(0, share - 1)))
    if share and not rest:
        return inner
    near = inner.length.reshape(layout.tables, -1, len(queries)).sum(axis=1)
    emptiest = near.argsort(axis=0)[:rest]
    ring = _rings(layout.bits, share, share)
    outer = _ranges(tables, value[emptiest, np.arange(len(queries))], emptiest, count, ring)
    if not share:
        return outer
    return _Ranges(np.concatenate((inner.start, outer.start)), np.concatenate((inner.length, outer.length)))


def _ranges(tables: Tables, value: Numbers, table_no: Numbers, count: int, ring: Numbers) -> _Ranges:
    """Where tables keep the values at the ring's distances from value, (T, Q).

    table_no: which tables, (T, Q) or (T, 1).
    """
    asked = value[:, None] ^ ring[:, None]
    asked += (table_no * tables.layout.offsets)[:, None]
    start = tables.offsets.take(asked, mode="clip").astype(np.int64)  # none is beyond: it spares a look
    asked += 1
    length = tables.offsets.take(asked, mode="clip") - start
    start += (table_no * count)[:, None]
    return _Ranges(start.reshape(-1, value.shape[1]), length.reshape(-1, value.shape[1]))


def _look_up(words: Words, tables: Tables, ranges: _Ranges, queries: Words, radius: int) -> Hits:
    """Measure the candidates in the ranges and keep each hit once."""
    filled = np.flatnonzero(ranges.length)
    query_no = filled % len(queries)
    length = ranges.length.take(filled)
    ends = np.cumsum(length)
    shift = ranges.start.take(filled) - (ends - length)  # from a candidate to where it is kept
    parts: list[Hits] = []
    first = 0
    while first < length.size:
        done = int(ends[first - 1]) if first else 0
        last = max(first + 1, int(ends.searchsorted(done + _CANDIDATES, side="right")))
        of_each = length[first:last]
        at = np.repeat(shift[first:last], of_each)
        at += np.arange(done, int(ends[last - 1]))
        position = tables.positions.take(at).astype(np.int64)
        asked = query_no[first:last].repeat(of_each)
        parts.append(index_codes.measure(words, position, queries, asked, radius))
        first = last
    return _once(index_codes.join(parts), len(words))


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
