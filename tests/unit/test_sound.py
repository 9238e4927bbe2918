"""Finding sound again: where, how surely, and not where there is nothing."""

from __future__ import annotations

import dataclasses
import sys
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings, strategies as st

sys.path.insert(0, str(Path(__file__).parent))
import sounds

from seawall.bench import audio_common, audio_edits
from seawall.matching import HammingIndex, explain, sound, sound_lines, sound_runs
from seawall.matching.candidates import POSITION_BITS
from seawall.matching.options import SearchOptions
from seawall.matching.sound_lines import Line
from seawall.signals import audio
from seawall.signals.roles import Role

OPTIONS = sound.SoundOptions()
LIMITS = SearchOptions()


@pytest.fixture(scope="module")
def bank(tmp_path_factory):
    """An index of three sounds, numbered 5, 6 and 7."""
    kept = {number: sounds.reference(sounds.music(60, number)) for number in (5, 6, 7)}
    with HammingIndex.open(tmp_path_factory.mktemp("bank")) as index:
        for number, made in kept.items():
            index.add(*sound.entry_ids(number, made))
        index.merge()
        yield index, kept


def found(bank, samples, options=OPTIONS):
    """Runs by number, of all references that are at least suggested."""
    index, kept = bank
    query = sounds.query(samples)
    runs = {
        one.number: sound.align(query, kept[one.number], one.hits, options)
        for one in sound.candidates(index, query, options)
    }
    return {number: some for number, some in runs.items() if score(some) >= LIMITS.suggest_score}


def score(runs):
    return explain.score(sum(sound.points(run) for run in runs))


def only(bank, samples, number=6, options=OPTIONS):
    """The one run in the one reference that should be found."""
    answer = found(bank, samples, options)
    assert list(answer) == [number]
    assert score(answer[number]) >= LIMITS.strong_score
    assert len(answer[number]) == 1
    return answer[number][0]


def excerpt(start_s, length_s=10.0, number=6):
    samples = sounds.music(60, number)
    return samples[int(start_s * sounds.RATE_HZ) :][: int(length_s * sounds.RATE_HZ)]


@given(st.floats(0, 50))
@settings(max_examples=12, deadline=None)
def test_an_excerpt_is_found_where_it_was(bank, start_s):
    run = only(bank, excerpt(start_s))
    assert run.speed == 1.0
    assert run.transform == ()
    assert abs(run.reference_start_s - run.query_start_s - start_s) < 0.02
    assert run.query_start_s < 1.0
    assert run.query_end_s > 9.0


@given(st.integers(0, 40_000))
@settings(max_examples=8, deadline=None)
def test_shifting_the_samples_shifts_the_match(bank, samples):
    lead = sounds.noise(samples, 0.05, 1)
    run = only(bank, np.concatenate([lead, excerpt(20)]))
    assert abs(run.reference_start_s - run.query_start_s - (20 - samples / sounds.RATE_HZ)) < 0.02


def test_noise_and_filters_are_survived(bank):
    samples = excerpt(12.5)
    noisy = samples + sounds.noise(len(samples), float(samples.std()) * 0.3, 2)
    dull = np.convolve(samples, np.ones(5) / 5, "same").astype(np.float32)
    for heard in (noisy, dull, -samples * np.float32(0.1)):
        run = only(bank, heard)
        assert abs(run.reference_start_s - run.query_start_s - 12.5) < 0.05


def spoken_over(samples, seed, share):
    """With a voice over it, so many times as loud."""
    spoken = audio_edits.voice(11, np.random.default_rng(seed))
    over = sounds.stretched(spoken, audio_edits.RATE_HZ / sounds.RATE_HZ)[: len(samples)]
    return samples + over * np.float32(share * samples.std() / over.std())


@pytest.mark.parametrize("seed", range(6))
def test_somebody_may_speak_over_it(bank, seed):
    run = only(bank, spoken_over(excerpt(8.0 * seed), seed, 1.0))
    assert abs(run.reference_start_s - run.query_start_s - 8.0 * seed) < 0.05


