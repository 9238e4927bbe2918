"""PDQ against the reference implementation, against itself, and where it must say no."""

import numpy as np
import pdqhash
import pytest
from hypothesis import given, settings, strategies as st

from seawall.signals import pdq, shrink

LUMA_WEIGHTS = np.array([0.299, 0.587, 0.114], np.float32)
#: A coefficient this close to the median falls to either side by a float's last digits. Pictures of
#: few pixels have many such, being made of a few rows again and again.
ROUNDING = 0.01

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


def certain(luma):
    """(256,) of the hash's bits, first bit first: whether their coefficient is clear of the median."""
    sixty_four = np.arange(64)
    dct = np.cos(np.pi / 128 * np.arange(1, 17)[:, None] * (2 * sixty_four + 1)) * np.sqrt(2 / 64)
    coefficients = (dct @ shrink.tent(luma).astype(np.float64) @ dct.T).ravel()
    return np.abs(coefficients - np.sort(coefficients)[127])[::-1] > ROUNDING


def apart(one, other):
    """(256,) which bits differ."""
    return np.unpackbits(np.frombuffer(one.value, np.uint8) ^ np.frombuffer(other.value, np.uint8)).astype(
        bool
    )


@given(photographs())
@settings(deadline=None, max_examples=150)
def test_equals_the_reference_implementation(rgb):
    bits, quality = pdqhash.compute(rgb)
    reference = pdq.Pdq(np.packbits(bits.astype(np.uint8)).tobytes(), quality)
    ours = pdq.hash_luma(luma_of(rgb))
    assert abs(ours.quality - quality) <= 1
    if quality >= pdq.MATCH_QUALITY:
        assert not np.any(apart(ours, reference) & certain(luma_of(rgb)))


@given(photographs(), st.floats(0.3, 1.0), st.integers(0, 60))
@settings(deadline=None)
def test_brightness_and_contrast_do_not_matter(rgb, contrast, brightness):
    luma = luma_of(rgb)
    one = pdq.hash_luma(luma)
    if one.quality >= pdq.MATCH_QUALITY:
        other = pdq.hash_luma((luma * np.float32(contrast) + brightness).astype(np.float32))
        assert not np.any(apart(one, other) & certain(luma))


@given(photographs())
@settings(deadline=None, max_examples=50)
def test_half_of_the_bits_are_set(rgb):
    """So many coefficients are above their lower median, unless some are equal to it."""
    luma = luma_of(rgb)
    made = pdq.hash_luma(luma)
    if certain(luma).sum() >= 255:  # all but the median itself
        assert int.from_bytes(made.value).bit_count() == 128


@given(st.lists(photographs(), max_size=5))
@settings(deadline=None, max_examples=40)
def test_a_batch_is_its_pictures_one_by_one(pictures):
    lumas = [luma_of(rgb) for rgb in pictures]
    for batched, single in zip(pdq.hash_batch(lumas), map(pdq.hash_luma, lumas), strict=True):
        assert batched == single


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
