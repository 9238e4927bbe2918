"""The whole benchmark on a corpus small enough for a test."""

import io
import json

import pytest
from rich.console import Console

from seawall import errors
from seawall.bench import basic_suite, edits, run, synthetic

BY_NAME = {edit.name: edit for edit in edits.BASIC}
SMALL = basic_suite.Suite(
    "small", (BY_NAME["resize_half"], BY_NAME["trim_25_both"]), host_s=12, synthetic=2, synthetic_s=4.5
)


def no_progress(phase, done, total):
    assert 0 <= done <= total, phase


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus")
    for seed in range(6):
        synthetic.write_clip(folder / f"clip{seed}.mp4", 40 + seed, 8, 192, 112, fps=12.5)
    return folder


@pytest.fixture(scope="module")
def outcome(folder, tmp_path_factory):
    phases = []
    work = tmp_path_factory.mktemp("work")
    report = basic_suite.run(folder, SMALL, 0, work, lambda *step: phases.append(step))
    return report, phases, work


def test_every_edit_of_every_clip_is_asked_and_found(outcome):
    report, _, _ = outcome
    assert [row.edit for row in report.edits] == ["resize_half", "trim_25_both", "splice_6s"]
    for row in report.edits:
        assert row.seawall.queries == 6
        assert row.seawall.recall == 1, row
        assert row.seawall.boundary_query_s.median < 1
    assert report.false_matches == ()
    assert report.errors == ()
    assert report.distractors.queries == 8
    assert report.stills.stills == 48
    assert report.stills.recall_second > 0.9


def test_the_peer_is_asked_the_same(outcome):
    report, _, _ = outcome
    peers = {row.edit: row.peers for row in report.edits}
    assert peers["resize_half"]["vpdq_query_80"].recall == 1
    assert peers["splice_6s"]["vpdq_query_80"].recall == 0
    assert {row.queries for some in peers.values() for row in some.values()} == {6}


def test_the_record_is_json_and_says_all(outcome):
    report, phases, _ = outcome
    record = json.loads(json.dumps(report.as_record()))
    assert record["schema"] == "seawall.bench/1"
    assert record["corpus"]["clips"] == 6
    assert record["corpus"]["synthetic"] == 2
    named = {name for fold in record["corpus"]["folds"] for name in fold}
    assert {f"clip{number}.mp4" for number in range(6)} < named
    assert record["settings"]["seed"] == 0
    assert {"seawall", "numpy", "av", "python"} <= record["versions"].keys()
    assert {"corpus", "edits", "bank", "check", "vpdq"} <= record["timings_s"].keys()
    assert {phase for phase, _, _ in phases} >= {"corpus", "edits", "bank", "check", "check stills", "vpdq"}
    assert all(done <= total for _, done, total in phases)


def test_the_tables_name_every_edit(outcome):
    report, _, _ = outcome
    console = Console(width=200, record=True, file=io.StringIO())
    console.print(report.as_renderable())
    text = console.export_text()
    assert all(row.edit in text for row in report.edits)
    assert "100.0 %" in text


def test_a_later_run_makes_nothing_again_and_says_the_same(outcome, folder):
    report, _, work = outcome
    before = {path: path.stat().st_mtime_ns for path in work.rglob("*.mp4")}
    again = basic_suite.run(folder, SMALL, 0, work, no_progress)
    assert {path: path.stat().st_mtime_ns for path in work.rglob("*.mp4")} == before
    assert again.edits == report.edits
    assert again.stills == report.stills
    assert not list(work.glob("library-*"))


def test_too_few_clips_are_a_bad_corpus(tmp_path):
    synthetic.write_clip(tmp_path / "one.mp4", 1, 5, 96, 64)
    with pytest.raises(errors.BadCorpus, match="1 of its 1 files"):
        run.run_suite(tmp_path, "basic", 0, tmp_path / "work", no_progress)


def test_a_suite_that_is_none_is_refused(tmp_path):
    with pytest.raises(errors.UsageError, match="'basics'; there is: basic"):
        run.run_suite(tmp_path, "basics", 0, None, no_progress)
