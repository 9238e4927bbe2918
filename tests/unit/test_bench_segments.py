"""The measures of two public benchmarks, worked out by hand."""

import math

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

from seawall.bench import bootstrap, segments

BOTH = bootstrap.Sources(["a", "b"], seed=0, resamples=5)


def box(query, reference, on_query, on_reference, score=1.0, source="a"):
    return segments.Box(query, reference, *map(float, (*on_query, *on_reference)), source, score)


def scored(score, *, right, source="a"):
    return segments.Scored("q", "r", score, right, source)


def value(statistic, weights=(1, 1)):
    return statistic(np.array([weights], float))[0]


def segment_ap(truth, said, weights=(1, 1)):
    return value(segments.segment_average_precision(truth, said, BOTH), weights)


# Segment µAP


def test_segment_precision_and_recall_are_of_time_on_both_axes():
    # Query 0-10 shows reference 100-110. First said: 0-5 as 100-110, at 0.9.
    #   query:     both 5, said 5,  true 10      reference: both 10, said 10, true 10
    #   P = sqrt(5/5 * 10/10) = 1                R = sqrt(5/10 * 10/10) = 0.7071
    # Then 5-25 as 100-110, at 0.8.
    #   query:     both 10, said 25              reference: both 10, said 10 (nothing new)
    #   P = sqrt(10/25 * 10/10) = 0.6325         R = 1
    # µAP = 1 * 0.7071 + 0.6325 * (1 - 0.7071) = 0.8923
    truth = [box("q", "r", (0, 10), (100, 110))]
    said = [box("q", "r", (0, 5), (100, 110), 0.9), box("q", "r", (5, 25), (100, 110), 0.8)]
    expected = math.sqrt(0.5) + math.sqrt(0.4) * (1 - math.sqrt(0.5))
    assert segment_ap(truth, said) == pytest.approx(expected)


def test_a_false_match_of_another_query_lowers_what_comes_after_it():
    # A false box of 10 x 10 s at 0.9, then all 10 s right at 0.8:
    #   P = sqrt(10/20 * 10/20) = 0.5, R = 1, µAP = 0.5
    truth = [box("q", "r", (0, 10), (0, 10))]
    false = box("other", "r", (0, 10), (0, 10), 0.9)
    right = box("q", "r", (0, 10), (0, 10), 0.8)
    assert segment_ap(truth, [false, right]) == pytest.approx(0.5)
    # After the right one it costs nothing; together with it, as much as before it.
    assert segment_ap(truth, [box("other", "r", (0, 10), (0, 10), 0.7), right]) == pytest.approx(1)
    assert segment_ap(truth, [box("other", "r", (0, 10), (0, 10), 0.8), right]) == pytest.approx(0.5)


def test_a_true_stretch_counts_once_something_touches_it_in_both_videos():
    # Two true stretches; the first said box lies on the query's side of the one and on the reference's side
    # of the other, so it touches neither. P = R = 0.
    truth = [box("q", "r", (0, 10), (0, 10)), box("q", "r", (20, 30), (20, 30))]
    across = box("q", "r", (0, 10), (20, 30), 0.9)
    assert segment_ap(truth, [across]) == 0
    # Then 0-10 as 0-10 at 0.8. Query: both 10, said 10, true 20. Reference: both 10, said 20, true 20.
    #   P = sqrt(10/10 * 10/20) = 0.7071, R = sqrt(10/20 * 10/20) = 0.5
    both = [across, box("q", "r", (0, 10), (0, 10), 0.8)]
    assert segment_ap(truth, both) == pytest.approx(math.sqrt(0.5) * 0.5)


def test_weights_count_a_clip_as_often_as_it_was_drawn():
    # Clip a: found in full at 0.9. Clip b: 10 s true, nothing said. Weights 1, 1: R = 10/20.
    truth = [box("q", "r", (0, 10), (0, 10)), box("p", "s", (0, 10), (0, 10), source="b")]
    said = [box("q", "r", (0, 10), (0, 10), 0.9)]
    assert segment_ap(truth, said) == pytest.approx(0.5)
    assert segment_ap(truth, said, (3, 1)) == pytest.approx(0.75)
    assert segment_ap(truth, said, (0, 2)) == 0
    assert np.isnan(segment_ap([], said))


@pytest.mark.parametrize("said", [[], [box("q", "r", (50, 60), (50, 60))]])
def test_nothing_right_is_nothing(said):
    assert segment_ap([box("q", "r", (0, 10), (0, 10))], said) == 0


# Pair µAP and recall at a precision


def test_pair_average_precision():
    # Right at 0.9 (P 1/1, R 1/3), false at 0.8, right at 0.7 (P 2/3, R 2/3); one is never found.
    #   µAP = 1 * 1/3 + 2/3 * 1/3 = 5/9
    said = [scored(0.7, right=True), scored(0.9, right=True), scored(0.8, right=False)]
    assert value(segments.pair_average_precision(["a", "a", "b"], said, BOTH)) == pytest.approx(5 / 9)


def test_equal_scores_enter_together_whatever_their_order():
    # One right and one false at 0.5: P = 1/2 at R = 1.
    said = [scored(0.5, right=True), scored(0.5, right=False)]
    for some in (said, said[::-1]):
        assert value(segments.pair_average_precision(["a"], some, BOTH)) == pytest.approx(0.5)


