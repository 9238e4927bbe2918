"""One finding for each stretch of the query."""

from __future__ import annotations

import dataclasses

import pytest
from hypothesis import given, strategies as st

from seawall.matching import explain, findings, options
from seawall.model import match, signal

VIDEO, PART, LOCAL = "video", "part", "local"


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
    found = findings.reconciled([finding(VIDEO, (0, 10, 9.0))], [], [finding(LOCAL, (1, 9, 40.0))])
    assert told(found) == [(VIDEO, 0, 9.0)]


def test_whole_pictures_that_say_little_give_way_to_keypoints_that_say_more():
    weak, better = finding(VIDEO, (0, 10, 1.0), (20, 30, 2.0)), finding(LOCAL, (0, 9, 6.0))
    assert told(findings.reconciled([weak], [], [better])) == [(VIDEO, 20, 2.0), (LOCAL, 0, 6.0)]


def test_keypoints_that_say_less_add_nothing_to_the_same_stretch_and_all_to_another():
    found = findings.reconciled(
        [finding(VIDEO, (0, 10, 5.0))], [], [finding(LOCAL, (0, 9, 4.0), (40, 45, 4.0))]
    )
    assert told(found) == [(VIDEO, 0, 5.0), (LOCAL, 40, 4.0)]


def test_a_picture_counts_once_as_it_is_and_mirrored():
    found = findings.reconciled([], [], [finding(LOCAL, (0, 0, 2.0)), finding(LOCAL, (0, 0, 3.0))])
    assert told(found) == [(LOCAL, 0, 3.0)]


def test_a_part_of_the_picture_comes_after_the_whole_and_before_keypoints():
    whole, part, local = (finding(name, (0, 10, 9.0)) for name in (VIDEO, PART, LOCAL))
    assert told(findings.reconciled([whole], [part], [local])) == [(VIDEO, 0, 9.0)]
    assert told(findings.reconciled([], [part], [local])) == [(PART, 0, 9.0)]


def test_the_very_same_picture_keeps_its_place_and_gains_what_keypoints_say():
    whole, local = finding(VIDEO, (0, 0, 4.0)), finding(LOCAL, (0, 0, 9.0))
    very = dataclasses.replace(whole, very=True)
    assert told(findings.reconciled([whole], [], [local])) == [(LOCAL, 0, 9.0)]
    assert told(findings.reconciled([very], [], [local])) == [(VIDEO, 0, 9.0)]


def test_what_keypoints_see_beyond_a_sure_run_is_kept_with_its_share_of_the_evidence():
    found = findings.reconciled([finding(VIDEO, (4, 14, 9.0))], [], [finding(LOCAL, (0, 20, 40.0))])
    assert told(found) == [(VIDEO, 4, 9.0), (LOCAL, 0, 8.0), (LOCAL, 14, 12.0)]
    assert [one.reference_start_s for one in found[1].segments] == [0, 14]


def test_a_part_of_a_segment_played_backwards_is_the_other_end_of_the_reference():
    segment = match.Segment(signal.SignalType.VIDEO, 10, 20, 100, 120, 2.0, ("reverse",), 0.5)
    part = findings.within(segment, 12, 19)
    assert (part.query_start_s, part.query_end_s) == (12, 19)
    assert (part.reference_start_s, part.reference_end_s) == (102, 116)


def segment(start_s: float, end_s: float, ahead_s: float = 0.0, *words: str) -> match.Segment:
    kind = signal.SignalType.VIDEO
    return match.Segment(kind, start_s, end_s, start_s + ahead_s, end_s + ahead_s, 1.0, words, 0.5)


def ended(heard: match.Segment, seen: match.Segment) -> tuple[float, float, float, float]:
    sound = findings.Finding("audio", (heard,), (9.0,))
    (one,) = findings.ended_by([sound], [findings.Finding(VIDEO, (seen,), (9.0,))], 0.5)
    (told,) = one.segments
    return told.query_start_s, told.query_end_s, told.reference_start_s, told.reference_end_s


def test_sound_ends_where_the_picture_of_the_same_copy_ends():
    assert ended(segment(9.6, 20.4, 5), segment(10, 20, 5)) == (10, 20, 15, 25)


def test_sound_that_goes_on_beyond_doubt_or_is_of_another_time_is_left_alone():
    assert ended(segment(9.6, 24, 5), segment(10, 20, 5)) == (10, 24, 15, 29)
    assert ended(segment(9.6, 20.4, 5), segment(10, 20, 6)) == (9.6, 20.4, 14.6, 25.4)
    assert ended(segment(9.6, 20.4, 5), segment(10, 20, 5, "reverse")) == (9.6, 20.4, 14.6, 25.4)


