"""The tree of the custody log against the definition of RFC 6962, written down as it stands there."""

from __future__ import annotations

import hashlib

import pytest
from hypothesis import given, settings, strategies as st

from seawall import merkle

#: Of the first 0 to 8 of the entries that Certificate Transparency's own tests use.
ENTRIES = [
    bytes.fromhex(one)
    for one in (
        "", "00", "10", "2021", "3031", "40414243", "5051525354555657", "606162636465666768696a6b6c6d6e6f"
    )
]  # fmt: skip
ROOTS = [
    "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855",
    "6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d",
    "fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125",
    "aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77",
    "d37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7",
    "4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4",
    "76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef",
    "ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c",
    "5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328",
]


def leaves_of(count):
    return [merkle.leaf_hash(number.to_bytes(4, "big")) for number in range(count)]


def by_definition(leaves):
    if not leaves:
        return hashlib.sha256(b"").digest()
    if len(leaves) == 1:
        return leaves[0]
    middle = 1
    while middle * 2 < len(leaves):
        middle *= 2
    return hashlib.sha256(b"\x01" + by_definition(leaves[:middle]) + by_definition(leaves[middle:])).digest()


def subtrees_of(leaves):
    def of(level, position):
        mine = leaves[position << level : (position + 1) << level]
        assert len(mine) == 1 << level, "only complete subtrees may be asked for"
        return by_definition(mine)

    return of


def test_hashes_are_those_of_certificate_transparency():
    leaves = [merkle.leaf_hash(one) for one in ENTRIES]
    for size, expected in enumerate(ROOTS):
        assert merkle.root(size, subtrees_of(leaves)).hex() == expected


def test_a_frontier_grows_into_the_same_tree():
    leaves, frontier, known = leaves_of(70), merkle.Frontier(), {}
    for number, leaf in enumerate(leaves):
        assert frontier.root() == by_definition(leaves[:number])
        for level, position, hash_ in frontier.add(leaf):
            known[level, position] = hash_
    assert all(hash_ == subtrees_of(leaves)(*place) for place, hash_ in known.items())
    again = merkle.Frontier.of(70, lambda level, position: known[level, position])
    assert (again.size, again.hashes) == (frontier.size, frontier.hashes)


@given(st.integers(1, 300), st.data())
@settings(max_examples=150)
def test_every_leaf_is_proven_and_no_other(size, data):
    leaves = leaves_of(size)
    index = data.draw(st.integers(0, size - 1))
    root = by_definition(leaves)
    proof = merkle.inclusion(index, size, subtrees_of(leaves))
    assert merkle.proves_inclusion(leaves[index], index, size, proof, root)
    assert len(proof) <= size.bit_length()
    other = data.draw(st.integers(0, size - 1).filter(lambda one: size == 1 or one != index))
    if size > 1:
        assert not merkle.proves_inclusion(leaves[other], index, size, proof, root)
        assert not merkle.proves_inclusion(leaves[index], other, size, proof, root)
        assert not merkle.proves_inclusion(leaves[index], index, size, proof[:-1], root)
    assert not merkle.proves_inclusion(leaves[index], index, size, [*proof, root], root)
    assert not merkle.proves_inclusion(leaves[index], index, size, proof, bytes(32))


@given(st.integers(1, 300), st.integers(0, 300), st.data())
@settings(max_examples=150)
def test_a_tree_is_the_beginning_of_a_later_one_and_of_no_other(first, more, data):
    second = first + more
    leaves = leaves_of(second)
    old, new = by_definition(leaves[:first]), by_definition(leaves)
    proof = merkle.consistency(first, second, subtrees_of(leaves))
    assert merkle.proves_consistency(first, second, old, new, proof)
    changed = data.draw(st.integers(0, first - 1))
    tampered = [*leaves[:changed], bytes(32), *leaves[changed + 1 :]]
    assert not merkle.proves_consistency(first, second, by_definition(tampered[:first]), new, proof)
    assert not merkle.proves_consistency(first, second, old, by_definition(tampered), proof)
    if more:
        assert not merkle.proves_consistency(first, second, old, new, proof[:-1])


def test_what_is_in_no_tree_is_refused():
    with pytest.raises(ValueError, match="not in the tree"):
        merkle.inclusion(3, 3, subtrees_of(leaves_of(3)))
    with pytest.raises(ValueError, match="no more than"):
        merkle.consistency(4, 3, subtrees_of(leaves_of(3)))
    assert not merkle.proves_inclusion(bytes(32), 3, 3, [], bytes(32))
    assert not merkle.proves_consistency(0, 3, bytes(32), bytes(32), [])
