"""The sound suite judges what it should: edits do what they say, sounds are told apart and cut up."""

from __future__ import annotations

import numpy as np
import pytest

from seawall import errors, media
from seawall.bench import audio_common, audio_edits, audio_sources, audio_suite, keeping
from seawall.bench.peers import ffmpeg

RATE_HZ = audio_edits.RATE_HZ


def voice(seed, duration_s=20.0):
    return audio_edits.voice(duration_s, np.random.default_rng(seed))


def named(name, group="", samples=None):
    return audio_sources.Sound(name, voice(1, 1.0) if samples is None else samples, group or name)


def level_between(samples, low_hz, high_hz):
    power = np.abs(np.fft.rfft(samples)) ** 2
    hz = np.fft.rfftfreq(len(samples), 1 / RATE_HZ)
    return float(power[(hz >= low_hz) & (hz < high_hz)].sum())


@pytest.mark.parametrize("change", [audio_edits.noise, audio_edits.voice_over])
@pytest.mark.parametrize("snr_db", [10, 0])
def test_what_lies_over_a_sound_is_as_loud_as_it_says(change, snr_db):
    samples = voice(1)
    added = change(snr_db)(samples, np.random.default_rng(2)) - samples
    measured_db = 20 * np.log10(audio_edits.level(samples) / audio_edits.level(added))
    assert measured_db == pytest.approx(snr_db, abs=0.5)


def test_a_telephone_passes_its_band_only():
    samples = audio_common.sound("white noise", 4, np.random.default_rng(1))
    passed = audio_edits.band_pass(300, 3400)(samples, np.random.default_rng(1))
    inside = level_between(passed, 310, 3390)
    assert inside == pytest.approx(level_between(samples, 310, 3390), rel=0.02)
    assert level_between(passed, 0, 290) + level_between(passed, 3410, RATE_HZ) < 1e-4 * inside


def test_a_file_holds_what_was_written(tmp_path):
    samples = voice(3, 2.0)
    edit = audio_edits.Edit("as-is", "nothing was done")
    path = audio_edits.write(edit, samples, tmp_path / "x", np.random.default_rng(1))
    with media.open(path) as source:
        read = np.concatenate(list(source.audio(RATE_HZ)))
    assert np.abs(read - samples / max(1, np.abs(samples).max() / 0.99)).max() < 1e-4


@pytest.mark.parametrize("edit", audio_edits.EDITS, ids=lambda edit: edit.name)
def test_every_edit_leaves_a_sound_of_the_length_that_its_speed_says(edit, tmp_path, needs):
    needs(ffmpeg.executable() is not None, "imageio-ffmpeg brings the codecs")
    samples = voice(4, 5.0)
    path = audio_edits.write(edit, samples, tmp_path / "x", np.random.default_rng(1))
    with media.open(path) as source:
        read = np.concatenate(list(source.audio(RATE_HZ)))
    assert len(read) / RATE_HZ == pytest.approx(5.0 / edit.speed, abs=0.1)
    assert audio_edits.level(read) > 0.2 * audio_edits.level(samples)


def test_edits_can_be_named_on_a_command_line():
    names = [edit.name for edit in audio_edits.EDITS]
    assert len(set(names)) == len(names)
    assert not any(mark in name for name in names for mark in " ,")


@pytest.mark.parametrize("kind", audio_common.KINDS)
def test_common_sounds_are_another_recording_each_time(kind):
    one, two, again = (audio_common.sound(kind, 3, np.random.default_rng(seed)) for seed in (1, 2, 1))
    assert np.array_equal(one, again)
    assert not np.array_equal(one, two)
    assert 0 < np.abs(one).max() <= 1.5


def test_halves_hold_every_sound_once_and_never_part_a_recording():
    sounds = tuple(named(f"{number}", f"group {number // 2}") for number in range(12))
    sources = audio_sources.Sources(sounds, ())
    for seed in range(5):
        halves = sources.divided(seed)
        assert sorted(one.name for half in halves.values() for one in half) == sorted(
            one.name for one in sounds
        )
        tuned, reported = ({one.group for one in half} for half in halves.values())
        assert not tuned & reported
        assert len(halves["tune"]) == len(halves["report"]) == 6
    assert sources.divided(1) == sources.divided(1)
    assert len({tuple(one.name for one in sources.divided(seed)["tune"]) for seed in range(5)}) > 1


def test_an_excerpt_lies_where_it_says_and_silence_gives_none():
    samples = np.concatenate([np.zeros(6 * RATE_HZ, np.float32), voice(5, 6.0)])
    start_s, cut = audio_sources.excerpt(named("a", samples=samples), 5.0, keeping.rng(1, "a"))
    first = round(start_s * RATE_HZ)
    assert np.array_equal(cut, samples[first : first + 5 * RATE_HZ])
    assert start_s > 3.0
    hush = np.full(20 * RATE_HZ, 1e-4, np.float32)
    assert audio_sources.excerpt(named("b", samples=hush), 5.0, keeping.rng(1, "b")) is None


def test_a_folder_is_read_for_its_sounds(tmp_path, needs):
    needs(ffmpeg.executable() is not None, "imageio-ffmpeg brings chromaprint")
    for seed in range(4):
        audio_edits.write_wave(tmp_path / f"{seed}.wav", voice(seed, 8.0))
    audio_edits.write_wave(tmp_path / "again.wav", voice(2, 8.0) * np.float32(0.5))
    audio_edits.write_wave(tmp_path / "brief.wav", voice(9, 2.0))
    audio_edits.write_wave(tmp_path / "hush.wav", np.zeros(20 * RATE_HZ, np.float32))
    (tmp_path / "notes.txt").write_text("no sound")
    read = audio_sources.read(tmp_path, lambda *_: None)
    groups = {one.name: one.group for one in read.sounds}
    assert sorted(groups) == ["0.wav", "1.wav", "2.wav", "3.wav", "again.wav"]
    assert groups["again.wav"] == groups["2.wav"]
    assert len(set(groups.values())) == 4
    dropped = dict(read.dropped)
    assert sorted(dropped) == ["brief.wav", "hush.wav", "notes.txt"]
    assert "next to nothing" in dropped["hush.wav"]


def test_what_cannot_be_run_is_refused(tmp_path, needs):
    needs(ffmpeg.executable() is not None, "imageio-ffmpeg brings chromaprint")
    for wrong in ({"edits": ["backwards"]}, {"halves": ["both"]}, {"halves": []}):
        with pytest.raises(errors.UsageError):
            audio_suite.run(tmp_path, 1, None, lambda *_: None, **wrong)
    with pytest.raises(errors.BadCorpus, match="0 recordings"):
        audio_suite.run(tmp_path, 1, None, lambda *_: None)
    with pytest.raises(errors.PathNotFound):
        audio_suite.run(tmp_path / "none", 1, None, lambda *_: None)
