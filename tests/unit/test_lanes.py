"""Two time lines: what they say of seconds, and where they are drawn."""

from __future__ import annotations

import json

import pytest
from hypothesis import given, strategies as st

from seawall.console import drawing
from seawall.model.lanes import Sense, lines
from seawall.model.match import Match, Recommendation, Segment
from seawall.model.signal import SignalType
from seawall.model.spans import SLACK_S

TIMES = st.floats(0, 600, allow_nan=False)


def segment(start_s, end_s, at_s=0.0, *, signal=SignalType.VIDEO, transform=()):
    return Segment(signal, start_s, end_s, at_s, at_s + end_s - start_s, 1.0, transform, 0.9)


def match(*segments):
    return Match("r", 0.9, Recommendation.STRONG, 0.5, 0.5, {}, segments)


@st.composite
def matches(draw):
    made = []
    for signal in draw(st.lists(st.sampled_from([SignalType.VIDEO, SignalType.AUDIO]), max_size=6)):
        start, end = sorted((draw(TIMES), draw(TIMES)))
        made.append(segment(start, end, draw(TIMES), signal=signal))
    return match(*made)


@given(matches(), st.floats(600, 900))
def test_matched_and_unmatched_seconds_are_all_seconds_but_for_short_gaps(found, duration_s):
    for lane in lines(found, duration_s, None).lanes:
        unmatched_s = sum(end - start for start, end in lane.unmatched)
        left_s = duration_s - lane.matched_s - unmatched_s
        assert -1e-6 <= left_s <= SLACK_S * (len(lane.parts) + 1) + 1e-6
        for start, end in lane.unmatched:
            assert end - start > SLACK_S
            assert not any(one.start_s < (start + end) / 2 < one.end_s for one in lane.parts)


@given(matches())
def test_all_that_is_drawn_lies_on_its_bar(found):
    known = lines(found, None, None)
    if known.can_be_drawn:
        for lane in known.lanes:
            drawn = drawing.drawing(known, lane)
            assert max(drawn.upload, drawn.reference) == drawing.WIDTH
            for band in drawn.bands:
                assert 0 <= band.left <= band.right <= drawn.upload
                for corner in (band.below_left, band.below_right):
                    assert 0 <= corner <= drawn.reference


def test_picture_and_sound_are_apart_and_what_runs_backwards_is_turned():
    found = match(
        segment(10, 20, 0, transform=("reverse",)),
        segment(0, 30, 5, signal=SignalType.AUDIO),
        segment(15, 25),
    )
    known = lines(found, 40.0, 50.0)
    picture, sound = known.lanes
    assert (picture.sense, picture.matched_s, picture.unmatched) == (Sense.PICTURE, 15.0, ((0, 10), (25, 40)))
    assert (sound.sense, sound.matched_s, sound.unmatched) == (Sense.SOUND, 30.0, ((30, 40),))
    band = drawing.drawing(known, picture).bands[0]
    assert (band.left, band.right, band.below_left, band.below_right) == (200, 400, 200, 0)
    told = json.loads(drawing.parts(known))
    assert told[0] == {"sense": "picture", "from": 10, "to": 20, "at": 10, "until": 0}


def test_a_still_has_no_line_and_still_its_place():
    known = lines(match(segment(0, 0, 34.2)), None, 60.0)
    assert (known.can_be_drawn, known.lanes[0].parts[0].reference_start_s) == (False, 34.2)


@pytest.mark.parametrize(
    ("time_s", "said"),
    [(0, "0:00.0"), (12, "0:12.0"), (59.96, "1:00.0"), (62.5, "1:02.5"), (3602.5, "1:00:02.5")],
)
def test_times_are_written_as_people_read_them(time_s, said):
    assert drawing.clock(time_s) == said


def test_a_part_that_is_the_same_scene_at_most_is_told():
    assert not lines(match(segment(0, 2), segment(2, 4, transform=("mirror",))), 4, 4).is_of_scene
    told = lines(match(segment(0, 2), segment(2, 4, 6, transform=("mirror", "scene"))), 4, 8)
    assert told.is_of_scene
    assert [part.is_of_scene for part in told.lanes[0].parts] == [False, True]
