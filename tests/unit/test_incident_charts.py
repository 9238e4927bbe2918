"""What is drawn of an incident's copies: bars that add up, and trees that are cut and say so."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
from hypothesis import given, strategies as st

from seawall.console import kinship
from seawall.matching.family import Edge, Family, Node, Root
from seawall.model.copies import Copy
from seawall.model.spread import Bin, Spread
from seawall.reports import chart_spread

START = datetime(2026, 3, 1, tzinfo=UTC)
HOUR = timedelta(hours=1)


@given(st.lists(st.tuples(st.integers(0, 10**6), st.integers(0, 10**6)), max_size=60))
def test_bars_are_as_high_as_what_they_count_and_stay_on_the_paper(counts):
    bins = tuple(Bin(START + number * HOUR, *one) for number, one in enumerate(counts))
    drawn = chart_spread.drawn(Spread(HOUR, bins))
    if not any(new + repeated for new, repeated in counts):
        assert drawn.bars == ()
        return
    (zero, _), (step, value), *_ = drawn.counts
    unit = (zero - step) / value
    for bar in drawn.bars:
        assert bar.new_height == pytest.approx(bar.bin.new * unit, abs=0.02)
        assert bar.repeated_height == pytest.approx(bar.bin.repeated * unit, abs=0.02)
        assert 0 <= bar.repeated_y <= bar.new_y <= zero + 0.01
        assert chart_spread.LEFT <= bar.x < bar.x + bar.width <= chart_spread.WIDTH
    assert 2 <= len(drawn.counts) <= 6
    assert 1 <= len(drawn.times) <= 7


def copy(number):
    return Copy(number, f"{number:064x}", None, None, None, START, START, (START,))


def tree(parents):
    """A family of single copies: the parent of each, behind it; None for a root."""
    sizes = [1] * len(parents)
    children = {}
    for at in range(len(parents) - 1, -1, -1):
        if parents[at] is not None:
            sizes[parents[at]] += sizes[at]
            children.setdefault(parents[at], []).insert(0, at)
    nodes = tuple(
        Node(
            (at,),
            None if parent is None else Edge(parent, 1.0, (), 0.0, 1, direct=False),
            Root.NONE_FITS if parent is None else None,
            tuple(children.get(at, ())),
            sizes[at],
        )
        for at, parent in enumerate(parents)
    )
    return Family(nodes, tuple(at for at, parent in enumerate(parents) if parent is None))


@st.composite
def trees(draw):
    count = draw(st.integers(1, 60))
    return [None if at == 0 else draw(st.sampled_from([None, *range(at)])) for at in range(count)]


def told(kin):
    return len(kin.node.copies) + kin.left_out + sum(told(one) for one in kin.children)


@given(trees())
def test_what_is_not_shown_of_a_family_is_counted(parents):
    made = tree(parents)
    shown = list(kinship.families(made, [copy(at) for at in range(len(parents))], made.roots))
    assert [told(one.top) for one in shown] == [made.nodes[root].size for root in made.roots]
    assert sum(one.nodes for one in shown) == len(parents)
    for one in shown:
        assert (one.overview is not None) is (1 < one.nodes <= kinship.MOST_DRAWN)
        if one.overview is not None:
            assert len({(point.x, point.y) for point in one.overview.points}) == one.nodes
            assert sum(bool(point.path) for point in one.overview.points) == one.nodes - 1


def test_deep_and_wide_families_are_cut():
    deep = tree([None, *range(1_999)])
    (one,) = kinship.families(deep, [copy(at) for at in range(2_000)], deep.roots)
    depth, at = 1, one.top
    while at.children:
        depth, at = depth + 1, at.children[0]
    assert (depth, at.left_out) == (kinship.MOST_DEPTH, 2_000 - kinship.MOST_DEPTH)
    wide = tree([None, *[0] * 1_999])
    (one,) = kinship.families(wide, [copy(at) for at in range(2_000)], wide.roots)
    assert (len(one.top.children), one.top.left_out) == (kinship.MOST_CHILDREN, 1_999 - kinship.MOST_CHILDREN)
    assert kinship.node_of(wide, 1_500) == 1_500
    assert kinship.node_of(wide, 5_000) is None
