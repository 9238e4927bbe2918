"""Whether what moves on both sides is the same, and along which line."""

from __future__ import annotations

import numpy as np
import pytest

from seawall.bench import scenes
from seawall.matching import moving, options, sighted_lines
from seawall.signals import shrink, thumb

SPEEDS = sighted_lines.speeds(options.SearchOptions())


def seen(stage: int, take: int, duration_s: float) -> tuple[np.ndarray, np.ndarray]:
    """Times, and grey levels of each part, of a drawn table, ten times a second."""
    drawn = list(scenes.table(stage, take, duration_s))[::3]
    lumas = np.array([picture[..., 1] for _, picture in drawn])
    grey = thumb.thumbs(shrink.areas(lumas)).astype(np.float32) / thumb.STEPS_PER_GREY_LEVEL
    return np.array([at for at, _ in drawn]), grey


def test_a_copy_moves_alike_however_bright_and_flat_it_was_made():
    rng = np.random.default_rng(5)
    grey = rng.uniform(0, 255, (20, 60)).astype(np.float32)
    flicker = rng.uniform(-30, 30, (20, 1)).astype(np.float32)
    assert moving.agreement(0.6 * grey + flicker + 12, grey) == pytest.approx(1, abs=1e-4)
    assert moving.agreement(255 - grey, grey) == pytest.approx(-1, abs=1e-4)


def test_strangers_before_one_wall_do_not_move_alike_though_the_pictures_do():
    rng = np.random.default_rng(5)
    wall = rng.uniform(0, 255, 60).astype(np.float32)
    one, other = (wall + rng.normal(0, 9, (40, 60)).astype(np.float32) for _ in range(2))
    assert np.corrcoef(one.ravel(), other.ravel())[0, 1] > 0.9
    assert abs(moving.agreement(one, other)) < 0.2


def test_what_is_drawn_over_the_rest_of_the_picture_or_faded_out_for_a_moment_tells_nothing():
    rng = np.random.default_rng(5)
    grey = rng.uniform(0, 255, 60) + np.concatenate(
        [rng.normal(0, 20, (40, 20)), rng.normal(0, 1, (40, 40))], axis=1
    )
    copy = grey.copy()
    copy[:, 30:] += rng.normal(0, 60, (40, 30))
    copy[7:9] = 3
    assert moving.agreement(copy.astype(np.float32), grey.astype(np.float32)) > 0.9


def test_where_one_side_stands_or_there_is_too_little_nothing_is_told():
    rng = np.random.default_rng(5)
    grey = rng.uniform(0, 255, (20, 60)).astype(np.float32)
    standing = np.repeat(grey[:1], 20, axis=0) + rng.normal(0, 0.5, (20, 60)).astype(np.float32)
    assert moving.agreement(grey, standing) is None
    assert moving.agreement(standing, grey) is None
    assert moving.agreement(grey[:2], grey[:2]) is None


def test_chance_reaches_less_the_longer_it_must():
    assert moving.least(5, usual_speed=True) > 1
    limits = [moving.least(at, usual_speed=True) for at in (6, 8, 12, 16, 40, 4000)]
    assert limits == sorted(limits, reverse=True)
    assert limits[-1] == moving.LEAST
    assert moving.least(9, usual_speed=False) > moving.least(9, usual_speed=True)


@pytest.mark.parametrize(("speed", "offset_s"), [(1.0, 3.0), (-1.0, 17.0), (1.5, 0.0)])
def test_the_line_is_found_by_what_moves(speed, offset_s):
    times_s, theirs = seen(77, 0, 20.0)
    query_s = np.arange(0, 10, 0.25)
    ours = theirs[moving.nearest(times_s, speed * query_s + offset_s)]
    found = moving.line(ours, query_s, theirs, times_s, SPEEDS)
    assert found is not None
    assert found[0] == pytest.approx(speed, abs=0.04)
    assert found[0] * 5 + found[1] == pytest.approx(speed * 5 + offset_s, abs=0.15)


@pytest.mark.parametrize("stage", range(60, 66))
def test_another_thing_on_the_same_table_gives_no_line(stage):
    times_s, theirs = seen(stage, 0, 16.0)
    _, ours = seen(stage, 1, 16.0)
    assert moving.line(ours, times_s, theirs, times_s, SPEEDS) is None


def test_of_a_long_reference_only_the_usual_speed_is_tried():
    rng = np.random.default_rng(5)
    times_s = np.arange(moving.MOST_MOMENTS + 500) / 10
    theirs = rng.uniform(0, 255, (len(times_s), 30)).astype(np.float32)
    query_s = np.arange(0, 20, 0.25)
    for speed, found in ((1.0, (1.0, 40.0)), (1.5, None)):
        ours = theirs[moving.nearest(times_s, speed * query_s + 40)]
        told = moving.line(ours, query_s, theirs, times_s, SPEEDS)
        assert told == (None if found is None else pytest.approx(found, abs=0.11))


def test_of_a_reference_of_hours_only_the_moments_about_the_voted_ones_are_tried():
    times_s = np.arange(100_000) / 10
    for middle_s in (0.0, 5000.0, 9999.9, 12_000.0):
        there = times_s[sighted_lines.about(times_s, middle_s)]
        assert len(there) == sighted_lines.SETTLING_REFERENCE
        assert np.abs(there - min(middle_s, times_s[-1])).min() <= 0.1
    assert len(times_s[:50][sighted_lines.about(times_s[:50], 2.0)]) == 50
