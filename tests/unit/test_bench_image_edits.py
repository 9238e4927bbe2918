"""What each edit of pictures leaves, where, and that the same seed makes the same pixels."""

from __future__ import annotations

import numpy as np
import pytest

from seawall.bench import image_edits
from seawall.bench.image_edits import EDITS, Edit, Subject

HEIGHT, WIDTH = 120, 200


def textured(seed: int, height: int = HEIGHT, width: int = WIDTH) -> np.ndarray:
    rng = np.random.default_rng(seed)
    coarse = rng.integers(30, 226, (height // 10, width // 10, 3), dtype=np.uint8)
    return np.repeat(np.repeat(coarse, 10, axis=0), 10, axis=1)


PICTURE, OTHER = textured(1), textured(2, 160, 160)


def edit(name: str) -> Edit:
    return next(one for one in EDITS if one.name == name)


def made(name: str, seed: int = 0) -> np.ndarray:
    return image_edits.made(edit(name), Subject(PICTURE, OTHER, np.random.default_rng(seed)))


@pytest.mark.parametrize("one", EDITS, ids=lambda one: one.name)
def test_every_edit_gives_a_picture_and_the_same_one_again(one):
    first, second = made(one.name), made(one.name)
    assert first.dtype == np.uint8
    assert first.ndim == 3
    assert first.shape[2] == 3
    assert first.flags.c_contiguous
    assert np.array_equal(first, second)


@pytest.mark.parametrize("one", EDITS, ids=lambda one: one.name)
def test_no_edit_changes_what_it_is_given(one):
    before, other_before = PICTURE.copy(), OTHER.copy()
    made(one.name)
    assert np.array_equal(PICTURE, before)
    assert np.array_equal(OTHER, other_before)


def test_a_crop_takes_its_share_off_every_side():
    assert np.array_equal(made("crop 5 %"), PICTURE[6:114, 10:190])
    assert np.array_equal(made("crop 25 %"), PICTURE[30:90, 50:150])


def test_padding_adds_a_fifth_of_the_height_in_black_above_and_below():
    padded = made("pad 20 %")
    assert padded.shape == (168, WIDTH, 3)
    assert not padded[:24].any()
    assert not padded[144:].any()
    assert np.array_equal(padded[24:144], PICTURE)


def test_mirror_and_quarter_turns_move_every_pixel():
    assert np.array_equal(made("mirror"), PICTURE[:, ::-1])
    turns = [made("quarter turn", seed) for seed in range(12)]
    expected = [np.rot90(PICTURE, number) for number in (1, 2, 3)]
    assert all(any(np.array_equal(turn, one) for one in expected) for turn in turns)
    assert len({turn.tobytes() for turn in turns}) == 3


def test_rotation_keeps_the_canvas_and_blackens_corners():
    turned = made("rotate 10°")
    assert turned.shape == PICTURE.shape
    assert sum(not turned[row, column].any() for row in (0, -1) for column in (0, -1)) == 4
    middle = (slice(50, 70), slice(90, 110))
    assert not np.array_equal(turned, PICTURE)
    assert abs(turned[middle].mean() - PICTURE[middle].mean()) < 20


def test_captions_cover_the_lower_part_or_add_a_bar():
    shapes = set()
    for seed in range(12):
        captioned = made("caption bar", seed)
        shapes.add(captioned.shape)
        if captioned.shape == PICTURE.shape:
            assert np.array_equal(captioned[:96], PICTURE[:96])
            assert (captioned[96:].min(), captioned[96:].max()) == (0, 255)
        else:
            whole = captioned[24:], captioned[:120]
            assert any(np.array_equal(part, PICTURE) for part in whole)
    assert shapes == {(HEIGHT, WIDTH, 3), (HEIGHT + 24, WIDTH, 3)}


def test_in_another_picture_it_takes_at_most_half_of_each_side():
    put = made("in another 0.5")
    assert put.shape == OTHER.shape
    changed = (put != OTHER).any(axis=2)
    rows, columns = np.flatnonzero(changed.any(axis=1)), np.flatnonzero(changed.any(axis=0))
    assert rows[-1] - rows[0] + 1 == pytest.approx(48, abs=1)
    assert columns[-1] - columns[0] + 1 == pytest.approx(80, abs=1)


def test_off_centre_crops_keep_half_of_each_side_and_not_the_middle():
    seen = {made("crop off centre 50 %", seed).tobytes() for seed in range(20)}
    assert len(seen) == 4
    assert np.ascontiguousarray(PICTURE[30:90, 50:150]).tobytes() not in seen
    assert made("crop off centre 50 %").shape == (60, 100, 3)


def test_a_screenshot_shows_the_whole_picture_among_other_things():
    shapes = {made("screenshot", seed).shape for seed in range(8)}
    assert shapes == {(1280, 600, 3), (720, 1280, 3)}


def test_brightness_noise_and_falloff_are_of_the_stated_strength():
    assert np.array_equal(made("gamma 2"), np.rint(255 * (PICTURE / 255.0) ** 2).astype(np.uint8))
    noise = made("noise 0.2").astype(float) - PICTURE
    calm = (PICTURE > 120) & (PICTURE < 136)
    assert 40 < noise[calm].std() < 56
    dark = made("vignette")
    assert dark[0, 0].sum() < PICTURE[0, 0].sum() / 2
    assert np.array_equal(dark[60, 100] // 2, PICTURE[60, 100] // 2)


def test_names_are_unique_and_the_hard_ones_come_last():
    assert len({one.name for one in EDITS}) == len(EDITS)
    assert [one.hard for one in EDITS] == sorted(one.hard for one in EDITS)
