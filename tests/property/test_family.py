"""The tree of copies obeys its rules, whatever the copies are and in whatever order they come."""

from __future__ import annotations

import hashlib
import random
from datetime import UTC, datetime, timedelta

from hypothesis import given, settings, strategies as st

from seawall.matching.family import Root, descent, family
from seawall.matching.variants import TOLERANCE_S
from seawall.model.copies import Copy, Part, Stretch
from seawall.model.match import Region
from seawall.model.signal import SignalType

START = datetime(2026, 3, 1, tzinfo=UTC)
SIGNALS = (SignalType.VIDEO, SignalType.LOCAL, SignalType.AUDIO)
WHOLE = Region(0.0, 0.0, 1.0, 1.0)


def copy(number, minutes=0, duration_s=60.0):
    at = START + timedelta(minutes=minutes)
    key = hashlib.sha256(str(number).encode()).hexdigest()
    return Copy(number, key, key, "video", duration_s, at, at, (at,))


def part(*spans, transforms=(), reference="r", seen=None, covers=1.0):
    stretches = tuple(Stretch(SignalType(signal), *span) for signal, *span in spans)
    return Part(reference, 0.9, "strong", covers, 0.5, stretches, frozenset(transforms), seen)


def video(start, end, **more):
    return part(("video", start, end), **more)


def parents(made):
    """The copy that each could have been cut from, or why none; by number."""
    return {
        number: node.root if node.edge is None else made.nodes[node.edge.parent].copies[0]
        for node in made.nodes
        for number in node.copies
    }


spans = st.tuples(st.integers(0, 20), st.integers(1, 20)).map(lambda one: (one[0] * 2, one[0] * 2 + one[1]))
stretches = st.builds(Stretch, st.sampled_from(SIGNALS), st.just(0.0), st.just(0.0)).flatmap(
    lambda one: spans.map(lambda span: Stretch(one.signal, *map(float, span)))
)
exact = st.just((Stretch(SignalType.SHA256, 0.0, 40.0),))
known = st.builds(
    part,
    reference=st.sampled_from(("r", "q")),
    transforms=st.sets(st.sampled_from(("mirror", "crop", "speed:1.25")), max_size=2),
    seen=st.sampled_from((None, Region(0.0, 0.0, 0.5, 1.0), Region(0.2, 0.2, 0.3, 0.3))),
    covers=st.sampled_from((0.2, 1.0)),
).flatmap(
    lambda one: st.one_of(st.lists(stretches, max_size=3).map(tuple), exact).map(
        lambda some: Part(
            one.reference, 0.9, "strong", one.coverage_query, 0.5, some, one.transforms, one.seen
        )
    )
)


@st.composite
def sets_of_copies(draw):
    count = draw(st.integers(0, 12))
    copies = [
        copy(n, draw(st.integers(0, 4)), draw(st.sampled_from((None, 30.0, 60.0)))) for n in range(count)
    ]
    parts = {}
    for one in copies:
        some = draw(st.lists(known, max_size=2, unique_by=lambda made: made.reference))
        parts[one.number] = tuple(some)
    pairs = st.tuples(st.integers(0, 11), st.integers(0, 11))
    return copies, parts, draw(st.sets(pairs, max_size=6))


def holds(outer, inner):
    """Whether one stretch lies within some others, which may touch."""
    at = inner[0]
    for start, end in sorted(outer):
        if start <= at + TOLERANCE_S and end > at:
            at = end
    return at >= inner[1] - TOLERANCE_S


def tracks(parts):
    made = {}
    for one in parts:
        for stretch in one.stretches:
            track = (one.reference, stretch.signal is SignalType.AUDIO)
            made.setdefault(track, []).append((stretch.start_s, stretch.end_s))
    return made


def files(parts):
    return {one.reference for one in parts for s in one.stretches if s.signal is SignalType.SHA256}


def changes(parts):
    return frozenset().union(*(one.transforms for one in parts))


@settings(max_examples=300, deadline=None)
@given(sets_of_copies())
def test_every_edge_obeys_the_rules(drawn):
    copies, parts, direct = drawn
    made = family(copies, parts, direct)
    by_number = {one.number: one for one in copies}
    for node in made.nodes:
        if node.edge is None:
            continue
        child, parent = node.copies[0], made.nodes[node.edge.parent].copies[0]
        assert by_number[parent].first_at <= by_number[child].first_at
        assert changes(parts[parent]) <= changes(parts[child])
        assert set(node.edge.added) == changes(parts[child]) - changes(parts[parent])
        assert not files(parts[child])
        has = tracks(parts[parent])
        for (reference, is_sound), some in tracks(parts[child]).items():
            if reference not in files(parts[parent]):
                assert all(holds(has.get((reference, is_sound), []), one) for one in some)
        assert node.edge.fits >= 1
        assert node.edge.extra_s >= 0 <= node.edge.later_s