def test_recall_at_a_precision():
    # Down the list: right, right, false, right. Precision 1, 1, 2/3, 3/4 at recall 1/4, 2/4, 2/4, 3/4.
    said = [scored(score, right=right) for score, right in ((4, True), (3, True), (2, False), (1, True))]
    wanted = ["a"] * 4
    for precision, recall in ((0.999, 0.5), (0.75, 0.75), (0.7, 0.75)):
        assert value(segments.recall_at(precision, wanted, said, BOTH)) == pytest.approx(recall)
    assert value(segments.recall_at(0.5, wanted, [], BOTH)) == 0
    assert np.isnan(value(segments.recall_at(0.5, [], said, BOTH)))


# Precision and recall of segments


def test_segment_shares_multiply_the_axes():
    # Said 0-10 as 0-10; true 0-5 as 0-10 and 5-8 as 20-30, which it does not touch.
    #   precision: query 5/10, reference 10/10         -> 0.5
    #   recall:    query 5/(5+3), reference 10/(10+10) -> 0.3125
    truth = [box("q", "r", (0, 5), (0, 10)), box("q", "r", (5, 8), (20, 30))]
    shares = segments.pair_shares(truth, [box("q", "r", (0, 10), (0, 10))], BOTH)
    assert shares.precision == pytest.approx([0.5])
    assert shares.recall == pytest.approx([0.3125])


def test_overlapping_boxes_that_say_the_same_count_twice_in_what_was_said():
    # Both said boxes lie wholly in the true one: precision 1. Together they cover 8 of its 10 s on either
    # axis: recall 0.8 * 0.8.
    truth = [box("q", "r", (0, 10), (0, 10))]
    said = [box("q", "r", (0, 6), (0, 6)), box("q", "r", (2, 8), (2, 8))]
    shares = segments.pair_shares(truth, said, BOTH)
    assert (shares.precision[0], shares.recall[0]) == pytest.approx((1, 0.64))


def test_pairs_without_a_side_do_not_count_on_it():
    # Pair 1: all right. Pair 2: true, nothing said: recall 0, no precision. Pair 3: said, nothing true:
    # precision 0, no recall. Means: precision (1 + 0) / 2, recall (1 + 0) / 2.
    truth = [box("q1", "r", (0, 10), (0, 10)), box("q2", "r", (0, 10), (0, 10))]
    said = [box("q1", "r", (0, 10), (0, 10)), box("q3", "r", (0, 10), (0, 10), source="b")]
    shares = segments.pair_shares(truth, said, BOTH)
    assert value(shares.statistic("precision")) == pytest.approx(0.5)
    assert value(shares.statistic("recall")) == pytest.approx(0.5)
    assert value(shares.statistic("f1")) == pytest.approx(0.5)
    # Without clip b, the false pair is not there.
    assert value(shares.statistic("precision"), (1, 0)) == 1


# Spans


def test_spans_join_where_they_touch():
    assert segments.joined([(5, 6), (0, 2), (1, 3), (3, 4), (9, 9)]) == [(0, 4), (5, 6)]
    assert segments.common_s([(0, 4), (6, 8)], [(3, 7)]) == 2


# Laws

_times = st.integers(0, 20).map(float)
_span = st.tuples(_times, st.integers(1, 9).map(float)).map(lambda one: (one[0], one[0] + one[1]))
_boxes = st.builds(
    lambda q, r, a, b, s: box(q, r, a, b, s / 4, source="ab"[q == "q1"]),
    st.sampled_from(["q0", "q1", "q2"]),
    st.sampled_from(["r0", "r1"]),
    _span,
    _span,
    st.integers(1, 4),
)


@given(st.lists(_boxes, min_size=1, max_size=8))
def test_saying_the_truth_is_perfect(truth):
    assert segment_ap(truth, truth) == pytest.approx(1)
    shares = segments.pair_shares(truth, truth, BOTH)
    assert value(shares.statistic("f1")) == pytest.approx(1)


@given(st.lists(_boxes, min_size=1, max_size=6), st.lists(_boxes, max_size=8), st.randoms())
def test_the_order_of_what_is_said_does_not_matter(truth, said, random):
    shuffled = random.sample(said, len(said))
    assert segment_ap(truth, said) == pytest.approx(segment_ap(truth, shuffled))
    for what in ("precision", "recall", "f1"):
        one, other = (segments.pair_shares(truth, some, BOTH).statistic(what) for some in (said, shuffled))
        assert value(one) == pytest.approx(value(other), nan_ok=True)


@settings(max_examples=50)
@given(st.lists(_boxes, min_size=1, max_size=6), st.lists(_boxes, max_size=8))
def test_every_measure_is_a_share_and_weights_of_two_change_none(truth, said):
    pairs = [segments.Scored(one.query, one.reference, one.score, True, one.source) for one in said]
    shares = segments.pair_shares(truth, said, BOTH)
    for statistic in (
        segments.segment_average_precision(truth, said, BOTH),
        segments.pair_average_precision([one.source for one in truth], pairs[: len(truth)], BOTH),
        *(shares.statistic(what) for what in ("precision", "recall", "f1")),
    ):
        share = value(statistic)
        assert np.isnan(share) or -1e-9 <= share <= 1 + 1e-9
        assert value(statistic, (2, 2)) == pytest.approx(share, nan_ok=True)
