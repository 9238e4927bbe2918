"""The full suite on a corpus small enough for a test."""

import json
from pathlib import Path

import pytest

from seawall import errors
from seawall.bench import full_suite, mixes, page, run, synthetic
from seawall.bench.peers import ask

OPTIONS = full_suite.Options(
    half="both",
    levels=("mild", "standard"),
    families=("resize", mixes.NAME),
    pictures=True,
    compilations=1,
    distractor_edits=1,
    lookalikes=1,
    synthetic=1,
    synthetic_s=4.5,
)
SYSTEMS = {"seawall", *(rule for peer in ask.ALL if not peer.lacks() for rule, _ in peer.rules)}


def no_progress(phase, done, total):
    assert 0 <= done <= total, phase


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    folder = tmp_path_factory.mktemp("corpus")
    for seed in range(4):
        synthetic.write_clip(folder / f"clip{seed}.mp4", 60 + seed, 6, 192, 112, fps=12.5)
    return folder


@pytest.fixture(scope="module")
def work(tmp_path_factory):
    return tmp_path_factory.mktemp("work")


@pytest.fixture(scope="module")
def report(folder, work):
    return full_suite.run(folder, OPTIONS, 0, work, no_progress)


def test_every_banked_clip_is_asked_in_every_edit(report):
    assert [row.edit for row in report.edits] == [
        "resize_mild",
        "resize_standard",
        mixes.NAME,
    ]
    for row in report.edits:
        assert row.seawall.queries == 4
        assert row.recall.keys() == row.false_matches.keys() == SYSTEMS
    easy = [row.recall["seawall"].found.value for row in report.edits[:2]]
    assert easy == [1, 1]
    assert {row.level for row in report.levels} == {"mild", "standard"}


def test_what_is_not_banked_is_asked_too(report):
    kinds = {row.kind: row.queries for row in report.unrelated}
    # Both halves in turn: four clips as they are, and the one that was made; each of the four in one edit.
    assert kinds == {"as it is": 5, "edited": 4, "made to look alike": 2}
    assert len(report.asked) == 3 * 4 + sum(kinds.values())
    assert len({one.query for one in report.asked}) == len(report.asked)
    assert not any(one.is_copy for one in report.asked if "not banked" in one.query)
    for row in report.unrelated:
        if row.kind != "made to look alike":
            assert row.false_matches["seawall"] == 0, row


def test_halves_share_no_clip(report):
    tune, kept = report.corpus.folds
    assert len(tune) == len(kept) == 2
    assert not set(tune) & set(kept)


def test_every_query_has_its_time_by_stage(report):
    assert all(one.timing_ms["total"] > 0 for one in report.asked)
    assert {"decode", "search", "total"} <= report.cost.mix.keys()
    assert report.cost.copies["total"] > 0


def test_the_record_is_json_and_the_page_is_written(report, tmp_path):
    record = json.loads(json.dumps(report.as_record()))
    assert record["schema"] == "seawall.bench/2"
    assert {one["name"] for one in record["systems"]} == SYSTEMS
    assert record["settings"]["half"] == "both"
    page.write(report, tmp_path)
    assert (tmp_path / "index.html").stat().st_size > 1000
    for picture in (tmp_path / "pictures").iterdir():
        assert picture.read_bytes().startswith(b"\xff\xd8")


def test_one_half_alone_uses_what_is_there_and_says_the_same_of_it(report, folder, work):
    before = {path: path.stat().st_mtime_ns for path in (work / "edits").rglob("*") if path.is_file()}
    options = full_suite.Options(**{**_fields(OPTIONS), "half": "report", "pictures": False})
    again = full_suite.run(folder, options, 0, work, no_progress)
    after = {path: path.stat().st_mtime_ns for path in (work / "edits").rglob("*") if path.is_file()}
    assert after == before
    whole = {one.query: one for one in report.asked}
    banked = set(again.corpus.folds[1])
    assert {one.source for one in again.asked if one.is_copy} == banked
    for one in again.asked:
        if one.is_copy:
            assert (one.recommendation, one.score) == (
                whole[one.query].recommendation,
                whole[one.query].score,
            )


def _fields(options):
    return {name: getattr(options, name) for name in full_suite.Options.__slots__}


@pytest.mark.parametrize(
    ("suite", "choice", "message"),
    [
        ("basic", run.Choice(half="tune"), "'basic' takes no --half"),
        ("image", run.Choice(clips=2), "'image' takes no --clips"),
        ("full", run.Choice(pictures=(Path("a"),)), "'full' takes no --pictures"),
        ("full", run.Choice(edits=("crops",)), "there is no edit 'crops'"),
    ],
)
def test_what_a_suite_does_not_offer_is_refused(suite, choice, message, tmp_path):
    with pytest.raises(errors.UsageError, match=message):
        run.run_suite(tmp_path, suite, 0, None, no_progress, choice)