def test_two_pieces_give_two_runs_and_the_gap_between_is_none(bank):
    gap = sounds.music(6, 99)
    runs = found(bank, np.concatenate([excerpt(30, 8), gap, excerpt(5, 8)]))[6]
    assert len(runs) == 2
    first, second = runs
    assert first.query_end_s <= second.query_start_s
    assert (first.query_end_s, second.query_start_s) == (pytest.approx(8, abs=1), pytest.approx(14, abs=1))
    assert first.reference_start_s - first.query_start_s == pytest.approx(30, abs=0.05)
    assert second.reference_start_s - second.query_start_s == pytest.approx(5 - 14, abs=0.05)


def test_two_references_in_one_query(bank):
    answer = found(bank, np.concatenate([excerpt(30, 8, 5), excerpt(40, 8, 7)]))
    assert sorted(answer) == [5, 7]


@pytest.mark.parametrize("semitones", [-1, 1])
def test_another_pitch_is_undone(bank, semitones):
    query = sounds.query(excerpt(20))
    bands = query.bands.astype(int) + 2 * semitones
    inside = (bands >= 0) & (bands < 92)
    moved = audio.Fingerprint(
        query.frames[inside],
        bands[inside].astype(np.uint8),
        query.qualities[inside],
        query.levels[inside],
        10_000,
        query.role,
    )
    index, kept = bank
    best = sound.candidates(index, moved, OPTIONS)[0]
    runs = sound.align(moved, kept[best.number], best.hits, OPTIONS)
    assert best.number == 6
    assert [run.transform for run in runs] == [(f"pitch:{semitones:+d}",)]


@pytest.mark.parametrize("tempo", [0.95, 1.05])
def test_another_tempo_is_measured(bank, tempo):
    query = sounds.query(excerpt(20, 12))
    frames = np.rint(query.frames / tempo).astype(np.uint32)
    slower = dataclasses.replace(query, frames=frames, duration_ms=round(12_000 / tempo))
    index, kept = bank
    best = sound.candidates(index, slower, OPTIONS)[0]
    (run,) = sound.align(slower, kept[best.number], best.hits, OPTIONS)
    assert best.number == 6
    assert run.speed == pytest.approx(tempo, abs=0.004)


def test_speed_and_pitch_together(bank):
    run = only(bank, sounds.stretched(excerpt(20, 12), 1.05))
    assert run.speed == pytest.approx(1.05, abs=0.005)
    assert run.transform == ("pitch:+1",)


def test_unrelated_sound_is_not_found(bank):
    for seed in range(100, 112):
        assert found(bank, sounds.music(10, seed)) == {}


@pytest.mark.parametrize("kind", audio_common.KINDS)
def test_sounds_that_many_recordings_share_are_no_match(tmp_path, kind):
    made = [
        audio_common.sound(kind, 20, np.random.default_rng((seed, len(kind))), sounds.RATE_HZ)
        for seed in range(4)
    ]
    kept = {number: sounds.reference(samples) for number, samples in enumerate(made[:2])}
    with HammingIndex.open(tmp_path) as index:
        for number, fingerprint in kept.items():
            index.add(*sound.entry_ids(number, fingerprint))
        index.merge()
        for samples in made[2:]:
            assert found((index, kept), samples) == {}


def test_what_repeats_is_worth_one_of_its_repetitions(bank):
    bar = sounds.music(1, 50)
    loop, other = np.tile(bar, 20), sounds.music(20, 51)
    values = []
    for samples in (loop, other):
        made = sounds.reference(samples)
        hits = hits_between(sounds.query(samples), made)
        values.append(max(run.evidence for run in sound.align(sounds.query(samples), made, hits, OPTIONS)))
    assert values[0] < values[1] / 5


