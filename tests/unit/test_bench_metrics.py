"""Figures worked out by hand."""

from pathlib import Path

import pytest

from seawall.bench import metrics, records, stills


def query(*clips, edit="trim", truth=(0.0, 10.0, 5.0, 15.0)):
    stretch = records.Truth(clips[0], records.Stretch(*truth))
    return records.Query(Path("q.mp4"), "q", edit, clips, 10.0, 25.0, (stretch,) if edit else ())


def found(reference, *stretches, recommendation="strong", score=0.9):
    return records.Found(
        reference, recommendation, score, 0.5, 0.5, tuple(records.Stretch(*one) for one in stretches)
    )


def judge(asked, *matches, related=(), error=None):
    relatives = frozenset(frozenset(pair) for pair in related)
    return metrics.judge(asked, records.Answer(matches, error), relatives)


def test_a_match_is_right_false_or_of_no_account():
    asked = query("a", "host", edit="splice_6s")
    verdict = judge(
        asked,
        found("other", recommendation="suggest"),
        found("a", (0, 10, 5, 15), recommendation="suggest"),
        found("a2"),
        found("host"),
        found("host2"),
        found("far", recommendation="none"),
        related=[("a", "a2"), ("host2", "host")],
    )
    assert verdict.right.reference == "a"
    assert [one.reference for one in verdict.false] == ["other"]
    assert not verdict.left_out


def test_a_query_that_only_a_related_clip_answers_is_left_out_of_recall():
    related = [("a", "a2")]
    rows = metrics.row(
        [
            judge(query("a"), found("a2"), related=related),
            judge(query("a"), found("a", (0, 10, 5, 15)), related=related),
            judge(query("a"), related=related),
            judge(query("a"), found("b"), related=related),
        ]
    )
    assert (rows.queries, rows.left_out, rows.found, rows.false_matches) == (4, 1, 1, 1)
    assert rows.recall == pytest.approx(1 / 3, abs=1e-4)


def test_of_an_unedited_distractor_every_match_is_false():
    verdict = judge(query("d", edit=None), found("a"), found("b", recommendation="suggest"))
    assert verdict.right is None
    assert [one.reference for one in verdict.false] == ["a", "b"]
    assert not verdict.left_out


def test_a_suggested_match_counts_but_not_as_strong():
    rows = metrics.row(
        [judge(query("a"), found("a", recommendation="suggest")), judge(query("a"), found("a"), found("b"))]
    )
    assert (rows.recall, rows.recall_strong, rows.false_matches) == (1.0, 0.5, 1)


def test_a_match_below_suggestion_counts_for_nothing():
    far = [found(reference, recommendation="none") for reference in ("a", "b")]
    rows = metrics.row([judge(query("a"), *far)])
    assert (rows.recall, rows.false_matches) == (0.0, 0)


def test_boundary_errors_are_of_the_outermost_ends():
    asked = query("a", truth=(2.0, 8.0, 12.0, 18.0))
    match = found("a", (5.0, 8.5, 15.0, 18.5), (2.3, 4.0, 12.1, 14.0))
    in_query, in_reference = metrics.boundary_errors(asked, match)
    assert in_query == pytest.approx((0.3, 0.5))
    assert in_reference == pytest.approx((0.1, 0.5))


@pytest.mark.parametrize(
    ("stretches", "share"),
    [
        ([], 0),
        ([(2, 8)], 1),
        ([(0, 10)], 1),
        ([(3, 5)], 1 / 3),
        ([(3, 5), (4, 6)], 1 / 2),
        ([(4, 6), (0, 3)], 1 / 2),
        ([(3, 7), (4, 5)], 2 / 3),
        ([(8, 10), (0, 2)], 0),
    ],
)
def test_coverage_is_of_the_true_stretch(stretches, share):
    asked = query("a", truth=(2.0, 8.0, 0.0, 6.0))
    assert metrics.coverage(asked, found("a", *((*one, 0, 0) for one in stretches))) == pytest.approx(share)


def test_spread():
    assert metrics.Spread.of([]) == metrics.Spread(None, None)
    assert metrics.Spread.of([1, 2, 3, 4, 5]) == metrics.Spread(3, 4.8)


def test_a_row_of_nothing_has_no_shares():
    rows = metrics.row([])
    assert (rows.queries, rows.recall, rows.mean_coverage) == (0, None, None)


def test_errors_are_counted():
    assert metrics.row([judge(query("a"), error="damaged_media: it is damaged")]).errors == 1


def still(name, clip, time_s):
    return stills.Still(Path(name), clip, time_s)


def test_stills_need_the_video_and_the_second():
    taken = [still(f"{n}.jpg", "a", float(n)) for n in range(6)]
    answers = {
        Path("0.jpg"): (found("a", (0, 0, 0.4, 0.4)),),
        Path("1.jpg"): (found("a", (0, 0, 3, 3)), found("b")),
        Path("2.jpg"): (),
        Path("3.jpg"): (found("b"), found("a", (0, 0, 3, 3))),
        Path("4.jpg"): (found("a2", (0, 0, 4, 4)),),
        Path("5.jpg"): (found("a", (0, 0, 5, 5), recommendation="none"),),
    }
    row = stills.row(
        taken,
        {path: records.Answer(matches) for path, matches in answers.items()},
        frozenset({frozenset({"a", "a2"})}),
    )
    assert (row.stills, row.found_video, row.found_second) == (5, 2, 1)
    assert row.recall_second == pytest.approx(0.2)
    assert row.false_matches == 2
    assert row.missed == (stills.Missed("a", 5, (2.0, 3.0, 5.0), (1.0,)),)
