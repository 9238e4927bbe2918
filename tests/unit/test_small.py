"""The small pictures that leave the decoding process: which frames they are, and that nothing else passes."""

import cv2
import numpy as np
import pytest
from PIL import Image

from seawall import media
from seawall.signals import compute, learned, pdq, small

SIDE_PX = 64


class Frame:
    """A frame whose picture is one grey, and which counts how often it was asked for it."""

    asked = 0

    def __init__(self, grey: int) -> None:
        self.grey = grey

    def rgb(self) -> np.ndarray:
        Frame.asked += 1
        return np.full((48, 80, 3), self.grey, np.uint8)


def code(number: int, quality: int = 100) -> pdq.Pdq:
    return pdq.Pdq(np.random.default_rng(number).bytes(32), quality)


def gathered(moments, side_px=SIDE_PX):
    """moments: (time, grey, code) of each frame that is looked at."""
    gallery = small.Gallery(side_px)
    passing = gallery.passing(Frame(grey) for _, grey, _ in moments)
    for _, (time_s, _, seen) in zip(passing, moments, strict=False):
        gallery.take(time_s, seen)
    return gallery.gathered()


def test_one_picture_every_two_seconds_and_no_others_are_made():
    Frame.asked = 0
    made = gathered([(at / 4, at, code(1)) for at in range(40)])
    assert made.times_ms.tolist() == [0, 2000, 4000, 6000, 8000]
    assert made.pictures.shape == (5, SIDE_PX, SIDE_PX, 3)
    assert made.pictures[:, 0, 0, 0].tolist() == [0, 8, 16, 24, 32]
    assert Frame.asked == 5


def test_another_shot_is_taken_early_but_flicker_is_not():
    cut = gathered([(at / 4, at, code(1 if at < 5 else 2)) for at in range(8)])
    assert cut.times_ms.tolist() == [0, 1250]
    flicker = gathered([(at / 4, at, code(at)) for at in range(8)])
    assert np.diff(flicker.times_ms).min() == 500


def test_a_flat_frame_is_never_kept():
    assert gathered([(at, at, code(at, quality=4)) for at in range(8)]) is None


def test_a_long_file_is_thinned_out_to_the_end(monkeypatch):
    monkeypatch.setattr(small, "MOST", 8)
    made = gathered([(at, at % 256, code(1)) for at in range(100)])
    assert len(made.times_ms) <= 8
    assert set(np.diff(made.times_ms)) == {16_000}
    assert made.times_ms[-1] >= 84_000


def test_where_pictures_are_large_there_are_fewer(monkeypatch):
    monkeypatch.setattr(small, "MOST_BYTES", 4 * SIDE_PX * SIDE_PX * 3)
    assert len(gathered([(at * 2, at, code(1)) for at in range(4)]).times_ms) == 4
    assert len(gathered([(at * 2, at, code(1)) for at in range(5)]).times_ms) == 3


def test_what_the_decoding_process_says_is_checked():
    pictures = np.zeros((2, SIDE_PX, SIDE_PX, 3), np.uint8)
    times_ms = np.array([0, 2000], np.uint32)
    good = small.checked(pictures, times_ms, SIDE_PX)
    assert (good.pictures.shape, good.times_ms.tolist()) == (pictures.shape, [0, 2000])
    many = small.MOST + 1
    for wrong in (
        (pictures, times_ms[::-1], SIDE_PX),
        (pictures, times_ms[:1], SIDE_PX),
        (pictures, times_ms.astype(np.int64), SIDE_PX),
        (pictures, [0, 2000], SIDE_PX),
        (pictures[:0], times_ms[:0], SIDE_PX),
        (pictures, times_ms, 32),
        (np.zeros((many, 1, 1, 3), np.uint8), np.arange(many, dtype=np.uint32), 1),
        (None, None, SIDE_PX),
    ):
        with pytest.raises(ValueError, match="small pictures"):
            small.checked(*wrong)


def test_a_still_is_one_picture():
    rgb = np.random.default_rng(1).integers(0, 256, (90, 40, 3), np.uint8)
    made = small.still(rgb, SIDE_PX)
    assert made.times_ms.tolist() == [0]
    assert np.array_equal(made.pictures[0], learned.prepared(rgb, SIDE_PX))


def test_pictures_cross_to_the_asking_process_only_where_they_are_asked_for(tmp_path):
    path = tmp_path / "picture.png"
    grain = np.random.default_rng(1).integers(0, 256, (9, 12, 3), np.uint8)
    rgb = cv2.resize(grain, (160, 120), interpolation=cv2.INTER_CUBIC)
    Image.fromarray(rgb).save(path)
    with media.open(path) as opened:
        plain = compute.in_sandbox(opened, role="query")
        asked = compute.in_sandbox(opened, role="query", learned_px=SIDE_PX)
    assert plain["small"] is None
    assert compute.parse(plain, SIDE_PX).small_pictures is None
    crossed = compute.parse(asked, SIDE_PX)
    assert np.array_equal(crossed.small_pictures.pictures[0], learned.prepared(rgb, SIDE_PX))
    assert crossed.signals() == compute.parse(plain).signals()
    with pytest.raises(ValueError, match="small pictures"):
        compute.parse(asked)


def test_a_flat_picture_is_not_described(tmp_path):
    path = tmp_path / "flat.png"
    Image.fromarray(np.full((120, 160, 3), 90, np.uint8)).save(path)
    with media.open(path) as opened:
        assert compute.in_sandbox(opened, role="query", learned_px=SIDE_PX)["small"] is None