def test_a_hush_after_the_sound_takes_nothing_off_it(bank):
    copied = excerpt(20, 5)
    hush = np.zeros(round(6 * sounds.RATE_HZ), np.float32)
    alone, followed = only(bank, copied), only(bank, np.concatenate([copied, hush]))
    assert followed.evidence >= 0.9 * alone.evidence


def test_what_is_slid_into_a_hush_tells_nothing_of_chance():
    copied = excerpt(20, 5)
    heard = sound_runs.Heard(sounds.query(np.concatenate([copied, np.zeros_like(copied)])))
    counts = heard.sounding(np.array([1.0, 2.0, 3.0, 4.0]))
    into_the_hush = sound_runs.SLIDES * sound_runs.FRAME_S + 1.0 > 5.5
    assert counts[into_the_hush].max() == 0
    assert counts.max() == 4


def test_a_few_hits_that_lean_are_tried_at_their_own_speed_too():
    """Three moments alone tell a slope badly: the line that they lean to is not the only one."""
    query = sounds.query(excerpt(20))
    at = np.flatnonzero((query.times_s > 1) & (query.times_s < 9))[[0, 1, 20, 21, -1]]
    frames = (query.frames[at] * 1.02).astype(np.int64) + 600
    hits = sound_lines.Hits(np.zeros(len(at), np.int64), at, frames)
    lines = sound_lines.best_lines(query, hits, OPTIONS.views, 3)
    assert [line.speed for line in lines] == [pytest.approx(1.02, abs=0.01), 1.0]


@pytest.mark.parametrize("start_s", [5.0, 21.3, 40.0])
def test_single_peaks_lead_to_the_line_where_no_landmark_does(bank, start_s):
    query = sounds.query(spoken_over(excerpt(start_s), 3, 1.5))
    none_true = sound.Hits(np.zeros(4, np.int64), query.clear[:4], np.full(4, 9))
    lines = sound_lines.met_lines(query, bank[1][6], none_true)
    assert [(line.speed, line.view, line.by_peaks) for line in lines] == [(1.0, 0, True)]
    assert abs(lines[0].offset_s - start_s) < sound_lines.FRAME_S
    runs = sound.align(query, bank[1][6], none_true, OPTIONS)
    assert score(runs) >= LIMITS.suggest_score
    assert abs(runs[0].reference_start_s - runs[0].query_start_s - start_s) < 0.05


def test_no_line_where_no_band_is_shared():
    low, high = (
        audio.Fingerprint(
            np.arange(0, 300, 10, dtype=np.uint32),
            np.full(30, band, np.uint8),
            np.full(30, 50, np.uint8),
            np.full(30, 90, np.uint8),
            10_000,
            role,
        )
        for band, role in ((3, Role.QUERY), (60, Role.REFERENCE))
    )
    hits = sound.Hits(np.zeros(1, np.int64), np.zeros(1, np.int64), np.zeros(1, np.int64))
    assert sound_lines.met_lines(low, high, hits) == []


def evidence(query, reference, line):
    runs = sound_runs.runs(sound_runs.Heard(query), reference, line, audio.View())
    return sum(run.evidence for run in runs)


def coloured(samples, seed):
    """The same with each third of an octave louder or softer."""
    spectrum = np.fft.rfft(samples)
    thirds = np.log2(1 + np.arange(len(spectrum))) * 3
    gains_db = np.random.default_rng(seed).normal(0, 8, int(thirds[-1]) + 1)[thirds.astype(int)]
    return np.fft.irfft(spectrum * 10 ** (gains_db / 20), len(samples)).astype(np.float32)


def test_what_single_peaks_led_to_must_not_repeat_even_in_the_query():
    """Some line has the most peaks in any two sounds: along that one, a hint is enough."""
    bar = sounds.music(4, 60)
    others = [coloured(bar, seed) for seed in range(3)]  # to come again as loud counts anywhere
    query = sounds.query(np.concatenate([others[0], bar, *others[1:]]))
    made = sounds.reference(np.concatenate([sounds.music(8, 61), bar, sounds.music(8, 62)]))
    led, chosen = (evidence(query, made, Line(1.0, 4.0, 0, by_peaks=by_peaks)) for by_peaks in (False, True))
    assert 0 < chosen < 0.7 * led
    whole = sounds.query(excerpt(20))
    made = sounds.reference(excerpt(20))
    assert evidence(whole, made, Line(1.0, 0.0, 0, by_peaks=True)) == evidence(whole, made, Line(1.0, 0.0, 0))


