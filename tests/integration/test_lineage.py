"""An index follows its own database, on every machine, and is built anew where that is another one."""

from __future__ import annotations

import random
import shutil

import numpy as np
import pytest

from seawall.matching.candidates import POSITION_BITS
from seawall.model.signal import Signal, SignalType
from seawall.store import NewReference, Store
from seawall.store.store import FILE_NAME
from seawall.workflows.catalogue import Catalogue
from seawall.workflows.lineage import NAME


def value(name):
    return random.Random(name).randbytes(32)


def listed(name):
    return NewReference(None, "image", (Signal(SignalType.PDQ, 1, value(name), 100),), name, "list")


def fill(store, *names):
    if not store.banks():
        store.create_bank("K")
    return store.add_references("K", [listed(name) for name in names])


def found(catalogue, *names):
    """By name: the numbers of the references that the index has for its hash."""
    listed_index = catalogue.references().listed
    codes = np.frombuffer(b"".join(map(value, names)), np.uint8).reshape(-1, 32)
    queries, ids, _ = listed_index.query(codes, 0)
    hits = {name: set() for name in names}
    for query, entry in zip(queries, ids, strict=True):
        hits[names[query]].add(int(entry) >> POSITION_BITS)
    return {name: sorted(numbers) for name, numbers in hits.items()}


@pytest.fixture
def follow(tmp_path):
    """follow(store): its catalogue in a folder that stays the same."""
    opened = []

    def make(store, folder="index"):
        opened.append(Catalogue(store, tmp_path / folder))
        return opened[-1]

    yield make
    for one in opened:
        one.close()


def test_an_index_whose_database_has_only_grown_is_kept(tmp_path, follow):
    with Store.open(tmp_path) as store:
        (a,) = fill(store, "a")
        follow(store).follow()
        kept = tmp_path / "index" / "pdq" / "kept"
        kept.touch()
        store.remove_reference(a.id, "ann", "why")
        (b,) = fill(store, "b")
        assert found(follow(store), "b") == {"b": [b.seq]}
        assert kept.exists()


def test_the_index_of_another_database_is_built_anew(tmp_path, follow):
    """Also where that one has as many references, so that no number gives it away."""
    with Store.open(tmp_path / "one") as store:
        fill(store, "a", "b")
        follow(store).follow()
    with Store.open(tmp_path / "two") as store:
        first = fill(store, "x", "y", "z")
        assert found(follow(store), "a", "x", "y", "z") == {
            "a": [],
            "x": [first[0].seq],
            "y": [first[1].seq],
            "z": [first[2].seq],
        }


def test_numbers_that_were_given_anew_after_a_backup_was_put_back_are_noticed(tmp_path, follow):
    with Store.open(tmp_path / "data") as store:
        fill(store, "a")
    shutil.copy(tmp_path / "data" / FILE_NAME, tmp_path / "backup")
    with Store.open(tmp_path / "data") as store:
        lost = fill(store, "lost")
        follow(store).follow()
    for left in (tmp_path / "data").glob(f"{FILE_NAME}*"):
        left.unlink()
    shutil.copy(tmp_path / "backup", tmp_path / "data" / FILE_NAME)
    with Store.open(tmp_path / "data") as store:
        new = fill(store, "new", "newer")  # as another machine would, before this one looks
        assert new[0].seq == lost[0].seq
        assert found(follow(store), "lost", "new", "newer") == {
            "lost": [],
            "new": [new[0].seq],
            "newer": [new[1].seq],
        }


def test_an_index_without_a_witness_is_kept_and_gets_one(tmp_path, follow):
    with Store.open(tmp_path) as store:
        (a,) = fill(store, "a")
        follow(store).follow()
        (tmp_path / "index" / NAME).unlink()
        kept = tmp_path / "index" / "pdq" / "kept"
        kept.touch()
        assert found(follow(store), "a") == {"a": [a.seq]}
        assert kept.exists()
        assert (tmp_path / "index" / NAME).exists()


@pytest.mark.parametrize("left", [b"", b"{", b"[1]", b'{"number": 1}', b'{"number": 1, "id": "x"}'])
def test_a_witness_that_says_nothing_or_another_thing_loses_nothing(tmp_path, follow, left):
    with Store.open(tmp_path) as store:
        (a,) = fill(store, "a")
        follow(store).follow()
        (tmp_path / "index" / NAME).write_bytes(left)
        assert found(follow(store), "a") == {"a": [a.seq]}


def test_an_empty_database_clears_the_index_of_another(tmp_path, follow):
    with Store.open(tmp_path / "one") as store:
        fill(store, "a")
        follow(store).follow()
    with Store.open(tmp_path / "two") as store:
        catalogue = follow(store)
        assert found(catalogue, "a") == {"a": []}
        (b,) = fill(store, "b")
        assert found(catalogue, "a", "b") == {"a": [], "b": [b.seq]}


def test_machines_that_share_a_database_each_find_at_once_what_another_added(postgres_url, follow):
    with Store.connect(postgres_url) as here, Store.connect(postgres_url) as there:
        one, two = follow(here, "one"), follow(there, "two")
        for name, store in (("a", here), ("b", there), ("c", here)):
            (added,) = fill(store, name)
            assert found(one, name) == found(two, name) == {name: [added.seq]}
        there.remove_reference(added.id, "ann", "why")
        assert here.live([added.seq]) == {}
