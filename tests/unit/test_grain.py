"""How strong the grain over a picture is, and that pictures without are left as they are."""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import scenery

from seawall.signals import grain


def grainy(picture, levels, seed=0):
    noise = np.random.default_rng(seed).normal(0, levels, picture.shape)
    return np.clip(np.rint(picture + noise), 0, 255).astype(np.uint8)


@pytest.mark.parametrize("levels", [5, 12, 25, 40])
def test_the_strength_is_that_of_the_noise(levels):
    plain = np.full((320, 320), 128, np.uint8)
    assert grain.levels(grainy(plain, levels)) == pytest.approx(levels, rel=0.15)


@pytest.mark.parametrize("seed", range(6))
def test_pictures_without_grain_are_left_as_they_are(seed):
    picture = scenery.picture(seed)
    assert grain.smoothed(picture) is picture
    assert grain.levels(picture) < 1


def test_a_picture_is_nearer_to_itself_once_its_grain_is_smoothed():
    picture = scenery.picture(1)
    noisy = grainy(picture, 51)
    before, after = (np.abs(one.astype(float) - picture).mean() for one in (noisy, grain.smoothed(noisy)))
    assert after < before / 3


@pytest.mark.parametrize("shape", [(1, 1), (31, 400), (32, 32), (33, 47)])
def test_the_smallest_pictures_do_no_harm(shape):
    picture = np.random.default_rng(0).integers(0, 256, shape, np.uint8)
    assert grain.smoothed(picture).shape == shape
