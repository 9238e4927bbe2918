"""A log of which any part can be proven, and to which things can only be added: the tree of RFC 6962.

The hash of a tree of n leaves splits them at the largest power of two below n. A leaf's proof is the hashes
beside the path from it to the root; a proof of consistency shows that a smaller tree is the beginning of a
larger one. Hashes are SHA-256, with a byte in front that tells leaves from nodes (RFC 9162, section 2.1).

Proofs are made from complete subtrees, which never change once they are full: `Subtrees` gives the hash of
the one at a level and a position, level 0 being the leaves.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from typing import Final

HASH_BYTES: Final = 32
#: Of a tree without leaves.
EMPTY: Final = hashlib.sha256(b"").digest()

#: level, position -> hash of the complete subtree over the 2**level leaves from position * 2**level on.
Subtrees = Callable[[int, int], bytes]


def leaf_hash(entry: bytes) -> bytes:
    """Of what a leaf stands for."""
    return hashlib.sha256(b"\x00" + entry).digest()


def node_hash(left: bytes, right: bytes) -> bytes:
    """Of two subtrees side by side."""
    return hashlib.sha256(b"\x01" + left + right).digest()


@dataclass(slots=True)
class Frontier:
    """The complete subtrees that a tree is made of, largest first: all that is needed to add to it."""

    size: int = 0
    hashes: list[bytes] = field(default_factory=list)

    def add(self, leaf: bytes) -> list[tuple[int, int, bytes]]:
        """Add a leaf by its hash; the subtrees that it completes, as level, position and hash, it first."""
        completed = [(0, self.size, leaf)]
        level, position, hash_ = 0, self.size, leaf
        while position % 2:
            hash_ = node_hash(self.hashes.pop(), hash_)
            level, position = level + 1, position // 2
            completed.append((level, position, hash_))
        self.hashes.append(hash_)
        self.size += 1
        return completed

    def root(self) -> bytes:
        """The hash of the tree."""
        return _joined(self.hashes)

    @classmethod
    def of(cls, size: int, subtrees: Subtrees) -> Frontier:
        """That of the first `size` leaves."""
        return cls(size, [subtrees(level, position) for level, position in _complete(0, size)])


def root(size: int, subtrees: Subtrees) -> bytes:
    """The hash of the tree of the first `size` leaves."""
    return Frontier.of(size, subtrees).root()


def inclusion(index: int, size: int, subtrees: Subtrees) -> list[bytes]:
    """The proof that a leaf is in the tree of the first `size`, from its sibling up (RFC 6962, 2.1.1)."""
    if not 0 <= index < size:
        raise ValueError("the leaf is not in the tree")
    proof: list[bytes] = []
    start, end = 0, size
    while end - start > 1:
        middle = start + _split(end - start)
        if index < middle:
            proof.append(_range(middle, end, subtrees))
            end = middle
        else:
            proof.append(_range(start, middle, subtrees))
            start = middle
    return proof[::-1]


def consistency(first: int, second: int, subtrees: Subtrees) -> list[bytes]:
    """The proof that the tree of `first` leaves is the beginning of that of `second` (RFC 6962, 2.1.2)."""
    if not 0 < first <= second:
        raise ValueError("the first tree must hold something, and no more than the second")
    proof: list[bytes] = []
    start, end = 0, second
    while first < end:
        middle = start + _split(end - start)
        if first <= middle:
            proof.append(_range(middle, end, subtrees))
            end = middle
        else:
            proof.append(_range(start, middle, subtrees))
            start = middle
    if start > 0:  # where the first tree is itself a subtree, who checks has its hash
        proof.append(_range(start, end, subtrees))
    return proof[::-1]


def proves_inclusion(leaf: bytes, index: int, size: int, proof: Sequence[bytes], expected: bytes) -> bool:
    """Whether a proof leads from a leaf's hash to the tree's (RFC 9162, 2.1.3.2)."""
    if not 0 <= index < size:
        return False
    number, last, hash_ = index, size - 1, leaf
    for one in proof:
        if last == 0:
            return False
        if number % 2 or number == last:
            hash_ = node_hash(one, hash_)
            while number % 2 == 0 and number:
                number, last = number >> 1, last >> 1
        else:
            hash_ = node_hash(hash_, one)
        number, last = number >> 1, last >> 1
    return last == 0 and hash_ == expected


def proves_consistency(
    first: int, second: int, first_root: bytes, second_root: bytes, proof: Sequence[bytes]
) -> bool:
    """Whether a proof shows one tree to be the beginning of another (RFC 9162, 2.1.4.2)."""
    if not 0 < first <= second:
        return False
    if first == second:
        return not proof and first_root == second_root
    given = list(proof)
    if first & (first - 1) == 0:
        given.insert(0, first_root)
    if not given:
        return False
    number, last = first - 1, second - 1
    while number % 2:
        number, last = number >> 1, last >> 1
    old = new = given[0]
    for one in given[1:]:
        if last == 0:
            return False
        if number % 2 or number == last:
            old, new = node_hash(one, old), node_hash(one, new)
            while number % 2 == 0 and number:
                number, last = number >> 1, last >> 1
        else:
            new = node_hash(new, one)
        number, last = number >> 1, last >> 1
    return last == 0 and old == first_root and new == second_root


def _split(size: int) -> int:
    """The largest power of two below a size above one."""
    return 1 << ((size - 1).bit_length() - 1)


def _range(start: int, end: int, subtrees: Subtrees) -> bytes:
    """The hash of the leaves from `start` to `end`, where `start` is where a subtree of that size begins."""
    return _joined([subtrees(level, position) for level, position in _complete(start, end)])


def _complete(start: int, end: int) -> Iterator[tuple[int, int]]:
    """Level and position of the complete subtrees that leaves from `start` to `end` are made of."""
    while start < end:
        level = (end - start).bit_length() - 1
        yield level, start >> level
        start += 1 << level


def _joined(hashes: Sequence[bytes]) -> bytes:
    """The hash over subtrees of falling size."""
    if not hashes:
        return EMPTY
    hash_ = hashes[-1]
    for one in reversed(hashes[:-1]):
        hash_ = node_hash(one, hash_)
    return hash_
