"""The image suite on pictures enough for a test."""

from __future__ import annotations

import io
import json
from dataclasses import dataclass
from pathlib import Path

import cv2
import numpy as np
import pytest
from rich.console import Console

from seawall import errors
from seawall.bench import image_report, image_suite
from seawall.media import encode

EDITS = ("unedited", "JPEG 30", "in another 0.5")


def scene(seed: int) -> np.ndarray:
    rng = np.random.default_rng(seed)
    ground = rng.integers(0, 256, (6, 8, 3), dtype=np.uint8)
    out = cv2.resize(ground, (320, 240), interpolation=cv2.INTER_CUBIC)
    for _ in range(50):
        centre = (int(rng.integers(320)), int(rng.integers(240)))
        colour = tuple(int(value) for value in rng.integers(0, 256, 3))
        cv2.circle(out, centre, int(rng.integers(3, 20)), colour, -1)
    return out


@dataclass(frozen=True)
class Outcome:
    report: image_report.ImageReport
    phases: list[str]
    folder: Path
    work: Path


@pytest.fixture(scope="module")
def outcome(tmp_path_factory):
    folder, work = tmp_path_factory.mktemp("pictures"), tmp_path_factory.mktemp("work")
    for seed in range(20):
        encode.write_jpeg(folder / f"{seed:02}.jpg", scene(seed), quality=92)
    phases: list[str] = []
    report = image_suite.run(
        folder, 1, work, lambda phase, done, of: phases.append(phase), edits=EDITS, halves=("tune", "report")
    )
    return Outcome(report, phases, folder, work)


def test_each_picture_is_once_banked_and_once_not(outcome):
    rows = {row.edit: row for row in outcome.report.edits}
    assert tuple(rows) == EDITS
    assert {(row.queries, row.distractors) for row in rows.values()} == {(20, 20)}
    # 10 pictures a half, 5 of them banked at a time: a banked picture's query has 4 that it does not show.
    of_two_edits = 2 * 2 * (5 * 4 + 5 * 5) * 2
    assert outcome.report.unrelated_pairs > of_two_edits
    assert outcome.report.measured == 20


def test_copies_are_found_and_nothing_else(outcome):
    for row in outcome.report.edits[:2]:
        for figures in row.systems.values():
            assert figures.at_precision.recall.value == 1.0
            assert figures.at_precision.false_matches == 0
            assert figures.shipped[0].recall.value == 1.0
    assert outcome.report.edits[2].systems["pdq"].at_precision.recall.value < 0.5
    assert outcome.report.errors == ()


def test_the_hard_rows_are_not_part_of_the_whole(outcome):
    assert outcome.report.together.queries == 2 * 20


def test_it_says_all_as_json_and_as_a_table(outcome):
    record = json.loads(json.dumps(outcome.report.as_record()))
    assert record["schema"] == image_report.SCHEMA
    assert record["pictures"]["pictures"] == 20
    console = Console(file=io.StringIO(), width=150)
    console.print(outcome.report.as_renderable())
    shown = console.file.getvalue()
    assert "20 distinct pictures" in shown
    assert "in another 0.5 *" in shown
    assert set(outcome.phases) == {"pictures", "edits", "bank pictures", "check pictures"}


def test_pictures_are_taken_only_where_they_are_asked_for(outcome):
    assert outcome.report.misses == outcome.report.alarms == ()
    assert "pairs" not in outcome.report.timings_s
    again = image_suite.run(
        outcome.folder, 1, outcome.work, lambda *step: None, edits=("crop off centre 50 %",), pairs=True
    )
    assert len(again.misses) == len(again.edits[0].systems["seawall"].missed)
    for pair in (*again.misses, *again.alarms):
        assert pair.query.startswith(b"\xff\xd8")
        assert pair.reference.startswith(b"\xff\xd8")
    assert again.as_record().keys() == outcome.report.as_record().keys()


def test_a_second_run_makes_nothing_anew_and_says_the_same(outcome):
    made = {path: path.stat().st_mtime_ns for path in (outcome.work / "queries").rglob("*.jpg")}
    again = image_suite.run(
        outcome.folder, 1, outcome.work, lambda *step: None, edits=EDITS[:2], halves=("tune", "report")
    )
    assert {path: path.stat().st_mtime_ns for path in made} == made
    assert again.edits == outcome.report.edits[:2]


def test_what_is_no_half_and_no_edit_is_refused(tmp_path):
    with pytest.raises(errors.UsageError, match="there is no edit 'melt'"):
        image_suite.run(tmp_path, 1, tmp_path, lambda *step: None, edits=("melt",))
    with pytest.raises(errors.UsageError, match="halves are"):
        image_suite.run(tmp_path, 1, tmp_path, lambda *step: None, halves=("third",))
