"""The sound suite on voices enough for a test."""

from __future__ import annotations

import io
import json

import numpy as np
import pytest
from rich.console import Console

from seawall.bench import audio_common, audio_edits, audio_suite
from seawall.bench.peers import ffmpeg


@pytest.fixture(scope="module")
def report(tmp_path_factory, needs):
    needs(ffmpeg.executable() is not None, "imageio-ffmpeg brings the codecs and chromaprint")
    folder = tmp_path_factory.mktemp("sounds")
    for seed in range(4):
        samples = audio_edits.voice(20.0, np.random.default_rng(seed))
        audio_edits.write_wave(folder / f"{seed}.wav", samples)
    return audio_suite.run(folder, 1, None, lambda *_: None, edits=["mp3-32k"], excerpts=1)


def test_known_sounds_are_found_in_their_place_and_others_are_not(report):
    asked = [(row.edit, row.excerpt_s) for row in report.rows]
    assert asked == [("mp3-32k", 10.0), ("mp3-32k", 5.0), ("common sounds", 10.0)]
    for row in report.rows[:2]:
        assert (row.queries, row.distractors) == (2, 2)
        assert row.recall.value == row.placed.value == 1.0
        assert row.offset_s.p95 < audio_suite.NEAR_S
    assert report.false_matches == report.errors == ()
    assert all(row.false_matches == row.false_strong == 0 for row in report.rows)


def test_every_pair_that_should_not_match_is_counted(report):
    common = 2 * len(audio_common.KINDS)
    # 2 rows, each of 2 excerpts of what is banked and 2 of what is not; and common sounds against all.
    assert report.unrelated_pairs == 2 * (2 * (1 + common) + 2 * (2 + common)) + common * (2 + common)
    assert (report.sounds, report.measured, report.silent) == (4, 2, 0)


def test_it_can_be_read_by_programs_and_people(report):
    record = json.loads(json.dumps(report.as_record()))
    assert record["schema"] == "seawall.bench-audio/1"
    assert record["rows"][0]["recall"]["value"] == 1.0
    assert record["check_ms_per_s"]["total"] > 0
    shown = io.StringIO()
    Console(file=shown, width=160).print(report.as_renderable())
    assert "mp3-32k" in shown.getvalue()
    assert "100.0" in shown.getvalue()
