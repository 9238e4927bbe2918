"""The sound fingerprint: what it keeps, how it is stored, what it refuses."""

from __future__ import annotations

import struct
import sys
import zlib
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

sys.path.insert(0, str(Path(__file__).parent))
import sounds

from seawall.signals import audio, spectrogram
from seawall.signals.roles import Role


def same(a: audio.Fingerprint, b: audio.Fingerprint) -> bool:
    columns = ("frames", "bands", "qualities", "levels")
    return (a.duration_ms, a.role) == (b.duration_ms, b.role) and all(
        np.array_equal(getattr(a, column), getattr(b, column)) for column in columns
    )


@given(st.lists(st.integers(0, 9000), max_size=60), st.sampled_from(Role))
@settings(max_examples=15, deadline=None)
def test_chunks_make_no_difference(cuts, role):
    samples = sounds.music(40, 1)
    whole = audio.fingerprint([samples], role)
    edges = np.clip(np.cumsum(cuts), 0, len(samples)).astype(int) if cuts else []
    assert same(audio.fingerprint(np.split(samples, edges), role), whole)


def test_peaks_at_a_block_s_edge_are_those_of_the_middle():
    samples = sounds.music(40, 2)
    lead = np.zeros(50 * spectrogram.HOP, np.float32)
    plain, led = (sounds.query(some) for some in (samples, np.concatenate([lead, samples])))
    kept = set(zip(led.frames.astype(int) - 50, led.bands.astype(int), strict=True))
    inside = [
        peak
        for peak in zip(plain.frames.astype(int), plain.bands.astype(int), strict=True)
        if 90 < peak[0] < 1100  # away from both ends, across the border between two blocks
    ]
    assert len(inside) > 600
    assert sum(peak in kept for peak in inside) > 0.99 * len(inside)


def test_a_peak_lies_where_the_note_is():
    time_s = np.arange(3 * sounds.RATE_HZ) / sounds.RATE_HZ
    note = 0.3 * np.sin(2 * np.pi * 1040 * time_s) * np.exp(-(((time_s - 1.5) / 0.05) ** 2))
    made = sounds.query(note.astype(np.float32))
    best = int(made.qualities.argmax())
    assert abs(made.times_s[best] - 1.5) < 0.04
    assert made.bands[best] == 48  # two octaves over the lowest


@pytest.mark.parametrize("role", Role)
def test_no_more_peaks_than_its_role_keeps(role):
    made = audio.fingerprint([sounds.noise(60 * sounds.RATE_HZ, 0.1, 1)], role)
    most = audio.PEAKS_A_SECOND[role]
    frames = made.frames[made.clear]
    in_second = np.searchsorted(frames, frames + audio.RANK_FRAMES) - np.arange(len(frames))
    assert len(frames) > 60 * min(10, most * 0.7)
    assert in_second.max() <= most