def test_what_single_peaks_led_to_must_be_spread_over_time():
    query, made = sounds.query(excerpt(20, 1.6)), sounds.reference(excerpt(20, 1.6))
    assert evidence(query, made, Line(1.0, 0.0, 0)) > 0
    assert evidence(query, made, Line(1.0, 0.0, 0, by_peaks=True)) == 0


def test_what_is_hidden_does_not_look_like_a_repetition(bank):
    """Of a query that little is left of, some slides are met as often by chance."""
    bar = np.tile(sounds.music(2, 60), 5)
    line, view = Line(1.0, 0.0, 0), audio.View()
    after_s = np.array([1.024, 2.016, 3.008])
    for samples, again_s in ((bar, 2.016), (excerpt(20), np.inf)):
        made = sounds.reference(samples)
        part = sound_runs._Along(
            made.times_s, made.bands.astype(np.int64), made.levels, np.zeros(len(made), np.uint8)
        )
        assert sound_runs._again_s(made, line, view, part, after_s) == again_s


@given(st.integers(0, len(sound_runs.SLIDES) - 1), st.integers(-2, 2))
@settings(max_examples=30, deadline=None)
def test_a_slide_looks_up_what_a_later_time_would(slide, bands):
    heard = sound_runs.Heard(sounds.query(excerpt(30)))
    made = sounds.reference(excerpt(30))
    moved = made.bands.astype(np.int64) + bands
    later_s = made.times_s + sound_runs.SLIDES[slide] * sound_runs.FRAME_S
    kinds = heard.slid(made.times_s, moved)[slide]
    assert np.array_equal(kinds, heard.kinds(later_s, moved))
    (levels,) = heard.slid_levels(made.times_s, moved, sound_runs.SLIDES[slide : slide + 1])
    assert np.array_equal(levels > 0, kinds > sound_runs.MISSED)


def hits_between(query, reference):
    """All hits of a query in one reference, without an index."""
    held, asked = reference.landmarks(), query.asked(audio.View())
    where = {}
    for code, peak in zip(held.codes, held.peaks, strict=True):
        where.setdefault(code.tobytes(), []).append(int(reference.frames[peak]))
    pairs = [
        (int(peak), frame)
        for code, peak in zip(asked.codes, asked.peaks, strict=True)
        for frame in where.get(code.tobytes(), ())
    ]
    peaks, frames = np.array(pairs, np.int64).T
    return sound.Hits(np.zeros(len(pairs), np.int64), peaks, frames)


def test_ids_are_distinct_and_lead_back():
    made = sounds.reference(sounds.noise(60 * sounds.RATE_HZ, 0.1, 3))
    codes, ids = sound.entry_ids(9, made)
    assert codes.shape == (len(ids), 32)
    assert len(np.unique(ids)) == len(ids) > 500
    assert set((ids >> np.uint64(POSITION_BITS)).tolist()) == {9}
    frames = (ids & np.uint64((1 << POSITION_BITS) - 1)) >> np.uint64(sound.ORDINAL_BITS)
    assert set(frames.tolist()) <= set(made.frames.tolist())


def test_silence_asks_and_answers_nothing(bank):
    assert sound.candidates(bank[0], sounds.query(np.zeros(80_000, np.float32)), OPTIONS) == []
    empty = sounds.reference(np.zeros(80_000, np.float32))
    assert len(sound.entry_ids(1, empty)[0]) == 0
    nothing = np.zeros(0, np.int64)
    assert sound.align(sounds.query(excerpt(1)), empty, sound.Hits(nothing, nothing, nothing), OPTIONS) == []
