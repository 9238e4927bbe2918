"""Multi-index hashing: finds the codes near a query without looking at all of them.

A code is cut into chunks, each with a table from the value of some of the chunk's bits to the codes that
hold it. If every table i is asked for the values within t_i bits of the query's own, and the t_i + 1
sum to radius + 1, a code that is missed by all tables differs in at least t_i + 1 bits in each
chunk, hence in more than radius bits: the search is exact. Which tables get the larger t_i is free,
so each query gives them to its emptiest neighbourhoods. Where the tables list so many candidates
that a scan is cheaper (crowded buckets, large radii) the scan is taken.

How codes are cut, and what follows from it, is in `index_layouts`.

Source: Norouzi, Punjani, Fleet, "Fast exact search in Hamming space with multi-index hashing"
(TPAMI 2014); the uneven thresholds are its "tight" pigeonhole bound.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

import numpy as np

from seawall.matching import index_codes, index_layouts
from seawall.matching.index_codes import CODE_BITS, WORD_BITS, WORDS, Hits, Numbers, Words
from seawall.matching.index_layouts import Layout, Reach

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from numpy.typing import NDArray

MAX_CODES: Final = (1 << 32) // 16  #: what counts the positions of 16 tables has four bytes
_LAST_BIT: Final = WORD_BITS - 1
_ONE: Final = np.uint64(1)
_MAX_RING: Final = 4  #: asking for values further away costs more than a scan
_DISTANCE_BITS: Final = CODE_BITS.bit_length()

# Costs in units of one code scanned (1.9 ns where they were measured), to choose between ways that
# give the same answer.
_CALL_COST: Final = 30_000  #: of going through the tables at all, whatever the number of queries
_PROBE_COST: Final = 8
_CANDIDATE_COST: Final = 14

#: So many probes, and so many candidates, are worked on at a time: their arrays stay in the cache.
_PROBES: Final = 1 << 17
_CANDIDATES: Final = 1 << 14
#: With so many times the candidates of even codes, they are sorted first: most are there more than once.
_CROWD: Final = 4
_CROWD_LEAST: Final = 2_000  #: fewer are measured twice in less time than it takes to see to one query alone
_KEYS: Final = 1 << 20  #: are cut out of codes at a time
_POSITION_BITS: Final = np.uint64(32)


class Table(NamedTuple):
    """The positions of all codes in the order of one chunk's value."""

    offsets: NDArray[np.uint32]  #: (values + 1,): where each value's positions begin, of those of all tables
    positions: NDArray[np.uint32]  #: (N,)


@dataclass(frozen=True, slots=True)
class Tables:
    """The tables of all chunks, one behind the other: one begins where the last value of the other ends."""

    layout: Layout
    offsets: NDArray[np.uint32]  #: (tables * values + 1,)
    positions: NDArray[np.uint32]  #: (tables * N,)


class _Ranges(NamedTuple):
    """Stretches of the tables' positions that queries ask for: of R tables for each of Q queries V values."""

    value: Numbers  #: (R, Q) the query's own value, and above it the number of the table
    start: Numbers  #: (R, Q, V)
    length: Numbers  #: (R, Q, V)
    total: Numbers  #: (R, Q) of the lengths

    def of(self, queries: Numbers) -> _Ranges:
        """What these queries, in rising order, ask for."""
        if queries.size == self.value.shape[1]:
            return self
        return _Ranges(*(each.take(queries, axis=1) for each in self))


def build(words: Words) -> Iterator[Table]:
    """One table after the other, over (4, N) words.

    Beyond the table it needs 16 bytes a code, and keeps no other thread waiting for long.
    """
    count = words.shape[1]
    layout = index_layouts.layout_of(count)
    for table in range(layout.tables):
        # Value and position in one number: to sort those is many times as fast as to sort by the values.
        packed = np.empty(count, np.uint64)
        for start in range(0, count, _KEYS):
            part = packed[start : start + _KEYS]
            part[:] = _values(words[:, start : start + _KEYS], layout, slice(table, table + 1))[0]
            part <<= _POSITION_BITS
            part |= np.arange(start, start + len(part), dtype=np.uint64)
        packed.sort()
        positions = packed.astype(np.uint32)  # the lower half
        packed >>= _POSITION_BITS
        offsets = _offsets(packed.astype(np.uint32), layout)
        offsets += np.uint32(table * count)
        yield Table(offsets, positions)


