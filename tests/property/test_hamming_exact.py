"""The index finds exactly what comparing everything with everything finds, whatever was done to it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings, strategies as st

from seawall.matching import index_codes, index_layouts, index_log, index_tables
from seawall.matching.hamming import HammingIndex

if TYPE_CHECKING:
    from numpy.typing import NDArray

Kind = Literal["uniform", "zeros", "equal", "crowded", "one_bucket", "far"]
KINDS: tuple[Kind, ...] = ("uniform", "zeros", "equal", "crowded", "one_bucket", "far")
EDGES = (0, 1, 14, 15, 16, 23, 31, 32, 40, 47, 48, 63, 64, 127, 128, 191, 192, 255, 256)
radii = st.sampled_from(EDGES) | st.integers(0, 256)
#: With chunks that lie in one word and such that lie in two; a table has no more than 4,096 values.
layouts = st.integers(3, 32).flatmap(
    lambda tables: st.builds(index_layouts.Layout, st.just(tables), st.integers(1, min(12, 256 // tables)))
)


def make_codes(kind: Kind, count: int, seed: int) -> NDArray[np.uint8]:
    """Codes as even or as crowded as the kind says."""
    random = np.random.default_rng(seed)
    codes = random.integers(0, 256, (count, 32), dtype=np.uint8)
    if kind == "zeros":
        codes[:] = 0
    elif kind == "equal":
        codes[:] = codes[:1]
    elif kind == "crowded":  # all within some 40 bits of each other
        codes[:] = codes[:1]
        for code in codes:
            flip(code, random.choice(256, random.integers(0, 20), replace=False))
    elif kind == "one_bucket":  # every table has one crowded value but for the last
        codes[:, :30] = 0xA5
    elif kind == "far":
        codes[::2], codes[1::2] = 0, 255
    return codes


def flip(code: NDArray[np.uint8], bits: NDArray[np.int64]) -> None:
    np.bitwise_xor.at(code, bits // 8, (1 << (bits % 8)).astype(np.uint8))


def by_brute_force(
    codes: NDArray[np.uint8], ids: NDArray[np.uint64], queries: NDArray[np.uint8], radius: int
) -> list[tuple[int, int, int]]:
    bits, asked = np.unpackbits(codes, axis=1), np.unpackbits(queries, axis=1)
    found = []
    for query_no, query in enumerate(asked):
        distances = (bits != query).sum(axis=1)
        found += [(query_no, int(ids[at]), int(distances[at])) for at in np.flatnonzero(distances <= radius)]
    return found


def answer(index: HammingIndex, queries: NDArray[np.uint8], radius: int) -> list[tuple[int, int, int]]:
    query_no, ids, distances = index.query(queries, radius)
    assert (query_no.dtype, ids.dtype, distances.dtype) == (np.int64, np.uint64, np.int16)
    return list(zip(query_no.tolist(), ids.tolist(), distances.tolist(), strict=True))


@given(
    kind=st.sampled_from(KINDS),
    query_kind=st.sampled_from(KINDS),
    count=st.integers(1, 300),
    radius=radii,
    seed=st.integers(0, 2**32),
    layout=layouts,
    crowd=st.sampled_from([1 << 30, 4, 0]),
)
@settings(deadline=None, max_examples=150)
def test_tables_and_scan_equal_brute_force(kind, query_kind, count, radius, seed, layout, crowd):
    codes = make_codes(kind, count, seed)
    queries = np.concatenate([codes[:3], make_codes(query_kind, 4, seed + 1), ~codes[:1]])
    random = np.random.default_rng(seed)
    for query in queries[:3]:
        flip(query, random.choice(256, random.integers(0, min(radius, 255) + 2), replace=False))
    words, asked = index_codes.as_words(codes), index_codes.as_words(queries)
    expected = by_brute_force(codes, np.arange(count, dtype=np.uint64), queries, radius)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index_layouts, "LAYOUTS", ((0, layout),))
        tables = index_tables.joined(index_tables.build(words), count)
        for cost in ("_CALL_COST", "_PROBE_COST", "_CANDIDATE_COST"):
            patch.setattr(index_tables, cost, 0)  # the tables serve whatever radius they can
        patch.setattr(index_tables, "_PROBES", 2_000)  # and in many small pieces
        patch.setattr(index_tables, "_CANDIDATES", 64)
        patch.setattr(index_tables, "_CROWD", crowd)
        patch.setattr(index_tables, "_CROWD_LEAST", 0)
        patch.setattr(index_codes, "_PAIRS", 50)
        for hits in (
            index_tables.search(words, tables, asked, radius),
            index_codes.scan(words, asked, radius),
        ):
            found = zip(hits.query_no.tolist(), hits.position.tolist(), hits.distance.tolist(), strict=True)
            assert sorted(found) == expected


@pytest.mark.parametrize("layout", [layout for _, layout in index_layouts.LAYOUTS], ids=str)
@pytest.mark.parametrize("crowd", [1 << 30, 0])
def test_each_layout_equals_brute_force(layout, crowd, monkeypatch):
    codes = np.concatenate([make_codes(kind, 40, 1) for kind in KINDS])
    queries = codes[::7].copy()
    random = np.random.default_rng(1)
    for query in queries[1:]:
        flip(query, random.choice(256, random.integers(0, 40), replace=False))
    for cost in ("_CALL_COST", "_PROBE_COST", "_CANDIDATE_COST"):
        monkeypatch.setattr(index_tables, cost, 0)
    monkeypatch.setattr(index_tables, "_CROWD", crowd)
    monkeypatch.setattr(index_tables, "_CROWD_LEAST", 0)
    monkeypatch.setattr(index_layouts, "LAYOUTS", ((0, layout),))
    words, asked = index_codes.as_words(codes), index_codes.as_words(queries)
    tables = index_tables.joined(index_tables.build(words), len(codes))
    for radius in (0, 7, 23, 31):
        hits = index_tables.search(words, tables, asked, radius)
        found = zip(hits.query_no.tolist(), hits.position.tolist(), hits.distance.tolist(), strict=True)
        expected = by_brute_force(codes, np.arange(len(codes), dtype=np.uint64), queries, radius)
        assert sorted(found) == expected


@given(
    layout=layouts | st.builds(index_layouts.Layout, st.just(11), st.integers(13, 16)),
    share=st.integers(1, 3),
    rest=st.sampled_from([0, 0, 1, 5]),
    seed=st.integers(0, 2**32),
)
@settings(deadline=None, max_examples=150)
def test_differences_that_are_shared_out_as_evenly_as_can_be_hide_nothing(layout, share, rest, seed):
    random = np.random.default_rng(seed)
    radius = min(layout.tables * min(share, layout.bits) + rest, layout.tables * layout.bits) - 1
    query = random.integers(0, 256, (1, 32), dtype=np.uint8)
    codes = np.repeat(query, 200, axis=0)
    for number, code in enumerate(codes):
        flip(code, evenly(random, layout, radius + number % 2))
    words, asked = index_codes.as_words(codes), index_codes.as_words(query)
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index_layouts, "LAYOUTS", ((0, layout),))
        tables = index_tables.joined(index_tables.build(words), len(codes))
        for cost in ("_CALL_COST", "_PROBE_COST", "_CANDIDATE_COST"):
            patch.setattr(index_tables, cost, 0)
        patch.setattr(index_tables, "_CROWD", 1 << 30)  # those of a crowd are measured whole
        hits = index_tables.search(words, tables, asked, radius)
    assert hits.position.tolist() == list(range(0, 200, 2))
    assert set(hits.distance.tolist()) == {radius}


def evenly(random: np.random.Generator, layout: index_layouts.Layout, count: int) -> NDArray[np.int64]:
    """So many bits, of each table's chunk as many as of any other's or one more; some word has all it can."""
    off = np.full(layout.tables, count // layout.tables)
    off[random.choice(layout.tables, count % layout.tables, replace=False)] += 1
    word = random.integers(index_codes.WORDS)
    chosen = []
    for table, of_it in enumerate(off.tolist()):
        bits = layout.first_bit(table) + random.permutation(layout.bits)
        chosen.append(bits[np.argsort(bits // 64 != word, kind="stable")][:of_it])
    return np.concatenate(chosen)


@dataclass
class Model:
    """What the index must hold."""

    codes: NDArray[np.uint8] = field(default_factory=lambda: np.empty((0, 32), np.uint8))
    ids: NDArray[np.uint64] = field(default_factory=lambda: np.empty(0, np.uint64))
    mark: int = 0
    given: int = 0

    def add(self, codes: NDArray[np.uint8]) -> NDArray[np.uint64]:
        ids = np.arange(self.given, self.given + len(codes), dtype=np.uint64) * np.uint64(2**40 + 1)
        self.codes, self.ids = np.concatenate([self.codes, codes]), np.concatenate([self.ids, ids])
        self.given += len(codes)
        return ids

    def keep(self, kept: NDArray[np.bool_]) -> None:
        self.codes, self.ids = self.codes[kept], self.ids[kept]


adds = st.tuples(st.just("add"), st.sampled_from(KINDS), st.integers(0, 40))
steps = st.lists(
    adds
    | st.sampled_from([("merge", "", 0), ("reopen", "", 0), ("mark", "", 0)])
    | st.tuples(st.just("keep"), st.just(""), st.integers(1, 4)),
    max_size=12,
)


@given(steps=steps, radius=radii, seed=st.integers(0, 2**32), by_table=st.booleans())
@settings(deadline=None, max_examples=25, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_any_sequence_of_changes_equals_brute_force(tmp_path_factory, steps, radius, seed, by_table):
    folder = tmp_path_factory.mktemp("index") / "codes"
    model = Model()
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(index_log, "MAX_CODES", 30)
        if by_table:
            for cost in ("_CALL_COST", "_PROBE_COST", "_CANDIDATE_COST"):
                patch.setattr(index_tables, cost, 0)
        index = HammingIndex.open(folder)
        reader = HammingIndex.open(folder)
        for number, (step, kind, size) in enumerate(steps):
            if step == "add":
                codes = make_codes(kind, size, seed + number % 3)
                model.mark += number
                index.add(codes, model.add(codes), mark=model.mark)
            elif step == "mark":
                model.mark += 1
                index.add(np.empty((0, 32), np.uint8), np.empty(0, np.uint64), mark=model.mark)
            elif step == "merge":
                index.merge()
            elif step == "keep":
                index.merge(lambda ids, size=size: ids % np.uint64(size + 1) != 0)
                model.keep(model.ids % np.uint64(size + 1) != 0)
            else:
                index.close()
                index = HammingIndex.open(folder)
            queries = np.concatenate([model.codes[:2], model.codes[-2:], make_codes("uniform", 2, seed)])
            expected = by_brute_force(model.codes, model.ids, queries, radius)
            assert answer(index, queries, radius) == expected
            assert answer(reader, queries, radius) == expected
            assert (len(index), index.mark) == (len(model.ids), model.mark)
        index.verify()
        index.close()
        reader.close()


@given(kind=st.sampled_from(("uniform", "crowded", "one_bucket")), seed=st.integers(0, 2**32))
@settings(deadline=None, max_examples=15, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_fresh_codes_are_found_as_merged_ones_are(kind, seed, tmp_path_factory):
    """Where most of them are enough: none within what must not be missed, none beyond the radius."""
    codes = make_codes(kind, 600, seed)
    random = np.random.default_rng(seed)
    queries = codes[random.permutation(600)].copy()
    for query in queries:
        flip(query, random.choice(256, random.integers(0, 40), replace=False))
    ids = np.arange(600, dtype=np.uint64)
    with HammingIndex.open(tmp_path_factory.mktemp("fresh") / "index") as index:
        for part in (slice(0, 400), slice(400, 600)):  # the second comes after tables over the first
            index.add(codes[part], ids[part])
            fresh = index.query(queries, 34, 15)
        index.merge()
        merged = index.query(queries, 34, 15)
    assert all(np.array_equal(one, other) for one, other in zip(fresh, merged, strict=True))
    found = set(zip(fresh[0].tolist(), fresh[1].tolist(), fresh[2].tolist(), strict=True))
    assert found <= set(by_brute_force(codes, ids, queries, 34))
    assert found >= set(by_brute_force(codes, ids, queries, 15))
