"""Recall at a precision, by hand; false matches of banked and unbanked queries."""

from __future__ import annotations

import pytest

from seawall.bench import bootstrap, image_metrics
from seawall.bench.image_metrics import Judged


def judged(own: float | None, *false: float, banked: bool = True, name: str = "a") -> Judged:
    return Judged(source=name, group=name, banked=banked, own=own, false=false)


SOURCES = bootstrap.Sources(["a", "b", "c", "d"], seed=1, resamples=50)


def test_threshold_is_the_loosest_above_the_first_false_match():
    assert image_metrics.loosest_threshold([0.9, 0.8, 0.4], [0.6, 0.1]) == 0.8


def test_without_false_matches_everything_found_counts():
    assert image_metrics.loosest_threshold([0.9, 0.2], []) == 0.2


def test_a_false_match_that_scores_as_much_as_the_best_right_one_leaves_no_threshold():
    assert image_metrics.loosest_threshold([0.9, 0.8], [0.9]) is None


def test_one_false_match_in_ten_thousand_is_allowed():
    own = [1.0] * 9_999 + [0.5]
    assert image_metrics.loosest_threshold(own, [0.7]) == 0.5
    assert image_metrics.loosest_threshold(own, [0.7, 0.6]) == 1.0


def test_distances_serve_as_negative_scores():
    assert image_metrics.loosest_threshold([-10.0, -80.0], [-40.0]) == -10.0


def test_figures_count_what_the_two_kinds_of_threshold_find():
    answers = [
        judged(0.95, name="a"),
        judged(0.7, 0.6, name="b"),
        judged(None, name="c"),
        judged(None, 0.65, banked=False, name="d"),
    ]
    figures = image_metrics.figures(answers, (0.5, 0.86), SOURCES)
    assert figures.at_precision.threshold == 0.7
    assert figures.at_precision.recall.value == pytest.approx(2 / 3, abs=1e-4)
    assert figures.at_precision.false_matches == 0
    suggest, strong = figures.shipped
    assert suggest.recall.value == pytest.approx(2 / 3, abs=1e-4)
    assert (suggest.false_matches, suggest.false_unbanked) == (2, 1)
    assert strong.recall.value == pytest.approx(1 / 3, abs=1e-4)
    assert strong.false_matches == 0
    assert figures.missed == ("c",)


def test_queries_of_unbanked_pictures_do_not_count_as_missed():
    figures = image_metrics.figures([judged(None, banked=False)], (0.5,), SOURCES)
    assert figures.missed == ()
    assert figures.shipped[0].recall.value is None


def test_without_a_threshold_nothing_is_found_and_nothing_is_false():
    none = image_metrics.at([judged(0.9, 0.9)], None, SOURCES)
    assert none.recall.value == 0.0
    assert none.false_matches == 0