@settings(max_examples=200, deadline=None)
@given(sets_of_copies())
def test_it_is_a_forest_of_all_copies(drawn):
    copies, parts, direct = drawn
    made = family(copies, parts, direct)
    walked = [at for root in made.roots for at, _ in descent(made, root)]
    assert sorted(walked) == list(range(len(made.nodes)))
    assert sorted(n for node in made.nodes for n in node.copies) == [one.number for one in copies]
    for at, node in enumerate(made.nodes):
        assert node.edge is None or node.edge.parent < at
        assert (node.edge is None) is (node.root is not None)
        assert node.size == len(node.copies) + sum(made.nodes[child].size for child in node.children)
    sizes = [made.nodes[root].size for root in made.roots]
    assert sizes == sorted(sizes, reverse=True)


@settings(max_examples=200, deadline=None)
@given(sets_of_copies(), st.randoms(use_true_random=False))
def test_the_order_of_what_is_given_does_not_matter(drawn, chance: random.Random):
    copies, parts, direct = drawn
    shuffled = list(copies)
    chance.shuffle(shuffled)
    assert family(shuffled, dict(reversed(parts.items())), list(direct)) == family(copies, parts, direct)


def test_the_smallest_earlier_one_that_has_it_all_is_proposed():
    copies = [copy(1), copy(2, 1), copy(3, 2), copy(4, 3)]
    parts = {1: [video(0, 100)], 2: [video(20, 60)], 3: [video(25, 50)], 4: [video(10, 70)]}
    assert parents(family(copies, parts)) == {1: Root.NONE_FITS, 2: 1, 3: 2, 4: 1}
    (edge,) = (one.edge for one in family(copies, parts).nodes if one.copies == (3,))
    assert (edge.extra_s, edge.later_s, edge.fits, edge.direct) == (15.0, 60.0, 2, False)


def test_nothing_comes_from_what_was_seen_later_lacks_its_sound_or_is_more_changed():
    for wrong in (
        ([copy(1, 5), copy(2)], [video(0, 100)], [video(10, 20)]),
        ([copy(1), copy(2, 5)], [video(0, 100)], [part(("video", 10, 20), ("audio", 10, 20))]),
        ([copy(1), copy(2, 5)], [video(0, 100, transforms={"mirror"})], [video(10, 20)]),
        ([copy(1), copy(2, 5)], [video(0, 100, reference="q")], [video(10, 20)]),
        ([copy(1), copy(2, 5)], [video(0, 40)], [part(("video", 10, 20), ("video", 50, 60))]),
        ([copy(1), copy(2, 5)], [video(0, 100, seen=Region(0, 0, 0.5, 1))], [video(10, 20)]),
    ):
        copies, first, second = wrong
        assert parents(family(copies, {1: first, 2: second}))[2] is Root.NONE_FITS


def test_copies_that_nothing_tells_apart_are_one_node_and_equals_stay_open():
    copies = [copy(1), copy(2, 1), copy(3, 2)]
    same = {number: [video(0, 100 + number * 0.3)] for number in (1, 2, 3)}
    (node,) = family(copies, same).nodes
    assert (node.copies, node.size) == ((1, 2, 3), 3)
    equals = [copy(1, 0, 60.0), copy(2, 0, 80.0), copy(3, 2, 10.0)]
    parts = {1: [video(0, 50)], 2: [video(0, 50)], 3: [video(5, 10)]}
    assert parents(family(equals, parts))[3] is Root.TIE
    assert parents(family(equals, parts, {(3, 2)}))[3] == 2


def test_what_is_the_references_file_holds_all_of_it_and_comes_from_nothing():
    copies = [copy(1), copy(2, 1)]
    parts = {1: [part(("sha256", 0, 60))], 2: [part(("video", 0, 300), ("audio", 0, 300))]}
    assert parents(family(copies, parts)) == {1: Root.REFERENCE, 2: 1}


def test_what_is_beside_the_reference_counts_as_cut_off():
    copies = [copy(1, 0, 600.0), copy(2, 0, 50.0), copy(3, 1, 20.0)]
    parts = {1: [video(0, 50, covers=0.1)], 2: [video(0, 50)], 3: [video(10, 30)]}
    made = family(copies, parts)
    assert parents(made)[3] == 2
    alone = family([copies[0], copies[2]], parts)
    assert alone.nodes[-1].edge.extra_s == 30 + 540