def _offsets(values: NDArray[np.uint32], layout: Layout) -> NDArray[np.uint32]:
    """(values + 1,): how many of the sorted values are smaller than each."""
    ends = np.append(np.flatnonzero(values[1:] != values[:-1]) + 1, len(values)).astype(np.uint32)
    offsets = np.zeros(layout.values + 1, np.uint32)
    offsets[values[ends - 1] + np.uint32(1)] = np.diff(ends, prepend=np.uint32(0))
    return np.cumsum(offsets, dtype=np.uint32, out=offsets)


@functools.cache
def _cuts(layout: Layout) -> tuple[Numbers, NDArray[np.uint64], Numbers, NDArray[np.uint64]]:
    """Of each table's chunk in which word and at which bit of it it begins, and how it goes on.

    That is the next word, and by how much its bits go up, less one: a shift by a whole word would be none.
    Words are (T,), bits (T, 1).
    """
    word, shift = np.divmod([layout.first_bit(table) for table in range(layout.tables)], WORD_BITS)
    up = (_LAST_BIT - shift).astype(np.uint64)
    return word, shift.astype(np.uint64)[:, None], np.minimum(word + 1, WORDS - 1), up[:, None]


def _values(words: Words, layout: Layout, tables: slice = slice(None)) -> Numbers:
    """(T, N) value of each chunk of every code."""
    word, shift, after, up = _cuts(layout)
    value = words[word[tables]] >> shift[tables]
    value |= words[after[tables]] << up[tables] << _ONE  # what is not of the chunk lands above its bits
    value &= np.uint64(layout.values - 1)
    return value.view(np.int64)


def joined(parts: Iterable[Table], count: int) -> Tables:
    """What `build` gives for so many codes, as tables in memory."""
    offsets, positions = zip(*parts, strict=True)
    begun = np.concatenate([*(each[:-1] for each in offsets), offsets[-1][-1:]])
    return Tables(index_layouts.layout_of(count), begun, np.concatenate(positions))


