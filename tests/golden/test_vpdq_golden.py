"""Frame by frame, our hashes of videos are vPDQ's, and Seawall's own luma changes next to nothing."""

from dataclasses import dataclass

import numpy as np
import pytest

from seawall import media
from seawall.signals import pdq, video, vpdq

NAMES = (
    "chair-19-sd-bar",
    "chair-20-sd-bar",
    "chair-22-sd-grey-bar",
    "chair-22-sd-sepia-bar",
    "chair-22-with-large-logo-bar",
    "chair-22-with-small-logo-bar",
    "chair-orig-22-sd-bar",
    "doorknob-hd-no-bar",
    "pattern-hd-no-bar",
    "pattern-longer-no-bar",
    "pattern-sd-grey-bar",
    "pattern-sd-with-large-logo-bar",
    "pattern-sd-with-small-logo-bar",
    "test-padded-dimensions",
)
STEP = 5  #: every frame is decoded, every fifth is hashed
CLEAR = pdq.MATCH_QUALITY
TIMES_WITHIN_S = 0.001
QUALITY_WITHIN = 1
#: The two decoders' colour conversions differ by parts of a grey level. That moves no more bits than
#: this, but for one file whose frames are dark and nearly flat.
WITHIN_BITS = 6
DARK, DARK_WITHIN_BITS = "doorknob-hd-no-bar", 22
#: how far hashes of the decoder's luma plane lie from those of its red, green and blue
PLANE_MEAN_BITS, PLANE_WITHIN_BITS = 2.0, 10
DARK_PLANE_MEAN_BITS, DARK_PLANE_WITHIN_BITS = 8.0, 24


@dataclass(frozen=True)
class Compared:
    frames: int
    expected_frames: int
    bits: np.ndarray  #: of clear frames, ours to theirs
    plane_bits: np.ndarray  #: of clear frames, those of our luma plane to theirs
    quality: np.ndarray  #: ours less theirs
    times_s: np.ndarray  #: ours less theirs


def theirs(conformance_dir, name):
    lines = (conformance_dir / "vpdq" / f"{name}.txt").read_text().split()
    rows = [line.split(",") for line in lines]
    return [(pdq.Pdq(bytes.fromhex(code), int(quality)), float(time_s)) for _, quality, code, time_s in rows]


@pytest.fixture(scope="module", params=NAMES)
def compared(request, conformance_dir):
    expected = theirs(conformance_dir, request.param)
    bits, plane_bits, quality, times_s = [], [], [], []
    count = 0
    with media.open(conformance_dir / "video" / f"{request.param}.mp4") as opened:
        for frame in opened.frames(source=media.LumaSource.RGB):
            count += 1
            if frame.number % STEP or frame.number >= len(expected):
                continue
            hashed, (reference, time_s) = pdq.hash_luma(frame.luma()), expected[frame.number]
            quality.append(hashed.quality - reference.quality)
            times_s.append(frame.time_s - time_s)
            if reference.quality >= CLEAR:
                bits.append(hashed.distance(reference))
                plane_bits.append(pdq.hash_luma(frame.pixels.plane()).distance(reference))
    assert len(bits) >= 10
    made = Compared(count, len(expected), *map(np.array, (bits, plane_bits, quality, times_s)))
    return request.param, made


def test_there_are_as_many_frames(compared):
    _, made = compared
    assert made.frames == made.expected_frames


def test_clear_frames_have_their_hashes(compared):
    name, made = compared
    assert made.bits.max() <= (DARK_WITHIN_BITS if name == DARK else WITHIN_BITS)


def test_qualities_are_theirs(compared):
    name, made = compared
    assert np.abs(made.quality).max() <= QUALITY_WITHIN
    if name != DARK:
        assert (made.quality == 0).mean() > 0.95


def test_times_are_theirs(compared):
    _, made = compared
    assert np.abs(made.times_s).max() <= TIMES_WITHIN_S


def test_the_luma_plane_hashes_like_the_colours(compared):
    name, made = compared
    dark = name == DARK
    assert made.plane_bits.mean() <= (DARK_PLANE_MEAN_BITS if dark else PLANE_MEAN_BITS)
    assert made.plane_bits.max() <= (DARK_PLANE_WITHIN_BITS if dark else PLANE_WITHIN_BITS)


def test_the_fingerprint_for_lists_holds_every_frame(conformance_dir):
    name = "pattern-sd-grey-bar"
    expected = theirs(conformance_dir, name)
    with media.open(conformance_dir / "video" / f"{name}.mp4") as opened:
        made = vpdq.every_frame(opened)
    assert len(made) == len(expected)
    assert made.pdq is None
    assert made.times_s == pytest.approx([time_s for _, time_s in expected], abs=TIMES_WITHIN_S)
    apart = np.bitwise_count(
        made.codes ^ np.stack([np.frombuffer(one.value, np.uint8) for one, _ in expected])
    )
    assert apart.sum(axis=1)[made.qualities >= CLEAR].max() <= WITHIN_BITS
    assert video.decode(made.encode()).codes.tobytes() == made.codes.tobytes()
