"""A fingerprint survives being stored, and damaged or hostile bytes are refused, cheaply."""

import struct
import sys
import tracemalloc
import zlib
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))
import moments

from seawall.signals import pdq, roles, shrink, thumb, video

HEADER = struct.Struct("<4sHHIIQ")
ROOM_BYTES = 4 << 20  #: what refusing a few bytes may take


@st.composite
def fingerprints(draw):
    random = np.random.default_rng(draw(st.integers(0, 2**32)))
    count = draw(st.integers(0, 40))
    steps = random.integers(1, draw(st.sampled_from([2, 50, 90_000_000])), count, np.uint64)
    times = np.cumsum(steps).astype(np.uint32)
    hashes = [
        video.Hashes(random.integers(0, 256, (count, 32), np.uint8), random.integers(0, 101, count, np.uint8))
        for _ in range(2)
    ]
    thumbs = random.integers(0, 1021, (count, thumb.PIXELS)).astype(np.int16)
    listed = draw(st.booleans())
    return video.Fingerprint(
        times,
        hashes[0].codes,
        hashes[0].qualities,
        None if listed else thumbs,
        None if listed else hashes[1],
        (int(times[-1]) if count else 0) + draw(st.integers(0, 5000)),
    )


def columns(one):
    own = [one.times_ms, one.codes, one.qualities]
    more = [] if one.pdq is None else [one.thumbs, one.pdq.codes, one.pdq.qualities]
    return [(column.dtype.str, column.shape, column.tobytes()) for column in own + more]


def check_valid(one):
    """What everything that works on fingerprints takes for granted."""
    assert np.all(np.diff(one.times_ms.astype(np.int64)) >= 0)
    assert len(one) == 0 or one.times_ms[-1] <= one.duration_ms
    assert one.codes.shape == (len(one), pdq.CODE_BYTES)
    assert np.all(one.qualities <= 100)
    assert (one.thumbs is None) == (one.pdq is None)


@given(fingerprints())
@settings(deadline=None)
def test_what_is_stored_comes_back(one):
    back = video.decode(one.encode())
    assert columns(back) == columns(one)
    assert (back.duration_ms, back.is_still) == (one.duration_ms, one.is_still)
    assert back.encode() == one.encode()


@given(fingerprints(), st.data())
@settings(deadline=None)
def test_every_truncation_is_refused(one, data):
    whole = one.encode()
    with pytest.raises(ValueError, match="fingerprint"):
        video.decode(whole[: data.draw(st.integers(0, len(whole) - 1))])


