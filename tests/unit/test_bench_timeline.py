"""Rearranging a time line moves what shows, and never invents or loses a moment."""

import numpy as np
import pytest
from hypothesis import given, strategies as st

from seawall.bench import timeline
from seawall.bench.timeline import CLIP, Piece

pieces = st.builds(
    Piece,
    footage=st.integers(-1, 2),
    length_s=st.floats(0.2, 5),
    start_s=st.floats(0, 50),
    speed=st.sampled_from([-2.0, -1.0, 0.0, 0.5, 1.0, 1.5]),
)
lines = st.lists(pieces, min_size=1, max_size=5).map(tuple)


def at(line, time_s):
    """(footage, its time) that shows at `time_s`."""
    for piece in line:
        if time_s < piece.length_s:
            return piece.footage, piece.at(time_s)
        time_s -= piece.length_s
    return None


def same(one, other):
    return one[0] == other[0] and abs(one[1] - other[1]) < 1e-6


@given(lines, st.floats(0.01, 0.99), st.floats(0.01, 0.99))
def test_a_cut_shows_what_showed(line, share, part):
    total_s = timeline.length_s(line)
    start_s, end_s = sorted((share * total_s, part * total_s))
    cut = timeline.cut(line, start_s, end_s)
    assert timeline.length_s(cut) == pytest.approx(end_s - start_s, abs=1e-4)
    middle_s = (end_s - start_s) / 2
    if end_s - start_s > 0.1 and away_from_joints(line, start_s + middle_s):
        assert same(at(cut, middle_s), at(line, start_s + middle_s))


@given(lines, st.floats(0.01, 0.99), st.sampled_from([0.5, 0.8, 1.25, 2.0]))
def test_speed_moves_a_moment_and_turning_mirrors_it(line, share, factor):
    total_s = timeline.length_s(line)
    time_s = share * total_s
    if not away_from_joints(line, time_s):
        return
    faster, back = timeline.at_speed(line, factor), timeline.turned(line)
    assert timeline.length_s(faster) == pytest.approx(total_s / factor)
    assert same(at(faster, time_s / factor), at(line, time_s))
    assert same(at(back, total_s - time_s), at(line, time_s))


@given(lines)
def test_stretches_say_what_the_line_shows(line):
    total_s = timeline.length_s(line)
    found = timeline.stretches(line)
    for time_s in np.linspace(0.003, total_s - 0.003, 60):
        if not away_from_joints(line, time_s):
            continue
        footage, moment_s = at(line, time_s)
        inside = [one for one in found if one.query_start_s <= time_s < one.query_end_s]
        standing = any(piece.speed == 0 for piece in timeline.cut(line, time_s - 1e-4, time_s + 1e-4))
        assert len(inside) == (footage == CLIP and not standing)
        for one in inside:
            since_s = (time_s - one.query_start_s) * one.speed
            expected_s = one.reference_end_s - since_s if one.reversed else one.reference_start_s + since_s
            assert moment_s == pytest.approx(expected_s, abs=1e-5)


def away_from_joints(line, time_s):
    joints_s = np.cumsum([0.0, *(piece.length_s for piece in line)])
    return bool(np.abs(joints_s - time_s).min() > 1e-3)


def test_parts_that_run_on_are_one_stretch():
    whole = (Piece(CLIP, 10, 5),)
    cut = (*timeline.cut(whole, 0, 4), *timeline.cut(whole, 4, 10))
    assert timeline.stretches(cut) == timeline.stretches(whole)
    looped = timeline.stretches(whole * 2)
    assert [(one.query_start_s, one.reference_start_s) for one in looped] == [(0, 5), (10, 5)]


def test_backwards_starts_at_the_references_end():
    (found,) = timeline.stretches(timeline.turned((Piece(CLIP, 10, 5, 1.5),)))
    assert (found.reference_start_s, found.reference_end_s, found.speed) == (5, 20, 1.5)
    assert found.reversed


def test_a_standing_picture_is_of_no_stretch():
    line = (Piece(CLIP, 10, 0),)
    paused = (*timeline.cut(line, 0, 5), *timeline.still(line, 5, 2), *timeline.cut(line, 5, 10))
    assert [one.query_start_s for one in timeline.stretches(paused)] == [0, 7]