@pytest.mark.parametrize(
    "samples",
    [
        np.zeros(80_000, np.float32),
        sounds.noise(80_000, 1e-5, 1),
        (0.3 * np.sin(np.arange(80_000) * 0.3)).astype(np.float32),
        np.zeros(0, np.float32),
        sounds.music(1, 1)[:1000],
    ],
    ids=["silence", "hiss of a converter", "tone", "nothing", "an instant"],
)
def test_sounds_without_a_landmark(samples):
    made = sounds.reference(samples)
    assert not made.usable()
    assert len(made.landmarks().codes) == 0
    assert len(sounds.query(samples).asked(audio.View()).codes) == 0
    assert made.duration_ms == -(-len(samples) * 1000 // sounds.RATE_HZ)


def test_loudness_and_polarity_make_no_difference():
    samples = sounds.music(20, 3)
    plain = sounds.reference(samples)
    assert np.array_equal(sounds.reference(-samples).frames, plain.frames)
    soft = sounds.reference(samples * np.float32(0.2))
    both = set(zip(plain.frames, plain.bands, strict=True)) & set(zip(soft.frames, soft.bands, strict=True))
    assert len(both) > 0.95 * len(plain)


def test_a_query_keeps_what_a_louder_neighbour_hides_from_a_reference():
    time_s = np.arange(4 * sounds.RATE_HZ) / sounds.RATE_HZ
    loud, soft = (
        level * np.sin(2 * np.pi * hz * time_s) * np.exp(-(((time_s - at_s) / 0.03) ** 2))
        for level, hz, at_s in ((0.3, 1040, 2.0), (0.1, 1102, 2.09))
    )
    samples = (loud + soft).astype(np.float32)
    near = [
        {int(band) for band, at_s in zip(made.bands, made.times_s, strict=True) if abs(at_s - 2.05) < 0.1}
        for made in (sounds.reference(samples), sounds.query(samples))
    ]
    assert 48 in near[0] & near[1]
    assert 50 in near[1] - near[0]


def test_faint_peaks_are_a_query_s_alone_and_make_no_landmarks():
    samples = sounds.music(20, 3)
    made, kept = sounds.query(samples), sounds.reference(samples)
    faint = np.setdiff1d(np.arange(len(made)), made.clear)
    assert len(faint) > 20 * 10
    assert (made.qualities[faint] == spectrogram.FAINT).all()
    assert not np.isin(made.asked(audio.View()).peaks, faint).any()
    assert len(kept.clear) == len(kept)


def test_a_peak_under_its_band_s_mean_is_a_faint_one():
    time_s = np.arange(6 * sounds.RATE_HZ) / sounds.RATE_HZ
    loud = 0.3 * np.sin(2 * np.pi * 1040 * time_s) * (np.abs(time_s - 3) > 0.7)
    soft = 0.003 * np.sin(2 * np.pi * 1040 * time_s) * np.exp(-(((time_s - 3) / 0.05) ** 2))
    made = sounds.query((loud + soft + sounds.noise(len(time_s), 1e-4, 1)).astype(np.float32))
    here = np.flatnonzero((np.abs(made.times_s - 3) < 0.04) & (made.bands == 48))
    assert len(here) == 1
    assert made.qualities[here[0]] == spectrogram.FAINT


@pytest.mark.parametrize("level", [0.0, 0.25], ids=["silence", "a constant"])
def test_what_is_level_has_no_faint_peaks(level):
    assert len(sounds.query(np.full(80_000, level, np.float32))) == 0


def test_a_query_asks_for_what_a_reference_of_it_holds():
    samples = sounds.music(20, 4)
    held = sounds.reference(samples).landmarks().codes
    asked = sounds.query(samples).asked(audio.View()).codes
    assert len(held) > 100
    known = {code.tobytes() for code in asked}
    assert sum(code.tobytes() in known for code in held) == len(held)


def test_a_view_moves_pitch():
    samples = sounds.music(20, 5)
    made = sounds.query(samples)
    moved = audio.Fingerprint(
        made.frames, made.bands - 2, made.qualities, made.levels, made.duration_ms, made.role
    )
    inside = made.bands >= 2
    some, others = (
        audio.Fingerprint(
            one.frames[inside],
            one.bands[inside],
            one.qualities[inside],
            one.levels[inside],
            one.duration_ms,
            one.role,
        )
        for one in (made, moved)
    )
    assert np.array_equal(some.asked(audio.View()).codes, others.asked(audio.View(bands=2)).codes)


def test_codes_spread_over_all_bits():
    codes = sounds.reference(sounds.music(60, 6)).landmarks().codes
    assert np.abs(np.unpackbits(codes, axis=1).mean(axis=0) - 0.5).max() < 0.1


@given(st.integers(0, 2**32 - 1), st.integers(0, 300), st.sampled_from(Role))
@settings(max_examples=40, deadline=None)
def test_decode_undoes_encode(seed, count, role):
    rng = np.random.default_rng(seed)
    frames = np.sort(rng.integers(0, 2_000_000, count)).astype(np.uint32)
    bands = rng.integers(0, spectrogram.BANDS, count).astype(np.uint8)
    qualities = rng.integers(0, 101, count).astype(np.uint8)
    levels = rng.integers(0, 256, count).astype(np.uint8)
    made = audio.Fingerprint(frames, bands, qualities, levels, 65_000_000, role)
    assert same(audio.decode(made.encode()), made)


def packed(frames, bands, qualities, *, count=None, duration_ms=10_000, version=3, flags=0, magic=b"SWAF"):
    steps = np.diff(np.array(frames, np.uint32), prepend=np.uint32(0)).astype("<u4").view(np.uint8)
    columns = np.column_stack(
        [
            steps.reshape(-1, 4),
            *(np.array(column, np.uint8) for column in (bands, qualities, [90] * len(bands))),
        ]
    )
    body = zlib.compress(columns.T.tobytes())
    count = len(frames) if count is None else count
    return struct.pack("<4sHHIIQ", magic, version, flags, count, duration_ms, len(body)) + body


def test_the_format_is_as_written_down():
    made = audio.decode(packed([3, 3, 200], [1, 90, 4], [10, 20, 100], flags=1))
    assert made.times_ms.tolist() == [224, 224, 6528]
    assert (made.bands.tolist(), made.role) == ([1, 90, 4], Role.QUERY)
    assert made.levels.tolist() == [90, 90, 90]


@pytest.mark.parametrize(
    "data",
    [
        b"",
        packed([3], [1], [10])[:-1],
        packed([3], [1], [10]) + b"\0",
        packed([3], [1], [10], magic=b"SWVF"),
        packed([3], [1], [10], version=1),
        packed([3], [1], [10], flags=2),
        packed([3], [1], [10], count=2),
        packed([3], [1], [10], count=1 << 31),
        packed([3], [92], [10]),
        packed([3], [1], [101]),
        packed([400], [1], [10]),
        packed([5, 3], [1, 1], [10, 10]),
        struct.pack("<4sHHIIQ", b"SWAF", 2, 0, 1, 10_000, 6) + b"nozlib",
        struct.pack("<4sHHIIQ", b"SWAF", 2, 0, 1 << 21, 10_000, 64) + zlib.compress(bytes(50_000_000))[:64],
    ],
)
def test_what_is_no_fingerprint_is_refused(data):
    with pytest.raises(ValueError, match="fingerprint"):
        audio.decode(data)


@given(st.binary(max_size=80), st.integers(0, 400))
@settings(max_examples=60, deadline=None)
def test_damage_is_refused_or_harmless(noise, at):
    data = sounds.reference(sounds.music(3, 7)).encode()
    damaged = data[:at] + noise + data[at + len(noise) :]
    try:
        made = audio.decode(damaged)
    except ValueError:
        return
    assert len(made.frames) == len(made.bands) == len(made.qualities)
