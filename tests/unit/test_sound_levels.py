"""What the levels of peaks tell: one gain for all that is met."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

sys.path.insert(0, str(Path(__file__).parent))
import sounds

from seawall.bench import audio_edits
from seawall.matching import sound_levels, sound_runs
from seawall.matching.sound_lines import Line
from seawall.signals import audio

LEVELS = st.lists(st.integers(0, 255), min_size=1, max_size=12)


@given(LEVELS, st.data())
@settings(max_examples=60, deadline=None)
def test_the_gain_is_the_one_that_most_agree_on(levels, data):
    rows = data.draw(
        st.lists(st.lists(st.integers(0, 255), min_size=len(levels), max_size=len(levels)), max_size=4)
    )
    heard = np.array(rows, np.uint8).reshape(-1, len(levels))
    window = range(sound_levels.WINDOW_DB)
    wanted = [
        max(
            sum(there > 0 and there - here - gain in window for there, here in zip(row, levels, strict=True))
            for gain in range(-258, 256)
        )
        for row in rows
    ]
    assert sound_levels._agreeing(np.array(levels, np.uint8), heard).tolist() == wanted


@pytest.fixture(scope="module")
def met():
    """Levels of 60 peaks, and of what meets them by chance at 40 slides."""
    rng = np.random.default_rng(3)
    levels = rng.integers(40, 100, 60).astype(np.uint8)
    slid = np.where(rng.random((40, 60)) < 0.4, rng.integers(40, 100, (40, 60)), 0).astype(np.uint8)
    return levels, slid


@pytest.mark.parametrize("gain_db", [-30, 0, 12])
def test_a_copy_may_be_louder_or_softer(met, gain_db):
    levels, slid = met
    heard = (levels.astype(int) + gain_db).astype(np.uint8)
    same, other = (sound_levels.compare(levels, one, slid) for one in (heard, slid[0]))
    assert same.evidence == sound_levels.compare(levels, levels, slid).evidence > 60
    assert (same.agreeing, same.slid[0]) == (60, other.agreeing)
    assert other.evidence < 3


def test_what_is_always_as_loud_tells_nothing():
    levels = np.full(60, 70, np.uint8)
    assert sound_levels.compare(levels, levels, np.full((40, 60), 55, np.uint8)).evidence == 0.0


def test_too_few_tell_nothing(met):
    levels, slid = met
    few = np.where(np.arange(60) < sound_levels.MIN_MET - 1, levels, 0).astype(np.uint8)
    assert sound_levels.compare(levels, few, slid).evidence == 0.0
    assert sound_levels.compare(levels, levels, np.zeros_like(slid)).evidence == 0.0


def test_under_a_voice_what_stays_as_loud_tells_the_copy():
    music = sounds.music(10, 20)
    spoken = audio_edits.voice_over(0.0)(music, np.random.default_rng(1))
    query, reference = sounds.query(spoken.astype(np.float32)), sounds.reference(music)
    rng = np.random.default_rng(2)
    muddled = dataclasses.replace(reference, levels=rng.permutation(reference.levels))
    heard = sound_runs.Heard(query)
    told, shuffled = (
        sum(run.evidence for run in sound_runs.runs(heard, one, Line(1.0, 0.0, 0), audio.View()))
        for one in (reference, muddled)
    )
    assert told > shuffled + 10


def test_what_comes_again_as_loud_is_heard_once():
    """A loop of one bar tells little more than the bar."""
    bars = [sounds.music(2.5, 60 + number) for number in range(4)]
    loop = np.tile(bars[0], 4)
    told = []
    for samples in (loop, np.concatenate(bars)):
        query, reference = sounds.query(samples), sounds.reference(samples)
        runs = sound_runs.runs(sound_runs.Heard(query), reference, Line(1.0, 0.0, 0), audio.View())
        told.append(sum(run.evidence for run in runs))
    assert told[0] < 0.4 * told[1]
