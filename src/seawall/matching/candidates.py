"""The index's hits, gathered by reference: which moments of the query met which of its moments."""

from __future__ import annotations

import itertools
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Final, Protocol

import numpy as np
from numpy.typing import NDArray

from seawall.signals import video

#: An index entry's id is the reference's number, then the moment's position in its fingerprint.
POSITION_BITS: Final = 24
ASKED: Final = 128  #: of the query's moments at once, which bounds the memory that an answer takes
HITS_ASKED: Final = 128 * ASKED  #: kept of those of one reference


class CodeIndex(Protocol):
    """What a search needs of the index."""

    def query(
        self, codes: NDArray[np.uint8], radius: int, sure: int | None = None
    ) -> tuple[NDArray[np.int64], NDArray[np.uint64], NDArray[np.int16]]:
        """(Q, 32) -> query numbers, entry ids and distances of every entry within the radius.

        sure: the distance to which none may be missed but in a crowd, where it is less than the radius.
        """
        ...


@dataclass(frozen=True, slots=True, eq=False)
class Hits:
    """Pairs of close moments of one query and one reference, as positions in their fingerprints."""

    query: NDArray[np.int64]  #: (m,)
    reference: NDArray[np.int64]  #: (m,)
    distances: NDArray[np.int16]  #: (m,) bits

    def __len__(self) -> int:
        return len(self.query)

    def where(self, mask: NDArray[np.bool_]) -> Hits:
        """Only the marked ones."""
        return Hits(self.query[mask], self.reference[mask], self.distances[mask])


@dataclass(frozen=True, slots=True, eq=False)
class Candidate:
    """A reference that the index raised, by its number."""

    number: int
    hits: Hits


def entry_ids(number: int, fingerprint: video.Fingerprint) -> tuple[NDArray[np.uint8], NDArray[np.uint64]]:
    """The codes (n, 32) and ids (n,) under which a reference enters the index."""
    positions = fingerprint.indexed()
    ids = (np.uint64(number) << np.uint64(POSITION_BITS)) | positions.astype(np.uint64)
    return fingerprint.codes[positions], ids


def candidates(
    index: CodeIndex, query: video.Fingerprint, radius_bits: int, every: int = 1
) -> list[Candidate]:
    """Every reference with a moment close to one of the query's, those met most often first.

    every: of so many moments one is asked.

    A standing picture is looked up once a second, as it is indexed: its copies add no evidence.
    """
    asked = query.indexed()[::every]
    parts = np.split(asked, range(ASKED, len(asked), ASKED)) if len(asked) else []
    return _gathered([_hits(part, *index.query(query.codes[part], radius_bits)) for part in parts])


def of_each(
    index: CodeIndex, queries: Sequence[video.Fingerprint], radius_bits: int, every: int = 1
) -> list[list[Candidate]]:
    """`candidates` of each of several queries. The index is asked once, if they are as short as pictures."""
    asked = [one.indexed()[::every] for one in queries]
    ends = np.cumsum([len(some) for some in asked])
    if not queries or ends[-1] > ASKED:
        return [candidates(index, one, radius_bits, every) for one in queries]
    codes = np.concatenate([one.codes[some] for one, some in zip(queries, asked, strict=True)])
    numbers, ids, distances = index.query(codes, radius_bits)
    bounds = itertools.pairwise([0, *np.searchsorted(numbers, ends).tolist()])
    found = []
    for some, end, (first, last) in zip(asked, ends.tolist(), bounds, strict=True):
        own = slice(first, last)
        found.append(_gathered([_hits(some, numbers[own] - (end - len(some)), ids[own], distances[own])]))
    return found


def _gathered(found: Sequence[tuple[NDArray[np.int64], Hits]]) -> list[Candidate]:
    """The candidates of what was found of one query."""
    if not any(len(numbers) for numbers, _ in found):
        return []
    numbers = np.concatenate([numbers for numbers, _ in found])
    hits = Hits(
        np.concatenate([some.query for _, some in found]),
        np.concatenate([some.reference for _, some in found]),
        np.concatenate([some.distances for _, some in found]),
    )
    return sorted(_by_number(numbers, hits), key=_moments_met, reverse=True)


def _hits(
    asked: NDArray[np.int64],
    query_numbers: NDArray[np.int64],
    ids: NDArray[np.uint64],
    distances: NDArray[np.int16],
) -> tuple[NDArray[np.int64], Hits]:
    """Of what an index answers: the numbers of the references that a query's moments met, and the hits.

    asked: the moments, as positions in the query.

    Pictures that stand still meet each other at every pair of moments; of so many hits a sample
    says as much.
    """
    numbers = (ids >> np.uint64(POSITION_BITS)).astype(np.int64)
    kept = _sample(numbers)
    positions = (ids[kept] & np.uint64((1 << POSITION_BITS) - 1)).astype(np.int64)
    return numbers[kept], Hits(asked[query_numbers[kept]], positions, distances[kept])


def _sample(numbers: NDArray[np.int64]) -> NDArray[np.int64]:
    """Positions of at most `HITS_ASKED` hits of each reference, in order."""
    if len(numbers) <= HITS_ASKED:
        return np.arange(len(numbers))
    order = np.argsort(numbers, kind="stable")
    starts = np.flatnonzero(np.diff(numbers[order])) + 1
    kept = [sample(members, HITS_ASKED) for members in np.split(order, starts)]
    return np.sort(np.concatenate(kept))


def sample(members: NDArray[np.int64], most: int) -> NDArray[np.int64]:
    """At most so many of them, the same each time. Not every n-th: those lie on lines of their own."""
    if len(members) <= most:
        return members
    return np.sort(np.random.default_rng(0).choice(members, most, replace=False, shuffle=False))


def _by_number(numbers: NDArray[np.int64], hits: Hits) -> Iterator[Candidate]:
    if len(numbers) == 0:
        return
    order = np.argsort(numbers, kind="stable")
    found, starts = np.unique(numbers[order], return_index=True)
    for number, members in zip(found, np.split(order, starts[1:]), strict=True):
        yield Candidate(
            int(number), Hits(hits.query[members], hits.reference[members], hits.distances[members])
        )


def _moments_met(candidate: Candidate) -> tuple[int, int]:
    hits = candidate.hits
    return len(np.unique(hits.query)), -int(hits.distances.min())