def search(words: Words, tables: Tables, queries: Words, radius: int, sure: int | None = None) -> Hits:
    """Exactly the codes within radius of each query. words: (4, N); queries: (4, Q).

    sure: with less than the radius, surely those within `sure` and only most of the others; where a query
    meets a crowd, surely those that are equal.
    """
    count, layout = words.shape[1], tables.layout
    asked = radius if sure is None else index_layouts.asked(layout, radius, sure)
    reach = index_layouts.reach(layout, radius, None if asked == radius else sure)
    if not _worth_probing(count, layout, queries.shape[1], asked):
        return index_codes.scan(words, queries, radius)
    parts: list[Hits] = []
    step = max(1, _PROBES // index_layouts.probe_count(layout, asked))
    for first in range(0, queries.shape[1], step):
        some = queries[:, first : first + step]
        if asked == radius:
            found = _search_chunk(words, tables, some, radius, reach)
        else:
            found = _search_most(words, tables, some, radius, asked, reach)
        parts.extend(hits._replace(query_no=hits.query_no + first) for hits in found)
    return index_codes.join(parts)


def _search_most(
    words: Words, tables: Tables, queries: Words, radius: int, asked: int, reach: Reach
) -> Iterator[Hits]:
    """What tables that are asked for less than the radius know, of a crowd a part: the work is bounded."""

    def looked_up(which: Numbers, ranges: Sequence[_Ranges]) -> Iterator[Hits]:
        if which.size:
            hits = _look_up(words, tables, ranges, queries.take(which, axis=1), radius, reach)
            yield hits._replace(query_no=which[hits.query_no])

    enough = index_layouts.enough(words.shape[1])
    inner = asked - (asked + 1) % tables.layout.tables  # what all tables are asked for alike
    (alike,) = _probe(tables, queries, inner if inner >= 0 else asked)
    total = alike.total.sum(axis=0)
    left = np.ones(queries.shape[1], np.bool_)
    few = np.flatnonzero(total <= enough)
    if 0 <= inner < asked and few.size:
        own = alike.of(few)
        ranges = [own, _beyond(tables, own, asked)]
        more = np.flatnonzero(_candidates(ranges) <= enough)
        left[few[more]] = False
        yield from looked_up(few[more], [part.of(more) for part in ranges])
    crowded = np.flatnonzero(total > enough)
    part = _emptiest(alike, crowded, enough) if crowded.size else alike
    # Few codes are compared one by one rather than passed over.
    paid = np.where(total > enough, enough, 0)
    scanned = left & (np.maximum(paid, part.total.sum(axis=0)) * _CANDIDATE_COST >= words.shape[1])
    which = np.flatnonzero(left & ~scanned)
    yield from looked_up(which, [part.of(which)])
    yield from _scanned(words, queries, scanned, radius)


def _emptiest(ranges: _Ranges, which: Numbers, most: int) -> _Ranges:
    """Of some queries' tables only those that have least, together no more than `most`; one at least."""
    own = ranges.total[:, which]
    order = own.argsort(axis=0)
    kept = np.take_along_axis(own, order, axis=0).cumsum(axis=0) <= most
    kept[0] = True
    chosen = np.empty_like(kept)
    np.put_along_axis(chosen, order, kept, axis=0)
    length, total = ranges.length.copy(), ranges.total.copy()
    length[:, which] *= chosen[:, :, None]
    total[:, which] *= chosen
    return ranges._replace(length=length, total=total)


def _search_chunk(words: Words, tables: Tables, queries: Words, radius: int, reach: Reach) -> Iterator[Hits]:
    count = words.shape[1]
    ranges = _probe(tables, queries, radius)
    candidates = _candidates(ranges)
    most = int(candidates.max())
    crowd = max(_CROWD_LEAST, _CROWD * index_layouts.even(count, tables.layout, radius))
    if most <= crowd and most * _CANDIDATE_COST < count:  # as nearly always
        yield _look_up(words, tables, ranges, queries, radius, reach)
        return
    scanned = candidates * _CANDIDATE_COST >= count
    crowded = ~scanned & (candidates > crowd)
    plain = np.flatnonzero(~(scanned | crowded))
    if plain.size:
        some = [part.of(plain) for part in ranges]
        hits = _look_up(words, tables, some, queries[:, plain], radius, reach)
        yield hits._replace(query_no=plain[hits.query_no])
    for number in np.flatnonzero(crowded):
        own = np.array([number])
        position = _distinct(tables, [part.of(own) for part in ranges])
        hits = index_codes.measure_all(words, position, queries[:, own], radius)
        yield hits._replace(query_no=hits.query_no + number)
    yield from _scanned(words, queries, scanned, radius)


def _scanned(words: Words, queries: Words, which: NDArray[np.bool_], radius: int) -> Iterator[Hits]:
    """Some of the queries, compared with all codes."""
    if which.any():
        numbers = np.flatnonzero(which)
        hits = index_codes.scan(words, np.ascontiguousarray(queries[:, numbers]), radius)
        yield hits._replace(query_no=numbers[hits.query_no])


def _candidates(ranges: Sequence[_Ranges]) -> Numbers:
    """(Q,) how many each query has."""
    total = _flat([part.total for part in ranges]).reshape(-1, ranges[0].total.shape[1])
    return np.asarray(total.sum(axis=0), np.int64)


def _distinct(tables: Tables, ranges: Sequence[_Ranges]) -> Numbers:
    """The positions in some stretches, each once, in their order: those of a crowd are in many."""
    position = np.concatenate(list(_positions(tables, ranges)))
    position.sort(kind="stable")  # which makes use of what is in order already: long stretches
    first = np.ones(position.size, np.bool_)
    np.not_equal(position[1:], position[:-1], out=first[1:])
    return position[first].astype(np.int64)


@functools.lru_cache
def _worth_probing(count: int, layout: Layout, query_count: int, radius: int) -> bool:
    """Whether tables would be cheaper than the scan if the codes were spread evenly."""
    if not query_count or radius // layout.tables > _MAX_RING:
        return False
    probes, candidates = index_layouts.probe_count(layout, radius), index_layouts.even(count, layout, radius)
    return count > _CALL_COST / query_count + probes * _PROBE_COST + candidates * _CANDIDATE_COST


def _probe(tables: Tables, queries: Words, radius: int) -> list[_Ranges]:
    """The stretches that together hold every code within radius of each query."""
    layout = tables.layout
    share, rest = divmod(radius + 1, layout.tables)
    value = _values(queries, layout)
    value |= index_layouts.table_bits(layout)
    inner = _ranges(tables, value, index_layouts.rings(layout.bits, 0, max(0, share - 1)))
    if share and not rest:
        return [inner]
    beyond = _beyond(tables, inner, radius)
    return [inner, beyond] if share else [beyond]


def _beyond(tables: Tables, inner: _Ranges, radius: int) -> _Ranges:
    """What the tables that have least are asked for and the others are not; inner: what all are asked for."""
    share, rest = divmod(radius + 1, tables.layout.tables)
    emptiest = inner.total.argsort(axis=0)[:rest]
    ring = index_layouts.rings(tables.layout.bits, share, share)
    return _ranges(tables, inner.value.take(_cells(emptiest)), ring)


def _ranges(tables: Tables, value: Numbers, ring: Numbers) -> _Ranges:
    """Where tables keep the values at the ring's distances, (V,), from the given ones, (R, Q)."""
    asked = value[:, :, None] ^ ring
    start = tables.offsets.take(asked, mode="clip").astype(np.int64)  # none is beyond: it spares a look
    asked += 1
    length = tables.offsets.take(asked, mode="clip") - start
    return _Ranges(value, start, length, length.sum(axis=2))


def _cells(row: Numbers) -> Numbers:
    """Where in an array of as many columns those rows' cells lie, (R, Q)."""
    cells: Numbers = row * row.shape[1] + np.arange(row.shape[1])
    return cells


def _flat(parts: Sequence[Numbers]) -> Numbers:
    """All that the parts hold, one after the other."""
    return parts[0].ravel() if len(parts) == 1 else np.concatenate([part.ravel() for part in parts])


def _positions(tables: Tables, ranges: Sequence[_Ranges]) -> Iterator[NDArray[np.uint32]]:
    """The positions in some stretches, one stretch after the other, about `_CANDIDATES` at a time."""
    length = _flat([part.length for part in ranges])
    filled = length.nonzero()[0]
    start, length = _flat([part.start for part in ranges]).take(filled), length.take(filled)
    ends = length.cumsum()
    first = done = 0
    while first < length.size:
        last = max(first + 1, int(ends.searchsorted(done + _CANDIDATES, side="right")))
        starts, lengths = start[first:last], length[first:last]
        for edge in (starts, starts + lengths - 1):  # what is not in the cache is waited for at once
            tables.positions.take(edge)
        yield tables.positions.take(_numbers(starts, lengths, ends[first:last] - done))
        first, done = last, int(ends[last - 1])


def _numbers(start: Numbers, length: Numbers, ends: Numbers) -> Numbers:
    """The numbers that some stretches hold, one stretch after the other; ends: where in that each ends."""
    step = np.ones(ends[-1], np.int64)
    step[0] = start[0]
    step[ends[:-1]] += start[1:] - start[:-1] - length[:-1]
    return step.cumsum(out=step)


def _look_up(
    words: Words, tables: Tables, ranges: Sequence[_Ranges], queries: Words, radius: int, reach: Reach
) -> Hits:
    """Measure the candidates in the ranges and keep each hit once."""
    count, query_count = words.shape[1], queries.shape[1]
    by_word = words.reshape(-1)
    table_no = _flat([part.value for part in ranges]) >> tables.layout.bits
    home = index_layouts.homes(tables.layout).take(table_no).reshape(-1, query_count)
    word_no = (home + reach.ahead) % WORDS
    own, base = queries.take(_cells(word_no)).ravel(), (word_no * count).ravel()
    totals = _flat([part.total for part in ranges])
    ends = totals.cumsum()
    parts: list[Hits] = []
    done = 0
    for found in _positions(tables, ranges):
        position = found.astype(np.int64)
        index_codes.check_positions(words, position)
        cells, shares = _shares(totals, ends, done, done + position.size)
        done += position.size
        at = position + base[cells].repeat(shares)
        off = np.bitwise_count(by_word.take(at, mode="clip") ^ own[cells].repeat(shares))
        near = (off <= reach.bits).nonzero()[0]
        if near.size:
            cell = np.arange(cells.start, cells.stop).repeat(shares).take(near)
            some = position.take(near)
            parts.append(index_codes.measure(words, some, queries, cell % query_count, radius))
    return _once(index_codes.join(parts), count)


def _shares(totals: Numbers, ends: Numbers, first: int, last: int) -> tuple[slice, Numbers]:
    """Which cells the numbers from first to last lie in, and how many of them in each.

    totals: how many numbers there are in each cell, one cell after the other; ends: where each ends.
    """
    begin, end = (int(ends.searchsorted(number, side="right")) for number in (first, last - 1))
    shares = totals[begin : end + 1].copy()
    shares[0] = ends[begin] - first
    shares[-1] -= ends[end] - last
    return slice(begin, end + 1), shares


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
