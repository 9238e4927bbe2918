"""One finding for each stretch of the query."""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st

from seawall.matching import findings
from seawall.model import match, signal

VIDEO, LOCAL = "video", "local"


def finding(name: str, *spans: tuple[float, float, float]) -> findings.Finding:
    """spans: start, end and points of each segment."""
    return findings.Finding(
        name,
        tuple(
            match.Segment(signal.SignalType.VIDEO, start_s, end_s, start_s, end_s, 1.0, (), 0.5)
            for start_s, end_s, _ in spans
        ),
        tuple(points for _, _, points in spans),
    )


def told(found: list[findings.Finding]) -> list[tuple[str, float, float]]:
    return [(one.name, segment.query_start_s, points) for one in found for segment, points in pairs(one)]


def pairs(one: findings.Finding) -> list[tuple[match.Segment, float]]:
    return list(zip(one.segments, one.worth, strict=True))


def test_whole_pictures_that_are_sure_need_no_keypoints():
    found = findings.reconciled([finding(VIDEO, (0, 10, 9.0))], [finding(LOCAL, (1, 9, 40.0))])
    assert told(found) == [(VIDEO, 0, 9.0)]


def test_whole_pictures_that_say_little_give_way_to_keypoints_that_say_more():
    weak, better = finding(VIDEO, (0, 10, 1.0), (20, 30, 2.0)), finding(LOCAL, (0, 9, 6.0))
    assert told(findings.reconciled([weak], [better])) == [(VIDEO, 20, 2.0), (LOCAL, 0, 6.0)]


def test_keypoints_that_say_less_add_nothing_to_the_same_stretch_and_all_to_another():
    found = findings.reconciled([finding(VIDEO, (0, 10, 5.0))], [finding(LOCAL, (0, 9, 4.0), (40, 45, 4.0))])
    assert told(found) == [(VIDEO, 0, 5.0), (LOCAL, 40, 4.0)]


def test_a_picture_counts_once_as_it_is_and_mirrored():
    found = findings.reconciled([], [finding(LOCAL, (0, 0, 2.0)), finding(LOCAL, (0, 0, 3.0))])
    assert told(found) == [(LOCAL, 0, 3.0)]


spans = st.tuples(st.floats(0, 50), st.floats(0.5, 20), st.floats(0.1, 20)).map(
    lambda drawn: (drawn[0], drawn[0] + drawn[1], drawn[2])
)
some = st.lists(st.lists(spans, min_size=1, max_size=3), max_size=3)


@given(whole=some, seen=some)
def test_no_evidence_is_made_and_none_is_lost_but_to_more(whole, seen):
    left = [finding(VIDEO, *one) for one in whole]
    right = [finding(LOCAL, *one) for one in seen]
    found = findings.reconciled(left, right)
    given_points = sum(one.points for one in (*left, *right))
    assert sum(one.points for one in found) <= given_points + 1e-9
    if left or right:
        best = max(points for one in (*left, *right) for _, points in pairs(one))
        assert found
        assert max(points for one in found for _, points in pairs(one)) >= min(best, findings.ENOUGH) - 1e-9