Worths = list[tuple[match.Segment, float]]


def moving(*drawn: tuple[float, float, float, float | None], speed: float = 1.0) -> tuple[Worths, Worths]:
    """drawn: start, end, points and agreement of each segment. Before and after it is asked for the scene."""
    one = finding(VIDEO, *((start_s, end_s, points) for start_s, end_s, points, _ in drawn))
    segments = tuple(dataclasses.replace(part, speed=speed) for part in one.segments)
    before = dataclasses.replace(one, segments=segments, moves=tuple(moves for *_, moves in drawn))
    (after,) = findings.of_scene([before], [before])
    return pairs(before), pairs(after)


def test_what_moves_as_in_the_reference_is_worth_all_of_it():
    before, after = moving((0, 9, 40.0, 0.97), (9, 11, 8.0, 0.8))
    assert after == before


def test_where_something_else_moves_it_is_the_same_scene_and_a_suggestion_at_most():
    _, after = moving((0, 5, 40.0, 0.7), (5, 9, 60.0, 0.1), (9, 10, 5.0, None))
    most = findings.SCENE_POINTS + findings.NEARLY_POINTS
    assert sum(worth for _, worth in after) == pytest.approx(findings.SCENE_POINTS)
    assert all(segment.transform == (match.SCENE,) for segment, _ in after)
    decided = options.SearchOptions()
    assert decided.suggest_score <= explain.score(findings.SCENE_POINTS)
    assert explain.score(most) < decided.strong_score


def test_the_nearer_what_moves_comes_the_more_is_left():
    left = [sum(worth for _, worth in moving((0, 5, 40.0, moves))[1]) for moves in (-0.5, 0.2, 0.6, 0.8)]
    assert left[0] == left[1] == pytest.approx(findings.SCENE_POINTS)
    assert left[1] < left[2] < left[3]


def test_what_is_worth_little_anyhow_is_not_worth_more_as_the_same_scene():
    _, after = moving((0, 9, 1.5, 0.1))
    assert [worth for _, worth in after] == [1.5]


def test_a_segment_on_a_wrong_line_does_not_take_away_what_another_tells():
    before, after = moving((0, 9, 40.0, 0.99), (1, 9, 60.0, 0.0))
    assert after == before  # the same stretch, shown otherwise
    before, after = moving((0, 9, 40.0, 0.99), (20, 30, 60.0, 0.0))
    assert after[0] == before[0]
    assert after[1][1] == pytest.approx(findings.SCENE_POINTS)


def test_what_a_telling_segment_shows_too_is_not_doubted():
    before, after = moving((0, 9, 40.0, 0.88), (1, 8, 60.0, 0.8))
    assert after == before


def test_less_agreement_tells_the_longer_it_lasts_and_more_is_asked_at_other_speeds():
    lasting = (0, 20, 40.0, 0.6)
    assert moving(lasting)[1] == moving(lasting)[0]
    assert moving(lasting, speed=1.3)[1] != moving(lasting, speed=1.3)[0]
    assert moving((0, 9, 40.0, 0.6))[1] != moving((0, 9, 40.0, 0.6))[0]


def test_where_nothing_moves_nothing_is_said_of_the_scene():
    before, after = moving((0, 9, 40.0, None))
    assert after == before
    still = [finding(LOCAL, (0, 0, 9.0))]
    assert findings.of_scene(still, still) == still


spans = st.tuples(st.floats(0, 50), st.floats(0.5, 20), st.floats(0.1, 20)).map(
    lambda drawn: (drawn[0], drawn[0] + drawn[1], drawn[2])
)
some = st.lists(st.lists(spans, min_size=1, max_size=3), max_size=3)


@given(whole=some, part=some, seen=some)
def test_no_evidence_is_made_and_of_the_surest_half_is_told_at_least(whole, part, seen):
    kinds = [
        [finding(name, *one) for one in drawn]
        for name, drawn in ((VIDEO, whole), (PART, part), (LOCAL, seen))
    ]
    found = findings.reconciled(*kinds)
    everything = [one for kind in kinds for one in kind]
    assert sum(one.points for one in found) <= sum(one.points for one in everything) + 1e-9
    told_s = [(one.query_start_s, one.query_end_s) for kept in found for one in kept.segments]
    surest = max((pair for one in everything for pair in pairs(one)), key=lambda pair: pair[1], default=None)
    if surest is not None:
        start_s, end_s = surest[0].query_start_s, surest[0].query_end_s
        shared_s = sum(max(0, min(end_s, end) - max(start_s, start)) for start, end in told_s)
        assert shared_s >= (end_s - start_s) / 2 - 0.01
