"""Presentation times and orientations, apart from any decoder."""

from __future__ import annotations

import itertools
import struct

import numpy as np
import pytest
from hypothesis import given, strategies as st

from seawall.media import orient
from seawall.media.damage import Damage
from seawall.media.timeline import Timeline

PERIOD_S = 0.04


def placed(
    stamps: list[float | None], start_s: float | None = None, *, restarts: bool = False
) -> list[float]:
    line = Timeline(start_s, PERIOD_S, restarts=restarts)
    return [line.place(stamp) for stamp in stamps]


def test_stamps_count_from_the_start_of_the_file() -> None:
    assert placed([1.4, 1.44, 1.52], 1.4) == pytest.approx([0, 0.04, 0.12])
    assert placed([1.8, 1.84], 1.4) == pytest.approx([0.4, 0.44])  # sound came first
    assert placed([7.0, 7.5]) == pytest.approx([0, 0.5])
    assert placed([-0.5, 0.0], 0.0) == pytest.approx([0, 0.5])  # the file's start was no frame's


def test_without_stamps_the_rate_gives_the_times() -> None:
    assert placed([None, None, None]) == pytest.approx([0, 0.04, 0.08])
    assert placed([None, None, 9.0, None]) == pytest.approx([0, 0.04, 0.08, 0.12])


def test_a_long_pause_stays_a_pause() -> None:
    assert placed([0.0, 3000.0]) == [0.0, 3000.0]


def test_a_broadcast_that_counts_anew_goes_on() -> None:
    assert placed([100.0, 100.04, 5.0, 5.04], restarts=True) == pytest.approx([0, 0.04, 0.08, 0.12])
    assert placed([100.0, 100.04, 9000.0, 9000.04], restarts=True) == pytest.approx([0, 0.04, 0.08, 0.12])


def test_one_wrong_stamp_moves_no_other() -> None:
    times = placed([0.0, 0.04, 0.04, 0.12])
    assert times[2] > times[1]
    assert times[3] == pytest.approx(0.12)


@given(st.lists(st.none() | st.floats(-1e5, 1e5), min_size=2, max_size=40), st.booleans())
def test_times_start_at_or_after_zero_and_always_grow(stamps: list[float | None], restarts: bool) -> None:
    times = placed(stamps, restarts=restarts)
    assert times[0] == 0
    assert all(before < after for before, after in itertools.pairwise(times))


def test_stamps_of_decoding_take_over_where_the_others_are_out_of_order() -> None:
    line = Timeline(0.0, PERIOD_S, restarts=False)
    shown = [0.04, 0.16, 0.12, 0.08, 0.20, 0.32, 0.28]
    decoded = [0.04 * number for number in range(1, 8)]
    times = [line.place(one, other) for one, other in zip(shown, decoded, strict=True)]
    assert times[4:] == pytest.approx(decoded[4:])


def test_stamps_of_decoding_do_not_shift_sound_ones() -> None:
    line = Timeline(0.0, PERIOD_S, restarts=False)
    times = [line.place(number * 0.04, number * 0.04 - 0.08) for number in range(5)]
    assert times == pytest.approx([0, 0.04, 0.08, 0.12, 0.16])


def matrix(a: float, b: float, c: float, d: float) -> bytes:
    words = [round(value * 65536) for value in (a, b, 0, c, d, 0, 0, 0)]
    return struct.pack("=9i", *words, 1 << 30)


@pytest.mark.parametrize(
    ("values", "expected"),
    [
        ((1, 0, 0, 1), orient.Orientation()),
        ((0, 1, -1, 0), orient.Orientation(quarter_turns=3)),  # a quarter turn clockwise
        ((-1, 0, 0, -1), orient.Orientation(quarter_turns=2)),
        ((0, -1, 1, 0), orient.Orientation(quarter_turns=1)),
        ((-1, 0, 0, 1), orient.Orientation(mirrored=True)),
        ((1, 0, 0, -1), orient.Orientation(mirrored=True, quarter_turns=2)),
        ((0.998, 0.05, -0.05, 0.998), orient.Orientation()),
        ((0, 0, 0, 0), orient.Orientation()),
    ],
)
def test_display_matrices(values: tuple[float, float, float, float], expected: orient.Orientation) -> None:
    assert orient.from_display_matrix(matrix(*values)) == expected


@given(st.booleans(), st.integers(0, 3))
def test_a_matrix_moves_pixels_as_its_numbers_say(mirrored: bool, quarter_turns: int) -> None:
    stored = np.arange(6).reshape(2, 3)
    upright = orient.Orientation(mirrored, quarter_turns).apply(stored)
    a, b, c, d = next(
        values
        for values in itertools.product((-1, 0, 1), repeat=4)
        if abs(values[0] * values[3] - values[1] * values[2]) == 1
        and 0 in values
        and orient.from_display_matrix(matrix(*values)) == orient.Orientation(mirrored, quarter_turns)
        and sorted(map(abs, values)) == [0, 0, 1, 1]
    )
    points = {(a * x + c * y, b * x + d * y): stored[y, x] for y in range(2) for x in range(3)}
    left, top = min(x for x, _ in points), min(y for _, y in points)
    assert all(upright[y - top, x - left] == value for (x, y), value in points.items())


def test_bytes_that_are_no_matrix_turn_nothing() -> None:
    assert orient.from_display_matrix(b"short") == orient.UPRIGHT


def test_what_is_no_exif_orientation_turns_nothing() -> None:
    assert all(orient.from_exif(value) == orient.UPRIGHT for value in (None, 0, 9, "6", 6.5, (6,)))


def test_a_shortfall_within_the_slack_is_no_damage() -> None:
    damage = Damage()
    damage.read_s = 99.0
    damage.end((99.0, 100.0), slack_s=0.1)
    assert damage.partial() is None
    damage.end((97.0, 100.0), slack_s=0.1)
    partial = damage.partial()
    assert partial is not None
    assert (partial.read_s, partial.expected_s, partial.damaged_packets) == (99.0, 100.0, 0)


def test_refused_packets_are_counted_with_the_first_reason() -> None:
    damage = Damage()
    damage.refuse("bad header")
    damage.refuse("other")
    partial = damage.partial()
    assert partial is not None
    assert partial.damaged_packets == 2
    assert "bad header" in partial.reason
