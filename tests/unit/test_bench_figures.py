"""The full suite's figures of a handful of answers, worked out by hand."""

from pathlib import Path

import numpy as np
import pytest

from seawall.bench import bootstrap, corpus, edit, figures, full_tally, judged, records, weight

SOURCES = bootstrap.Sources(["a", "b", "x"], seed=0, resamples=50)
NOT_KNOWN = {"x": "as it is", "y": full_tally.LOOKALIKE}


def query(name, *clips, level="standard", truth=((0.0, 10.0, 5.0, 15.0),), duration_s=10.0):
    stretches = tuple(records.Truth(clips[0], records.Stretch(*one)) for one in truth)
    return records.Query(Path(name), name, "crop", clips, duration_s, 25.0, stretches, level)


def found(reference, score, recommendation="strong", stretch=(0.0, 10.0, 5.0, 15.0)):
    return records.Found(reference, recommendation, score, 1.0, 1.0, (records.Stretch(*stretch),))


def judge(asked, *matches, relatives=(), error=None):
    return judged.judge(
        asked, records.Answer(matches, error), frozenset(frozenset(pair) for pair in relatives)
    )


def stranger(name, *matches, duration_s=10.0):
    return judge(query(name, "x", level=None, truth=(), duration_s=duration_s), *matches)


def limits(*some):
    return figures.Limits(figures.highest_false(some), figures.highest_false(some))


def system(*some, locates=True):
    return figures.system("seawall", "it", some, SOURCES, limits(*some), locates=locates)


def test_what_is_of_no_account_is_in_no_list():
    one = judge(
        query("q", "a", "host"),
        found("a", 0.9),
        found("a2", 0.95),
        found("host", 0.99),
        found("far", 0.3, "none"),
        relatives=[("a", "a2")],
    )
    assert [(pair.reference, pair.right) for pair in one.ranked] == [("a", True), ("far", False)]
    assert [box.reference for box in one.said] == ["a", "far"]
    assert [box.reference for box in one.worth] == ["a"]
    assert (one.best_right, one.best_false, one.is_copy, one.references) == (0.9, 0.3, True, ("a",))


def test_a_query_that_is_left_out_of_recall_wants_nothing():
    one = judge(query("q", "a"), found("a2", 0.9), relatives=[("a", "a2")])
    assert (one.is_copy, one.ranked, one.true) == (False, (), ())


def test_recall_as_decided_and_above_the_highest_false_score():
    # Four copies: strong at 0.9, suggested at 0.6, not worth a look at 0.8, not found. False: 0.7.
    some = [
        judge(query("1", "a"), found("a", 0.9)),
        judge(query("2", "a"), found("a", 0.6, "suggest")),
        judge(query("3", "b"), found("b", 0.8, "none")),
        judge(query("4", "b")),
        stranger("x", found("a", 0.7, "suggest"), duration_s=3600.0),
    ]
    own = system(*some)
    assert (own.recall.queries, own.recall.found.value, own.recall.strong.value) == (4, 0.5, 0.25)
    assert own.recall.above_false.value == 0.25
    assert (own.false.matches, own.false.queries, own.false.highest.every) == (1, 1, 0.7)
    assert own.false.per_hour.value == pytest.approx(1 / (1 + 40 / 3600), abs=1e-3)
    # A peer is shown at the limit that suits it best: the copy at 0.8 counts, whatever its own limit says.
    peer = system(*some, locates=False)
    assert peer.recall.above_false.value == 0.5
    assert (peer.located, peer.recall.strong) == (None, bootstrap.NOTHING)


def test_ends_are_measured_where_a_copy_lies_in_one_piece():
    some = [
        judge(query("1", "a"), found("a", 0.9, stretch=(0.5, 10.0, 5.5, 15.0))),
        judge(
            query("2", "b", truth=((0.0, 4.0, 0.0, 4.0), (6.0, 9.0, 6.0, 9.0))),
            found("b", 0.9, stretch=(0.0, 9.0, 0.0, 9.0)),
        ),
    ]
    located = system(*some).located
    median, tail = located.query_off_s
    assert (median.value, tail.value) == (0.0, 0.5)
    # Query 1: said 9.5 s of 10 on both axes; all of it right. Query 2: said 9 s on both, 7 of them true,
    # all true found. Precision: mean of 1 and (7/9)^2. Recall: mean of 0.95^2 and 1.
    assert located.precision.value == pytest.approx((1 + (7 / 9) ** 2) / 2, abs=1e-4)
    assert located.recall.value == pytest.approx((0.95**2 + 1) / 2, abs=1e-4)


