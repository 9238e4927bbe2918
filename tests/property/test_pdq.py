"""PDQ against the reference implementation, against itself, and where it must say no."""

import numpy as np
import pdqhash
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seawall.signals import pdq, shrink

LUMA_WEIGHTS = np.array([0.299, 0.587, 0.114], np.float32)
ROUNDING_BITS = 2  #: coefficients may stand within a float's last digits of their median

sides = st.integers(5, 400) | st.sampled_from([5, 63, 64, 65, 127, 128, 129, 255, 256, 257, 385])
pytestmark = pytest.mark.filterwarnings("error")


@st.composite
def photographs(draw):
    """(height, width, 3): patches of colour, rough or smooth, at any size."""
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    height, width = draw(sides), draw(sides)
    coarse = random.integers(0, 256, (draw(st.integers(2, 20)), draw(st.integers(2, 20)), 3))
    rows = np.linspace(0, len(coarse) - 1, height).round().astype(int)
    columns = np.linspace(0, coarse.shape[1] - 1, width).round().astype(int)
    grain = random.integers(-draw(st.integers(0, 40)) - 1, 41, (height, width, 3))
    return np.clip(coarse[rows][:, columns] + grain, 0, 255).astype(np.uint8)


def luma_of(rgb):
    return rgb.astype(np.float32) @ LUMA_WEIGHTS


@given(photographs())
@settings(deadline=None, max_examples=150)
def test_equals_the_reference_implementation(rgb):
    bits, quality = pdqhash.compute(rgb)
    reference = pdq.Pdq(np.packbits(bits.astype(np.uint8)).tobytes(), quality)
    ours = pdq.hash_luma(luma_of(rgb))
    assert abs(ours.quality - quality) <= 1
    if quality >= pdq.MATCH_QUALITY:
        assert ours.distance(reference) <= ROUNDING_BITS


@given(photographs(), st.floats(0.3, 1.0), st.integers(0, 60))
@settings(deadline=None)
def test_brightness_and_contrast_do_not_matter(rgb, contrast, brightness):
    luma = luma_of(rgb)
    one = pdq.hash_luma(luma)
    if one.quality >= pdq.MATCH_QUALITY:
        other = pdq.hash_luma((luma * np.float32(contrast) + brightness).astype(np.float32))
        assert one.distance(other) <= ROUNDING_BITS


@given(photographs())
@settings(deadline=None, max_examples=50)
def test_half_of_the_bits_are_set(rgb):
    """So many coefficients are above their lower median, unless some are equal to it."""
    made = pdq.hash_luma(luma_of(rgb))
    if made.quality >= pdq.MATCH_QUALITY:
        assert int.from_bytes(made.value).bit_count() == 128


@given(st.lists(photographs(), max_size=5))
@settings(deadline=None, max_examples=40)
def test_a_batch_is_its_pictures_one_by_one(pictures):
    lumas = [luma_of(rgb) for rgb in pictures]
    for batched, single in zip(pdq.hash_batch(lumas), map(pdq.hash_luma, lumas), strict=True):
        assert batched.quality == single.quality
        assert batched.distance(single) <= (0 if single.quality >= pdq.MATCH_QUALITY else ROUNDING_BITS)


def test_a_batch_may_be_one_array():
    lumas = np.random.default_rng(1).integers(0, 256, (7, 90, 160), np.uint8)
    assert pdq.hash_batch(lumas) == [pdq.hash_luma(luma) for luma in lumas]


def test_bytes_and_floats_hash_alike():
    luma = np.random.default_rng(2).integers(0, 256, (121, 77), np.uint8)
    assert pdq.hash_luma(luma) == pdq.hash_luma(luma.astype(np.float32))


def test_a_picture_that_is_a_view_hashes_as_its_copy():
    luma = np.random.default_rng(3).integers(0, 256, (240, 320), np.uint8)
    turned = luma[::-1, ::2].T
    assert pdq.hash_luma(turned) == pdq.hash_luma(turned.copy())


@pytest.mark.parametrize("shape", [(4, 900), (900, 4), (0, 0), (1, 1)])
def test_too_small_a_picture_is_refused_with_its_size(shape):
    with pytest.raises(ValueError, match=f"{shape[1]}x{shape[0]} pixels"):
        pdq.hash_luma(np.zeros(shape, np.uint8))


@given(sides, sides, st.integers(0, 255))
@settings(deadline=None, max_examples=40)
def test_maps_keep_what_is_even(height, width, grey):
    """Every row of either map adds up to 1, at the edges too."""
    even = np.full((height, width), grey, np.uint8)
    for small in (shrink.tent(even), shrink.area(even)):
        assert small == pytest.approx(grey, abs=1e-3)


@given(st.integers(64, 300), st.integers(64, 300), st.integers(0, 2**32))
@settings(deadline=None, max_examples=40)
def test_area_means_share_every_pixel_out(height, width, seed):
    """The mean of the 64 x 64 parts is the picture's mean, whatever its size."""
    luma = np.random.default_rng(seed).integers(0, 256, (height, width), np.uint8)
    assert shrink.area(luma).mean() == pytest.approx(luma.mean(), abs=0.01)


def test_distance_counts_bits():
    zero, one = pdq.Pdq(bytes(32), 100), pdq.Pdq(bytes(31) + b"\x81", 100)
    assert (zero.distance(zero), zero.distance(one), one.distance(zero)) == (0, 2, 2)
