"""Whatever is cut and spliced: segments stay inside, never overlap and never run backwards."""

import sys
from pathlib import Path

import numpy as np
from hypothesis import given, settings, strategies as st

sys.path.insert(0, str(Path(__file__).parents[1] / "unit"))
import moments

ROUNDED_S = 0.0011
STEP_S = 0.25
FRAME_S = 1 / moments.FPS
FOOTAGE = moments.moving(12, 1)


def check_matches(matches, query, durations_s):
    for match in matches:
        assert 0 <= match.score <= 1
        assert 0 <= match.coverage_query <= 1
        assert 0 <= match.coverage_reference <= 1
        assert set(match.parts.values()) == {match.score}
        assert match.segments
        end_s = 0.0
        for one in match.segments:
            assert 0 <= one.query_start_s <= one.query_end_s <= query.duration_s + ROUNDED_S
            assert 0 <= one.reference_start_s <= one.reference_end_s
            assert one.reference_end_s <= durations_s[match.reference] + ROUNDED_S
            assert one.query_start_s >= end_s - ROUNDED_S
            end_s = one.query_end_s
            assert 0.4 < one.speed < 2.2
            assert 0 <= one.score <= match.score + 1e-4


@st.composite
def parts(draw):
    """A stretch of the reference at some speed, of other footage, or of one standing picture."""
    length_s = draw(st.integers(1, 150)) * FRAME_S
    start_s = draw(st.integers(0, 200)) * FRAME_S
    kind = draw(st.sampled_from(["copy", "copy", "noisy", "fast", "other", "standing"]))
    seed = draw(st.integers(2, 1000))
    if kind == "other":
        return moments.moving(length_s, seed)
    if kind == "standing":
        return FOOTAGE.at(np.full(round(length_s / FRAME_S), round(start_s / FRAME_S)))
    speed = draw(st.sampled_from([0.5, 0.7, 1.4, 2.0])) if kind == "fast" else 1.0
    shown = FOOTAGE.part(start_s, min(start_s + length_s, FOOTAGE.duration_s), speed)
    return moments.noisy(shown, draw(st.integers(0, 40)), seed) if kind == "noisy" else shown


@given(st.lists(parts(), min_size=1, max_size=5), st.integers(0, 40), st.integers(0, 2**32))
@settings(deadline=None, max_examples=120)
def test_segments_make_sense_whatever_is_spliced(spliced, flat, seed):
    footage = moments.play(*spliced)
    random = np.random.default_rng(seed)
    qualities = footage.qualities.copy()
    qualities[random.integers(0, len(footage), flat)] = 0
    query = moments.query(moments.Footage(footage.codes, footage.thumbs, qualities))
    bank = moments.Bank()
    stills = {"still": moments.still(FOOTAGE, 5.0), "moving": moments.reference(FOOTAGE)}
    for name, fingerprint in stills.items():
        bank.add(name, fingerprint)
    check_matches(bank.search(query), query, {name: one.duration_s for name, one in stills.items()})


@given(st.integers(0, 60), st.integers(60, 300), st.integers(0, 200), st.integers(0, 60), st.integers(0, 20))
@settings(deadline=None, max_examples=60)
def test_a_copy_is_found_where_it_was_put_to_half_a_step_of_the_query(before, length, start, after, bits):
    start_s, end_s = start * FRAME_S, min((start + length) * FRAME_S, FOOTAGE.duration_s)
    lead = moments.moving(before * FRAME_S, 2)
    shown = moments.noisy(FOOTAGE.part(start_s, end_s), bits, 3)
    query = moments.query(moments.play(lead, shown, moments.moving(after * FRAME_S, 4)))
    (match,) = moments.bank_of(known=FOOTAGE).search(query)
    (segment,) = match.segments
    # A copy that nearly begins or ends where the reference does is taken to do just that.
    near_start_s, near_end_s = (
        (STEP_S if left_out_s < STEP_S else STEP_S / 2) + FRAME_S + ROUNDED_S
        for left_out_s in (start_s, FOOTAGE.duration_s - end_s)
    )
    assert abs(segment.query_start_s - lead.duration_s) <= near_start_s
    assert abs(segment.query_end_s - lead.duration_s - shown.duration_s) <= near_end_s
    offset_s = segment.reference_start_s - segment.query_start_s
    assert abs(offset_s - (start_s - lead.duration_s)) <= 0.1