def test_the_cost_of_a_check_where_one_in_a_hundred_is_a_copy():
    some = [
        judge(query("1", "a"), found("a", 0.9)),
        judge(query("2", "a")),
        stranger("x", duration_s=20.0),
    ]
    timings_ms = {
        "1": {"decode": 100, "total": 300},
        "2": {"decode": 300, "total": 500},
        "x": {"decode": 50, "search": 1, "total": 60, "sound": 6, "search_geometry": 4},
    }
    cost = figures.cost(some, timings_ms, SOURCES)
    assert cost.copies == {"decode": 200, "total": 400, "search": 0, "sound": 0, "search_geometry": 0}
    assert cost.unrelated == {"decode": 50, "total": 60, "search": 1, "sound": 6, "search_geometry": 4}
    plain_ms = 0.01 * 400 + 0.99 * (60 - 6 - 4)
    assert cost.added_share == pytest.approx(0.99 * (6 + 4) / plain_ms, abs=1e-4)
    assert cost.geometry_share == pytest.approx(0.99 * 4 / plain_ms, abs=1e-4)
    assert cost.mix["total"] == pytest.approx(0.01 * 400 + 0.99 * 60)
    assert cost.mix_total_ms.value == pytest.approx(cost.mix["total"], abs=0.01)
    assert cost.mix_of_realtime == pytest.approx(0.0634 / (0.01 * 10 + 0.99 * 20), abs=1e-4)


@pytest.fixture
def report():
    own = [
        judge(query("1", "a", level="mild"), found("a", 0.9)),
        judge(query("2", "a", level="severe"), found("a", 0.6)),
        judge(query("3", "b", level="severe"), error="damaged_media: it is"),
        stranger("x", found("b", 0.5, "suggest")),
        stranger("y", found("a", 0.8)),
    ]
    peer = [judge(one.query) for one in own]
    tally = full_tally.Tally(
        {"seawall": own, "tmk": peer}, SOURCES, {one.query.name: {"total": 5.0} for one in own}, NOT_KNOWN
    )
    return tally.report(
        settings={"half": "report", "seed": 1, "banked": 2},
        corpus=full_tally.summary("clips", EMPTY, ((), ())),
        peers={"tmk": "the <peer>"},
        peers_left_out=(),
        edits=(CROP,),
        unrelated_pairs=9,
        bank=weight.weight({"area": weight.Part(720, 7200)}, 36_000, 1800.0),
        timings_s={"check": 1.0},
    )


EMPTY = corpus.Corpus((), (), ())
CROP = edit.Edit("crop", "cut off", family="crop")


def test_a_bank_s_weight_is_told_for_an_hour(report):
    assert report.weight == weight.Weight(0.5, {"area": weight.PartAnHour(1440, 14_400)}, 72_000)


def test_lookalikes_have_a_limit_of_their_own(report):
    own = report.systems[0]
    assert own.false.highest == figures.Limits(0.5, 0.8)
    assert (own.false.matches, own.false.queries) == (1, 1)
    assert own.recall.above_false.value == pytest.approx(2 / 3, abs=1e-4)
    assert own.recall.above_every_false.value == pytest.approx(1 / 3, abs=1e-4)
    assert {row.kind: row.false_matches["seawall"] for row in report.unrelated} == {
        "as it is": 1,
        full_tally.LOOKALIKE: 1,
    }


def test_rows_are_by_edit_and_by_level(report):
    (row,) = report.edits
    assert (row.edit, row.seawall.queries, row.recall["tmk"].found.value) == ("crop", 3, 0)
    assert {row.level: row.recall["seawall"].found.value for row in report.levels} == {
        "mild": 1,
        "severe": 0.5,
    }
    assert [one.error for one in report.asked] == [None, None, "damaged_media: it is", None, None]
    assert report.systems[0].errors == 1


def test_the_record_says_all_but_the_pictures(report):
    record = report.as_record()
    assert (record["schema"], record["suite"]) == ("seawall.bench/2", "full")
    assert not {"misses", "alarms"} & record.keys()
    assert np.isclose(record["systems"][0]["recall"]["found"]["value"], 2 / 3, atol=1e-4)
