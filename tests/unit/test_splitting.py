"""Where pictures are put together from several: seams that stay while the footage beside them moves."""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import scenery

from seawall.signals import splitting
from seawall.signals.splitting import Box

HEIGHT_PX, WIDTH_PX, FRAMES = 180, 320, 8


def footage(seed, height_px=HEIGHT_PX, width_px=WIDTH_PX):
    """(k, height, width): a view that moves over a larger picture."""
    ground = scenery.picture(seed, 2 * height_px, 2 * width_px)
    way = np.random.default_rng(seed).uniform(0.2, 1, 2)
    return np.stack([
        ground[int(down) : int(down) + height_px, int(right) : int(right) + width_px]
        for down, right in (way * step * (height_px, width_px) / FRAMES for step in range(FRAMES))
    ])  # fmt: skip


def resized(frames, height_px, width_px):
    return np.stack([cv2.resize(one, (width_px, height_px), interpolation=cv2.INTER_AREA) for one in frames])


def near(box, other, off_px=2):
    return all(abs(a - b) <= off_px for a, b in zip(box, other, strict=True))


@pytest.mark.parametrize("seed", range(6))
def test_plain_footage_is_one_picture(seed):
    assert splitting.parts(footage(seed)) == []


@pytest.mark.parametrize("seed", range(6))
@pytest.mark.parametrize("colour", [0, 128, 255])
def test_borders_are_cut_off(seed, colour):
    framed = np.full((FRAMES, 240, WIDTH_PX), colour, np.uint8)
    framed[:, 30:210] = footage(seed)
    assert any(near(box, Box(0, 30, WIDTH_PX, 210)) for box in splitting.parts(framed))


@pytest.mark.parametrize(("rows", "columns"), [(1, 2), (2, 1), (2, 2), (3, 3)])
def test_every_cell_of_a_stack_is_found(rows, columns):
    height, width = HEIGHT_PX // rows, WIDTH_PX // columns
    shown = np.zeros((FRAMES, rows * height, columns * width), np.uint8)
    truth = []
    for number in range(rows * columns):
        top, left = number // columns * height, number % columns * width
        shown[:, top : top + height, left : left + width] = resized(footage(number), height, width)
        truth.append(Box(left, top, left + width, top + height))
    found = splitting.parts(shown)
    assert all(any(near(box, other) for other in found) for box in truth)


def test_a_part_with_an_edge_of_its_own_that_stays_is_found_whole():
    shown = np.concatenate([footage(1, 90, 160), footage(2, 90, 160)], axis=2)
    wall = footage(3, 90, 160)
    wall[:, :, :60] //= 3  # a standing camera sees the edge of a wall
    shown = np.concatenate([shown, np.concatenate([wall, footage(4, 90, 160)], axis=2)], axis=1)
    found = splitting.parts(shown)
    assert any(near(box, Box(0, 90, 160, 180)) for box in found)
    assert any(near(box, Box(60, 90, 160, 180)) for box in found)


@pytest.mark.parametrize("place", [(5, 9), (5, 150), (85, 9), (85, 150), (45, 80)])
def test_a_picture_in_a_picture_is_found(place):
    top, left = place
    shown = footage(1).copy()
    shown[:, top : top + 90, left : left + 160] = resized(footage(2), 90, 160)
    assert any(near(box, Box(left, top, left + 160, top + 90)) for box in splitting.parts(shown))


def test_a_still_between_two_seams_is_found_whole_though_a_seam_crosses_it():
    shown = np.concatenate([scenery.picture(seed, 100 * seed, 200)[None] for seed in (1, 2, 1)], axis=1)
    shown[:, 100:190] //= 4  # a horizon, sharper than the picture's own ends
    assert any(near(box, Box(0, 100, 200, 300)) for box in splitting.parts(shown))
    assert any(near(box, Box(100, 0, 300, 200)) for box in splitting.parts(np.swapaxes(shown, 1, 2)))


@pytest.mark.parametrize("levels", [1, 2, 4, 8, 16, 32])
def test_of_one_colour_that_goes_over_into_another_something_is_left(levels):
    slope = np.rint(np.linspace(0, levels, HEIGHT_PX)).astype(np.uint8)
    for shown in (slope[None, :, None], slope[None, None, :], slope[None, :, None] // 2 + slope // 2):
        shown = np.broadcast_to(shown, (1, HEIGHT_PX, HEIGHT_PX))
        box = splitting.trimmed(shown, Box(0, 0, HEIGHT_PX, HEIGHT_PX))
        assert min(box.width, box.height) > 0
        splitting.parts(np.ascontiguousarray(shown))


@pytest.mark.parametrize("grey", [0, 90, 255])
def test_one_colour_has_no_parts(grey):
    assert splitting.parts(np.full((FRAMES, HEIGHT_PX, WIDTH_PX), grey, np.uint8)) == []


@pytest.mark.parametrize("shape", [(8, 5, 5), (1, 39, 400), (8, 400, 39), (1, 40, 40), (2, 41, 43)])
def test_the_smallest_pictures_do_no_harm(shape):
    splitting.parts(np.random.default_rng(0).integers(0, 256, shape, np.uint8))
