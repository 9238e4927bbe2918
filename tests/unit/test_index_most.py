"""Who needs most of what is near, and none of the nearest missed, asks the tables for less."""

from __future__ import annotations

import numpy as np
import pytest

from seawall.matching import index_codes, index_layouts, index_tables
from seawall.matching.index_layouts import Layout

RADIUS, SURE = 34, 15
COUNT = 20_000


@pytest.fixture
def random():
    return np.random.default_rng(34)


@pytest.fixture(params=[Layout(16, 16), Layout(12, 13), Layout(11, 14)], ids=str)
def layout(request, monkeypatch):
    """As of few codes; and as large banks have them, whose tables must be asked for further values too."""
    monkeypatch.setattr(index_layouts, "LAYOUTS", ((0, request.param),))
    return request.param


def moved(random, code, bits):
    """The code with so many bits turned."""
    turned = np.unpackbits(code)
    turned[random.choice(256, bits, replace=False)] ^= 1
    return np.packbits(turned)


def asked(codes, queries):
    """What the tables know, and what there is."""
    words, some = index_codes.as_words(codes), index_codes.as_words(queries)
    tables = index_tables.joined(index_tables.build(words), len(codes))
    found, every = (
        index_tables.search(words, tables, some, RADIUS, SURE),
        index_codes.scan(words, some, RADIUS),
    )
    return [
        {(q, p): d for q, p, d in zip(*map(np.ndarray.tolist, hits), strict=True)} for hits in (found, every)
    ]


def test_none_of_the_nearest_is_missed_most_of_the_others_are_found_and_nothing_else(layout, random):
    codes = random.integers(0, 256, (COUNT, 32), np.uint8)
    bits = [number % (RADIUS + 1) for number in range(700)]
    queries = np.array([moved(random, codes[number], turned) for number, turned in enumerate(bits)])
    found, every = asked(codes, queries)
    assert found.items() <= every.items()
    assert {at for at, distance in every.items() if distance <= SURE} <= found.keys()
    assert len(found) > 0.9 * len(every)


def test_of_a_crowd_a_part_is_looked_at_and_what_is_equal_is_found(layout, random, monkeypatch):
    popular = random.integers(0, 256, 32, np.uint8)
    crowd = np.array([moved(random, popular, 20) for _ in range(COUNT // 10)])
    codes = np.concatenate([random.integers(0, 256, (COUNT, 32), np.uint8), crowd])
    found, every = asked(codes, crowd[:60])
    assert found.items() <= every.items()
    assert {at for at, distance in every.items() if distance == 0} <= found.keys()
    measured = []
    positions = index_tables._positions
    monkeypatch.setattr(
        index_tables,
        "_positions",
        lambda *given: (measured.append(one.size) or one for one in positions(*given)),
    )
    asked(codes, crowd[:60])
    assert sum(measured) <= 60 * index_layouts.enough(len(codes))


def test_equal_codes_without_end_are_compared_one_by_one(layout, random, monkeypatch):
    codes = np.repeat(random.integers(0, 256, (1, 32), np.uint8), COUNT, axis=0)
    monkeypatch.setattr(index_tables, "_look_up", lambda *_: pytest.fail("it looked each up"))
    found, every = asked(codes, codes[:3])
    assert found == every
    assert len(found) == 3 * COUNT


def test_a_candidate_as_near_as_none_may_be_missed_is_measured_whole(layout):
    reach = index_layouts.reach(layout, RADIUS, SURE)
    assert reach.bits >= SURE
    assert index_layouts.reach(layout, RADIUS, None) == (index_layouts.near_bits(layout, RADIUS), 0)


def test_the_word_that_passes_over_other_content_has_no_bit_of_the_chunk(layout):
    reach = index_layouts.reach(layout, RADIUS, SURE)
    for table in range(layout.tables):
        assert not layout.touches(table, (layout.home(table) + reach.ahead) % index_codes.WORDS)
