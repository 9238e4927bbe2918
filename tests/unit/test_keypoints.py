"""Keypoints: found again after the edits that people make, never more than asked, safe to read back."""

from __future__ import annotations

import sys
from pathlib import Path

import cv2
import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

sys.path.insert(0, str(Path(__file__).parent))
import scenery

from seawall.matching import placement
from seawall.signals import keypoint_tables, keypoints, local, pdq
from seawall.signals.roles import Role

PICTURE = scenery.picture(1)


def points(luma, role=Role.QUERY, *, mirrored=False):
    made = local.still(luma, role)
    assert made is not None
    return made.mirrored_points(0) if mirrored else made.points(0)


def agreement(query, reference=PICTURE, *, mirrored=False):
    return placement.agree(points(query, mirrored=mirrored), points(reference, Role.REFERENCE))


def turned(picture, degrees):
    height, width = picture.shape
    matrix = cv2.getRotationMatrix2D((width / 2, height / 2), degrees, 1)
    return cv2.warpAffine(picture, matrix, (width, height))


def test_codes_are_half_ones_and_use_every_bit():
    bits = np.unpackbits(keypoints.find(PICTURE, 250).codes, axis=1)
    assert len(bits) > 150
    assert 0.4 < bits.mean() < 0.6
    assert ((bits.mean(axis=0) > 0.1) & (bits.mean(axis=0) < 0.9)).all()


def test_they_are_spread_over_the_picture_and_no_more_than_asked():
    found = keypoints.find(PICTURE, 64)
    assert len(found) == 64
    height, width = PICTURE.shape
    cells = np.unique((found.xy / np.array([width, height]) * 4).astype(int), axis=0)
    assert len(cells) >= 14


@pytest.mark.parametrize("few", [1, 5])
@pytest.mark.parametrize(("count", "most"), [(1, 500), (30, 500), (3000, 500), (3000, 7), (3000, 3000)])
def test_of_each_cell_the_strongest_few_are_taken_in_turns(count, most, few):
    random = np.random.default_rng(count + most)
    xy = (random.random((count, 2)) ** 3 * [639, 479]).astype(np.float32)  # crowded in a corner
    # Many are equally strong, some not at all or less.
    strengths = (random.integers(-3, 12, count) / np.float32(1e6)).astype(np.float32)
    strengths[::7] = np.float32(-0.0)
    cells = (xy[:, 1] * 8 / 480).astype(int) * 8 + (xy[:, 0] * 8 / 640).astype(int)
    turn = np.zeros(count, int)
    for cell in set(cells):
        inside = sorted(np.flatnonzero(cells == cell), key=lambda at: (-strengths[at], at))
        turn[inside] = np.arange(len(inside)) // few
    wanted = sorted(range(count), key=lambda at: (turn[at], -strengths[at], cells[at], at))
    taken = keypoints._spread(xy, strengths, (480, 640), most, few).tolist()
    assert taken == wanted[:most]


def captioned(picture):
    """With letters as strong as can be on the lower fifth."""
    height = len(picture)
    covered = picture.copy()
    covered[int(0.8 * height) :] = 0
    for line in range(3):
        text = "".join(chr(65 + (line * 7 + at) % 26) for at in range(60))
        left_below = (2, int((0.86 + 0.06 * line) * height))
        cv2.putText(covered, text, left_below, cv2.FONT_HERSHEY_SIMPLEX, height / 700, 255, 2)
    return covered


