"""How codes are cut into chunks for the tables of the index, and what follows from it for a query.

The more codes there are, the fewer and longer are the chunks: few codes then share a value, and what
tables cost to keep is shared by more codes. Where radius + 1 is `share` times the number of tables, and
`rest`, a query asks each table for the values within `share` - 1 bits of its own, and `rest` of the tables
for those within `share` bits (`index_tables` has the reason).
"""

from __future__ import annotations

import functools
from itertools import combinations
from math import comb
from typing import Final, NamedTuple

import numpy as np

from seawall.matching.index_codes import CODE_BITS, WORD_BITS, WORDS, Numbers

#: Where not all are asked for, so many of the furthest that count are found, were the bits even.
_MOST: Final = 0.8
#: From how many codes on so many candidates are then measured for a query, and in a crowd no more. The more
#: codes there are, the more of a crowd is chance: it has been measured on banks of 0.1 and 10 million codes.
_ENOUGH: Final = ((0, 600), (1_500_000, 300))
#: Of those that the tables then give, this share may be passed over by a look at a word or two of theirs.
_PASSED_OVER: Final = 0.01


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
        """Entries of the offsets of all tables."""
        return self.tables * self.values + 1

    def first_bit(self, table: int) -> int:
        """Where a table's chunk begins: they share all bits as evenly as they can."""
        return table * CODE_BITS // self.tables

    def home(self, table: int) -> int:
        """The word that holds most of a table's chunk."""
        return (self.first_bit(table) + self.bits // 2) // WORD_BITS

    def touches(self, table: int, word: int) -> bool:
        """Whether a word holds bits of a table's chunk."""
        first = self.first_bit(table)
        return first // WORD_BITS <= word <= (first + self.bits - 1) // WORD_BITS


#: From how many codes on which layout serves: chosen by the time of a query at 31 bits on codes of pictures,
#: for no more than 110 bytes a code, and for less the more there are.
LAYOUTS: Final = (
    (0, Layout(16, 16)),
    (1_500_000, Layout(12, 19)),
    (2_500_000, Layout(12, 20)),
    (5_000_000, Layout(12, 21)),
    (15_000_000, Layout(11, 23)),
)


def layout_of(count: int) -> Layout:
    """How so many codes are cut."""
    return next(layout for least, layout in reversed(LAYOUTS) if count >= least)


@functools.cache
def rings(bits: int, least: int, most: int) -> Numbers:
    """All numbers of so many bits with from least to most bits set, the fewest first."""
    chosen = (some for n in range(least, most + 1) for some in combinations(range(bits), n))
    return np.array([sum(1 << bit for bit in some) for some in chosen], np.int64)


@functools.cache
def table_bits(layout: Layout) -> Numbers:
    """(T, 1) number of each table, above the bits of its chunk."""
    numbers: Numbers = np.arange(layout.tables)[:, None] << layout.bits
    return numbers


@functools.cache
def homes(layout: Layout) -> Numbers:
    """(T,) word that each table is at home in."""
    return np.array([layout.home(table) for table in range(layout.tables)])


@functools.cache
def near_bits(layout: Layout, radius: int) -> int:
    """How far a code within radius may be off in the home word of one of the tables that list it, at most.

    Let t_i be the bits up to which table i is asked; all t_i + 1 sum to radius + 1. Say that a word is far
    where a code is off in it by the sum of t_i + 1 over all tables whose chunks have bits there, or more.
    Let all tables that list a code be at home in far words. Whatever table has no bits in these words then
    misses the code, which is off by t_i + 1 or more in its chunk: by radius + 1 or more in all. So of a
    candidate only the word has to be looked at that its table is at home in, and of another content hardly
    a code passes.
    """
    share, rest = divmod(radius + 1, layout.tables)
    tables = range(layout.tables)
    most = max(sum(layout.touches(table, word) for table in tables) for word in range(WORDS))
    return share * most + min(rest, most) - 1


@functools.cache
def asked(layout: Layout, radius: int, sure: int) -> int:
    """The least radius from `sure` on for which the tables give most of what is `radius` away."""
    for least in range(min(sure, radius), radius):
        share, rest = divmod(least + 1, layout.tables)
        missed = _missed(layout.bits, share, radius) ** rest
        missed *= _missed(layout.bits, share - 1, radius) ** (layout.tables - rest)
        if missed <= 1 - _MOST:
            return least
    return radius


def _missed(bits: int, within: int, distance: int) -> float:
    """The chance that of so many bits more than `within` differ, where of all bits `distance` do."""
    share = distance / CODE_BITS
    return 1 - sum(comb(bits, n) * share**n * (1 - share) ** (bits - n) for n in range(within + 1))


def enough(count: int) -> int:
    """How many candidates a query has measured among so many codes, where most of the answer is enough."""
    return next(most for least, most in reversed(_ENOUGH) if count >= least)


class Reach(NamedTuple):
    """Which candidates are worth measuring whole: what one word of theirs says."""

    bits: int  #: that they are off in it at most
    ahead: int  #: of the word that their table is at home in lies so many words


@functools.cache
def reach(layout: Layout, radius: int, sure: int | None) -> Reach:
    """Of candidates for that radius; sure: where only most are asked for, the distance that is kept whole.

    Other content is told best by a word that has no bit of the chunk, which is the same; but only of the home
    word it is known how far a code within the radius may be off.
    """
    if sure is None:
        return Reach(near_bits(layout, radius), ahead=0)
    return Reach(max(sure, _rarely_beyond(WORD_BITS, radius)), ahead=WORDS // 2)


def _rarely_beyond(bits: int, distance: int) -> int:
    """By how many of so many bits a code differs at most, but for few, where of all bits `distance` do."""
    return next(n for n in range(bits + 1) if _missed(bits, n, distance) <= _PASSED_OVER)


def probe_count(layout: Layout, radius: int) -> int:
    """How many values a query looks up the sizes of."""
    share, rest = divmod(radius + 1, layout.tables)
    return layout.tables * _ball(layout.bits, max(0, share - 1)) + rest * comb(layout.bits, share)


@functools.lru_cache
def even(count: int, layout: Layout, radius: int) -> float:
    """How many candidates a query would have among so many codes if they were spread evenly."""
    share, rest = divmod(radius + 1, layout.tables)
    looked_up = rest * _ball(layout.bits, share) + (layout.tables - rest) * _ball(layout.bits, share - 1)
    return looked_up * count / layout.values


def _ball(bits: int, within: int) -> int:
    """How many values of a chunk lie within so many bits."""
    return sum(comb(bits, ring) for ring in range(within + 1))
