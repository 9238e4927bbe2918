"""Crops of banked pictures: found though nothing in them is a corner, and told apart from the whole."""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
import pytest

sys.path.insert(0, str(Path(__file__).parent))
import moments

from seawall.matching import search
from seawall.signals import crops, roles, video

HEIGHT_PX, WIDTH_PX = 270, 480


def soft(seed):
    """A picture without a corner."""
    ground = np.random.default_rng(seed).integers(0, 256, (7, 12)).astype(np.float32)
    return np.clip(cv2.resize(ground, (WIDTH_PX, HEIGHT_PX), interpolation=cv2.INTER_CUBIC), 0, 255).astype(
        np.uint8
    )


def cropped(luma, share):
    top, left = round(HEIGHT_PX * share), round(WIDTH_PX * share)
    return np.ascontiguousarray(luma[top : HEIGHT_PX - top, left : WIDTH_PX - left])


@pytest.fixture(scope="module")
def bank():
    made = moments.Bank()
    for seed in range(1, 6):
        made.add(f"picture {seed}", video.still(soft(seed), roles.Role.REFERENCE))
    return made


@pytest.mark.parametrize("share", [0.05, 0.08, 0.12, 0.18, 0.25])
@pytest.mark.parametrize("seed", [1, 3])
def test_the_middle_of_a_soft_picture_is_found_and_placed(bank, share, seed):
    (match,) = bank.search(video.still(cropped(soft(seed), share)))
    assert match.reference == f"picture {seed}"
    (segment,) = match.segments
    assert segment.transform == ("crop",)
    kept = 1 - 2 * share
    assert segment.reference_region == pytest.approx((share, share, kept, kept), abs=0.03)


def test_a_square_cut_from_the_middle_is_found(bank):
    left = (WIDTH_PX - HEIGHT_PX) // 2
    (match,) = bank.search(video.still(np.ascontiguousarray(soft(2)[:, left : left + HEIGHT_PX])))
    assert match.reference == "picture 2"
    assert match.segments[0].reference_region.height == 1.0


def test_a_whole_picture_is_whole_and_an_unknown_one_unknown(bank):
    (match,) = bank.search(video.still(soft(4)))
    assert (match.reference, match.segments[0].transform) == ("picture 4", ())
    assert match.segments[0].reference_region is None
    assert bank.search(video.still(cropped(soft(9), 0.2))) == []


def test_a_query_and_a_small_picture_have_no_crops():
    assert len(video.still(soft(1))) == 1
    assert len(video.still(soft(1), roles.Role.REFERENCE)) == len(crops.REGIONS)
    assert len(video.still(soft(1)[:63], roles.Role.REFERENCE)) == 1


def test_crops_survive_storage_and_any_other_number_of_them_is_refused():
    made = video.still(soft(1), roles.Role.REFERENCE)
    again = video.decode(made.encode())
    assert (again.codes == made.codes).all()
    assert (again.uncropped().codes == video.still(soft(1)).codes).all()
    more = video.Fingerprint(
        *(np.concatenate([one, one]) for one in (made.times_ms, made.codes, made.qualities, made.thumbs)),
        video.Hashes(*(np.concatenate([one, one]) for one in (made.pdq.codes, made.pdq.qualities))),
        0,
    )
    with pytest.raises(ValueError, match="crops"):
        video.decode(more.encode())


def test_a_still_is_asked_further_than_a_moment_of_a_video():
    footage = moments.moving(1 / moments.FPS, 1)
    known = moments.Bank()
    known.add("still", moments.still(footage, 0))
    blurred = moments.noisy(footage, 58, 2)
    (match,) = known.search(moments.still(blurred, 0))
    assert match.reference == "still"
    assert known.search(moments.query(moments.noisy(moments.standing(4, 1), 58, 2))) == []
    assert known.search(moments.still(footage, 0), still_radius_bits=0)
    assert search.DEFAULTS.still_radius_bits > search.DEFAULTS.radius_bits