@pytest.mark.parametrize("seed", [1, 4, 6, 7])
def test_letters_on_a_soft_picture_do_not_hide_its_corners(seed):
    soft = cv2.GaussianBlur((scenery.picture(seed) * 0.4 + 70).astype(np.uint8), (0, 0), 1.5)
    plain, covered = (
        keypoints._contrast(keypoints._shrunk(one, (one.shape[1] // 4, one.shape[0] // 4)))
        for one in (soft, captioned(soft))
    )
    assert covered <= 1.3 * plain


@pytest.mark.parametrize("find", [keypoints.find, keypoints.find_in_frame])
def test_corners_of_a_captioned_copy_are_found_again(find):
    plain, covered = find(PICTURE, 250), find(captioned(PICTURE), 250)
    bits = np.unpackbits(plain.codes[:120, None] ^ covered.codes[None, :150], axis=2).sum(axis=2)
    apart = np.abs(plain.xy[:120, None] - covered.xy[None, :150]).max(axis=2)
    assert ((bits <= 34) & (apart < 4)).any(axis=1).sum() >= 35


def test_a_picture_without_corners_has_none():
    assert len(keypoints.find(np.full((120, 160), 90, np.uint8), 100)) == 0
    assert local.still(np.full((120, 160), 90, np.uint8), Role.QUERY) is None


@pytest.mark.parametrize("size", [(5, 5), (1, 400), (400, 7), (33, 1000)])
def test_the_smallest_and_longest_pictures_do_no_harm(size):
    noise = np.random.default_rng(0).integers(0, 255, size, dtype=np.uint8)
    found = keypoints.find(noise, 50)
    assert found.codes.shape == (len(found), keypoints.CODE_BYTES)


def test_whole_and_floating_levels_mean_the_same():
    whole, floating = keypoints.find(PICTURE, 100), keypoints.find(PICTURE.astype(np.float32), 100)
    assert np.array_equal(whole.codes, floating.codes)


@pytest.mark.parametrize("degrees", [4, 10, 30, 90, 180])
def test_a_turned_picture_is_placed_as_it_was_turned(degrees):
    found = agreement(turned(PICTURE, degrees))
    assert found is not None
    assert len(found) >= 30
    off = (found.placement.turn_deg + degrees + 180) % 360 - 180  # OpenCV turns anticlockwise
    assert abs(off) < 2


def test_a_crop_is_placed_where_it_was_cut():
    height, width = PICTURE.shape
    top, left = height // 5, width // 10
    found = agreement(PICTURE[top : top + height // 2, left : left + width // 2])
    assert found is not None
    corner = found.placement.apply(np.zeros((1, 2)))[0] * width
    assert np.abs(corner - [left, top]).max() < 4
    assert abs(found.placement.scale - 0.5) < 0.03


def test_a_picture_in_another_is_placed_there():
    host = scenery.picture(2)
    height, width = host.shape
    small = cv2.resize(PICTURE, (width // 2, height // 2), interpolation=cv2.INTER_AREA)
    host[20 : 20 + height // 2, 30 : 30 + width // 2] = small
    found = agreement(host)
    assert found is not None
    assert len(found) >= 15
    there = found.placement.inverse().apply(np.zeros((1, 2)))[0] * width
    assert np.abs(there - [30, 20]).max() < 5


def test_a_mirrored_picture_agrees_only_with_the_mirrored_codes():
    flipped = np.ascontiguousarray(PICTURE[:, ::-1])
    as_it_is, undone = agreement(flipped), agreement(flipped, mirrored=True)
    assert undone is not None
    assert len(undone) >= 60
    assert as_it_is is None or 10 * len(as_it_is) < len(undone)
    assert abs(undone.placement.turn_deg) < 2


def test_mirrored_codes_are_those_of_the_mirrored_picture():
    there = keypoints.find(PICTURE, 200)
    here = keypoints.find(np.ascontiguousarray(PICTURE[:, ::-1]), 200)
    width = PICTURE.shape[1]
    off = np.abs(width - 1 - there.xy[:, None, 0] - here.xy[None, :, 0])
    off = np.maximum(off, np.abs(there.xy[:, None, 1] - here.xy[None, :, 1]))
    ours, theirs = np.nonzero(off < 1)
    bits = np.bitwise_count(there.mirrored[ours] ^ here.codes[theirs]).sum(axis=1)
    closest = {point: bits[ours == point].min() for point in ours}  # several may lie at one place
    assert len(closest) > 60
    assert np.median(list(closest.values())) < 20


def test_unrelated_pictures_agree_on_next_to_nothing():
    counts = [
        0 if found is None else len(found)
        for found in (agreement(scenery.picture(seed)) for seed in range(10, 40))
    ]
    assert max(counts) < 7


def moving(shades, role):
    """The local fingerprint of a clip of which each frame shows a picture at a time."""
    collector = local.Collector(role)
    for time_s, shade in shades:
        collector.take(time_s, lambda shade=shade: shade, pdq.hash_luma(shade))
    return collector.gathered()


def test_a_reference_keeps_what_is_new_and_a_query_a_frame_now_and_then():
    standing = [(number / 10, PICTURE) for number in range(41)]
    kept = moving(standing, Role.REFERENCE)
    assert kept.times_s.tolist() == [0, 2, 4]
    assert kept.mirrored is None
    assert moving(standing, Role.QUERY).times_s.tolist() == [0, 2, 4]
    cuts = [(number / 10, scenery.picture(number % 7)) for number in range(27)]
    assert len(moving(cuts, Role.REFERENCE)) == 27
    assert moving(cuts, Role.QUERY).times_s.tolist() == [0, 1.3, 2.6]


def test_a_moving_picture_without_corners_has_no_fingerprint():
    grey = np.full((120, 160), 90, np.uint8)
    assert moving([(0.0, grey), (1.0, grey)], Role.QUERY) is None


@pytest.mark.parametrize("role", list(Role))
def test_what_is_stored_is_what_was_made(role):
    made = moving([(0.0, PICTURE), (1.0, scenery.picture(2))], role)
    again = local.decode(made.encode())
    for name in local.Local.__slots__:
        ours, theirs = getattr(made, name), getattr(again, name)
        assert np.array_equal(ours, theirs) if ours is not None else theirs is None


@given(st.integers(0, 2**32), st.integers(1, 8))
@settings(deadline=None, max_examples=150)
def test_damaged_bytes_are_refused_or_read_as_something_sound(seed, flips):
    random = np.random.default_rng(seed)
    data = bytearray(local.still(PICTURE, Role.QUERY).encode())
    for at in random.integers(0, len(data), flips):
        data[at] ^= 1 << int(random.integers(8))
    try:
        read = local.decode(bytes(data))
    except ValueError:
        return
    assert read.starts[-1] == len(read.codes) == len(read.positions)
    assert max(read.width, read.height) == local.POSITION_STEPS


@pytest.mark.parametrize("size", [0, 3, 20, 40, 500])
def test_cut_short_is_refused(size):
    data = local.still(PICTURE, Role.QUERY).encode()
    with pytest.raises(ValueError, match="fingerprint"):
        local.decode(data[:size])


def test_a_reference_has_no_mirrored_codes_to_ask_with():
    with pytest.raises(ValueError, match="mirrored"):
        local.still(PICTURE, Role.REFERENCE).mirrored_points(0)


def test_codes_of_mirrored_patches_are_those_of_the_patches_turned_over():
    patches = np.random.default_rng(3).uniform(0, 255, (300, 16, 16)).astype(np.float32)
    codes, mirrored = keypoints._codes(patches.reshape(-1, 256))
    over, back = keypoints._codes(np.ascontiguousarray(patches[:, ::-1]).reshape(-1, 256))
    for one, other in ((mirrored, over), (codes, back)):
        # Sums in another order may fall on the other side of zero, but hardly ever do.
        assert np.bitwise_count(one ^ other).sum() <= 3


def test_every_projection_is_told_by_one_bit():
    assert sorted(keypoint_tables.ORDER) == list(range(256))


def test_patches_at_the_edge_see_the_picture_reflected():
    picture = scenery.picture(4)
    wide = cv2.copyMakeBorder(picture, 96, 96, 96, 96, cv2.BORDER_REFLECT_101)
    corners = np.array(
        [[22, 22, 31, 40, 1, 0], [300, 21, 31, 200, 1, 2], [24, 100, 31, 310, 1, 1]], np.float32
    )
    inside = corners + np.array([96, 96, 0, 0, 0, 0], np.float32)
    patches, true = (
        keypoints._patches(one, cv2.resize(one, None, fx=0.25, fy=0.25, interpolation=cv2.INTER_AREA), there)
        for one, there in ((picture, corners), (wide, inside))
    )
    assert np.median(np.abs(patches - true)) < 4


def test_soft_corners_are_found_where_there_are_no_strong_ones():
    soft = np.rint(110 + 0.15 * (PICTURE - 110.0)).astype(np.uint8)
    assert len(keypoints.find(PICTURE, 250)) == 250
    assert len(keypoints.find(soft, 250)) >= 150


@pytest.mark.parametrize("seed", range(4))
def test_corners_are_found_again_under_grain(seed):
    picture = scenery.picture(seed)
    grain_of = np.random.default_rng(seed).normal(0, 51, picture.shape)
    grainy = np.clip(np.rint(picture + grain_of), 0, 255).astype(np.uint8)
    assert len(agreement(grainy, picture)) >= 100
