"""Codes and thumbs of turned pictures, made without the picture, are those that the turned picture has."""

from __future__ import annotations

import itertools
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, strategies as st

sys.path.insert(0, str(Path(__file__).parent.parent / "unit"))
import scenery

from seawall.signals import pdq, shrink, thumb, turns, video


def shown(luma, turn):
    luma = luma.T if turn.transposed else luma
    luma = luma[:, ::-1] if turn.mirrored else luma
    luma = 255 - luma if turn.negative else luma
    return np.ascontiguousarray(luma[::-1] if turn.flipped else luma)


@given(seed=st.integers(0, 10_000), turn=st.sampled_from((*turns.ALL, turns.NEGATIVE)))
def test_a_turned_picture_has_the_turned_code_and_thumb(seed, turn):
    luma = scenery.picture(seed, 90, 160)
    made, truth = turns.turned(video.still(luma), turn), video.still(shown(luma, turn))
    assert np.bitwise_count(made.codes ^ truth.codes).sum() <= pdq.MATCH_BITS + 8
    assert np.abs(made.thumbs - truth.thumbs).max() <= 1


@given(seed=st.integers(0, 10_000))
def test_eight_turns_and_a_negative_are_all_different(seed):
    means = shrink.area(scenery.picture(seed, 90, 160))
    code = np.frombuffer(pdq.hash_small(means).value, np.uint8)[None]
    made = [turns.codes(code, turn)[0] for turn in (turns.NONE, *turns.ALL, turns.NEGATIVE)]
    for one, other in itertools.combinations(made, 2):
        assert np.bitwise_count(one ^ other).sum() > pdq.MATCH_BITS


@given(codes=st.binary(min_size=64, max_size=64), turn=st.sampled_from(turns.ALL))
def test_a_turn_and_its_undoing_change_nothing(codes, turn):
    whole = np.frombuffer(codes, np.uint8).reshape(2, 32)
    undone = turn
    if turn.transposed:  # a quarter turn is undone by the other one
        undone = turns.Turn(transposed=True, mirrored=turn.flipped, flipped=turn.mirrored)
    assert (turns.codes(turns.codes(whole, turn), undone) == whole).all()
    thumbs = np.arange(2 * thumb.PIXELS, dtype=np.int16).reshape(2, -1)
    assert (turns.thumbs(turns.thumbs(thumbs, turn), undone) == thumbs).all()


@pytest.mark.parametrize(
    ("quarters", "words"), [(1, ("rotate:-90",)), (2, ("rotate:180",)), (3, ("rotate:90",))]
)
def test_what_was_done_is_told(quarters, words):
    """`np.rot90` turns against the clock; the turn that undoes it tells what was done."""
    luma = scenery.picture(1, 90, 90)
    edited = np.rot90(luma, quarters)
    (undoing,) = [turn for turn in turns.ALL if (shown(edited, turn) == luma).all()]
    assert undoing.words == words
    (mirrored,) = [turn for turn in turns.ALL if (shown(edited[:, ::-1], turn) == luma).all()]
    assert mirrored.words[0] == "mirror"