@given(fingerprints(), st.data())
@settings(deadline=None, max_examples=200)
def test_turned_bits_are_refused_or_leave_something_valid(one, data):
    damaged = bytearray(one.encode())
    for bit in data.draw(st.lists(st.integers(0, len(damaged) * 8 - 1), min_size=1, max_size=4)):
        damaged[bit // 8] ^= 1 << (bit % 8)
    try:
        check_valid(video.decode(bytes(damaged)))
    except ValueError:
        return


@given(st.binary(max_size=200), st.integers(0, 2**32 - 1), st.integers(0, 2**32 - 1), st.integers(0, 1))
@settings(deadline=None)
def test_any_body_behind_a_header_is_refused_or_valid(body, count, duration_ms, flags):
    for packed in (body, zlib.compress(body)):
        try:
            check_valid(
                video.decode(HEADER.pack(b"SWVF", 1, flags, count, duration_ms, len(packed)) + packed)
            )
        except ValueError:
            continue


@pytest.mark.parametrize("count", [1 << 20, (1 << 21), (1 << 24), (1 << 32) - 1])
def test_a_header_cannot_make_a_tiny_body_take_memory(count):
    body = zlib.compress(bytes(100))
    hostile = HEADER.pack(b"SWVF", 1, 0, count, 0, len(body)) + body
    tracemalloc.start()
    with pytest.raises(ValueError, match="fingerprint"):
        video.decode(hostile)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < ROOM_BYTES


def test_a_body_that_swells_stops_at_what_its_header_says():
    body = zlib.compress(bytes(64 << 20), 9)
    hostile = HEADER.pack(b"SWVF", 1, 0, 3, 0, len(body)) + body
    tracemalloc.start()
    with pytest.raises(ValueError, match="another length"):
        video.decode(hostile)
    _, peak_bytes = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert peak_bytes < ROOM_BYTES


def body_of(steps_ms, quality=50):
    count = len(steps_ms)
    return np.array(steps_ms, "<u4").tobytes() + bytes([quality]) * count + bytes(32 * count)


@pytest.mark.parametrize(
    ("steps_ms", "quality"), [([0, 2**32 - 1, 5], 50), ([0, 10, 10**6], 50), ([0, 10], 101)]
)
def test_times_that_go_back_or_beyond_the_end_and_false_qualities_are_refused(steps_ms, quality):
    body = zlib.compress(body_of(steps_ms, quality))
    with pytest.raises(ValueError, match="fingerprint"):
        video.decode(HEADER.pack(b"SWVF", 1, 1, len(steps_ms), 1000, len(body)) + body)


def test_a_body_with_more_behind_it_is_refused():
    body = zlib.compress(body_of([0, 10])) + b"more"
    with pytest.raises(ValueError, match="fingerprint"):
        video.decode(HEADER.pack(b"SWVF", 1, 1, 2, 1000, len(body)) + body)


@given(st.integers(0, 2**32), st.integers(0, 20), st.integers(0, 30))
@settings(deadline=None, max_examples=40)
def test_every_usable_moment_stands_behind_an_indexed_one(seed, walk_bits, low):
    random = np.random.default_rng(seed)
    footage = moments.moving(6, seed, walk_bits)
    footage.qualities[random.integers(0, len(footage), low * 4)] = video.MIN_QUALITY - 1
    one = moments.reference(footage)
    indexed = one.indexed()
    assert np.all(np.diff(indexed) > 0)
    assert np.all(one.usable()[indexed])
    for moment in np.flatnonzero(one.usable()):
        last = indexed[indexed <= moment][-1]
        assert (
            np.bitwise_count(one.codes[moment] ^ one.codes[last]).sum() < video.DENSE_BITS or last == moment
        )
        assert one.times_s[moment] - one.times_s[last] < video.INDEX_GAP_S or last == moment


@dataclass(frozen=True)
class Shown:
    time_s: float
    shown: np.ndarray

    def luma(self):
        return self.shown


def blobs(seed, height, width, at_s=0.0):
    """A smooth picture that slowly changes, drawn at any size."""
    random = np.random.default_rng(seed)
    rows, columns = np.mgrid[0 : 1 : height * 1j, 0 : 1 : width * 1j]
    drawn = np.zeros((height, width))
    for _ in range(12):
        (y, x), (turn, wide) = random.random(2), random.random(2)
        y, x = y + 0.05 * np.sin(at_s + 6 * turn), x + 0.05 * np.cos(at_s * (1 + turn))
        drawn += np.exp(-((rows - y) ** 2 + (columns - x) ** 2) / (0.01 + 0.04 * wide))
    return np.rint(drawn / drawn.max() * 255).astype(np.uint8)


@given(st.integers(0, 1000), st.integers(64, 300), st.integers(64, 300))
@settings(deadline=None, max_examples=12)
def test_thumbs_hardly_change_with_size(seed, height, width):
    large, small = blobs(seed, 240, 320), blobs(seed, height, width)
    one, other = (thumb.thumb(shrink.area(luma))[None] for luma in (large, small))
    assert thumb.correlation(one, other)[0] > 0.99
    assert thumb.correlation(one, (one * 0.5 + 80).astype(np.int16))[0] > 0.99
    assert thumb.mean_square_difference(one[0], other)[0] < 25


def test_a_picture_without_contrast_correlates_with_nothing():
    flat = np.full((1, thumb.PIXELS), 400, np.int16)
    assert thumb.correlation(flat, flat)[0] == 0


@pytest.mark.parametrize("role", list(roles.Role))
@given(st.integers(0, 1000), st.sampled_from([2.0, 12.5, 30.0, 60.0]))
@settings(deadline=None, max_examples=8)
def test_moments_rise_and_lie_within_the_duration(role, seed, fps):
    frames = [Shown(number / fps, blobs(seed, 80, 100, number / fps)) for number in range(int(1.4 * fps))]
    made = video.fingerprint(frames, role)
    check_valid(made)
    assert np.all(np.diff(made.times_ms.astype(np.int64)) > 0)
    assert made.times_ms[0] == 0
    assert made.duration_s == pytest.approx(len(frames) / fps, abs=0.002)
    longest_s = video.DENSE_GAP_S if role is roles.Role.REFERENCE else video.SPARSE_GAP_S
    assert np.diff(made.times_s).max() <= longest_s + 1 / fps + 0.002
    assert columns(video.decode(made.encode())) == columns(made)


def test_footage_without_frames_has_no_moments():
    made = video.fingerprint([], roles.Role.QUERY)
    assert (len(made), len(made.indexed()), len(video.decode(made.encode()))) == (0, 0, 0)
