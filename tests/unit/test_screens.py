"""Filmed screens: their corners are found, and what they show is seen from the front."""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import scenery

from seawall.signals import pdq, screens, shrink

HEIGHT_PX, WIDTH_PX = 180, 320


def filmed(picture, random, tone=40, *, inward=0.06, jitter=0.08, noise=6):
    """The picture on a screen, seen at an angle, and where the screen's corners are (4, 2)."""
    square = np.array(((0, 0), (1, 0), (1, 1), (0, 1)), np.float32)
    toward = np.where(square > 0, -1, 1) * (inward + random.uniform(0, jitter, (4, 2)))
    corners = ((square + toward) * (WIDTH_PX, HEIGHT_PX)).astype(np.float32)
    height, width = picture.shape
    outline = np.array(((0, 0), (width, 0), (width, height), (0, height)), np.float32) - 0.5
    matrix = cv2.getPerspectiveTransform(outline, corners - np.float32(0.5))
    seen = cv2.warpPerspective(
        picture, matrix, (WIDTH_PX, HEIGHT_PX), borderMode=cv2.BORDER_CONSTANT, borderValue=tone
    )
    return np.clip(seen + random.normal(0, noise, seen.shape), 0, 255).astype(np.uint8), corners


def bits(one, other):
    return pdq.hash_small(shrink.area(one)).distance(pdq.hash_small(shrink.area(other)))


@pytest.mark.parametrize("seed", range(8))
def test_a_screen_is_found_and_its_picture_has_its_code_back(seed):
    picture = cv2.max(scenery.picture(seed, HEIGHT_PX, WIDTH_PX), 90)
    shown, corners = filmed(picture, np.random.default_rng(seed))
    found = screens.screen(shown)
    assert found is not None
    assert np.abs(found - corners).max() <= 4
    assert bits(screens.straightened(shown, found), picture) <= 31 < bits(shown, picture)


def test_the_corners_are_told_clockwise_from_the_upper_left():
    shown, corners = filmed(np.full((HEIGHT_PX, WIDTH_PX), 200, np.uint8), np.random.default_rng(3))
    found = screens.screen(shown)
    assert np.linalg.norm(found - corners, axis=1).max() <= 5


@pytest.mark.parametrize("seed", range(6))
def test_plain_footage_is_no_screen(seed):
    assert screens.screen(scenery.picture(seed, HEIGHT_PX, WIDTH_PX)) is None


def test_an_upright_picture_on_one_colour_is_left_to_the_borders():
    shown = np.full((HEIGHT_PX, WIDTH_PX), 20, np.uint8)
    shown[30:150, 50:270] = cv2.max(scenery.picture(1, 120, 220), 90)
    assert screens.screen(shown) is None


def test_a_round_thing_on_one_colour_is_no_screen():
    shown = np.full((HEIGHT_PX, WIDTH_PX), 230, np.uint8)
    cv2.circle(shown, (160, 90), 70, 40, -1)
    assert screens.screen(shown) is None


def test_in_a_frame_that_does_not_tell_the_screen_is_where_it_mostly_is():
    random = np.random.default_rng(5)
    lit = cv2.max(scenery.picture(5, HEIGHT_PX, WIDTH_PX), 90)
    frames = [filmed(lit, np.random.default_rng(5))[0] for _ in range(4)]
    frames.insert(2, np.full((HEIGHT_PX, WIDTH_PX), 40, np.uint8))  # the screen is dark for a moment
    found = screens.screens(np.stack(frames))
    assert found is not None
    assert np.abs(found[2] - found[0]).max() <= 2
    assert screens.screens(np.stack([frames[2]] * 4 + [filmed(lit, random)[0]])) is None


@pytest.mark.parametrize("shape", [(1, 1, 1), (2, 9, 400), (3, 12, 12), (2, 40, 41)])
@pytest.mark.parametrize("grey", [0, 128])
def test_the_smallest_pictures_do_no_harm(shape, grey):
    assert screens.screens(np.full(shape, grey, np.uint8)) is None
