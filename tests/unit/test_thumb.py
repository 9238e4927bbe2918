"""How alike two pictures are by their area means: told through light that changes over the picture."""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import moments

from seawall.matching import search
from seawall.signals import roles, thumb, video


def vignetted(picture):
    height, width = picture.shape
    falloff = cv2.getGaussianKernel(height, height / 2) * cv2.getGaussianKernel(width, width / 2).T
    return np.rint(picture * (falloff / falloff.max())).astype(np.uint8)


def soft(seed):
    """A picture without a corner."""
    ground = np.random.default_rng(seed).integers(110, 146, (9, 14)).astype(np.uint8)
    return cv2.resize(ground, (480, 270), interpolation=cv2.INTER_CUBIC)


def thumbs(picture):
    return video.still(picture).thumbs


@pytest.mark.parametrize("seed", range(5))
def test_a_vignette_hides_the_picture_from_the_means_but_not_from_what_is_beside_them(seed):
    plain, dark, other = thumbs(soft(seed)), thumbs(vignetted(soft(seed))), thumbs(vignetted(soft(seed + 9)))
    assert thumb.correlation(plain, dark)[0] < 0.4
    assert thumb.evenly_lit_correlation(plain, dark)[0] > 0.75
    assert thumb.evenly_lit_correlation(plain, other)[0] < 0.4


def test_of_one_level_nothing_is_left():
    assert not thumb._evenly_lit(np.full((2, 256), 500, np.int16)).any()


def test_each_mean_is_told_against_those_around_it():
    picture = np.zeros((1, 16, 16), np.int16)
    picture[0, 8, 8] = 100
    off = thumb._evenly_lit(picture.reshape(1, -1)).reshape(16, 16)
    assert off[8, 8] == pytest.approx(100 - 100 / 25)
    assert off[6, 10] == pytest.approx(-100 / 25)
    assert off[8, 11] == 0


def test_a_vignetted_picture_is_found():
    known = moments.Bank()
    for seed in range(5):
        known.add(f"picture {seed}", video.still(soft(seed), roles.Role.REFERENCE))
    asked = search.Query("", "", None, video.still(vignetted(soft(3))))
    (match,) = search.search(asked, known.references())
    assert match.reference == "picture 3"
